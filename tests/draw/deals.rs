//! Deals: clean, maximal, uniform, and what becomes of those left over (DRAW 6).

use super::*;
use proptest::prelude::*;
use spotcheck::draw::deal::deal;
use spotcheck::draw::{Dealing, Dealt, Fate, Field, Hand, Label, NotDone, Origin, PerTarget, Round, Seed, draw};
use std::collections::{BTreeMap, BTreeSet};

const IDS: [&str; 5] = ["V1", "V2", "V3", "V4", "V5"];
const PEOPLE: [&str; 4] = ["A", "B", "C", "D"];

/// Whether every target can have `each` different inspectors, by trying everything.
fn possible(targets: &[&str], each: usize, free: &BTreeMap<&str, u32>, bars: &BTreeSet<(&str, &str)>) -> bool {
    let Some((target, rest)) = targets.split_first() else { return true };
    let able: Vec<&str> = PEOPLE.into_iter().filter(|p| free[p] > 0 && !bars.contains(&(*target, *p))).collect();
    let teams: Vec<Vec<&str>> = match each {
        1 => able.iter().map(|a| vec![*a]).collect(),
        _ => able.iter().flat_map(|a| able.iter().filter(move |b| a < *b).map(move |b| vec![*a, *b])).collect(),
    };
    teams.into_iter().any(|team| {
        let mut free = free.clone();
        team.iter().for_each(|person| *free.get_mut(person).unwrap() -= 1);
        possible(rest, each, &free, bars)
    })
}

fn check(dealt: &Dealt, pool: &Pool, capacities: &[u32], each: usize, bars: &BTreeSet<(&str, &str)>) {
    let free: BTreeMap<&str, u32> = PEOPLE.into_iter().zip(capacities.iter().copied()).collect();
    let (mut kept, mut overflow, mut barred) = (Vec::new(), Vec::new(), Vec::new());
    for target in IDS {
        let with = [kept.clone(), vec![target]].concat();
        if PEOPLE.iter().all(|p| bars.contains(&(target, *p))) {
            barred.push(place(target));
        } else if possible(&with, each, &free, bars) {
            kept = with;
        } else {
            overflow.push(place(target));
        }
    }
    assert_eq!((&dealt.overflow, &dealt.barred_from_all), (&overflow, &barred));
    let hands: Vec<&Hand> = std::iter::once(&dealt.first).chain(&dealt.second).collect();
    assert_eq!(hands.len(), each);
    let mut used: BTreeMap<&str, u32> = BTreeMap::new();
    for hand in &hands {
        let dealt_to: Vec<&str> = hand.pairs.iter().map(|(p, _)| p.as_str()).collect();
        assert_eq!(dealt_to, kept);
        for (place, person) in &hand.pairs {
            assert!(!pool.is_barred(place, person), "{place} {person}");
            *used.entry(person.as_str()).or_default() += 1;
        }
    }
    assert!(used.iter().all(|(person, times)| times <= &free[person]), "{used:?}");
    if let [first, second] = hands[..] {
        assert!(first.pairs.iter().zip(&second.pairs).all(|(a, b)| a.1 != b.1), "two different inspectors");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn deals_are_clean_and_keep_as_many_as_possible(
        capacities in prop::collection::vec(0u32..3, 4),
        barred in prop::collection::vec(prop::bool::weighted(0.4), 20),
        seed in any::<[u8; 32]>(), two in any::<bool>(),
    ) {
        let pairs = IDS.into_iter().flat_map(|place| PEOPLE.into_iter().map(move |person| (place, person)));
        let bars: BTreeSet<(&str, &str)> = pairs.zip(barred).filter(|(_, barred)| *barred).map(|(pair, _)| pair).collect();
        let slots: Vec<(&str, u32)> = PEOPLE.into_iter().zip(capacities.iter().copied()).collect();
        let pool = pool("county", &slots, &bars.iter().copied().collect::<Vec<_>>());
        let (per_target, each) = if two { (PerTarget::Two, 2) } else { (PerTarget::One, 1) };
        let dealt = deal(&Seed::from_bytes(seed), &pool, Round::First, &IDS.map(place), per_target);
        check(&dealt, &pool, &capacities, each, &bars);
    }
}

#[test]
fn every_clean_deal_is_equally_likely() {
    let pool = pool("county", &[("A", 1), ("B", 1), ("C", 1)], &[("V1", "A")]);
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for number in 0..2000u32 {
        let seed = Seed::from_bytes(Sha256::of(&number.to_be_bytes()).0);
        let dealt = deal(&seed, &pool, Round::First, &["V1", "V2", "V3"].map(place), PerTarget::One);
        let hand: String = dealt.first.pairs.iter().map(|(_, person)| person.as_str()).collect();
        *seen.entry(hand).or_default() += 1;
    }
    // Four clean deals of six: 500 each, standard deviation 19.
    assert_eq!(seen.len(), 4);
    assert!(seen.values().all(|n| (420..=580).contains(n)), "{seen:?}");
}

/// Ten targets that each have one single possible inspector: a clean shuffle has a chance of 1 in 10!.
#[test]
fn a_hopeless_shuffle_ends_in_the_fallback() {
    let names: Vec<String> = (10..20).map(|n| n.to_string()).collect();
    let slots: Vec<(&str, u32)> = names.iter().map(|n| (n.as_str(), 1)).collect();
    let pairs = names.iter().flat_map(|a| names.iter().filter(move |b| *b != a).map(move |b| (a.as_str(), b.as_str())));
    let pool = pool("county", &slots, &pairs.collect::<Vec<_>>());
    let targets: Vec<PlaceId> = names.iter().map(|n| place(n)).collect();
    let dealt = deal(&Seed::from_bytes([3; 32]), &pool, Round::First, &targets, PerTarget::One);
    assert_eq!(dealt.first.attempt, None);
    assert!(dealt.first.pairs.iter().all(|(place, person)| place.as_str() == person.as_str()));
    assert_eq!(dealt.first.pairs.len(), 10);
}

#[test]
fn a_deal_after_somebody_fell_out_is_another_shuffle() {
    let pool = pool("county", &[("A", 3), ("B", 3), ("C", 3)], &[]);
    let seed = Seed::from_bytes([5; 32]);
    let run = |round| deal(&seed, &pool, round, &IDS.map(place), PerTarget::One).first.pairs;
    assert_ne!(run(Round::First), run(Round::Again(1)));
    assert_ne!(run(Round::Again(1)), run(Round::Again(2)));
}

#[test]
fn those_left_over_become_calls_or_are_not_executed() {
    let (frame, key) = (frame(), key(1));
    let everybody = [("V0001", "A"), ("V0001", "B")];
    let pool_of_visits = pool("county-7", &[("A", 1), ("B", 1)], &everybody);
    let mut inputs = inputs(&frame, &key, "2026-03-02/am", "beacon-0001", Limits::exactly(4));
    inputs.dealing = Some(Dealing::one(&pool_of_visits, PerTarget::One));
    let mut drawn = draw(&inputs).unwrap();
    let fates = |drawn: &spotcheck::draw::Drawn| -> Vec<(String, &'static str, Origin)> {
        drawn.targets.iter().map(|t| (t.id.to_string(), t.fate.code(), t.origin)).collect()
    };
    let row = |id: &str, kind, origin| (id.to_owned(), kind, origin);
    assert_eq!(
        fates(&drawn),
        [
            row("V0007", "visit", Origin::Ticket),
            row("V0003", "visit", Origin::Exact),
            row("V0004", "call", Origin::Overflow),
            row("V0001", "none", Origin::Exact),
        ]
    );
    assert_eq!(pool_of_visits.bars_of(&place("V0001")).len(), 2, "who was barred can be told");
    assert!(drawn.move_to_calls(&place("V0003")) && !drawn.move_to_calls(&place("V0003")));
    drawn.deal_calls(Dealing::one(&pool("calls/office", &[("A", 1)], &[]), PerTarget::One));
    assert_eq!(
        fates(&drawn)[1..],
        [
            row("V0003", "call", Origin::Route),
            row("V0001", "none", Origin::Exact),
            row("V0004", "none", Origin::Overflow),
        ]
    );
    let left = drawn.targets.iter().find(|t| t.id.as_str() == "V0004").unwrap();
    assert_eq!(left.fate, Fate::NotDone(NotDone::NobodyLeft));
}

#[test]
fn a_pool_refuses_what_makes_no_sense() {
    let one = |name: &str, slots: Vec<(InspectorId, u32)>| Pool::new(name, slots, vec![]);
    assert!(one("county 7", vec![]).is_err());
    assert!(one("", vec![]).is_err());
    assert!(one("calls/office.1", vec![]).is_ok());
    assert!(one("p", vec![(inspector("A"), 1), (inspector("A"), 2)]).is_err());
    assert!(one("p", vec![(inspector("A"), 4_000_000_000)]).is_err());
    let nobody = pool("p", &[], &[]);
    let dealt = deal(&Seed::from_bytes([0; 32]), &nobody, Round::First, &[place("V1")], PerTarget::One);
    assert_eq!((dealt.overflow, dealt.first.attempt), (vec![place("V1")], Some(0)));
}

#[test]
fn each_pool_deals_its_own_places_and_a_place_without_a_pool_becomes_a_call() {
    let (frame, key) = (frame(), key(1));
    let pools = [pool("east", &[("A", 1), ("B", 1)], &[]), pool("west", &[("C", 1), ("D", 1)], &[])];
    let pool_of = |id: &PlaceId| match id.as_str() {
        "V0007" => Some(0),
        "V0001" | "V0003" => Some(1),
        _ => None,
    };
    let mut inputs = inputs(&frame, &key, "2026-03-02/am", "beacon-0001", Limits::exactly(4));
    inputs.dealing = Some(Dealing { pools: &pools, per_target: PerTarget::Two, pool_of: &pool_of });
    let drawn = draw(&inputs).unwrap();
    let went = |id: &str| drawn.inspectors_of(&place(id)).iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(went("V0007"), ["A", "B"].map(String::from).into());
    assert_eq!(went("V0001"), ["C", "D"].map(String::from).into(), "first in order");
    assert!(went("V0003").is_empty() && went("V0004").is_empty());
    let fate = |id: &str| drawn.targets.iter().find(|t| t.id == place(id)).map(|t| (t.fate, t.origin)).unwrap();
    assert_eq!(fate("V0003"), (Fate::Call, Origin::Overflow), "its pool is used up");
    assert_eq!(fate("V0004"), (Fate::Call, Origin::Overflow), "nobody could go there");
    let names: Vec<&str> = drawn.visits.iter().map(|dealt| dealt.pool.as_str()).collect();
    assert_eq!(names, ["east", "west"]);
}

/// Pools that no shuffle can serve well stand beside one without trouble, all of them certain to be visited.
#[test]
fn hard_pools_are_dealt_or_recorded_and_nobody_else_loses_a_visit() {
    let numbers: Vec<String> = (10..22).map(|n| n.to_string()).collect();
    let alone: Vec<(String, u32)> = numbers.iter().map(|n| (format!("N{n}"), 1)).collect();
    let foreign = numbers.iter().flat_map(|p| numbers.iter().filter(move |n| *n != p).map(move |n| (p, n)));
    let foreign: Vec<(String, String)> = foreign.map(|(p, n)| (format!("narrow{p}"), format!("N{n}"))).collect();
    let narrow = Pool::new(
        "narrow",
        alone.iter().map(|(id, capacity)| (inspector(id), *capacity)).collect(),
        foreign.iter().map(|(p, i)| bar(p, i)).collect(),
    );
    let pools = [
        pool("barred", &[("A", 2), ("B", 2)], &[("barred1", "A"), ("barred1", "B")]),
        pool("easy", &[("C", 2), ("D", 2)], &[("easy1", "C")]),
        narrow.unwrap(),
        pool("nobody", &[], &[]),
    ];
    let of = |name: &'static str, places: &[&str]| places.iter().map(|p| format!("{name}{p}")).collect::<Vec<_>>();
    let narrow: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let ids = [
        of("barred", &["1", "2", "3"]),
        of("easy", &["1", "2", "3", "4"]),
        of("narrow", &narrow),
        of("nobody", &["1", "2"]),
    ];
    let certain = |id: &String| Row::new(place(id), Chance::ONE, Chance::ZERO);
    let (frame, key) = (Frame::new(ids.concat().iter().map(certain).collect()).unwrap(), key(1));
    let mut inputs = inputs(&frame, &key, "2026-03-02/am", "beacon-0001", Limits::INDEPENDENT);
    let pool_of = |id: &PlaceId| pools.iter().position(|pool| id.as_str().starts_with(pool.name()));
    inputs.dealing = Some(Dealing { pools: &pools, per_target: PerTarget::One, pool_of: &pool_of });
    let drawn = draw(&inputs).unwrap();

    let fate = |id: &str| drawn.targets.iter().find(|t| t.id == place(id)).map(|t| (t.fate, t.origin)).unwrap();
    assert_eq!(fate("barred1"), (Fate::NotDone(NotDone::BarredFromAll), Origin::Ticket));
    for id in ids[3].iter() {
        assert_eq!(fate(id), (Fate::Call, Origin::Overflow), "nobody is there, and that is no reason to skip it");
    }
    for id in ids[..3].concat().iter().filter(|id| *id != "barred1") {
        assert_eq!(fate(id), (Fate::Visit, Origin::Ticket), "{id}");
        assert_eq!(drawn.inspectors_of(&place(id)).len(), 1, "{id}");
    }
    for number in &numbers {
        assert_eq!(drawn.inspectors_of(&place(&format!("narrow{number}"))), [inspector(&format!("N{number}"))]);
    }
    let uniform = |name: &str| drawn.visits.iter().find(|d| d.pool == name).map(|d| d.dealt.first.attempt.is_some());
    assert_eq!(uniform("narrow"), Some(false), "recorded as not uniform");
    assert_eq!((uniform("barred"), uniform("easy")), (Some(true), Some(true)));
}

/// The deal as DRAW 6 words it, one attempt after the other.
fn first_clean_attempt(
    seed: &Seed,
    pool: &Pool,
    slots: &[&str],
    targets: &[PlaceId],
) -> (u32, Vec<(PlaceId, InspectorId)>) {
    let mut targets = targets.to_vec();
    targets.sort_unstable();
    for attempt in 0.. {
        let tickets = seed.tickets(Label::Deal(attempt));
        let text = |slot: &str| format!("{} {slot}", pool.name());
        let mut cards: Vec<_> = slots.iter().map(|s| (tickets.of(Field::new(&text(s)).unwrap()), *s)).collect();
        cards.sort_unstable();
        let owners = cards.iter().map(|(_, slot)| inspector(slot.rsplit_once('#').unwrap().0));
        let pairs: Vec<_> = targets.iter().cloned().zip(owners).collect();
        if pairs.iter().all(|(place, inspector)| !pool.is_barred(place, inspector)) {
            return (attempt, pairs);
        }
    }
    unreachable!("a clean deal exists")
}

proptest! {
    #[test]
    fn the_deal_is_the_first_clean_attempt_in_the_words_of_the_specification(
        seed in any::<[u8; 32]>(), targets in 1usize..=5, barred in prop::collection::vec(prop::bool::weighted(0.5), 15),
    ) {
        // A and E may go anywhere, so that a clean deal exists.
        let pairs = IDS.into_iter().flat_map(|place| ["B", "C", "D"].into_iter().map(move |person| (place, person)));
        let bars: Vec<(&str, &str)> = pairs.zip(barred).filter(|(_, barred)| *barred).map(|(pair, _)| pair).collect();
        let pool = pool("county", &[("A", 2), ("B", 2), ("C", 1), ("D", 10), ("E", 3)], &bars);
        let slots: Vec<String> = [("A", 2), ("B", 2), ("C", 1), ("D", 10), ("E", 3)].iter()
            .flat_map(|(id, capacity)| (1..=*capacity).map(move |n| format!("{id}#{n}"))).collect();
        let slots: Vec<&str> = slots.iter().map(String::as_str).collect();
        let targets: Vec<PlaceId> = IDS[..targets].iter().map(|id| place(id)).collect();
        let seed = Seed::from_bytes(seed);
        let dealt = deal(&seed, &pool, Round::First, &targets, PerTarget::One);
        let (attempt, pairs) = first_clean_attempt(&seed, &pool, &slots, &targets);
        prop_assert_eq!((dealt.first.attempt, dealt.first.pairs), (Some(attempt), pairs));
    }
}
