//! From register and draw to assignments: who can go, what is eligible, which lines come out.

#![cfg(test)]

use chrono::NaiveDate;
use proptest::prelude::*;
use spotcheck::model::register::{
    Contact, Exclusion, Inspector, Name, Official, Posting, Recusal, RecusalScope, Role, Team, Village,
};
use spotcheck::model::time::MINUTE;
use spotcheck::model::{InspectorId, Kind, Language, OfficeId, Phone, PlaceId, Timestamp, Window};
use spotcheck::plan::snapshot::Lists;
use spotcheck::plan::{Given, Snapshot, WhyNot, assignments, duty, eligible};
use std::collections::BTreeSet;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 3).unwrap()
}

fn phone(n: u32) -> Option<Phone> {
    Some(Phone { dial: format!("+86138001300{n:02}"), extension: None, shown: format!("138 0013 00{n:02}") })
}

fn ended() -> Posting {
    Posting { from: None, to: NaiveDate::from_ymd_opt(2026, 3, 2) }
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

fn places() -> Vec<PlaceId> {
    (1..=3).map(|n| format!("T{n}").parse().unwrap()).collect()
}

fn offices() -> BTreeSet<OfficeId> {
    BTreeSet::from(["yunling".parse().unwrap()])
}

fn recusal(inspector: &str, scope: RecusalScope) -> Recusal {
    Recusal { inspector: inspector.parse().unwrap(), scope, reason: "亲属".into(), span: Posting::default() }
}

#[test]
fn a_recusal_bars_every_place_that_it_touches() {
    let all = 3;
    let cases = [
        (RecusalScope::Official("P3".parse().unwrap()), 1),
        (RecusalScope::Team("T2".parse().unwrap()), 1),
        (RecusalScope::Village(village(1).id), 1),
        (RecusalScope::Region("990101".into()), all),
        (RecusalScope::Region("990102".into()), 0),
        (RecusalScope::SendingUnit("水务局".into()), all),
        (RecusalScope::SendingUnit("教育局".into()), 0),
    ];
    for (scope, barred) in cases {
        let register = Snapshot::new(Lists { recusals: vec![recusal("i1", scope.clone())], ..lists() });
        let duty = duty(&places(), &register, &offices(), day());
        assert_eq!(duty.barred.len(), barred, "{scope:?}");
        assert!(duty.barred.iter().all(|(_, who)| who.as_str() == "i1"));
    }
    let mut over = recusal("i1", RecusalScope::Region("990101".into()));
    over.span = ended();
    let register = Snapshot::new(Lists { recusals: vec![over], ..lists() });
    assert!(duty(&places(), &register, &offices(), day()).barred.is_empty(), "a recusal that has ended");
}

#[test]
fn the_home_county_is_a_recusal_and_other_offices_stay_at_home() {
    let mut lists = lists();
    lists.inspectors[0].home_county = Some("990101".into());
    lists.inspectors.push(Inspector { office: "elsewhere".parse().unwrap(), ..inspector(3) });
    lists.inspectors.push(Inspector { active: ended(), ..inspector(4) });
    let duty = duty(&places(), &Snapshot::new(lists), &offices(), day());
    assert_eq!(duty.barred.len(), 3);
    let on_duty: Vec<&str> = duty.visits.keys().map(InspectorId::as_str).collect();
    assert_eq!(on_duty, ["i1", "i2"], "neither another office's nor one who has left");
}

#[test]
fn a_place_without_a_chance_says_why_and_stays_in_the_list() {
    let mut lists = lists();
    lists.teams[0].posting = ended();
    lists.exclusions =
        vec![Exclusion { place: "T2".parse().unwrap(), reason: "塌方".into(), span: Posting::default() }];
    lists.officials.iter_mut().for_each(|o| o.phone = None);
    let register = Snapshot::new(lists);
    let duty = duty(&places(), &register, &offices(), day());
    let found = eligible::eligibility(&places(), &register, &duty, day());
    let whys: Vec<_> = found.iter().map(|e| (e.place.as_str(), e.visit, e.call)).collect();
    assert_eq!(
        whys,
        [
            ("T1", Err(WhyNot::NoPosting), Err(WhyNot::NoPosting)),
            ("T2", Err(WhyNot::Excluded), Err(WhyNot::Excluded)),
            ("T3", Ok(()), Err(WhyNot::NoPhone)),
        ]
    );
}

#[test]
fn a_place_from_which_everybody_is_barred_has_no_inspector() {
    let both = ["i1", "i2"].map(|i| recusal(i, RecusalScope::Team("T1".parse().unwrap())));
    let register = Snapshot::new(Lists { recusals: both.to_vec(), ..lists() });
    let duty = duty(&places(), &register, &offices(), day());
    let found = eligible::eligibility(&places(), &register, &duty, day());
    assert_eq!(found[0].visit, Err(WhyNot::NoInspector));
    assert_eq!(found[1].visit, Ok(()));
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
    let all = assignments(&drawn, &register);
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
        let lines = assignments(&[given("T1", Kind::Call, 0, ticket)], &register);
        lines[&"i1".parse().unwrap()][0].contact.clone().unwrap().name.own
    };
    let third = u64::MAX / 3;
    assert_eq!([rung(0), rung(third + 9), rung(u64::MAX)], ["K1", "人1", "人2"], "K2 does not want to be rung");
}

#[test]
fn a_call_that_nobody_can_take_is_left_out() {
    let mut lists = lists();
    lists.officials.iter_mut().for_each(|o| o.phone = None);
    assert!(assignments(&[given("T1", Kind::Call, 0, 5)], &Snapshot::new(lists)).is_empty());
}

proptest! {
    #[test]
    fn every_moment_leaves_an_hour_of_the_window(minute in 0u64..400) {
        let register = Snapshot::new(lists());
        let all = assignments(&[given("T1", Kind::Visit, minute, 0)], &register);
        let line = &all[&"i1".parse().unwrap()][0];
        prop_assert!(line.from >= window("am", 9).start && line.to.0 - line.from.0 >= 60 * MINUTE);
        prop_assert_eq!((line.from.0 - window("am", 9).start.0) % (5 * MINUTE), 0);
    }
}
