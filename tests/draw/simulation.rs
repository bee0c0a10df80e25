//! The law of the draw, by simulation: a hundred thousand windows through the code that draws them.
//!
//! Streams are fixed, so that every run sees the same windows; `--nocapture` shows the figures. A value is
//! refused where chance alone would give it in one of 150,000 tests (|z| of 4.5).

use super::statistics::{Area, MOST_Z, chi_square_p, kolmogorov_p, linear_predictor, two_sided_p};
use super::*;
use spotcheck::draw::order::{decide, select};
use spotcheck::draw::{Decision, Fate, Label, Origin, Seed, Ticket, draw};
use spotcheck::measure::inclusion::{of_exactly, of_hits};
use spotcheck::measure::units::Inclusion;

const WINDOWS: u32 = 100_000;
const M: f64 = 4_294_967_296.0;
const LEAST_P: f64 = 1e-5;

fn window(t: u32) -> String {
    format!("teams/county/day-{}/{}", t / 2, if t.is_multiple_of(2) { "am" } else { "pm" })
}

fn unequal_frame(visits: &[f64]) -> Frame {
    let row = |(i, p): (usize, &f64)| {
        let visit = (p * M) as u64;
        Row::new(place(&format!("V{i:04}")), chance(visit), chance((0.03 * M) as u64))
    };
    Frame::new(visits.iter().enumerate().map(row).collect()).unwrap()
}

const VISITS: [f64; 20] = [
    0.008, 0.008, 0.04, 0.5, 0.02, 0.9, 0.04, 0.3, 0.008, 0.1, 0.04, 0.02, 0.7, 0.008, 0.15, 0.04, 0.25, 0.008, 0.06,
    0.04,
];

fn draw_at(frame: &Frame, t: u32, limits: Limits) -> spotcheck::draw::Drawn {
    let beacon = format!("local:{t:064x}");
    draw(&inputs(frame, &key(1 + t % 4), &window(t), &beacon, limits)).unwrap()
}

#[test]
fn every_place_is_drawn_as_often_as_its_probability_says() {
    let frame = unequal_frame(&VISITS);
    let index = |id: &PlaceId| frame.rows().iter().position(|row| row.id == *id).unwrap();
    let (mut visits, mut calls) = (vec![0u32; VISITS.len()], vec![0u32; VISITS.len()]);
    for t in 0..WINDOWS {
        for target in &draw_at(&frame, t, Limits::INDEPENDENT).targets {
            let counts = if target.fate == Fate::Visit { &mut visits } else { &mut calls };
            counts[index(&target.id)] += 1;
        }
    }
    let n = f64::from(WINDOWS);
    for (kind, counts) in [("visits", visits), ("calls", calls)] {
        let mut squares = 0.0;
        let mut worst: f64 = 0.0;
        for (row, count) in frame.rows().iter().zip(&counts) {
            let p = if kind == "visits" { row.visit } else { row.call }.as_f64();
            let z = (f64::from(*count) - n * p) / (n * p * (1.0 - p)).sqrt();
            assert!(z.abs() < MOST_Z, "{kind} of {}: {count} of {WINDOWS}, z = {z:.2}", row.id);
            squares += z * z;
            worst = worst.max(z.abs());
        }
        let p = chi_square_p(squares, counts.len() as f64);
        println!("{kind}: {WINDOWS} windows, 20 places: greatest |z| {worst:.2}, chi-square {squares:.1}, p = {p:.3}");
        println!("  the last place by id: {} of {WINDOWS}", counts.last().unwrap());
        assert!(p > LEAST_P);
    }
}

#[test]
fn exactly_n_are_taken_with_their_exact_inclusion() {
    let (windows, n) = (20_000, 4);
    let frame = unequal_frame(&VISITS);
    let mut counts = vec![0u32; VISITS.len()];
    for t in 0..windows {
        let seed = Seed::new(&key(1), &window(t), frame.root(), "exactly").unwrap();
        let tickets = seed.tickets(Label::Ticket);
        let units: Vec<(Ticket, Chance)> = frame.rows().iter().map(|row| (tickets.of(&row.id), row.visit)).collect();
        let taken = select(&units, Limits::exactly(n));
        assert_eq!(taken.len(), n);
        taken.into_iter().for_each(|i| counts[i] += 1);
    }
    let exact = of_exactly(n, &inclusions(frame.rows().iter().map(|row| row.visit)));
    let z = counts.iter().zip(exact).map(|(count, pi)| {
        let n = f64::from(windows);
        (f64::from(*count) - n * pi) / (n * pi * (1.0 - pi)).sqrt()
    });
    let worst = z.map(f64::abs).fold(0.0, f64::max);
    println!("exactly {n} of 20: {windows} windows, greatest |z| against the quadrature {worst:.2}");
    assert!(worst < MOST_Z);
}

fn inclusions(p: impl Iterator<Item = Chance>) -> Vec<Inclusion> {
    p.map(|p| Inclusion::new(p.as_f64()).unwrap()).collect()
}

/// Every place weighs 1 a window: 1/(p q) where it was kept.
#[test]
fn a_cap_leaves_weights_that_make_up_for_it() {
    let (windows, cap) = (3_000, 3);
    let frame = unequal_frame(&VISITS);
    let limits = Limits::new(0, Some(cap)).unwrap();
    let (mut sum, mut squares, mut capped) = (0.0, 0.0, 0);
    for t in 0..windows {
        let drawn = draw_at(&frame, t, limits);
        let hits: Vec<_> = drawn.targets.iter().filter(|target| target.decision == Decision::Visit).collect();
        let kept = hits.iter().filter(|target| target.fate == Fate::Visit).count();
        assert!(kept == hits.len().min(cap));
        assert!(hits.iter().all(|target| target.fate == Fate::Visit || target.origin == Origin::Overflow));
        capped += u32::from(kept < hits.len());
        let p = inclusions(hits.iter().map(|target| target.visit));
        let weight: f64 = hits
            .iter()
            .zip(p.iter().zip(of_hits(cap, &p)))
            .filter(|(target, _)| target.fate == Fate::Visit)
            .map(|(_, (p, q))| 1.0 / (p.get() * q))
            .sum();
        sum += weight;
        squares += weight * weight;
    }
    let n = f64::from(windows);
    let (mean, se) = (sum / n, ((squares / n - (sum / n).powi(2)) / n).sqrt());
    let z = (mean - VISITS.len() as f64) / se;
    println!("cap {cap}: {capped} of {windows} windows cut; places by weight {mean:.3} of 20, se {se:.3}, z = {z:.2}");
    assert!(z.abs() < MOST_Z && capped > windows / 10);
}

/// Who sees everything but the key: all that was drawn, and what else is drawn today.
struct Observed {
    high: bool,
    visited: bool,
    /// Whole numbers, so that ties are ties.
    features: [u16; 6],
}

const FEATURES: [&str; 6] = [
    "windows since the last visit",
    "others drawn in the window",
    "all drawn in the window before",
    "own visits in the last sixty",
    "the neighbour by id, now",
    "half-day of the week",
];

/// A hazard of two levels over a hundred thousand windows of ten places.
struct History {
    observed: Vec<Observed>,
    /// Uniform numbers of gaps that ended, and of those that were open at the end of their stretch.
    closed: Vec<f64>,
    open: Vec<f64>,
}

const PLACES: usize = 10;
const LOW: f64 = 0.02;
const HIGH: f64 = 0.08;
const LOW_WINDOWS: u16 = 20;
/// Observation ends here and begins anew, so that many gaps are open.
const STRETCH: u32 = 100;

fn history() -> History {
    let places: Vec<PlaceId> = (0..PLACES).map(|i| place(&format!("team-{i}"))).collect();
    let levels = [LOW, HIGH].map(|p| chance((p * M) as u64));
    let root = Sha256::of(b"ten teams");
    let mut history = History { observed: Vec::new(), closed: Vec::new(), open: Vec::new() };
    let mut ages = [0u16; PLACES];
    let mut survival = [1.0; PLACES];
    let mut own = [0u64; PLACES];
    let mut before = 0;
    for t in 0..WINDOWS {
        let seed = Seed::new(&key(1 + t % 4), &window(t), &root, &format!("local:{t:064x}")).unwrap();
        let (tickets, pit) = (seed.tickets(Label::Ticket), seed.tickets(Label::Pit));
        let high = ages.map(|age| age >= LOW_WINDOWS);
        let hazards = high.map(|high| levels[usize::from(high)]);
        let mut visited = [false; PLACES];
        for i in 0..PLACES {
            visited[i] = decide(tickets.of(&places[i]), hazards[i], Chance::ZERO) == Decision::Visit;
        }
        let all = visited.iter().filter(|visited| **visited).count() as u16;
        let last = (t + 1).is_multiple_of(STRETCH);
        for i in 0..PLACES {
            let others = all - u16::from(visited[i]);
            let neighbour = u16::from(visited[(i + 1) % PLACES]);
            let features = [ages[i], others, before, own[i].count_ones() as u16, neighbour, (t % 10) as u16];
            history.observed.push(Observed { high: high[i], visited: visited[i], features });
            own[i] = (own[i] << 1 | u64::from(visited[i])) & ((1 << 60) - 1);
            let after = survival[i] * (1.0 - hazards[i].as_f64());
            if visited[i] || last {
                let v = pit.of(&places[i]).0 as f64 / 2f64.powi(64);
                let (survived, numbers) =
                    if visited[i] { (survival[i], &mut history.closed) } else { (after, &mut history.open) };
                numbers.push(if visited[i] { 1.0 - survived + v * (survived - after) } else { 1.0 - v * survived });
                (ages[i], survival[i]) = (0, 1.0);
            } else {
                (ages[i], survival[i]) = (ages[i] + 1, after);
            }
        }
        before = all;
    }
    history
}

fn gaps_are_uniform(history: &History) {
    let all = [&history.closed[..], &history.open].concat();
    let (ks, chi) = (kolmogorov_p(&all), uniform_chi_square_p(&all));
    println!(
        "gaps: {} closed and {} open: KS p = {ks:.3}, chi-square p = {chi:.3}",
        history.closed.len(),
        history.open.len()
    );
    assert!(ks > LEAST_P && chi > LEAST_P);
    let alone = kolmogorov_p(&history.closed);
    println!("  closed gaps alone, biased by their length: KS p = {alone:.1e}");
    assert!(alone < LEAST_P, "the test sees what it should");
}

fn uniform_chi_square_p(numbers: &[f64]) -> f64 {
    let mut cells = [0u32; 20];
    numbers.iter().for_each(|u| cells[((u * 20.0) as usize).min(19)] += 1);
    let expected = numbers.len() as f64 / 20.0;
    chi_square_p(cells.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum(), 19.0)
}

fn nobody_foresees(history: &History) {
    let half = history.observed.len() / 2;
    for high in [false, true] {
        let group = |part: &'static str| {
            let rows = if part == "seen" { &history.observed[..half] } else { &history.observed[half..] };
            rows.iter().filter(move |row| row.high == high)
        };
        println!("places at p = {}:", if high { HIGH } else { LOW });
        let mut areas: Vec<(&str, Area)> = FEATURES
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let every = group("seen").chain(group("to come"));
                (*name, Area::of(every.map(|row| (usize::from(row.features[at]), row.visited))))
            })
            .collect();
        let trained = linear_predictor(group("seen").map(|row| (row.features, row.visited)));
        let score = |row: &Observed| (trained(&row.features) * 50_000.0).clamp(0.0, 9_999.0) as usize;
        areas.push((
            "trained on all of these, then tested",
            Area::of(group("to come").map(|row| (score(row), row.visited))),
        ));
        let mut table = vec![(0u32, 0u32); 4096];
        let cell = |row: &Observed| {
            let [age, others, before, own, neighbour, day] = row.features.map(usize::from);
            (((age / 8).min(7) * 4 + others.min(3)) * 4 + before.min(3)) * 20
                + own.min(1) * 10
                + neighbour * 5
                + day / 2
        };
        for row in group("seen") {
            let (all, visited) = &mut table[cell(row)];
            *all += 1;
            *visited += u32::from(row.visited);
        }
        let rate = |row: &Observed| {
            let (all, visited) = table[cell(row)];
            ((f64::from(visited) + 0.5) / (f64::from(all) + 10.0) * 9_999.0) as usize
        };
        areas.push((
            "a table of past rates, then tested",
            Area::of(group("to come").map(|row| (rate(row), row.visited))),
        ));
        for (name, area) in areas {
            let (auc, se) = (area.auc, area.se);
            println!(
                "  AUC {auc:.4} ({:.4} to {:.4}), z = {:5.2}: {name}",
                auc - 1.96 * se,
                auc + 1.96 * se,
                (auc - 0.5) / se
            );
            assert!((auc - 0.5).abs() < MOST_Z * se, "{name} foretells at {auc}");
        }
    }
}

#[test]
fn gaps_follow_their_law_and_nobody_foresees_a_visit() {
    let history = history();
    gaps_are_uniform(&history);
    nobody_foresees(&history);
}

/// The same attacker against a fixed number a window: who sees the others knows of himself.
#[test]
fn a_quota_is_foreseen_by_who_sees_the_others() {
    let root = Sha256::of(b"ten teams");
    let places: Vec<PlaceId> = (0..PLACES).map(|i| place(&format!("team-{i}"))).collect();
    let mut seen = Vec::new();
    for t in 0..2_000 {
        let seed = Seed::new(&key(1), &window(t), &root, "quota").unwrap();
        let tickets = seed.tickets(Label::Ticket);
        let units: Vec<(Ticket, Chance)> = places.iter().map(|id| (tickets.of(id), chance((LOW * M) as u64))).collect();
        let taken = select(&units, Limits::exactly(1));
        // He has seen half of the teams by noon.
        let gone = taken.iter().any(|i| *i < PLACES / 2);
        seen.extend((PLACES / 2..PLACES).map(|i| (usize::from(!gone), taken.contains(&i))));
    }
    let area = Area::of(seen.into_iter());
    println!("a quota of one: AUC {:.3}, z = {:.0}, p = {:.0e}", area.auc, area.z(), two_sided_p(area.z()));
    assert!(area.auc > 0.7 && area.z() > MOST_Z);
}
