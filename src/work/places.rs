//! The register as a plan needs it, and the places that a programme draws from.

use super::Done;
use crate::config::{Config, Office, PlaceKind, Programme};
use crate::model::{Ground, OfficeId, PlaceId};
use crate::plan::snapshot::Lists;
use crate::plan::{PoolDuty, Snapshot, WhyNot, duty, eligible};
use crate::store::Tx;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Everything that an office and the offices below it can see.
pub async fn snapshot(tx: &mut Tx, office: &Office) -> Done<Snapshot> {
    let villages = if office.region.is_empty() { tx.villages().await? } else { tx.villages_in(&office.region).await? };
    let inside: BTreeSet<_> = villages.iter().map(|v| v.id.clone()).collect();
    let teams: Vec<_> = tx.teams().await?.into_iter().filter(|t| inside.contains(&t.village)).collect();
    let posted: BTreeSet<_> = teams.iter().map(|t| t.id.clone()).collect();
    Ok(Snapshot::new(Lists {
        regions: tx.regions().await?,
        teams,
        officials: tx.officials().await?.into_iter().filter(|o| posted.contains(&o.team)).collect(),
        contacts: tx.contacts().await?.into_iter().filter(|c| inside.contains(&c.village)).collect(),
        inspectors: tx.inspectors().await?,
        recusals: tx.recusals().await?,
        exclusions: tx.exclusions().await?,
        villages,
    }))
}

/// What a programme draws: every team, or every village, of its office's region.
pub fn places_of(programme: &Programme, register: &Snapshot) -> Vec<PlaceId> {
    match programme.place {
        PlaceKind::Team => register.teams.keys().cloned().map(PlaceId::from).collect(),
        PlaceKind::Village => register.villages.keys().cloned().map(PlaceId::from).collect(),
    }
}

/// An office and every office below it: whose inspectors may be sent.
pub fn subtree(config: &Config, top: &OfficeId) -> BTreeSet<OfficeId> {
    let mut found = BTreeSet::from([top.clone()]);
    loop {
        let below: Vec<_> = config
            .offices
            .iter()
            .filter(|o| o.parent.as_ref().is_some_and(|p| found.contains(p)) && !found.contains(&o.id))
            .map(|o| o.id.clone())
            .collect();
        if below.is_empty() {
            return found;
        }
        found.extend(below);
    }
}

/// A place as a frame takes it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceInput {
    pub place: PlaceId,
    /// Its pool, by its place among the pools.
    pub pool: Option<usize>,
    pub visit: Result<(), WhyNot>,
    pub call: Result<(), WhyNot>,
}

/// What the frames of one day are made from, in byte order of ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FrameInput {
    pub places: Vec<PlaceInput>,
    pub pools: Vec<PoolDuty>,
}

pub async fn frame_input(
    tx: &mut Tx,
    config: &Config,
    programme: &Programme,
    office: &Office,
    day: NaiveDate,
) -> Done<FrameInput> {
    let register = snapshot(tx, office).await?;
    let places = places_of(programme, &register);
    let on_duty = duty(&places, &register, &subtree(config, &office.id), day);
    let found = eligible::eligibility(&places, &register, &on_duty, day);
    let bars = on_duty.barred.iter().map(|(p, i)| (p.clone(), i.clone(), Ground::Recusal)).collect();
    let pool = PoolDuty {
        name: office.id.to_string(),
        visits: on_duty.visits.into_iter().collect(),
        calls: on_duty.calls.into_iter().collect(),
        bars,
    };
    let places =
        found.into_iter().map(|e| PlaceInput { place: e.place, pool: Some(0), visit: e.visit, call: e.call }).collect();
    Ok(FrameInput { places, pools: vec![pool] })
}
