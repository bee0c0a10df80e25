//! What is asked and looked at beside presence: the questions of an instrument, and what answers them.

use super::{Kind, Said, Sha256};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// `Q1` to `Q99`; within an instrument never used again for another question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QuestionCode(u8);

impl QuestionCode {
    pub fn new(number: u8) -> Option<QuestionCode> {
        (1..=99).contains(&number).then_some(QuestionCode(number))
    }
}

impl FromStr for QuestionCode {
    type Err = Said;
    fn from_str(text: &str) -> Result<QuestionCode, Said> {
        let digits = text.strip_prefix('Q').filter(|d| d.len() <= 2 && !d.starts_with('0'));
        digits.and_then(|d| d.parse().ok()).and_then(QuestionCode::new).ok_or_else(|| {
            crate::said!("“{text}” is no code of a question: Q1, Q2 …", "“{text}”不是题号：应为Q1、Q2……")
        })
    }
}

impl TryFrom<String> for QuestionCode {
    type Error = String;
    fn try_from(text: String) -> Result<QuestionCode, String> {
        text.parse().map_err(|said: Said| said.en)
    }
}

impl From<QuestionCode> for String {
    fn from(code: QuestionCode) -> String {
        code.to_string()
    }
}

impl fmt::Display for QuestionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Q{}", self.0)
    }
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    YesNo,
    /// A whole number.
    Number {
        least: i64,
        most: i64,
        unit: Option<Said>,
    },
    Choice(Vec<Choice>),
    Date,
    Text,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// `a`, `b`, …: what an inspector may write instead of the words.
    pub letter: char,
    pub en: String,
    pub zh: String,
}

/// An answer as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    Yes,
    No,
    /// Not looked at, does not apply: it answers every question, and nothing follows.
    NotSeen,
    Number(i64),
    Choice(char),
    Date(NaiveDate),
    Text(String),
}

/// How `not_seen` is recorded, whatever the question.
const NOT_SEEN: &str = "not_seen";

impl Value {
    /// As it is stored and printed: `yes`, `no`, `not_seen`, `12`, `b`, `2026-03-12`, the text.
    pub fn code(&self) -> String {
        match self {
            Value::Yes => "yes".to_owned(),
            Value::No => "no".to_owned(),
            Value::NotSeen => NOT_SEEN.to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Choice(letter) => letter.to_string(),
            Value::Date(day) => day.to_string(),
            Value::Text(text) => text.clone(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub code: QuestionCode,
    /// A few words: it stands in a line of the letter.
    pub said: Said,
    pub form: Form,
    /// Without an answer its line stays open.
    pub required: bool,
    /// It is asked only where another one has this answer.
    pub asked_if: Option<(QuestionCode, Value)>,
    /// Answers that open a finding.
    pub fails: Vec<Value>,
    /// The kind of that finding.
    pub finding: Option<String>,
}

impl Question {
    /// An answer from its code; `None` where it is none to this question.
    pub fn value(&self, code: &str) -> Option<Value> {
        if code == NOT_SEEN {
            return Some(Value::NotSeen);
        }
        match &self.form {
            Form::YesNo => match code {
                "yes" => Some(Value::Yes),
                "no" => Some(Value::No),
                _ => None,
            },
            Form::Number { least, most, .. } => {
                code.parse().ok().filter(|n| (least..=most).contains(&n)).map(Value::Number)
            }
            Form::Choice(choices) => {
                choices.iter().find(|c| code.chars().eq([c.letter])).map(|c| Value::Choice(c.letter))
            }
            Form::Date => code.parse().ok().map(Value::Date),
            Form::Text => Some(code).filter(|text| !text.trim().is_empty()).map(|text| Value::Text(text.to_owned())),
        }
    }

    /// How a person reads an answer.
    pub fn shown(&self, value: &Value) -> Said {
        let plain = |text: String| Said::new(text.clone(), text);
        match (value, &self.form) {
            (Value::Yes, _) => crate::said!("yes", "是"),
            (Value::No, _) => crate::said!("no", "否"),
            (Value::NotSeen, _) => crate::said!("not seen", "未查看"),
            (Value::Number(number), Form::Number { unit: Some(unit), .. }) => {
                Said::new(format!("{number} {}", unit.en), format!("{number}{}", unit.zh))
            }
            (Value::Choice(letter), Form::Choice(choices)) => choices
                .iter()
                .find(|c| c.letter == *letter)
                .map_or_else(|| plain(letter.to_string()), |c| Said::new(c.en.clone(), c.zh.clone())),
            (value, _) => plain(value.code()),
        }
    }
}

/// A questionnaire or checklist, as one text of it says: another text is another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instrument {
    pub id: String,
    pub kind: Kind,
    pub said: Said,
    pub questions: Vec<Question>,
    /// Of its text.
    pub version: Sha256,
}

/// Whether a question is to be answered, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Yes,
    No,
    /// That hangs on another one, which is not answered yet.
    Unknown,
}

/// Whether a question is asked, given the codes of what was answered.
pub fn is_asked<'v>(question: &Question, answered: impl Fn(QuestionCode) -> Option<&'v str>) -> Asked {
    match &question.asked_if {
        None => Asked::Yes,
        Some((other, wanted)) => match answered(*other) {
            None => Asked::Unknown,
            Some(code) if code == wanted.code() => Asked::Yes,
            Some(_) => Asked::No,
        },
    }
}

/// The questions that have to be answered still before a line is complete.
pub fn missing<'q, 'v>(
    questions: &'q [Question],
    answered: impl Fn(QuestionCode) -> Option<&'v str>,
) -> Vec<&'q Question> {
    let open = |q: &&Question| q.required && answered(q.code).is_none() && is_asked(q, &answered) == Asked::Yes;
    questions.iter().filter(open).collect()
}

/// The instrument that a line of an assignment was given with. Its version is stored with the line, its questions beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Sha256", into = "Sha256")]
pub struct Given {
    pub version: Sha256,
    /// Empty until they are looked up.
    pub questions: Arc<[Question]>,
}

impl From<Sha256> for Given {
    fn from(version: Sha256) -> Given {
        Given { version, questions: Arc::new([]) }
    }
}

impl From<Given> for Sha256 {
    fn from(given: Given) -> Sha256 {
        given.version
    }
}

impl From<&Instrument> for Given {
    fn from(instrument: &Instrument) -> Given {
        Given { version: instrument.version, questions: instrument.questions.as_slice().into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_questions() {
        for good in ["Q1", "Q9", "Q99"] {
            assert_eq!(good.parse::<QuestionCode>().map(|q| q.to_string()), Ok(good.to_owned()));
        }
        for bad in ["Q0", "Q01", "Q100", "q1", "Q", "1", "Q1x"] {
            assert!(bad.parse::<QuestionCode>().is_err(), "{bad}");
        }
    }
}
