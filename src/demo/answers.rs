//! What simulated inspectors answer to the questions of their lines, and how they write it.

use super::dice::Dice;
use super::wording::Finding;
use crate::model::question::{Form, Question, Value};
use crate::model::{Assignment, Kind, Language, Line};
use std::collections::BTreeMap;

/// Answers of a mail: for each line that was carried out, its questions in order.
pub struct Answers<'a> {
    language: Language,
    of_lines: Vec<(&'a Line, Vec<(&'a Question, Value)>)>,
}

/// Of those lines whose findings all stand in the mail.
pub fn answers<'a>(dice: &Dice, language: Language, assignment: &'a Assignment, found: &[Finding]) -> Answers<'a> {
    let of_line = |line: &'a Line| {
        let said: Vec<&Finding> = found.iter().filter(|f| f.line == line.code.as_str()).collect();
        let whole = said.len() == line.officials.len().max(1);
        let made = whole && said.iter().any(|f| line.kind.completes(f.outcome));
        let answers = line.questions().iter().filter_map(|q| Some((q, value(dice, line, q)?)));
        made.then(|| (line, answers.collect::<Vec<_>>())).filter(|(_, answers)| !answers.is_empty())
    };
    Answers { language, of_lines: assignment.lines.iter().filter_map(of_line).collect() }
}

/// The same of one place and window, whatever inspector and mail: `None` where nothing is written.
fn value(dice: &Dice, line: &Line, question: &Question) -> Option<Value> {
    if let Some(checked) = &line.back_check {
        return again(dice, &checked.unit, question);
    }
    let key = format!("{} {} {}", line.place, line.window, question.code);
    if !question.required && line.kind == Kind::Call && !dice.chance("answers optional", &key, 300) {
        return None;
    }
    match &question.form {
        Form::YesNo => Some(if dice.chance("in order", &key, 930) { Value::Yes } else { Value::No }),
        Form::Choice(choices) => {
            let at = usize::try_from(dice.below("choice", &key, choices.len() as u64)).unwrap_or(0);
            choices.get(at).map(|choice| Value::Choice(choice.letter))
        }
        // What hangs on another answer, dates and texts are left to real people.
        Form::Number { .. } | Form::Date | Form::Text => None,
    }
    .filter(|_| question.asked_if.is_none())
}

/// Of a finished visit: these inspectors were where they say, but not every register knows of it.
fn again(dice: &Dice, unit: &str, question: &Question) -> Option<Value> {
    match &question.form {
        Form::YesNo => Some(Value::Yes),
        Form::Choice(_) if dice.chance("not entered", unit, 120) => Some(Value::Choice('b')),
        Form::Choice(_) => Some(Value::Choice('a')),
        Form::Number { .. } | Form::Date | Form::Text => None,
    }
}

impl Answers<'_> {
    fn word(&self, value: &Value) -> String {
        match value {
            Value::Yes => self.language.pick("yes", "是").to_owned(),
            Value::No => self.language.pick("no", "否").to_owned(),
            other => other.code(),
        }
    }

    /// Behind the arrows of the letter's lines.
    pub fn by_code(&self) -> BTreeMap<String, String> {
        let of_line = |(line, answers): &(&Line, Vec<(&Question, Value)>)| {
            answers.iter().map(|(q, value)| (line.question_code(q.code), self.word(value))).collect::<Vec<_>>()
        };
        self.of_lines.iter().flat_map(of_line).collect()
    }

    /// `V1.Q1-Q9 是，Q4 否` where all are yes or no, else one after the other.
    pub fn written(&self) -> Vec<String> {
        let comma = self.language.pick(", ", "，");
        let of_line = |(line, answers): &(&Line, Vec<(&Question, Value)>)| {
            let whole = answers.len() == line.questions().len() && answers.len() > 2;
            let plain = answers.iter().all(|(_, value)| matches!(value, Value::Yes | Value::No));
            let each = |(q, value): &(&Question, Value)| format!("{} {}", q.code, self.word(value));
            let parts: Vec<String> = match (&answers[..], whole && plain) {
                ([(first, _), .., (last, _)], true) => {
                    let all = format!("{}-{} {}", first.code, last.code, self.word(&Value::Yes));
                    let others = answers.iter().filter(|(_, value)| *value == Value::No).map(each);
                    std::iter::once(all).chain(others).collect()
                }
                _ => answers.iter().map(each).collect(),
            };
            format!("{}.{}", line.code, parts.join(comma))
        };
        self.of_lines.iter().map(of_line).collect()
    }
}
