//! The days that a report speaks of: a month, a quarter, a year, or from one day to another.

use super::Said;
use crate::said;
use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use std::fmt;

/// More days than this are no period.
const LONGEST: i64 = 20 * 366;

/// First and last day, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Days {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// A day that people can mean: a year mistyped is told at once.
///
/// # Errors
/// It is not between 2000-01-01 and 2100-12-31.
pub fn plausible(day: NaiveDate) -> Result<NaiveDate, Said> {
    if (2000..=2100).contains(&day.year()) {
        return Ok(day);
    }
    Err(said!(
        "{day} cannot be meant: expected a day between 2000-01-01 and 2100-12-31",
        "日期{day}有误：应在2000-01-01至2100-12-31之间"
    ))
}

impl Days {
    /// # Errors
    /// The first day is after the last, they are more than twenty years apart, or of another century.
    pub fn new(from: NaiveDate, to: NaiveDate) -> Result<Days, Said> {
        plausible(from)?;
        plausible(to)?;
        if from > to || (to - from).num_days() > LONGEST {
            return Err(said!(
                "{from} to {to} is no period: expected at most 20 years, the first day before the last",
                "{from}至{to}不是有效期间：起始日应早于结束日，且不超过20年"
            ));
        }
        Ok(Days { from, to })
    }

    /// `2026`, `2026-Q1`, `2026-03` or `2026-03-02..2026-03-20`.
    ///
    /// # Errors
    /// It is none of these.
    pub fn parse(text: &str) -> Result<Days, Said> {
        let text = text.trim();
        let wrong = || {
            said!(
                "“{text}” is no period: write 2026-03, 2026-Q1, 2026, or 2026-03-02..2026-03-20",
                "“{text}”不是期间：请写成2026-03、2026-Q1、2026或2026-03-02..2026-03-20"
            )
        };
        if let Some((from, to)) = text.split_once("..") {
            let day = |text: &str| NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map_err(|_| wrong());
            return Days::new(day(from)?, day(to)?);
        }
        let (year, part) = match text.split_once('-') {
            Some((_, "")) => return Err(wrong()),
            Some(parts) => parts,
            None => (text, ""),
        };
        let year = Some(year).filter(|year| year.len() == 4).and_then(|year| year.parse().ok()).ok_or_else(wrong)?;
        let (first, months) = match part.as_bytes() {
            [] => (1, 12),
            [b'Q' | b'q', quarter @ b'1'..=b'4'] => (u32::from(quarter - b'1') * 3 + 1, 3),
            [b'0'..=b'9', b'0'..=b'9'] => (part.parse().map_err(|_| wrong())?, 1),
            _ => return Err(wrong()),
        };
        let days = Days::months(year, first, months).ok_or_else(wrong)?;
        Days::new(days.from, days.to)
    }

    fn months(year: i32, first: u32, months: u32) -> Option<Days> {
        let from = NaiveDate::from_ymd_opt(year, first, 1)?;
        Some(Days { from, to: from.checked_add_months(Months::new(months))?.pred_opt()? })
    }

    pub fn contains(self, day: NaiveDate) -> bool {
        (self.from..=self.to).contains(&day)
    }

    pub fn overlaps(self, other: Days) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    /// The year that these days are, from its first to its last.
    pub fn year(self) -> Option<i32> {
        (Days::months(self.from.year(), 1, 12) == Some(self)).then(|| self.from.year())
    }
}

/// As short as it can be written, and read again.
impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.from.year(), self.from.month());
        let is = |months| Days::months(year, month, months) == Some(*self);
        match month {
            1 if is(12) => write!(f, "{year}"),
            1 | 4 | 7 | 10 if is(3) => write!(f, "{year}-Q{}", month / 3 + 1),
            _ if is(1) => write!(f, "{year}-{month:02}"),
            _ => write!(f, "{}..{}", self.from, self.to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_and_written() {
        let read = |text: &str| Days::parse(text).map(|days| format!("{} {} {days}", days.from, days.to));
        for (text, expected) in [
            ("2026", "2026-01-01 2026-12-31 2026"),
            ("2026-Q1", "2026-01-01 2026-03-31 2026-Q1"),
            ("2026-q4", "2026-10-01 2026-12-31 2026-Q4"),
            ("2028-02", "2028-02-01 2028-02-29 2028-02"),
            ("2026-03-02..2026-03-20", "2026-03-02 2026-03-20 2026-03-02..2026-03-20"),
            ("2026-04-01..2026-06-30", "2026-04-01 2026-06-30 2026-Q2"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(expected));
        }
        for wrong in [
            "",
            "26",
            "2026-",
            "2026-13",
            "2026-Q5",
            "2026-3",
            "2026-03-20..2026-03-02",
            "1990-01-01..2026-01-01",
            "年",
            "0001",
            "2101-01",
            "9999-Q4",
            "0202-03-02..0202-03-20",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let days = |text| Days::parse(text).unwrap();
        assert!(days("2026").overlaps(days("2026-12-31..2027-01-01")) && !days("2026").overlaps(days("2027-01")));
        assert_eq!(Days::parse("2026").unwrap().year(), Some(2026));
        assert_eq!(Days::parse("2026-Q1").unwrap().year(), None);
    }
}
