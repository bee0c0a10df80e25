//! Which outcomes yield a verdict at all, and the plain rows of the table (EVIDENCE 4).

use crate::support::{absent, call, check, paper, punch, source, visit};
use serde_json::json;
use spotcheck::model::{Outcome, VerdictCode};

const NONE: &str = "null none []";

#[test]
fn a_visit_without_any_record() {
    check(vec![
        ("absent, everything covers, nothing on record", absent(), "unexcused high []"),
        ("claimed leave", visit("on_leave"), "claimed_unproven medium []"),
        ("claimed duty elsewhere", visit("on_duty_elsewhere"), "claimed_unproven medium []"),
        ("not met: anything", visit("not_met"), "unclear low []"),
        ("present, due, covered, no punch", visit("present"), "record_incomplete info []"),
        ("refused", visit("refused"), NONE),
        ("not done", visit("not_done"), NONE),
    ]);
}

#[test]
fn without_a_leave_source_absence_weighs_less() {
    let never = |build: crate::support::Build| build.with("/sources/1", source("leave", "leave", "never"));
    check(vec![
        ("unexcused is medium", never(absent()), "unexcused medium []"),
        ("claimed stays medium", never(visit("on_leave")), "claimed_unproven medium []"),
    ]);
}

#[test]
fn a_call_says_little() {
    let used_up = |outcome| call(outcome).with("/observation/attempts_used_up", json!(true));
    check(vec![
        ("no answer, attempts used up: never an absence", used_up("no_answer"), "unreachable low []"),
        ("busy, used up", used_up("busy"), "unreachable low []"),
        ("unreachable, used up", used_up("unreachable"), "unreachable low []"),
        ("no answer, attempts open", call("no_answer"), NONE),
        ("attempts unknown count as open", call("busy").with("/observation/attempts_used_up", json!(null)), NONE),
        ("wrong number", call("wrong_number"), "contact_wrong info []"),
        ("wrong number, attempts used up", used_up("wrong_number"), "contact_wrong info []"),
        ("callback, even at the end", used_up("callback"), NONE),
        ("reached", call("reached"), NONE),
        ("partial", call("partial"), NONE),
        ("refused", call("refused"), NONE),
        ("not done", call("not_done"), NONE),
        ("a third person says absent: a reason to visit", call("absent"), NONE),
        ("said to be on leave by phone", call("on_leave"), NONE),
        ("said to be elsewhere by phone", call("on_duty_elsewhere"), NONE),
        ("the own mobile was answered", call("present"), NONE),
        (
            "present by phone while on leave",
            call("present").record(paper("leave", "12 00:00", "12 23:59", "10 08:00")),
            NONE,
        ),
        (
            "a punch changes nothing for a call",
            used_up("no_answer").record(punch("12 10:20", "in")),
            "unreachable low []",
        ),
        (
            "a call needs no time",
            used_up("no_answer").at(None).with("/observation/from", json!(null)),
            "unreachable low []",
        ),
    ]);
}

#[test]
fn outcomes_that_do_not_fit_their_kind_are_no_verdict() {
    for outcome in ["no_answer", "busy", "wrong_number", "callback", "unreachable", "reached", "partial"] {
        let build = visit(outcome).with("/observation/attempts_used_up", json!(true));
        assert_eq!(build.told(), NONE, "{outcome}");
    }
    assert_eq!(call("not_met").told(), NONE);
    assert_eq!(absent().with("/observation/kind", json!(null)).told(), NONE, "unknown kind");
    assert_eq!(absent().with("/observation/outcome", json!(null)).told(), NONE, "unknown outcome");
}

#[test]
fn only_calls_are_unreachable_and_calls_are_nothing_else() {
    for outcome in Outcome::ALL {
        let build = call(outcome.code()).with("/observation/attempts_used_up", json!(true));
        let verdict = build.judgement().verdict;
        assert!(matches!(verdict, None | Some(VerdictCode::Unreachable | VerdictCode::ContactWrong)), "{outcome}");
    }
}

#[test]
fn seen_present() {
    let leave = || paper("leave", "11 00:00", "12 23:59:59", "10 08:00");
    let here = || visit("present").record(punch("12 08:01", "in")).record(punch("12 17:30", "out"));
    let set = crate::support::but;
    check(vec![
        ("nothing against it", here(), "present none []"),
        ("a punch near the time", visit("present").record(punch("12 09:50", "in")), "present none []"),
        ("on approved leave", here().record(leave()), "leave_not_cancelled low [2]"),
        ("leave comes before a missing punch", visit("present").record(leave()), "leave_not_cancelled low [0]"),
        (
            "leave that was cancelled by then",
            here().record(set(leave(), json!({"cancelled_at": crate::support::time("12 09:00")}))),
            "present none []",
        ),
        ("leave still pending", here().record(set(leave(), json!({"status": "pending"}))), "present none []"),
        (
            "leave approved only afterwards",
            here().record(set(leave(), json!({"approved_at": crate::support::time("12 15:00")}))),
            "present none []",
        ),
        (
            "leave filed only afterwards",
            here().record(set(leave(), json!({"filed": crate::support::time("12 15:00")}))),
            "present none []",
        ),
        (
            "leave with a written date",
            here().record(set(leave(), json!({"filed_by": "written"}))),
            "leave_not_cancelled low [2]",
        ),
        ("leave of unknown status", here().record(set(leave(), json!({"status": null}))), "present none []"),
        ("leave of other days", here().record(paper("leave", "13 00:00", "13 23:59", "10 08:00")), "present none []"),
        ("a trip is no leave", here().record(paper("trip", "12 00:00", "12 23:59", "10 08:00")), "present none []"),
        (
            "a weak punch is a punch",
            visit("present").record(set(punch("12 10:00", "in"), json!({"origin": "phone"}))),
            "present none []",
        ),
        ("not due: nothing is missing", visit("present").with("/calendar/workday", json!(false)), "present none []"),
        ("unknown duty", visit("present").with("/calendar/workday", json!(null)), "present none []"),
        ("attendance has not arrived", visit("present").batches(0, vec![]), "present none []"),
        ("attendance is overdue", visit("present").batches(0, vec![]).judged("25 08:00"), "present none []"),
        (
            "no punch source",
            visit("present").with("/sources/0", source("punches", "punch", "never")),
            "present none []",
        ),
        ("leave has not arrived: no matter", visit("present").batches(1, vec![]), "record_incomplete info []"),
    ]);
}
