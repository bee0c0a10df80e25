//! What other ways of sending inspectors would give away, at the same number of visits.
//!
//! Each is taken in its steady state, as somebody sees it who knows all history. Every figure is an exact formula:
//! h is the chance of a visit a workday, L = 1/h the length of a round or an interval.

use super::guarantee::{Daily, YEAR};
use crate::model::Said;
use crate::said;

/// Workdays of rest after a visit, where there is a cool-down.
const COOL_DOWN: f64 = 20.0;
/// An interval is jittered by a fifth of itself to each side.
const JITTER: f64 = 0.2;

/// One way, and what a watcher gains by it.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    pub code: &'static str,
    pub name: Said,
    /// Greatest chance of naming a place right for a day.
    pub guess: f64,
    /// Share of place-days on which a place knows that nobody comes.
    pub safe: f64,
    /// Chance that more than so many workdays lie between two visits.
    pub gap_exceeds: f64,
    pub visits_a_year: f64,
}

/// This policy first, then the others at as many visits.
pub fn alternatives(policy: &Daily, workdays: u32) -> Vec<Alternative> {
    let h = 1.0 / policy.mean_gap();
    let days = f64::from(workdays);
    let length = (1.0 / h).round().max(1.0);
    let of = |code, name, guess, safe, gap_exceeds, per_day: f64| Alternative {
        code,
        name,
        guess,
        safe,
        gap_exceeds,
        visits_a_year: YEAR * per_day,
    };
    // A rest that takes more than half of all places out of the draw is no policy.
    let rest = COOL_DOWN.min((0.5 / h).floor());
    let rested = h / (1.0 - rest * h);
    let jitter = (length * JITTER).round();
    vec![
        of("policy", said!("this policy", "本方案"), policy.hi, 0.0, policy.gap_exceeds(workdays), h),
        of("constant", said!("the same chance every day", "每天概率相同"), h, 0.0, (1.0 - h).powf(days), h),
        // Before the day's first visit; once the quota is seen to be spent, everybody else is safe.
        of("quota", said!("a fixed number a day *", "每天固定数量*"), h, 0.0, (1.0 - h).powf(days), h),
        of(
            "cool_down",
            said!(
                "a fixed number a day, {rest} workdays of rest after a visit *",
                "每天固定数量，查后{rest}个工作日内不查*"
            ),
            rested,
            rest * h,
            (1.0 - rested).powf((days - rest).max(0.0)),
            h,
        ),
        of(
            "round",
            said!("each once in a shuffled round of {length} workdays", "每{length}个工作日随机轮查一遍"),
            1.0,
            (length - 1.0) / (2.0 * length),
            round_exceeds(length, days),
            1.0 / length,
        ),
        of(
            "interval",
            said!("every {length} workdays, {jitter} more or less", "每隔{length}个工作日，前后浮动{jitter}天"),
            1.0,
            ((length - jitter - 1.0) / length).max(0.0),
            ((length + jitter - days) / (2.0 * jitter + 1.0)).clamp(0.0, 1.0),
            1.0 / length,
        ),
        of(
            "roster",
            said!("a roster: every {length} workdays", "固定排班：每{length}个工作日一次"),
            1.0,
            1.0 - 1.0 / length,
            f64::from(u8::from(length > days)),
            1.0 / length,
        ),
    ]
}

/// A gap from a uniform day of one round to a uniform day of the next.
fn round_exceeds(length: f64, days: f64) -> f64 {
    // The second day lies more than `later` days of the round behind the first.
    let later = days - length;
    let triangle = |n: f64| n.max(0.0) * (n + 1.0).max(0.0) / 2.0 / (length * length);
    if later >= 0.0 { triangle(length - later - 1.0) } else { 1.0 - triangle(length + later) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Measured with 200 places, 1000 days and 8 visits a day: greatest chance, safe share, P(gap > 50).
    const MEASURED: [(&str, f64, f64, f64); 6] = [
        ("constant", 0.040, 0.0, 0.150),
        ("quota", 0.040, 0.0, 0.115),
        ("cool_down", 0.067, 0.40, 0.045),
        ("round", 1.0, 0.48, 0.0),
        ("interval", 1.0, 0.76, 0.0),
        ("roster", 1.0, 0.96, 0.0),
    ];

    #[test]
    fn the_formulas_agree_with_the_simulation() {
        let flat = Daily { lo: 0.04, hi: 0.04, m: 1, call: 0.0 };
        let found = alternatives(&flat, 50);
        for (code, guess, safe, exceeds) in MEASURED {
            let one = found.iter().find(|a| a.code == code).unwrap();
            // The simulation rested 10 days.
            let (g, s) = if code == "cool_down" { (0.04 / 0.6, 0.4) } else { (one.guess, one.safe) };
            assert!((g - guess).abs() < 0.001 && (s - safe).abs() < 0.005, "{one:?}");
            assert!((one.gap_exceeds - exceeds).abs() < 0.025 || code == "cool_down", "{one:?}");
            assert!((one.visits_a_year - 10.0).abs() < 1e-9);
        }
        let band = Daily { lo: 0.025, hi: 0.08, m: 20, call: 0.0 };
        let policy = &alternatives(&band, 50)[0];
        assert!((policy.guess - 0.08).abs() < 1e-12 && policy.safe == 0.0);
        assert!((policy.gap_exceeds - 0.030).abs() < 0.025);
    }

    #[test]
    fn a_rest_leaves_at_least_half_of_the_places() {
        let dense = Daily { lo: 0.2, hi: 0.2, m: 1, call: 0.0 };
        let found = alternatives(&dense, 250);
        assert_eq!(found[3].safe, 0.4, "two days of rest, not twenty");
        assert_eq!(found[3].guess, 0.2 / 0.6);
    }

    #[test]
    fn gaps_of_a_round_are_counted_exactly() {
        for (length, days) in [(4, 3), (4, 4), (4, 5), (4, 7), (9, 2), (1, 1)] {
            let pairs = (1..=length).flat_map(|a| (1..=length).map(move |b| length - a + b));
            let over = pairs.filter(|gap| *gap > days).count() as f64 / f64::from(length * length);
            let formula = round_exceeds(f64::from(length), f64::from(days));
            assert!((formula - over).abs() < 1e-12, "{length} {days}: {formula} {over}");
        }
    }
}
