//! How many are absent, office by office, and how far the calls reached.

use super::{Facts, Part};
use crate::measure::absence::{FEW, Seen};
use crate::measure::document::{Cell, Chart, Form, Section, Table};
use crate::measure::estimate::{Bounds, Estimate};
use crate::model::Said;
use crate::said;
use std::collections::BTreeMap;

/// More rows than this are no chart.
const MOST_DRAWN: usize = 60;

impl Facts {
    pub(super) fn absence(&self) -> Section {
        let mut table = Table::new(&[
            ("programme", Form::Words, said!("Programme", "项目")),
            ("measure", Form::Words, said!("Share of the officials", "占人员比例")),
            ("visits", Form::Count, said!("Visits", "走访")),
            ("rate", Form::Share, said!("Estimate", "估计")),
            ("low", Form::Share, said!("95 % from", "95%下限")),
            ("high", Form::Share, said!("to", "上限")),
            ("least", Form::Share, said!("At least", "下界")),
            ("most", Form::Share, said!("At most", "上界")),
        ]);
        let mut section = Section::new("absence", said!("Absence from the post", "不在岗情况"));
        section.said.push(said!(
            "“At least” and “at most” are the rate if nobody, or everybody, was absent where no visit was made.",
            "“下界”“上界”分别是未执行的走访处全在岗、全不在岗时的比例。"
        ));
        for Part { name, absence, .. } in &self.parts {
            let visits = &absence.visits;
            let of = |said: Said| Said::new(format!("{}: {}", name.en, said.en), format!("{}：{}", name.zh, said.zh));
            let measures = [
                (said!("absent, for whatever reason", "不在岗（不论原因）"), &visits.gross),
                (said!("absent, and nothing on record excuses it", "不在岗且无依据"), &visits.unexcused),
            ];
            for (measure, bounds) in measures {
                table.rows.push(estimate_row(name, measure, bounds));
            }
            if visits.executed == 0 {
                section.said.push(of(said!(
                    "no visit was made; nothing can be said of absence.",
                    "没有完成走访，无法估计不在岗情况。"
                )));
            } else if visits.gross.executed.all.n_star < FEW {
                let n = visits.executed;
                section.said.push(of(said!(
                    "only {n} visits. Take the range, not the number before it; a comparison with another period says little.",
                    "走访仅{n}次。请看区间，不看其前的数字；与其他期间比较意义不大。"
                )));
            }
            if visits.waiting > 0 {
                let waiting = visits.waiting;
                section.said.push(of(said!(
                    "{waiting} findings still wait for records and count as excused.",
                    "{waiting}项结果尚待记录，暂按有依据计。"
                )));
            }
        }
        let chart = Chart::Ranges {
            label: vec!["programme".into(), "measure".into()],
            value: "rate".into(),
            low: "low".into(),
            high: "high".into(),
        };
        let drawn = (1..=MOST_DRAWN).contains(&table.rows.len());
        section = section.with(table);
        if drawn { section.drawn(chart) } else { section }
    }

    /// Where there are several: each through all of them.
    pub(super) fn by_office(&self) -> Option<Section> {
        let strata: Vec<(&Said, &str, &Estimate)> = self
            .parts
            .iter()
            .flat_map(|part| {
                let of = |(stratum, one)| (&part.name, stratum, one);
                part.absence.visits.unexcused.executed.strata.iter().map(move |(s, one)| of((s.as_str(), one)))
            })
            .collect();
        if strata.len() < 2 {
            return None;
        }
        let seen = Seen::among(&strata.iter().map(|(_, _, one)| *one).collect::<Vec<_>>());
        let mut table = Table::new(&[
            ("office", Form::Words, said!("Office", "单位")),
            ("programme", Form::Words, said!("Programme", "项目")),
            ("visits", Form::Count, said!("Visits", "走访")),
            ("mean", Form::Share, said!("Absent without excuse", "不在岗且无依据")),
            ("low", Form::Share, said!("95 % from", "95%下限")),
            ("high", Form::Share, said!("to", "上限")),
            ("beyond", Form::Words, said!("More than chance explains", "高于偶然所能解释")),
        ]);
        for ((programme, stratum, one), seen) in strata.into_iter().zip(&seen) {
            let name = self.offices.get(stratum).cloned().unwrap_or_else(|| Said::new(stratum, stratum));
            let of = |value: fn(&Seen) -> f64| Cell::number(seen.as_ref().map(value));
            let beyond = match seen {
                Some(seen) if seen.stands_out() => Cell::Words(said!("yes", "是")),
                Some(_) => Cell::Words(said!("no", "否")),
                None => Cell::Nothing,
            };
            let (mean, low, high) = (of(|s| s.mean), of(|s| s.low), of(|s| s.high));
            table.rows.push(vec![
                Cell::Words(name),
                Cell::Words(programme.clone()),
                Cell::count(one.n),
                mean,
                low,
                high,
                beyond,
            ]);
        }
        // By the name of the office: never by a rate.
        table.rows.sort_by_key(|row| row.iter().take(2).map(|cell| format!("{cell:?}")).collect::<Vec<_>>());
        let said = said!(
            "Each office is seen through all of them (no ranking): a few visits of one office say little by themselves. “Yes” is said so that of all offices called out at most one in twenty is an ordinary one.",
            "各单位结合全体估计（不作排名）：单个单位的少数走访本身说明不了多少问题。“是”的标准：被标出的单位中，属于正常的不超过二十分之一。"
        );
        let drawn = table.rows.len() <= MOST_DRAWN;
        let section = Section::new("offices", said!("Office by office", "分单位情况")).saying(said).with(table);
        let chart = Chart::Ranges {
            label: vec!["office".into()],
            value: "mean".into(),
            low: "low".into(),
            high: "high".into(),
        };
        Some(if drawn { section.drawn(chart) } else { section })
    }

    pub(super) fn calls(&self) -> Section {
        let mut table = Table::new(&[
            ("programme", Form::Words, said!("Programme", "项目")),
            ("drawn", Form::Count, said!("Calls drawn", "抽取电话")),
            ("reached", Form::Share, said!("Reached", "接通率")),
            ("answered", Form::Share, said!("Answered", "应答率")),
        ]);
        for Part { name, absence, .. } in &self.parts {
            let rates: BTreeMap<_, _> = absence.calls.ended.rates().by_name().collect();
            let of = |name: &str| Cell::number(rates.get(name).copied().flatten());
            table.rows.push(vec![Cell::Words(name.clone()), Cell::count(absence.calls.drawn), of("CON1"), of("RR2")]);
        }
        let said = said!(
            "Calls say whether somebody could be reached. Nobody is absent because a telephone was not answered, and calls are never added to visits.",
            "电话只说明是否能联系上。电话无人接听不等于不在岗；电话结果从不与走访合并。"
        );
        Section::new("calls", said!("Calls", "电话")).saying(said).with(table)
    }

    pub(super) fn rates(&self) -> Section {
        let mut table = Table::new(&[
            ("programme", Form::Words, said!("Programme", "项目")),
            ("rate", Form::Words, said!("Rate", "指标")),
            ("value", Form::Share, said!("Value", "数值")),
        ]);
        for Part { name, absence, .. } in self.parts.iter().filter(|part| part.absence.calls.drawn > 0) {
            for (code, rate) in absence.calls.ended.rates().by_name() {
                table.rows.push(vec![Cell::Words(name.clone()), Cell::name(code), Cell::number(rate)]);
            }
        }
        let heading = said!("Response rates of calls (AAPOR)", "电话应答指标（AAPOR）");
        Section::new("rates", heading).with(table).upward()
    }
}

fn estimate_row(name: &Said, measure: Said, bounds: &Bounds) -> Vec<Cell> {
    let all = &bounds.executed.all;
    let rate = |one: &Estimate| Cell::number(one.rate.map(|rate| rate.r));
    // Without a unit the range is everything, which says nothing.
    let edge = |edge: f64| Cell::number((all.n > 0).then_some(edge));
    vec![
        Cell::Words(name.clone()),
        Cell::Words(measure),
        Cell::count(all.n),
        rate(all),
        edge(all.low),
        edge(all.high),
        rate(&bounds.least.all),
        rate(&bounds.most.all),
    ]
}
