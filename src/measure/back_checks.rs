//! What back-checks say of an inspector: the rate of errors among finished visits, with its range (EVIDENCE 8).
//!
//! Each visit was drawn with a known chance, so it weighs by 1 over it. A difference counts as an error only once a
//! person has decided so; what nobody could look at, and what waits for a decision, is missing and no error.

use super::estimate::{Estimate, bounds};
use super::taken::{Line, Taken};
use super::units::{Inclusion, SampleError, Share, Stratum};
use std::collections::BTreeMap;

/// Errors up to this share are what careful people make.
pub const ACCEPTABLE: f64 = 0.10;

/// What came of one visit that was drawn again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Agrees,
    /// It differs, and waits for the inspector's answer or a decision.
    Undecided,
    Error,
    /// It differed, and a person decided that it is no error.
    NoError,
    /// Nobody looked, or nobody could tell.
    Unknown,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// The inspector.
    pub stratum: Stratum,
    pub p: Inclusion,
    pub found: Found,
}

/// An inspector's visits that were drawn again.
#[derive(Debug, Clone)]
pub struct Checked {
    pub drawn: u64,
    /// Of these somebody could tell.
    pub told: u64,
    pub differed: u64,
    pub undecided: u64,
    pub errors: u64,
    pub no_errors: u64,
    pub rate: Estimate,
}

/// By inspector.
///
/// # Errors
/// The chances make no sample.
pub fn by_inspector(visits: &[Visit]) -> Result<BTreeMap<Stratum, Checked>, SampleError> {
    let mut of_each: BTreeMap<Stratum, Vec<&Visit>> = BTreeMap::new();
    for visit in visits {
        of_each.entry(visit.stratum.clone()).or_default().push(visit);
    }
    let mut all = BTreeMap::new();
    for (who, visits) in of_each {
        let count = |wanted: &[Found]| visits.iter().filter(|one| wanted.contains(&one.found)).count() as u64;
        let line = |visit: &&Visit| Line {
            stratum: visit.stratum.clone(),
            p: visit.p,
            y: match visit.found {
                Found::Agrees | Found::NoError => Some(Share::NOBODY),
                Found::Error => Some(Share::EVERYBODY),
                Found::Undecided | Found::Unknown => None,
            },
        };
        let taken = Taken::Hits { kept: visits.iter().map(line).collect(), cut: Vec::new() };
        let checked = Checked {
            drawn: visits.len() as u64,
            told: count(&[Found::Agrees, Found::NoError, Found::Error, Found::Undecided]),
            differed: count(&[Found::NoError, Found::Error, Found::Undecided]),
            undecided: count(&[Found::Undecided]),
            errors: count(&[Found::Error]),
            no_errors: count(&[Found::NoError]),
            rate: bounds(&[taken], None)?.executed.all,
        };
        all.insert(who, checked);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_counts_once_it_is_decided_and_weighs_by_its_chance() {
        let visit =
            |p: f64, found| Visit { stratum: Stratum::parse("i1").unwrap(), p: Inclusion::new(p).unwrap(), found };
        let visits = [
            visit(0.15, Found::Agrees),
            visit(0.15, Found::Error),
            visit(0.3, Found::NoError),
            visit(0.3, Found::Agrees),
            visit(1.0, Found::Undecided),
            visit(0.15, Found::Unknown),
        ];
        let found = by_inspector(&visits).unwrap();
        let one = &found[&Stratum::parse("i1").unwrap()];
        assert_eq!((one.drawn, one.told, one.differed, one.undecided, one.errors, one.no_errors), (6, 5, 3, 1, 1, 1));
        // 1/0.15 of 2/0.15 + 2/0.3.
        let rate = one.rate.rate.unwrap().r;
        assert!((rate - 1.0 / 3.0).abs() < 1e-12, "{rate}");
        assert!(one.rate.low < rate && rate < one.rate.high);
    }
}
