//! What holds of any period.

use crate::world::{Band, World, observed, sealed, workdays};
use proptest::prelude::*;
use spotcheck::draw::Reason;
use spotcheck::draw::fairness::{Report, Standing, Verdict, Watch};

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn counts_add_up(places in 1usize..40, days in 1usize..40, seed: u64, lo in 0.01f64..0.3, up in 0.0f64..0.4) {
        let mut band = Band::new(places, lo, lo + up, 7);
        let run = World { places, days, seed }.watch(&mut band, Vec::new(), |_, _, _| {});
        let visits: u64 = run.series.days.values().map(|d| d.visits.hits).sum();
        prop_assert_eq!(run.windows, days as u64);
        prop_assert_eq!(run.series.levels.iter().map(|t| t.cases).sum::<u64>(), (places * days) as u64);
        prop_assert_eq!(run.series.levels.iter().map(|t| t.hits).sum::<u64>(), visits);
        prop_assert!(run.series.gaps.iter().map(|(_, _, t)| t.hits).sum::<u64>() <= visits);
        prop_assert!(run.of_a_day <= lo + up + 1e-9);
        for check in &run.checks {
            for (name, value) in &check.figures {
                prop_assert!(value.is_finite(), "{} {}", check.code, name);
            }
            for (_, p) in check.figures.iter().filter(|(name, _)| *name == "p" || name.ends_with("_p") && *name != "max_p") {
                prop_assert!((0.0..=1.0).contains(p), "{} {}", check.code, p);
            }
            prop_assert!(!check.said.en.is_empty() && !check.said.zh.is_empty());
        }
    }
}

#[test]
fn nothing_at_all_is_no_report_of_anything() {
    let programmes = vec![Watch::new("visits", Vec::new()).finish()];
    assert!(programmes[0].checks.iter().all(|c| c.verdict != Verdict::Look));
    let day = workdays().next().unwrap();
    let report = Report { from: day, to: day, programmes };
    assert!(report.opening()[0].en.starts_with("No window was drawn"));
    assert!(report.opening()[0].zh.contains("没有抽取"));
}

#[test]
fn a_chance_above_the_promise_is_told_and_taints_the_opening() {
    let day = workdays().next().unwrap();
    let mut watch = Watch::new("visits", Vec::new());
    let mut window = observed(day, 0.04, &[0.02, 0.05], &[false, false], 1);
    window.hi = sealed(0.04);
    watch.add(window);
    let report = Report { from: day, to: day, programmes: vec![watch.finish()] };
    assert_eq!(report.programmes[0].check("bound").unwrap().figure("above"), Some(1.0));
    assert!(report.needs_a_look());
    assert!(report.opening()[0].en.contains("ask to be looked at"));
}

#[test]
fn windows_of_a_day_and_programmes_are_taken_together() {
    let day = workdays().next().unwrap();
    let programme = |p: &[f64]| {
        let mut watch = Watch::new("visits", Vec::new());
        p.iter().for_each(|p| watch.add(observed(day, *p, &[*p, p / 2.0], &[false, false], 1)));
        watch.finish()
    };
    let two_windows = programme(&[0.1, 0.2]);
    assert!((two_windows.of_a_day - 0.28).abs() < 1e-6, "1 - 0.9 * 0.8");
    let report = Report { from: day, to: day, programmes: vec![two_windows, programme(&[0.5])] };
    assert!((report.best_guess() - 0.64).abs() < 1e-6);
    assert_eq!(report.opening()[0].en, "Nobody can do better than 64 % a day.");
}

#[test]
fn reasons_for_leaving_places_out_are_told() {
    let day = workdays().next().unwrap();
    let mut watch = Watch::new("visits", Vec::new());
    let mut window = observed(day, 0.04, &[0.04, 0.0], &[false, false], 1);
    window.units[1].reason = Some(Reason::Blackout);
    watch.add(window);
    let report = Report { from: day, to: day, programmes: vec![watch.finish()] };
    assert_eq!(report.json()["programmes"][0]["excluded"]["blackout"], 1);
    assert!(report.page().iter().any(|line| line.zh == format!("  1 × {}", Reason::Blackout.said().zh)));
}

#[test]
fn voids_count_and_are_not_drawn() {
    let mut watch = Watch::new("visits", Vec::new());
    for (i, day) in workdays().take(40).enumerate() {
        let mut window = observed(day, 0.04, &[0.04; 20], &[false; 20], 1);
        if i % 4 == 0 {
            window.standing = Standing::Void { reason: "not_sealed".into(), tickets_known: false };
            window.units.clear();
        }
        watch.add(window);
    }
    let run = watch.finish();
    assert_eq!((run.windows, run.voids), (40, 10));
    assert_eq!(run.check("voids").unwrap().verdict, Verdict::Look);
    assert_eq!(run.check("voids").unwrap().figure("rate"), Some(0.25));
    assert_eq!(run.check("number").unwrap().cases, 600);
    assert_eq!(run.void_reasons["not_sealed"], 10);
}
