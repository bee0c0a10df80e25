//! On duty or not (EVIDENCE 3).

use crate::support::{Build, absent, batch, check, paper, punch, source, time, visit};
use serde_json::{Value, json};

fn rota(build: Build) -> Build {
    build
        .with("/duty_rule", json!("rota"))
        .with("/calendar/workday", json!(null))
        .source(source("rota", "rota", "monthly"))
        .batch(2, batch("r1", "13 08:00", "01", "31"))
}

fn shift(from: &str, to: &str) -> Value {
    json!({"source": "rota", "first_batch": "r1", "kind": "rota", "from": time(from), "to": time(to)})
}

#[test]
fn the_calendar_alone() {
    check(vec![
        ("a rest day", absent().with("/calendar/workday", json!(false)), "not_due none []"),
        ("a rest day, not met", visit("not_met").with("/calendar/workday", json!(false)), "not_due none []"),
        ("a rest day, claimed", visit("on_leave").with("/calendar/workday", json!(false)), "not_due none []"),
        (
            "a rest day comes before leave",
            absent().with("/calendar/workday", json!(false)).record(paper("leave", "12 00:00", "12 23:59", "10 08:00")),
            "not_due none []",
        ),
        (
            "a rest day is not waited for",
            absent().with("/calendar/workday", json!(false)).batches(0, vec![]),
            "not_due none []",
        ),
        (
            "the lists speak of grace, not of the day",
            absent().with("/calendar/holidays", json!(["2026-03-12"])),
            "unexcused high []",
        ),
        (
            "rota rows do not matter",
            absent().source(source("rota", "rota", "monthly")).batch(2, batch("r1", "13 08:00", "01", "31")),
            "unexcused high []",
        ),
        ("an allowance does not matter", absent().with("/allowed_absent_days_left", json!(3)), "unexcused high []"),
    ]);
}

#[test]
fn unknown_duty_waits_and_then_is_missing_data() {
    let unknown = |build: Build| build.with("/calendar/workday", json!(null));
    check(vec![
        ("everything covers", unknown(absent()), "data_missing info []"),
        ("a source has not arrived", unknown(absent()).batches(0, vec![]), "waiting none []"),
        ("a source is overdue", unknown(absent()).batches(0, vec![]).judged("25 08:00"), "data_missing info []"),
        ("unknown rule", absent().with("/duty_rule", json!(null)), "data_missing info []"),
        ("no calendar at all", absent().with("/calendar", json!(null)), "data_missing info []"),
        (
            "leave excuses all the same",
            unknown(absent()).record(paper("leave", "12 00:00", "12 23:59", "10 08:00")),
            "excused none [0]",
        ),
        (
            "a punch accuses nobody who may have been free",
            unknown(absent()).record(punch("12 10:00", "in")),
            "data_missing info []",
        ),
        ("claimed", unknown(visit("on_leave")), "data_missing info []"),
        ("not met stays unclear", unknown(visit("not_met")), "unclear low []"),
    ]);
}

#[test]
fn the_rota_alone() {
    check(vec![
        ("rostered", rota(absent()).record(shift("12 08:00", "12 18:00")), "unexcused high []"),
        ("not rostered", rota(absent()), "not_due none []"),
        ("rostered for another day", rota(absent()).record(shift("13 08:00", "13 18:00")), "not_due none []"),
        ("rostered from the very minute", rota(absent()).record(shift("12 10:20", "12 18:00")), "unexcused high []"),
        ("rostered to the very minute", rota(absent()).record(shift("12 08:00", "12 10:20")), "unexcused high []"),
        ("rostered to the minute before", rota(absent()).record(shift("12 08:00", "12 10:19")), "not_due none []"),
        (
            "the calendar does not matter",
            rota(absent()).with("/calendar/workday", json!(false)).record(shift("12 08:00", "12 18:00")),
            "unexcused high []",
        ),
        ("a night shift", rota(absent()).record(shift("11 22:00", "12 11:00")), "unexcused high []"),
        ("the rota is waited for", rota(absent()).batches(2, vec![]), "waiting none []"),
        (
            "a rota printed in advance says nothing of who is missing in it",
            rota(absent()).batches(2, vec![batch("r1", "01 08:00", "01", "31")]),
            "waiting none []",
        ),
        (
            "a row printed in advance: due, and still waited for",
            rota(absent()).batches(2, vec![batch("r1", "01 08:00", "01", "31")]).record(shift("12 08:00", "12 18:00")),
            "waiting none []",
        ),
        (
            "overdue, no row: unknown",
            rota(absent()).batches(2, vec![]).judged("2026-04-09 08:00"),
            "data_missing info []",
        ),
        (
            "overdue, but a row says due: a punch speaks",
            rota(absent())
                .batches(2, vec![batch("r1", "01 08:00", "01", "31")])
                .judged("2026-04-09 08:00")
                .record(shift("12 08:00", "12 18:00"))
                .record(punch("12 10:00", "in")),
            "punch_contradicts highest [1]",
        ),
        ("no rota source: never known", absent().with("/duty_rule", json!("rota")), "data_missing info []"),
        (
            "a rota that never comes: never known",
            absent().with("/duty_rule", json!("rota")).source(source("rota", "rota", "never")),
            "data_missing info []",
        ),
        (
            "present, rostered, no punch",
            rota(visit("present")).record(shift("12 08:00", "12 18:00")),
            "record_incomplete info []",
        ),
        ("present, not rostered, no punch", rota(visit("present")), "present none []"),
    ]);
}

#[test]
fn the_allowance_alone() {
    let allowance = |left: Value| {
        absent()
            .with("/duty_rule", json!("days_per_month"))
            .with("/calendar/workday", json!(false))
            .with("/allowed_absent_days_left", left)
    };
    check(vec![
        ("days left", allowance(json!(1)), "not_due none []"),
        ("none left: due, even on a rest day", allowance(json!(0)), "unexcused high []"),
        ("overdrawn", allowance(json!(-2)), "unexcused high []"),
        ("unknown", allowance(json!(null)), "data_missing info []"),
    ]);
}
