//! The ledger of what is to be rectified (整改台账), row by row: headings in both languages, no telephone number.

use super::{Languages, phone_free};
use crate::model::{FindingOrigin, Said};
use crate::words::findings;
use chrono::NaiveDate;

/// Who did a step, when, and what it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerStep {
    pub day: NaiveDate,
    pub by: String,
    pub what: String,
}

/// One finding as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    pub id: String,
    pub township: String,
    pub village: String,
    pub team: String,
    pub person: String,
    pub code: String,
    pub text: String,
    pub origin: FindingOrigin,
    pub opened: LedgerStep,
    pub owner: String,
    pub deadline: Option<NaiveDate>,
    pub state: Said,
    pub overdue: bool,
    pub rectified: Option<LedgerStep>,
    pub verified: Option<LedgerStep>,
    pub closed: Option<LedgerStep>,
}

/// `Deadline / 整改期限` and so on.
pub fn header() -> Vec<String> {
    findings::ledger_columns().iter().map(|said| Languages::Both.inline(said)).collect()
}

impl LedgerLine {
    /// Its cells, in the order of [`header`].
    pub fn cells(&self) -> Vec<String> {
        let both = |said: &Said| Languages::Both.inline(said);
        let step = |step: &Option<LedgerStep>| {
            step.as_ref().map(|s| format!("{} {}", s.day, s.by).trim().to_owned()).unwrap_or_default()
        };
        let cells = [
            self.id.clone(),
            self.township.clone(),
            self.village.clone(),
            self.team.clone(),
            self.person.clone(),
            both(&findings::code(&self.code)),
            self.text.clone(),
            both(&findings::origin(self.origin)),
            self.opened.day.to_string(),
            self.opened.by.clone(),
            self.owner.clone(),
            self.deadline.map(|day| day.to_string()).unwrap_or_default(),
            both(&self.state),
            if self.overdue { both(&findings::yes()) } else { String::new() },
            step(&self.rectified),
            self.rectified.as_ref().map(|s| s.what.clone()).unwrap_or_default(),
            step(&self.verified),
            step(&self.closed),
        ];
        cells.iter().map(|cell| phone_free(cell)).collect()
    }
}
