//! How lines were taken from a frame, and what came of them (DRAW 7).
//!
//! Independent hits need no more than their p. Where inspectors were few, or a number was demanded,
//! lines of a pool in a window are rivals: one of them is there because another one is not. Their
//! variance is then a sum over pairs, each weighing by how far the two weighed values lie apart:
//!
//! | | q | of its own | of a pair |
//! |---|---|---|---|
//! | every hit kept | 1 | 1-p | |
//! | the first n of k hits | [`inclusion::of_hits`] | (1-p) q | (q_i q_j - q_ij) / q_ij (Sen, Yates, Grundy) |
//! | the same, n large | the same | the same | n/(n-1) c_i c_j / Σc, c = 1-q (Hájek) |
//! | exactly n of a frame, p from [`inclusion::of_exactly`] | 1 | | n/(n-1) c_i c_j / Σc, c = 1-p (Hájek) |
//!
//! The last two rows are Σ c (z-A)² n/(n-1) with A = Σ c z / Σ c, written as pairs. One line that was
//! taken from several has no pair: it counts as if it had been taken independently, which errs on the
//! safe side for a total.

use super::inclusion::{self, Pair};
use super::units::{Inclusion, Share, Stratum};

/// A line of a letter: a place-window that was to be checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub stratum: Stratum,
    /// The place's probability in the sealed frame; of exactly n, its inclusion probability.
    pub p: Inclusion,
    /// `None` where the line was not executed: what is there is not known.
    pub y: Option<Share>,
}

/// All lines of one kind of a pool in a window, and what they were taken from.
#[derive(Debug, Clone, PartialEq)]
pub enum Taken {
    /// The hits. Where there were more than inspectors, `cut` has the p of those that were not kept.
    Hits { kept: Vec<Line>, cut: Vec<Inclusion> },
    /// As many as a rule demands.
    Exactly(Vec<Line>),
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

/// What the variance of a window is made of; both lists as in the table above.
pub(super) struct Law {
    /// Of each line: q, and what the square of its weighed value weighs.
    pub lines: Vec<(f64, f64)>,
    pub rivals: Vec<Rivals>,
}

/// More kept lines than this, and their joint probabilities take longer than they are worth.
const MOST_EXACT: usize = 40;

impl Taken {
    pub fn lines(&self) -> &[Line] {
        match self {
            Taken::Hits { kept, .. } => kept,
            Taken::Exactly(lines) => lines,
        }
    }

    pub(super) fn law(&self) -> Law {
        let p: Vec<Inclusion> = self.lines().iter().map(|line| line.p).collect();
        match self {
            Taken::Hits { cut, .. } if cut.is_empty() => Law::independent(&p),
            Taken::Hits { cut, .. } => Law::capped(&p, cut),
            Taken::Exactly(_) => Law::exact(&p),
        }
    }
}

impl Law {
    fn independent(p: &[Inclusion]) -> Law {
        Law { lines: p.iter().map(|p| (1.0, 1.0 - p.get())).collect(), rivals: Vec::new() }
    }

    fn capped(kept: &[Inclusion], cut: &[Inclusion]) -> Law {
        let (n, hits) = (kept.len(), [kept, cut].concat());
        let q: Vec<f64> = inclusion::of_hits(n, &hits).into_iter().take(n).collect();
        let own = kept.iter().zip(&q).map(|(p, q)| (1.0 - p.get()) * q).collect();
        let rivals = if n <= MOST_EXACT {
            let weigh = |pair: Pair| Rivals {
                first: pair.first,
                second: pair.second,
                weight: (q[pair.first] * q[pair.second] / pair.both - 1.0).max(0.0),
            };
            // Two hits that cannot both be kept were not both kept.
            inclusion::of_pairs_of_hits(n, &hits, n).into_iter().filter(|pair| pair.both > 0.0).map(weigh).collect()
        } else {
            hajek(&q)
        };
        Law::with_lonely(q.clone(), own, &q, rivals)
    }

    fn exact(p: &[Inclusion]) -> Law {
        let pi: Vec<f64> = p.iter().map(|p| p.get()).collect();
        Law::with_lonely(vec![1.0; pi.len()], vec![0.0; pi.len()], &pi, hajek(&pi))
    }

    /// `taken` are the probabilities of what made rivals of the lines.
    fn with_lonely(q: Vec<f64>, mut own: Vec<f64>, taken: &[f64], rivals: Vec<Rivals>) -> Law {
        let uncertain: Vec<usize> = (0..taken.len()).filter(|i| taken[*i] < 1.0).collect();
        if let [lonely] = uncertain[..] {
            own[lonely] += 1.0 - taken[lonely];
        }
        Law { lines: q.into_iter().zip(own).collect(), rivals }
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
