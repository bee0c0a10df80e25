//! What a two-level policy costs and guarantees, in workdays (DRAW 1).

/// A policy a workday, in decimals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Daily {
    pub lo: f64,
    pub hi: f64,
    /// Workdays at `lo` after a visit.
    pub m: u32,
    pub call: f64,
}

/// Workdays of a year, for figures a year.
pub const YEAR: f64 = 250.0;

impl Daily {
    /// Mean workdays between two executed visits of a place.
    pub fn mean_gap(&self) -> f64 {
        let survives = (1.0 - self.lo).powf(f64::from(self.m));
        (1.0 - survives) / self.lo + survives / self.hi
    }

    pub fn visits_a_year(&self) -> f64 {
        YEAR / self.mean_gap()
    }

    pub fn calls_a_year(&self) -> f64 {
        YEAR * self.call
    }

    /// Share of places at the upper level, once the policy has run for long.
    pub fn share_at_hi(&self) -> f64 {
        (1.0 - self.lo).powf(f64::from(self.m)) / self.hi / self.mean_gap()
    }

    /// Chance that a place has no drawn visit in so many workdays after one.
    pub fn gap_exceeds(&self, workdays: u32) -> f64 {
        let low = workdays.min(self.m);
        (1.0 - self.lo).powf(f64::from(low)) * (1.0 - self.hi).powf(f64::from(workdays - low))
    }

    /// Workdays that a gap exceeds with a chance of one in a thousand.
    pub fn longest_plausible_gap(&self) -> u32 {
        (1..100_000).find(|days| self.gap_exceeds(*days) <= 0.001).unwrap_or(u32::MAX)
    }

    /// Chance, at most, of no visit carried out in so many workdays, whatever went before, where a drawn
    /// visit is carried out with a chance of at least `executed`.
    pub fn unvisited(&self, workdays: u32, executed: f64) -> f64 {
        (1.0 - executed * self.lo).powf(f64::from(workdays))
    }

    /// Guaranteed chance of at least one drawn visit in so many workdays, whatever went before.
    pub fn coverage(&self, workdays: u32) -> f64 {
        1.0 - (1.0 - self.lo).powf(f64::from(workdays))
    }
}

/// Greatest chance that somebody names a place right for a day, over several policies together.
pub fn best_guess<'a>(policies: impl IntoIterator<Item = &'a Daily>) -> f64 {
    1.0 - policies.into_iter().map(|policy| 1.0 - policy.hi).product::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_what_the_rule_says() {
        let usual = Daily { lo: 0.008, hi: 0.04, m: 125, call: 0.04 };
        assert_eq!(format!("{:.2}", usual.visits_a_year()), "2.83");
        assert_eq!(format!("{:.4}", usual.gap_exceeds(250)), "0.0022");
        assert_eq!(format!("{:.1}", usual.share_at_hi() * 100.0), "10.4");
        assert_eq!(format!("{:.0}", usual.calls_a_year()), "10");
    }

    #[test]
    fn what_is_not_carried_out_weakens_the_promise() {
        let usual = Daily { lo: 0.008, hi: 0.04, m: 125, call: 0.04 };
        assert!((usual.unvisited(250, 1.0) - (1.0 - usual.coverage(250))).abs() < 1e-12);
        assert_eq!(format!("{:.3}", usual.unvisited(250, 0.9)), "0.164");
        assert!((best_guess([&usual, &usual]) - (1.0 - 0.96f64.powi(2))).abs() < 1e-12);
    }

    #[test]
    fn one_level_is_geometric() {
        let flat = Daily { lo: 0.02, hi: 0.02, m: 50, call: 0.0 };
        assert!((flat.mean_gap() - 50.0).abs() < 1e-9);
        assert!((flat.gap_exceeds(100) - 0.98f64.powi(100)).abs() < 1e-12);
        assert!((flat.coverage(100) - (1.0 - 0.98f64.powi(100))).abs() < 1e-12);
        assert_eq!(flat.longest_plausible_gap(), 342);
    }
}
