//! The hazard: how likely a place is visited in a window, and why (DRAW 1).

use super::chance::Decimal;
use super::risk::{Contribution, shown};
use super::{Chance, Field, Label, Seed, Ticket, band};
use crate::model::{PlaceId, Said, Trouble};
use crate::said;

pub use super::risk::PLAIN;

/// A policy in the user's words: probabilities a workday, the length of the lower level in workdays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWords {
    pub lo: String,
    pub hi: String,
    pub low_workdays: u32,
    pub call: String,
    /// Windows that a place has on a workday.
    pub windows_a_day: u32,
}

impl Default for PolicyWords {
    /// 2.83 visits a year, 10.4 % of places at the upper level, ten calls a year.
    fn default() -> PolicyWords {
        PolicyWords { lo: "0.008".into(), hi: "0.04".into(), low_workdays: 125, call: "0.04".into(), windows_a_day: 1 }
    }
}

/// A policy as it is sealed: integers of 2^32 a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    pub lo: Chance,
    pub hi: Chance,
    /// `m`: eligible windows at `lo` after an executed visit.
    pub low_windows: u32,
    pub call: Chance,
}

/// More windows a day than this are not half hours of a day.
const MOST_WINDOWS_A_DAY: u32 = 48;

impl Policy {
    /// Converted once, at the programme's seal. An error names the setting.
    pub fn from_words(words: &PolicyWords) -> Result<Policy, Trouble> {
        let windows = words.windows_a_day;
        if !(1..=MOST_WINDOWS_A_DAY).contains(&windows) {
            let said =
                said!("expected 1 to {MOST_WINDOWS_A_DAY} windows a day", "每天的时段数应为1到{MOST_WINDOWS_A_DAY}");
            return Err(Trouble::new(said).in_field("windows_a_day"));
        }
        let chance = |field: &str, text: &str| {
            let decimal = Decimal::parse(text).map_err(|said| Trouble::new(said).in_field(field))?;
            Ok::<Chance, Trouble>(decimal.per_window(windows))
        };
        let (lo, hi, call) = (chance("lo", &words.lo)?, chance("hi", &words.hi)?, chance("call", &words.call)?);
        let trouble = |field: &str, said: Said| Err(Trouble::new(said).in_field(field));
        if lo == Chance::ZERO {
            return trouble(
                "lo",
                said!(
                    "the lower bound must be above zero: with zero, places know that they are safe",
                    "下限必须大于零：为零时地点会知道自己不会被查"
                ),
            );
        }
        if lo > hi {
            return trouble("hi", said!("the upper bound is below the lower bound", "上限低于下限"));
        }
        if hi.get() + call.get() > Chance::ONE.get() {
            return trouble(
                "call",
                said!(
                    "upper bound and calls add up to more than 1 in a window: lower one of them",
                    "上限与电话概率之和在一个时段内超过1：请调低其一"
                ),
            );
        }
        Ok(Policy { lo, hi, low_windows: words.low_workdays.saturating_mul(windows), call })
    }

    /// The two levels: `lo` for the first m eligible windows since the last executed visit, then `hi`.
    pub fn two_level(&self, age: u32) -> Chance {
        if age < self.low_windows { self.lo } else { self.hi }
    }

    fn weight(&self, standing: &Standing) -> u64 {
        let risk = u64::from(standing.risk);
        if standing.age < self.low_windows { risk } else { risk * self.hi.get() / self.lo.get().max(1) }
    }
}

/// Where an eligible place stands at the seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Eligible windows since the last executed visit known at the seal.
    pub age: u32,
    /// 1000 is plain.
    pub risk: u32,
}

/// The hazards of all eligible places of a window, in the order given.
///
/// Risk moves hazards inside the band and never raises their sum. Where every risk is plain the two
/// levels stand as they are; the band would only add the rounding of its whole-number weights.
pub fn hazards(policy: &Policy, standings: &[Standing]) -> Vec<Chance> {
    let two_level: Vec<Chance> = standings.iter().map(|s| policy.two_level(s.age)).collect();
    if standings.iter().all(|s| s.risk == PLAIN) {
        return two_level;
    }
    let weights: Vec<u64> = standings.iter().map(|s| policy.weight(s)).collect();
    let total = two_level.iter().map(|p| p.get()).sum();
    // The two levels are at least lo everywhere, so the band always exists.
    band::band(&weights, total, policy.lo, policy.hi).unwrap_or(two_level)
}

/// Why a place's hazard is what it is; `contributions` are what its risk is made of, where that is known.
pub fn explain(policy: &Policy, standing: &Standing, contributions: &[Contribution], hazard: Chance) -> Said {
    let (age, m, level) = (standing.age, policy.low_windows, policy.two_level(standing.age));
    let base = if age < m {
        said!(
            "{age} eligible windows since the last executed visit (or since the starting point drawn for a place never visited), fewer than {m}: the lower level {level} applies",
            "距上次实际走访（从未走访的，距抽定的起算点）已过{age}个可检查时段，少于{m}个：适用低档概率{level}"
        )
    } else {
        said!(
            "{m} or more eligible windows since the last executed visit (or since the starting point drawn for a place never visited): the upper level {level} applies",
            "距上次实际走访（从未走访的，距抽定的起算点）已满{m}个可检查时段：适用高档概率{level}"
        )
    };
    if hazard == level {
        return base;
    }
    let times = shown(standing.risk);
    let (lo, hi) = (policy.lo, policy.hi);
    let list =
        |of: fn(&Said) -> &str, comma: &str| contributions.iter().map(|c| of(&c.said)).collect::<Vec<_>>().join(comma);
    let (en, zh) = match contributions {
        [] => Default::default(),
        _ => (format!(" ({})", list(|s| &s.en, "; ")), format!("（{}）", list(|s| &s.zh, "；"))),
    };
    let moved = said!(
        "; with a risk of {times} times the usual one{en}, and with the fixed sum that the places of a window share, it is {hazard} (band {lo} to {hi})",
        "；该地点风险为通常的{times}倍{zh}，且同一时段各地点的概率总和固定，故为{hazard}（范围{lo}至{hi}）"
    );
    Said::new(base.en + &moved.en, base.zh + &moved.zh)
}

/// Ages at which places without any visit begin, so that not all reach the upper level together.
///
/// The age a, before a window, of a place that has long been visited by the two levels has
/// `P(a) ~ S_a`, the chance of no visit in a windows: `(1-lo)^a` up to m, then falling by `1-hi`. All
/// ages of m and more act alike, so they are one: m, with the weight `(1-lo)^m / hi`.
#[derive(Debug, Clone)]
pub struct StartAges {
    /// Sum of the weights of ages 0..=a, as integers of 2^32.
    cumulated: Vec<u128>,
}

impl StartAges {
    pub fn new(policy: &Policy) -> StartAges {
        let one = u128::from(Chance::ONE.get());
        let (lo, hi) = (u128::from(policy.lo.get()), u128::from(policy.hi.get().max(1)));
        let mut survival = one;
        let mut sum = 0;
        let mut cumulated = Vec::new();
        for _ in 0..policy.low_windows {
            sum += survival;
            cumulated.push(sum);
            survival = (survival * (one - lo)) >> 32;
        }
        cumulated.push(sum + survival * one / hi);
        StartAges { cumulated }
    }

    /// `seed` is [`Seed::of_start`]; the place's own ticket picks its age.
    pub fn age_of(&self, seed: &Seed, place: &PlaceId) -> u32 {
        self.at(seed.ticket(Label::Age, Field::from(place)))
    }

    fn at(&self, ticket: Ticket) -> u32 {
        let total = self.cumulated.last().copied().unwrap_or(0);
        // 56 bits of the ticket, so that the product fits.
        let mark = (u128::from(ticket.0 >> 8) * total) >> 56;
        let age = self.cumulated.partition_point(|sum| *sum <= mark);
        u32::try_from(age).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half_days() -> Policy {
        Policy::from_words(&PolicyWords { windows_a_day: 2, ..PolicyWords::default() }).unwrap()
    }

    #[test]
    fn the_defaults_keep_what_they_promise() {
        let policy = half_days();
        assert_eq!(policy.low_windows, 250);
        let (lo, hi) = (policy.lo.as_f64(), policy.hi.as_f64());
        let survives = (1.0 - lo).powi(250);
        let (low, high) = ((1.0 - survives) / lo, survives / hi);
        assert!((500.0 / (low + high) - 2.83).abs() < 0.01, "visits a year");
        assert!((survives * (1.0 - hi).powi(250) - 0.0022).abs() < 0.0001, "gap above 250 workdays");
        assert!((high / (low + high) - 0.104).abs() < 0.0015, "share at hi");
    }

    #[test]
    fn start_ages_follow_the_stationary_law() {
        let policy = half_days();
        let ages = StartAges::new(&policy);
        assert_eq!(ages.at(Ticket(0)), 0);
        assert_eq!(ages.at(Ticket(u64::MAX)), 250);
        // The share of tickets that give the upper level is the stationary share of 10.4 %.
        let first_high = (0..1000u64).find(|i| ages.at(Ticket(u64::MAX / 1000 * i)) >= 250).unwrap();
        assert!((894..=899).contains(&first_high), "{first_high}");
    }

    #[test]
    fn risk_moves_hazards_inside_the_band_only() {
        let policy = half_days();
        let plain = |age| Standing { age, risk: PLAIN };
        let mut places: Vec<Standing> = (0..300).map(plain).collect();
        let before = hazards(&policy, &places);
        assert_eq!((before[0], before[249], before[250]), (policy.lo, policy.lo, policy.hi));
        places[10].risk = 3000;
        places[290].risk = 100;
        let after = hazards(&policy, &places);
        assert!(after[10] > before[10] && after[290] < before[290]);
        assert!(after.iter().all(|p| (policy.lo..=policy.hi).contains(p)));
        let sum = |all: &[Chance]| all.iter().map(|p| p.get()).sum::<u64>();
        assert!(sum(&after) <= sum(&before) && sum(&before) - sum(&after) < 1000);
        let why = explain(&policy, &places[10], &[], after[10]);
        assert!(why.en.contains("10 eligible windows") && why.en.contains("3 times"), "{why:?}");
        assert!(why.zh.contains("风险为通常的3倍"));
        let because = Contribution { code: "remote", factor: 1250, said: said!("remote", "偏远") };
        let why = explain(&policy, &places[10], &[because.clone(), because], after[10]);
        assert!(why.en.contains("one (remote; remote), and") && why.zh.contains("3倍（偏远；偏远），"), "{why:?}");
        assert!(!explain(&policy, &places[0], &[], policy.lo).en.contains("risk"));
    }

    #[test]
    fn bad_words_name_their_setting() {
        let words = PolicyWords::default;
        for (bad, field) in [
            (PolicyWords { lo: "0".into(), ..words() }, "lo"),
            (PolicyWords { lo: "0.05".into(), ..words() }, "hi"),
            (PolicyWords { hi: "abc".into(), ..words() }, "hi"),
            (PolicyWords { call: "0.97".into(), ..words() }, "call"),
            (PolicyWords { windows_a_day: 0, ..words() }, "windows_a_day"),
        ] {
            assert_eq!(Policy::from_words(&bad).unwrap_err().field.as_deref(), Some(field));
        }
    }
}
