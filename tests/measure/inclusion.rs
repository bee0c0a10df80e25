//! Inclusion probabilities of an order, against the specification, enumeration and chance (DRAW 7, 8).

use super::stream::Stream;
use proptest::prelude::*;
use spotcheck::measure::inclusion::{of_exactly, of_hits, of_pairs_of_hits};
use spotcheck::measure::units::Inclusion;

pub fn chances(p: &[f64]) -> Vec<Inclusion> {
    p.iter().map(|p| Inclusion::new(*p).unwrap()).collect()
}

fn close(found: &[f64], expected: &[f64], by: f64) {
    assert_eq!(found.len(), expected.len());
    for (i, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= by, "unit {i}: {a}, expected {b}");
    }
}

#[test]
fn the_value_of_the_specification() {
    let found = of_exactly(3, &chances(&[0.2, 0.7, 0.8, 0.5, 0.4, 0.4]));
    close(&found, &[0.194681, 0.706861, 0.805739, 0.500804, 0.395958, 0.395958], 5.1e-7);
}

/// Two units, the first of them kept: P(key_1 < key_2) by hand. With a = 1-p_1, b = 1-p_2 and a hit's
/// key below x with chance x/(1-p+px), the integral of a/(a+p_1 x)² (1 - x/(b+p_2 x)) over 0..1.
#[test]
fn two_hits_by_a_fine_sum() {
    for (p1, p2) in [(0.3, 0.05), (0.9, 0.1), (0.5, 0.5)] {
        let steps = 400_000;
        let at = |x: f64| {
            let density = (1.0 - p1) / (1.0 - p1 + p1 * x).powi(2);
            density * (1.0 - x / (1.0 - p2 + p2 * x))
        };
        let sum: f64 = (0..steps).map(|i| at((f64::from(i) + 0.5) / f64::from(steps))).sum();
        let q = sum / f64::from(steps);
        close(&of_hits(1, &chances(&[p1, p2])), &[q, 1.0 - q], 1e-9);
    }
}

#[test]
fn equal_chances_share_equally() {
    close(&of_hits(3, &chances(&[0.04; 7])), &[3.0 / 7.0; 7], 1e-15);
    let pairs = of_pairs_of_hits(3, &chances(&[0.04; 7]), 3);
    assert_eq!(pairs.len(), 3);
    assert!(pairs.iter().all(|pair| (pair.both - 3.0 / 7.0 * 2.0 / 6.0).abs() < 1e-15));
    // Next to equal goes the long way, to the same answer.
    close(&of_hits(3, &chances(&[0.04, 0.04, 0.04 + 1e-13, 0.04])), &[0.75; 4], 1e-11);
}

#[test]
fn certain_units_come_first() {
    close(&of_exactly(2, &chances(&[1.0, 0.3, 0.3])), &[1.0, 0.5, 0.5], 1e-12);
    close(&of_exactly(2, &chances(&[1.0, 1.0, 1.0, 0.5])), &[2.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0, 0.0], 1e-12);
    close(&of_exactly(5, &chances(&[0.1, 0.2])), &[1.0, 1.0], 0.0);
    close(&of_exactly(0, &chances(&[0.1, 1.0])), &[0.0, 0.0], 0.0);
    let pairs = of_pairs_of_hits(2, &chances(&[1.0, 0.3, 0.3, 0.3]), 3);
    let both: Vec<f64> = pairs.iter().map(|pair| pair.both).collect();
    close(&both, &[1.0 / 3.0, 1.0 / 3.0, 0.0], 1e-12);
    let certain: Vec<f64> = of_pairs_of_hits(2, &chances(&[1.0; 4]), 2).iter().map(|pair| pair.both).collect();
    close(&certain, &[2.0 / 4.0 / 3.0], 1e-12);
}

/// The law itself: keys of independent tickets, the n smallest taken, 60,000 times.
#[test]
fn agrees_with_chance() {
    let p = [0.9, 0.04, 0.04, 0.008, 0.3, 0.6, 0.02, 0.5];
    let (n, rounds) = (3, 60_000);
    let mut stream = Stream::new(1);
    let (mut framed, mut kept, mut both) = ([0u32; 8], [0u32; 8], [[0u32; 8]; 8]);
    for _ in 0..rounds {
        let of_frame = p.map(|p| odds(stream.unit()) * (1.0 - p) / p);
        let of_hits = p.map(|p| odds(stream.unit() * p) * (1.0 - p) / p);
        for i in first(&of_frame, n) {
            framed[i] += 1;
        }
        let taken = first(&of_hits, n);
        for i in &taken {
            kept[*i] += 1;
            for j in &taken {
                both[*i][*j] += 1;
            }
        }
    }
    let near = |count: u32, expected: f64| {
        let rounds = f64::from(rounds);
        let z = (f64::from(count) - rounds * expected) / (rounds * expected * (1.0 - expected)).sqrt();
        assert!(z.abs() < 4.5, "{count} of {rounds}, expected {expected}: z = {z:.2}");
        z.abs()
    };
    let mut worst: f64 = 0.0;
    for (i, pi) in of_exactly(n, &chances(&p)).into_iter().enumerate() {
        worst = worst.max(near(framed[i], pi));
    }
    for (i, q) in of_hits(n, &chances(&p)).into_iter().enumerate() {
        worst = worst.max(near(kept[i], q));
    }
    for pair in of_pairs_of_hits(n, &chances(&p), p.len()) {
        worst = worst.max(near(both[pair.first][pair.second], pair.both));
    }
    println!("inclusion against {rounds} rounds: greatest |z| of 44 probabilities {worst:.2}");
}

fn odds(u: f64) -> f64 {
    u / (1.0 - u)
}

fn first(keys: &[f64], n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|a, b| keys[*a].total_cmp(&keys[*b]));
    order.truncate(n);
    order
}

/// What was measured when the design was made: N = 300, n = 20, weights spread 1 to 10.
#[test]
fn a_county_and_a_large_frame() {
    let spread = |units: usize, n: usize| {
        let weights: Vec<f64> = (0..units).map(|i| 1.0 + 9.0 * i as f64 / units as f64).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter().map(|w| w * n as f64 / sum).collect::<Vec<_>>()
    };
    for (units, n, within) in [(300, 20, 1e-4), (2000, 20, 1e-5)] {
        let p = spread(units, n);
        let found = of_exactly(n, &chances(&p));
        let sum: f64 = found.iter().sum();
        let worst = found.iter().zip(&p).map(|(pi, p)| (pi / p - 1.0).abs()).fold(0.0, f64::max);
        println!("N {units}, n {n}: sum {sum:.12}, greatest relative error of the target {worst:.6}");
        assert!((sum - n as f64).abs() < 1e-9 && worst < within);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Exactly n are taken, so that inclusion sums to n, pairs to n(n-1)/2, and each unit's to (n-1) times its own.
    #[test]
    fn sums_are_whole(
        p in prop::collection::vec(prop_oneof![4 => 0.001..0.999, 1 => Just(1.0), 1 => Just(2f64.powi(-32)), 1 => Just(1.0 - 2f64.powi(-32))], 1..14),
        part in 0.0..1.0,
    ) {
        let n = (part * p.len() as f64) as usize;
        let p = chances(&p);
        for found in [of_exactly(n, &p), of_hits(n, &p)] {
            prop_assert!(found.iter().all(|q| (-1e-12..=1.0 + 1e-12).contains(q)), "{:?}", found);
            prop_assert!((found.iter().sum::<f64>() - n as f64).abs() < 1e-9, "{:?}", found);
        }
        let (single, pairs) = (of_hits(n, &p), of_pairs_of_hits(n, &p, p.len()));
        for (i, q) in single.iter().enumerate() {
            let sum: f64 = pairs.iter().filter(|pair| pair.first == i || pair.second == i).map(|pair| pair.both).sum();
            prop_assert!((sum - q * (n as f64 - 1.0).max(0.0)).abs() < 1e-9, "unit {} of {:?}", i, pairs);
        }
        for pair in &pairs {
            let apart = single[pair.first] * single[pair.second];
            prop_assert!(pair.both <= apart + 1e-12, "places are rivals: {:?}, {}", pair, apart);
        }
    }

    /// A greater p never makes a unit less likely to be taken.
    #[test]
    fn more_chance_is_more_inclusion(p in prop::collection::vec(0.001..0.999, 2..12), part in 0.0..1.0) {
        let n = (part * p.len() as f64) as usize;
        let (frame, hits) = (of_exactly(n, &chances(&p)), of_hits(n, &chances(&p)));
        for i in 0..p.len() {
            for j in 0..p.len() {
                prop_assert!(p[i] < p[j] || frame[i] >= frame[j] - 1e-12 && hits[i] >= hits[j] - 1e-12);
            }
        }
    }
}
