//! The risk of a place: a named rule that turns what is on record into how much likelier a visit is (DRAW 1).
//!
//! A rule never decides a probability. It gives a weight, and the [`super::band`] keeps every weight
//! between `lo` and `hi` and the sum of a window where it was: a risk model that went wrong can neither
//! make a place safe nor certain. Only what somebody stands for counts: a confirmed flag, a registered
//! complaint, never a report that nobody has proved.

use crate::model::{Said, Trouble};
use crate::said;
use serde::{Deserialize, Serialize};

/// Risk of a plain place, and one of a factor: thousandths.
pub const PLAIN: u32 = 1000;

/// Greatest factor, and greatest risk, that a rule may name: ten times the usual.
pub const GREATEST: u32 = 10_000;

/// How risk is reckoned; sealed with the programme, so that a change of it is a new seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "rule")]
pub enum RiskRule {
    /// Every place alike.
    #[default]
    #[serde(rename = "plain/1")]
    Plain,
    #[serde(rename = "signals/1")]
    Signals(Factors),
}

/// Factors of `signals/1`, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factors {
    /// For each confirmed flag of the last `confirmed_workdays`, up to `confirmed_most` of them.
    pub confirmed_flag: u32,
    pub confirmed_most: u32,
    pub confirmed_workdays: u32,
    /// Once, however many there are: who files ten complaints steers no more than who files one.
    pub complaint: u32,
    /// Once: identical punches, shared devices and the like in the attendance records.
    pub pattern: u32,
    pub remote: u32,
    /// For each drawn visit that was not executed since the last executed one, up to `make_up_most`.
    pub make_up: u32,
    pub make_up_most: u32,
    /// The product of all is no more than this.
    pub most: u32,
}

impl Default for Factors {
    fn default() -> Factors {
        Factors {
            confirmed_flag: 1500,
            confirmed_most: 2,
            confirmed_workdays: 250,
            complaint: 2000,
            pattern: 1500,
            remote: 1250,
            make_up: 1500,
            make_up_most: 2,
            most: 4000,
        }
    }
}

/// What is on record about a place at the seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signals {
    pub confirmed_flags: u32,
    pub complaints: u32,
    pub patterns: u32,
    pub remote: bool,
    /// Drawn visits not executed since the last executed one.
    pub make_up: u32,
}

/// One reason for a risk above the plain one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    pub code: &'static str,
    /// By which it multiplies, in thousandths.
    pub factor: u32,
    pub said: Said,
}

impl RiskRule {
    pub fn name(&self) -> &'static str {
        match self {
            RiskRule::Plain => "plain/1",
            RiskRule::Signals(_) => "signals/1",
        }
    }

    /// A rule that cannot be meant is refused; the trouble names the setting.
    pub fn check(&self) -> Result<(), Trouble> {
        let RiskRule::Signals(f) = self else { return Ok(()) };
        let factors = [
            ("confirmed_flag", f.confirmed_flag),
            ("complaint", f.complaint),
            ("pattern", f.pattern),
            ("remote", f.remote),
            ("make_up", f.make_up),
            ("most", f.most),
        ];
        match factors.into_iter().find(|(_, factor)| !(PLAIN..=GREATEST).contains(factor)) {
            Some((field, factor)) => Err(Trouble::new(said!(
                "a factor of {factor} thousandths: expected {PLAIN} (no difference) to {GREATEST} (ten times)",
                "系数为千分之{factor}：应为{PLAIN}（无影响）到{GREATEST}（十倍）"
            ))
            .in_field(field)),
            None => Ok(()),
        }
    }

    /// The risk in thousandths, and what it is made of.
    ///
    /// Starts from 1000 and multiplies by one factor after another, as they stand in [`Factors`], one
    /// step for each flag and each make-up; every step is `risk * factor div 1000`. The cap comes last.
    pub fn risk(&self, signals: &Signals) -> (u32, Vec<Contribution>) {
        let RiskRule::Signals(factors) = self else { return (PLAIN, Vec::new()) };
        let mut risk = PLAIN;
        let mut contributions = Vec::new();
        for (code, factor, times, said) in factors.found(signals) {
            if times == 0 || factor == PLAIN {
                continue;
            }
            risk = raised(risk, factor, times);
            contributions.push(Contribution { code, factor: raised(PLAIN, factor, times), said });
        }
        if risk > factors.most {
            risk = factors.most;
            let most = shown(risk);
            contributions.push(Contribution {
                code: "most",
                factor: risk,
                said: said!("together no more than {most} times", "合计最多{most}倍"),
            });
        }
        (risk, contributions)
    }
}

impl Factors {
    /// Code, factor, how often it counts, and the sentence, in the order of the rule.
    fn found(&self, signals: &Signals) -> [(&'static str, u32, u32, Said); 5] {
        let flags = signals.confirmed_flags.min(self.confirmed_most);
        let make_up = signals.make_up.min(self.make_up_most);
        let times = |factor: u32, times: u32| shown(raised(PLAIN, factor, times));
        let Signals { confirmed_flags, complaints, patterns, make_up: missed, .. } = signals;
        let days = self.confirmed_workdays;
        let (flag_times, missed_times) = (times(self.confirmed_flag, flags), times(self.make_up, make_up));
        let (complaint, pattern, remote) = (times(self.complaint, 1), times(self.pattern, 1), times(self.remote, 1));
        [
            (
                "confirmed_flag",
                self.confirmed_flag,
                flags,
                said!(
                    "{confirmed_flags} confirmed flags in the last {days} workdays: {flag_times} times",
                    "近{days}个工作日内有{confirmed_flags}个已认定的问题：{flag_times}倍"
                ),
            ),
            (
                "complaint",
                self.complaint,
                u32::from(*complaints > 0),
                said!("registered complaints: {complaint} times", "有已登记的投诉：{complaint}倍"),
            ),
            (
                "pattern",
                self.pattern,
                u32::from(*patterns > 0),
                said!("a pattern in the attendance records: {pattern} times", "考勤记录有异常规律：{pattern}倍"),
            ),
            ("remote", self.remote, u32::from(signals.remote), said!("remote: {remote} times", "地处偏远：{remote}倍")),
            (
                "make_up",
                self.make_up,
                make_up,
                said!(
                    "{missed} drawn visits were not carried out since the last one that was: {missed_times} times",
                    "自上次实际走访以来有{missed}次抽中而未执行：{missed_times}倍"
                ),
            ),
        ]
    }
}

/// `risk * factor div 1000`, so often; more than any cap is as good as the cap.
fn raised(risk: u32, factor: u32, times: u32) -> u32 {
    let step = |risk: u32| {
        let product = u64::from(risk) * u64::from(factor) / u64::from(PLAIN);
        u32::try_from(product).unwrap_or(u32::MAX)
    };
    // A factor of a thousandth above one needs some thousand steps to reach the end of the numbers.
    (0..times.min(100_000)).fold(risk, |risk, _| step(risk))
}

/// `2.25` for 2250.
pub fn shown(thousandths: u32) -> String {
    let text = format!("{}.{:03}", thousandths / PLAIN, thousandths % PLAIN);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> RiskRule {
        RiskRule::Signals(Factors::default())
    }

    #[test]
    fn factors_multiply_round_down_and_stop_at_the_cap() {
        let risk = |signals: Signals| rule().risk(&signals).0;
        assert_eq!(risk(Signals::default()), 1000);
        assert_eq!(risk(Signals { confirmed_flags: 1, ..Signals::default() }), 1500);
        assert_eq!(risk(Signals { confirmed_flags: 7, ..Signals::default() }), 2250, "two count");
        assert_eq!(risk(Signals { complaints: 9, ..Signals::default() }), 2000, "once");
        assert_eq!(risk(Signals { remote: true, make_up: 1, ..Signals::default() }), 1875);
        let all = Signals { confirmed_flags: 2, complaints: 1, patterns: 1, remote: true, make_up: 2 };
        let (risk, why) = rule().risk(&all);
        assert_eq!((risk, why.last().map(|c| c.code)), (4000, Some("most")));
        let odd = RiskRule::Signals(Factors { pattern: 1001, make_up: 1333, ..Factors::default() });
        // 1000, 1001, 1001*1333/1000 = 1334.3, 1334*1333/1000 = 1778.2
        assert_eq!(odd.risk(&Signals { patterns: 1, make_up: 2, ..Signals::default() }).0, 1778);
    }

    #[test]
    fn every_reason_is_told_in_both_languages() {
        let (_, why) = rule().risk(&Signals { confirmed_flags: 3, remote: true, ..Signals::default() });
        let codes: Vec<_> = why.iter().map(|c| (c.code, c.factor)).collect();
        assert_eq!(codes, [("confirmed_flag", 2250), ("remote", 1250)]);
        assert!(why[0].said.en.contains("3 confirmed flags") && why[0].said.zh.contains("2.25倍"), "{why:?}");
        assert_eq!(RiskRule::Plain.risk(&Signals { complaints: 1, ..Signals::default() }), (1000, Vec::new()));
    }

    #[test]
    fn the_sealed_form_names_the_rule_and_all_its_numbers() {
        assert_eq!(serde_json::to_string(&RiskRule::Plain).unwrap(), r#"{"rule":"plain/1"}"#);
        let text = serde_json::json!(rule()).to_string();
        assert_eq!(
            text,
            concat!(
                r#"{"complaint":2000,"confirmed_flag":1500,"confirmed_most":2,"confirmed_workdays":250,"make_up":1500,"#,
                r#""make_up_most":2,"most":4000,"pattern":1500,"remote":1250,"rule":"signals/1"}"#
            )
        );
        assert_eq!(serde_json::from_str::<RiskRule>(&text).unwrap(), rule());
        assert!(serde_json::from_str::<RiskRule>(r#"{"rule":"signals/2"}"#).is_err());
    }

    #[test]
    fn a_factor_that_cannot_be_meant_names_its_setting() {
        for (bad, field) in [
            (Factors { complaint: 999, ..Factors::default() }, "complaint"),
            (Factors { most: 10_001, ..Factors::default() }, "most"),
        ] {
            assert_eq!(RiskRule::Signals(bad).check().unwrap_err().field.as_deref(), Some(field));
        }
        assert_eq!(rule().check(), Ok(()));
    }

    #[test]
    fn thousandths_are_shown_as_people_write_them() {
        assert_eq!([1000, 2250, 1001, 1500].map(shown), ["1", "2.25", "1.001", "1.5"]);
    }
}
