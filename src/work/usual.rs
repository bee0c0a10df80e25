//! Days with far fewer records than usual, and spans that are no period of a source: what is missing there may be
//! missing in the file alone.

use crate::timing::Calendar;
use chrono::{Datelike, NaiveDate, Weekday};
use std::collections::BTreeMap;

/// How many earlier days say what is usual.
pub const USUAL_OF: i64 = 60;
/// So many days of its own say it where there are no earlier ones.
const OF_ITS_OWN: usize = 5;
/// A longer span is nobody's period.
const LONGEST: i64 = 400;

/// Whether the days of a file can be one period of a source: a stray date makes a span of it that the file knows
/// nothing of.
pub fn is_a_period(span: (NaiveDate, NaiveDate), today: NaiveDate) -> bool {
    (span.1 - span.0).num_days() <= LONGEST && span.1 <= today
}

/// Whether most workdays of a span that was made of a file's own dates have nothing in it.
pub fn is_sparse(days: &BTreeMap<NaiveDate, u64>, span: (NaiveDate, NaiveDate), calendar: &Calendar) -> bool {
    let workdays = || span.0.iter_days().take_while(|day| *day <= span.1).filter(|day| is_worked(calendar, *day));
    let filled = workdays().filter(|day| days.contains_key(day)).count();
    let all = workdays().count();
    all > OF_ITS_OWN && filled * 2 < all
}

fn is_worked(calendar: &Calendar, day: NaiveDate) -> bool {
    calendar.is_workday(day).unwrap_or(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
}

/// A day with far fewer records than usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShortDay {
    pub day: NaiveDate,
    pub records: u64,
    pub usual: u64,
}

/// The days of a span with less than a `share` of the usual records. Workdays are held against workdays, other
/// days against other days; days from `today` on are not over yet.
pub fn short_days(
    earlier: &[(NaiveDate, u64)],
    days: &BTreeMap<NaiveDate, u64>,
    span: (NaiveDate, NaiveDate),
    today: NaiveDate,
    share: f64,
    calendar: &Calendar,
) -> Vec<ShortDay> {
    let worked = |day| is_worked(calendar, day);
    let over: Vec<NaiveDate> = span.0.iter_days().take_while(|day| *day <= span.1 && *day < today).collect();
    let usual = |kind: bool| {
        let of = |all: &mut dyn Iterator<Item = (NaiveDate, u64)>| -> Vec<u64> {
            all.filter(|(day, _)| worked(*day) == kind).map(|(_, records)| records).collect()
        };
        let before = of(&mut earlier.iter().copied());
        let own = of(&mut days.iter().map(|(day, records)| (*day, *records)));
        if before.is_empty() && own.len() < OF_ITS_OWN {
            None
        } else {
            median(if before.is_empty() { own } else { before })
        }
    };
    let usual = [usual(false), usual(true)];
    over.into_iter()
        .filter_map(|day| {
            let usual = usual[usize::from(worked(day))]?;
            let records = days.get(&day).copied().unwrap_or(0);
            #[expect(clippy::cast_precision_loss, reason = "no file has 2^52 rows a day")]
            let short = (records as f64) < usual as f64 * share;
            short.then_some(ShortDay { day, records, usual })
        })
        .collect()
}

fn median(mut numbers: Vec<u64>) -> Option<u64> {
    numbers.sort_unstable();
    numbers.get(numbers.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn short(earlier: &[(&str, u64)], own: &[(&str, u64)], span: (&str, &str)) -> Vec<String> {
        let earlier: Vec<_> = earlier.iter().map(|(d, n)| (day(d), *n)).collect();
        let own: BTreeMap<_, _> = own.iter().map(|(d, n)| (day(d), *n)).collect();
        let found =
            short_days(&earlier, &own, (day(span.0), day(span.1)), day("2026-03-14"), 0.5, &Calendar::shipped());
        found.iter().map(|s| format!("{} {}/{}", s.day, s.records, s.usual)).collect()
    }

    #[test]
    fn a_stray_date_makes_no_period() {
        let period = |from, to| is_a_period((day(from), day(to)), day("2026-03-14"));
        assert!(period("2026-03-02", "2026-03-14") && period("2025-03-01", "2026-02-28"));
        assert!(!period("2025-01-27", "2026-03-13"), "more than a year");
        assert!(!period("2026-03-13", "2027-03-13"), "not over yet");
        let sparse = |days: &[&str]| {
            let span = (day(days[0]), day(days[days.len() - 1]));
            is_sparse(&days.iter().map(|d| (day(d), 9)).collect(), span, &Calendar::shipped())
        };
        assert!(sparse(&["2026-01-27", "2026-03-13"]) && sparse(&["2026-03-02", "2026-03-03", "2026-03-13"]));
        assert!(!sparse(&["2026-03-02", "2026-03-06"]) && !sparse(&["2026-03-09"]), "a week may have gaps");
    }

    #[test]
    fn a_day_is_held_against_days_of_its_kind() {
        let usual = [("2026-03-02", 100), ("2026-03-03", 90), ("2026-03-07", 4)];
        let own = [("2026-03-09", 98), ("2026-03-10", 30), ("2026-03-12", 95), ("2026-03-13", 90)];
        // Wednesday has nothing at all; Saturday and Sunday are no workdays, and the 14th is not over.
        assert_eq!(short(&usual, &own, ("2026-03-09", "2026-03-14")), ["2026-03-10 30/100", "2026-03-11 0/100"]);
        assert_eq!(short(&[], &own, ("2026-03-09", "2026-03-13")), Vec::<String>::new(), "nothing is usual yet");
        let month: Vec<_> = own.into_iter().chain([("2026-03-05", 97)]).collect();
        assert_eq!(
            short(&[], &month, ("2026-03-09", "2026-03-13")),
            ["2026-03-10 30/95", "2026-03-11 0/95"],
            "the file's own days"
        );
    }
}
