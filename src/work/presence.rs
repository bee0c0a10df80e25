//! Who was there before any inspector could come: the score that finds leaks (DRAW 5).
//!
//! Raw punches of devices between the draw and the opening of the window, the same hours for drawn and
//! undrawn places. Whoever is warned comes in; any excess at drawn places is a tip-off.

use super::Done;
use super::fairness::Stretch;
use crate::config::Config;
use crate::draw::fairness::Predictor;
use crate::model::record::{Origin, What};
use crate::model::{OfficeId, OfficialId, PlaceId, SourceId};
use crate::plan::Snapshot;
use crate::said;
use crate::store::Tx;
use chrono::NaiveDate;
use std::collections::BTreeSet;

pub fn predictor() -> Predictor {
    Predictor { code: "present", name: said!("Punched in after the draw", "抽取后、开始前打卡") }
}

/// Where an office's punches come from.
pub fn sources(config: &Config, office: &OfficeId) -> Vec<SourceId> {
    let below = super::places::subtree(config, office);
    config.sources.iter().filter(|s| below.contains(&s.office)).map(|s| s.source.id.clone()).collect()
}

/// The share of each place's officials that punched in during the stretch. `None` where nobody is posted, and
/// for all where not one punch is there: the records have not come in.
pub async fn of(
    tx: &mut Tx,
    sources: &[SourceId],
    register: &Snapshot,
    day: NaiveDate,
    (from, to): Stretch,
    places: &[&PlaceId],
) -> Done<Vec<Option<f64>>> {
    let mut seen: BTreeSet<OfficialId> = BTreeSet::new();
    for source in sources {
        let punches = tx.punches_between(source, from, to).await?.into_iter();
        let raw = punches.filter(|r| matches!(&r.what, What::Punch(punch) if punch.origin == Origin::Device));
        seen.extend(raw.map(|record| record.official));
    }
    let share = |place: &&PlaceId| {
        let posted = register.officials_at(place, day);
        let there = posted.iter().filter(|official| seen.contains(&official.id)).count();
        (!seen.is_empty() && !posted.is_empty()).then(|| there as f64 / posted.len() as f64)
    };
    Ok(places.iter().map(share).collect())
}
