//! Workdays of grace and of deadlines: Monday to Friday, corrected by two lists (EVIDENCE 9).

use chrono::{Datelike, Days, NaiveDate};
use std::collections::BTreeSet;

/// A day in both lists is a workday: somebody moved work onto it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Workdays {
    pub holidays: BTreeSet<NaiveDate>,
    /// Weekend days that are worked in exchange for a holiday.
    pub makeup_workdays: BTreeSet<NaiveDate>,
}

impl Workdays {
    pub fn is_workday(&self, day: NaiveDate) -> bool {
        self.makeup_workdays.contains(&day) || (is_weekday(day) && !self.holidays.contains(&day))
    }

    /// The workday number `number` after `day`, not counting `day` itself; `number` 0 is `day`. The
    /// last day of a deadline of so many working days (EVIDENCE 5).
    /// `None` past the end of the calendar.
    pub fn nth_after(&self, day: NaiveDate, number: u32) -> Option<NaiveDate> {
        // Whole weeks first, five workdays each, leaving the lists and the rest to single steps.
        let mut at = day.checked_add_days(Days::new(u64::from(number / 5) * 7))?;
        let mut counted = self.count(day, at);
        while counted < i64::from(number) {
            at = at.succ_opt()?;
            counted += i64::from(self.is_workday(at));
        }
        while at != day && (counted > i64::from(number) || !self.is_workday(at)) {
            counted -= i64::from(self.is_workday(at));
            at = at.pred_opt()?;
        }
        Some(at)
    }

    /// Workdays after `day`, up to and including `last`; 0 if `last` is not later.
    fn count(&self, day: NaiveDate, last: NaiveDate) -> i64 {
        if last <= day {
            return 0;
        }
        let lists = self.holidays.union(&self.makeup_workdays).filter(|d| day < **d && **d <= last);
        let corrections: i64 = lists.map(|d| i64::from(self.is_workday(*d)) - i64::from(is_weekday(*d))).sum();
        weekdays_until(last) - weekdays_until(day) + corrections
    }
}

fn is_weekday(day: NaiveDate) -> bool {
    day.weekday().num_days_from_monday() < 5
}

/// Mondays to Fridays from a fixed Monday up to and including `day`.
fn weekdays_until(day: NaiveDate) -> i64 {
    // Day 1 of the common era is a Monday.
    let days = i64::from(day.num_days_from_ce());
    days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn holidays_are_skipped_and_makeup_days_count() {
        let plain = Workdays::default();
        assert_eq!(plain.nth_after(day("2026-04-30"), 1), Some(day("2026-05-01")));
        let may = Workdays {
            holidays: [day("2026-05-01"), day("2026-05-04"), day("2026-05-05")].into(),
            makeup_workdays: [day("2026-05-09")].into(),
        };
        assert_eq!(may.nth_after(day("2026-04-30"), 1), Some(day("2026-05-06")));
        assert_eq!(may.nth_after(day("2026-04-30"), 4), Some(day("2026-05-09")), "a Saturday that is worked");
        assert_eq!(may.nth_after(day("2026-04-30"), 5), Some(day("2026-05-11")));
        assert_eq!(may.nth_after(day("2026-05-02"), 0), Some(day("2026-05-02")));
    }

    #[test]
    fn the_end_of_the_calendar_is_no_panic() {
        assert_eq!(Workdays::default().nth_after(NaiveDate::MAX, 1), None);
        assert_eq!(Workdays::default().nth_after(day("2026-01-01"), u32::MAX), None);
    }

    proptest! {
        #[test]
        fn counting_in_weeks_is_counting_one_by_one(
            start in 0u64..400, number in 0u32..90,
            holidays in prop::collection::btree_set(0u64..500, 0..30),
            makeup in prop::collection::btree_set(0u64..500, 0..30),
        ) {
            let date = |n: u64| day("2026-01-01").checked_add_days(Days::new(n)).unwrap();
            let calendar = Workdays {
                holidays: holidays.into_iter().map(date).collect(),
                makeup_workdays: makeup.into_iter().map(date).collect(),
            };
            let mut slow = date(start);
            let mut left = number;
            while left > 0 {
                slow = slow.succ_opt().unwrap();
                left -= u32::from(calendar.is_workday(slow));
            }
            prop_assert_eq!(calendar.nth_after(date(start), number), Some(slow));
        }
    }
}
