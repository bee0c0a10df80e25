//! The journal of answers to questions: append-only; the last one of a question counts. And the instruments by version.

use super::bulk::{self, Cell};
use super::register::Ids;
use super::{Result, Tx, parsed, touched};
use crate::model::question::Value;
use crate::model::{AssignmentId, QuestionCode, Sha256, Timestamp};
use std::collections::BTreeMap;

statements! {
    LAST_ANSWERS = "SELECT assignment, line, question, MAX(seq) FROM answer
        WHERE assignment IN (SELECT value FROM json_each($1)) GROUP BY assignment, line, question",
    postgres = "SELECT assignment, line, question, MAX(seq) FROM answer
        WHERE assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) GROUP BY assignment, line, question";
    ANSWERS_AMONG = "SELECT assignment, line, question, seq, value, remark, by, mail, received_at FROM answer a
        WHERE assignment IN (SELECT value FROM json_each($1)) ORDER BY assignment, line, question, seq",
    postgres = "SELECT assignment, line, question, seq, value, remark, by, mail, received_at FROM answer a
        WHERE assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY assignment, line, question, seq";
    ADD_INSTRUMENT = "INSERT INTO instrument (version, id, content) VALUES ($1, $2, $3) ON CONFLICT (version) DO NOTHING";
    INSTRUMENTS_AMONG = "SELECT version, content FROM instrument WHERE version IN (SELECT value FROM json_each($1))",
    postgres = "SELECT version, content FROM instrument WHERE version = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))";
}

/// An answer to be journalled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAnswer {
    pub assignment: AssignmentId,
    pub line: String,
    pub question: QuestionCode,
    pub value: Value,
    pub remark: String,
    /// code, rest or sheet.
    pub by: String,
    /// The mail that said so, by its SHA-256.
    pub mail: Option<String>,
    pub received: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    pub assignment: AssignmentId,
    pub line: String,
    pub question: QuestionCode,
    pub seq: i64,
    /// As [`Value::code`] writes it.
    pub value: String,
    pub remark: String,
    pub by: String,
    pub mail: Option<String>,
    pub received: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Columns {
    assignment: String,
    line: String,
    question: String,
    seq: i64,
    value: String,
    remark: String,
    by: String,
    mail: Option<String>,
    received_at: i64,
}

impl Columns {
    fn row(self) -> Result<AnswerRow> {
        let id = &self.assignment;
        Ok(AnswerRow {
            assignment: parsed("answer", "assignment", id, id)?,
            question: parsed("answer", "question", id, &self.question)?,
            line: self.line,
            seq: self.seq,
            value: self.value,
            remark: self.remark,
            by: self.by,
            mail: self.mail,
            received: Timestamp(self.received_at),
        })
    }
}

impl Tx {
    /// Appends to the journal, in this order: the last entry of a question counts.
    pub async fn add_answers(&mut self, answers: &[NewAnswer]) -> Result<()> {
        if answers.is_empty() {
            return Ok(());
        }
        let ids = Ids::new(answers.iter().map(|a| a.assignment.as_str()));
        let mut last: BTreeMap<(String, String, String), i64> =
            fetch_among!(self, ids, (String, String, String, i64), LAST_ANSWERS)
                .into_iter()
                .map(|(assignment, line, question, seq)| ((assignment, line, question), seq))
                .collect();
        let rows: Vec<[Cell; 10]> = answers
            .iter()
            .map(|a| {
                let key = (a.assignment.to_string(), a.line.clone(), a.question.to_string());
                let seq = last.entry(key).or_default();
                *seq += 1;
                [
                    a.assignment.as_str().into(),
                    a.line.as_str().into(),
                    a.question.to_string().into(),
                    (*seq).into(),
                    a.value.code().into(),
                    a.remark.as_str().into(),
                    a.by.as_str().into(),
                    a.mail.clone().into(),
                    a.received.0.into(),
                    matches!(a.value, Value::Text(_)).into(),
                ]
            })
            .collect();
        let head =
            "INSERT INTO answer (assignment, line, question, seq, value, remark, by, mail, received_at, is_text) ";
        let done = bulk::insert(self, head, &rows, "").await?;
        touched("add_answers", done.touched, done.given)
    }

    /// Every answer to questions of some assignments, the last of each question behind those that it supersedes.
    pub async fn answers_among(&mut self, assignments: &Ids) -> Result<Vec<AnswerRow>> {
        fetch_among!(self, assignments, Columns, ANSWERS_AMONG).into_iter().map(Columns::row).collect()
    }

    /// What counts now of an assignment: the code of each answered question, such as `V1.Q3`, and its answer.
    pub async fn answers_of(&mut self, assignment: &AssignmentId) -> Result<BTreeMap<String, String>> {
        let rows = self.answers_among(&Ids::new([assignment.as_str()])).await?;
        Ok(rows.into_iter().map(|row| (format!("{}.{}", row.line, row.question), row.value)).collect())
    }

    /// Keeps the text of an instrument; a version that is known is the same text.
    pub async fn keep_instrument(&mut self, version: &Sha256, id: &str, content: &str) -> Result<()> {
        execute!(self, ADD_INSTRUMENT, version.hex(), id, content);
        Ok(())
    }

    /// The texts of some versions.
    pub async fn instruments_among(&mut self, versions: &Ids) -> Result<BTreeMap<Sha256, String>> {
        let rows = fetch_among!(self, versions, (String, String), INSTRUMENTS_AMONG);
        let read =
            |(version, content): (String, String)| Ok((parsed("instrument", "version", &version, &version)?, content));
        rows.into_iter().map(read).collect()
    }
}
