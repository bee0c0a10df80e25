//! Capped windows and exactly n, every outcome enumerated (DRAW 7), and bounds of what was not executed.

use super::inclusion::chances;
use super::near;
use spotcheck::measure::estimate::{Estimate, bounds, estimate};
use spotcheck::measure::inclusion::of_exactly;
use spotcheck::measure::taken::{Line, Missing, Taken};
use spotcheck::measure::units::{Inclusion, Sample, Share, Stratum};

const P: [f64; 6] = [0.1, 0.2, 0.25, 0.4, 0.5, 0.8];
const Y: [f64; 6] = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0];

fn line(unit: usize, p: Inclusion) -> Line {
    let stratum = Stratum::parse(if unit < 3 { "east" } else { "west" }).unwrap();
    Line { stratum, p, y: Share::new(Y[unit]) }
}

/// Of a unit, the chance to be below x in 0..1, and its density: a x / (b + (a-b) x).
type Curve = (f64, f64);

/// The chance that `first` come before all `others`, by Simpson's rule: one of `first` is the last of them.
fn come_first(first: &[Curve], others: &[Curve]) -> f64 {
    let below = |(a, b): &Curve, x: f64| a * x / (b + (a - b) * x);
    let density = |(a, b): &Curve, x: f64| a * b / (b + (a - b) * x).powi(2);
    let at = |x: f64| -> f64 {
        let rest: f64 = others.iter().map(|other| 1.0 - below(other, x)).product();
        let last = |i: usize| -> f64 {
            let product = |(j, one): (usize, &Curve)| if i == j { density(one, x) } else { below(one, x) };
            first.iter().enumerate().map(product).product()
        };
        rest * (0..first.len()).map(last).sum::<f64>()
    };
    let steps = 400;
    let weigh = |i: i32| if i == 0 || i == steps { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
    (0..=steps).map(|i| weigh(i) * at(f64::from(i) / f64::from(steps))).sum::<f64>() / 3.0 / f64::from(steps)
}

fn members(set: u32) -> Vec<usize> {
    (0..P.len()).filter(|unit| set >> unit & 1 == 1).collect()
}

/// Subsets of `set` with `n` members.
fn choices(set: u32, n: u32) -> impl Iterator<Item = u32> {
    (0..1 << P.len()).filter(move |choice: &u32| choice & !set == 0 && choice.count_ones() == n)
}

/// All samples with a cap, and their probabilities.
fn capped(cap: u32) -> Vec<(f64, Taken)> {
    let mut samples = Vec::new();
    for hits in 0..1u32 << P.len() {
        let hit = |unit: usize| if hits >> unit & 1 == 1 { P[unit] } else { 1.0 - P[unit] };
        let of_hits: f64 = (0..P.len()).map(hit).product();
        for kept in choices(hits, hits.count_ones().min(cap)) {
            let curves = |set: u32| members(set).into_iter().map(|unit| (1.0, 1.0 - P[unit])).collect::<Vec<_>>();
            let cut = hits & !kept;
            let chance = if cut == 0 { of_hits } else { of_hits * come_first(&curves(kept), &curves(cut)) };
            let p = chances(&P);
            let taken = Taken::Hits {
                kept: members(kept).into_iter().map(|unit| line(unit, p[unit])).collect(),
                cut: members(cut).into_iter().map(|unit| p[unit]).collect(),
            };
            samples.push((chance, taken));
        }
    }
    samples
}

/// Mean and variance of the total, and the mean of its estimated variance.
fn moments(samples: &[(f64, Taken)], pick: impl Fn(&Sample) -> Option<Estimate>) -> (f64, f64, f64) {
    let (mut all, mut mean, mut square, mut estimated) = (0.0, 0.0, 0.0, 0.0);
    for (chance, taken) in samples {
        let sample = Sample::of_taken(std::slice::from_ref(taken), Missing::LeftOut, None).unwrap();
        let (y, se) = pick(&sample).map_or((0.0, 0.0), |one| (one.y, one.se_y));
        all += chance;
        mean += chance * y;
        square += chance * y * y;
        estimated += chance * se * se;
    }
    assert!((all - 1.0).abs() < 1e-7, "the samples are all: {all}");
    (mean, square - mean * mean, estimated)
}

fn over_all(sample: &Sample) -> Option<Estimate> {
    Some(estimate(sample).all)
}

fn of_stratum(name: &'static str) -> impl Fn(&Sample) -> Option<Estimate> {
    move |sample| estimate(sample).strata.into_iter().find(|(stratum, _)| stratum.as_str() == name).map(|(_, one)| one)
}

#[test]
fn a_cap_biases_neither_totals_nor_variance() {
    for cap in [2, 3, 4] {
        let samples = capped(cap);
        for (name, expected, (mean, variance, estimated)) in [
            ("all", 4.0, moments(&samples, over_all)),
            ("east", 2.0, moments(&samples, of_stratum("east"))),
            ("west", 2.0, moments(&samples, of_stratum("west"))),
        ] {
            println!("cap {cap}, {name}: E[Y] {mean:.9}, Var {variance:.9}, E[V] {estimated:.9}");
            assert!((mean - expected).abs() < 1e-6, "cap {cap}, {name}: {mean}");
            assert!((estimated / variance - 1.0).abs() < 1e-6, "cap {cap}, {name}: {estimated}, is {variance}");
        }
    }
}

#[test]
fn one_line_of_many_hits_errs_on_the_safe_side() {
    let (mean, variance, estimated) = moments(&capped(1), over_all);
    println!("cap 1: E[Y] {mean:.9}, Var {variance:.3}, E[V] {estimated:.3}");
    assert!((mean - 4.0).abs() < 1e-6 && estimated >= variance);
}

#[test]
fn without_a_cap_it_is_the_independent_draw() {
    let (mean, variance, estimated) = moments(&capped(6), over_all);
    assert!(near(mean, 4.0) && near(variance, 13.75) && near(estimated, 13.75), "{mean} {variance} {estimated}");
}

#[test]
fn exactly_n_biases_neither_totals_nor_variance() {
    for n in [1, 2, 3, 4] {
        let p = chances(&P);
        let all = (1 << P.len()) - 1;
        let curves = |set: u32| members(set).into_iter().map(|unit| (P[unit], 1.0 - P[unit])).collect::<Vec<_>>();
        let sample = |taken: u32| {
            let others = all & !taken;
            let lines = members(taken).into_iter().map(|unit| line(unit, p[unit])).collect();
            let chance = come_first(&curves(taken), &curves(others));
            (chance, Taken::Exactly { lines, others: members(others).into_iter().map(|unit| p[unit]).collect() })
        };
        let samples: Vec<_> = choices(all, n).map(sample).collect();
        let (mean, variance, estimated) = moments(&samples, over_all);
        println!("exactly {n} of 6: E[Y] {mean:.9}, Var {variance:.6}, E[V]/Var {:.6}", estimated / variance);
        assert!((mean - 4.0).abs() < 1e-6);
        let ratio = estimated / variance;
        assert!(if n == 1 { ratio >= 1.0 } else { (ratio - 1.0).abs() < 1e-6 }, "{estimated}, is {variance}");
    }
}

/// The formula of large frames as it is written down: V(R) = n/(n-1) Σ(1-p)((y-R)/p - A)² / N².
#[test]
fn exactly_n_of_a_large_frame_as_it_is_written_down() {
    let y = [1.0, 0.0, 0.5, 0.0];
    let p = chances(&[0.2, 0.5, 0.3, 0.6]);
    let others = chances(&[0.024; 100]);
    let frame = [&p[..], &others].concat();
    let lines = p.iter().zip(y).map(|(p, y)| Line { y: Share::new(y), ..line(0, *p) }).collect();
    let taken = Taken::Exactly { lines, others };
    let rate = estimate(&Sample::of_taken(&[taken], Missing::LeftOut, None).unwrap()).all.rate.unwrap();
    let p = &of_exactly(4, &frame)[..4];
    let weight: f64 = p.iter().map(|p| 1.0 / p).sum();
    let r = p.iter().zip(y).map(|(p, y)| y / p).sum::<f64>() / weight;
    let a = p.iter().zip(y).map(|(p, y)| (1.0 - p) * (y - r) / p).sum::<f64>() / p.iter().map(|p| 1.0 - p).sum::<f64>();
    let v = 4.0 / 3.0 * p.iter().zip(y).map(|(p, y)| (1.0 - p) * ((y - r) / p - a).powi(2)).sum::<f64>();
    assert!(near(rate.r, r) && near(rate.se, v.sqrt() / weight), "{rate:?}");
}

#[test]
fn equal_chances_weigh_by_hits_over_kept() {
    let p = Inclusion::new(0.04).unwrap();
    let kept = vec![line(0, p), line(4, p)];
    let taken = Taken::Hits { kept, cut: vec![p; 3] };
    let one = estimate(&Sample::of_taken(&[taken], Missing::LeftOut, None).unwrap()).all;
    assert!(near(one.total, 2.0 * 5.0 / 2.0 / 0.04) && near(one.y, 5.0 / 2.0 / 0.04), "{one:?}");
}

/// Many inspectors and still not enough: pairs by Hájek's form, next to the exact ones.
#[test]
fn large_caps_go_over_smoothly() {
    let se = |n: usize| {
        let p = |i: usize| Inclusion::new(0.02 + 0.02 * (i % 5) as f64).unwrap();
        let kept = (0..n).map(|i| Line { y: Share::new((i % 3) as f64 / 2.0), ..line(0, p(i)) }).collect();
        let taken = Taken::Hits { kept, cut: (0..n / 4).map(p).collect() };
        let one = estimate(&Sample::of_taken(&[taken], Missing::LeftOut, None).unwrap()).all;
        (one.se_y / (n as f64).sqrt(), one.n)
    };
    let ((exact, _), (hajek, n)) = (se(40), se(44));
    println!("se a line: {exact:.4} with exact pairs, {hajek:.4} with Hájek's");
    assert!(n == 44 && (exact / hajek - 1.0).abs() < 0.05, "{exact} {hajek}");
}

#[test]
fn lines_that_were_not_executed_give_bounds() {
    let p = Inclusion::new(0.5).unwrap();
    let missing = Line { y: None, ..line(2, p) };
    let taken = [
        Taken::Hits { kept: vec![line(0, p), missing], cut: vec![] },
        Taken::Hits { kept: vec![line(1, p), line(4, p)], cut: vec![] },
    ];
    let found = bounds(&taken, None).unwrap();
    assert_eq!(found.not_executed, 1);
    let rate = |estimates: &spotcheck::measure::estimate::Estimates| estimates.all.rate.unwrap().r;
    assert!(near(rate(&found.executed), 1.0 / 3.0) && found.executed.all.n == 3);
    assert!(near(rate(&found.least), 0.25) && near(rate(&found.most), 0.5));
    assert!(near(found.most.all.y - found.least.all.y, 2.0));
    let executed = bounds(&taken[1..], None).unwrap();
    assert!(executed.least == executed.most && executed.not_executed == 0);
}
