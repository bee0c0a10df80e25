//! How calls ended, in the terms of the American Association for Public Opinion Research, and the
//! rates that follow (EVIDENCE 6).

use crate::model::Outcome;

/// How a call line ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disposition {
    Complete,
    Partial,
    /// Refusal or break-off.
    Refusal,
    NonContact,
    Other,
    /// Unknown whether anybody eligible is there.
    UnknownHousehold,
    UnknownOther,
    NotEligible,
}

impl Disposition {
    pub const ALL: [Disposition; 8] = [
        Disposition::Complete,
        Disposition::Partial,
        Disposition::Refusal,
        Disposition::NonContact,
        Disposition::Other,
        Disposition::UnknownHousehold,
        Disposition::UnknownOther,
        Disposition::NotEligible,
    ];

    /// A line for which the register has nobody to call.
    pub const NO_CONTACT: Disposition = Disposition::UnknownOther;

    /// The disposition of a call line by its last outcome, once no more attempts follow; `None` where
    /// no call was made: `not_done`, and `not_met`, which only a visit has.
    ///
    /// Before that, an outcome that [is temporary](Outcome::is_temporary) is a temporary disposition.
    pub fn of(outcome: Outcome) -> Option<Disposition> {
        match outcome {
            Outcome::Present | Outcome::Absent | Outcome::OnLeave | Outcome::OnDutyElsewhere | Outcome::Reached => {
                Some(Disposition::Complete)
            }
            Outcome::Partial => Some(Disposition::Partial),
            Outcome::Refused => Some(Disposition::Refusal),
            Outcome::NoAnswer | Outcome::Busy | Outcome::Unreachable | Outcome::Callback => {
                Some(Disposition::NonContact)
            }
            Outcome::WrongNumber => Some(Disposition::UnknownOther),
            Outcome::NotMet | Outcome::NotDone => None,
        }
    }

    /// The disposition of a call by what its tries came to, in their order: complete or partial where anybody
    /// answered, a refusal where that was the only answer, else the last that was made.
    pub fn of_call(outcomes: &[Outcome]) -> Option<Disposition> {
        let made = || outcomes.iter().filter_map(|outcome| Disposition::of(*outcome));
        let answers = [Disposition::Complete, Disposition::Partial, Disposition::Refusal];
        answers.into_iter().find(|answer| made().any(|one| one == *answer)).or(made().next_back())
    }

    /// The abbreviation of EVIDENCE 6.
    pub fn code(self) -> &'static str {
        match self {
            Disposition::Complete => "I",
            Disposition::Partial => "P",
            Disposition::Refusal => "R",
            Disposition::NonContact => "NC",
            Disposition::Other => "O",
            Disposition::UnknownHousehold => "UH",
            Disposition::UnknownOther => "UO",
            Disposition::NotEligible => "NE",
        }
    }
}

/// Number of lines by disposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts([u64; 8]);

impl Counts {
    pub fn get(&self, disposition: Disposition) -> u64 {
        let [i, p, r, nc, o, uh, uo, ne] = self.0;
        match disposition {
            Disposition::Complete => i,
            Disposition::Partial => p,
            Disposition::Refusal => r,
            Disposition::NonContact => nc,
            Disposition::Other => o,
            Disposition::UnknownHousehold => uh,
            Disposition::UnknownOther => uo,
            Disposition::NotEligible => ne,
        }
    }

    /// Counts `lines` more.
    pub fn add(&mut self, disposition: Disposition, lines: u64) {
        let [i, p, r, nc, o, uh, uo, ne] = &mut self.0;
        let count = match disposition {
            Disposition::Complete => i,
            Disposition::Partial => p,
            Disposition::Refusal => r,
            Disposition::NonContact => nc,
            Disposition::Other => o,
            Disposition::UnknownHousehold => uh,
            Disposition::UnknownOther => uo,
            Disposition::NotEligible => ne,
        };
        *count = count.saturating_add(lines);
    }

    /// The rates of EVIDENCE 6.
    pub fn rates(&self) -> Rates {
        let [i, p, r, nc, o, uh, uo, ne] = self.0.map(|lines| lines as f64);
        let (unknown, d) = (uh + uo, (i + p) + (r + nc + o));
        let (contacted, cooperative) = ((i + p) + r + o, (i + p) + r);
        let every = d + unknown;
        // Share of the eligible among those of whom that is known.
        let likely = over(d, d + ne).map(|e| d + e * unknown);
        let over_likely = |lines: f64| likely.and_then(|likely| over(lines, likely));
        Rates {
            rr: [over(i, every), over(i + p, every), over_likely(i), over_likely(i + p), over(i, d), over(i + p, d)],
            coop: [over(i, contacted), over(i + p, contacted), over(i, cooperative), over(i + p, cooperative)],
            refusal: [over(r, every), over_likely(r), over(r, d)],
            con: [over(contacted, every), over_likely(contacted), over(contacted, d)],
        }
    }
}

impl FromIterator<Disposition> for Counts {
    fn from_iter<T: IntoIterator<Item = Disposition>>(dispositions: T) -> Counts {
        let mut counts = Counts::default();
        for disposition in dispositions {
            counts.add(disposition, 1);
        }
        counts
    }
}

/// Response, cooperation, refusal and contact rates, numbered from 1; `None` over a denominator of 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    pub rr: [Option<f64>; 6],
    pub coop: [Option<f64>; 4],
    pub refusal: [Option<f64>; 3],
    pub con: [Option<f64>; 3],
}

impl Rates {
    /// All sixteen with their names, in the order of EVIDENCE 6: `RR1` … `CON3`.
    pub fn by_name(&self) -> impl Iterator<Item = (&'static str, Option<f64>)> {
        const NAMES: [&str; 16] = [
            "RR1", "RR2", "RR3", "RR4", "RR5", "RR6", "COOP1", "COOP2", "COOP3", "COOP4", "REF1", "REF2", "REF3",
            "CON1", "CON2", "CON3",
        ];
        let rates = self.rr.into_iter().chain(self.coop).chain(self.refusal).chain(self.con);
        NAMES.into_iter().zip(rates)
    }
}

fn over(lines: f64, of: f64) -> Option<f64> {
    (of > 0.0).then(|| lines / of)
}
