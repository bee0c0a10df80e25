//! Totals and rates of absence from units drawn independently with known p (EVIDENCE 7).
//!
//! | | a stratum, or all strata without known totals | all strata with known totals N_h |
//! |---|---|---|
//! | `Y` | Σ y/p | ΣY_h |
//! | `V(Y)` | Σ (1-p) y²/p² | ΣV(Y_h) |
//! | `R` | Σ(y/p) / Σ(1/p) | ΣN_h R_h / ΣN_h |
//! | `V(R)` | Σ (1-p)/p² (y-R)² / (Σ1/p)² | ΣN_h² V(R_h) / (ΣN_h)² |
//!
//! `Y` is the Horvitz-Thompson total in any case: a known total changes the weight of a stratum in
//! the rate over all, and nothing within the stratum.
//!
//! **Edges.** The interval rests on n* = min(n, R(1-R)/V), and on (Σ1/p)²/Σ1/p² where R is 0 or 1.
//! - V = 0 with R between: every p is 1, or every y is the same. n* is n; so a census has a range
//!   too, as if it were a sample of something larger.
//! - One unit only: its rate has no measurable variance, 0; the range tells, not the error.
//! - No units: Y and its error are 0, as the formulas have it; there is no rate; the range is [0, 1].
//! - A stratum with a known total and no units: over all there is no rate either; the range is that
//!   of the other strata, with nobody absent in this one and with everybody (EVIDENCE 7, missing).

use super::interval::wilson;
use super::units::{Sample, Stratum, Unit};

/// What is estimated of one stratum, or of all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Units.
    pub n: usize,
    /// Eligible place-windows: the known total, or else Σ 1/p.
    pub total: f64,
    /// Absence summed over the eligible place-windows.
    pub y: f64,
    pub se_y: f64,
    /// Rate of absence and its standard error; `None` if the units do not carry one.
    pub rate: Option<Rate>,
    /// Effective number of units behind the range; 0 without units.
    pub n_star: f64,
    /// Range of the rate, within [0, 1].
    pub low: f64,
    pub high: f64,
}

/// A rate in [0, 1] with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    pub r: f64,
    pub se: f64,
}

/// Estimates by stratum, sorted by the bytes of its name, and over all.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimates {
    pub strata: Vec<(Stratum, Estimate)>,
    pub all: Estimate,
}

/// Estimates from a sample (EVIDENCE 7).
pub fn estimate(sample: &Sample) -> Estimates {
    let known = |stratum: &Stratum| sample.totals.as_ref().and_then(|totals| totals.get(stratum)).map(|n| n.get());
    let strata: Vec<_> = sample
        .strata
        .iter()
        .map(|(stratum, units)| {
            let total = known(stratum).unwrap_or_else(|| weight(units));
            (stratum.clone(), of(units, total, ratio(units)))
        })
        .collect();
    let units: Vec<Unit> = sample.strata.values().flatten().copied().collect();
    let all = match &sample.totals {
        None => of(&units, weight(&units), ratio(&units)),
        Some(_) => over_strata(&units, &strata),
    };
    Estimates { strata, all }
}

fn over_strata(units: &[Unit], strata: &[(Stratum, Estimate)]) -> Estimate {
    let total = sum(strata.iter().map(|(_, e)| e.total));
    let rated: Vec<(f64, Rate)> = strata.iter().filter_map(|(_, e)| e.rate.map(|rate| (e.total, rate))).collect();
    let seen = sum(rated.iter().map(|(n, _)| *n));
    let rate = (!rated.is_empty()).then(|| Rate {
        r: sum(rated.iter().map(|(n, rate)| n * rate.r)) / seen,
        se: sum(rated.iter().map(|(n, rate)| (n * rate.se).powi(2))).sqrt() / seen,
    });
    let of_the_seen = of(units, total, rate);
    if seen >= total {
        return of_the_seen;
    }
    let share = seen / total;
    Estimate {
        rate: None,
        low: share * of_the_seen.low,
        high: (share * of_the_seen.high + (1.0 - share)).min(1.0),
        ..of_the_seen
    }
}

fn of(units: &[Unit], total: f64, rate: Option<Rate>) -> Estimate {
    let n_star = rate.map_or(0.0, |rate| effective(units, rate));
    let (low, high) = rate.map_or((0.0, 1.0), |rate| wilson(rate.r, n_star));
    Estimate {
        n: units.len(),
        total,
        y: sum(units.iter().map(|u| u.y.get() / u.p.get())),
        se_y: sum(units.iter().map(|u| (1.0 - u.p.get()) * (u.y.get() / u.p.get()).powi(2))).sqrt(),
        rate,
        n_star,
        low,
        high,
    }
}

fn ratio(units: &[Unit]) -> Option<Rate> {
    if units.is_empty() {
        return None;
    }
    let weight = weight(units);
    let r = sum(units.iter().map(|u| u.y.get() / u.p.get())) / weight;
    let v = sum(units.iter().map(|u| (1.0 - u.p.get()) * ((u.y.get() - r) / u.p.get()).powi(2)));
    Some(Rate { r, se: v.sqrt() / weight })
}

fn effective(units: &[Unit], rate: Rate) -> f64 {
    let all_alike = rate.r <= 0.0 || rate.r >= 1.0;
    let n_star = if all_alike {
        weight(units).powi(2) / sum(units.iter().map(|u| u.p.get().powi(-2)))
    } else {
        rate.r * (1.0 - rate.r) / rate.se.powi(2)
    };
    n_star.min(units.len() as f64)
}

fn weight(units: &[Unit]) -> f64 {
    sum(units.iter().map(|u| 1.0 / u.p.get()))
}

/// The sum of nothing is 0, where `Iterator::sum` has -0.
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |sum, value| sum + value)
}
