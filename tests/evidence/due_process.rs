//! Deadlines over holidays, and the ladder of consequences (EVIDENCE 5).

use chrono::NaiveDate;
use spotcheck::evidence::Workdays;
use spotcheck::evidence::deadline::Reached;
use spotcheck::evidence::ladder::{Counted, rung};
use spotcheck::model::{FlagState, Period, Said};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The Labour Day week of 2026, with a Saturday that is worked for it.
fn may() -> Workdays {
    Workdays {
        holidays: ["2026-05-01", "2026-05-04", "2026-05-05"].map(day).into(),
        makeup_workdays: [day("2026-05-09")].into(),
    }
}

#[test]
fn deadlines_skip_holidays_and_count_makeup_days() {
    let mailed = Reached { mailed: Some(day("2026-04-29")), handed: None };
    assert_eq!(mailed.answer_by(5, &may()), Some(day("2026-05-09")), "the fifth is a Saturday that is worked");
    assert_eq!(mailed.answer_by(5, &Workdays::default()), Some(day("2026-05-06")));
    // Before a weekend and on a holiday the count begins with the next working day.
    let on = |text: &str| Reached { mailed: Some(day(text)), handed: None }.answer_by(1, &may());
    assert_eq!(on("2026-04-30"), Some(day("2026-05-06")));
    assert_eq!(on("2026-05-04"), Some(day("2026-05-06")));
    assert_eq!(on("2026-05-08"), Some(day("2026-05-09")));
}

#[test]
fn what_was_handed_over_counts_from_that_day_and_nothing_runs_before() {
    assert_eq!(Reached::default().answer_by(5, &may()), None);
    let handed = Reached { mailed: None, handed: Some(day("2026-05-08")) };
    assert_eq!(handed.answer_by(5, &may()), Some(day("2026-05-14")));
    let both = Reached { mailed: Some(day("2026-04-01")), handed: Some(day("2026-05-08")) };
    assert_eq!(both.on(), Some(day("2026-05-08")), "a mail that nobody read is not counted against anybody");
}

fn ladder() -> Vec<Said> {
    vec![Said::new("one", "一"), Said::new("two", "二"), Said::new("three", "三")]
}

fn counted(text: &str, state: FlagState) -> Counted {
    Counted { day: day(text), state }
}

#[test]
fn only_what_stands_adds_up_and_a_day_counts_once() {
    use FlagState::*;
    let all = [
        counted("2026-02-01", Confirmed),
        counted("2026-03-01", Dismissed),
        counted("2026-03-02", Overturned),
        counted("2026-03-03", Asked),
        counted("2026-04-01", Upheld),
        counted("2026-04-01", Confirmed),
        counted("2026-05-01", Appealed),
        counted("2026-08-01", Confirmed),
        counted("2025-12-31", Confirmed),
    ];
    let of = |text: &str, state, period| {
        rung(counted(text, state), &all, period, &ladder()).map(|r| (r.number, r.consequence.unwrap().en, r.stands))
    };
    assert_eq!(of("2026-02-01", Confirmed, Period::Year), Some((1, "one".into(), true)));
    assert_eq!(of("2026-04-01", Upheld, Period::Year), Some((2, "two".into(), true)));
    assert_eq!(of("2026-05-01", Appealed, Period::Year), Some((3, "three".into(), true)));
    assert_eq!(of("2026-08-01", Confirmed, Period::Year), Some((4, "three".into(), true)), "the last rung holds on");
    assert_eq!(of("2026-08-01", Confirmed, Period::HalfYear), Some((1, "one".into(), true)));
    assert_eq!(of("2026-05-01", Confirmed, Period::Quarter), Some((2, "two".into(), true)));
    assert_eq!(of("2026-06-01", Open, Period::Year), Some((4, "three".into(), false)), "what would follow");
    assert_eq!(of("2026-03-01", Dismissed, Period::Year), None);
    assert_eq!(of("2026-03-02", Overturned, Period::Year), None);
    assert_eq!(rung(counted("2026-03-01", Confirmed), &[], Period::Year, &[]).unwrap().consequence, None);
}
