//! The vectors and edges of DRAW 8.

use super::*;
use spotcheck::draw::chain::{self, is_test_anchor};
use spotcheck::draw::deal::deal;
use spotcheck::draw::order::{decide, odds_key, select};
use spotcheck::draw::{Decision, Drawn, Fate, Origin, PerTarget, Round, Ticket, band::band, draw};
use spotcheck::model::{Timestamp, time};

const M: u64 = 1 << 32;

fn hex(bytes: &[u8]) -> String {
    spotcheck::model::sha::to_hex(bytes)
}

fn ids(drawn: &Drawn, fate: Fate) -> Vec<&str> {
    drawn.with_fate(fate).map(|t| t.id.as_str()).collect()
}

#[test]
fn the_chain() {
    let chain = Chain::with_length(Sha256::of(b"test chain end").0, 4);
    assert_eq!(chain.anchor().hex(), "97338f07a11f8f56f0e810ff69cdb5f107c66004a1adf174fc95006ab360f69e");
    assert_eq!(hex(key(1).reveal()), "2d314042e6373e34aa0224ed5e762711a80104f7ccff34a89662e9bc1ca93789");
    assert!(key(3).is_link(3, &chain.anchor()) && !key(3).is_link(2, &chain.anchor()));
    assert!(chain.key(0).is_none() && chain.key(5).is_none());
    assert_eq!(chain.key(4).unwrap().reveal(), &Sha256::of(b"test chain end").0);
}

#[test]
fn the_chain_at_its_full_length() {
    let chain = Chain::from_end(Sha256::of(b"test chain end").0);
    assert!(is_test_anchor(&chain.anchor()));
    assert!(!is_test_anchor(&Sha256::of(b"an office of its own")));
    for t in [1, 511, 512, 513, 1024, 100_000] {
        assert!(chain.key(t).unwrap().is_link(t, &chain.anchor()), "{t}");
    }
    assert_eq!(hex(chain.key(chain::LENGTH - 3).unwrap().reveal()), hex(key(1).reveal()), "the short chain is its end");
    assert!(chain.key(chain::LENGTH + 1).is_none());
}

#[test]
fn a_window_finds_its_link_by_time() {
    let sealed = Timestamp::parse("2026-03-01T20:00:00+08:00").unwrap();
    let at = |minutes: i64| chain::index(sealed.plus(minutes * time::MINUTE), sealed);
    assert_eq!((at(0), at(29), at(30), at(13 * 60)), (Ok(1), Ok(1), Ok(2), Ok(27)));
    assert_eq!(at(-1), Err(chain::NoLink::BeforeSeal));
    assert_eq!(at(30 * (1 << 18) - 1), Ok(1 << 18));
    assert_eq!(at(30 * (1 << 18)), Err(chain::NoLink::AfterEnd));
}

#[test]
fn v1_band() {
    let p = band(&[1, 1, 2, 3, 5, 8, 13, 40], 2 * M, chance(M / 10), chance(M / 2)).unwrap();
    assert_eq!(p.iter().map(|p| p.get()).collect::<Vec<_>>(), P);
}

#[test]
fn v2_frame() {
    assert_eq!(frame().root().hex(), "fe42abc3772b232aa7160cb993400dc7b44f7693fcb837c4c6dfb792d1dc0deb");
    assert_eq!(frame().sum_of_visits(), P.iter().sum::<u64>());
}

#[test]
fn v3_tickets_and_every_way_of_taking() {
    let (frame, key) = (frame(), key(1));
    let run = |limits| draw(&inputs(&frame, &key, "2026-03-02/am", "beacon-0001", limits)).unwrap();
    let alone = run(Limits::INDEPENDENT);
    assert_eq!(hex(alone.seed.reveal()), "cfc9d845e6addbd8856fca6a9dae6dc97eafccd97266d784ca080288be5b93ee");
    let all = run(Limits::exactly(8));
    let expected = [
        ("V0001", 0x20a4_c662_9e2c_8ccd, 5_649_406_333),
        ("V0002", 0x789a_2796_2a09_9286, 34_430_693_153),
        ("V0003", 0x22b7_7dd0_4d75_195a, 6_064_473_290),
        ("V0004", 0x350e_5a63_d312_acba, 7_432_147_909),
        ("V0005", 0xece7_ea5c_dcc6_9206, 190_317_621_540),
        ("V0006", 0x88d4_b705_d493_b5a3, 9_158_530_957),
        ("V0007", 0x7546_8cc0_6e44_bdd6, 3_630_902_345),
        ("V0008", 0xe6c6_8197_ac1c_a8b1, 39_293_921_261u128),
    ];
    for (id, ticket, key) in expected {
        let target = all.targets.iter().find(|t| t.id.as_str() == id).unwrap();
        assert_eq!((target.ticket, target.key), (Ticket(ticket), key), "{id}");
    }
    assert_eq!(ids(&alone, Fate::Visit), ["V0007"]);
    assert_eq!((alone.targets[0].minute, alone.targets[0].origin), (42, Origin::Ticket));
    let two = run(Limits::exactly(2));
    assert_eq!(ids(&two, Fate::Visit), ["V0007", "V0001"]);
    assert_eq!(two.targets[1].origin, Origin::Exact);
    assert_eq!(ids(&run(Limits::exactly(4)), Fate::Visit), ["V0007", "V0001", "V0003", "V0004"]);
    assert_eq!(ids(&run(Limits::new(2, None).unwrap()), Fate::Visit), ["V0007", "V0001"]);
}

#[test]
fn v4_another_window_of_the_same_frame() {
    let (frame, key) = (frame(), key(2));
    let run = |limits| draw(&inputs(&frame, &key, "2026-03-02/pm", "beacon-0002", limits)).unwrap();
    let alone = run(Limits::INDEPENDENT);
    assert_eq!(hex(alone.seed.reveal()), "d281aa36937604e787b18a9fa745dd901b82d95676e4a2f06bf576734503505f");
    let first = &alone.targets[0];
    assert_eq!(ids(&alone, Fate::Visit), ["V0005"]);
    assert_eq!((first.ticket.to_string().as_str(), first.key, first.minute), ("32ab3311c4b3635f", 3_785_183_584, 225));
    assert_eq!(ids(&run(Limits::exactly(4)), Fate::Visit), ["V0005", "V0006", "V0007", "V0003"]);
    let none = run(Limits::new(0, Some(0)).unwrap());
    let cut = none.targets.iter().find(|t| t.id.as_str() == "V0005").unwrap();
    assert_eq!((cut.fate, cut.origin), (Fate::Call, Origin::Overflow), "a visit hit cut by the most");
}

#[test]
fn v5_deal() {
    let (frame, key) = (frame(), key(1));
    let seed = draw(&inputs(&frame, &key, "2026-03-02/am", "beacon-0001", Limits::INDEPENDENT)).unwrap().seed;
    let pool = pool("county-7", &[("A", 2), ("B", 1), ("C", 1)], &[("V0003", "A"), ("V0007", "A"), ("V0008", "C")]);
    let targets = ["V0007", "V0003", "V0008"].map(place);
    let dealt = deal(&seed, &pool, Round::First, &targets, PerTarget::One);
    assert_eq!(dealt.first.attempt, Some(8));
    let expected = [("V0003", "B"), ("V0007", "C"), ("V0008", "A")].map(|(p, i)| (place(p), inspector(i)));
    assert_eq!(dealt.first.pairs, expected);
    assert!(dealt.overflow.is_empty() && dealt.barred_from_all.is_empty());
}

#[test]
fn v6_two_custodians() {
    let joint = ChainKey::joint(&[key(1), key(2)]).unwrap();
    assert_eq!(hex(joint.reveal()), "affc3e3c3d17d6b34627776ab04d21bce6d93ea746125cbf3a6106b87a280647");
    assert_eq!(ChainKey::joint(&[key(1)]), Some(key(1)), "a single custodian's link is never hashed");
    assert_eq!(ChainKey::joint(&[]), None);
    assert!(!chain::all_different(&[Sha256::of(b"a"), Sha256::of(b"b"), Sha256::of(b"a")]));
}

#[test]
fn v7_calls_and_a_visit_taken_over_a_call() {
    let (frame, key) = (frame(), key(3));
    let run = |limits| draw(&inputs(&frame, &key, "2026-03-06/am", "beacon-6am", limits)).unwrap();
    let alone = run(Limits::INDEPENDENT);
    assert_eq!(hex(alone.seed.reveal()), "9321443ab741991631853dab85f18b96a24471f3d8aaf909084d88b6842bee65");
    assert_eq!(ids(&alone, Fate::Visit), [""; 0]);
    assert_eq!(ids(&alone, Fate::Call), ["V0006", "V0007"]);
    let tickets: Vec<String> = alone.targets.iter().map(|t| t.ticket.to_string()).collect();
    assert_eq!(tickets, ["6ef924b1f449e6ff", "998606747ec2686f"]);
    let three = run(Limits::exactly(3));
    assert_eq!(ids(&three, Fate::Visit), ["V0006", "V0007", "V0004"]);
    assert_eq!(ids(&three, Fate::Call), [""; 0]);
}

#[test]
fn edges() {
    let alone = |u: u64, p: u64| decide(Ticket(u), chance(p), Chance::ZERO);
    assert_eq!(alone(0, 1), Decision::Visit);
    assert_eq!(alone((1 << 32) - 1, 1), Decision::Visit);
    assert_eq!(alone(1 << 32, 1), Decision::Nothing);
    assert_eq!(alone(u64::MAX, M), Decision::Visit);
    assert_eq!(odds_key(Ticket(u64::MAX), Chance::ONE), 0);
    assert_eq!(odds_key(Ticket(0), Chance::ZERO), u128::MAX);
    assert_eq!(select(&[(Ticket(0), Chance::ZERO)], Limits::exactly(1)), [0; 0], "never chosen");
    assert_eq!(decide(Ticket(u64::MAX), chance(1), chance(M - 1)), Decision::Call);
}

/// Exact inclusion of Pareto sampling: given u_i, every other unit j comes before i with a chance that
/// `odds_key` itself tells; the number of such j is below n with a chance found by convolution; the
/// mean over u_i is taken by Gauss' rule of order 5 on equal panels.
#[test]
fn exact_inclusion() {
    let p = [0.2, 0.7, 0.8, 0.5, 0.4, 0.4].map(|p: f64| chance((p * M as f64) as u64));
    let expected = [0.194681, 0.706861, 0.805739, 0.500804, 0.395958, 0.395958];
    let nodes = [
        (0.0, 0.568_888_888_888_889),
        (0.538_469_310_105_683, 0.478_628_670_499_366),
        (0.906_179_845_938_664, 0.236_926_885_056_189),
    ];
    let panels = 40;
    for (i, wanted) in expected.into_iter().enumerate() {
        let mut sum = 0.0;
        for panel in 0..panels {
            for (node, weight) in
                nodes.into_iter().flat_map(|(x, w)| if x == 0.0 { vec![(x, w)] } else { vec![(x, w), (-x, w)] })
            {
                let u = (f64::from(panel) + (node + 1.0) / 2.0) / f64::from(panels);
                let mine = odds_key(Ticket((u * 2f64.powi(64)) as u64), p[i]);
                let others = (0..p.len()).filter(|j| *j != i).map(|j| share_below(mine, p[j]));
                sum += weight / 2.0 / f64::from(panels) * at_most(2, others);
            }
        }
        assert!((sum - wanted).abs() < 2e-6, "target {i}: {sum}, expected {wanted}");
    }
}

fn share_below(key: u128, p: Chance) -> f64 {
    let (mut low, mut high) = (0u64, u64::MAX);
    while low < high {
        let middle = low.midpoint(high);
        if odds_key(Ticket(middle), p) < key { low = middle + 1 } else { high = middle }
    }
    low as f64 / 2f64.powi(64)
}

fn at_most(most: usize, chances: impl Iterator<Item = f64>) -> f64 {
    let counts = chances.fold(vec![1.0], |counts: Vec<f64>, q| {
        let mut next = vec![0.0; counts.len() + 1];
        for (count, chance) in counts.into_iter().enumerate() {
            next[count] += chance * (1.0 - q);
            next[count + 1] += chance * q;
        }
        next
    });
    counts.iter().take(most + 1).sum()
}
