//! Half a day: before noon, and after it.

use super::Timestamp;
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use serde::Serialize;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    Morning,
    Afternoon,
}

impl Half {
    pub fn code(self) -> &'static str {
        match self {
            Half::Morning => "am",
            Half::Afternoon => "pm",
        }
    }

    /// Whether any of a span lies in this half of a day.
    pub fn touches(self, day: NaiveDate, zone: Tz, (start, end): (Timestamp, Timestamp)) -> bool {
        let noon = Timestamp::from_local(day.and_time(NaiveTime::MIN) + chrono::TimeDelta::hours(12), zone);
        match self {
            Half::Morning => start < noon,
            Half::Afternoon => end > noon,
        }
    }
}

impl FromStr for Half {
    type Err = ();
    fn from_str(text: &str) -> Result<Half, ()> {
        [Half::Morning, Half::Afternoon].into_iter().find(|half| half.code() == text).ok_or(())
    }
}
