//! What covers a moment, what is waited for, and when it is overdue (EVIDENCE 1).

use crate::support::{Build, absent, batch, check, paper, punch, source, time, visit};
use serde_json::{Value, json};

fn leave_batch(changed: Value) -> Build {
    absent().batches(1, vec![crate::support::but(batch("l1", "13 08:00", "01", "31"), changed)])
}

#[test]
fn a_batch_covers_a_moment() {
    check(vec![
        ("the day lies in the span", leave_batch(json!({})), "unexcused high []"),
        ("first day of the span", leave_batch(json!({"covers_from": "2026-03-12"})), "unexcused high []"),
        ("last day of the span", leave_batch(json!({"covers_to": "2026-03-12"})), "unexcused high []"),
        ("the span ends the day before", leave_batch(json!({"covers_to": "2026-03-11"})), "waiting none []"),
        ("the span begins the day after", leave_batch(json!({"covers_from": "2026-03-13"})), "waiting none []"),
        ("far fewer rows than usual", leave_batch(json!({"complete": false})), "waiting none []"),
        ("completeness unknown", leave_batch(json!({"complete": null})), "waiting none []"),
        ("span unknown", leave_batch(json!({"covers_to": null})), "waiting none []"),
        ("seen before the moment", leave_batch(json!({"seen": time("12 10:19")})), "waiting none []"),
        ("seen at the moment", leave_batch(json!({"seen": time("12 10:20")})), "unexcused high []"),
        (
            "seen after the judging: it does not exist",
            leave_batch(json!({"seen": time("14 08:01")})),
            "waiting none []",
        ),
        ("seen at the judging", leave_batch(json!({"seen": time("14 08:00")})), "unexcused high []"),
        ("not settled yet", leave_batch(json!({})).with("/sources/1/settle_hours", json!(24)), "waiting none []"),
        (
            "settled to the minute",
            leave_batch(json!({"seen": time("13 10:20")})).with("/sources/1/settle_hours", json!(24)),
            "unexcused high []",
        ),
        (
            "days are the office's: 23:30 is still the 12th",
            leave_batch(json!({"covers_to": "2026-03-12"}))
                .with("/observation/from", time("12 22:00"))
                .with("/observation/to", time("12 23:59"))
                .with("/observation/received", json!(null))
                .at(Some("12 23:30")),
            "unexcused high []",
        ),
    ]);
}

#[test]
fn what_is_waited_for() {
    let with = |kind| absent().source(source("more", kind, "daily"));
    check(vec![
        ("punches", absent().batches(0, vec![]), "waiting none []"),
        ("leave", absent().batches(1, vec![]), "waiting none []"),
        ("trips", with("trip"), "waiting none []"),
        ("training", with("training"), "waiting none []"),
        ("meetings", with("meeting"), "waiting none []"),
        ("errands are not", with("errand"), "unexcused high []"),
        ("the rota is not, unless it is the rule", with("rota"), "unexcused high []"),
        ("what never comes is not", absent().source(source("more", "trip", "never")), "unexcused high []"),
        ("each of two leave sources", with("leave"), "waiting none []"),
        ("claimed waits too", visit("on_leave").batches(0, vec![]), "waiting none []"),
        ("not met waits too", visit("not_met").batches(0, vec![]), "waiting none []"),
        (
            "waiting comes before a punch that contradicts",
            absent().batches(1, vec![]).record(punch("12 10:00", "in")),
            "waiting none []",
        ),
        (
            "leave excuses while punches are waited for",
            absent().batches(0, vec![]).record(paper("leave", "12 00:00", "12 23:59", "10 08:00")),
            "excused none [0]",
        ),
        (
            "a trip is to be verified while punches are waited for",
            absent().batches(0, vec![]).record(paper("trip", "12 00:00", "12 23:59", "10 08:00")),
            "excused_verify low [0]",
        ),
        (
            "a second source that covers does not make up for the first",
            with("punch").batch(2, batch("m1", "13 08:00", "01", "31")).batches(0, vec![]),
            "waiting none []",
        ),
    ]);
}

/// Leave never arrives, with this cadence and grace; judged at a time.
fn overdue(cadence: &str, grace: u32, judged: &str) -> Build {
    absent()
        .batches(0, vec![batch("p1", "12 18:00", "01", "31")])
        .batches(1, vec![])
        .with("/sources/1/cadence", json!(cadence))
        .with("/sources/1/grace_days", json!(grace))
        .judged(judged)
}

#[test]
fn overdue_from_the_workday_after_the_grace() {
    let may = |build: Build| {
        build
            .with("/calendar/holidays", json!(["2026-03-13", "2026-03-14"]))
            .with("/calendar/makeup_workdays", json!(["2026-03-15"]))
    };
    check(vec![
        ("daily, no grace: the day itself", overdue("daily", 0, "12 23:59:59"), "waiting none []"),
        ("daily, no grace: the next workday", overdue("daily", 0, "13 00:00"), "data_missing info []"),
        ("daily, grace 1: Friday is grace", overdue("daily", 1, "15 23:59"), "waiting none []"),
        ("daily, grace 1: Monday is the second workday", overdue("daily", 1, "16 00:00"), "data_missing info []"),
        ("daily, grace 5: a week later Thursday", overdue("daily", 5, "19 23:59:59"), "waiting none []"),
        ("daily, grace 5: the sixth workday", overdue("daily", 5, "20 00:00"), "data_missing info []"),
        ("weekly: the week ends on Sunday the 15th", overdue("weekly", 0, "15 23:59:59"), "waiting none []"),
        ("weekly, no grace: Monday", overdue("weekly", 0, "16 00:00"), "data_missing info []"),
        ("weekly, grace 2: Tuesday", overdue("weekly", 2, "17 23:59"), "waiting none []"),
        ("weekly, grace 2: Wednesday", overdue("weekly", 2, "18 00:00"), "data_missing info []"),
        ("monthly: the month ends on Tuesday the 31st", overdue("monthly", 0, "31 23:59:59"), "waiting none []"),
        ("monthly, no grace", overdue("monthly", 0, "2026-04-01 00:00"), "data_missing info []"),
        ("monthly, grace 5: 1 to 7 April", overdue("monthly", 5, "2026-04-07 23:59"), "waiting none []"),
        ("monthly, grace 5: 8 April", overdue("monthly", 5, "2026-04-08 00:00"), "data_missing info []"),
        ("a holiday is no workday", may(overdue("daily", 0, "14 12:00")), "waiting none []"),
        ("a make-up Sunday is one", may(overdue("daily", 0, "15 00:00")), "data_missing info []"),
        ("no grace that ends", overdue("daily", u32::MAX, "2029-01-01 00:00"), "waiting none []"),
    ]);
}

#[test]
fn december_ends_a_year() {
    let build = overdue("monthly", 0, "2027-01-01 00:00")
        .with("/observation/from", time("2026-12-30 09:00"))
        .with("/observation/to", time("2026-12-30 12:00"))
        .with("/observation/received", json!(null))
        .with("/observation/at", time("2026-12-30 10:00"))
        .batches(0, vec![batch("p1", "2026-12-31 08:00", "2026-12-01", "2026-12-31")]);
    assert_eq!(build.told(), "data_missing info []");
    assert_eq!(build.with("/judged_at", time("2026-12-31 23:59")).told(), "waiting none []");
}

#[test]
fn an_overdue_source_is_the_offices_fault() {
    let late = |build: Build| build.batches(1, vec![]).judged("25 08:00");
    check(vec![
        ("absent", late(absent()), "data_missing info []"),
        ("claimed", late(visit("on_duty_elsewhere")), "data_missing info []"),
        ("not met stays unclear", late(visit("not_met")), "unclear low []"),
        (
            "a punch that contradicts still does",
            late(absent()).record(punch("12 10:00", "in")),
            "punch_contradicts highest [0]",
        ),
        (
            "one overdue, one still waited for",
            late(absent()).batches(0, vec![]).with("/sources/0/grace_days", json!(30)),
            "waiting none []",
        ),
        (
            "overdue, then covered: covered",
            absent().batches(1, vec![batch("l1", "24 08:00", "01", "31")]).judged("25 08:00"),
            "unexcused high []",
        ),
    ]);
}
