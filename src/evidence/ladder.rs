//! The ladder of consequences (EVIDENCE 5): which absence of its period a flag is, and what the office's rules
//! foresee for that. Computed and shown; applied by people.

use crate::model::{FlagState, Period, Said};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// A flag of one official, as far as the count depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub day: NaiveDate,
    pub state: FlagState,
}

/// What the rules foresee for a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// 1 for the first absence in the period.
    pub number: usize,
    pub period: Period,
    /// The last rung also holds for every further absence.
    pub consequence: Option<Said>,
    /// Whether a person has confirmed this one; else it is what would hold.
    pub stands: bool,
}

/// Whether a person's decision stands: an appeal takes nothing away until it is decided.
fn stands(state: FlagState) -> bool {
    matches!(state, FlagState::Confirmed | FlagState::Appealed | FlagState::Upheld)
}

/// The rung of a flag among all flags of its official, itself included or not. `None` for what was dismissed
/// or overturned. A day counts once, however often somebody was missed on it.
pub fn rung(of: Counted, all: &[Counted], period: Period, ladder: &[Said]) -> Option<Rung> {
    if matches!(of.state, FlagState::Dismissed | FlagState::Overturned) {
        return None;
    }
    let (first, _) = period.around(of.day);
    let mut days: BTreeSet<NaiveDate> = all.iter().filter(|one| stands(one.state)).map(|one| one.day).collect();
    days.insert(of.day);
    let number = days.range(first..=of.day).count();
    let consequence = ladder.get(number.saturating_sub(1)).or(ladder.last()).cloned();
    Some(Rung { number, period, consequence, stands: stands(of.state) })
}
