//! Estimates and response rates: the rules of EVIDENCE 6 and 7, and the dry runs of `spotcheck report`.

#![expect(clippy::unwrap_used, reason = "a test may fail this way")]

mod aapor;
mod capped;
mod command;
mod coverage;
mod history;
mod inclusion;
mod laws;
mod signs;
mod stream;
mod vectors;

use spotcheck::measure::units::{Inclusion, Sample, Share, Stratum, Total, Unit};

/// A sample from rows of stratum, p, y, and totals if they are known.
fn sample(rows: &[(&str, f64, f64)], totals: Option<&[(&str, f64)]>) -> Sample {
    let stratum = |name: &str| Stratum::parse(name).unwrap();
    let unit = |p, y| Unit { p: Inclusion::new(p).unwrap(), y: Share::new(y).unwrap() };
    let totals = totals.map(|t| t.iter().map(|(name, n)| (stratum(name), Total::new(*n).unwrap())).collect());
    Sample::new(rows.iter().map(|(name, p, y)| (stratum(name), unit(*p, *y))), totals).unwrap()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}
