//! How likely chance alone gives a figure at least as far out.

use statrs::function::beta::checked_beta_reg;
use statrs::function::erf::erfc;
use statrs::function::gamma::checked_gamma_ur;

/// P(|N| >= |z|) for a standard normal N.
pub fn normal_two_sided(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// P(X >= x) for a chi-square of so many degrees of freedom.
pub fn chi_square_upper(x: f64, degrees: usize) -> f64 {
    match checked_gamma_ur(degrees as f64 / 2.0, x / 2.0) {
        Ok(p) if degrees > 0 => p,
        _ => 1.0,
    }
}

/// P(a chi-square is as far out as x on its own side), doubled: too even is as telling as too uneven.
pub fn chi_square_two_sided(x: f64, degrees: usize) -> f64 {
    let upper = chi_square_upper(x, degrees);
    (2.0 * upper.min(1.0 - upper)).min(1.0)
}

/// P(Binomial(n, p) >= k).
pub fn binomial_upper(n: u64, p: f64, k: u64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if k > n {
        return 0.0;
    }
    checked_beta_reg(k as f64, (n - k) as f64 + 1.0, p.clamp(0.0, 1.0)).unwrap_or(1.0)
}

/// P(D >= d) of Kolmogorov and Smirnov for n uniform numbers (Stephens' form of the limit law).
pub fn kolmogorov_upper(d: f64, n: u64) -> f64 {
    let root = (n as f64).sqrt();
    let x = (root + 0.12 + 0.11 / root.max(1.0)) * d;
    // Below this the series alternates without end, and the answer is 1 to four digits.
    if x < 0.3 {
        return 1.0;
    }
    let term = |j: i32| (-2.0 * f64::from(j * j) * x * x).exp() * if j % 2 == 1 { 2.0 } else { -2.0 };
    (1..=40).map(term).sum::<f64>().clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_the_tables() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 5e-4, "{a} {b}");
        near(normal_two_sided(1.96), 0.05);
        near(normal_two_sided(-3.2905), 0.001);
        near(chi_square_upper(11.0705, 5), 0.05);
        near(chi_square_upper(0.0, 5), 1.0);
        near(chi_square_two_sided(1.1455, 5), 0.1);
        near(binomial_upper(10, 0.5, 8), 56.0 / 1024.0);
        near(binomial_upper(10, 0.5, 0), 1.0);
        near(binomial_upper(3, 0.2, 4), 0.0);
        near(kolmogorov_upper(1.358 / (10_000f64).sqrt(), 10_000), 0.05);
        near(kolmogorov_upper(0.0, 50), 1.0);
    }
}
