//! Places that are left out of windows or turned into calls more often than the others.

use super::tails;
use super::{Came, Unit};

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    frames: u32,
    eligible: u32,
    hits: u32,
    downgraded: u32,
}

/// Counts a place, by its number in the watch.
#[derive(Debug, Clone, Default)]
pub struct Places(Vec<Place>);

impl Places {
    pub fn add(&mut self, place: usize, unit: &Unit) {
        if self.0.len() <= place {
            self.0.resize(place + 1, Place::default());
        }
        if let Some(kept) = self.0.get_mut(place) {
            kept.frames += 1;
            kept.eligible += u32::from(unit.p > 0.0);
            kept.hits += u32::from(unit.hit);
            kept.downgraded += u32::from(unit.hit && unit.came == Came::Downgraded);
        }
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Place-windows, those that were eligible, and places with less than half of the usual share.
    pub fn eligible(&self) -> (u64, u64, u64) {
        let sum = |of: &dyn Fn(&Place) -> u32| self.0.iter().map(|p| u64::from(of(p))).sum::<u64>();
        let (frames, eligible) = (sum(&|p| p.frames), sum(&|p| p.eligible));
        let usual = eligible as f64 / (frames as f64).max(1.0);
        let few = |p: &&Place| p.frames > 0 && f64::from(p.eligible) < usual / 2.0 * f64::from(p.frames);
        (frames, eligible, self.0.iter().filter(few).count() as u64)
    }

    /// Drawn visits, those that became calls, and the chance that some place has as many of them as
    /// the one that stands out most.
    pub fn downgrades(&self) -> (u64, u64, f64) {
        let sum = |of: &dyn Fn(&Place) -> u32| self.0.iter().map(|p| u64::from(of(p))).sum::<u64>();
        let (hits, downgraded) = (sum(&|p| p.hits), sum(&|p| p.downgraded));
        let rate = downgraded as f64 / (hits as f64).max(1.0);
        let drawn = || self.0.iter().filter(|p| p.hits > 0);
        let least = drawn()
            .map(|p| tails::binomial_upper(u64::from(p.hits), rate, u64::from(p.downgraded)))
            .fold(1.0, f64::min);
        (hits, downgraded, (least * drawn().count() as f64).min(1.0))
    }
}
