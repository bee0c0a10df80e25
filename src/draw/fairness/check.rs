//! One check: how many cases, which figures, what to think of it.

use crate::model::Said;
use crate::said;
use serde_json::{Map, Value, json};

/// A figure this unlikely, were all honest, is for a person to look at.
pub const UNLIKELY: f64 = 0.001;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Fine,
    /// For a person to look at. No proof of anything: honest draws come here once in a thousand checks, and a
    /// share out of the ordinary may have its reasons.
    Look,
    TooFew,
}

impl Verdict {
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Fine => "fine",
            Verdict::Look => "look",
            Verdict::TooFew => "too_few",
        }
    }

    pub fn said(self) -> Said {
        match self {
            Verdict::Fine => said!("fine", "正常"),
            Verdict::Look => said!("look at this", "请核查"),
            Verdict::TooFew => said!("too few cases", "数量太少"),
        }
    }

    /// Of a chance under honest draws.
    pub fn of(p: f64) -> Verdict {
        if p < UNLIKELY { Verdict::Look } else { Verdict::Fine }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    pub code: String,
    pub name: Said,
    pub cases: u64,
    /// What the cases are, e.g. place-windows.
    pub unit: Said,
    pub figures: Vec<(&'static str, f64)>,
    pub verdict: Verdict,
    pub said: Said,
}

/// Checks of how the office works, beside those of the draw.
const OF_THE_OFFICE: [&str; 5] = ["entropy", "voids", "eligible", "downgrades", "executed"];

impl Check {
    /// Whether the promise that nobody foresees a visit hangs on it.
    pub fn is_of_the_draw(&self) -> bool {
        !OF_THE_OFFICE.contains(&self.code.as_str())
    }

    pub fn figure(&self, name: &str) -> Option<f64> {
        self.figures.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    pub fn json(&self) -> Value {
        let figures: Map<String, Value> = self.figures.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect();
        json!({
            "check": self.code, "cases": self.cases, "figures": figures, "verdict": self.verdict.code(),
            "en": self.said.en, "zh": self.said.zh,
        })
    }

    /// Name, verdict and number of cases; then the sentence.
    pub fn lines(&self) -> [Said; 2] {
        let (verdict, cases, said) = (self.verdict.said(), self.cases, &self.said);
        [
            Said::new(
                format!("[{}] {} ({} {})", verdict.en, self.name.en, cases, self.unit.en),
                format!("[{}] {}（{}{}）", verdict.zh, self.name.zh, cases, self.unit.zh),
            ),
            Said::new(format!("    {}", said.en), format!("    {}", said.zh)),
        ]
    }
}

/// Of a hundred, without the sign: `4`, `0.8`, `13.4`, `0.22`, as many digits as tell something.
pub fn percent(share: f64) -> String {
    plain(share * 100.0)
}

/// Two decimals below 1, one above, none that are zero at the end.
pub fn plain(value: f64) -> String {
    let text = if value.abs() < 0.995 { format!("{value:.2}") } else { format!("{value:.1}") };
    let short = text.trim_end_matches('0').trim_end_matches('.');
    match short {
        "" | "-" | "-0" => "0".to_owned(),
        _ => short.to_owned(),
    }
}

/// A chance as people read it: `0.12`, or `under 0.001`.
pub fn odds(p: f64) -> Said {
    if p < UNLIKELY { said!("under 0.001", "小于0.001") } else { said!("{p:.3}", "{p:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_short_as_they_may_be() {
        let all = [0.04, 0.039_999_9, 0.008, 0.134, 0.0022, 1.0, 0.0, 0.1].map(percent);
        assert_eq!(all, ["4", "4", "0.8", "13.4", "0.22", "100", "0", "10"]);
        assert_eq!([10.0, -0.001, -1.26, 100.0].map(plain), ["10", "0", "-1.3", "100"]);
        assert_eq!(odds(0.0004).en, "under 0.001");
    }
}
