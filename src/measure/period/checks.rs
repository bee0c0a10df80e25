//! Whether the draws were fair, and what people made of the findings.

use super::{Facts, Fairness};
use crate::measure::document::{Cell, Chart, Form, Section, Table};
use crate::model::Said;
use crate::said;

impl Facts {
    pub(super) fn gaps(&self) -> Vec<Section> {
        let parts = self.few_parts().filter_map(|part| Some((&part.name, part.fairness.as_ref()?)));
        let of = |(name, fairness): (&Said, &Fairness)| {
            let mut table = Table::new(&[
                ("windows", Form::Words, said!("Windows since the last visit", "距上次的时段数")),
                ("visits", Form::Count, said!("Visits", "走访")),
                ("expected", Form::Number, said!("Expected", "预期")),
                ("spread", Form::Number, said!("Standard deviation", "标准差")),
            ]);
            for gap in &fairness.gaps {
                let label = match gap.from == gap.to {
                    true => gap.from.to_string(),
                    false => format!("{}–{}", gap.from, gap.to),
                };
                let numbers = [Some(gap.expected), Some(gap.spread)].map(Cell::number);
                table.rows.push([Cell::name(&label), Cell::Count(gap.visits)].into_iter().chain(numbers).collect());
            }
            let chart = Chart::Bars {
                label: "windows".into(),
                value: "visits".into(),
                expected: Some(["expected".into(), "spread".into()]),
            };
            let heading =
                Said::new(format!("Gaps between drawn visits: {}", name.en), format!("走访间隔：{}", name.zh));
            Section::new("gaps", heading).with(table).drawn(chart)
        };
        parts.filter(|(_, fairness)| !fairness.gaps.is_empty()).map(of).collect()
    }

    pub(super) fn fairness(&self) -> Vec<Section> {
        let mut table = Table::new(&[
            ("programme", Form::Words, said!("Programme", "项目")),
            ("best_guess", Form::Share, said!("Best guess a day", "单日最大猜中率")),
            ("fine", Form::Count, said!("Checks fine", "正常")),
            ("look", Form::Count, said!("To look at", "需核查")),
            ("too_few", Form::Count, said!("Too few cases", "数量太少")),
        ]);
        let mut looks = Table::new(&[
            ("programme", Form::Words, said!("Programme", "项目")),
            ("check", Form::Words, said!("Check", "检查项")),
            ("cases", Form::Count, said!("Cases", "数量")),
            ("said", Form::Words, said!("What it says", "说明")),
        ]);
        for (name, fairness) in self.parts.iter().filter_map(|p| Some((&p.name, p.fairness.as_ref()?))) {
            let Fairness { fine, look, too_few, of_a_day, .. } = fairness;
            let counts = [*fine, *look, *too_few].map(Cell::Count);
            table
                .rows
                .push([Cell::Words(name.clone()), Cell::number(Some(*of_a_day))].into_iter().chain(counts).collect());
            for (check, cases, said) in &fairness.to_look_at {
                let words = [Cell::Words(name.clone()), Cell::Words(check.clone()), Cell::Count(*cases)];
                looks.rows.push(words.into_iter().chain([Cell::Words(said.clone())]).collect());
            }
        }
        let said = said!(
            "Every ticket was computed again from seed and frame; “spotcheck report fairness” shows each check.",
            "已按种子和名单重新计算每一张签；各项检查见“spotcheck report fairness”。"
        );
        let all = Section::new("fairness", said!("Fairness of the draws", "抽取的公平性")).saying(said).with(table);
        let heading = said!("Checks of the draws to look at", "需核查的抽取检查项");
        let look = (!looks.rows.is_empty()).then(|| Section::new("fairness_look", heading).with(looks));
        std::iter::once(all).chain(look).collect()
    }

    pub(super) fn flags(&self) -> Section {
        let mut table = Table::new(&[
            ("state", Form::Words, said!("State", "状态")),
            ("flags", Form::Count, said!("Flags", "疑点")),
        ]);
        table.rows = self.flags.iter().map(|(state, n)| vec![Cell::Words(state.clone()), Cell::Count(*n)]).collect();
        let said = said!(
            "A flag is a question, opened by rule; only people confirm or dismiss one.",
            "疑点只是待核实的问题，按规则提出；只有人才能认定或排除。"
        );
        Section::new("flags", said!("Flags on what was found in the period", "期间检查发现的疑点"))
            .saying(said)
            .with(table)
    }
}
