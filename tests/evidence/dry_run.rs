//! `spotcheck verdict < CASE.json` (EVIDENCE 9).

use crate::support::{absent, but, paper, punch, time, visit};
use clap::Parser;
use serde_json::{Value, json};
use spotcheck::cli::{self, Cli, Exit, Terminal};
use spotcheck::model::Language;

/// Runs the command; what it wrote, what it complained, how it ended.
fn run(input: &[u8], language: Language) -> (String, String, Exit) {
    let cli = Cli::parse_from(["spotcheck", "verdict"]);
    let (mut input, mut output, mut errors) = (input, Vec::new(), Vec::new());
    let exit = cli::run(&cli, &mut Terminal { input: &mut input, output: &mut output, errors: &mut errors, language });
    (String::from_utf8(output).unwrap(), String::from_utf8(errors).unwrap(), exit)
}

/// The complaint about a case that is refused.
fn refused(case: &Value) -> String {
    let (output, errors, exit) = run(case.to_string().as_bytes(), Language::En);
    assert_eq!((output.as_str(), exit), ("", Exit::NotDone), "{errors}");
    let (_, zh, _) = run(case.to_string().as_bytes(), Language::ZhHans);
    assert_ne!(zh, errors, "the complaint exists in both languages");
    errors
}

#[test]
fn the_form_of_the_specification() {
    let case = json!({
        "judged_at": "2026-04-20T08:00:00+08:00", "zone": "Asia/Shanghai", "duty_rule": "workdays",
        "allowed_absent_days_left": 0,
        "observation": {"official": "O1", "kind": "visit", "outcome": "absent", "from": "2026-03-12T09:00:00+08:00",
            "to": "2026-03-12T12:00:00+08:00", "at": "2026-03-12T10:20:00+08:00",
            "received": "2026-03-12T18:00:00+08:00", "said_by": "team lead", "attempts_used_up": false},
        "calendar": {"workday": true, "holidays": ["2026-05-01"], "makeup_workdays": ["2026-05-09"]},
        "sources": [
            {"id": "punches", "kind": "punch", "cadence": "daily", "grace_days": 5, "settle_hours": 0, "batches": [
                {"id": "b1", "seen": "2026-04-01T09:00:00+08:00", "covers_from": "2026-03-01",
                 "covers_to": "2026-03-31", "complete": true}]},
            {"id": "leave", "kind": "leave", "cadence": "monthly", "grace_days": 5, "settle_hours": 0, "batches": [
                {"id": "b2", "seen": "2026-04-01T09:00:00+08:00", "covers_from": "2026-03-01",
                 "covers_to": "2026-03-31", "complete": true}]},
            {"id": "rota", "kind": "rota", "cadence": "monthly", "grace_days": 5, "settle_hours": 0, "batches": [
                {"id": "b3", "seen": "2026-04-01T09:00:00+08:00", "covers_from": "2026-03-01",
                 "covers_to": "2026-03-31", "complete": true}]}],
        "records": [
            {"source": "punches", "first_batch": "b1", "last_batch": "b1", "kind": "punch",
             "at": "2026-03-12T10:05:00+08:00", "direction": "in", "origin": "device", "in_range": true,
             "filed": "2026-03-12T10:05:00+08:00", "filed_by": "machine"},
            {"source": "leave", "first_batch": "b2", "kind": "leave", "from": "2026-03-20T00:00:00+08:00",
             "to": "2026-03-20T23:59:59+08:00", "filed": "2026-03-10T09:00:00+08:00", "filed_by": "machine",
             "status": "approved", "approved_at": "2026-03-10T10:00:00+08:00", "cancelled_at": null, "sick": false},
            {"source": "rota", "first_batch": "b3", "kind": "rota", "from": "2026-03-12T08:00:00+08:00",
             "to": "2026-03-12T18:00:00+08:00"}]
    });
    let (output, errors, exit) = run(case.to_string().as_bytes(), Language::En);
    assert_eq!((errors.as_str(), exit), ("", Exit::Done));
    let answer: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(
        answer,
        json!({
            "verdict": "punch_contradicts", "strength": "highest", "timing_unclear": false, "rows": [0],
            "sentence": {
                "en": "On 2026-03-12 at 10:20 the official was found absent; yet a punch on site covers that time: \
                       punch in 2026-03-12 10:05 (device).",
                "zh-Hans": "2026年3月12日10:20，本人不在岗；但有在岗打卡记录涵盖该时间：2026年3月12日10:05上班打卡（考勤机）。"
            }
        })
    );
}

#[test]
fn no_verdict_is_null() {
    let (output, _, exit) = run(visit("not_done").0.to_string().as_bytes(), Language::En);
    let answer: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(exit, Exit::Done);
    assert_eq!((&answer["verdict"], &answer["strength"], &answer["rows"]), (&Value::Null, &json!("none"), &json!([])));
    assert_eq!(answer["timing_unclear"], json!(false));
}

#[test]
fn a_missing_field_is_unknown() {
    let mut case = absent().0;
    for name in ["duty_rule", "calendar", "records", "allowed_absent_days_left"] {
        case.as_object_mut().unwrap().remove(name);
    }
    case["observation"].as_object_mut().unwrap().retain(|name, _| ["kind", "outcome", "at"].contains(&name.as_str()));
    let (output, errors, _) = run(case.to_string().as_bytes(), Language::En);
    assert!(output.contains("\"data_missing\""), "{output}{errors}");
    let never =
        json!([{"id": "p", "kind": "punch", "cadence": "never"}, {"id": "l", "kind": "leave", "cadence": "never"}]);
    assert_eq!(absent().with("/sources", never).told(), "unexcused medium []");
}

#[test]
fn what_cannot_be_judged_is_refused_by_name() {
    let with = |pointer: &str, value: Value| absent().with(pointer, value).0;
    let record = |changes: Value| absent().record(but(punch("12 10:00", "in"), changes)).0;
    let leave = |changes: Value| absent().record(but(paper("leave", "12 00:00", "12 23:59", "10 08:00"), changes)).0;
    for (case, field) in [
        (with("/judged_at", json!(null)), "judged_at"),
        (with("/judged_at", json!("yesterday")), "judged_at"),
        (with("/judged_at", json!(7)), "judged_at"),
        (with("/zone", json!("Beijing")), "zone"),
        (with("/zone", json!(null)), "zone"),
        (with("/duty_rule", json!("always")), "duty_rule"),
        (with("/observation", json!(null)), "observation"),
        (with("/observation", json!([])), "observation"),
        (with("/observation/kind", json!("letter")), "observation.kind"),
        (with("/observation/outcome", json!("missing")), "observation.outcome"),
        (with("/observation/outcome", json!("Absent")), "observation.outcome"),
        (with("/observation/at", json!("10:20")), "observation.at"),
        (with("/observation/to", time("12 08:00")), "observation.to"),
        (with("/observation/to", time("2026-05-12 08:00")), "observation.to"),
        (with("/observation/attempts_used_up", json!("no")), "observation.attempts_used_up"),
        (with("/observation/color", json!("red")), "observation.color"),
        (with("/allowed_absent_days_left", json!("two")), "allowed_absent_days_left"),
        (with("/calendar/workday", json!("yes")), "calendar.workday"),
        (with("/calendar/holidays", json!(["2026-02-30"])), "calendar.holidays[0]"),
        (with("/calendar/festivals", json!([])), "calendar.festivals"),
        (with("/remarks", json!("x")), "remarks"),
        (with("/sources/0/kind", json!("camera")), "sources[0].kind"),
        (with("/sources/0/cadence", json!("yearly")), "sources[0].cadence"),
        (with("/sources/0/cadence", json!(null)), "sources[0].cadence"),
        (with("/sources/0/grace_days", json!(-1)), "sources[0].grace_days"),
        (with("/sources/0/color", json!(1)), "sources[0].color"),
        (with("/sources/0/id", json!("leave")), "sources[1].id"),
        (with("/sources/1/batches/0/seen", json!(null)), "sources[1].batches[0].seen"),
        (with("/sources/1/batches/0/covers_to", json!("March")), "sources[1].batches[0].covers_to"),
        (with("/sources/1/batches/0/rows", json!(3)), "sources[1].batches[0].rows"),
        (absent().batch(1, crate::support::batch("l1", "13 09:00", "01", "31")).0, "sources[1].batches[1].id"),
        (with("/sources", json!([{"id": "p", "kind": "punch", "cadence": "never"}])), "sources"),
        (with("/sources", json!([{"id": "l", "kind": "leave", "cadence": "never"}])), "sources"),
        (with("/sources", json!(null)), "sources"),
        (with("/sources", json!({})), "sources"),
        (record(json!({"source": "camera"})), "records[0].source"),
        (record(json!({"source": null})), "records[0].source"),
        (record(json!({"first_batch": null})), "records[0].first_batch"),
        (record(json!({"first_batch": "b9"})), "records[0].first_batch"),
        (record(json!({"first_batch": "l1"})), "records[0].first_batch"),
        (record(json!({"last_batch": "b9"})), "records[0].last_batch"),
        (record(json!({"kind": "selfie"})), "records[0].kind"),
        (record(json!({"kind": null})), "records[0].kind"),
        (record(json!({"at": null})), "records[0].at"),
        (record(json!({"direction": "left"})), "records[0].direction"),
        (record(json!({"origin": "watch"})), "records[0].origin"),
        (record(json!({"filed_by": "fax"})), "records[0].filed_by"),
        (record(json!({"status": "approved"})), "records[0].status"),
        (leave(json!({"status": "maybe"})), "records[0].status"),
        (leave(json!({"to": null})), "records[0].to"),
        (leave(json!({"at": time("12 10:00")})), "records[0].at"),
        (leave(json!({"sick": 1})), "records[0].sick"),
    ] {
        let complaint = refused(&case);
        assert!(complaint.starts_with(&format!("field {field}: ")), "expected {field}, told: {complaint}");
    }
}

#[test]
fn a_batch_seen_after_the_judging_is_known_all_the_same() {
    let build = absent().batch(0, crate::support::batch("p2", "20 08:00", "01", "31"));
    let record = but(punch("12 10:00", "in"), json!({"first_batch": "p2", "last_batch": null}));
    assert_eq!(build.record(record).told(), "unexcused high []");
}

#[test]
fn input_that_is_no_case() {
    for bytes in [&b""[..], b"{", b"[]", b"null", b"\xff\xfe", b"{\"judged_at\": }"] {
        let (output, errors, exit) = run(bytes, Language::En);
        assert_eq!((output.as_str(), exit), ("", Exit::NotDone));
        assert!(!errors.is_empty());
    }
    let (_, errors, _) = run(b"{\n  \"zone\": oops\n}", Language::En);
    assert!(errors.contains("line 2"), "{errors}");
    let deep = "[".repeat(100_000);
    assert_eq!(run(deep.as_bytes(), Language::En).2, Exit::NotDone);
}

#[test]
fn a_byte_order_mark_is_no_harm() {
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend(absent().0.to_string().bytes());
    assert_eq!(run(&bytes, Language::En).2, Exit::Done);
}
