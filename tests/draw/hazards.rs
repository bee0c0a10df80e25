//! What holds of hazards however risk is reckoned (DRAW 1).

use super::*;
use proptest::prelude::*;
use spotcheck::draw::hazard::{PLAIN, hazards};
use spotcheck::draw::{Factors, Policy, RiskRule, Signals, Standing};

fn policy(lo: u64, hi: u64, m: u32) -> Policy {
    Policy { lo: chance(lo), hi: chance(hi), low_windows: m, call: Chance::ZERO }
}

fn any_policy() -> impl Strategy<Value = Policy> {
    (1u64..1 << 28, 0u64..1 << 30, 0u32..40).prop_map(|(lo, more, m)| policy(lo, lo + more, m))
}

fn standings(risk: impl Strategy<Value = u32>) -> impl Strategy<Value = Vec<Standing>> {
    prop::collection::vec((0u32..60, risk).prop_map(|(age, risk)| Standing { age, risk }), 1..60)
}

fn sum(p: &[Chance]) -> u64 {
    p.iter().map(|p| p.get()).sum()
}

proptest! {
    #[test]
    fn no_risk_however_wrong_leaves_the_band_or_raises_the_sum(
        policy in any_policy(),
        places in standings(prop_oneof![any::<u32>(), Just(0), Just(u32::MAX), 900u32..1100]),
    ) {
        let p = hazards(&policy, &places);
        prop_assert_eq!(p.len(), places.len());
        prop_assert!(p.iter().all(|p| (policy.lo..=policy.hi).contains(p)));
        let plain: u64 = places.iter().map(|s| policy.two_level(s.age).get()).sum();
        prop_assert!(sum(&p) <= plain);
    }

    #[test]
    fn more_risk_of_its_own_never_lowers_a_hazard(
        policy in any_policy(), places in standings(1000u32..=10_000), which in any::<prop::sample::Index>(), more in 1u32..9000,
    ) {
        let which = which.index(places.len());
        let before = hazards(&policy, &places)[which];
        let mut raised = places;
        raised[which].risk += more;
        let after = hazards(&policy, &raised)[which];
        prop_assert!(after >= before, "{:?} fell to {:?}", before, after);
    }

    #[test]
    fn more_risk_or_age_never_stands_behind_less_in_one_window(policy in any_policy(), places in standings(1000u32..=4000)) {
        let p = hazards(&policy, &places);
        for (a, pa) in places.iter().zip(&p) {
            for (b, pb) in places.iter().zip(&p) {
                prop_assert!(a.age > b.age || a.risk > b.risk || pa <= pb);
            }
        }
    }

    #[test]
    fn a_risk_is_never_below_plain_nor_above_its_cap_and_grows_with_every_signal(
        flags in 0u32..5, complaints in 0u32..3, patterns in 0u32..3, remote in any::<bool>(), make_up in 0u32..5,
    ) {
        let rule = RiskRule::Signals(Factors::default());
        let signals = Signals { confirmed_flags: flags, complaints, patterns, remote, make_up };
        let (risk, why) = rule.risk(&signals);
        prop_assert!((PLAIN..=Factors::default().most).contains(&risk));
        prop_assert_eq!(why.is_empty(), risk == PLAIN);
        for more in [
            Signals { confirmed_flags: flags + 1, ..signals },
            Signals { complaints: complaints + 1, ..signals },
            Signals { patterns: patterns + 1, ..signals },
            Signals { remote: true, ..signals },
            Signals { make_up: make_up + 1, ..signals },
        ] {
            prop_assert!(rule.risk(&more).0 >= risk);
        }
    }
}

#[test]
fn all_plain_is_the_two_levels_exactly() {
    let policy = policy(8, 40, 3);
    let places = [0, 2, 3, 9].map(|age| Standing { age, risk: PLAIN });
    assert_eq!(hazards(&policy, &places), [8, 8, 40, 40].map(chance));
}

#[test]
fn weights_and_total_are_those_of_the_specification() {
    // lo 1000, hi 3001, m 10: weights 1000*3001 div 1000 = 3001, 1000, 1500; total 3001 + 1000 + 1000.
    let policy = policy(1000, 3001, 10);
    let places = [(10, 1000), (0, 1000), (0, 1500)].map(|(age, risk)| Standing { age, risk });
    let p = hazards(&policy, &places);
    let expected = spotcheck::draw::band::band(&[3001, 1000, 1500], 5001, chance(1000), chance(3001)).unwrap();
    assert_eq!(p, expected);
    assert!(sum(&p) <= 5001 && sum(&p) > 4995, "{p:?}");
}
