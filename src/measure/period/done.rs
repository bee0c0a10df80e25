//! What was drawn, what was done, and which places were seen.

use super::{Facts, Part};
use crate::measure::document::{Cell, Chart, Form, Section, Table};
use crate::model::Said;
use crate::said;

impl Facts {
    pub(super) fn work(&self) -> Section {
        let mut table = Table::new(&[
            ("programme", Form::Words, said!("Programme", "项目")),
            ("windows", Form::Count, said!("Windows", "时段")),
            ("voids", Form::Count, said!("Void", "作废")),
            ("drawn", Form::Count, said!("Visits drawn", "抽取走访")),
            ("made", Form::Count, said!("Made", "完成")),
            ("not_made", Form::Count, said!("Not made", "未执行")),
            ("open", Form::Count, said!("Open", "未截止")),
            ("as_calls", Form::Count, said!("Turned into calls", "改为电话")),
            ("announced", Form::Count, said!("Announced", "补足走访")),
            ("calls", Form::Count, said!("Calls drawn", "抽取电话")),
        ]);
        for Part { name, absence, .. } in &self.parts {
            let visits = &absence.visits;
            let counts = [absence.windows, absence.voids, visits.drawn, visits.executed, visits.lost, visits.open];
            let counts = counts.into_iter().chain([visits.moved, visits.announced, absence.calls.drawn]);
            table.rows.push(std::iter::once(Cell::Words(name.clone())).chain(counts.map(Cell::count)).collect());
        }
        Section::new("work", said!("What was drawn and what was done", "抽取与完成情况")).with(table)
    }

    pub(super) fn ended(&self) -> Section {
        let mut table = Table::new(&[
            ("programme", Form::Words, said!("Programme", "项目")),
            ("kind", Form::Words, said!("Kind", "方式")),
            ("state", Form::Words, said!("Ended as", "结果")),
            ("lines", Form::Count, said!("Lines", "数量")),
        ]);
        for Part { name, absence, .. } in &self.parts {
            let kinds =
                [(said!("visit", "走访"), &absence.visits.ended), (said!("call", "电话"), &absence.calls.states)];
            for (kind, states) in kinds {
                for (state, lines) in states {
                    let ended = self.states.get(state).cloned().unwrap_or_else(|| Said::new(state, state));
                    let words = [name, &kind, &ended].map(|said| Cell::Words(said.clone()));
                    table.rows.push(words.into_iter().chain([Cell::Count(*lines)]).collect());
                }
            }
        }
        Section::new("ended", said!("How the lines ended", "各项结果")).with(table)
    }

    pub(super) fn coverage(&self) -> Section {
        let mut table = Table::new(&[
            ("programme", Form::Words, said!("Programme", "项目")),
            ("places", Form::Count, said!("Places", "地点")),
            ("visited", Form::Count, said!("Visited at least once", "至少走访一次")),
            ("share", Form::Share, said!("Share", "占比")),
            ("longest", Form::Count, said!("Longest wait, days", "最久未走访（天）")),
        ]);
        for Part { name, coverage, .. } in &self.parts {
            let visited: u64 = coverage.visits.iter().skip(1).sum();
            let share = (coverage.places > 0).then(|| visited as f64 / coverage.places as f64);
            table.rows.push(vec![
                Cell::Words(name.clone()),
                Cell::Count(coverage.places),
                Cell::Count(visited),
                Cell::number(share),
                coverage.longest_days.map_or(Cell::Nothing, Cell::Count),
            ]);
        }
        let said = said!(
            "Visits are drawn, so that nobody knows the day: some places are visited often and some not for long. Each place has its chance in every window.",
            "走访由抽取决定，谁也不知道哪一天：有的地点被走访多次，有的较久未被走访；每个时段每个地点都有机会被抽中。"
        );
        Section::new("coverage", said!("Coverage", "覆盖情况")).saying(said).with(table)
    }

    pub(super) fn visits_a_place(&self) -> Vec<Section> {
        let of = |Part { name, coverage, .. }: &Part| {
            let mut table = Table::new(&[
                ("visits", Form::Words, said!("Visits made", "完成走访次数")),
                ("places", Form::Count, said!("Places", "地点数")),
            ]);
            let last = coverage.visits.len() - 1;
            for (visits, places) in coverage.visits.iter().enumerate() {
                let label = if visits == last { format!("≥ {visits}") } else { visits.to_string() };
                table.rows.push(vec![Cell::name(&label), Cell::Count(*places)]);
            }
            let heading = Said::new(format!("Visits a place: {}", name.en), format!("各地点走访次数：{}", name.zh));
            Section::new("visits_a_place", heading).with(table).drawn(Chart::Bars {
                label: "visits".into(),
                value: "places".into(),
                expected: None,
            })
        };
        self.few_parts().map(of).collect()
    }

    pub(super) fn unvisited(&self) -> Option<Section> {
        let mut table = Table::new(&[
            ("programme", Form::Words, said!("Programme", "项目")),
            ("place", Form::Words, said!("Id", "编号")),
            ("name", Form::Words, said!("Place", "地点")),
            ("days", Form::Count, said!("Days without a visit", "未走访天数")),
            ("ever", Form::Words, said!("Counted since", "起算")),
        ]);
        for one in &self.waiting_longest {
            let since = match one.ever {
                true => said!("last visit", "上次走访"),
                false => said!("first window", "首个时段"),
            };
            table.rows.push(vec![
                Cell::Words(one.programme.clone()),
                Cell::name(&one.place),
                Cell::Words(one.name.clone()),
                Cell::Count(one.days),
                Cell::Words(since),
            ]);
        }
        let heading = said!("Longest without a visit", "最久未走访的地点");
        (!table.rows.is_empty()).then(|| Section::new("unvisited", heading).with(table))
    }
}
