//! Numbers of EVIDENCE 7: its check by enumeration, and samples worked out by hand.

use super::{near, sample};
use spotcheck::measure::estimate::{Estimate, Rate, estimate};

const PI: [f64; 6] = [0.1, 0.2, 0.25, 0.4, 0.5, 0.8];
const Y: [f64; 6] = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0];

#[test]
fn all_64_samples_enumerated() {
    let (mut mean, mut square, mut mean_of_v, mut certain, mut mean_of_n) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for drawn in 0..64_u32 {
        let hit = |i: usize| drawn >> i & 1 == 1;
        let chance: f64 = (0..6).map(|i| if hit(i) { PI[i] } else { 1.0 - PI[i] }).product();
        let rows: Vec<_> = (0..6).filter(|i| hit(*i)).map(|i| ("s", PI[i], Y[i])).collect();
        let all = estimate(&sample(&rows, None)).all;
        certain += chance;
        mean += chance * all.y;
        square += chance * all.y * all.y;
        mean_of_v += chance * all.se_y * all.se_y;
        mean_of_n += chance * all.total;
        // The rate is a ratio of the two, whatever was drawn.
        assert!(all.rate.is_none_or(|rate| near(rate.r, all.y / all.total)));
    }
    assert!(near(certain, 1.0));
    assert!(near(mean, 4.0), "E[Y] = {mean}");
    assert!(near(square - mean * mean, 55.0 / 4.0), "Var = {}", square - mean * mean);
    assert!(near(mean_of_v, 55.0 / 4.0), "E[V] = {mean_of_v}");
    assert!(near(mean_of_n, 6.0), "E[N] = {mean_of_n}");
}

const ROWS: [(&str, f64, f64); 8] = [
    ("a", 0.1, 1.0),
    ("c", 0.3, 1.0),
    ("a", 0.2, 0.0),
    ("b", 0.5, 0.0),
    ("a", 0.4, 0.5),
    ("b", 0.25, 0.0),
    ("c", 0.8, 1.0),
    ("c", 1.0, 1.0),
];

/// n, N, Y, se_Y, R, se_R, n_star, low, high.
fn check(name: &str, one: &Estimate, expected: (usize, [f64; 8])) {
    let Rate { r, se } = one.rate.unwrap();
    let found = [one.total, one.y, one.se_y, r, se, one.n_star, one.low, one.high];
    assert_eq!(one.n, expected.0, "{name}");
    for (found, expected) in found.into_iter().zip(expected.1) {
        assert!((found - expected).abs() < 5e-7, "{name}: {found}, expected {expected} in {one:?}");
    }
}

#[test]
fn strata_and_their_sum_without_totals() {
    let estimates = estimate(&sample(&ROWS, None));
    let names: Vec<&str> = estimates.strata.iter().map(|(stratum, _)| stratum.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    let [a, b, c] = &estimates.strata[..] else { panic!() };
    check("a", &a.1, (3, [17.5, 11.25, 9.536115561, 0.642857143, 0.254407217, 3.0, 0.194744654, 0.930541907]));
    // Nobody absent: the effective number is that of the weights.
    check("b", &b.1, (2, [6.0, 0.0, 0.0, 0.0, 0.0, 1.8, 0.0, 0.680933596]));
    check("c", &c.1, (3, [5.583333333, 5.583333333, 2.844341361, 1.0, 0.0, 2.279837481, 0.372443572, 1.0]));
    let all =
        [29.083333333, 16.833333333, 9.951270159, 0.578796562, 0.184574572, 7.156062231, 0.258161263, 0.844384228];
    check("all", &estimates.all, (8, all));
}

#[test]
fn known_totals_weigh_the_strata() {
    let estimates = estimate(&sample(&ROWS, Some(&[("c", 10.0), ("b", 20.0), ("a", 40.0)])));
    let a = [40.0, 11.25, 9.536115561, 0.642857143, 0.254407217, 3.0, 0.194744654, 0.930541907];
    check("a", &estimates.strata[0].1, (3, a));
    let all = [70.0, 16.833333333, 9.951270159, 0.510204082, 0.145375553, 8.0, 0.222149930, 0.791637671];
    check("all", &estimates.all, (8, all));
}

#[test]
fn a_census_has_no_error_and_still_a_range() {
    let all = estimate(&sample(&[("s", 1.0, 0.5), ("s", 1.0, 0.0), ("s", 1.0, 1.0), ("s", 1.0, 0.5)], None)).all;
    check("all", &all, (4, [4.0, 2.0, 0.0, 0.5, 0.0, 4.0, 0.150038988, 0.849961012]));
    // Every y the same: no variance of the rate either.
    let all = estimate(&sample(&[("s", 0.5, 0.5), ("s", 0.5, 0.5), ("s", 0.5, 0.5), ("s", 0.5, 0.5)], None)).all;
    check("all", &all, (4, [8.0, 4.0, 2_f64.sqrt(), 0.5, 0.0, 4.0, 0.150038988, 0.849961012]));
}

#[test]
fn nothing_drawn_says_nothing() {
    let estimates = estimate(&sample(&[], None));
    assert!(estimates.strata.is_empty());
    let nothing = Estimate { n: 0, total: 0.0, y: 0.0, se_y: 0.0, rate: None, n_star: 0.0, low: 0.0, high: 1.0 };
    assert_eq!(estimates.all, nothing);
    assert!(estimates.all.y.is_sign_positive(), "0, and not -0");
    let estimates = estimate(&sample(&[], Some(&[("a", 30.0), ("b", 0.0)])));
    assert_eq!(estimates.strata[0].1, Estimate { total: 30.0, ..nothing });
    assert_eq!(estimates.all, Estimate { total: 30.0, ..nothing });
}

#[test]
fn a_stratum_without_units_is_a_bound() {
    let seen = estimate(&sample(&ROWS, Some(&[("a", 40.0), ("b", 20.0), ("c", 10.0)]))).all;
    let totals = [("a", 40.0), ("b", 20.0), ("c", 10.0), ("d", 30.0)];
    let all = estimate(&sample(&ROWS, Some(&totals))).all;
    assert_eq!((all.n, all.total, all.rate), (8, 100.0, None));
    assert!(near(all.low, 0.7 * seen.low) && near(all.high, 0.7 * seen.high + 0.3), "{all:?}");
    // An empty stratum of no place-windows takes nothing away.
    let totals = [("a", 40.0), ("b", 20.0), ("c", 10.0), ("d", 0.0)];
    assert_eq!(estimate(&sample(&ROWS, Some(&totals))).all, seen);
}
