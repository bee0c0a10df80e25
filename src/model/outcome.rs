//! What an inspector can report of a person, and by which kind of check.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Visit,
    Call,
}

impl Kind {
    pub fn code(self) -> &'static str {
        match self {
            Kind::Visit => "visit",
            Kind::Call => "call",
        }
    }

    /// Whether somebody or something was there to be asked about: a visit was made, a call came through.
    pub fn can_be_asked(self, outcome: Outcome) -> bool {
        use Outcome::{Absent, NotDone, OnDutyElsewhere, OnLeave, Partial, Present, Reached};
        match self {
            Kind::Visit => outcome != NotDone,
            Kind::Call => matches!(outcome, Present | Absent | OnLeave | OnDutyElsewhere | Reached | Partial),
        }
    }

    /// Whether all questions of a line are to be answered with it: a call that broke off leaves what is left.
    pub fn completes(self, outcome: Outcome) -> bool {
        outcome != Outcome::Partial && self.can_be_asked(outcome)
    }

    /// Whether an outcome can be reported of this kind of check (REPLIES 8).
    pub fn fits(self, outcome: Outcome) -> bool {
        use Outcome::{Absent, NotDone, NotMet, OnDutyElsewhere, OnLeave, Present, Refused};
        match self {
            Kind::Visit => matches!(outcome, Present | Absent | OnLeave | OnDutyElsewhere | NotMet | Refused | NotDone),
            Kind::Call => outcome != NotMet,
        }
    }
}

impl FromStr for Kind {
    type Err = ();
    fn from_str(text: &str) -> Result<Kind, ()> {
        [Kind::Visit, Kind::Call].into_iter().find(|k| k.code() == text).ok_or(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The fourteen outcomes of REPLIES 6, in the order of that table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Present,
    Absent,
    OnLeave,
    OnDutyElsewhere,
    NoAnswer,
    Busy,
    WrongNumber,
    Refused,
    Callback,
    Unreachable,
    NotMet,
    Reached,
    Partial,
    NotDone,
}

impl Outcome {
    pub const ALL: [Outcome; 14] = [
        Outcome::Present,
        Outcome::Absent,
        Outcome::OnLeave,
        Outcome::OnDutyElsewhere,
        Outcome::NoAnswer,
        Outcome::Busy,
        Outcome::WrongNumber,
        Outcome::Refused,
        Outcome::Callback,
        Outcome::Unreachable,
        Outcome::NotMet,
        Outcome::Reached,
        Outcome::Partial,
        Outcome::NotDone,
    ];

    /// Whether somebody was not found at the post, for whatever reason was given.
    pub fn is_absence(self) -> bool {
        matches!(self, Outcome::Absent | Outcome::OnLeave | Outcome::OnDutyElsewhere | Outcome::NotMet)
    }

    pub fn code(self) -> &'static str {
        match self {
            Outcome::Present => "present",
            Outcome::Absent => "absent",
            Outcome::OnLeave => "on_leave",
            Outcome::OnDutyElsewhere => "on_duty_elsewhere",
            Outcome::NoAnswer => "no_answer",
            Outcome::Busy => "busy",
            Outcome::WrongNumber => "wrong_number",
            Outcome::Refused => "refused",
            Outcome::Callback => "callback",
            Outcome::Unreachable => "unreachable",
            Outcome::NotMet => "not_met",
            Outcome::Reached => "reached",
            Outcome::Partial => "partial",
            Outcome::NotDone => "not_done",
        }
    }

    /// An attempt that did not settle the call: it may be tried again (EVIDENCE 6).
    pub fn is_temporary(self) -> bool {
        matches!(self, Outcome::NoAnswer | Outcome::Busy | Outcome::Unreachable | Outcome::Callback)
    }

    /// An absence with a claimed reason (EVIDENCE 4).
    pub fn is_claimed(self) -> bool {
        matches!(self, Outcome::OnLeave | Outcome::OnDutyElsewhere)
    }
}

impl FromStr for Outcome {
    type Err = ();
    fn from_str(text: &str) -> Result<Outcome, ()> {
        Outcome::ALL.into_iter().find(|o| o.code() == text).ok_or(())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
