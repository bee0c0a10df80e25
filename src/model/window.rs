//! A window: a span in which a check may fall.

use super::{OfficeId, ProgrammeId, Said, SlotName, Timestamp};
use crate::said;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Windows of one programme and office start at least this far apart: each has its own link of the
/// chain of keys (DRAW 3). Milliseconds.
pub const SPACING: i64 = 30 * super::time::MINUTE;

/// `PROGRAMME/OFFICE/YYYY-MM-DD/SLOT`: also the window field of the draw (DRAW 2).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WindowId {
    pub programme: ProgrammeId,
    pub office: OfficeId,
    pub day: NaiveDate,
    pub slot: SlotName,
}

impl fmt::Display for WindowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.programme, self.office, self.day.format("%Y-%m-%d"), self.slot)
    }
}

impl fmt::Debug for WindowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for WindowId {
    type Err = Said;
    fn from_str(text: &str) -> Result<WindowId, Said> {
        let wrong = || {
            said!(
                "“{text}” is not a window: PROGRAMME/OFFICE/YYYY-MM-DD/SLOT",
                "“{text}”不是时段：应为 项目/单位/YYYY-MM-DD/时段名"
            )
        };
        let [programme, office, day, slot] = text.split('/').collect::<Vec<_>>()[..] else { return Err(wrong()) };
        Ok(WindowId {
            programme: programme.parse()?,
            office: office.parse()?,
            day: NaiveDate::parse_from_str(day, "%Y-%m-%d").map_err(|_| wrong())?,
            slot: slot.parse()?,
        })
    }
}

impl TryFrom<String> for WindowId {
    type Error = Said;
    fn try_from(text: String) -> Result<WindowId, Said> {
        text.parse()
    }
}

impl From<WindowId> for String {
    fn from(id: WindowId) -> String {
        id.to_string()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    pub id: WindowId,
    pub start: Timestamp,
    pub end: Timestamp,
}

impl Window {
    pub fn length_minutes(&self) -> u64 {
        u64::try_from((self.end.0 - self.start.0) / super::time::MINUTE).unwrap_or(0)
    }
}
