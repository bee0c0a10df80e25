//! Whether the draw follows something that it must not follow (DRAW 5).
//!
//! A score is fixed for every place before the draw: days since its last visit, being a friend of
//! somebody, being present before an inspector could come. Within each window
//! `Z = sum (I-p)(s-sbar) / sqrt(V)`; honest draws give a standard normal number, whatever the score.

use super::Unit;
use super::tails;
use super::tally::ENOUGH;

/// The alarm of [`Score::evidence`]: honest draws reach it with a chance of at most one in so many, ever.
pub const ALARM: f64 = 1000.0;

/// Wagers on the score, for and against it; the evidence is their mean. Large ones find a gross leak within
/// weeks, small ones a slight one within years, where the large ones are long ruined.
const WAGERS: [f64; 6] = [-1.0, -0.15, -0.02, 0.02, 0.15, 1.0];

#[derive(Debug, Clone, Default)]
pub struct Score {
    pub cases: u64,
    pub hits: u64,
    numerator: f64,
    variance: f64,
    /// Widest range of the score within a window.
    range: f64,
    logs: [f64; WAGERS.len()],
    greatest: f64,
}

/// What a score amounts to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    pub z: f64,
    pub p: f64,
    /// V with the score's range as its unit: below 5 there are too few cases.
    pub v: f64,
    /// Greatest evidence so far; [`ALARM`] and more is an alarm at any time.
    pub evidence: f64,
}

impl Score {
    /// Takes a window in; `scores` stand beside its units, `None` where a score is not known.
    pub fn add(&mut self, units: &[Unit], scores: &[Option<f64>], independent: bool) {
        let known = || {
            let both = units.iter().zip(scores);
            both.filter_map(|(unit, s)| s.filter(|_| unit.p > 0.0 && unit.p < 1.0).map(|s| (unit, s)))
        };
        let (mut weight, mut weighted) = (0.0, 0.0);
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for (unit, s) in known() {
            let w = unit.p * (1.0 - unit.p);
            weight += w;
            weighted += w * s;
            least = least.min(s);
            most = most.max(s);
        }
        if weight <= 0.0 || most <= least {
            return;
        }
        let mean = weighted / weight;
        self.range = self.range.max(most - least);
        let reach = (most - mean).max(mean - least);
        for (unit, s) in known() {
            let off = s - mean;
            let hit = f64::from(u8::from(unit.hit));
            self.cases += 1;
            self.hits += u64::from(unit.hit);
            self.numerator += (hit - unit.p) * off;
            self.variance += unit.p * (1.0 - unit.p) * off * off;
            // Where a number is demanded the units are not independent, and the product means nothing.
            if independent {
                for (log, wager) in self.logs.iter_mut().zip(WAGERS) {
                    let stake = wager * off / reach;
                    *log += hit * stake - (unit.p * stake.exp_m1()).ln_1p();
                }
            }
        }
        self.greatest = self.greatest.max(self.evidence());
    }

    /// `mean prod e^(lambda s I) / (1-p+p e^(lambda s))` over the wagers: 1 on average if all is honest.
    pub fn evidence(&self) -> f64 {
        self.logs.iter().map(|log| log.exp()).sum::<f64>() / WAGERS.len() as f64
    }

    pub fn judged(&self) -> Judged {
        let z = if self.variance > 0.0 { self.numerator / self.variance.sqrt() } else { 0.0 };
        let v = if self.range > 0.0 { self.variance / self.range.powi(2) } else { 0.0 };
        Judged { z, p: tails::normal_two_sided(z), v, evidence: self.greatest }
    }
}

impl Judged {
    pub fn has_enough(&self) -> bool {
        self.v >= ENOUGH
    }
}
