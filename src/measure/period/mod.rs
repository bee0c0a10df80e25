//! The report of an office on a month, a quarter or a year, as a document.
//!
//! An upper office sees every office below it by name, seen through all of them; no table is sorted by a rate.

mod checks;
mod done;
mod estimates;
mod inspectors;
mod ledger;

use super::absence::Programme;
use super::back_checks::Checked;
use super::document::{Document, Kind};
use super::estimate::Estimate;
use super::questions;
use super::signs::Sign;
use crate::model::{Days, Said};
use crate::said;
use std::collections::BTreeMap;

/// What was found out about an office's period.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Id and name of the office.
    pub office: String,
    pub name: Said,
    pub days: Days,
    pub parts: Vec<Part>,
    /// Names of offices by their ids, which the strata of estimates carry.
    pub offices: BTreeMap<String, Said>,
    /// Flags on what was found in the period, by the names of their states.
    pub flags: Vec<(Said, u64)>,
    /// Places that have been waiting longest for an executed visit.
    pub waiting_longest: Vec<Unvisited>,
    /// Findings by what they are about.
    pub findings: Vec<Findings>,
    /// Answers to questions; none where nothing was asked.
    pub questions: Option<questions::Report>,
    /// Finished visits that were drawn again, and signs in what inspectors wrote.
    pub inspectors: Vec<Inspector>,
    pub signs: Vec<(Said, Sign)>,
    /// Names of the states of lines by their codes.
    pub states: BTreeMap<String, Said>,
}

/// What concerns one programme.
#[derive(Debug, Clone)]
pub struct Part {
    pub name: Said,
    pub absence: Programme,
    pub coverage: Coverage,
    /// `None` where another office runs the programme and answers for its draws.
    pub fairness: Option<Fairness>,
}

#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// Places in the last frame of the period.
    pub places: u64,
    /// How many of them had no executed visit, one, two and so on; the last counts all that had more.
    pub visits: [u64; 5],
    /// Days since the last executed visit, or since the first window for a place without one.
    pub longest_days: Option<u64>,
}

/// Findings of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    pub kind: Said,
    /// Within the period.
    pub opened: u64,
    pub closed: u64,
    /// As they stood at its end.
    pub open: u64,
    pub overdue: u64,
}

/// An inspector whose finished visits were drawn again.
#[derive(Debug, Clone)]
pub struct Inspector {
    pub name: Said,
    pub checked: Checked,
}

#[derive(Debug, Clone)]
pub struct Unvisited {
    pub programme: Said,
    pub place: String,
    pub name: Said,
    pub days: u64,
    pub ever: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Fairness {
    pub fine: u64,
    pub look: u64,
    pub too_few: u64,
    /// Greatest chance of a place on a day.
    pub of_a_day: f64,
    /// Checks that ask to be looked at: name, number of cases, sentence.
    pub to_look_at: Vec<(Said, u64, Said)>,
    pub gaps: Vec<Gap>,
}

/// Visits that came so many eligible windows after an earlier one, and how many the sealed chances let expect.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    pub from: u64,
    pub to: u64,
    pub visits: u64,
    pub expected: f64,
    pub spread: f64,
}

/// More programmes than this, and a histogram for each of them is no overview.
const MOST_HISTOGRAMS: usize = 3;

pub fn document(facts: &Facts) -> Document {
    let (name, days) = (&facts.name, facts.days);
    let mut sections = vec![facts.work(), facts.absence()];
    sections.extend(facts.by_office());
    sections.extend([facts.calls(), facts.flags()]);
    sections.extend(facts.findings());
    sections.push(facts.back_checks());
    sections.extend(facts.signs());
    sections.push(facts.coverage());
    sections.extend(facts.visits_a_place());
    sections.extend(facts.unvisited());
    sections.extend(facts.fairness());
    sections.extend(facts.gaps());
    sections.extend([facts.ended(), facts.rates()]);
    sections.extend(facts.questions());
    Document {
        kind: Kind::Period,
        office: facts.office.clone(),
        days,
        title: Said::new(format!("{}: report of {days}", name.en), format!("{}：{days}报告", name.zh)),
        lead: facts.lead(),
        sections,
        notes: notes(),
    }
}

impl Facts {
    fn lead(&self) -> Vec<Said> {
        let sum = |of: &dyn Fn(&Part) -> usize| self.parts.iter().map(of).sum::<usize>();
        let drawn = sum(&|p| p.absence.visits.drawn);
        let executed = sum(&|p| p.absence.visits.executed);
        let (calls, windows) = (sum(&|p| p.absence.calls.drawn), sum(&|p| p.absence.windows));
        let Days { from, to } = self.days;
        let mut lead = Vec::new();
        if let [one] = &self.parts[..]
            && executed > 0
        {
            let (gross, unexcused) =
                (range(&one.absence.visits.gross.executed.all), range(&one.absence.visits.unexcused.executed.all));
            lead.push(Said::new(
                format!("Absent from the post: {}; without an excuse on record: {}.", gross.en, unexcused.en),
                format!("不在岗：{}；其中无依据：{}。", gross.zh, unexcused.zh),
            ));
        }
        lead.push(said!(
            "{from} to {to}: {windows} windows; {drawn} visits drawn, {executed} made; {calls} calls drawn.",
            "{from}至{to}：{windows}个时段；抽取走访{drawn}次，完成{executed}次；抽取电话{calls}次。"
        ));
        lead
    }

    fn few_parts(&self) -> impl Iterator<Item = &Part> {
        let most = if self.parts.len() > MOST_HISTOGRAMS { 0 } else { MOST_HISTOGRAMS };
        self.parts.iter().take(most)
    }
}

fn range(one: &Estimate) -> Said {
    // Not broken between number and sign: it is the headline.
    let percent = |share: f64| format!("{:.1}\u{a0}%", share * 100.0);
    let r = one.rate.map_or_else(|| "-".to_owned(), |rate| percent(rate.r));
    let (low, high) = (percent(one.low), percent(one.high));
    said!("{r} ({low} to {high})", "{r}（{low}至{high}）")
}

fn notes() -> Vec<Said> {
    vec![
        said!(
            "Each place-window weighs by 1 over its sealed chance (Horvitz-Thompson; under a cap by the chance to be kept as well); ranges are Wilson's at 95 % with the effective number of visits.",
            "各地点时段按封存概率的倒数加权（Horvitz-Thompson；名额受限时再除以保留概率）；区间为按有效走访次数计算的95%威尔逊区间。"
        ),
        said!(
            "Visits not made are missing, not present: the bounds show the rate if nobody, or everybody, was absent there. Announced visits, and calls in place of visits, stay out.",
            "未执行的走访视为缺失而非在岗：上下界分别按其全在岗、全不在岗计算。补足走访和改为电话的走访不计入。"
        ),
        said!(
            "Offices are seen through all by a beta-binomial model; calling out is controlled by Benjamini and Hochberg's false discovery rate of 5 %.",
            "分单位估计采用贝塔-二项模型；标出单位时按Benjamini-Hochberg法将错误发现率控制在5%。"
        ),
        said!("“Reached” is AAPOR's CON1, “answered” RR2.", "“接通率”为AAPOR的CON1，“应答率”为RR2。"),
    ]
}
