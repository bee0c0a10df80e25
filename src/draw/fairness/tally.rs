//! Groups of place-windows: how many visits were drawn in each, against the sum of its chances.

use super::tails;
use std::collections::BTreeMap;

/// Below this variance a group is too small for a chi-square, and a Z for the normal law.
pub const ENOUGH: f64 = 5.0;

/// One group.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    pub cases: u64,
    pub hits: u64,
    pub expected: f64,
    pub variance: f64,
}

impl Tally {
    pub fn add(&mut self, p: f64, hit: bool) {
        self.cases += 1;
        self.hits += u64::from(hit);
        self.expected += p;
        self.variance += p * (1.0 - p);
    }

    pub fn merge(&mut self, other: &Tally) {
        self.cases += other.cases;
        self.hits += other.hits;
        self.expected += other.expected;
        self.variance += other.variance;
    }

    pub fn mean_p(&self) -> f64 {
        self.expected / (self.cases as f64).max(1.0)
    }

    pub fn rate(&self) -> f64 {
        self.hits as f64 / (self.cases as f64).max(1.0)
    }

    /// Standard deviations by which the visits exceed what was expected.
    pub fn z(&self) -> f64 {
        if self.variance > 0.0 { (self.hits as f64 - self.expected) / self.variance.sqrt() } else { 0.0 }
    }
}

pub fn total<'a>(groups: impl IntoIterator<Item = &'a Tally>) -> Tally {
    groups.into_iter().fold(Tally::default(), |mut sum, group| {
        sum.merge(group);
        sum
    })
}

/// A chi-square over groups; the chances are known, so no degree of freedom is lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChiSquare {
    pub x: f64,
    pub degrees: usize,
    /// Of a figure at least as large.
    pub p: f64,
}

/// Neighbours are joined until each group is large enough. `None`: fewer than two are left.
pub fn chi_square(groups: &[Tally]) -> Option<ChiSquare> {
    let groups = large_enough(groups);
    if groups.len() < 2 {
        return None;
    }
    let x = groups.iter().map(|g| g.z().powi(2)).sum();
    Some(ChiSquare { x, degrees: groups.len(), p: tails::chi_square_upper(x, groups.len()) })
}

/// As [`chi_square`], but too even counts are as telling as too uneven ones.
pub fn chi_square_two_sided(groups: &[Tally]) -> Option<ChiSquare> {
    let one = chi_square(groups)?;
    Some(ChiSquare { p: tails::chi_square_two_sided(one.x, one.degrees), ..one })
}

fn large_enough(groups: &[Tally]) -> Vec<Tally> {
    let mut joined: Vec<Tally> = Vec::new();
    let mut open = Tally::default();
    for group in groups {
        open.merge(group);
        if open.variance >= ENOUGH {
            joined.push(std::mem::take(&mut open));
        }
    }
    if let Some(last) = joined.last_mut() {
        last.merge(&open);
    }
    joined
}

/// Tallies by chance, in bounded memory: chances that agree in their first twelve binary digits are one.
#[derive(Debug, Clone, Default)]
pub struct ByChance(BTreeMap<u64, Tally>);

const DIGITS: u32 = 12;
const GROUPS: u64 = 10;

impl ByChance {
    pub fn add(&mut self, sealed: u64, p: f64, hit: bool) {
        let spare = (u64::BITS - sealed.leading_zeros()).saturating_sub(DIGITS);
        self.0.entry(sealed >> spare << spare).or_default().add(p, hit);
    }

    /// Ten groups of about the same number of cases, or one a distinct chance where there are fewer.
    pub fn levels(&self) -> Vec<Tally> {
        if (self.0.len() as u64) < GROUPS {
            return self.0.values().copied().collect();
        }
        let all: u64 = self.0.values().map(|t| t.cases).sum();
        let (mut levels, mut open, mut seen) = (Vec::new(), Tally::default(), 0);
        for tally in self.0.values() {
            open.merge(tally);
            seen += tally.cases;
            if seen * GROUPS >= all * (levels.len() as u64 + 1) {
                levels.push(std::mem::take(&mut open));
            }
        }
        levels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(n: u64, p: f64, hits: u64) -> Tally {
        let n = n as f64;
        Tally { cases: n as u64, hits, expected: n * p, variance: n * p * (1.0 - p) }
    }

    #[test]
    fn small_groups_join_their_neighbours() {
        assert_eq!(chi_square(&[tally(10, 0.5, 5); 3]), None, "one group of 7.5 is nothing to compare");
        let chi = chi_square(&[tally(10, 0.5, 5); 4]).unwrap();
        assert_eq!((chi.degrees, chi.x), (2, 0.0));
        let uneven = chi_square(&[tally(100, 0.5, 70), tally(100, 0.5, 30)]).unwrap();
        assert!((uneven.x - 32.0).abs() < 1e-9 && uneven.p < 1e-6);
        assert!(chi_square_two_sided(&[tally(100, 0.5, 50); 12]).unwrap().p < 1e-9, "too even");
    }

    #[test]
    fn few_chances_stay_apart_and_many_make_ten() {
        let mut few = ByChance::default();
        (0..100).for_each(|i| few.add(if i < 50 { 1000 } else { 1 << 30 }, 0.25, i % 4 == 0));
        assert_eq!(few.levels().iter().map(|t| t.cases).collect::<Vec<_>>(), [50, 50]);
        let mut many = ByChance::default();
        (0..5000u64).for_each(|i| many.add((1 << 25) + i * 9973, 0.01, false));
        let levels = many.levels();
        assert_eq!(levels.len(), 10);
        assert_eq!(total(&levels).cases, 5000);
        assert!(levels.iter().all(|t| (350..=650).contains(&t.cases)), "{levels:?}");
    }
}
