//! Gaps between drawn visits: uniform once each is put through the law that its own chances give.
//!
//! With `S_k` the chance of no visit in the first k windows of a gap and `V` uniform by the window's own
//! ticket, a gap that ended after G windows gives `U = 1 - S_{G-1} + V*(S_{G-1}-S_G)`, one that is still
//! open after C gives `U = 1 - V*S_C`. Both together are uniform whatever the chances were; closed
//! gaps alone are short ones, and honest data would be rejected.

use super::tails;
use super::tally::{ENOUGH, Tally};

/// Where one place stands.
#[derive(Debug, Clone, Copy)]
pub struct Gap {
    survival: f64,
    windows: u32,
    /// Whether it began with a drawn visit; the first one of a period began before it.
    begun: bool,
    /// The window looked at last, by its number.
    last: u32,
    before: Option<f64>,
}

impl Default for Gap {
    fn default() -> Gap {
        Gap { survival: 1.0, windows: 0, begun: false, last: 0, before: None }
    }
}

/// Gaps longer than this count as this long in the histogram.
const LONGEST: usize = 4096;
const BINS: usize = 1 << 14;
const COARSE: usize = 20;

/// All gaps of a programme.
#[derive(Debug, Clone)]
pub struct Gaps {
    pub closed: u64,
    pub open: u64,
    bins: Vec<u32>,
    pairs: u64,
    products: f64,
    by_length: Vec<Tally>,
}

impl Default for Gaps {
    fn default() -> Gaps {
        Gaps { closed: 0, open: 0, bins: vec![0; BINS], pairs: 0, products: 0.0, by_length: Vec::new() }
    }
}

/// What the gaps of a period amount to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    pub closed: u64,
    pub open: u64,
    /// Of Kolmogorov and Smirnov's distance.
    pub ks_p: f64,
    /// Of a chi-square over twentieths.
    pub chi_p: f64,
    /// Correlation of a gap with the next one of the same place, and its chance.
    pub lag: f64,
    pub lag_p: f64,
}

impl Gaps {
    /// A place went through a window with chance `p`; `v` is asked for only where a gap ends.
    pub fn pass(&mut self, gap: &mut Gap, window: u32, p: f64, hit: bool, v: impl FnOnce() -> f64) {
        if gap.begun {
            let length = (gap.windows as usize).min(LONGEST - 1);
            if self.by_length.len() <= length {
                self.by_length.resize(length + 1, Tally::default());
            }
            if let Some(tally) = self.by_length.get_mut(length) {
                tally.add(p, hit);
            }
        }
        let after = gap.survival * (1.0 - p);
        gap.windows += 1;
        gap.last = window;
        if !hit {
            gap.survival = after;
            return;
        }
        let u = 1.0 - gap.survival + v() * (gap.survival - after);
        self.closed += 1;
        self.note(u, gap.before);
        *gap = Gap { begun: true, last: window, before: Some(u), ..Gap::default() };
    }

    /// The period ends; `v` belongs to the window that the place went through last.
    pub fn end(&mut self, gap: &Gap, v: impl FnOnce(u32) -> f64) {
        if gap.windows > 0 {
            self.open += 1;
            self.note(1.0 - v(gap.last) * gap.survival, gap.before);
        }
    }

    fn note(&mut self, u: f64, before: Option<f64>) {
        let bin = ((u * BINS as f64) as usize).min(BINS - 1);
        if let Some(count) = self.bins.get_mut(bin) {
            *count += 1;
        }
        if let Some(before) = before {
            self.pairs += 1;
            self.products += (before - 0.5) * (u - 0.5);
        }
    }

    /// `None` where there are too few to say anything.
    pub fn judged(&self) -> Option<Judged> {
        let n = self.closed + self.open;
        if (n as f64) < ENOUGH * COARSE as f64 || (self.closed as f64) < ENOUGH {
            return None;
        }
        let (mut below, mut distance) = (0u64, 0f64);
        for (bin, count) in self.bins.iter().enumerate() {
            below += u64::from(*count);
            let uniform = (bin + 1) as f64 / BINS as f64;
            distance = distance.max((below as f64 / n as f64 - uniform).abs());
        }
        let expected = n as f64 / COARSE as f64;
        let coarse =
            self.bins.chunks(BINS.div_ceil(COARSE)).map(|part| part.iter().map(|c| u64::from(*c)).sum::<u64>());
        // The parts differ by less than a thousandth in width.
        let chi = coarse.map(|count| (count as f64 - expected).powi(2) / expected).sum();
        // Each product has mean 0 and variance 1/144, whatever went before.
        let lag_z = self.products * 12.0 / (self.pairs as f64).max(1.0).sqrt();
        Some(Judged {
            closed: self.closed,
            open: self.open,
            ks_p: tails::kolmogorov_upper(distance, n),
            chi_p: tails::chi_square_upper(chi, COARSE - 1),
            lag: self.products * 12.0 / (self.pairs as f64).max(1.0),
            lag_p: if (self.pairs as f64) < ENOUGH * 4.0 { 1.0 } else { tails::normal_two_sided(lag_z) },
        })
    }

    /// Ends of gaps by length in windows, in bins `(from, to, tally)`, against what the sealed chances
    /// let expect: the sum of p over all place-windows that had reached that length.
    pub fn histogram(&self, bins: usize) -> Vec<(usize, usize, Tally)> {
        // The tail beyond the last gap that ended says nothing more.
        let reached = self.by_length.iter().rposition(|t| t.hits > 0).map_or(0, |last| last + 1);
        let width = reached.div_ceil(bins.max(1)).max(1);
        let parts = self.by_length.get(..reached).unwrap_or_default().chunks(width);
        parts.enumerate().map(|(i, part)| (i * width + 1, i * width + part.len(), super::tally::total(part))).collect()
    }
}
