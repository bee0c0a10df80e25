//! Every verdict explains itself in both languages (EVIDENCE 4).

use crate::support::{Build, absent, batch, but, call, paper, punch, source, time, visit};
use serde_json::json;
use spotcheck::model::VerdictCode;
use spotcheck::words::verdicts::record_half;
use std::collections::BTreeSet;

/// A case for every verdict.
fn one_of_each() -> Vec<(Build, &'static str)> {
    let leave = || paper("leave", "12 00:00", "12 23:59", "10 08:00");
    let used_up = call("no_answer").with("/observation/attempts_used_up", json!(true));
    vec![
        (absent().with("/calendar/workday", json!(false)), "not_due"),
        (absent().record(leave()), "excused"),
        (absent().record(but(leave(), json!({"kind": "trip"}))), "excused_verify"),
        (absent().batches(0, vec![]), "waiting"),
        (absent().record(punch("12 10:00", "in")).batch(0, batch("p0", "12 18:00", "01", "31")), "retroactive_punch"),
        (absent().record(but(leave(), json!({"filed": time("12 15:00")}))), "late_paperwork"),
        (absent().record(punch("12 10:00", "in")), "punch_contradicts"),
        (absent().record(but(punch("12 10:00", "in"), json!({"origin": "phone"}))), "weak_presence"),
        (visit("on_leave"), "claimed_unproven"),
        (absent(), "unexcused"),
        (absent().batches(0, vec![]).judged("25 08:00"), "data_missing"),
        (visit("not_met"), "unclear"),
        (visit("present").record(leave()), "leave_not_cancelled"),
        (visit("present"), "record_incomplete"),
        (visit("present").record(punch("12 10:00", "in")), "present"),
        (used_up, "unreachable"),
        (call("wrong_number"), "contact_wrong"),
    ]
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[test]
fn every_verdict_has_one_sentence_in_each_language() {
    let mut seen = BTreeSet::new();
    let mut texts = BTreeSet::new();
    for (build, code) in one_of_each() {
        let judgement = build.judgement();
        let verdict = judgement.verdict.unwrap();
        assert_eq!(verdict.code(), code);
        let (en, zh) = (&judgement.sentence.en, &judgement.sentence.zh);
        assert!(en.is_ascii() && en.ends_with('.') && en.starts_with(|c: char| c.is_ascii_uppercase()), "{en}");
        assert!(zh.ends_with('。') && zh.chars().any(is_chinese), "{zh}");
        assert!(!zh.contains(['{', ',', ';', '(']), "{zh}");
        assert!(texts.insert(en.clone()) && texts.insert(zh.clone()), "said twice: {en}");
        seen.insert(verdict);
    }
    assert_eq!(seen.len(), VerdictCode::ALL.len());
}

/// What goes out to whom a flag concerns: the records, and not that anybody said anything (EVIDENCE 5).
#[test]
fn the_half_for_whom_it_concerns_tells_of_records_alone() {
    let mut looked = 0;
    for (build, code) in one_of_each() {
        let judgement = build.judgement();
        if !judgement.strength.opens_flag() {
            continue;
        }
        looked += 1;
        let half = record_half(judgement.verdict, &judgement.sentence);
        assert!(half.en.ends_with('.') && half.zh.ends_with('。') && half.en.len() > 20, "{code}: {half:?}");
        for said in ["said", "claim", "reason", "found absent", "据称", "所称", "事由", "不在岗"] {
            assert!(!half.en.contains(said) && !half.zh.contains(said), "{code}: {said} in {half:?}");
        }
    }
    assert_eq!(looked, 6, "every verdict that opens a flag");
}

#[test]
fn times_are_the_offices() {
    let sentence = absent().record(paper("leave", "12 00:00", "12 23:59", "10 08:00")).judgement().sentence;
    assert_eq!(
        sentence.en,
        "On 2026-03-12 at 10:20 the official was found absent; approved leave was filed before: leave from \
         2026-03-12 00:00 to 2026-03-12 23:59 (filed 2026-03-10 08:00)."
    );
    assert_eq!(
        sentence.zh,
        "2026年3月12日10:20，本人不在岗；事先已办理请假并获批准：请假2026年3月12日00:00至2026年3月12日23:59（2026年3月10日08:00填报）。"
    );
}

#[test]
fn an_unclear_time_is_said() {
    let sentence = absent().at(None).record(paper("leave", "12 09:00", "12 10:00", "10 08:00")).judgement().sentence;
    assert!(sentence.en.starts_with("Between 2026-03-12 09:00 and 2026-03-12 12:00 the official"), "{}", sentence.en);
    assert!(sentence.en.contains("the weaker reading") && sentence.zh.contains("按较轻的情形认定"));
}

#[test]
fn what_is_waited_for_is_named() {
    let build = absent().batches(0, vec![]).batches(1, vec![]).source(source("m", "meeting", "weekly"));
    let sentence = build.judgement().sentence;
    assert!(
        sentence.en.ends_with("have not arrived for that time yet: attendance, leave, meetings."),
        "{}",
        sentence.en
    );
    assert!(sentence.zh.ends_with("考勤打卡、请假、会议。"), "{}", sentence.zh);
}

#[test]
fn who_said_it_stays_out_of_the_sentence() {
    let sentence = visit("on_leave").with("/observation/said_by", json!("村民赵六")).judgement().sentence;
    assert!(!sentence.en.contains("赵六") && !sentence.zh.contains("赵六"));
}

#[test]
fn many_records_are_counted() {
    let mut build = absent();
    for minute in 10..16 {
        build = build.record(punch(&format!("12 10:{minute}"), "in"));
    }
    let sentence = build.judgement().sentence;
    assert!(sentence.en.ends_with(", 3 more.") && sentence.zh.ends_with("、另有3条。"), "{}", sentence.en);
}
