//! The moment of an observation: stated, or an interval (EVIDENCE 3).

use crate::support::{Build, absent, batch, but, call, check, paper, punch, time, visit};
use serde_json::json;

const NONE: &str = "null none []";

#[test]
fn a_stated_time() {
    check(vec![
        ("at the window's start", absent().at(Some("12 09:00")), "unexcused high []"),
        ("at its end", absent().at(Some("12 12:00")), "unexcused high []"),
        ("before the window", absent().at(Some("12 08:59")), NONE),
        ("after the window", absent().at(Some("12 12:01")), NONE),
        ("after the receipt", absent().with("/observation/received", time("12 10:19")), NONE),
        ("at the receipt", absent().with("/observation/received", time("12 10:20")), "unexcused high []"),
        ("outside the window, present", visit("present").at(Some("12 08:59")), NONE),
        ("outside the window, by phone", call("wrong_number").at(Some("12 08:59")), NONE),
        (
            "window unknown",
            absent().with("/observation/from", json!(null)).with("/observation/to", json!(null)),
            "unexcused high []",
        ),
        ("receipt unknown", absent().with("/observation/received", json!(null)), "unexcused high []"),
    ]);
}

fn open(outcome: &str) -> Build {
    visit(outcome).at(None)
}

#[test]
fn an_interval_that_everything_agrees_on() {
    check(vec![
        ("nothing on record", open("absent"), "unexcused high []"),
        (
            "leave over all of it",
            open("absent").record(paper("leave", "12 09:00", "12 12:00", "10 08:00")),
            "excused none [0]",
        ),
        (
            "two leaves that meet",
            open("absent").record(paper("leave", "12 00:00", "12 10:29:59", "10 08:00")).record(paper(
                "leave",
                "12 10:30",
                "12 23:59:59",
                "10 08:00",
            )),
            "excused none [0, 1]",
        ),
        (
            "a pair over all of it",
            open("absent").record(punch("12 07:00", "in")).record(punch("12 17:00", "out")),
            "punch_contradicts high [0, 1]",
        ),
        (
            "the receipt ends it",
            open("absent")
                .with("/observation/received", time("12 09:30"))
                .record(paper("leave", "12 09:00", "12 09:30", "10 08:00")),
            "excused none [0]",
        ),
        ("the start is unknown", open("absent").with("/observation/from", json!(null)), NONE),
        ("received before the window", open("absent").with("/observation/received", time("12 08:30")), NONE),
        ("the end is unknown: the receipt", open("absent").with("/observation/to", json!(null)), "unexcused high []"),
    ]);
}

#[test]
fn an_interval_in_which_the_records_differ() {
    let part = || paper("leave", "12 09:00", "12 10:30", "10 08:00");
    check(vec![
        ("leave for a part: the weaker is excused", open("absent").record(part()), "excused none [0] unclear"),
        (
            "a minute of leave is enough",
            open("absent").record(paper("leave", "12 12:00", "12 23:59", "10 08:00")),
            "excused none [0] unclear",
        ),
        (
            "a second of leave is enough",
            open("absent").record(paper("leave", "12 09:58:01", "12 09:58:01", "10 08:00")),
            "excused none [0] unclear",
        ),
        (
            "leave that ends before does not touch it",
            open("absent").record(paper("leave", "12 00:00", "12 08:59:59", "10 08:00")),
            "unexcused high []",
        ),
        (
            "filed inside: before for one part, after for the other",
            open("absent").record(paper("leave", "12 00:00", "12 23:59", "12 10:30")),
            "excused none [0] unclear",
        ),
        (
            "filed at its last minute",
            open("absent").record(paper("leave", "12 00:00", "12 23:59", "12 12:00")),
            "excused none [0] unclear",
        ),
        (
            "filed after it",
            open("absent").record(paper("leave", "12 00:00", "12 23:59", "12 12:01")),
            "late_paperwork high [0]",
        ),
        (
            "a trip for a part",
            open("absent").record(but(part(), json!({"kind": "trip"}))),
            "excused_verify low [0] unclear",
        ),
        (
            "approved inside",
            open("absent").record(but(
                paper("leave", "12 00:00", "12 23:59", "10 08:00"),
                json!({"approved_at": time("12 11:00")}),
            )),
            "excused none [0] unclear",
        ),
        (
            "cancelled inside",
            open("absent").record(but(
                paper("leave", "12 00:00", "12 23:59", "10 08:00"),
                json!({"cancelled_at": time("12 11:00")}),
            )),
            "excused none [0] unclear",
        ),
        (
            "a punch covers a part: the rest is unexcused",
            open("absent").record(punch("12 09:30", "in")),
            "unexcused high [] unclear",
        ),
        (
            "highest and high: the pair",
            open("absent").record(punch("12 07:00", "in")).record(punch("12 11:30", "out")),
            "punch_contradicts high [0, 1] unclear",
        ),
        (
            "of equals the upper row",
            open("absent").record(but(punch("12 09:00", "in"), json!({"origin": "phone"}))),
            "weak_presence high [0] unclear",
        ),
        (
            "excused and not due cannot be told apart by strength: upper row",
            open("absent").record(part()).with("/calendar/workday", json!(false)),
            "not_due none []",
        ),
        (
            "a batch seen inside covers the first part only",
            open("absent").batches(1, vec![batch("l1", "12 10:00", "01", "31")]),
            "waiting none [] unclear",
        ),
        (
            "late for one part, nothing for the other: late is the upper row",
            open("absent").record(paper("leave", "12 11:00", "12 23:59", "12 15:00")),
            "late_paperwork high [0] unclear",
        ),
        (
            "present, leave for a part",
            open("present").record(part()).record(punch("12 08:00", "in")).record(punch("12 17:00", "out")),
            "present none [] unclear",
        ),
        ("present, a punch for a part", open("present").record(punch("12 09:30", "in")), "present none [] unclear"),
        ("claimed, leave for a part", open("on_leave").record(part()), "excused none [0] unclear"),
        (
            "not met, a trip for a part: two of strength low, the upper row",
            open("not_met").record(but(part(), json!({"kind": "trip"}))),
            "excused_verify low [0] unclear",
        ),
    ]);
}

#[test]
fn a_window_over_midnight() {
    let night = open("absent")
        .with("/observation/from", time("12 22:00"))
        .with("/observation/to", time("13 02:00"))
        .with("/observation/received", json!(null))
        .judged("20 08:00")
        .batches(0, vec![batch("p1", "19 08:00", "01", "31")]);
    check(vec![
        (
            "covered on both days",
            night.clone().batches(1, vec![batch("l1", "19 08:00", "01", "31")]),
            "unexcused high []",
        ),
        (
            "covered on the first day only",
            night.clone().batches(1, vec![batch("l1", "19 08:00", "01", "12")]),
            "waiting none [] unclear",
        ),
        (
            "dates without hours meet at midnight",
            night
                .batches(1, vec![batch("l1", "19 08:00", "01", "31")])
                .record(paper("leave", "12 00:00", "12 23:59:59", "10 08:00"))
                .record(paper("leave", "13 00:00", "13 23:59:59", "10 08:00")),
            "excused none [0, 1]",
        ),
    ]);
}
