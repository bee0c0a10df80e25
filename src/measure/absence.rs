//! The report of a period (EVIDENCE 7): how many are absent from their posts, with the range that the draws
//! allow to say, and how far the calls reached.

use super::aapor::Counts;
use super::counties::{County, Prior, chances, false_discovery};
use super::estimate::{Bounds, Estimate};
use crate::model::Said;
use crate::said;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is known of the visits and calls of a period, programme by programme.
#[derive(Debug, Clone)]
pub struct Report {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub programmes: Vec<Programme>,
}

#[derive(Debug, Clone)]
pub struct Programme {
    pub id: String,
    pub name: String,
    /// Windows that were drawn and are over, and windows that are void.
    pub windows: usize,
    pub voids: usize,
    pub visits: Visits,
    pub calls: Calls,
}

#[derive(Debug, Clone)]
pub struct Visits {
    pub drawn: usize,
    pub executed: usize,
    /// Not executed, for whatever reason.
    pub lost: usize,
    /// Their assignments are not closed yet.
    pub open: usize,
    /// Drawn as visits, and made as calls because no inspector or no time was left.
    pub moved: usize,
    /// To places that a rule still owed a visit: in no estimate.
    pub announced: usize,
    /// How those that were drawn ended, by the state's code.
    pub ended: BTreeMap<String, u64>,
    /// Officials whose verdict still waits for records.
    pub waiting: usize,
    /// Officials found absent from their posts, for whatever reason.
    pub gross: Bounds,
    /// Those of them for whom nothing on record speaks.
    pub unexcused: Bounds,
}

#[derive(Debug, Clone, Default)]
pub struct Calls {
    pub drawn: usize,
    /// How their lines ended, by the state's code.
    pub states: BTreeMap<String, u64>,
    /// How those ended that were made.
    pub ended: Counts,
}

/// Fewer effective units than this carry a range and nothing else.
pub const FEW: f64 = 30.0;
/// Of those counties that are called out, so many may be ordinary ones.
const FALSE_ALARMS: f64 = 0.05;

impl Report {
    pub fn page(&self) -> Vec<Said> {
        let (from, to) = (self.from, self.to);
        let mut page = vec![said!("{from} to {to}", "{from}至{to}")];
        for programme in &self.programmes {
            page.push(Said::new("", ""));
            page.extend(programme.page());
        }
        page.push(Said::new("", ""));
        page.push(said!(
            "Each place weighs by its sealed chance. The range in brackets is that at 95 %; announced visits, and calls in place of visits, stay out.",
            "各地点按封存的概率加权；括号内为95%区间；规定次数的补足走访和改为电话的走访不计入。"
        ));
        page
    }

    pub fn json(&self) -> Value {
        let programmes: Vec<Value> = self.programmes.iter().map(Programme::json).collect();
        json!({"from": self.from.to_string(), "to": self.to.to_string(), "programmes": programmes})
    }
}

impl Programme {
    fn page(&self) -> Vec<Said> {
        let Programme { name, windows, voids, visits, calls, .. } = self;
        let Visits { drawn, executed, lost, open, waiting, .. } = visits;
        let mut page = vec![
            said!("{name}: {windows} windows drawn, {voids} void", "{name}：抽取{windows}个时段，作废{voids}个"),
            said!(
                "  visits: {drawn} drawn, {executed} made, {lost} not made, {open} still open",
                "  走访：抽取{drawn}次，完成{executed}次，未执行{lost}次，未截止{open}次"
            ),
        ];
        if *executed == 0 {
            page.push(said!("  nothing can be said of absence", "  无法估计不在岗情况"));
        } else {
            let (gross, unexcused) = (rate(&visits.gross), rate(&visits.unexcused));
            page.push(Said::new(
                format!("  absent from the post, for whatever reason: {}", gross.en),
                format!("  不在岗（不论原因）：{}", gross.zh),
            ));
            page.push(Said::new(
                format!("  absent, and nothing on record excuses it: {}", unexcused.en),
                format!("  不在岗且无依据：{}", unexcused.zh),
            ));
            if *waiting > 0 {
                page.push(said!(
                    "  {waiting} findings still wait for records and count as excused",
                    "  {waiting}项结果尚待记录，暂按有依据计"
                ));
            }
            if visits.gross.executed.all.n_star < FEW {
                page.push(said!(
                    "  few visits: take the range, not the number before it",
                    "  走访次数少：请看区间，不看其前的数字"
                ));
            }
            page.extend(self.counties());
        }
        page.push(self.calls_said(calls));
        page
    }

    /// Where there are several strata: each through all of them, by name and never by rank.
    fn counties(&self) -> Vec<Said> {
        let strata = &self.visits.unexcused.executed.strata;
        if strata.len() < 2 {
            return Vec::new();
        }
        let seen = self.seen();
        let line = |((stratum, one), seen): (&(super::units::Stratum, Estimate), &Option<Seen>)| {
            let n = one.n;
            let Some(seen) = seen else {
                return said!("    {stratum}: {n} visits, nothing to say", "    {stratum}：走访{n}次，无法估计");
            };
            let (mean, low, high) = (percent(seen.mean), percent(seen.low), percent(seen.high));
            if seen.stands_out() {
                said!(
                    "    {stratum}: {n} visits, {mean} ({low}-{high}), more than chance explains",
                    "    {stratum}：走访{n}次，{mean}（{low}-{high}），高于偶然所能解释"
                )
            } else {
                said!(
                    "    {stratum}: {n} visits, {mean} ({low}-{high})",
                    "    {stratum}：走访{n}次，{mean}（{low}-{high}）"
                )
            }
        };
        let heading = said!(
            "  absent without excuse, county by county, each seen through all (no ranking):",
            "  各单位不在岗且无依据的比例（结合全体估计，不作排名）："
        );
        std::iter::once(heading).chain(strata.iter().zip(&seen).map(line)).collect()
    }

    /// Of each stratum, in their order; `None` where nothing can be said.
    fn seen(&self) -> Vec<Option<Seen>> {
        let strata: Vec<&Estimate> = self.visits.unexcused.executed.strata.iter().map(|(_, one)| one).collect();
        Seen::among(&strata)
    }

    fn calls_said(&self, calls: &Calls) -> Said {
        let rates: std::collections::BTreeMap<_, _> = calls.ended.rates().by_name().collect();
        let of = |name: &str| rates.get(name).copied().flatten().map_or_else(|| "-".to_owned(), percent);
        let (drawn, reached, answered) = (calls.drawn, of("CON1"), of("RR2"));
        said!(
            "  calls: {drawn} drawn; reached {reached}, answered {answered}",
            "  电话：抽取{drawn}次；接通率{reached}，应答率{answered}"
        )
    }

    fn json(&self) -> Value {
        let Visits { drawn, executed, lost, open, waiting, gross, unexcused, moved, announced, ended } = &self.visits;
        let seen: Vec<Value> = unexcused
            .executed
            .strata
            .iter()
            .zip(self.seen())
            .map(|((stratum, one), seen)| {
                let seen = seen.map(|s| json!({"mean": s.mean, "low": s.low, "high": s.high, "q": s.false_alarms}));
                json!({"stratum": stratum.as_str(), "n": one.n, "unexcused": seen})
            })
            .collect();
        let rates: serde_json::Map<String, Value> =
            self.calls.ended.rates().by_name().map(|(name, rate)| (name.to_owned(), json!(rate))).collect();
        json!({
            "programme": self.id, "windows": self.windows, "voids": self.voids,
            "visits": {
                "drawn": drawn, "executed": executed, "not_executed": lost, "open": open, "waiting": waiting,
                "made_calls_of": moved, "announced": announced, "ended": ended,
                "gross": bounds_json(gross), "unexcused": bounds_json(unexcused), "strata": seen,
            },
            "calls": {"drawn": self.calls.drawn, "rates": rates},
        })
    }
}

/// A county seen through all of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
    /// The share of ordinary ones among the counties that would be called out with it.
    pub false_alarms: f64,
}

impl Seen {
    /// Each among all, in their order; `None` where nothing can be said.
    pub fn among(estimates: &[&Estimate]) -> Vec<Option<Seen>> {
        let county = |one: &&Estimate| County { rate: one.rate.map_or(0.0, |rate| rate.r), units: one.n_star };
        let counties: Vec<County> = estimates.iter().map(county).collect();
        let Some(prior) = Prior::of(&counties) else { return vec![None; estimates.len()] };
        let posteriors: Vec<_> = counties.iter().map(|county| prior.posterior(*county)).collect();
        posteriors
            .into_iter()
            .zip(false_discovery(&chances(&counties)))
            .map(|(seen, false_alarms)| {
                let seen = seen?;
                Some(Seen { mean: seen.mean, low: seen.low, high: seen.high, false_alarms })
            })
            .collect()
    }

    /// More than chance explains.
    pub fn stands_out(&self) -> bool {
        self.false_alarms <= FALSE_ALARMS
    }
}

fn rate(bounds: &Bounds) -> Said {
    let all = &bounds.executed.all;
    let r = all.rate.map_or_else(|| "-".to_owned(), |rate| percent(rate.r));
    let (low, high) = (percent(all.low), percent(all.high));
    let said = said!("{r} ({low}-{high})", "{r}（{low}-{high}）");
    let edge = |one: &Estimate| one.rate.map_or_else(|| "-".to_owned(), |rate| percent(rate.r));
    if bounds.not_executed == 0 {
        return said;
    }
    let (least, most) = (edge(&bounds.least.all), edge(&bounds.most.all));
    Said::new(
        format!("{}; {least} to {most} if nobody, or everybody, was absent where nobody went", said.en),
        format!("{}；未执行处若全在岗或全不在岗，则为{least}至{most}", said.zh),
    )
}

fn bounds_json(bounds: &Bounds) -> Value {
    let one = |e: &Estimate| {
        json!({
            "n": e.n, "N": e.total, "R": e.rate.map(|rate| rate.r), "se_R": e.rate.map(|rate| rate.se),
            "n_star": e.n_star, "low": e.low, "high": e.high,
        })
    };
    json!({"executed": one(&bounds.executed.all), "least": one(&bounds.least.all), "most": one(&bounds.most.all)})
}

fn percent(rate: f64) -> String {
    format!("{:.1} %", rate * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::estimate::bounds;
    use crate::measure::taken::{Line, Taken};
    use crate::measure::units::{Inclusion, Share, Stratum};

    /// Counties with so many visits, of which so many found everybody absent.
    fn programme(counties: &[(&str, usize, usize)]) -> Programme {
        let mut kept = Vec::new();
        for (name, visits, absent) in counties {
            for visit in 0..*visits {
                let y = if visit < *absent { Share::EVERYBODY } else { Share::NOBODY };
                let p = Inclusion::new(0.1).unwrap();
                kept.push(Line { stratum: Stratum::parse(name).unwrap(), p, y: Some(y) });
            }
        }
        let all = bounds(&[Taken::Hits { kept, cut: Vec::new() }], None).unwrap();
        let drawn = all.executed.all.n;
        let visits = Visits {
            drawn,
            executed: drawn,
            lost: 0,
            open: 0,
            moved: 0,
            announced: 0,
            ended: BTreeMap::new(),
            waiting: 0,
            gross: all.clone(),
            unexcused: all,
        };
        Programme { id: "p".into(), name: "在岗检查".into(), windows: 9, voids: 0, visits, calls: Calls::default() }
    }

    fn page(programme: Programme) -> String {
        let day = NaiveDate::default();
        let report = Report { from: day, to: day, programmes: vec![programme] };
        report.page().into_iter().map(|line| format!("{}\n{}\n", line.en, line.zh)).collect()
    }

    #[test]
    fn counties_stand_by_name_and_only_what_chance_does_not_explain_is_called_out() {
        let told =
            page(programme(&[("a", 60, 3), ("b", 60, 2), ("c", 60, 4), ("d", 60, 30), ("e", 60, 3), ("f", 60, 2)]));
        let lines: Vec<&str> = told.lines().filter(|l| l.starts_with("    ") && l.contains("visits")).collect();
        assert_eq!(lines.len(), 6, "{told}");
        assert!(lines.iter().map(|l| l.trim().chars().next().unwrap()).eq("abcdef".chars()), "{told}");
        let called: Vec<&&str> = lines.iter().filter(|l| l.contains("more than chance")).collect();
        assert!(called.len() == 1 && called[0].contains("d: 60 visits"), "{told}");
        let alike = page(programme(&[("a", 5, 1), ("b", 5, 0), ("c", 5, 2), ("d", 5, 0)]));
        assert!(!alike.contains("more than chance") && alike.contains("few visits"), "{alike}");
    }

    #[test]
    fn one_county_has_no_table_and_nothing_found_says_nothing() {
        assert!(!page(programme(&[("a", 60, 3)])).contains("county by county"));
        assert!(page(programme(&[])).contains("nothing can be said"));
    }
}
