//! Which places have a chance in a window, and why the others have none (DRAW 1).

use super::{Duty, Snapshot};
use crate::model::register::Posting;
use crate::model::{InspectorId, PlaceId};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Why a place stands in the frame without a chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyNot {
    /// Nobody is posted there on that day.
    NoPosting,
    /// A person took it out, with a reason and an end.
    Excluded,
    /// Every inspector on duty is barred from it.
    NoInspector,
    /// Calls only: nobody who may be rung has a number.
    NoPhone,
}

/// A place of a window's frame: what speaks against a visit, and against a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eligibility {
    pub place: PlaceId,
    pub visit: Result<(), WhyNot>,
    pub call: Result<(), WhyNot>,
}

/// Every place with its eligibility, in byte order of ids.
pub fn eligibility(places: &[PlaceId], register: &Snapshot, duty: &Duty, day: NaiveDate) -> Vec<Eligibility> {
    let visitors = duty.visitors();
    let callers = duty.callers();
    let mut found: Vec<Eligibility> = places
        .iter()
        .map(|place| {
            let standing = standing(place, register, day);
            let visit = standing.and_then(|()| someone_clean(place, &visitors, duty));
            let call = standing.and_then(|()| someone_clean(place, &callers, duty)).and_then(|()| {
                let reachable = !register.contacts_at(place, day).is_empty()
                    || register.officials_at(place, day).iter().any(|o| o.phone.is_some());
                if reachable { Ok(()) } else { Err(WhyNot::NoPhone) }
            });
            Eligibility { place: place.clone(), visit, call }
        })
        .collect();
    found.sort_by(|a, b| a.place.cmp(&b.place));
    found
}

fn standing(place: &PlaceId, register: &Snapshot, day: NaiveDate) -> Result<(), WhyNot> {
    let open = register.village(place).is_some_and(|v| Posting::holds_on(&v.active, day));
    if !open || register.officials_at(place, day).is_empty() {
        return Err(WhyNot::NoPosting);
    }
    if register.exclusion(place, day).is_some() {
        return Err(WhyNot::Excluded);
    }
    Ok(())
}

fn someone_clean(place: &PlaceId, on_duty: &BTreeSet<&InspectorId>, duty: &Duty) -> Result<(), WhyNot> {
    let clean = on_duty.iter().any(|inspector| !duty.barred.contains(&(place.clone(), (*inspector).clone())));
    if clean { Ok(()) } else { Err(WhyNot::NoInspector) }
}
