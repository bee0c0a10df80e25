//! What the plots show: days, levels of chance, lengths of gaps.

use super::tally::Tally;
use super::watch::Kept;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// A day of the period.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Day {
    pub visits: Tally,
    pub windows: u32,
    pub voids: u32,
}

#[derive(Debug, Clone, Default)]
pub struct Days(BTreeMap<NaiveDate, Day>);

impl Days {
    pub fn drawn(&mut self, day: NaiveDate, tally: &Tally) {
        let kept = self.0.entry(day).or_default();
        kept.windows += 1;
        kept.visits.merge(tally);
    }

    pub fn void(&mut self, day: NaiveDate) {
        self.0.entry(day).or_default().voids += 1;
    }

    pub fn tallies(&self) -> Vec<Tally> {
        self.0.values().filter(|day| day.windows > 0).map(|day| day.visits).collect()
    }
}

const GAP_BINS: usize = 25;

#[derive(Debug, Clone, Default)]
pub struct Series {
    pub days: BTreeMap<NaiveDate, Day>,
    /// By level of chance, least first.
    pub levels: Vec<Tally>,
    /// Ends of gaps by length in eligible windows, from, to (inclusive), against what was expected.
    pub gaps: Vec<(usize, usize, Tally)>,
}

impl Series {
    pub(super) fn of(kept: &Kept<'_>) -> Series {
        Series { days: kept.days.0.clone(), levels: kept.by_chance.clone(), gaps: kept.gaps.histogram(GAP_BINS) }
    }
}
