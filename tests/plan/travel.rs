//! An inspector's visits in the order of the way, and what a way takes.

use super::{day, given, lists, who, window};
use spotcheck::model::position::{Leg, Position};
use spotcheck::model::time::MINUTE;
use spotcheck::model::{Kind, Line, Timestamp};
use spotcheck::plan::travel::{Names, Reckoning, Sites, arranged};
use spotcheck::plan::{Given, Snapshot, assignments};
use std::collections::BTreeSet;

const USUAL: Reckoning = Reckoning { road_percent: 140, kilometres_an_hour: 40, stay_minutes: 40 };

fn at(longitude: f64, latitude: f64) -> Position {
    Position::from_degrees(longitude, latitude).unwrap()
}

fn names(of: &str) -> Names {
    vec![of.to_owned()]
}

/// Teams at these longitudes on one parallel, the office in the west.
fn road(teams: &[(&str, f64)]) -> Sites {
    let mut sites = Sites::default();
    sites.positions.insert("office".into(), at(106.0, 26.6));
    sites.positions.extend(teams.iter().map(|(id, longitude)| ((*id).to_owned(), at(*longitude, 26.6))));
    sites
}

fn lines(visits: &[Given]) -> Vec<Line> {
    assignments(visits, &[], &Snapshot::new(lists()), &BTreeSet::new()).remove(&who("i1")).unwrap()
}

fn ordered(visits: &[Given], sites: &Sites) -> Vec<Line> {
    let begins = Timestamp::parse("2026-03-03T07:30:00+08:00").unwrap();
    assert_eq!(begins.day(chrono_tz::Asia::Shanghai), day());
    arranged(lines(visits), (&names("office"), begins), |line| names(line.place.as_str()), sites, USUAL)
}

fn shown(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| format!("{} {}", line.code, line.place)).collect()
}

#[test]
fn a_straight_line_is_as_long_as_it_is() {
    // One degree of a meridian, and of the equator, on a sphere of 6,371,008.8 m.
    assert_eq!(at(106.0, 26.0).metres_to(at(106.0, 27.0)), 111_195);
    assert_eq!(at(106.0, 0.0).metres_to(at(107.0, 0.0)), 111_195);
    assert_eq!(at(106.0, 26.0).metres_to(at(106.0, 26.0)), 0);
}

#[test]
fn a_way_that_somebody_measured_counts_before_a_reckoned_one() {
    let mut sites = road(&[("T1", 106.1), ("T2", 106.2)]);
    let leg = |sites: &Sites, a: &str, b: &str| sites.leg(&names(a), &names(b), USUAL);
    let reckoned = leg(&sites, "T1", "T2").unwrap();
    assert_eq!(reckoned.metres, Some(13_920), "9,943 m and 40 %");
    assert_eq!(reckoned.seconds, 1_252, "at 40 km an hour");
    let measured = Leg { metres: None, seconds: 3_000 };
    sites.distances.insert(("T2".into(), "T1".into()), measured);
    assert_eq!(
        (leg(&sites, "T1", "T2"), leg(&sites, "T2", "T1")),
        (Some(measured), Some(measured)),
        "either way round"
    );
    assert_eq!(leg(&sites, "T1", "T9"), None);
    let village = sites.leg(&vec!["T1".into(), "V1".into()], &vec!["T5".into(), "V1".into()], USUAL);
    assert_eq!(village.map(|leg| leg.seconds), Some(0), "in the same village");
}

#[test]
fn spans_that_leave_a_choice_stand_in_the_order_of_the_way() {
    let visits = [given("T1", Kind::Visit, 0, 0), given("T2", Kind::Visit, 5, 0), given("T3", Kind::Visit, 5, 0)];
    assert_eq!(shown(&ordered(&visits, &Sites::default())), ["V1 T1", "V2 T2", "V3 T3"], "nothing is known");
    // Along the road: T3, T1, T2.
    let lines = ordered(&visits, &road(&[("T1", 106.1), ("T2", 106.15), ("T3", 106.05)]));
    assert_eq!(shown(&lines), ["V1 T3", "V2 T1", "V3 T2"]);
    let start = window("am", 9).start;
    for line in &lines {
        let travel = line.travel.as_ref().unwrap();
        assert!(travel.arrival >= line.from && !travel.late, "{travel:?}");
        let drawn = visits.iter().find(|one| one.place == line.place).unwrap().minute;
        assert_eq!((line.from.0 - start.0) / MINUTE, i64::try_from(drawn).unwrap(), "the drawn moment stays");
    }
    assert_eq!(lines[1].travel.as_ref().unwrap().from.as_ref().unwrap().as_str(), "V1");
    assert!(lines[0].travel.as_ref().unwrap().from.is_none());
    // One place that nobody has located, and everything stays as it was.
    let unknown = ordered(&visits, &road(&[("T1", 106.1), ("T3", 106.05)]));
    assert_eq!(shown(&unknown), ["V1 T1", "V2 T2", "V3 T3"]);
    assert!(unknown.iter().all(|line| line.travel.is_none()));
}

#[test]
fn a_moment_that_was_drawn_late_keeps_its_place_in_the_day() {
    let visits = [given("T1", Kind::Visit, 0, 0), given("T2", Kind::Visit, 120, 0)];
    // T2 is nearer to the office, and opens at eleven.
    let lines = ordered(&visits, &road(&[("T1", 106.3), ("T2", 106.1)]));
    assert_eq!(shown(&lines), ["V1 T1", "V2 T2"]);
}

#[test]
fn what_cannot_be_reached_within_its_span_is_said_to_be_late() {
    let visits = [given("T1", Kind::Visit, 0, 0), given("T2", Kind::Visit, 0, 0)];
    let lines = ordered(&visits, &road(&[("T1", 106.1), ("T2", 109.0)]));
    assert_eq!(lines.iter().map(|line| line.travel.as_ref().unwrap().late).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn two_who_go_together_meet_at_the_drawn_moment() {
    let two = Given { inspectors: vec![who("i1"), who("i2")], ..given("T1", Kind::Visit, 0, 0) };
    let visits = [two, given("T2", Kind::Visit, 0, 0)];
    // T2 lies on the way to T1, but the other one waits there at nine.
    let lines = ordered(&visits, &road(&[("T1", 106.2), ("T2", 106.1)]));
    assert_eq!(shown(&lines), ["V1 T1", "V2 T2"]);
    assert!(lines.iter().all(|line| !line.travel.as_ref().unwrap().late));
}

#[test]
fn no_position_is_off_the_earth() {
    assert!(Position::from_degrees(181.0, 0.0).is_err() && Position::from_degrees(26.6, 106.6).is_err());
    assert!(Position::from_degrees(f64::NAN, 0.0).is_err() && Position::from_degrees(0.0, f64::INFINITY).is_err());
}
