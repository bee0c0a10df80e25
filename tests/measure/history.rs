//! Estimates stay unbiased where p follows from what was drawn before (DRAW 1, EVIDENCE 7).

use super::stream::Stream;
use spotcheck::measure::estimate::estimate;
use spotcheck::measure::units::{Inclusion, Sample, Share, Stratum, Unit};

const PLACES: usize = 40;
const WINDOWS: usize = 60;
const LOW: f64 = 0.03;
const HIGH: f64 = 0.12;

/// A place whose hazard and whose people both answer to its past.
#[derive(Clone, Copy)]
struct Place {
    habit: f64,
    age: u32,
    /// Windows of a blackout that are left, then of the make-up at the upper level.
    dark: u32,
    make_up: u32,
}

impl Place {
    /// Two levels; after a blackout the upper one makes up for it.
    fn hazard(&self) -> f64 {
        if self.age >= 15 || self.make_up > 0 { HIGH } else { LOW }
    }

    /// A visit frightens for a while: who was visited lately is less often away.
    fn absence(&self) -> f64 {
        self.habit * (1.0 - 0.8 * (-f64::from(self.age) / 10.0).exp())
    }

    fn pass(&mut self, visited: bool, blackout: bool) {
        self.make_up = self.make_up.saturating_sub(1);
        self.age = if visited { 0 } else { self.age + 1 };
        if blackout {
            (self.dark, self.make_up) = (3, 8);
        }
    }
}

/// One period: the true total over eligible place-windows, and its units.
fn period(stream: &mut Stream, stratum: &Stratum) -> (f64, usize, Vec<(Stratum, Unit)>) {
    let mut places: Vec<Place> = (0..PLACES)
        .map(|i| Place { habit: 0.1 + 0.8 * i as f64 / PLACES as f64, age: (i % 15) as u32, dark: 0, make_up: 0 })
        .collect();
    let (mut truth, mut eligible, mut units) = (0.0, 0, Vec::new());
    for _ in 0..WINDOWS {
        for place in &mut places {
            if place.dark > 0 {
                place.dark -= 1;
                continue;
            }
            let (p, y) = (place.hazard(), f64::from(u8::from(stream.unit() < place.absence())));
            let visited = stream.unit() < p;
            truth += y;
            eligible += 1;
            if visited {
                let unit = Unit { p: Inclusion::new(p).unwrap(), y: Share::new(y).unwrap() };
                units.push((stratum.clone(), unit));
            }
            let blackout = stream.unit() < 0.02;
            place.pass(visited, blackout);
        }
    }
    (truth, eligible, units)
}

#[test]
fn a_hazard_with_a_memory_biases_nothing() {
    let mut stream = Stream::new(7);
    let stratum = Stratum::parse("county").unwrap();
    let rounds = 300;
    let (mut sum, mut squares, mut estimated, mut raw, mut true_rate, mut covered) = (0.0, 0.0, 0.0, 0.0, 0.0, 0);
    for _ in 0..rounds {
        let (truth, eligible, units) = period(&mut stream, &stratum);
        raw += units.iter().map(|(_, unit)| unit.y.get()).sum::<f64>() / units.len() as f64;
        let rate = truth / eligible as f64;
        true_rate += rate;
        let all = estimate(&Sample::new(units, None).unwrap()).all;
        sum += all.y - truth;
        squares += (all.y - truth).powi(2);
        estimated += all.se_y.powi(2);
        covered += u32::from(all.low <= rate && rate <= all.high);
    }
    let n = f64::from(rounds);
    let (mean, variance) = (sum / n, squares / n - (sum / n).powi(2));
    let se = (variance / n).sqrt();
    let z = mean / se;
    println!(
        "{rounds} periods of {PLACES} places and {WINDOWS} windows: mean error of Y {mean:.2}, se {se:.2}, z = {z:.2}"
    );
    println!(
        "  E[V]/Var = {:.3}; the range holds the truth in {:.1} %",
        estimated / n / variance,
        100.0 * f64::from(covered) / n
    );
    println!("  rate: true {:.4}, unweighed {:.4}", true_rate / n, raw / n);
    assert!(z.abs() < 4.5);
    assert!((estimated / n / variance - 1.0).abs() < 0.3);
    assert!(f64::from(covered) / n > 0.9);
    assert!(raw / n - true_rate / n > 0.02, "the case is one in which weights matter");
}
