//! How lines were taken from a frame, and what came of them (DRAW 7).
//!
//! Independent hits need no more than their p. Where inspectors were few, or a number was demanded,
//! lines of a pool in a window are rivals: one of them is there because another one is not. Their
//! variance is then a sum over pairs, each weighing by how far the two weighed values lie apart:
//!
//! | | chance | of its own | of a pair |
//! |---|---|---|---|
//! | every hit kept | p | 1-p | |
//! | the first n of k hits | p q, q by [`inclusion::of_hits`] | (1-p) q | (q_i q_j - q_ij) / q_ij |
//! | exactly n of a frame | π by [`inclusion::of_exactly`] | | (π_i π_j - π_ij) / π_ij |
//! | either, n or the frame large | the same | the same | n/(n-1) c_i c_j / Σc, c = 1-q or 1-π |
//!
//! The pairs are those of Sen, Yates and Grundy, without bias; the last row is Hájek's
//! Σ c (z-A)² n/(n-1) with A = Σ c z / Σ c, written as pairs, which is close where there are many. One
//! line that was taken from several has no pair: it counts as if it had been taken independently,
//! which errs on the safe side for a total.

use super::inclusion::{self, Pair};
use super::units::{Inclusion, Share, Stratum};

/// A line of a letter: a place-window that was to be checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub stratum: Stratum,
    /// The place's probability in the sealed frame.
    pub p: Inclusion,
    /// `None` where the line was not executed: what is there is not known.
    pub y: Option<Share>,
}

/// All lines of one kind of a pool in a window, and what they were taken from.
#[derive(Debug, Clone, PartialEq)]
pub enum Taken {
    /// The hits. Where there were more than inspectors, `cut` has the p of those that were not kept.
    Hits { kept: Vec<Line>, cut: Vec<Inclusion> },
    /// As many as a rule demands. `others` has the p of all other places of the pool's frame, unless 0.
    Exactly { lines: Vec<Line>, others: Vec<Inclusion> },
}

/// What an estimate takes a line that was not executed for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Missing {
    /// It is left out, as if what kept it from being executed had nothing to do with absence.
    LeftOut,
    /// The bounds: nobody absent in any of them, or everybody in all.
    As(Share),
}

/// Two lines, by their places in the window's, and what the square of their difference weighs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rivals {
    pub first: usize,
    pub second: usize,
    pub weight: f64,
}

/// What the variance of a window is made of, as in the table above.
pub(super) struct Law {
    /// Of each line: its chance, and what the square of its weighed value weighs.
    pub lines: Vec<(f64, f64)>,
    pub rivals: Vec<Rivals>,
}

/// More lines than this, and their joint probabilities take longer than they are worth.
const MOST_LINES: usize = 40;
/// The same of the units that they were taken from.
const MOST_UNITS: usize = 80;

impl Taken {
    pub fn lines(&self) -> &[Line] {
        match self {
            Taken::Hits { kept, .. } => kept,
            Taken::Exactly { lines, .. } => lines,
        }
    }

    pub(super) fn law(&self) -> Law {
        let p: Vec<Inclusion> = self.lines().iter().map(|line| line.p).collect();
        match self {
            Taken::Hits { cut, .. } if cut.is_empty() => Law::independent(&p),
            Taken::Hits { cut, .. } => Law::capped(&p, cut),
            Taken::Exactly { others, .. } => Law::exact(&p, others),
        }
    }
}

impl Law {
    fn independent(p: &[Inclusion]) -> Law {
        Law { lines: p.iter().map(|p| (p.get(), 1.0 - p.get())).collect(), rivals: Vec::new() }
    }

    fn capped(kept: &[Inclusion], cut: &[Inclusion]) -> Law {
        let hits = [kept, cut].concat();
        let q = inclusion::of_hits(kept.len(), &hits);
        let of_line = |(p, q): (&Inclusion, &f64)| (p.get() * q, (1.0 - p.get()) * q);
        let lines = kept.iter().zip(&q).map(of_line).collect();
        Law::of_rivals(lines, &q, inclusion::of_pairs_of_hits, &hits)
    }

    fn exact(taken: &[Inclusion], others: &[Inclusion]) -> Law {
        let frame = [taken, others].concat();
        let pi = inclusion::of_exactly(taken.len(), &frame);
        let lines = pi.iter().take(taken.len()).map(|pi| (*pi, 0.0)).collect();
        Law::of_rivals(lines, &pi, inclusion::of_pairs_of_exactly, &frame)
    }

    /// The lines were taken from `units`, of which they are the first, each with its chance in `taken`.
    fn of_rivals(
        mut lines: Vec<(f64, f64)>,
        taken: &[f64],
        joint: fn(usize, &[Inclusion], usize) -> Vec<Pair>,
        units: &[Inclusion],
    ) -> Law {
        let n = lines.len();
        let taken = &taken[..n];
        let uncertain: Vec<usize> = (0..n).filter(|i| taken[*i] < 1.0).collect();
        if let [lonely] = uncertain[..] {
            lines[lonely].1 += 1.0 - taken[lonely];
        }
        if n > MOST_LINES || units.len() > MOST_UNITS {
            return Law { lines, rivals: hajek(taken) };
        }
        let weigh = |pair: Pair| {
            let weight = (taken[pair.first] * taken[pair.second] / pair.both - 1.0).max(0.0);
            Rivals { first: pair.first, second: pair.second, weight }
        };
        // Two that cannot both be taken were not both taken.
        let rivals = joint(n, units, n).into_iter().filter(|pair| pair.both > 0.0).map(weigh).collect();
        Law { lines, rivals }
    }
}

fn hajek(taken: &[f64]) -> Vec<Rivals> {
    let n = taken.iter().filter(|q| **q < 1.0).count() as f64;
    let sum: f64 = taken.iter().map(|q| 1.0 - q).sum();
    if n < 2.0 {
        return Vec::new();
    }
    let pairs = (0..taken.len()).flat_map(|first| (first + 1..taken.len()).map(move |second| (first, second)));
    let weight = |i: usize, j: usize| n / (n - 1.0) * (1.0 - taken[i]) * (1.0 - taken[j]) / sum;
    pairs.map(|(first, second)| Rivals { first, second, weight: weight(first, second) }).collect()
}
