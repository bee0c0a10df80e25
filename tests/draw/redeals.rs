//! What is dealt again after inspectors fell out: only their lines, cleanly, and the same anywhere (DRAW 6).

use super::*;
use proptest::prelude::*;
use spotcheck::draw::{Dealing, Drawn, Fate, NotDone, PerTarget, draw};
use std::collections::{BTreeMap, BTreeSet};

const PEOPLE: [&str; 5] = ["A", "B", "C", "D", "E"];

/// Visits of V3's window, exactly `n`, dealt in that pool.
fn drawn(pool: &Pool, n: usize, per_target: PerTarget) -> Drawn {
    let frame = frame();
    let mut inputs = inputs(&frame, &V3, "2026-03-02/am", "beacon-0001", Limits::exactly(n));
    inputs.dealing = Some(Dealing::one(pool, per_target));
    draw(&inputs).unwrap()
}

static V3: std::sync::LazyLock<ChainKey> = std::sync::LazyLock::new(|| key(1));

fn again(drawn: &mut Drawn, pool: &Pool, round: u32, gone: &[&str], done: &[PlaceId]) -> Vec<Option<u32>> {
    let gone: BTreeSet<InspectorId> = gone.iter().map(|id| inspector(id)).collect();
    let calls = super::pool("calls/county-7", &[], &[]);
    let visits = Dealing::one(pool, PerTarget::One);
    let dealt = drawn.deal_again(round, &gone, done, visits, Dealing::one(&calls, PerTarget::One));
    dealt.iter().filter(|one| !one.pool.starts_with("calls/")).map(|one| one.dealt.first.attempt).collect()
}

fn hands(drawn: &Drawn) -> BTreeMap<String, Vec<String>> {
    let visits = drawn.with_fate(Fate::Visit);
    let people = |place: &PlaceId| drawn.inspectors_of(place).iter().map(ToString::to_string).collect();
    visits.map(|target| (target.id.to_string(), people(&target.id))).collect()
}

fn one_each(hands: &BTreeMap<String, Vec<String>>) -> Vec<(&str, &str)> {
    hands.iter().map(|(place, who)| (place.as_str(), who[0].as_str())).collect()
}

/// The expected hands were computed from the specification with nothing but SHA-256.
#[test]
fn the_free_slots_are_counted_anew_and_shuffled_under_their_own_label() {
    let pool =
        pool("county-7", &[("A", 2), ("B", 2), ("C", 2), ("D", 1)], &[("V0003", "A"), ("V0007", "A"), ("V0001", "C")]);
    let before = drawn(&pool, 4, PerTarget::One);
    assert_eq!(one_each(&hands(&before)), [("V0001", "A"), ("V0003", "B"), ("V0004", "C"), ("V0007", "C")]);
    let cases = [
        ("A", 0, [("V0001", "D"), ("V0003", "B"), ("V0004", "C"), ("V0007", "C")]),
        ("B", 1, [("V0001", "A"), ("V0003", "D"), ("V0004", "C"), ("V0007", "C")]),
        ("C", 0, [("V0001", "A"), ("V0003", "B"), ("V0004", "A"), ("V0007", "D")]),
    ];
    for (gone, attempt, expected) in cases {
        let mut later = before.clone();
        assert_eq!(again(&mut later, &pool, 1, &[gone], &[]), [Some(attempt)], "{gone}");
        assert_eq!(one_each(&hands(&later)), expected, "{gone}");
    }
}

#[test]
fn what_was_done_stays_and_what_nobody_can_do_is_not_executed() {
    let pool = pool("county-7", &[("A", 2)], &[]);
    let mut later = drawn(&pool, 2, PerTarget::One);
    let places: Vec<PlaceId> = later.with_fate(Fate::Visit).map(|target| target.id.clone()).collect();
    again(&mut later, &pool, 1, &["A"], &places[..1]);
    assert_eq!(later.inspectors_of(&places[0]), [inspector("A")]);
    let left = later.targets.iter().find(|target| target.id == places[1]).unwrap();
    assert_eq!(left.fate, Fate::NotDone(NotDone::NobodyLeft));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_lines_of_those_who_fell_out_move_and_only_to_clean_free_slots(
        capacities in prop::collection::vec(0u32..3, PEOPLE.len()),
        bars in prop::collection::btree_set((1usize..=8, 0..PEOPLE.len()), 0..12),
        first in 0..PEOPLE.len(),
        second in 0..PEOPLE.len(),
        done in prop::collection::btree_set(1usize..=8, 0..3),
        two: bool,
    ) {
        let slots: Vec<(&str, u32)> = PEOPLE.into_iter().zip(capacities.iter().copied()).collect();
        let ids: Vec<String> = (1..=8).map(|n| format!("V{n:04}")).collect();
        let bars: Vec<(&str, &str)> = bars.iter().map(|(at, who)| (ids[at - 1].as_str(), PEOPLE[*who])).collect();
        let done: Vec<PlaceId> = done.iter().map(|at| place(&ids[at - 1])).collect();
        let pool = super::pool("county-7", &slots, &bars);
        let mut later = drawn(&pool, 6, if two { PerTarget::Two } else { PerTarget::One });
        let mut gone: Vec<&str> = Vec::new();
        for (who, round) in [PEOPLE[first], PEOPLE[second]].into_iter().zip(1..) {
            gone.push(who);
            let before = hands(&later);
            let mut twin = later.clone();
            again(&mut later, &pool, round, &gone, &done);
            again(&mut twin, &pool, round, &gone, &done);
            let after = hands(&later);
            prop_assert_eq!(&after, &hands(&twin), "the same inputs give the same hands");
            for (at, people) in &before {
                let stays: Vec<&String> = people.iter().filter(|one| !gone.contains(&one.as_str())).collect();
                let now = after.get(at).cloned().unwrap_or_default();
                if done.contains(&place(at)) {
                    prop_assert_eq!(&now, people);
                    continue;
                }
                prop_assert!(stays.iter().all(|one| now.contains(one)), "{at}: {people:?} {now:?}");
                prop_assert!(now.iter().all(|one| !gone.contains(&one.as_str())), "{at}: {now:?}");
                prop_assert!(now.len() <= people.len());
                prop_assert_eq!(now.iter().collect::<BTreeSet<_>>().len(), now.len(), "nobody goes twice");
                for one in now.iter().filter(|one| !people.contains(one)) {
                    prop_assert!(!pool.is_barred(&place(at), &inspector(one)), "{at} {one}");
                }
            }
            prop_assert!(after.keys().all(|at| before.contains_key(at)));
            for (who, capacity) in &slots {
                let lines = after.values().flatten().filter(|one| one == who).count();
                prop_assert!(lines <= *capacity as usize, "{who} has {lines} of {capacity}");
            }
        }
    }
}
