//! Who checks the inspectors: finished visits drawn again, and signs in what was written.

use super::{Facts, Inspector};
use crate::measure::back_checks::ACCEPTABLE;
use crate::measure::document::{Cell, Chart, Form, Section, Table};
use crate::measure::signs::{Sign, SignKind};
use crate::model::Said;
use crate::said;

impl Facts {
    pub(super) fn back_checks(&self) -> Section {
        let section = Section::new("back_checks", said!("Back-checks of inspectors", "对检查人员的复查"));
        if self.inspectors.is_empty() {
            return section.saying(said!(
                "No visit of the period was checked by a second inspector yet: the inspectors' error rate is not known.",
                "期间尚无走访经第二名检查人员复查：检查人员的差错率未知。"
            ));
        }
        let mut table = Table::new(&[
            ("inspector", Form::Words, said!("Inspector", "检查员")),
            ("drawn", Form::Count, said!("Visits drawn again", "抽中复查")),
            ("told", Form::Count, said!("Could be told", "查明")),
            ("differed", Form::Count, said!("Differed", "不一致")),
            ("undecided", Form::Count, said!("To be decided", "待认定")),
            ("no_errors", Form::Count, said!("No error", "不算差错")),
            ("errors", Form::Count, said!("Errors", "差错")),
            ("rate", Form::Share, said!("Error rate", "差错率")),
            ("low", Form::Share, said!("From", "下限")),
            ("high", Form::Share, said!("To", "上限")),
        ]);
        for Inspector { name, checked } in &self.inspectors {
            let counts = [checked.drawn, checked.told, checked.differed, checked.undecided, checked.no_errors];
            let counts = counts.into_iter().chain([checked.errors]).map(Cell::Count);
            let rate = checked.rate.rate.map(|rate| rate.r);
            let range = [rate, rate.map(|_| checked.rate.low), rate.map(|_| checked.rate.high)];
            let cells = std::iter::once(Cell::Words(name.clone())).chain(counts).chain(range.map(Cell::number));
            table.rows.push(cells.collect());
        }
        let percent = 100.0 * ACCEPTABLE;
        let said = said!(
            "Finished visits are drawn again by the same public tickets, for somebody else. A difference counts as an error only once a head has decided so, after the inspector could answer. Up to {percent} % is acceptable; a range that reaches above it says nothing yet.",
            "已完成的走访按同样公开的签号抽取，由他人复查。不一致须经检查员说明、负责人认定后才算差错。差错率{percent}%以内可以接受；区间跨过该值时尚不能下结论。"
        );
        let (value, low, high) = ("rate".into(), "low".into(), "high".into());
        section.saying(said).with(table).drawn(Chart::Ranges { label: vec!["inspector".into()], value, low, high })
    }

    pub(super) fn signs(&self) -> Option<Section> {
        if self.signs.is_empty() {
            return None;
        }
        let mut table = Table::new(&[
            ("inspector", Form::Words, said!("Inspector", "检查员")),
            ("sign", Form::Words, said!("Sign", "迹象")),
            ("n", Form::Count, said!("So many", "数量")),
            ("of", Form::Count, said!("Of", "总数")),
        ]);
        for (name, Sign { kind, n, of }) in &self.signs {
            let words = [name.clone(), kind_said(*kind)].map(Cell::Words);
            table.rows.push(words.into_iter().chain([Cell::Count(*n), Cell::Count(*of)]).collect());
        }
        let said = said!(
            "Signs are reasons to look, never findings: each has an innocent explanation, and nothing follows from one by itself.",
            "迹象只是值得看一看的理由，不是结论：每一种都可能另有原因，本身不产生任何后果。"
        );
        let heading = said!("Signs in what inspectors wrote", "检查员回报中的迹象");
        Some(Section::new("signs", heading).saying(said).with(table))
    }
}

fn kind_said(kind: SignKind) -> Said {
    match kind {
        SignKind::TooFast => {
            said!("two places within a quarter of an hour, by the stated times", "所报时间显示一刻钟内到了两处")
        }
        SignKind::TooRound => said!("stated times at full and half hours", "所报时间多为整点、半点"),
        SignKind::Copied => said!("places with one and the same remark", "不同地点的备注完全相同"),
        SignKind::ByRest => said!("results filled by “rest”", "以“其余”一并填报的结果"),
        SignKind::SamePhoto => said!("photos that came with another visit, too", "同一张照片用于不止一次走访"),
        SignKind::PhotoOtherDay => {
            said!("visits with photos that were taken on another day", "走访照片不是当天拍摄")
        }
        SignKind::PhotoAway => said!("visits with photos that were taken elsewhere", "走访照片不是在当地拍摄"),
    }
}
