//! The order of a day's visits, against every order there is.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use spotcheck::plan::route::{Cost, Route, Stop, Ways, route};
use std::cell::RefCell;

/// Every order of `0..n`.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(n - 1);
    shorter.iter().flat_map(|order| (0..n).map(|at| [&order[..at], &[n - 1], &order[at..]].concat())).collect()
}

/// Walked by its own rules: go, wait until it opens, stay.
fn walked(stops: &[Stop], ways: &Ways, begins: i64, order: &[usize]) -> Cost {
    let (mut now, mut late, mut way, mut at) = (begins, 0, 0, None::<usize>);
    for next in order {
        let takes = match at {
            None => ways.start[*next],
            Some(at) => ways.between[at][*next],
        };
        now += takes;
        way += takes;
        if now < stops[*next].opens {
            now = stops[*next].opens;
        }
        if now > stops[*next].latest {
            late += now - stops[*next].latest;
        }
        now += stops[*next].stay;
        at = Some(*next);
    }
    Cost { late, ends: now, way }
}

fn brute_force(stops: &[Stop], ways: &Ways, begins: i64, orders: &[Vec<usize>]) -> Cost {
    orders.iter().map(|order| walked(stops, ways, begins, order)).min().unwrap()
}

fn is_whole(found: &Route, n: usize) {
    let mut order = found.order.clone();
    order.sort_unstable();
    assert_eq!(order, (0..n).collect::<Vec<_>>());
}

fn places(n: usize) -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0i64..40_000, 0i64..40_000), n + 1)
}

/// Seconds from one to another at ten metres a second; a winding road where `wind` says so.
fn ways(at: &[(i64, i64)], wind: &[i64]) -> Ways {
    let takes = |a: usize, b: usize| {
        let ((ax, ay), (bx, by)) = (at[a], at[b]);
        let straight = (((ax - bx).pow(2) + (ay - by).pow(2)) as f64).sqrt() as i64 / 10;
        straight * (100 + wind[(a * 7 + b) % wind.len()]) / 100
    };
    let n = at.len() - 1;
    Ways {
        start: (0..n).map(|b| takes(n, b)).collect(),
        between: (0..n).map(|a| (0..n).map(|b| takes(a, b)).collect()).collect(),
    }
}

fn spans(n: usize) -> impl Strategy<Value = Vec<Stop>> {
    let stop = (0i64..10_800, 600i64..14_400, 600i64..3_600).prop_map(|(opens, open, stay)| Stop {
        opens,
        latest: opens + open,
        stay,
    });
    prop::collection::vec(stop, n)
}

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}

#[test]
fn up_to_eight_stops_no_other_order_is_better() {
    let days = (0usize..=8).prop_flat_map(|n| (spans(n), places(n), prop::collection::vec(0i64..80, 5)));
    let all: Vec<Vec<Vec<usize>>> = (0..=8).map(orders).collect();
    runner(1000)
        .run(&days, |(stops, at, wind)| {
            let ways = ways(&at, &wind);
            let found = route(&stops, &ways, 0);
            is_whole(&found, stops.len());
            prop_assert_eq!(found.cost, walked(&stops, &ways, 0, &found.order));
            prop_assert_eq!(found.cost, brute_force(&stops, &ways, 0, &all[stops.len()]));
            Ok(())
        })
        .unwrap();
}

/// The shortest way through all stops, by subsets: for stops that are always open.
fn shortest(ways: &Ways, n: usize) -> i64 {
    let mut best = vec![vec![i64::MAX / 2; n]; 1 << n];
    for stop in 0..n {
        best[1 << stop][stop] = ways.start[stop];
    }
    for set in 1usize..1 << n {
        for last in (0..n).filter(|last| set & (1 << last) != 0) {
            for next in (0..n).filter(|next| set & (1 << next) == 0) {
                let with = set | 1 << next;
                best[with][next] = best[with][next].min(best[set][last] + ways.between[last][next]);
            }
        }
    }
    best[(1 << n) - 1].iter().copied().min().unwrap()
}

#[test]
fn twelve_stops_are_within_five_percent_of_the_best() {
    let days = (places(12), prop::collection::vec(0i64..80, 5));
    let over = RefCell::new(Vec::new());
    runner(100)
        .run(&days, |(at, wind)| {
            let ways = ways(&at, &wind);
            let stops = [Stop { opens: 0, latest: i64::MAX / 4, stay: 1_800 }; 12];
            let found = route(&stops, &ways, 0);
            is_whole(&found, 12);
            let best = shortest(&ways, 12);
            prop_assert!(found.cost.way >= best);
            prop_assert!(found.cost.way * 100 <= best * 105, "{} against {best}", found.cost.way);
            over.borrow_mut().push(found.cost.way as f64 * 100.0 / best as f64 - 100.0);
            Ok(())
        })
        .unwrap();
    let over = over.into_inner();
    let (sum, worst) = over.iter().fold((0.0, 0.0f64), |(sum, worst), one| (sum + one, worst.max(*one)));
    println!(
        "12 stops, {} days: on average {:.3} %, at most {worst:.2} % above the best",
        over.len(),
        sum / over.len() as f64
    );
}

#[test]
fn more_stops_are_never_ordered_worse_than_they_were_given() {
    let days = (9usize..=18).prop_flat_map(|n| (spans(n), places(n), prop::collection::vec(0i64..80, 5)));
    runner(15)
        .run(&days, |(stops, at, wind)| {
            let ways = ways(&at, &wind);
            let found = route(&stops, &ways, 0);
            is_whole(&found, stops.len());
            prop_assert_eq!(found.cost, walked(&stops, &ways, 0, &found.order));
            let given: Vec<usize> = (0..stops.len()).collect();
            prop_assert!(found.cost <= walked(&stops, &ways, 0, &given));
            Ok(())
        })
        .unwrap();
}

#[test]
fn whoever_is_early_waits_and_equal_orders_stay_as_given() {
    let open = |opens| Stop { opens, latest: opens + 3_600, stay: 600 };
    let ways = Ways { start: vec![0; 3], between: vec![vec![0; 3]; 3] };
    let found = route(&[open(0), open(0), open(5_000)], &ways, 0);
    assert_eq!((found.order, found.arrivals), (vec![0, 1, 2], vec![0, 600, 5_000]));
    assert_eq!(found.cost, Cost { late: 0, ends: 5_600, way: 0 });
}

#[test]
fn a_span_that_cannot_be_kept_is_late_and_the_others_are_not() {
    let stops = [Stop { opens: 0, latest: 3_600, stay: 1_800 }, Stop { opens: 0, latest: 3_600, stay: 1_800 }];
    let ways = Ways { start: vec![0, 0], between: vec![vec![0, 7_200], vec![7_200, 0]] };
    let found = route(&stops, &ways, 0);
    assert_eq!((found.cost.late, found.arrivals), (5_400, vec![0, 9_000]));
}
