//! Wilson's interval for a rate (EVIDENCE 7).

/// Two-sided 95 % of the normal distribution.
const Z: f64 = 1.959_964;

/// The range of a rate `r` in [0, 1] that rests on `n` effective units, `n` not negative.
///
/// `low <= r <= high` always, within [0, 1]; no units at all give [0, 1].
pub fn wilson(r: f64, n: f64) -> (f64, f64) {
    // Numerator and denominator times n, so that n = 0 needs no case of its own.
    let centre = n * r + Z * Z / 2.0;
    let half = Z * (n * r * (1.0 - r) + Z * Z / 4.0).sqrt();
    let within = n + Z * Z;
    // At r = 0 and r = 1 the bound is r itself, whatever the last digit says.
    (((centre - half) / within).max(0.0).min(r), ((centre + half) / within).max(r).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn textbook_values_and_edges() {
        let near = |(low, high): (f64, f64), want: (f64, f64)| {
            assert!((low - want.0).abs() < 5e-5 && (high - want.1).abs() < 5e-5, "{low} {high}, expected {want:?}");
        };
        near(wilson(0.1, 10.0), (0.0179, 0.4042));
        near(wilson(0.5, 20.0), (0.2993, 0.7007));
        near(wilson(0.0, 10.0), (0.0, 0.2775));
        near(wilson(1.0, 10.0), (0.7225, 1.0));
        assert_eq!(wilson(0.0, 7.0).0, 0.0);
        assert_eq!(wilson(1.0, 7.0).1, 1.0);
        near(wilson(0.3, 0.0), (0.0, 1.0));
    }
}
