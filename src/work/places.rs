//! The register as a plan needs it, and the places that a programme draws from.
//!
//! A frame is made from a few sets ([`frame_input`]), names and numbers are read for drawn places only
//! ([`details`]): no step grows with people who were not drawn.

use super::{Context, Done};
use crate::config::{Config, Office, PlaceKind, Programme};
use crate::model::register::Team;
use crate::model::{Ground, InspectorId, OfficeId, PlaceId, Pools, ProgrammeId};
use crate::plan::input::{Facts, OnDuty, PlaceFacts, Presence};
use crate::plan::pools::Site;
use crate::plan::snapshot::Lists;
use crate::plan::{FrameInput, PoolMap, Snapshot};
use crate::store::{Ids, OnDutyRow, Tx};
use crate::timing::Calendar;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// What the frames of a programme's windows on one day are made from, beside chances.
pub async fn frame_input(
    tx: &mut Tx,
    ctx: &Context,
    programme: &Programme,
    office: &Office,
    day: NaiveDate,
) -> Done<FrameInput> {
    let config = &ctx.config;
    let offices = subtree(config, &office.id);
    let on_duty = on_duty(tx, &offices, day).await?;
    let places = tx.places(programme.place, &office.region, day).await?;
    let resting = resting(&ctx.calendar, office, places.iter().map(|one| one.region.as_str()), day);
    let excluded = tx.excluded(programme.place, &office.region, day).await?;
    let recused = tx.recused(programme.place, &office.region, day).await?;
    let met = match programme.met_within {
        0 => Vec::new(),
        visits => tx.met_within(programme.place, &office.region, visits).await?,
    };
    let lineage = tx.lineage().await?;
    let of_parts: Vec<_> =
        met.iter().filter_map(|(place, who)| Some((lineage.heir_of_place(place)?, who.clone()))).collect();
    let home = on_duty.iter().filter_map(|i| Some((i.home_county.clone()?, i.inspector.clone(), Ground::HomeCounty)));
    let by_region = tx.recused_regions(day).await?.into_iter().map(|(code, who)| (code, who, Ground::Recusal));
    let manned: BTreeSet<&OfficeId> = on_duty.iter().map(|i| &i.office).collect();
    let sites: Vec<Site> = config
        .offices
        .iter()
        .filter(|one| offices.contains(&one.id))
        .map(|one| Site {
            office: one.id.clone(),
            parent: one.parent.clone(),
            region: one.region.clone(),
            on_duty: manned.contains(&one.id),
        })
        .collect();
    let map = match programme.pools {
        Pools::One => PoolMap::one(&office.id, &sites),
        Pools::Offices => PoolMap::by_office(&sites),
    };
    let presence = |posted, reachable| match (posted, reachable) {
        (_, true) => Presence::Reachable,
        (true, false) => Presence::Posted,
        (false, false) => Presence::Nobody,
    };
    let facts = Facts {
        barred_regions: home.chain(by_region).collect(),
        barred_pairs: recused
            .into_iter()
            .map(|(place, who)| (place, who, Ground::Recusal))
            .chain(met.into_iter().chain(of_parts).map(|(place, who)| (place, who, Ground::MetRecently)))
            .collect(),
        places: places
            .into_iter()
            .map(|p| PlaceFacts { presence: presence(p.posted, p.reachable), place: p.place, region: p.region })
            .collect(),
        blackouts: tx.blackouts_on(day).await?.into_iter().map(|one| one.region).chain(resting).collect(),
        excluded: excluded.into_iter().map(|one| one.place).collect(),
        on_duty: on_duty
            .into_iter()
            .map(|i| OnDuty { inspector: i.inspector, office: i.office, visits: i.visits, calls: i.calls })
            .collect(),
    };
    Ok(FrameInput::new(facts, &map))
}

/// Of these townships those that rest on a day on which the office works.
pub(super) fn resting<'a>(
    calendar: &Calendar,
    office: &Office,
    townships: impl Iterator<Item = &'a str>,
    day: NaiveDate,
) -> BTreeSet<String> {
    if !calendar.differs_below(&office.region) {
        return BTreeSet::new();
    }
    let townships: BTreeSet<&str> = townships.collect();
    let rests = |region: &&str| calendar.of(region).is_workday(day) == Ok(false);
    townships.into_iter().filter(rests).map(str::to_owned).collect()
}

/// So many offices are asked for their inspectors one by one; for more, all inspectors are read.
const FEW_OFFICES: usize = 16;

async fn on_duty(tx: &mut Tx, offices: &BTreeSet<OfficeId>, day: NaiveDate) -> Done<Vec<OnDutyRow>> {
    let mut found = Vec::new();
    if offices.len() <= FEW_OFFICES {
        for office in offices {
            found.extend(tx.on_duty_of(office, day).await?);
        }
    } else {
        found = tx.on_duty(day).await?;
        found.retain(|one| offices.contains(&one.office));
    }
    Ok(found)
}

/// By office: the programmes among `overlapping` that send its inspectors too, and `mine`. An office
/// whose inspectors only `mine` sends is left out.
pub fn sharers(config: &Config, mine: &Programme, overlapping: &[ProgrammeId]) -> BTreeMap<OfficeId, Vec<ProgrammeId>> {
    let mut sharers: BTreeMap<OfficeId, Vec<ProgrammeId>> = BTreeMap::new();
    let own = subtree(config, &mine.office);
    for other in config.programmes.iter().filter(|p| p.id != mine.id && overlapping.contains(&p.id)) {
        for office in subtree(config, &other.office).intersection(&own) {
            sharers.entry(office.clone()).or_insert_with(|| vec![mine.id.clone()]).push(other.id.clone());
        }
    }
    sharers
}

/// Names, people and numbers of drawn places, and of these inspectors.
pub async fn details<'a>(
    tx: &mut Tx,
    places: impl IntoIterator<Item = &'a PlaceId>,
    inspectors: impl IntoIterator<Item = &'a InspectorId>,
) -> Done<Snapshot> {
    let places: BTreeSet<&str> = places.into_iter().map(PlaceId::as_str).collect();
    let inspectors: BTreeSet<&str> = inspectors.into_iter().map(InspectorId::as_str).collect();
    let mut teams = tx.teams_of_places(&Ids::new(places.iter().copied())).await?;
    let mut contacts = tx.contacts_of_villages(&Ids::new(villages_of(&places, &teams))).await?;
    // Windows that were sealed before a merger know its parts by their own names.
    let ids = teams.iter().map(|t| t.id.as_str()).chain(contacts.iter().map(|c| c.id.as_str()));
    let moved = tx.moves(&Ids::new(ids.chain(places.iter().copied()))).await?;
    if !moved.teams.is_empty() {
        let gone = moved.teams.iter().filter(|one| !teams.iter().any(|t| t.id.as_str() == one.id));
        teams.extend(tx.teams_of_places(&Ids::new(gone.map(|one| one.id.as_str()))).await?);
    }
    if !moved.contacts.is_empty() {
        let gone = moved.contacts.iter().filter(|one| !contacts.iter().any(|c| c.id.as_str() == one.id));
        contacts.extend(tx.contacts_among(&Ids::new(gone.map(|one| one.id.as_str()))).await?);
    }
    let before = moved.teams.iter().map(|one| one.village.as_str());
    let villages = tx.villages_among(&Ids::new(villages_of(&places, &teams).chain(before))).await?;
    Ok(Snapshot::new(Lists {
        regions: tx.regions_among(&Ids::new(villages.iter().map(|v| v.region.as_str()))).await?,
        officials: tx.officials_of_teams(&Ids::new(teams.iter().map(|t| t.id.as_str()))).await?,
        contacts,
        moved_teams: moved.teams,
        moved_contacts: moved.contacts,
        inspectors: tx.inspectors_among(&Ids::new(inspectors)).await?,
        teams,
        villages,
        ..Lists::default()
    }))
}

/// Places, and the villages of teams.
fn villages_of<'a>(places: &BTreeSet<&'a str>, teams: &'a [Team]) -> impl Iterator<Item = &'a str> {
    places.iter().copied().chain(teams.iter().map(|team| team.village.as_str())).collect::<Vec<_>>().into_iter()
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

/// How many places a programme draws from.
pub async fn count_places(ctx: &Context, tx: &mut Tx, programme: &Programme, office: &Office) -> Done<usize> {
    let counts = ctx.registers.counts(tx, &office.region).await?;
    Ok(usize::try_from(match programme.place {
        PlaceKind::Team => counts.teams,
        PlaceKind::Village => counts.villages,
    })
    .unwrap_or(0))
}
