//! A probability as an integer of 2^32 (DRAW 2), and how a person's decimal becomes one (DRAW 1).

use crate::model::Said;
use crate::said;
use std::cmp::Ordering;
use std::fmt;

/// A probability: an integer from 0 to 2^32, which is certainty.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Chance(u64);

impl Chance {
    pub const ZERO: Chance = Chance(0);
    /// Certainty: `M` of DRAW 2.
    pub const ONE: Chance = Chance(1 << 32);

    /// `None` above 2^32.
    pub fn new(of_2_to_32: u64) -> Option<Chance> {
        (of_2_to_32 <= Chance::ONE.0).then_some(Chance(of_2_to_32))
    }

    /// The integer of 2^32.
    pub fn get(self) -> u64 {
        self.0
    }

    pub fn as_f64(self) -> f64 {
        // Exact: at most 33 bits.
        self.0 as f64 / Chance::ONE.0 as f64
    }
}

impl fmt::Display for Chance {
    /// As a percentage with three decimals, e.g. `0.401 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} %", self.as_f64() * 100.0)
    }
}

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/2^32", self.0)
    }
}

/// A probability in a person's own words: `0.008` or `0.8%`, kept as the fraction that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    numerator: u64,
    denominator: u64,
}

impl Decimal {
    /// Reads digits with at most 9 decimals, with or without a percent sign; from 0 to 1 inclusive.
    pub fn parse(text: &str) -> Result<Decimal, Said> {
        let wrong = || {
            said!(
                "“{text}” is not a probability: write a number from 0 to 1 such as 0.008, or 0.8%",
                "“{text}”不是概率：请写0到1之间的小数（如0.008）或百分数（如0.8%）"
            )
        };
        let plain = text.trim();
        let (number, percent) = match plain.strip_suffix(['%', '\u{ff05}']) {
            Some(number) => (number.trim_end(), 100),
            None => (plain, 1),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        let fits = (1..=3).contains(&whole.len()) && fraction.len() <= 9 && digits(whole) && digits(fraction);
        if !fits || number.ends_with('.') {
            return Err(wrong());
        }
        let numerator = format!("{whole}{fraction}").parse::<u64>().map_err(|_| wrong())?;
        let denominator = fraction.bytes().fold(1u64, |d, _| d * 10) * percent;
        if numerator > denominator { Err(wrong()) } else { Ok(Decimal { numerator, denominator }) }
    }

    /// `floor(p_w * 2^32)` with `p_w = 1-(1-p)^(1/w)`, the probability that a window needs so that
    /// `windows_a_day` of them give this probability a day (DRAW 1). Exact, without floating point.
    pub fn per_window(self, windows_a_day: u32) -> Chance {
        let one = Chance::ONE.0;
        // x fits iff x/M <= 1-(1-p)^(1/w), that is (M-x)^w * d >= (d-n) * M^w.
        let bound = (0..windows_a_day).fold(Product::of(self.denominator - self.numerator), |b, _| b.times(one));
        let fits = |x: u64| {
            let side = (0..windows_a_day).fold(Product::of(self.denominator), |s, _| s.times(one - x));
            side.compare(&bound) != Ordering::Less
        };
        let (mut low, mut high) = (0, one + 1);
        while high - low > 1 {
            let middle = low.midpoint(high);
            if fits(middle) { low = middle } else { high = middle }
        }
        Chance(low)
    }
}

/// A natural number of any size, least significant limb first and no zero limb at the end.
struct Product(Vec<u64>);

impl Product {
    fn of(number: u64) -> Product {
        Product(if number == 0 { Vec::new() } else { vec![number] })
    }

    fn times(mut self, factor: u64) -> Product {
        let mut carry = 0;
        for limb in &mut self.0 {
            let wide = u128::from(*limb) * u128::from(factor) + carry;
            *limb = wide as u64;
            carry = wide >> 64;
        }
        if carry > 0 {
            self.0.push(carry as u64);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    fn compare(&self, other: &Product) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn per_window(text: &str, windows: u32) -> u64 {
        Decimal::parse(text).unwrap().per_window(windows).get()
    }

    #[test]
    fn one_window_a_day_is_the_decimal_itself_rounded_down() {
        assert_eq!(per_window("0.1", 1), (1u64 << 32) / 10);
        assert_eq!(per_window("0.5", 1), 1 << 31);
        assert_eq!(per_window("50%", 1), 1 << 31);
        assert_eq!(per_window("1", 1), 1 << 32);
        assert_eq!(per_window("0", 3), 0);
        assert_eq!(per_window("1", 3), 1 << 32);
    }

    #[test]
    fn several_windows_together_give_the_day_and_not_more() {
        assert_eq!(per_window("0.75", 2), 1 << 31, "1-(1-1/2)^2");
        assert_eq!(per_window("0.19", 2), (1u64 << 32) / 10, "1-(1-1/10)^2");
        for (text, day) in [("0.008", 0.008), ("0.04", 0.04), ("0.3", 0.3)] {
            for windows in 1..=8u32 {
                let p = per_window(text, windows) as f64 / (1u64 << 32) as f64;
                let back = 1.0 - (1.0 - p).powi(windows as i32);
                assert!(back <= day + 1e-12 && back > day - 1e-8, "{text} {windows}: {back}");
            }
        }
    }

    #[test]
    fn what_is_no_probability_is_refused() {
        for bad in ["", "1.1", "101%", "-0.1", "+0.1", ".5", "1.", "0,5", "1e-3", "0.1234567891", "abc", "%"] {
            assert!(Decimal::parse(bad).is_err(), "{bad}");
        }
    }
}
