//! What holds of every sample (EVIDENCE 7).

use super::{near, sample};
use proptest::prelude::*;
use spotcheck::measure::estimate::{Estimate, estimate};
use spotcheck::measure::interval::wilson;

const NAMES: [&str; 4] = ["north", "south", "东乡", "西乡"];

type Rows = Vec<(&'static str, f64, f64)>;

/// Probabilities down to the draw's smallest, shares with the edges often.
fn rows(least: usize) -> impl Strategy<Value = Rows> {
    let p = prop_oneof![3 => 0.001..1.0, 1 => Just(1.0), 1 => Just(2_f64.powi(-32))];
    let y = prop_oneof![2 => Just(0.0), 2 => Just(1.0), 2 => 0.0..=1.0];
    prop::collection::vec((prop::sample::select(&NAMES[..]), p, y), least..30)
}

/// Totals for all names, above the number of units.
fn totals() -> impl Strategy<Value = Option<Vec<(&'static str, f64)>>> {
    let known = prop::collection::vec(30.0..1e6, NAMES.len()).prop_map(|n| NAMES.into_iter().zip(n).collect());
    prop::option::of(known)
}

fn everything(rows: &Rows, totals: Option<&[(&str, f64)]>) -> Vec<Estimate> {
    let estimates = estimate(&sample(rows, totals));
    estimates.strata.into_iter().map(|(_, one)| one).chain([estimates.all]).collect()
}

proptest! {
    #[test]
    fn rates_lie_within_their_range_and_everything_is_finite(rows in rows(0), totals in totals()) {
        for one in everything(&rows, totals.as_deref()) {
            prop_assert!([one.total, one.y, one.se_y, one.n_star].iter().all(|x| x.is_finite() && *x >= 0.0), "{one:?}");
            prop_assert!(0.0 <= one.low && one.low <= one.high && one.high <= 1.0, "{one:?}");
            prop_assert!(one.n_star <= one.n as f64, "{one:?}");
            prop_assert_eq!(one.n_star > 0.0, one.n > 0);
            if let Some(rate) = one.rate {
                prop_assert!(one.low <= rate.r && rate.r <= one.high && rate.se >= 0.0, "{one:?}");
            }
        }
    }

    #[test]
    fn totals_add_up_over_the_strata(rows in rows(0), totals in totals()) {
        let all = everything(&rows, totals.as_deref());
        let (all, strata) = all.split_last().unwrap();
        prop_assert_eq!(all.n, strata.iter().map(|one| one.n).sum::<usize>());
        prop_assert!(near(all.y, strata.iter().map(|one| one.y).sum()));
        prop_assert!(near(all.total, strata.iter().map(|one| one.total).sum()));
        prop_assert!(near(all.se_y.powi(2), strata.iter().map(|one| one.se_y.powi(2)).sum()));
    }

    #[test]
    fn one_stratum_is_all(rows in rows(1), n in prop::option::of(30.0..1e6)) {
        let rows: Rows = rows.into_iter().map(|(_, p, y)| ("one", p, y)).collect();
        let totals = n.map(|n| vec![("one", n)]);
        let [one, all] = everything(&rows, totals.as_deref())[..] else { panic!() };
        let (rate, of_all) = (one.rate.unwrap(), all.rate.unwrap());
        prop_assert!(near(one.y, all.y) && near(rate.r, of_all.r) && near(rate.se, of_all.se));
        prop_assert!(near(one.low, all.low) && near(one.high, all.high), "{one:?} {all:?}");
    }

    #[test]
    fn the_order_of_rows_is_no_matter(rows in rows(0), totals in totals()) {
        let backwards: Rows = rows.iter().rev().copied().collect();
        for (a, b) in everything(&rows, totals.as_deref()).iter().zip(everything(&backwards, totals.as_deref())) {
            prop_assert!(near(a.y, b.y) && near(a.low, b.low) && near(a.high, b.high), "{a:?} {b:?}");
        }
    }

    #[test]
    fn presence_is_the_mirror_of_absence(rows in rows(1), totals in totals()) {
        let mirrored: Rows = rows.iter().map(|(name, p, y)| (*name, *p, 1.0 - y)).collect();
        for (a, b) in everything(&rows, totals.as_deref()).iter().zip(everything(&mirrored, totals.as_deref())) {
            prop_assert!(near(a.low, 1.0 - b.high) && near(a.high, 1.0 - b.low), "{a:?} {b:?}");
            if let (Some(a), Some(b)) = (a.rate, b.rate) {
                prop_assert!(near(a.r, 1.0 - b.r) && near(a.se, b.se), "{a:?} {b:?}");
            }
        }
    }

    /// Half of every p: twice the places behind each unit, and the same rate.
    #[test]
    fn scale_of_p(rows in rows(1)) {
        let halved: Rows = rows.iter().map(|(name, p, y)| (*name, p / 2.0, *y)).collect();
        for (a, b) in everything(&rows, None).iter().zip(everything(&halved, None)) {
            prop_assert!(near(2.0 * a.y, b.y) && near(2.0 * a.total, b.total));
            prop_assert!(near(a.rate.unwrap().r, b.rate.unwrap().r));
            prop_assert!(b.se_y >= 2.0 * a.se_y && b.rate.unwrap().se >= a.rate.unwrap().se * (1.0 - 1e-9));
        }
    }

    /// Only the proportions of the known totals weigh in a rate.
    #[test]
    fn scale_of_totals(rows in rows(1), totals in prop::collection::vec(30.0..1e6, 4), by in 1.0..1e3) {
        let times = |by: f64| NAMES.into_iter().zip(&totals).map(|(name, n)| (name, n * by)).collect::<Vec<_>>();
        let (once, more) = (everything(&rows, Some(&times(1.0))), everything(&rows, Some(&times(by))));
        for (a, b) in once.iter().zip(more) {
            prop_assert!(near(by * a.total, b.total) && a.y == b.y);
            prop_assert!(near(a.low, b.low) && near(a.high, b.high), "{a:?} {b:?}");
            prop_assert_eq!(a.rate.is_some(), b.rate.is_some());
        }
    }

    #[test]
    fn more_units_never_widen_the_range(r in 0.0..=1.0, n in 0.0..1e6, more in 0.0..1e6) {
        let (few, many) = (wilson(r, n), wilson(r, n + more));
        prop_assert!(many.1 - many.0 <= few.1 - few.0 + 1e-12);
    }
}
