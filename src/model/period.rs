//! A part of a year for which a rule demands a number of visits.

use super::Said;
use crate::said;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    Year,
    HalfYear,
    Quarter,
}

impl Period {
    pub const ALL: [Period; 3] = [Period::Year, Period::HalfYear, Period::Quarter];

    pub fn code(self) -> &'static str {
        match self {
            Period::Year => "year",
            Period::HalfYear => "half_year",
            Period::Quarter => "quarter",
        }
    }

    pub fn said(self) -> Said {
        match self {
            Period::Year => said!("year", "年"),
            Period::HalfYear => said!("half-year", "半年"),
            Period::Quarter => said!("quarter", "季度"),
        }
    }

    fn months(self) -> u32 {
        match self {
            Period::Year => 12,
            Period::HalfYear => 6,
            Period::Quarter => 3,
        }
    }

    /// First and last day of the period that a day lies in.
    pub fn around(self, day: NaiveDate) -> (NaiveDate, NaiveDate) {
        let first_month = day.month0() / self.months() * self.months();
        let first = day.with_day(1).and_then(|d| d.with_month0(first_month)).unwrap_or(day);
        let after = first.checked_add_months(chrono::Months::new(self.months()));
        (first, after.and_then(|d| d.pred_opt()).unwrap_or(day))
    }
}

/// A number of visits that each place must have had by the end of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backstop {
    pub visits: u32,
    pub period: Period,
    /// So many last workdays of the period are for announced visits to those that lack some.
    pub workdays: u32,
}

impl FromStr for Period {
    type Err = ();
    fn from_str(text: &str) -> Result<Period, ()> {
        Period::ALL.into_iter().find(|period| period.code() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_lies_in_its_period() {
        let around = |period: Period, day: &str| {
            let (first, last) = period.around(day.parse().unwrap());
            format!("{first} {last}")
        };
        assert_eq!(around(Period::Year, "2026-02-28"), "2026-01-01 2026-12-31");
        assert_eq!(around(Period::HalfYear, "2026-06-30"), "2026-01-01 2026-06-30");
        assert_eq!(around(Period::HalfYear, "2026-12-31"), "2026-07-01 2026-12-31");
        assert_eq!(around(Period::Quarter, "2026-05-31"), "2026-04-01 2026-06-30");
    }
}
