//! Leave, trips, training, meetings, errands (EVIDENCE 1 and 3).

use crate::support::{Build, absent, batch, but, check, paper, time, visit};
use serde_json::{Value, json};

/// Leave for the whole of the 12th, filed on the 10th, with changes.
fn leave(changes: Value) -> Value {
    but(paper("leave", "12 00:00", "12 23:59:59", "10 08:00"), changes)
}

fn with(changes: Value) -> Build {
    absent().record(leave(changes))
}

fn filed(at: &str, by: &str) -> Value {
    json!({"filed": time(at), "filed_by": by})
}

#[test]
fn approved_leave_filed_before() {
    check(vec![
        ("absent", with(json!({})), "excused none [0]"),
        ("not met", visit("not_met").record(leave(json!({}))), "excused none [0]"),
        ("claimed", visit("on_leave").record(leave(json!({}))), "excused none [0]"),
        ("filed at the very minute is before", with(filed("12 10:20", "machine")), "excused none [0]"),
        ("filed within the very minute too", with(filed("12 10:20:59", "machine")), "excused none [0]"),
        ("filed a minute later", with(filed("12 10:21", "machine")), "late_paperwork high [0]"),
        ("from the very minute", with(json!({"from": time("12 10:20")})), "excused none [0]"),
        ("to the very minute", with(json!({"to": time("12 10:20")})), "excused none [0]"),
        ("from a minute later", with(json!({"from": time("12 10:21")})), "unexcused high []"),
        ("to a minute before", with(json!({"to": time("12 10:19")})), "unexcused high []"),
        (
            "every excusing row is evidence",
            with(json!({})).record(leave(json!({"filed": time("09 08:00")}))),
            "excused none [0, 1]",
        ),
        (
            "lateness is judged on filed, not on when it was sent to us",
            with(json!({"first_batch": "l2"})).batch(1, batch("l2", "13 20:00", "01", "31")),
            "excused none [0]",
        ),
        ("approved by then", with(json!({"approved_at": time("12 10:20")})), "excused none [0]"),
        ("approved without a time", with(json!({"approved_at": null})), "excused none [0]"),
        (
            "a paper of another office's batch that came after the judging",
            with(json!({"first_batch": "l2"})).batch(1, batch("l2", "15 08:00", "01", "31")),
            "unexcused high []",
        ),
    ]);
}

#[test]
fn approval() {
    check(vec![
        ("approved after", with(json!({"approved_at": time("12 10:21")})), "excused_verify low [0]"),
        ("still pending", with(json!({"status": "pending"})), "excused_verify low [0]"),
        (
            "pending, filed after",
            with(but(filed("12 15:00", "machine"), json!({"status": "pending"}))),
            "late_paperwork high [0]",
        ),
        ("rejected: nothing on record", with(json!({"status": "rejected"})), "unexcused high []"),
        (
            "rejected, filed after: nothing",
            with(but(filed("12 15:00", "machine"), json!({"status": "rejected"}))),
            "unexcused high []",
        ),
        ("leave of unknown status is not approved", with(json!({"status": null})), "excused_verify low [0]"),
        (
            "leave of unknown status with a time of approval is",
            with(json!({"status": null, "approved_at": time("11 08:00")})),
            "excused none [0]",
        ),
        ("rejected beside approved", with(json!({"status": "rejected"})).record(leave(json!({}))), "excused none [1]"),
    ]);
}

#[test]
fn cancellation() {
    check(vec![
        (
            "cancelled before",
            with(json!({"status": "cancelled", "cancelled_at": time("11 08:00")})),
            "unexcused high []",
        ),
        (
            "cancelled at the minute",
            with(json!({"status": "cancelled", "cancelled_at": time("12 10:20")})),
            "unexcused high []",
        ),
        (
            "cancelled afterwards: it counted then",
            with(json!({"status": "cancelled", "cancelled_at": time("12 15:00")})),
            "excused none [0]",
        ),
        ("a time of cancelling is enough", with(json!({"cancelled_at": time("11 08:00")})), "unexcused high []"),
        ("cancelled, nobody knows when", with(json!({"status": "cancelled"})), "excused_verify low [0]"),
        (
            "cancelled already when first seen, before the moment",
            with(json!({"status": "cancelled", "first_batch": "l0"})).batch(1, batch("l0", "11 08:00", "01", "31")),
            "unexcused high []",
        ),
        (
            "filed after and cancelled later is still late",
            with(but(filed("12 15:00", "machine"), json!({"status": "cancelled", "cancelled_at": time("13 07:00")}))),
            "late_paperwork high [0]",
        ),
        (
            "a cancelled trip",
            absent().record(but(
                paper("trip", "12 00:00", "12 23:59", "10 08:00"),
                json!({"cancelled_at": time("12 08:00")}),
            )),
            "unexcused high []",
        ),
    ]);
}

#[test]
fn filed_after() {
    let late = || filed("12 15:00", "machine");
    check(vec![
        ("absent", with(late()), "late_paperwork high [0]"),
        ("claimed", visit("on_leave").record(leave(late())), "late_paperwork high [0]"),
        ("not met is not accused", visit("not_met").record(leave(late())), "unclear low []"),
        ("before beside after", with(late()).record(leave(json!({}))), "excused none [1]"),
        (
            "a trip beside late leave",
            with(late()).record(paper("trip", "12 00:00", "12 23:59", "10 08:00")),
            "excused_verify low [1]",
        ),
        (
            "late paperwork outweighs an overdue source",
            with(late()).batches(0, vec![]).judged("25 08:00"),
            "late_paperwork high [0]",
        ),
        (
            "late for another day",
            absent().record(paper("leave", "11 00:00", "11 23:59", "12 15:00")),
            "unexcused high []",
        ),
    ]);
}

#[test]
fn trips_training_meetings_and_errands() {
    let other =
        |kind: &str, changes: Value| absent().record(but(paper(kind, "12 00:00", "12 23:59", "10 08:00"), changes));
    check(vec![
        ("trip", other("trip", json!({})), "excused_verify low [0]"),
        ("training", other("training", json!({})), "excused_verify low [0]"),
        ("meeting", other("meeting", json!({})), "excused_verify low [0]"),
        ("errand", other("errand", json!({})), "excused_verify low [0]"),
        ("a missing status counts as approved", other("trip", json!({"status": null})), "excused_verify low [0]"),
        ("pending", other("trip", json!({"status": "pending"})), "excused_verify low [0]"),
        ("rejected", other("trip", json!({"status": "rejected"})), "unexcused high []"),
        ("trip filed after", other("trip", filed("12 15:00", "machine")), "late_paperwork high [0]"),
        ("training filed after", other("training", filed("12 15:00", "machine")), "late_paperwork high [0]"),
        ("meeting filed after", other("meeting", filed("12 15:00", "machine")), "late_paperwork high [0]"),
        ("errand filed after", other("errand", filed("12 15:00", "machine")), "late_paperwork high [0]"),
        (
            "not met",
            visit("not_met").record(paper("errand", "12 00:00", "12 23:59", "10 08:00")),
            "excused_verify low [0]",
        ),
        (
            "claimed elsewhere, with the paper",
            visit("on_duty_elsewhere").record(paper("meeting", "12 00:00", "12 23:59", "10 08:00")),
            "excused_verify low [0]",
        ),
        ("leave and trip: leave comes first", other("trip", json!({})).record(leave(json!({}))), "excused none [1]"),
    ]);
}

/// A covering batch of leave, seen after the moment, that the paper is not in.
fn lacked(changes: Value) -> Build {
    with(but(json!({"first_batch": "l2"}), changes)).batch(1, batch("l2", "13 20:00", "01", "31"))
}

#[test]
fn written_dates() {
    check(vec![
        ("an earlier day", with(filed("11 00:00", "written")), "excused_verify low [0]"),
        ("the day of the observation", with(filed("12 00:00", "written")), "excused_verify low [0]"),
        ("the same day, though its hour is later", with(filed("12 18:00", "written")), "excused_verify low [0]"),
        ("a later day", with(filed("13 00:00", "written")), "late_paperwork high [0]"),
        ("also when lacked before", lacked(filed("11 00:00", "written")), "excused_verify low [0]"),
        (
            "a later day, pending",
            with(but(filed("13 00:00", "written"), json!({"status": "pending"}))),
            "late_paperwork high [0]",
        ),
        ("rejected", with(but(filed("11 00:00", "written"), json!({"status": "rejected"}))), "unexcused high []"),
        (
            "a trip by hand, a later day",
            absent().record(but(paper("trip", "12 00:00", "12 23:59", "13 00:00"), json!({"filed_by": "written"}))),
            "late_paperwork high [0]",
        ),
        (
            "written, without the date: unknown",
            lacked(json!({"filed": null, "filed_by": "written"})),
            "late_paperwork high [0]",
        ),
    ]);
}

#[test]
fn filing_time_unknown() {
    let unknown = || json!({"filed": null, "filed_by": "unknown"});
    check(vec![
        ("nothing lacked it", with(unknown()), "excused_verify low [0]"),
        ("an earlier covering batch lacked it", lacked(unknown()), "late_paperwork high [0]"),
        (
            "the earlier batch did not cover the day",
            lacked(unknown()).with("/sources/1/batches/0/covers_to", json!("2026-03-11")),
            "excused_verify low [0]",
        ),
        (
            "the earlier batch was incomplete",
            lacked(unknown()).with("/sources/1/batches/0/complete", json!(false)),
            "excused_verify low [0]",
        ),
        (
            "the earlier batch was seen before the moment",
            lacked(unknown()).with("/sources/1/batches/0/seen", time("12 08:00")),
            "excused_verify low [0]",
        ),
        (
            "the earlier batch had not settled",
            lacked(unknown()).with("/sources/1/settle_hours", json!(22)),
            "excused_verify low [0]",
        ),
        (
            "a batch of another source lacked it",
            with(unknown()).batch(0, batch("p0", "12 18:00", "01", "31")),
            "excused_verify low [0]",
        ),
        ("who filed is unknown", lacked(json!({"filed_by": null})), "late_paperwork high [0]"),
        ("machine, without the time", lacked(json!({"filed": null})), "late_paperwork high [0]"),
        ("a machine's time outweighs the batch that lacked it", lacked(json!({})), "excused none [0]"),
        ("pending and lacked", lacked(but(unknown(), json!({"status": "pending"}))), "late_paperwork high [0]"),
        ("a trip that was lacked", lacked(but(unknown(), json!({"kind": "trip"}))), "late_paperwork high [0]"),
    ]);
}

#[test]
fn sick_leave_has_its_grace() {
    let sick =
        |at: &str, by: &str| with(but(filed(at, by), json!({"sick": true}))).with("/sick_leave_grace_hours", json!(24));
    check(vec![
        ("filed within it", sick("13 10:20", "machine"), "excused_verify low [0]"),
        ("filed after it", sick("13 10:21", "machine"), "late_paperwork high [0]"),
        ("filed before: as any leave", sick("12 08:00", "machine"), "excused none [0]"),
        ("written within it", sick("13 00:00", "written"), "excused_verify low [0]"),
        ("written after it", sick("14 00:00", "written"), "late_paperwork high [0]"),
        (
            "no grace in this office",
            sick("12 12:00", "machine").with("/sick_leave_grace_hours", json!(null)),
            "late_paperwork high [0]",
        ),
        ("not sick", sick("12 12:00", "machine").with("/records/0/sick", json!(false)), "late_paperwork high [0]"),
        (
            "unknown, lacked, but seen within it",
            lacked(json!({"filed": null, "sick": true})).with("/sick_leave_grace_hours", json!(48)),
            "excused_verify low [0]",
        ),
    ]);
}
