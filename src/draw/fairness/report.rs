//! The report on fairness: one plain sentence first, then the checks.

use super::check::percent;
use super::series::Series;
use super::{Check, Verdict};
use crate::draw::Reason;
use crate::model::Said;
use crate::said;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A programme and what its draws amount to.
#[derive(Debug, Clone)]
pub struct Programme {
    pub name: String,
    pub windows: u64,
    pub voids: u64,
    pub places: usize,
    /// Greatest chance of a visit at one place on one day.
    pub of_a_day: f64,
    /// Void windows by the code of their reason.
    pub void_reasons: BTreeMap<String, u64>,
    /// Place-windows left out, wholly or from calls, by reason.
    pub excluded: BTreeMap<Reason, u64>,
    pub checks: Vec<Check>,
    pub series: Series,
}

#[derive(Debug, Clone)]
pub struct Report {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub programmes: Vec<Programme>,
}

impl Programme {
    pub fn check(&self, code: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.code == code)
    }

    pub fn count(&self, verdict: Verdict) -> usize {
        self.checks.iter().filter(|check| check.verdict == verdict).count()
    }

    pub fn heading(&self) -> Said {
        let Programme { name, windows, voids, places, .. } = self;
        let drawn = windows - voids;
        said!(
            "programme {name}: {places} places, {windows} windows ({drawn} drawn, {voids} void)",
            "项目{name}：{places}个地点，{windows}个时段（抽取{drawn}个，作废{voids}个）"
        )
    }

    /// Why places were left out of windows.
    fn left_out(&self) -> impl Iterator<Item = Said> {
        self.excluded.iter().map(|(reason, n)| {
            let why = reason.said();
            Said::new(format!("  {n} × {}", why.en), format!("  {n} × {}", why.zh))
        })
    }

    fn json(&self) -> Value {
        let s = &self.series;
        json!({
            "programme": self.name, "windows": self.windows, "voids": self.voids, "places": self.places,
            "max_p_a_day": self.of_a_day, "void_reasons": self.void_reasons,
            "excluded": self.excluded.iter().map(|(reason, n)| (reason.code(), n)).collect::<BTreeMap<_, _>>(), "checks": self.checks.iter().map(Check::json).collect::<Vec<_>>(),
            "days": s.days.iter().map(|(day, d)| json!({
                "day": day.to_string(), "visits": d.visits.hits, "expected": d.visits.expected,
                "windows": d.windows, "voids": d.voids,
            })).collect::<Vec<_>>(),
            "levels": s.levels.iter().map(|t| json!({
                "mean_p": t.mean_p(), "cases": t.cases, "visits": t.hits, "expected": t.expected,
            })).collect::<Vec<_>>(),
            "gaps": s.gaps.iter().map(|(from, to, t)| json!({
                "from": from, "to": to, "visits": t.hits, "expected": t.expected,
            })).collect::<Vec<_>>(),
        })
    }
}

impl Report {
    pub fn needs_a_look(&self) -> bool {
        self.programmes.iter().any(|p| p.count(Verdict::Look) > 0)
    }

    /// A check of the draws themselves failed, so that its promise is in doubt.
    fn is_in_doubt(&self) -> bool {
        let of = |p: &Programme| p.checks.iter().any(|c| c.verdict == Verdict::Look && c.is_of_the_draw());
        self.programmes.iter().any(of)
    }

    /// Nobody names a place and a day better than with this chance, over all programmes together.
    pub fn best_guess(&self) -> f64 {
        1.0 - self.programmes.iter().map(|p| 1.0 - p.of_a_day).product::<f64>()
    }

    /// What a reader must know if he reads no further.
    pub fn opening(&self) -> Vec<Said> {
        if self.programmes.iter().all(|p| p.windows == p.voids) {
            let (from, to) = (self.from, self.to);
            return vec![said!(
                "No window was drawn between {from} and {to}: there is nothing to check.",
                "{from}至{to}没有抽取任何时段：没有可核查的内容。"
            )];
        }
        let best = percent(self.best_guess());
        let mut opening = vec![if self.is_in_doubt() {
            said!(
                "By its rules nobody could do better than {best} % a day; but some checks below ask to be looked at.",
                "按规则，任何人猜中某地当天被查的概率不超过{best}%；但下列部分项目需要核查。"
            )
        } else {
            said!("Nobody can do better than {best} % a day.", "任何人猜中某地当天被查的概率不超过{best}%。")
        }];
        opening.push(said!(
            "Whoever names a place for a day is right with at most this chance, even if he knows every draw before.",
            "即使知道以往全部抽取结果，指名某地某天会被查，猜中的概率也不超过此数。"
        ));
        let count = |verdict| self.programmes.iter().map(|p| p.count(verdict)).sum::<usize>();
        let (fine, look, few) = (count(Verdict::Fine), count(Verdict::Look), count(Verdict::TooFew));
        let (from, to) = (self.from, self.to);
        opening.push(said!(
            "{from} to {to}: {fine} checks fine, {look} to look at, {few} with too few cases.",
            "{from}至{to}：{fine}项正常，{look}项需核查，{few}项数量太少。"
        ));
        opening
    }

    /// The report as text.
    pub fn page(&self) -> Vec<Said> {
        let mut page = self.opening();
        for programme in &self.programmes {
            page.push(Said::new("", ""));
            page.push(programme.heading());
            page.extend(programme.left_out());
            for check in &programme.checks {
                page.extend(check.lines().map(|line| Said::new(format!("  {}", line.en), format!("  {}", line.zh))));
            }
        }
        page.push(Said::new("", ""));
        page.push(foot());
        page
    }

    pub fn json(&self) -> Value {
        json!({
            "from": self.from.to_string(), "to": self.to.to_string(), "best_guess_a_day": self.best_guess(),
            "needs_a_look": self.needs_a_look(),
            "programmes": self.programmes.iter().map(Programme::json).collect::<Vec<_>>(),
        })
    }
}

/// What the verdicts mean.
pub fn foot() -> Said {
    said!(
        "“look at this”: an honest draw looks like this less often than once in a thousand times, or a share is out of the ordinary. It proves nothing against anybody; find out why.",
        "“请核查”：诚实的抽取出现这种情况的机会不到千分之一，或某项比例异常。这不能证明任何人有问题，但应查明原因。"
    )
}
