//! Findings by what they are about, and answers by question.

use super::{Facts, Findings};
use crate::measure::document::{Cell, Form, Section, Table};
use crate::measure::questions::{Answer, Figures};
use crate::model::Kind;
use crate::said;

impl Facts {
    pub(super) fn findings(&self) -> Option<Section> {
        if self.findings.is_empty() {
            return None;
        }
        let mut table = Table::new(&[
            ("kind", Form::Words, said!("Kind", "类别")),
            ("opened", Form::Count, said!("Opened", "新增")),
            ("closed", Form::Count, said!("Closed", "销号")),
            ("open", Form::Count, said!("Open at the end", "期末未销号")),
            ("overdue", Form::Count, said!("Of these overdue", "其中逾期")),
        ]);
        for Findings { kind, opened, closed, open, overdue } in &self.findings {
            let counts = [opened, closed, open, overdue].map(|n| Cell::Count(*n));
            table.rows.push(std::iter::once(Cell::Words(kind.clone())).chain(counts).collect());
        }
        let said = said!(
            "A finding is a defect to rectify, verified and closed by people; “spotcheck findings” has each of them.",
            "整改事项由人核验、销号；逐项情况见“spotcheck findings”。"
        );
        Some(Section::new("findings", said!("Findings", "整改事项")).saying(said).with(table))
    }

    /// A section an instrument.
    pub(super) fn questions(&self) -> Vec<Section> {
        let mut sections: Vec<Section> = Vec::new();
        let mut last = None;
        for figures in self.questions.iter().flat_map(|report| &report.questions) {
            let of = (figures.programme(), figures.instrument(), figures.kind());
            if last != Some(of) {
                last = Some(of);
                sections.push(section(figures));
            }
            if let Some(table) = sections.last_mut().and_then(|section| section.table.as_mut()) {
                table.rows.extend(rows(figures));
            }
        }
        sections
    }
}

fn section(figures: &Figures) -> Section {
    let table = Table::new(&[
        ("question", Form::Words, said!("Question", "问题")),
        ("answer", Form::Words, said!("Answer", "答案")),
        ("given", Form::Count, said!("Given", "次数")),
        ("value", Form::Number, said!("Value", "估计")),
        ("low", Form::Number, said!("From", "下限")),
        ("high", Form::Number, said!("To", "上限")),
    ]);
    let (programme, instrument) = (figures.programme(), figures.instrument());
    let heading = match figures.kind() {
        Kind::Visit => said!("Answers of visits: {programme}, {instrument}", "走访问题：{programme}，{instrument}"),
        Kind::Call => said!("Answers of calls: {programme}, {instrument}", "电话问题：{programme}，{instrument}"),
    };
    let said = match figures.kind() {
        Kind::Visit => said!(
            "Percentages, and means of numbers, with their ranges at 95 %; each place weighs by its sealed chance.",
            "百分比（数字题为均值）及95%区间；各地点按封存概率加权。"
        ),
        Kind::Call => said!(
            "Percentages, and means of numbers, with their ranges at 95 %. What fewer than five people said by telephone is not shown.",
            "百分比（数字题为均值）及95%区间。电话中答者不足五人的不列。"
        ),
    };
    Section::new("questions", heading).saying(said).with(table)
}

fn rows(figures: &Figures) -> Vec<Vec<Cell>> {
    let question = Cell::Words(figures.question());
    let answers = figures.answers();
    if answers.is_empty() {
        let said = figures.why_none();
        let nothing = [Cell::Nothing, Cell::Nothing, Cell::Nothing];
        let row = [question, Cell::Words(said), figures.shown_count()].into_iter().chain(nothing).collect();
        return vec![row];
    }
    let row = |answer: Answer| {
        let range = [answer.value, answer.value.map(|_| answer.low), answer.value.map(|_| answer.high)];
        let words = [question.clone(), Cell::Words(answer.shown), Cell::count(answer.given)];
        words.into_iter().chain(range.map(Cell::number)).collect()
    };
    answers.into_iter().map(row).collect()
}
