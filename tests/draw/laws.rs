//! Laws that hold for every draw.

use super::*;
use proptest::prelude::*;
use spotcheck::draw::band::band;
use spotcheck::draw::order::{decide, odds_key, select};
use spotcheck::draw::{Beacon, Decision, Fate, Field, Label, Seed, Ticket, draw, log, mac};

const M: u64 = 1 << 32;

fn any_ticket() -> impl Strategy<Value = u64> {
    prop_oneof![
        any::<u64>(),
        any::<u64>().prop_map(|u| u >> 40),
        Just(0),
        Just(u64::MAX),
        (0..8u64).prop_map(|u| u << 61)
    ]
}

fn any_chance() -> impl Strategy<Value = u64> {
    prop_oneof![Just(1), Just(M), Just(M - 1), 1..=M]
}

proptest! {
    #[test]
    fn a_key_below_one_is_exactly_a_hit(p in any_chance(), near in -2i128..=2, any in any::<u64>()) {
        let edge = ((i128::from(p) << 32) + near).clamp(0, i128::from(u64::MAX)) as u64;
        for u in [any, edge, 0, u64::MAX] {
            let hit = decide(Ticket(u), chance(p), Chance::ZERO) == Decision::Visit;
            prop_assert_eq!(odds_key(Ticket(u), chance(p)) < u128::from(M), hit, "u {} p {}", u, p);
        }
    }

    #[test]
    fn a_band_keeps_its_bounds_its_total_and_the_order_of_weights(
        weights in prop::collection::vec(prop_oneof![0u64..100, any::<u64>()], 1..40),
        lo in 0..=M, width in 0..=M, part in 0u64..=1000,
    ) {
        let hi = (lo + width).min(M);
        let n = weights.len() as u64;
        let total = n * lo + n * (hi - lo) / 1000 * part;
        let p = band(&weights, total, chance(lo), chance(hi)).unwrap();
        let sum: u64 = p.iter().map(|p| p.get()).sum();
        prop_assert!(sum <= total);
        prop_assert!(p.iter().all(|p| (lo..=hi).contains(&p.get())));
        for (a, b) in weights.iter().zip(&p).flat_map(|x| weights.iter().zip(&p).map(move |y| (x, y))) {
            prop_assert!(a.0 > b.0 || a.1 <= b.1, "a greater weight never gets less");
        }
        prop_assert!(band(&weights, n * hi, chance(lo), chance(hi)).unwrap().iter().zip(&weights)
            .all(|(p, w)| p.get() == hi || *w == 0));
    }

    #[test]
    fn every_ticket_decides_alone_and_asking_for_more_only_appends(
        units in prop::collection::vec((any::<u64>(), 0..=M), 0..30), n in 0usize..30,
    ) {
        let units: Vec<(Ticket, Chance)> = units.into_iter().map(|(u, p)| (Ticket(u), chance(p))).collect();
        let mut alone = select(&units, Limits::INDEPENDENT);
        let by_hand = select(&units, Limits::exactly(units.len()));
        prop_assert_eq!(&select(&units, Limits::exactly(n)), &by_hand[..n.min(by_hand.len())]);
        prop_assert_eq!(&by_hand[..alone.len()], &alone[..]);
        alone.sort_unstable();
        let hits: Vec<usize> = units.iter().enumerate()
            .filter(|(_, (u, p))| decide(*u, *p, Chance::ZERO) == Decision::Visit).map(|(i, _)| i).collect();
        prop_assert_eq!(alone, hits);
    }

    #[test]
    fn what_is_taken_is_the_front_of_the_plain_order(
        units in prop::collection::vec((any_ticket(), prop_oneof![Just(0), any_chance(), 1u64..1000]), 0..200),
        n in any::<prop::sample::Index>(), min in 0usize..40, width in 0usize..40,
    ) {
        let units: Vec<(Ticket, Chance)> = units.into_iter().map(|(u, p)| (Ticket(u), chance(p))).collect();
        let mut order: Vec<usize> = (0..units.len()).filter(|i| units[*i].1 > Chance::ZERO).collect();
        order.sort_by_key(|i| (odds_key(units[*i].0, units[*i].1), units[*i].0, *i));
        let hits = units.iter().filter(|(u, p)| decide(*u, *p, Chance::ZERO) == Decision::Visit).count();
        prop_assert_eq!(select(&units, Limits::INDEPENDENT), &order[..hits]);
        let n = n.index(units.len() + 1);
        prop_assert_eq!(select(&units, Limits::exactly(n)), &order[..n.min(order.len())]);
        let some = select(&units, Limits::new(min, Some(min + width)).unwrap());
        prop_assert_eq!(some, &order[..hits.clamp(min, min + width).min(order.len())]);
    }

    #[test]
    fn a_higher_most_only_appends(
        units in prop::collection::vec((any_ticket(), any_chance()), 0..60), max in 0usize..60, more in 0usize..60,
    ) {
        let units: Vec<(Ticket, Chance)> = units.into_iter().map(|(u, p)| (Ticket(u), chance(p))).collect();
        let fewer = select(&units, Limits::new(0, Some(max)).unwrap());
        let many = select(&units, Limits::new(0, Some(max + more)).unwrap());
        prop_assert_eq!(&many[..fewer.len()], &fewer[..]);
    }

    #[test]
    fn a_ticket_is_the_first_half_of_its_mac(seed in any::<[u8; 32]>(), id in "[A-Z0-9村]{1,13}", long in ".{0,120}") {
        let half = |fields: [&str; 2]| {
            let fields = fields.map(|field| Field::new(field).unwrap());
            u64::from_be_bytes(mac(&seed, fields)[..8].try_into().unwrap())
        };
        let of = Seed::from_bytes(seed);
        prop_assert_eq!(of.ticket(Label::Ticket, &place(&id)).0, half(["ticket", &id]));
        let again = Label::DealAgain(u32::MAX, u32::MAX);
        prop_assert_eq!(of.ticket(again, Field::new(&long).unwrap()).0, half(["deal again 4294967295 4294967295", &long]));
    }

    #[test]
    fn a_window_is_drawn_place_by_place(seed in any::<u32>(), others in 0usize..6) {
        let key = key(1);
        let beacon = format!("beacon-{seed}");
        let all = frame();
        let drawn = draw(&inputs(&all, &key, "w", &beacon, Limits::INDEPENDENT)).unwrap();
        let tickets = drawn.seed.tickets(Label::Ticket);
        for row in &all.rows()[others..] {
            let decision = decide(tickets.of(&row.id), row.visit, row.call);
            let fate = drawn.targets.iter().find(|t| t.id == row.id).map(|t| t.fate);
            let expected = match decision {
                Decision::Visit => Some(Fate::Visit),
                Decision::Call => Some(Fate::Call),
                Decision::Nothing => None,
            };
            prop_assert_eq!(fate, expected);
        }
    }
}

#[test]
fn a_band_that_cannot_be_is_refused() {
    assert!(band(&[1, 1], 10, chance(6), chance(7)).is_err());
    assert!(band(&[1, 1], 100, chance(8), chance(7)).is_err());
    assert_eq!(band(&[], 0, chance(1), chance(2)), Ok(vec![]));
}

#[test]
fn no_field_of_a_hash_may_hold_a_line_feed() {
    let root = Sha256::of(b"");
    assert!(Seed::new(&key(1), "a\nb", &root, "c").is_err());
    assert!(Seed::new(&key(1), "a", &root, "b\nc").is_err());
    assert!(Seed::new(&key(1), "a", &root, "b").is_ok());
}

#[test]
fn the_log_chains_heads_and_binds_lists() {
    let one = log::next_head(&log::EMPTY, b"sealed");
    let two = log::next_head(&one, b"drawn");
    assert_eq!(two, Sha256::of(&[one.0, Sha256::of(b"drawn").0].concat()));
    let seed = Seed::from_bytes([7; 32]);
    let lines = ["visit V1 A", "call V2 B"].map(str::to_owned);
    assert_eq!(log::list_line("visit", &place("V1"), &[inspector("A")]), lines[0]);
    let list = log::list_mac(&seed, &lines).unwrap();
    assert_ne!(list, log::list_mac(&seed, &lines[..1]).unwrap());
    assert_ne!(list, log::list_mac(&Seed::from_bytes([8; 32]), &lines).unwrap());
    assert!(log::list_mac(&seed, &["a\nb".to_owned()]).is_err());
}

#[test]
fn a_beacon_has_one_spelling() {
    let text = format!("local:{}", "0f".repeat(32));
    assert_eq!(text.parse::<Beacon>().unwrap().to_string(), text);
    let short = format!("local:{}", "0f".repeat(31));
    for bad in [text.to_uppercase(), text.replace("0f", "0F"), short, "drand:1".into(), String::new()] {
        assert!(bad.parse::<Beacon>().is_err(), "{bad}");
    }
}

#[test]
fn secrets_do_not_show_in_debug() {
    let (frame, key) = (frame(), key(1));
    let drawn = draw(&inputs(&frame, &key, "w", "b", Limits::INDEPENDENT)).unwrap();
    let shown = format!("{key:?} {:?} {:?}", drawn.seed, Chain::with_length([1; 32], 4));
    assert!(!shown.contains(&spotcheck::model::sha::to_hex(key.reveal())[..8]));
    assert!(!shown.contains(&spotcheck::model::sha::to_hex(drawn.seed.reveal())[..8]));
    assert!(!shown.contains("01010101"));
}
