//! Instants. Stored as milliseconds since 1970 in UTC; shown in the office's zone.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

pub const SECOND: i64 = 1000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

impl Timestamp {
    /// Reads RFC 3339, e.g. `2026-03-12T07:30:05+08:00`.
    pub fn parse(text: &str) -> Option<Timestamp> {
        DateTime::parse_from_rfc3339(text).ok().map(|t| Timestamp(t.timestamp_millis()))
    }

    /// The instant of a local time. In a gap: the first valid instant after it; in a fold: the first.
    pub fn from_local(local: NaiveDateTime, zone: Tz) -> Timestamp {
        use chrono::LocalResult;
        match zone.from_local_datetime(&local) {
            LocalResult::Single(t) | LocalResult::Ambiguous(t, _) => Timestamp(t.timestamp_millis()),
            LocalResult::None => {
                // A gap is at most a day long (Samoa 2011); its end is the first minute that exists.
                let end = (1..=24 * 60)
                    .map(|m| local + chrono::Duration::minutes(m))
                    .find_map(|t| zone.from_local_datetime(&t).earliest());
                Timestamp(end.map_or_else(|| local.and_utc().timestamp_millis(), |t| t.timestamp_millis()))
            }
        }
    }

    pub fn local(self, zone: Tz) -> NaiveDateTime {
        self.in_zone(zone).naive_local()
    }

    pub fn day(self, zone: Tz) -> NaiveDate {
        self.local(zone).date()
    }

    pub fn in_zone(self, zone: Tz) -> DateTime<Tz> {
        let utc = DateTime::from_timestamp_millis(self.0).unwrap_or_default();
        utc.with_timezone(&zone)
    }

    pub fn rfc3339(self, zone: Tz) -> String {
        self.in_zone(zone).to_rfc3339_opts(SecondsFormat::Secs, zone == Tz::UTC)
    }

    /// `09:05` on the office's clock.
    pub fn clock(self, zone: Tz) -> String {
        self.local(zone).format("%H:%M").to_string()
    }

    pub fn unix_seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    #[must_use]
    pub fn plus(self, milliseconds: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(milliseconds))
    }

    #[must_use]
    pub fn minus(self, milliseconds: i64) -> Timestamp {
        Timestamp(self.0.saturating_sub(milliseconds))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339(Tz::UTC))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    #[test]
    fn a_gap_ends_at_its_first_valid_minute_and_a_fold_counts_once() {
        let zone = Tz::America__New_York;
        let gap = Timestamp::from_local(local("2026-03-08 02:30"), zone);
        assert_eq!(gap.rfc3339(zone), "2026-03-08T03:00:00-04:00");
        let fold = Timestamp::from_local(local("2026-11-01 01:30"), zone);
        assert_eq!(fold.rfc3339(zone), "2026-11-01T01:30:00-04:00");
    }

    #[test]
    fn rfc3339_goes_there_and_back() {
        let t = Timestamp::parse("2026-03-12T07:30:05+08:00").unwrap();
        assert_eq!(t.rfc3339(Tz::Asia__Shanghai), "2026-03-12T07:30:05+08:00");
        assert_eq!(Timestamp::parse("yesterday"), None);
    }
}
