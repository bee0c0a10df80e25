//! Totals and rates of absence from units drawn with known p (EVIDENCE 7).
//!
//! | | a stratum, or all strata without known totals | all strata with known totals N_h |
//! |---|---|---|
//! | `Y` | Σ y/p | ΣY_h |
//! | `V(Y)` | Σ (1-p) y²/p² | ΣV(Y_h) |
//! | `R` | Σ(y/p) / Σ(1/p) | ΣN_h R_h / ΣN_h |
//! | `V(R)` | Σ (1-p)/p² (y-R)² / (Σ1/p)² | ΣN_h² V(R_h) / (ΣN_h)² |
//!
//! p stands for p q or π, and rivals add to `V` what [`super::taken`] says.
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
use super::taken::{Missing, Taken};
use super::units::{Part, Sample, SampleError, Share, Stratum, Total, Weighed};
use std::collections::BTreeMap;

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

/// Estimates where some lines were not executed: their places are known, and nothing of what is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounds {
    pub not_executed: usize,
    /// Of the executed lines alone.
    pub executed: Estimates,
    /// With nobody absent in any line that was not executed.
    pub least: Estimates,
    /// With everybody absent in all of them.
    pub most: Estimates,
}

/// Estimates from lines window by window, and their bounds (EVIDENCE 7, missing).
///
/// # Errors
/// As [`Sample::new`].
pub fn bounds(taken: &[Taken], totals: Option<&BTreeMap<Stratum, Total>>) -> Result<Bounds, SampleError> {
    let with = |missing| Sample::of_taken(taken, missing, totals.cloned()).map(|sample| estimate(&sample));
    Ok(Bounds {
        not_executed: taken.iter().flat_map(Taken::lines).filter(|line| line.y.is_none()).count(),
        executed: with(Missing::LeftOut)?,
        least: with(Missing::As(Share::NOBODY))?,
        most: with(Missing::As(Share::EVERYBODY))?,
    })
}

/// Estimates from a sample (EVIDENCE 7).
pub fn estimate(sample: &Sample) -> Estimates {
    let known = |stratum: &Stratum| sample.totals.as_ref().and_then(|totals| totals.get(stratum)).map(|n| n.get());
    let strata: Vec<_> = sample
        .strata
        .iter()
        .map(|(stratum, part)| {
            let domain = Domain { sample, part, stratum: Some(stratum) };
            (stratum.clone(), domain.estimate(known(stratum).unwrap_or_else(|| domain.weight()), domain.ratio()))
        })
        .collect();
    let everything = Part {
        units: sample.strata.values().flat_map(|part| part.units.iter().copied()).collect(),
        rivals: (0..sample.rivals.len()).collect(),
    };
    let all = Domain { sample, part: &everything, stratum: None };
    let all = match &sample.totals {
        None => all.estimate(all.weight(), all.ratio()),
        Some(_) => all.over_strata(&strata),
    };
    Estimates { strata, all }
}

/// A stratum of a sample, or all of it.
struct Domain<'a> {
    sample: &'a Sample,
    part: &'a Part,
    /// `None`: all strata.
    stratum: Option<&'a Stratum>,
}

impl Domain<'_> {
    fn units(&self) -> impl Iterator<Item = &Weighed> {
        self.part.units.iter().map(|unit| &self.sample.units[*unit])
    }

    fn weight(&self) -> f64 {
        sum(self.units().map(|u| 1.0 / u.chance))
    }

    /// Variance of a total of `value`, which is 0 outside the domain.
    fn variance(&self, value: impl Fn(&Weighed) -> f64) -> f64 {
        let weighed = |u: &Weighed| {
            let outside =
                u.stratum.is_none() || self.stratum.is_some_and(|stratum| u.stratum.as_ref() != Some(stratum));
            if outside { 0.0 } else { value(u) / u.chance }
        };
        let own = sum(self.units().map(|u| u.own * weighed(u).powi(2)));
        let rivals = self.part.rivals.iter().map(|pair| &self.sample.rivals[*pair]);
        let at = |unit: usize| weighed(&self.sample.units[unit]);
        own + sum(rivals.map(|pair| pair.weight * (at(pair.first) - at(pair.second)).powi(2)))
    }

    fn ratio(&self) -> Option<Rate> {
        if self.part.units.is_empty() {
            return None;
        }
        let weight = self.weight();
        let r = sum(self.units().map(|u| u.y / u.chance)) / weight;
        Some(Rate { r, se: self.variance(|u| u.y - r).sqrt() / weight })
    }

    fn estimate(&self, total: f64, rate: Option<Rate>) -> Estimate {
        let n_star = rate.map_or(0.0, |rate| self.effective(rate));
        let (low, high) = rate.map_or((0.0, 1.0), |rate| wilson(rate.r, n_star));
        let y = sum(self.units().map(|u| u.y / u.chance));
        let se_y = self.variance(|u| u.y).sqrt();
        Estimate { n: self.part.units.len(), total, y, se_y, rate, n_star, low, high }
    }

    fn effective(&self, rate: Rate) -> f64 {
        let all_alike = rate.r <= 0.0 || rate.r >= 1.0;
        let n_star = if all_alike {
            self.weight().powi(2) / sum(self.units().map(|u| u.chance.powi(-2)))
        } else {
            rate.r * (1.0 - rate.r) / rate.se.powi(2)
        };
        n_star.min(self.part.units.len() as f64)
    }

    fn over_strata(&self, strata: &[(Stratum, Estimate)]) -> Estimate {
        let total = sum(strata.iter().map(|(_, e)| e.total));
        let rated: BTreeMap<&Stratum, (f64, Rate, f64)> = strata
            .iter()
            .filter_map(|(stratum, e)| {
                let part = self.sample.strata.get(stratum)?;
                let weight = Domain { sample: self.sample, part, stratum: Some(stratum) }.weight();
                e.rate.map(|rate| (stratum, (e.total, rate, weight)))
            })
            .collect();
        let seen = sum(rated.values().map(|(n, ..)| *n));
        // A unit stands for as many of its stratum's places as the stratum's own weights say.
        let residual = |u: &Weighed| {
            let of = u.stratum.as_ref().and_then(|stratum| rated.get(stratum));
            of.map_or(0.0, |(n, rate, weight)| n / weight * (u.y - rate.r))
        };
        let rate = (!rated.is_empty()).then(|| Rate {
            r: sum(rated.values().map(|(n, rate, _)| n * rate.r)) / seen,
            se: self.variance(residual).sqrt() / seen,
        });
        let of_the_seen = self.estimate(total, rate);
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
}

/// The sum of nothing is 0, where `Iterator::sum` has -0.
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |sum, value| sum + value)
}
