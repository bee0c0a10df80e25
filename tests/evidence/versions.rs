//! Changed and cancelled papers are new versions (EVIDENCE 1).

use crate::support::{Build, absent, batch, but, check, paper, time};
use serde_json::{Value, json};

/// An old version in batches `old`..=`last`, a new one from `new` on; leave batches at these times.
fn versions(seen: [&str; 2], old: Value, new: Value) -> Build {
    let [first, second] = seen;
    absent()
        .batches(
            1,
            vec![batch("b1", first, "01", "31"), batch("b2", second, "01", "31"), batch("b3", "13 20:00", "01", "31")],
        )
        .record(but(old, json!({"first_batch": "b1", "last_batch": "b1"})))
        .record(but(new, json!({"first_batch": "b2", "last_batch": "b3"})))
}

fn short() -> Value {
    paper("leave", "10 00:00", "11 23:59", "09 08:00")
}

fn long() -> Value {
    paper("leave", "10 00:00", "13 23:59", "09 08:00")
}

#[test]
fn an_edit_that_brings_the_moment_into_the_span() {
    check(vec![
        ("made before the observation", versions(["09 18:00", "12 09:00"], short(), long()), "excused none [1]"),
        (
            "made after it counts as filed then",
            versions(["12 18:00", "13 08:00"], short(), long()),
            "late_paperwork high [1]",
        ),
        (
            "made before or after, nobody knows",
            versions(["09 18:00", "13 08:00"], short(), long()),
            "excused_verify low [1]",
        ),
        (
            "filed anew by the source itself",
            versions(["09 18:00", "13 08:00"], short(), but(long(), json!({"filed": time("12 15:00")}))),
            "late_paperwork high [1]",
        ),
        (
            "by hand, made after it",
            versions(
                ["12 18:00", "13 08:00"],
                but(short(), json!({"filed_by": "written"})),
                but(long(), json!({"filed_by": "written"})),
            ),
            "late_paperwork high [1]",
        ),
        (
            "a longer span that had the moment already",
            versions(["12 18:00", "13 08:00"], paper("leave", "10 00:00", "12 23:59", "09 08:00"), long()),
            "excused none [1]",
        ),
        (
            "another application, filed at another time",
            versions(["12 18:00", "13 08:00"], but(short(), json!({"filed": time("08 08:00")})), long()),
            "excused none [1]",
        ),
        (
            "both still there: no edit",
            versions(["12 18:00", "13 08:00"], short(), long()).with("/records/0/last_batch", json!("b3")),
            "excused none [1]",
        ),
        (
            "another kind: no edit",
            versions(["12 18:00", "13 08:00"], but(short(), json!({"kind": "trip"})), long()),
            "excused none [1]",
        ),
        (
            "sick, within the grace",
            versions(["12 18:00", "13 08:00"], but(short(), json!({"sick": true})), but(long(), json!({"sick": true})))
                .with("/sick_leave_grace_hours", json!(24)),
            "excused_verify low [1]",
        ),
    ]);
}

#[test]
fn an_edit_that_takes_the_moment_out_of_the_span() {
    check(vec![
        (
            "made before the observation: back early",
            versions(["09 18:00", "12 09:00"], long(), short()),
            "unexcused high []",
        ),
        (
            "made after it: the leave stood then",
            versions(["12 18:00", "13 08:00"], long(), short()),
            "excused none [0]",
        ),
        (
            "made before or after, nobody knows",
            versions(["09 18:00", "13 08:00"], long(), short()),
            "excused_verify low [0]",
        ),
    ]);
}

#[test]
fn a_new_status_is_a_new_version() {
    let with = |changes: Value| but(long(), changes);
    check(vec![
        (
            "cancelled before",
            versions(
                ["09 18:00", "13 08:00"],
                long(),
                with(json!({"status": "cancelled", "cancelled_at": time("11 08:00")})),
            ),
            "unexcused high []",
        ),
        (
            "cancelled afterwards",
            versions(
                ["09 18:00", "13 08:00"],
                long(),
                with(json!({"status": "cancelled", "cancelled_at": time("12 15:00")})),
            ),
            "excused none [1]",
        ),
        (
            "cancelled, nobody says when, but it stood after the moment",
            versions(["12 18:00", "13 08:00"], long(), with(json!({"status": "cancelled"}))),
            "excused none [1]",
        ),
        (
            "cancelled, nobody says when",
            versions(["09 18:00", "13 08:00"], long(), with(json!({"status": "cancelled"}))),
            "excused_verify low [1]",
        ),
        (
            "rejected in the end",
            versions(["09 18:00", "13 08:00"], with(json!({"status": "pending"})), with(json!({"status": "rejected"}))),
            "unexcused high []",
        ),
        (
            "approved before",
            versions(
                ["09 18:00", "13 08:00"],
                with(json!({"status": "pending"})),
                with(json!({"approved_at": time("11 08:00")})),
            ),
            "excused none [1]",
        ),
        (
            "approved after",
            versions(
                ["09 18:00", "13 08:00"],
                with(json!({"status": "pending"})),
                with(json!({"approved_at": time("12 15:00")})),
            ),
            "excused_verify low [1]",
        ),
        (
            "approved without a time, but pending after the moment",
            versions(["12 18:00", "13 08:00"], with(json!({"status": "pending"})), long()),
            "excused_verify low [1]",
        ),
    ]);
}

#[test]
fn a_version_that_we_had_not_seen_yet_changes_nothing() {
    let cancelled = but(long(), json!({"status": "cancelled", "cancelled_at": time("11 08:00")}));
    let build = versions(["12 18:00", "14 08:01"], long(), cancelled);
    assert_eq!(build.told(), "excused none [0]");
    assert_eq!(build.judged("14 08:01").told(), "unexcused high []");
}
