//! Punches: which cover a moment, how much they prove, which were added later (EVIDENCE 1, 3, 4).

use crate::support::{Build, absent, batch, but, check, paper, punch, source, time, visit};
use serde_json::{Value, json};
use spotcheck::evidence::{LateUpload, judge, late_upload::late_uploads};
use spotcheck::model::record::{Record, What};
use spotcheck::model::{OfficialId, SourceId};

fn one(at: &str, direction: &str) -> Build {
    absent().record(punch(at, direction))
}

fn but_one(changes: Value) -> Build {
    absent().record(but(punch("12 10:00", "none"), changes))
}

#[test]
fn within_sixty_minutes() {
    const COVERS: &str = "punch_contradicts highest [0]";
    const NOT: &str = "unexcused high []";
    check(vec![
        ("60 minutes before", one("12 09:20", "none"), COVERS),
        ("61 minutes before", one("12 09:19", "none"), NOT),
        ("60 minutes after", one("12 11:20", "none"), COVERS),
        ("61 minutes after", one("12 11:21", "none"), NOT),
        ("in before", one("12 10:00", "in"), COVERS),
        ("in at the very moment", one("12 10:20", "in"), COVERS),
        ("in after does not cover", one("12 10:40", "in"), NOT),
        ("out after", one("12 10:40", "out"), COVERS),
        ("out at the very moment", one("12 10:20", "out"), COVERS),
        ("out before does not cover", one("12 10:00", "out"), NOT),
        ("claimed leave", visit("on_leave").record(punch("12 10:00", "in")), COVERS),
        ("claimed elsewhere", visit("on_duty_elsewhere").record(punch("12 10:00", "in")), COVERS),
        ("not met is not contradicted", visit("not_met").record(punch("12 10:00", "in")), "unclear low []"),
        (
            "every covering punch is evidence",
            one("12 10:00", "in").record(punch("12 10:30", "out")),
            "punch_contradicts highest [0, 1]",
        ),
    ]);
}

fn two(first: (&str, &str), second: (&str, &str)) -> Build {
    one(first.0, first.1).record(punch(second.0, second.1))
}

#[test]
fn pairs() {
    const PAIR: &str = "punch_contradicts high [0, 1]";
    const NOT: &str = "unexcused high []";
    check(vec![
        ("in and out enclose", two(("12 08:00", "in"), ("12 17:30", "out")), PAIR),
        ("the order of the rows does not matter", two(("12 17:30", "out"), ("12 08:00", "in")), PAIR),
        (
            "a single punch beside the pair is stronger",
            two(("12 08:00", "in"), ("12 11:00", "out")),
            "punch_contradicts highest [1]",
        ),
        (
            "the next out is before the moment",
            two(("12 08:00", "in"), ("12 09:00", "out")).record(punch("12 17:30", "out")),
            NOT,
        ),
        (
            "lunch: between two pairs",
            two(("12 07:00", "in"), ("12 08:30", "out"))
                .record(punch("12 14:00", "in"))
                .record(punch("12 17:30", "out")),
            NOT,
        ),
        (
            "two ins, one out",
            two(("12 08:00", "in"), ("12 08:01", "in")).record(punch("12 17:30", "out")),
            "punch_contradicts high [0, 1, 2]",
        ),
        ("in without out", one("12 08:00", "in"), NOT),
        ("out without in", one("12 17:30", "out"), NOT),
        ("out of the next day", two(("12 08:00", "in"), ("13 06:00", "out")), NOT),
        ("no directions: first and last", two(("12 08:00", "none"), ("12 17:30", "none")), PAIR),
        (
            "no directions: the ones between do not count",
            two(("12 08:00", "none"), ("12 17:30", "none")).record(punch("12 14:00", "none")),
            PAIR,
        ),
        ("no directions: one punch is no pair", one("12 08:00", "none"), NOT),
        ("no directions, both before", two(("12 08:00", "none"), ("12 09:00", "none")), NOT),
        ("some have directions: those without make no pair", two(("12 08:00", "none"), ("12 17:30", "out")), NOT),
        (
            "two first punches of one second: each makes a pair",
            two(("12 08:00", "none"), ("12 17:30", "none"))
                .record(but(punch("12 08:00", "none"), json!({"origin": "edited"}))),
            "punch_contradicts high [0, 1]",
        ),
        (
            "two last punches of one second",
            two(("12 08:00", "none"), ("12 17:30", "none"))
                .with("/records/1/origin", json!("edited"))
                .record(punch("12 17:30", "none")),
            "punch_contradicts high [0, 2]",
        ),
        (
            "two next outs of one second",
            two(("12 08:00", "in"), ("12 17:30", "out"))
                .with("/records/1/origin", json!("edited"))
                .record(punch("12 17:30", "out")),
            "punch_contradicts high [0, 2]",
        ),
        ("out then in do not enclose", two(("12 08:00", "out"), ("12 17:30", "in")), NOT),
    ]);
}

#[test]
fn a_rota_shift_over_midnight() {
    let night = |build: Build| {
        build
            .with("/duty_rule", json!("rota"))
            .source(source("rota", "rota", "monthly"))
            .batch(2, batch("r1", "13 20:00", "01", "31"))
            .record(json!({"source": "rota", "first_batch": "r1", "kind": "rota", "from": time("11 20:00"), "to": time("12 18:00")}))
    };
    check(vec![
        (
            "in on the evening before, out in the shift",
            night(two(("11 19:50", "in"), ("12 17:00", "out"))),
            "punch_contradicts high [0, 1]",
        ),
        (
            "out a little after the shift",
            night(two(("11 20:10", "in"), ("12 18:30", "out"))),
            "punch_contradicts high [0, 1]",
        ),
        ("no directions", night(two(("11 19:50", "none"), ("12 17:00", "none"))), "punch_contradicts high [0, 1]"),
        (
            "far outside the shift, but of the same day",
            night(two(("12 00:30", "in"), ("12 19:30", "out"))),
            "punch_contradicts high [0, 1]",
        ),
        ("long before the shift", night(two(("11 12:00", "in"), ("12 17:00", "out"))), "unexcused high []"),
    ]);
}

#[test]
fn what_a_punch_proves() {
    let elsewhere = |changes: Value| visit("on_duty_elsewhere").record(but(punch("12 10:00", "none"), changes));
    const WEAK: &str = "weak_presence high [0]";
    const ON_SITE: &str = "punch_contradicts highest [0]";
    check(vec![
        ("device", but_one(json!({"origin": "device"})), ON_SITE),
        ("device in range", but_one(json!({"in_range": true})), ON_SITE),
        ("device out of range", but_one(json!({"in_range": false})), WEAK),
        ("phone in range", but_one(json!({"origin": "phone", "in_range": true})), ON_SITE),
        ("phone out of range", but_one(json!({"origin": "phone", "in_range": false})), WEAK),
        ("phone of unknown range", but_one(json!({"origin": "phone"})), WEAK),
        ("edited by a manager before", but_one(json!({"origin": "edited", "in_range": true})), WEAK),
        ("a correction before", but_one(json!({"origin": "correction", "in_range": true})), WEAK),
        ("unknown origin", but_one(json!({"origin": null, "in_range": true})), WEAK),
        (
            "strong beside weak",
            but_one(json!({"origin": "phone"})).record(punch("12 10:10", "none")),
            "punch_contradicts highest [1]",
        ),
        (
            "weak near, pair on site",
            two(("12 08:00", "in"), ("12 17:30", "out"))
                .record(but(punch("12 10:00", "none"), json!({"origin": "phone"}))),
            "punch_contradicts high [0, 1]",
        ),
        (
            "a pair is as weak as its weaker punch",
            two(("12 08:00", "in"), ("12 17:30", "out")).with("/records/1/in_range", json!(false)),
            "weak_presence high [0, 1]",
        ),
        (
            "elsewhere: a phone out of range is what was said",
            elsewhere(json!({"origin": "phone", "in_range": false})),
            "claimed_unproven medium []",
        ),
        ("elsewhere: a phone of unknown range", elsewhere(json!({"origin": "phone"})), WEAK),
        ("elsewhere: an edit", elsewhere(json!({"origin": "edited"})), WEAK),
        ("elsewhere: a device out of range", elsewhere(json!({"in_range": false})), WEAK),
        (
            "on leave: a phone out of range is weak presence",
            visit("on_leave").record(but(punch("12 10:00", "none"), json!({"origin": "phone", "in_range": false}))),
            WEAK,
        ),
        (
            "elsewhere: a pair with such a phone",
            visit("on_duty_elsewhere")
                .record(punch("12 08:00", "in"))
                .record(but(punch("12 17:30", "out"), json!({"origin": "phone", "in_range": false}))),
            "claimed_unproven medium []",
        ),
        (
            "weak presence outweighs an overdue source",
            but_one(json!({"origin": "phone"})).batches(1, vec![]).judged("25 08:00"),
            WEAK,
        ),
        (
            "late paper comes before a punch",
            but_one(json!({})).record(paper("leave", "12 00:00", "12 23:59", "12 15:00")),
            "late_paperwork high [1]",
        ),
    ]);
}

/// Batch `p0`, seen at a time, covers March; `p1`, seen on the 13th, brings the punch.
fn lacked(seen: &str, changes: Value) -> Build {
    but_one(changes).batch(0, batch("p0", seen, "01", "31"))
}

#[test]
fn added_afterwards() {
    const RETRO: &str = "retroactive_punch highest [0]";
    const ON_SITE: &str = "punch_contradicts highest [0]";
    check(vec![
        ("an earlier covering batch lacked it", lacked("12 18:00", json!({})), RETRO),
        ("the moment is the punch's own: seen right after it", lacked("12 10:00", json!({})), RETRO),
        ("seen before the punch", lacked("12 09:59", json!({})), ON_SITE),
        ("not settled by then", lacked("12 18:00", json!({})).with("/sources/0/settle_hours", json!(12)), ON_SITE),
        ("incomplete", lacked("12 18:00", json!({})).with("/sources/0/batches/1/complete", json!(false)), ON_SITE),
        (
            "it did not cover the day",
            lacked("12 18:00", json!({})).with("/sources/0/batches/1/covers_to", json!("2026-03-11")),
            ON_SITE,
        ),
        ("a batch of another source", but_one(json!({})).batch(1, batch("l0", "12 18:00", "01", "31")), ON_SITE),
        (
            "claimed",
            visit("on_leave").record(punch("12 10:00", "in")).batch(0, batch("p0", "12 18:00", "01", "31")),
            RETRO,
        ),
        (
            "not met is not accused",
            visit("not_met").record(punch("12 10:00", "in")).batch(0, batch("p0", "12 18:00", "01", "31")),
            "unclear low []",
        ),
        ("the batch outweighs the stamp", lacked("12 18:00", json!({"filed": time("12 10:00")})), RETRO),
        (
            "a phone out of range that was lacked",
            lacked("12 18:00", json!({"origin": "phone", "in_range": false})),
            RETRO,
        ),
        ("it must cover the moment", lacked("12 18:00", json!({"at": time("12 08:00")})), "unexcused high []"),
        ("filed of a device row is only its upload", but_one(json!({"filed": time("12 20:00")})), ON_SITE),
        (
            "filed of a phone row too",
            but_one(json!({"origin": "phone", "in_range": true, "filed": time("12 20:00")})),
            ON_SITE,
        ),
        (
            "retroactive comes before late paperwork",
            lacked("12 18:00", json!({})).record(paper("leave", "12 00:00", "12 23:59", "12 15:00")),
            RETRO,
        ),
        (
            "but after an excuse",
            lacked("12 18:00", json!({})).record(paper("leave", "12 00:00", "12 23:59", "10 08:00")),
            "excused none [1]",
        ),
    ]);
}

#[test]
fn edits_and_corrections() {
    let entered =
        |origin: &str, at: &str, by: &str| but_one(json!({"origin": origin, "filed": time(at), "filed_by": by}));
    const RETRO: &str = "retroactive_punch highest [0]";
    const WEAK: &str = "weak_presence high [0]";
    check(vec![
        ("edited after the observation", entered("edited", "12 15:00", "machine"), RETRO),
        ("corrected after the observation", entered("correction", "12 15:00", "machine"), RETRO),
        ("edited at the very minute", entered("edited", "12 10:20:30", "machine"), WEAK),
        ("edited before", entered("edited", "12 10:10", "machine"), WEAK),
        ("by hand, a later day", entered("correction", "13 00:00", "written"), RETRO),
        ("by hand, the same day", entered("correction", "12 18:00", "written"), WEAK),
        ("nobody knows when", but_one(json!({"origin": "edited", "filed": null, "filed_by": "unknown"})), WEAK),
        ("nobody knows when, but lacked before", lacked("12 18:00", json!({"origin": "edited", "filed": null})), RETRO),
        ("stamped before, but lacked before", lacked("12 18:00", json!({"origin": "edited"})), RETRO),
        (
            "claimed",
            visit("on_leave")
                .record(but(punch("12 10:00", "in"), json!({"origin": "correction", "filed": time("12 15:00")}))),
            RETRO,
        ),
    ]);
}

#[test]
fn pairs_added_afterwards() {
    let corrected = |at: &str, direction: &str| {
        but(punch(at, direction), json!({"origin": "correction", "filed": time("12 20:00")}))
    };
    let pair = |a: Value, b: Value| absent().record(a).record(b);
    let second_batch = |b: Build| b.batch(0, batch("p0", "12 18:00", "01", "31"));
    let old = |p: Value| but(p, json!({"first_batch": "p0"}));
    check(vec![
        (
            "its corrected punch alone is not retroactive",
            pair(punch("12 08:00", "in"), corrected("12 17:30", "out")),
            "weak_presence high [0, 1]",
        ),
        (
            "nor where an earlier batch lacked the correction",
            second_batch(pair(old(punch("12 08:00", "in")), corrected("12 17:30", "out"))),
            "weak_presence high [0, 1]",
        ),
        (
            "both corrected",
            pair(corrected("12 08:00", "in"), corrected("12 17:30", "out")),
            "retroactive_punch highest [0, 1]",
        ),
        (
            "a raw punch of it that was lacked",
            second_batch(pair(old(punch("12 08:00", "in")), punch("12 17:30", "out"))),
            "retroactive_punch highest [0, 1]",
        ),
        (
            "nothing was lacked",
            second_batch(pair(old(punch("12 08:00", "in")), old(punch("12 17:30", "out")))),
            "punch_contradicts high [0, 1]",
        ),
    ]);
}

fn punch_of(official: &str, device: Option<&str>, record: &Record) -> Record {
    let mut record = record.clone();
    record.official = OfficialId::parse(official).unwrap();
    if let What::Punch(punch) = &mut record.what {
        punch.device = device.map(str::to_owned);
    }
    record
}

#[test]
fn a_late_upload_is_not_retroactive() {
    let mut case = lacked("12 18:00", json!({})).case();
    let mine = punch_of("O1", Some("D7"), &case.records[0]);
    let found =
        |case: &spotcheck::evidence::Case, all: &[Record]| late_uploads(&case.sources, &case.batches, all, case.zone);
    let two = [mine.clone(), punch_of("O2", Some("D7"), &mine)];
    let other_device = [mine.clone(), punch_of("O2", Some("D7"), &mine), punch_of("O3", Some("D8"), &mine)];
    let unnamed: Vec<Record> = ["O1", "O2", "O3"].iter().map(|o| punch_of(o, None, &mine)).collect();
    let same_person: Vec<Record> = (0..5).map(|_| mine.clone()).collect();
    for too_few in [&two[..], &other_device, &unnamed, &same_person] {
        assert!(found(&case, too_few).is_empty());
    }
    let three = [mine.clone(), punch_of("O2", Some("D7"), &mine), punch_of("O3", Some("D7"), &mine)];
    case.records = vec![mine.clone()];
    assert_eq!(judge(&case).verdict.unwrap().code(), "retroactive_punch");
    case.late_uploads = found(&case, &three);
    let upload = LateUpload { source: SourceId::parse("punches").unwrap(), batch: "p1".into(), device: "D7".into() };
    assert_eq!(case.late_uploads, [upload].into());
    assert_eq!(judge(&case).verdict.unwrap().code(), "punch_contradicts");
    // New punches of a new day are no late upload, however many there are.
    let fresh = one("12 10:00", "none").case();
    assert!(found(&fresh, &three).is_empty());
}
