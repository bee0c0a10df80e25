//! How a mail was read, and the form that the dry run prints (REPLIES 8).

pub use super::statement::{By, Why};
use super::times::Clock;
use crate::model::question::Value;
use crate::model::{Language, Outcome, QuestionCode, Said, Sha256, Timestamp};
use crate::said;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// The whole mail understood, and no line open afterwards.
    Accepted,
    /// Something recorded, but lines are open or something was not understood.
    Partial,
    /// A person's mail of which nothing is recorded.
    Rejected,
    /// No person's answer, or the same mail again.
    Ignored,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Ok,
    Own,
    Bounce,
    ReadReceipt,
    AutoReply,
    Duplicate,
    NoKey,
    BadKey,
    Closed,
    WrongSender,
    Unauthenticated,
    NoText,
    Charset,
    TooLong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Receipt,
    Help,
    None,
}

/// What is recorded of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcomes {
    /// `V1`, `C3`.
    pub line: String,
    /// `V1.2`; for a call the line's own code.
    pub person: String,
    /// Of a visit's person; `None` for a call.
    pub name: Option<String>,
    pub outcome: Outcome,
    pub remark: Option<String>,
    /// The stated time of day and the instant it means, where one was stated and counts.
    pub at: Option<(Clock, Timestamp)>,
    pub by: By,
    /// It stood with a correction word, or in a mail that corrects an earlier one.
    pub correction: bool,
}

/// What is recorded of one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub line: String,
    pub question: QuestionCode,
    pub value: Value,
    pub remark: Option<String>,
    pub by: By,
    pub correction: bool,
}

impl Answered {
    /// `V1.Q3`.
    pub fn code(&self) -> String {
        format!("{}.{}", self.line, self.question)
    }
}

/// Something that was not recorded and is asked back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The code as it was written or belongs there; a name where there is no code; `rest`.
    pub line: String,
    pub why: Why,
}

/// Something that is recorded, but that the receipt or the desk should mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A misspelt word was taken for an outcome.
    Misspelt { word: String, taken: Outcome },
    /// Nothing proves the sender, and the policy is `flag`.
    NotProven,
    /// Another text under a Message-ID that was recorded before.
    SameMessageId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub disposition: Disposition,
    pub reason: Reason,
    pub answer: Answer,
    /// In the order of the assignment.
    pub results: Vec<Outcomes>,
    /// Answers to questions, in the order of the assignment.
    pub answers: Vec<Answered>,
    /// Visits that were given back: not done by this inspector, and for somebody else to do.
    pub handed_back: Vec<String>,
    pub problems: Vec<Problem>,
    /// Lines of which nothing is recorded, else their person codes.
    pub open: Vec<String>,
    /// Of the reply, where it shows; the receipt is in it.
    pub language: Option<Language>,
    pub notes: Vec<Note>,
    /// What an equal mail is told by; recorded where the mail reached the record (REPLIES 3, step 11).
    pub seen: Option<Seen>,
}

/// What is kept of a mail that reached the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub fingerprint: Sha256,
    pub message_id: Option<String>,
    /// SHA-256 of the decoded text.
    pub text: Sha256,
}

/// What earlier mails of this assignment's inspector have left.
#[derive(Debug, Clone, Default)]
pub struct Earlier {
    /// Person code to outcome, the last one received.
    pub recorded: BTreeMap<String, Outcome>,
    /// Every outcome that a mail ever said of a person code: replies are quoted again and again.
    pub ever: BTreeSet<(String, Outcome)>,
    /// `V1.Q3` to the code of its answer, the last one received.
    pub answers: BTreeMap<String, String>,
    /// Every answer that a mail ever gave to a question.
    pub ever_answered: BTreeSet<(String, String)>,
    pub fingerprints: BTreeSet<Sha256>,
    /// Message-ID to the hash of its text.
    pub message_ids: BTreeMap<String, Sha256>,
}

impl Earlier {
    /// Takes up what a mail has left.
    pub fn absorb(&mut self, reading: &Reading) {
        if let Some(seen) = &reading.seen {
            self.fingerprints.insert(seen.fingerprint);
            if let Some(id) = &seen.message_id {
                self.message_ids.insert(id.clone(), seen.text);
            }
        }
        self.ever.extend(reading.results.iter().map(|r| (r.person.clone(), r.outcome)));
        let answers = || reading.answers.iter().map(|a| (a.code(), a.value.code()));
        self.ever_answered.extend(answers());
        self.answers.extend(answers());
        self.recorded.extend(reading.results.iter().map(|r| (r.person.clone(), r.outcome)));
    }
}

impl Why {
    pub fn code(self) -> &'static str {
        match self {
            Why::Unclear => "unclear",
            Why::Conflict => "conflict",
            Why::UnknownLine => "unknown_line",
            Why::UnknownOutcome => "unknown_outcome",
            Why::AmbiguousName => "ambiguous_name",
            Why::WrongKind => "wrong_kind",
        }
    }
}

impl Problem {
    /// Whether it is about a question: `V1.Q3`, `Q4`.
    pub fn is_of_question(&self) -> bool {
        self.line.rsplit('.').next().is_some_and(|last| last.starts_with('Q'))
    }

    /// For the receipt: what was not understood, and what to write instead.
    pub fn said(&self) -> Said {
        let line = &self.line;
        match self.why {
            Why::Unclear => said!(
                "{line}: can be read in more than one way; write the code and one result, e.g. “{line} present”",
                "{line}：可作多种理解；请只写编号和一个结果，例如“{line} 在岗”"
            ),
            Why::Conflict => said!(
                "{line}: two different results; write “correction {line} …” with the right one",
                "{line}：有两个不同的结果；请写“更正 {line} ……”注明正确结果"
            ),
            Why::UnknownLine => {
                said!("{line}: not in this assignment; check the code", "{line}：本次任务中没有此编号；请核对")
            }
            Why::UnknownOutcome => said!(
                "{line}: the result was not understood; use one of the words of the letter",
                "{line}：未能识别结果；请使用任务邮件中列出的词"
            ),
            Why::AmbiguousName => said!(
                "{line}: the name fits more than one person; write the code instead",
                "{line}：姓名对应不止一人；请改写编号"
            ),
            Why::WrongKind => said!(
                "{line}: this result does not fit this kind of check; use another",
                "{line}：此结果不适用于该类检查；请改用其他结果"
            ),
        }
    }
}

#[derive(Serialize)]
struct ResultForm<'a> {
    line: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a str>,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

#[derive(Serialize)]
struct AnswerForm<'a> {
    line: &'a str,
    question: String,
    answer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<&'a str>,
}

/// Results of persons, then answers to questions.
#[derive(Serialize)]
#[serde(untagged)]
enum EntryForm<'a> {
    Outcome(ResultForm<'a>),
    Answer(AnswerForm<'a>),
}

#[derive(Serialize)]
struct ProblemForm<'a> {
    line: &'a str,
    why: &'static str,
}

#[derive(Serialize)]
struct ReadingForm<'a> {
    disposition: Disposition,
    reason: Reason,
    answer: Answer,
    results: Vec<EntryForm<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    handed_back: &'a [String],
    problems: Vec<ProblemForm<'a>>,
    open: &'a [String],
}

impl Reading {
    /// The JSON form of REPLIES 8.
    pub fn to_json(&self) -> String {
        let answers = self.answers.iter().map(|a| {
            EntryForm::Answer(AnswerForm {
                line: &a.line,
                question: a.question.to_string(),
                answer: a.value.code(),
                remark: a.remark.as_deref(),
            })
        });
        let form = ReadingForm {
            disposition: self.disposition,
            reason: self.reason,
            answer: self.answer,
            results: self
                .results
                .iter()
                .map(|r| {
                    EntryForm::Outcome(ResultForm {
                        line: &r.line,
                        person: r.name.as_deref(),
                        outcome: r.outcome,
                        remark: r.remark.as_deref(),
                        at: r.at.map(|(clock, _)| clock.to_string()),
                    })
                })
                .chain(answers)
                .collect(),
            handed_back: &self.handed_back,
            problems: self.problems.iter().map(|p| ProblemForm { line: &p.line, why: p.why.code() }).collect(),
            open: &self.open,
        };
        serde_json::to_string(&form).unwrap_or_else(|error| unreachable!("plain strings: {error}"))
    }
}
