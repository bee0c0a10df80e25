//! Until when a letter of a case is answered (EVIDENCE 5): working days, counted from the day on which it
//! reached whom it concerns.

use super::Workdays;
use chrono::NaiveDate;

/// How a letter reached whom it concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reached {
    /// The day it was mailed; none where it was not, or came back.
    pub mailed: Option<NaiveDate>,
    /// The day it was handed over on paper, as a person entered it.
    pub handed: Option<NaiveDate>,
}

impl Reached {
    /// The day from which is counted: what was put into somebody's hands counts before what was mailed.
    pub fn on(self) -> Option<NaiveDate> {
        self.handed.or(self.mailed)
    }

    /// The last day for an answer; none while nobody has the letter.
    pub fn answer_by(self, days: u32, workdays: &Workdays) -> Option<NaiveDate> {
        workdays.nth_after(self.on()?, days)
    }
}
