//! When something is deleted (EVIDENCE 5): it is old enough, and the report of its year is closed.

use crate::model::OfficeId;
use chrono::{Datelike, Months, NaiveDate};
use std::collections::BTreeSet;

/// Years whose report is closed, by office.
pub type ClosedYears = BTreeSet<(OfficeId, i32)>;

/// Whether some items are deleted, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Due,
    /// Not old enough yet.
    Young,
    /// Old enough, and the report of their year is not closed.
    YearOpen,
    /// The setting says: for ever.
    Kept,
}

impl Standing {
    pub fn code(self) -> &'static str {
        match self {
            Standing::Due => "due",
            Standing::Young => "young",
            Standing::YearOpen => "year_open",
            Standing::Kept => "kept",
        }
    }
}

/// What lies before this day is old enough. `months` 0: nothing ever is.
pub fn cut_off(today: NaiveDate, months: u32) -> Option<NaiveDate> {
    if months == 0 { None } else { today.checked_sub_months(Months::new(months)) }
}

/// How items stand that are all of one year and lie on one side of the cut-off. `office`: `None` for what belongs
/// to all offices, each of which must have closed the year.
pub fn standing(
    office: Option<&OfficeId>,
    offices: &[OfficeId],
    last: NaiveDate,
    cut_off: Option<NaiveDate>,
    closed: &ClosedYears,
) -> Standing {
    let is_closed = |office: &OfficeId| closed.contains(&(office.clone(), last.year()));
    match cut_off {
        None => Standing::Kept,
        Some(day) if last >= day => Standing::Young,
        Some(_) if office.map_or_else(|| offices.iter().all(is_closed), is_closed) => Standing::Due,
        Some(_) => Standing::YearOpen,
    }
}

/// Spans of days, each within one year and on one side of the cut-off, from the first year to the last. Both ends
/// belong to a span.
pub fn spans(first: i32, today: NaiveDate, cut_off: Option<NaiveDate>) -> Vec<(NaiveDate, NaiveDate)> {
    let mut spans = Vec::new();
    for year in first..=today.year() {
        let (Some(start), Some(end)) = (NaiveDate::from_ymd_opt(year, 1, 1), NaiveDate::from_ymd_opt(year, 12, 31))
        else {
            continue;
        };
        match cut_off.filter(|day| start < *day && *day <= end) {
            Some(day) => {
                spans.extend([day.pred_opt().map(|before| (start, before)), Some((day, end))].into_iter().flatten())
            }
            None => spans.push((start, end)),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_day_is_in_one_span_and_no_span_is_on_both_sides() {
        let shown = |cut: Option<&str>| {
            let spans = spans(2025, day("2026-11-26"), cut.map(day));
            spans.iter().map(|(a, b)| format!("{a}..{b}")).collect::<Vec<_>>()
        };
        let years = ["2025-01-01..2025-12-31", "2026-01-01..2026-12-31"];
        assert_eq!(shown(None), years);
        assert_eq!(shown(Some("2026-01-01")), years);
        assert_eq!(
            shown(Some("2025-11-26")),
            ["2025-01-01..2025-11-25", "2025-11-26..2025-12-31", "2026-01-01..2026-12-31"]
        );
        assert_eq!(cut_off(day("2026-11-26"), 12), Some(day("2025-11-26")));
        assert_eq!(cut_off(day("2024-02-29"), 12), Some(day("2023-02-28")));
        assert_eq!(cut_off(day("2026-11-26"), 0), None);
    }

    #[test]
    fn nothing_goes_before_its_year_is_closed() {
        let (a, b): (OfficeId, OfficeId) = ("a".parse().unwrap(), "b".parse().unwrap());
        let closed = ClosedYears::from([(a.clone(), 2025)]);
        let offices = [a.clone(), b.clone()];
        let of = |office: Option<&OfficeId>, last: &str, cut: Option<&str>| {
            standing(office, &offices, day(last), cut.map(day), &closed)
        };
        assert_eq!(of(Some(&a), "2025-06-30", Some("2025-07-01")), Standing::Due);
        assert_eq!(of(Some(&a), "2025-07-01", Some("2025-07-01")), Standing::Young);
        assert_eq!(of(Some(&b), "2025-06-30", Some("2025-07-01")), Standing::YearOpen);
        assert_eq!(of(Some(&a), "2024-06-30", Some("2025-07-01")), Standing::YearOpen);
        assert_eq!(of(None, "2025-06-30", Some("2025-07-01")), Standing::YearOpen);
        assert_eq!(of(Some(&a), "2025-06-30", None), Standing::Kept);
    }
}
