//! The demo's own exam: what was planted and reported, and what the house made of it (DESIGN 7).

use super::truth::{Truth, accuses};
use crate::model::{Outcome, VerdictCode};
use std::collections::BTreeMap;

/// One official, seen in one visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub truth: Truth,
    /// The outcome that counts in the end, corrections included; `None` where none was recorded.
    pub reported: Option<Outcome>,
    /// The verdict that stands in the end, after every re-judgement.
    pub verdict: Option<VerdictCode>,
}

/// One row of the summary for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agreement {
    /// Observations whose truth asks for this verdict.
    pub expected: u64,
    /// Of these, the ones that got it.
    pub agreed: u64,
    /// Observations that got it though their truth asks for another.
    pub unexpected: u64,
}

/// `planted` = `found` + `missed`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Contradictions that were drawn and reported as planted.
    pub planted: u64,
    /// Planted, and the flag says why.
    pub found: u64,
    /// Planted, and there is no flag or one for another reason.
    pub missed: u64,
    /// Flags that the truth does not bear out.
    pub false_flags: u64,
    /// By verdict, in the order of EVIDENCE 4.
    pub by_verdict: BTreeMap<VerdictCode, Agreement>,
}

impl Tally {
    pub fn of(all: impl IntoIterator<Item = Seen>) -> Tally {
        let mut tally = Tally::default();
        for seen in all {
            tally.add(seen);
        }
        tally
    }

    fn add(&mut self, seen: Seen) {
        let expected = seen.reported.and_then(|reported| seen.truth.expected_verdict(reported));
        let agreed = expected.is_some() && expected == seen.verdict;
        if expected.is_some_and(accuses) {
            self.planted += 1;
            if agreed {
                self.found += 1;
            } else {
                self.missed += 1;
            }
        }
        if seen.verdict.is_some_and(accuses) && !agreed {
            self.false_flags += 1;
        }
        if let Some(code) = expected {
            let row = self.by_verdict.entry(code).or_default();
            row.expected += 1;
            row.agreed += u64::from(agreed);
        }
        if let Some(code) = seen.verdict.filter(|_| !agreed) {
            self.by_verdict.entry(code).or_default().unexpected += 1;
        }
    }
}
