//! Which verdicts a batch touches (EVIDENCE 1).

use crate::support::{absent, paper, punch};
use spotcheck::evidence::affected::Touched;
use spotcheck::model::{OfficialId, Timestamp};

fn at(day: &str) -> Timestamp {
    Timestamp::parse(&format!("2026-03-{day}T10:20:00+08:00")).unwrap()
}

#[test]
fn by_official_and_span() {
    let zone = chrono_tz::Asia::Shanghai;
    let official = |name: &str| OfficialId::parse(name).unwrap();
    let span = ("2026-03-10".parse().unwrap(), "2026-03-12".parse().unwrap());
    let touched = Touched::by_batch([official("O1"), official("O2")], span, &[], zone);
    let affects = |name: &str, from: &str, to: &str| touched.affects(&official(name), at(from), at(to), zone);
    assert!(affects("O1", "10", "10") && affects("O2", "12", "12"), "both ends of the span");
    assert!(affects("O1", "12", "14") && affects("O1", "08", "10"), "an interval that meets it");
    assert!(!affects("O1", "09", "09") && !affects("O1", "13", "13"));
    assert!(!affects("O3", "11", "11"), "somebody else");
}

#[test]
fn by_records_beyond_the_declared_span() {
    let zone = chrono_tz::Asia::Shanghai;
    let case =
        absent().record(paper("leave", "20 00:00", "25 23:59", "10 08:00")).record(punch("05 23:40", "in")).case();
    let span = ("2026-03-10".parse().unwrap(), "2026-03-12".parse().unwrap());
    let affects = |records: &[_], day: &str| {
        Touched::by_batch([], span, records, zone).affects(&case.observation.official, at(day), at(day), zone)
    };
    let (leave, punch) = (&case.records[..1], &case.records[1..]);
    assert!(affects(leave, "20") && affects(leave, "25") && !affects(leave, "15"));
    assert!(affects(punch, "05") && affects(punch, "06") && !affects(punch, "08"), "a punch reaches over midnight");
    assert!(!affects(&[], "11"), "nobody is covered");
}
