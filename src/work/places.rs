//! The register as a plan needs it, and the places that a programme draws from.

use super::Done;
use crate::config::{Config, Office, PlaceKind, Programme};
use crate::model::{OfficeId, PlaceId};
use crate::plan::Snapshot;
use crate::plan::snapshot::Lists;
use crate::store::Tx;
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
