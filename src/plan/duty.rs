//! Who can go in a window, and who may not meet whom.

use super::Snapshot;
use crate::model::register::{Recusal, RecusalScope};
use crate::model::{InspectorId, OfficeId, PlaceId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Fixed at the seal: capacities and barred pairs of one window.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Duty {
    /// Visits that each inspector can make in the window.
    pub visits: BTreeMap<InspectorId, u32>,
    /// Calls that each inspector can make in the window.
    pub calls: BTreeMap<InspectorId, u32>,
    pub barred: BTreeSet<(PlaceId, InspectorId)>,
}

impl Duty {
    pub fn visitors(&self) -> BTreeSet<&InspectorId> {
        self.visits.iter().filter(|(_, n)| **n > 0).map(|(id, _)| id).collect()
    }

    pub fn callers(&self) -> BTreeSet<&InspectorId> {
        self.calls.iter().filter(|(_, n)| **n > 0).map(|(id, _)| id).collect()
    }
}

/// Inspectors of `offices` on duty on `day`, and every pair that a recusal bars. Whom no letter can
/// reach is not on duty.
pub fn duty(places: &[PlaceId], register: &Snapshot, offices: &BTreeSet<OfficeId>, day: NaiveDate) -> Duty {
    let on_duty: Vec<_> = register
        .inspectors
        .values()
        .filter(|i| offices.contains(&i.office) && i.active.holds_on(day) && !i.addresses.is_empty())
        .collect();
    let mut barred = BTreeSet::new();
    for place in places {
        for inspector in &on_duty {
            let recused = register
                .recusals
                .iter()
                .filter(|r| r.inspector == inspector.id && r.span.holds_on(day))
                .any(|r| touches(r, place, register, day));
            let at_home = inspector.home_county.as_deref().is_some_and(|home| {
                !home.is_empty() && register.village(place).is_some_and(|v| v.region.starts_with(home))
            });
            if recused || at_home {
                barred.insert((place.clone(), inspector.id.clone()));
            }
        }
    }
    Duty {
        visits: on_duty.iter().map(|i| (i.id.clone(), i.visits_a_window)).collect(),
        calls: on_duty.iter().map(|i| (i.id.clone(), i.calls_a_window)).collect(),
        barred,
    }
}

fn touches(recusal: &Recusal, place: &PlaceId, register: &Snapshot, day: NaiveDate) -> bool {
    match &recusal.scope {
        RecusalScope::Official(id) => register.officials_at(place, day).iter().any(|o| o.id == *id),
        RecusalScope::Team(id) => register.teams_at(place, day).iter().any(|t| t.id == *id),
        RecusalScope::Village(id) => register.village(place).is_some_and(|v| v.id == *id),
        RecusalScope::Region(code) => register.village(place).is_some_and(|v| v.region.starts_with(code.as_str())),
        RecusalScope::SendingUnit(unit) => {
            register.teams_at(place, day).iter().any(|t| t.sending_unit == *unit)
                || register.officials_at(place, day).iter().any(|o| o.sending_unit == *unit)
        }
    }
}
