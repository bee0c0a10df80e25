//! Tests of significance for simulations.

use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};

/// Beyond this a value is no accident: p = 7e-6 on both sides.
pub const MOST_Z: f64 = 4.5;

pub fn chi_square_p(value: f64, degrees: f64) -> f64 {
    ChiSquared::new(degrees).unwrap().sf(value)
}

pub fn two_sided_p(z: f64) -> f64 {
    2.0 * Normal::new(0.0, 1.0).unwrap().sf(z.abs())
}

/// Kolmogorov and Smirnov's test that numbers are uniform on [0, 1].
pub fn kolmogorov_p(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let off = |(i, u): (usize, &f64)| (u - i as f64 / n).max((i as f64 + 1.0) / n - u);
    let distance = sorted.iter().enumerate().map(off).fold(0.0, f64::max);
    let lambda = (n.sqrt() + 0.12 + 0.11 / n.sqrt()) * distance;
    let term = |k: i32| 2.0 * f64::from(1 - 2 * ((k + 1) % 2)) * (-2.0 * f64::from(k * k) * lambda * lambda).exp();
    (1..=100).map(term).sum::<f64>().clamp(0.0, 1.0)
}

/// How well a score tells visited from not visited: the chance that a visited one has the greater score.
pub struct Area {
    pub auc: f64,
    /// Of a score that knows nothing, ties counted.
    pub se: f64,
}

impl Area {
    pub fn of(scored: impl Iterator<Item = (usize, bool)>) -> Area {
        let mut counts: Vec<[f64; 2]> = Vec::new();
        for (score, visited) in scored {
            if counts.len() <= score {
                counts.resize(score + 1, [0.0; 2]);
            }
            counts[score][usize::from(visited)] += 1.0;
        }
        let [not, visited] = [0, 1].map(|kind| counts.iter().map(|cell| cell[kind]).sum::<f64>());
        let (mut below, mut wins, mut ties) = (0.0, 0.0, 0.0);
        for cell in &counts {
            wins += cell[1] * (below + cell[0] / 2.0);
            below += cell[0];
            ties += (cell[0] + cell[1]).powi(3) - (cell[0] + cell[1]);
        }
        let n = not + visited;
        let variance = (n + 1.0 - ties / (n * (n - 1.0))) / (12.0 * not * visited);
        Area { auc: wins / (not * visited), se: variance.sqrt() }
    }

    pub fn z(&self) -> f64 {
        (self.auc - 0.5) / self.se
    }
}

/// The least-squares predictor of a visit from whole-number features.
pub fn linear_predictor<const N: usize>(seen: impl Iterator<Item = ([u16; N], bool)>) -> impl Fn(&[u16; N]) -> f64 {
    let mut normal = vec![vec![0.0; N + 2]; N + 1];
    for (features, visited) in seen {
        let mut row = vec![1.0; N + 2];
        features.iter().zip(&mut row[1..]).for_each(|(feature, value)| *value = f64::from(*feature));
        row[N + 1] = f64::from(u8::from(visited));
        for i in 0..=N {
            for j in 0..N + 2 {
                normal[i][j] += row[i] * row[j];
            }
        }
    }
    // Gauss and Jordan; a feature that never varies gets no weight.
    for pivot in 0..=N {
        let of_pivot = normal[pivot].clone();
        for (i, row) in normal.iter_mut().enumerate().filter(|(i, _)| *i != pivot) {
            let times = if of_pivot[pivot].abs() < 1e-9 { 0.0 } else { row[pivot] / of_pivot[pivot] };
            assert!(times.is_finite(), "row {i}");
            row.iter_mut().zip(&of_pivot).for_each(|(value, of_pivot)| *value -= times * of_pivot);
        }
    }
    let weights: Vec<f64> =
        (0..=N).map(|i| if normal[i][i].abs() < 1e-9 { 0.0 } else { normal[i][N + 1] / normal[i][i] }).collect();
    move |features| {
        weights[0]
            + features.iter().zip(&weights[1..]).map(|(feature, weight)| f64::from(*feature) * weight).sum::<f64>()
    }
}
