//! Many small counties beside each other: what a county's few visits say, and which stand out (EVIDENCE 7).
//!
//! A county with three visits has a rate of 0, a third, two thirds or 1, whatever is true there. So a
//! county is never ranked by its own rate. The counties together show how much they differ beyond chance;
//! that is the prior, a beta distribution, and each county is seen through it. Whether one stands out is
//! asked of all of them at once, so that out of a hundred ordinary counties five are not accused.

use statrs::distribution::{Beta, ContinuousCDF};
use statrs::function::beta::ln_beta;
use statrs::function::factorial::ln_binomial;

/// What is known of one county: its rate, and the effective number of units behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct County {
    pub rate: f64,
    pub units: f64,
}

/// How rates differ from county to county: a beta distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    pub alpha: f64,
    pub beta: f64,
}

/// A county seen through the prior.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posterior {
    pub mean: f64,
    /// 95 % of the posterior.
    pub low: f64,
    pub high: f64,
}

/// Fewer counties than this show nothing of how counties differ.
const FEWEST: usize = 3;
/// Counties that differ less than this are told apart by nothing but chance.
const LEAST_SPREAD: f64 = 1e-4;
const MOST_SPREAD: f64 = 0.5;

/// Sums over counties, from which one can be taken away again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moments {
    counties: f64,
    units: f64,
    absent: f64,
    /// Units times the square of the rate, and the squares of the units.
    squares: f64,
    units_squared: f64,
}

impl Moments {
    pub fn of(counties: &[County]) -> Moments {
        counties.iter().fold(Moments::default(), |sum, county| sum.with(*county, 1.0))
    }

    fn with(self, County { rate, units }: County, sign: f64) -> Moments {
        let sign = if units > 0.0 { sign } else { 0.0 };
        Moments {
            counties: self.counties + sign,
            units: self.units + sign * units,
            absent: self.absent + sign * units * rate,
            squares: self.squares + sign * units * rate * rate,
            units_squared: self.units_squared + sign * units * units,
        }
    }

    pub fn without(self, county: County) -> Moments {
        self.with(county, -1.0)
    }

    pub fn are_few(self) -> bool {
        (self.counties.round() as usize) < FEWEST
    }

    pub fn mean(self) -> f64 {
        self.absent / self.units
    }

    /// How much counties differ beyond chance.
    fn spread(self) -> f64 {
        let (mean, free) = (self.mean(), self.counties - 1.0);
        let between = (self.squares - mean * self.absent).max(0.0) / (mean * (1.0 - mean));
        let room = self.units - self.units_squared / self.units - free;
        if room > 0.0 { (between - free) / room } else { 0.0 }
    }

    /// The prior, with a mean of `floor` where the counties' is lower; `None` where they show nothing.
    pub fn prior(self, floor: f64) -> Option<Prior> {
        let mean = self.mean();
        // What is left of a difference is no absence.
        let nobody = mean.is_nan() || mean <= 1e-12;
        let at = if nobody { floor } else { mean.max(floor) };
        if self.are_few() || !(at > 0.0 && at < 1.0 - 1e-12) {
            return None;
        }
        let spread = if nobody { 0.0 } else { self.spread() };
        let strength = 1.0 / spread.clamp(LEAST_SPREAD, MOST_SPREAD) - 1.0;
        Some(Prior { alpha: at * strength, beta: (1.0 - at) * strength })
    }
}

impl Prior {
    /// By the moments of the counties' rates, each weighing as many units as it has (Kleinman 1973).
    ///
    /// `None` with fewer than three counties that have units, or where nobody or everybody is absent in all.
    pub fn of(counties: &[County]) -> Option<Prior> {
        Moments::of(counties).prior(0.0)
    }

    /// `None` where the county has no units.
    pub fn posterior(self, county: County) -> Option<Posterior> {
        if county.units <= 0.0 {
            return None;
        }
        let absent = county.rate * county.units;
        let (alpha, beta) = (self.alpha + absent, self.beta + county.units - absent);
        let law = Beta::new(alpha, beta).ok()?;
        Some(Posterior { mean: alpha / (alpha + beta), low: law.inverse_cdf(0.025), high: law.inverse_cdf(0.975) })
    }

    /// How often `units` of a county that is like the others hold `absent` absences or more.
    pub fn at_least(self, absent: u64, units: u64) -> f64 {
        let (alpha, beta) = (self.alpha, self.beta);
        let exactly = |k: u64| {
            let (k_, rest) = (k as f64, (units - k) as f64);
            (ln_binomial(units, k) + ln_beta(k_ + alpha, rest + beta) - ln_beta(alpha, beta)).exp()
        };
        (absent..=units).map(exactly).sum::<f64>().min(1.0)
    }
}

/// For each county, how often one that is like the *others* has at least as many absences by chance: measured
/// by a prior that it is itself a part of, an outlier would hide behind itself. 1 where the others show nothing.
pub fn chances(counties: &[County]) -> Vec<f64> {
    chances_above(counties, 0.0)
}

/// The same where rates below `floor` are no matter.
pub fn chances_above(counties: &[County], floor: f64) -> Vec<f64> {
    let all = Moments::of(counties);
    let of = |county: &County| {
        let County { rate, units } = *county;
        let chance = |prior: Prior| prior.at_least((rate * units).round() as u64, units.round() as u64);
        all.without(*county).prior(floor).map_or(1.0, chance)
    };
    counties.iter().map(of).collect()
}

/// The share of false alarms if all with so small a chance or a smaller one were called out (Benjamini and
/// Hochberg 1995), in the order of `chances`.
pub fn false_discovery(chances: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..chances.len()).collect();
    order.sort_by(|a, b| chances[*b].total_cmp(&chances[*a]));
    let mut rates = vec![1.0; chances.len()];
    let mut least = 1.0_f64;
    for (above, at) in order.into_iter().enumerate() {
        let rank = chances.len() - above;
        least = least.min(chances[at] * chances.len() as f64 / rank as f64);
        rates[at] = least;
    }
    rates
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIOR: Prior = Prior { alpha: 1.8, beta: 13.2 };

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}");
    }

    /// Values of SciPy 1.17.1: `stats.beta.ppf`, `stats.betabinom.sf(k - 1, n, 1.8, 13.2)`.
    #[test]
    fn a_county_is_seen_through_the_others() {
        let seen = PRIOR.posterior(County { rate: 0.3, units: 10.0 }).unwrap();
        near(seen.mean, 0.192);
        assert!(
            (seen.low - 0.066_312_047_965_503_1).abs() < 1e-6 && (seen.high - 0.364_020_632_787_386_94).abs() < 1e-6
        );
        near(PRIOR.at_least(3, 10), 0.150_401_890_623_509_95);
        near(PRIOR.at_least(0, 4), 1.0);
        near(PRIOR.at_least(12, 40), 0.063_079_022_312_888_98);
        near(PRIOR.at_least(1, 1), 0.12);
        assert_eq!(PRIOR.posterior(County { rate: 0.0, units: 0.0 }), None);
    }

    /// Values of a computation with NumPy.
    #[test]
    fn the_prior_is_what_differs_beyond_chance() {
        let of = |counts: &[(f64, f64)]| {
            Prior::of(&counts.iter().map(|(x, n)| County { rate: x / n, units: *n }).collect::<Vec<_>>())
        };
        let alike = of(&[(2.0, 10.0), (0.0, 8.0), (5.0, 20.0), (1.0, 6.0), (9.0, 25.0), (3.0, 15.0)]).unwrap();
        near(alike.alpha / (alike.alpha + alike.beta), 0.238_095_238_095_238_08);
        near(alike.alpha + alike.beta, 1.0 / LEAST_SPREAD - 1.0);
        let apart = of(&[(1.0, 10.0), (0.0, 8.0), (15.0, 20.0), (1.0, 6.0), (19.0, 25.0), (3.0, 15.0)]).unwrap();
        near(apart.alpha, 0.525_107_171_190_642_3);
        near(apart.beta, 0.605_892_889_835_356_4);
        assert_eq!(of(&[(1.0, 10.0), (2.0, 10.0)]), None);
        assert_eq!(of(&[(0.0, 10.0), (0.0, 10.0), (0.0, 3.0)]), None);
    }

    #[test]
    fn an_outlier_does_not_hide_behind_itself() {
        let county = |absent: f64| County { rate: absent / 60.0, units: 60.0 };
        let chances = chances(&[3.0, 2.0, 4.0, 30.0, 3.0, 2.0].map(county));
        assert!(chances[3] < 1e-6 && chances.iter().enumerate().all(|(at, chance)| at == 3 || *chance > 0.05));
        assert_eq!(super::chances(&[county(1.0), county(60.0), county(2.0)]), [1.0; 3], "two others show nothing");
    }

    /// Values of SciPy 1.17.1: `stats.false_discovery_control`, of the example in the paper of 1995.
    #[test]
    fn standing_out_is_asked_of_all_at_once() {
        let chances = [0.205, 0.001, 0.039, 0.008, 0.042, 0.041, 0.074, 0.06, 0.986, 0.34];
        let rates = false_discovery(&chances);
        let expected =
            [0.25625, 0.01, 0.084, 0.04, 0.084, 0.084, 0.105_714_285_714_285_7, 0.1, 0.986, 0.377_777_777_777_777_8];
        for (rate, expected) in rates.into_iter().zip(expected) {
            near(rate, expected);
        }
        assert!(false_discovery(&[]).is_empty());
    }
}
