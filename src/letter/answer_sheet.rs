//! An assignment as a table to be printed, or filled in and sent back: one row a person, call and question.

use super::assignment::{AssignmentInput, work_day};
use super::lines::{self, shown};
use super::questions;
use crate::model::question::{Form, Value};
use crate::model::{Kind, Line, Outcome, Question};
use crate::words::letters::{answer_sheet, common, inspector};

/// The columns, by which a filled sheet is read back.
pub const HEADER: [&str; 6] =
    ["code / 编号", "what / 内容", "phone / 电话", "answer / 结果", "time / 时刻", "remark / 备注"];

/// What a tab can hold in a drop-down.
const LONGEST_LIST: usize = 255;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerSheet {
    /// Above the columns: the assignment, what to do.
    pub title: Vec<String>,
    pub rows: Vec<AnswerRow>,
    /// What is said first to whoever is rung; nothing where the office has no number to ask at.
    pub opening: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    pub code: String,
    pub what: String,
    pub phone: String,
    /// Offered in a drop-down; other words may be written too. Empty: nothing is to be offered.
    pub choices: Vec<String>,
    /// A question of yes or no: its text does not say what it takes.
    pub yes_or_no: bool,
    /// A visit's own row, above its persons and questions.
    pub heading: bool,
}

/// `Spotcheck K7Q2M`: by this a sheet says what it answers.
pub fn sheet_of(assignment: &str) -> String {
    format!("Spotcheck {assignment}")
}

pub fn answer_sheet(input: &AssignmentInput<'_>) -> AnswerSheet {
    let day = common::day(work_day(input));
    let languages = input.languages;
    let title = vec![
        sheet_of(input.assignment.id.as_str()),
        format!("{} {}", languages.inline(&day), languages.inline(&super::assignment::office(input.office))),
        languages.inline(&answer_sheet::how_to()),
    ];
    let mut rows = Vec::new();
    for line in &input.assignment.lines {
        let span = common::span(line.from, line.to, input.zone);
        let place = format!("{}, {}", shown(&line.village.both()), shown(&line.township.both()));
        let what = format!("{} {span} {place}", languages.inline(&common::kind(line.kind)));
        let what = match &line.back_check {
            Some(checked) => format!("{what}; {}", languages.inline(&inspector::back_check(&common::day(checked.day)))),
            None => what,
        };
        match (line.kind, &line.contact) {
            (Kind::Call, Some(contact)) => rows.push(AnswerRow {
                code: line.code.to_string(),
                what: format!("{what}; {}, {}", shown(&contact.name.both()), shown(&contact.role.shown().both())),
                phone: shown(&contact.phone.shown),
                choices: outcomes(line.kind),
                yes_or_no: false,
                heading: false,
            }),
            _ => {
                let heading = !line.officials.is_empty();
                let (code, choices) = (line.code.to_string(), outcomes(line.kind));
                rows.push(AnswerRow { code, what, phone: String::new(), choices, yes_or_no: false, heading });
            }
        }
        for (number, official) in (1..).zip(&line.officials) {
            rows.push(AnswerRow {
                code: line.person_code(number),
                what: format!("{}, {}", shown(&official.name.both()), shown(&official.role.shown().both())),
                phone: String::new(),
                choices: outcomes(line.kind),
                yes_or_no: false,
                heading: false,
            });
        }
        rows.extend(line.questions().iter().map(|question| asked(input, line, question)));
    }
    let said = |phone| opening(input, phone);
    AnswerSheet { title, rows, opening: input.desk_phone.map(said).unwrap_or_default() }
}

fn opening(input: &AssignmentInput<'_>, phone: &str) -> Vec<String> {
    let words = inspector::opening_words(&super::assignment::office(input.office), &shown(phone));
    input.languages.each(&words)
}

fn asked(input: &AssignmentInput<'_>, line: &Line, question: &Question) -> AnswerRow {
    let code = line.question_code(question.code);
    let text = questions::text(input.languages, line, question);
    let what = lines::shown(text.strip_prefix(&code).unwrap_or(&text));
    let values: Vec<Value> = match &question.form {
        Form::YesNo => vec![Value::Yes, Value::No, Value::NotSeen],
        Form::Choice(choices) => choices.iter().map(|c| Value::Choice(c.letter)).chain([Value::NotSeen]).collect(),
        Form::Number { .. } | Form::Date | Form::Text => Vec::new(),
    };
    let said = |value: &Value| {
        let said = question.shown(value);
        format!("{} {}", said.zh, said.en)
    };
    let mut choices: Vec<String> = values.iter().map(said).collect();
    if choices.join(",").chars().count() > LONGEST_LIST || choices.iter().any(|choice| choice.contains(',')) {
        // Then by their letters, which the question explains.
        choices = values.iter().filter(|value| matches!(value, Value::Choice(_))).map(Value::code).collect();
    }
    let yes_or_no = matches!(question.form, Form::YesNo);
    AnswerRow { code, what, phone: String::new(), choices, yes_or_no, heading: false }
}

/// `在岗 present` and so on: what fits this kind of check.
fn outcomes(kind: Kind) -> Vec<String> {
    let offered = inspector::OFFERED;
    let fits = offered.into_iter().filter(|outcome: &Outcome| kind.fits(*outcome));
    fits.map(common::outcome).map(|said| format!("{} {}", said.zh, said.en)).collect()
}
