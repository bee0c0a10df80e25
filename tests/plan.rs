//! From register and draw to assignments: who can go, what is eligible, which lines come out.

#![cfg(test)]

#[path = "plan/calls.rs"]
mod calls;
#[path = "plan/route.rs"]
mod route;
#[path = "plan/travel.rs"]
mod travel;

use chrono::NaiveDate;
use proptest::prelude::*;
use spotcheck::model::register::{Contact, Exclusion, Inspector, Name, Official, Posting, Role, Team, Village};
use spotcheck::model::time::MINUTE;
use spotcheck::model::{Ground, InspectorId, Kind, Language, Phone, PlaceId, Timestamp, Window};
use spotcheck::plan::input::{Facts, OnDuty, PlaceFacts, Presence};
use spotcheck::plan::pools::Site;
use spotcheck::plan::snapshot::Lists;
use spotcheck::plan::{FrameInput, Given, PoolMap, Snapshot, WhyNot, assignments, credits};
use std::collections::BTreeSet;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 3).unwrap()
}

fn phone(n: u32) -> Option<Phone> {
    Some(Phone { dial: format!("+86138001300{n:02}"), extension: None, shown: format!("138 0013 00{n:02}") })
}

fn village(n: u32) -> Village {
    Village {
        id: format!("990101001{n:03}").parse().unwrap(),
        region: "990101001".into(),
        name: Name::new(format!("村{n}"), format!("Village {n}")),
        active: Posting::default(),
    }
}

fn team(n: u32) -> Team {
    Team {
        id: format!("T{n}").parse().unwrap(),
        village: village(n).id,
        name: Name::new(format!("队{n}"), ""),
        sending_unit: "水务局".into(),
        posting: Posting::default(),
    }
}

fn official(n: u32, team: u32, role: Role) -> Official {
    Official {
        id: format!("P{n}").parse().unwrap(),
        team: format!("T{team}").parse().unwrap(),
        name: Name::new(format!("人{n}"), ""),
        role,
        phone: phone(n),
        sending_unit: "水务局".into(),
        email: None,
        device_number: None,
        posting: Posting::default(),
    }
}

fn inspector(n: u32) -> Inspector {
    Inspector {
        id: format!("i{n}").parse().unwrap(),
        office: "yunling".parse().unwrap(),
        name: Name::new(format!("检{n}"), ""),
        addresses: vec![format!("i{n}@field.example")],
        phone: None,
        language: Language::ZhHans,
        visits_a_window: 2,
        calls_a_window: 8,
        home_county: None,
        active: Posting::default(),
    }
}

/// Three villages with a team of two each, two inspectors.
fn lists() -> Lists {
    Lists {
        villages: (1..=3).map(village).collect(),
        teams: (1..=3).map(team).collect(),
        officials: (1..=6)
            .map(|n| official(n, n.div_ceil(2), if n % 2 == 0 { Role::Lead } else { Role::Member }))
            .collect(),
        inspectors: vec![inspector(1), inspector(2)],
        ..Lists::default()
    }
}

fn place(id: &str) -> PlaceId {
    id.parse().unwrap()
}

fn who(id: &str) -> InspectorId {
    id.parse().unwrap()
}

/// Two counties under one province; teams T1, T2 in the first, T3 in the second.
fn facts() -> Facts {
    let fact = |n: u32, region: &str| PlaceFacts {
        place: place(&format!("T{n}")),
        region: region.into(),
        presence: Presence::Reachable,
    };
    let on_duty =
        |id: &str, office: &str| OnDuty { inspector: who(id), office: office.parse().unwrap(), visits: 2, calls: 8 };
    Facts {
        places: vec![fact(3, "990102001"), fact(1, "990101001"), fact(2, "990101002")],
        on_duty: vec![on_duty("q1", "qinghe"), on_duty("y2", "yunling"), on_duty("y1", "yunling")],
        ..Facts::default()
    }
}

fn sites() -> Vec<Site> {
    [("west", None, "99"), ("yunling", Some("west"), "990101"), ("qinghe", Some("west"), "990102")]
        .map(|(office, parent, region)| Site {
            office: office.parse().unwrap(),
            parent: parent.map(|p: &str| p.parse().unwrap()),
            region: region.into(),
            on_duty: office != "west",
        })
        .into()
}

fn by_office(facts: Facts) -> FrameInput {
    FrameInput::new(facts, &PoolMap::by_office(&sites()))
}

/// Place, pool, visit, call.
/// Place, pool, and what speaks against a visit and a call.
type Shown<'a> = (&'a str, Option<&'a str>, Result<(), WhyNot>, Result<(), WhyNot>);

fn shown(input: &FrameInput) -> Vec<Shown<'_>> {
    let name = |pool: usize| input.pools[pool].name.as_str();
    input.places.iter().map(|one| (one.place.as_str(), one.pool.map(name), one.visit, one.call)).collect()
}

#[test]
fn every_office_has_a_pool_and_every_place_is_in_one() {
    let input = by_office(facts());
    let ok = Ok(());
    assert_eq!(
        shown(&input),
        [("T1", Some("yunling"), ok, ok), ("T2", Some("yunling"), ok, ok), ("T3", Some("qinghe"), ok, ok)]
    );
    let members: Vec<_> = input.pools.iter().map(|p| (p.name.as_str(), p.visits.clone())).collect();
    assert_eq!(members, [("qinghe", vec![(who("q1"), 2)]), ("yunling", vec![(who("y1"), 2), (who("y2"), 2)])]);
    let one = FrameInput::new(facts(), &PoolMap::one(&"west".parse().unwrap(), &sites()));
    assert_eq!((one.pools.len(), one.pools[0].calls.len()), (1, 3));
    assert!(one.places.iter().all(|p| p.pool == Some(0)));
}

#[test]
fn a_pair_is_barred_once_and_in_its_own_pool_only() {
    let input = by_office(Facts {
        barred_regions: vec![
            ("9901".into(), who("y1"), Ground::HomeCounty),
            ("990101002".into(), who("y1"), Ground::Recusal),
            (String::new(), who("y2"), Ground::HomeCounty),
        ],
        barred_pairs: vec![
            (place("T1"), who("q1"), Ground::Recusal),
            (place("T9"), who("y1"), Ground::Recusal),
            (place("T3"), who("q1"), Ground::MetRecently),
            (place("T2"), who("gone"), Ground::Recusal),
        ],
        ..facts()
    });
    assert_eq!(input.pools[0].bars, [(place("T3"), who("q1"), Ground::MetRecently)]);
    assert_eq!(
        input.pools[1].bars,
        [(place("T1"), who("y1"), Ground::HomeCounty), (place("T2"), who("y1"), Ground::Recusal)]
    );
    assert_eq!(shown(&input)[2], ("T3", Some("qinghe"), Err(WhyNot::NoInspector), Err(WhyNot::NoInspector)));
    assert_eq!(shown(&input)[0].2, Ok(()), "y2 may go there");
}

#[test]
fn a_place_without_a_chance_says_why_and_stays_in_the_list() {
    let mut facts = facts();
    facts.places[1].presence = Presence::Nobody;
    facts.places[2].presence = Presence::Posted;
    facts.excluded = [place("T1"), place("T3")].into();
    let whys = by_office(facts);
    assert_eq!(
        shown(&whys),
        [
            ("T1", Some("yunling"), Err(WhyNot::NoPosting), Err(WhyNot::NoPosting)),
            ("T2", Some("yunling"), Ok(()), Err(WhyNot::NoPhone)),
            ("T3", Some("qinghe"), Err(WhyNot::Excluded), Err(WhyNot::Excluded)),
        ]
    );
}

#[test]
fn shared_inspectors_are_split_and_a_place_may_lose_its_only_one() {
    let mut facts = facts();
    facts.on_duty.iter_mut().for_each(|one| one.visits = 1);
    let input = by_office(facts);
    let programmes = ["posts", "roads"].map(|id: &str| id.parse().unwrap());
    let sharers = [("qinghe".parse().unwrap(), programmes.to_vec())].into();
    let parts = programmes.each_ref().map(|mine| {
        let shared = input.shared(&sharers, mine, 7);
        (shared.pools[0].visits[0].1, shared.places[2].visit, shared.places[0].visit, shared.places[2].call)
    });
    let (none, all) = (Err(WhyNot::NoInspector), Ok(()));
    assert!(parts == [(1, all, all, all), (0, none, all, all)] || parts == [(0, none, all, all), (1, all, all, all)]);
}

fn in_window(one: Given, programme: &str, start: i64) -> Given {
    let mut window = one.window.clone();
    window.id = format!("{programme}/yunling/2026-03-03/am").parse().unwrap();
    (window.start, window.end) = (window.start.plus(start * 60 * MINUTE), window.end.plus(start * 60 * MINUTE));
    Given { window, ..one }
}

#[test]
fn a_place_that_two_programmes_drew_for_one_time_is_visited_once() {
    let visit = || given("T1", Kind::Visit, 5, 0);
    let (posts, roads, late) =
        (in_window(visit(), "posts", 1), in_window(visit(), "roads", 0), in_window(visit(), "late", 5));
    let call = in_window(given("T1", Kind::Call, 5, 0), "calls", 0);
    let found = credits(&[posts.clone(), roads.clone(), late, call]);
    let expected = [((posts.window.id, posts.place), roads.window.id)].into();
    assert_eq!(found, expected, "the window that opens first carries the visit; the later one stands alone");
}

#[test]
fn two_inspectors_get_the_same_visit_and_each_other_s_name() {
    let two = Given { inspectors: vec![who("i2"), who("i1")], ..given("T1", Kind::Visit, 5, 0) };
    let all = assignments(&[two, given("T2", Kind::Visit, 0, 0)], &[], &Snapshot::new(lists()), &BTreeSet::new());
    let lines = |id: &str| -> Vec<(String, String, Option<String>)> {
        let of_it = all[&who(id)].iter();
        of_it.map(|l| (l.code.to_string(), l.place.to_string(), l.companion.clone().map(|n| n.own))).collect()
    };
    let line = |code: &str, place: &str, with: Option<&str>| (code.into(), place.into(), with.map(str::to_owned));
    assert_eq!(lines("i1"), [line("V1", "T2", None), line("V2", "T1", Some("检2"))]);
    assert_eq!(lines("i2"), [line("V1", "T1", Some("检1"))]);
}

#[test]
fn an_exclusion_of_a_village_is_one_of_its_team() {
    let exclusion = Exclusion { place: village(2).id.into(), reason: "封路".into(), span: Posting::default() };
    let register = Snapshot::new(Lists { exclusions: vec![exclusion], ..lists() });
    assert!(register.exclusion(&"T2".parse().unwrap(), day()).is_some());
    assert!(register.exclusion(&"T1".parse().unwrap(), day()).is_none());
}

fn window(slot: &str, hour: i64) -> Window {
    let start = Timestamp::parse("2026-03-03T00:00:00+08:00").unwrap().plus(hour * 60 * MINUTE);
    Window { id: format!("stationed/yunling/2026-03-03/{slot}").parse().unwrap(), start, end: start.plus(180 * MINUTE) }
}

fn given(place: &str, kind: Kind, minute: u64, contact_ticket: u64) -> Given {
    Given {
        window: window("am", 9),
        place: place.parse().unwrap(),
        kind,
        inspectors: vec!["i1".parse().unwrap()],
        minute,
        contact_ticket,
    }
}

#[test]
fn lines_are_numbered_by_kind_in_the_order_of_their_moments() {
    let register = Snapshot::new(lists());
    let drawn = [
        given("T3", Kind::Call, 20, 0),
        given("T1", Kind::Visit, 63, 0),
        given("T2", Kind::Visit, 7, 0),
        given("T1", Kind::Call, 90, u64::MAX),
    ];
    let all = assignments(&drawn, &[], &register, &BTreeSet::new());
    let lines: Vec<_> = all[&"i1".parse().unwrap()]
        .iter()
        .map(|l| (l.code.to_string(), l.place.to_string(), (l.from.0 - window("am", 9).start.0) / MINUTE))
        .collect();
    let line = |code: &str, place: &str, minute| (code.to_owned(), place.to_owned(), minute);
    assert_eq!(lines, [line("V1", "T2", 5), line("V2", "T1", 60), line("C1", "T3", 20), line("C2", "T1", 90)]);
    let visit = &all[&"i1".parse().unwrap()][1];
    let people: Vec<_> = visit.officials.iter().map(|o| (o.official.as_str(), o.role)).collect();
    assert_eq!(people, [("P2", Role::Lead), ("P1", Role::Member)], "the lead stands first");
}

#[test]
fn whom_to_ring_follows_the_ticket_over_everybody_who_may_be_rung() {
    let mut lists = lists();
    let contact = |id: &str, do_not_call| Contact {
        id: id.parse().unwrap(),
        village: village(1).id,
        role: Role::Cadre,
        name: Name::new(id, ""),
        phone: phone(50),
        do_not_call,
        active: Posting::default(),
    };
    lists.contacts = vec![contact("K1", false), contact("K2", true)];
    let register = Snapshot::new(lists);
    let rung = |ticket| {
        let lines = assignments(&[given("T1", Kind::Call, 0, ticket)], &[], &register, &BTreeSet::new());
        lines[&"i1".parse().unwrap()][0].contact.clone().unwrap().name.own
    };
    let third = u64::MAX / 3;
    assert_eq!([rung(0), rung(third + 9), rung(u64::MAX)], ["K1", "人1", "人2"], "K2 does not want to be rung");
}

#[test]
fn a_call_that_nobody_can_take_is_left_out() {
    let mut lists = lists();
    lists.officials.iter_mut().for_each(|o| o.phone = None);
    assert!(assignments(&[given("T1", Kind::Call, 0, 5)], &[], &Snapshot::new(lists), &BTreeSet::new()).is_empty());
}

proptest! {
    #[test]
    fn every_moment_leaves_an_hour_of_the_window(minute in 0u64..400) {
        let register = Snapshot::new(lists());
        let all = assignments(&[given("T1", Kind::Visit, minute, 0)], &[], &register, &BTreeSet::new());
        let line = &all[&"i1".parse().unwrap()][0];
        prop_assert!(line.from >= window("am", 9).start && line.to.0 - line.from.0 >= 60 * MINUTE);
        prop_assert_eq!((line.from.0 - window("am", 9).start.0) % (5 * MINUTE), 0);
    }
}
