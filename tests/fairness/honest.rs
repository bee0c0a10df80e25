//! Honest draws: the figures are what chance gives, neither more nor less often.

use crate::world::{Band, World, leak};
use spotcheck::draw::fairness::Verdict;

#[test]
fn a_year_of_a_county_passes_every_check() {
    let year = World { places: 300, days: 250, seed: 11 }.honest();
    let odd: Vec<_> = year.checks.iter().filter(|c| c.verdict == Verdict::Look).collect();
    assert!(odd.is_empty(), "{odd:#?}");
    for code in
        ["bound", "number", "entropy", "reliability", "weekday", "days", "gaps", "z_since", "z_visits", "z_order"]
    {
        assert_eq!(year.check(code).unwrap().verdict, Verdict::Fine, "{code}");
    }
    assert_eq!(year.check("void_tickets").unwrap().verdict, Verdict::TooFew);
    assert!((year.of_a_day - 0.04).abs() < 1e-6);
    assert!((0.9..1.0).contains(&year.check("entropy").unwrap().figure("score").unwrap()));
    let gaps = year.check("gaps").unwrap();
    assert_eq!(gaps.figure("open"), Some(300.0 - year.series.days.values().last().unwrap().visits.hits as f64));
}

#[test]
fn chances_under_honest_draws_are_uniform() {
    let runs = 100;
    let names = [
        ("number", "p"),
        ("reliability", "p"),
        ("weekday", "p"),
        ("days", "p"),
        ("gaps", "ks_p"),
        ("gaps", "chi_square_p"),
        ("gaps", "lag_1_p"),
        ("z_since", "p"),
        ("z_visits", "p"),
        ("z_order", "p"),
        ("z_near", "p"),
        ("z_present", "p"),
    ];
    let mut found = vec![Vec::new(); names.len()];
    let mut alarms = 0;
    for seed in 0..runs {
        let mut band = Band::new(60, 0.03, 0.12, 20);
        let world = World { places: 60, days: 120, seed: 1000 + seed };
        let run = world.watch(&mut band, vec![leak()], |_, window, dice| {
            window.scores = vec![window.units.iter().map(|_| Some(f64::from(u8::from(dice.share() < 0.85)))).collect()];
        });
        for ((code, figure), found) in names.iter().zip(&mut found) {
            found.push(run.check(code).unwrap().figure(figure).unwrap());
        }
        alarms += run.checks.iter().filter(|c| c.figure("evidence").is_some_and(|e| e >= 1000.0)).count();
    }
    for ((code, figure), found) in names.iter().zip(&mut found) {
        found.sort_by(f64::total_cmp);
        let n = found.len() as f64;
        let distance = found.iter().enumerate().map(|(i, p)| ((i + 1) as f64 / n - p).abs()).fold(0.0, f64::max);
        // 1.95/sqrt(n) is exceeded once in a thousand times.
        println!("{code} {figure}: distance from uniform {distance:.3}, bound {:.3}", 1.95 / n.sqrt());
        assert!(distance < 1.95 / n.sqrt(), "{code} {figure}: {distance}");
    }
    assert_eq!(alarms, 0, "six scores in {runs} runs may alarm once in a thousand times each");
}
