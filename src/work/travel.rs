//! Where the places of a release lie, and the ways between them.

use super::{Context, Done};
use crate::config::Office;
use crate::model::register::Inspector;
use crate::model::{Kind, Line};
use crate::plan::travel::{Names, Reckoning, Sites, arranged};
use crate::plan::{Given, Snapshot};
use crate::store::{Ids, Tx};
use std::collections::BTreeSet;

/// What is known of the places that are visited, and of the offices where days begin.
pub(super) async fn sites(ctx: &Context, tx: &mut Tx, given: &[Given], register: &Snapshot) -> Done<Sites> {
    let visits: BTreeSet<_> = given.iter().filter(|one| one.kind == Kind::Visit).map(|one| &one.place).collect();
    if visits.is_empty() {
        return Ok(Sites::default());
    }
    let villages = visits.iter().filter_map(|place| register.village(place)).map(|village| village.id.as_str());
    let offices = ctx.config.offices.iter().map(|office| office.id.as_str());
    let ids = Ids::new(visits.iter().map(|place| place.as_str()).chain(villages).chain(offices));
    Ok(Sites {
        positions: tx.located_among(&ids).await?.into_iter().map(|one| (one.place, one.position)).collect(),
        distances: tx.distances_among(&ids).await?.into_iter().map(|one| ((one.from, one.to), one.leg)).collect(),
    })
}

/// An inspector's lines, visits in the order of the way from their office.
pub(super) fn by_way(
    ctx: &Context,
    (office, inspector): (&Office, &Inspector),
    lines: Vec<Line>,
    register: &Snapshot,
    sites: &Sites,
) -> Vec<Line> {
    let names = |line: &Line| {
        let village = register.village(&line.place).map(|village| village.id.to_string());
        std::iter::once(line.place.to_string()).chain(village).collect::<Names>()
    };
    let reckoning = Reckoning {
        road_percent: office.road_percent,
        kilometres_an_hour: office.road_speed,
        stay_minutes: office.visit_minutes,
    };
    let start = vec![inspector.office.to_string()];
    arranged(lines, (&start, ctx.now()), names, sites, reckoning)
}
