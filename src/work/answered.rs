//! What answers to questions lead to: the journal, and a finding where an answer of a visit fails (EVIDENCE 5).

use super::sent::Known;
use super::{Context, Done, findings};
use crate::config::PlaceKind;
use crate::evidence::finding::Answer;
use crate::letter::RecordedAnswer;
use crate::model::question::{Question, Value};
use crate::model::{Kind, Line, Said, Subject, TeamId, Timestamp, VillageId};
use crate::reply::{Answered, By, Reading};
use crate::store::{InboxRow, NewAnswer, Tx};
use std::collections::BTreeMap;

/// The line and the question of an answer.
fn asked<'k>(known: &'k Known, answer: &Answered) -> Option<(&'k Line, &'k Question)> {
    let line = known.assignment.lines.iter().find(|line| line.code.as_str() == answer.line)?;
    Some((line, line.questions().iter().find(|question| question.code == answer.question)?))
}

/// A row of the journal.
pub(super) fn row(mail: &InboxRow, known: &Known, answer: &Answered) -> NewAnswer {
    let by = if answer.by == By::Rest { "rest" } else { "code" };
    NewAnswer { mail: Some(mail.id.clone()), ..said(known, answer, by, Timestamp(mail.received_at)) }
}

/// The same of what came without a mail.
pub(super) fn said(known: &Known, answer: &Answered, by: &str, received: Timestamp) -> NewAnswer {
    NewAnswer {
        assignment: known.row.id.clone(),
        line: answer.line.clone(),
        question: answer.question,
        value: answer.value.clone(),
        remark: answer.remark.clone().unwrap_or_default(),
        by: by.to_owned(),
        mail: None,
        received,
    }
}

/// For the receipt: each answer, and what it replaces.
pub(super) fn told(known: &Known, reading: &Reading, earlier: &BTreeMap<String, String>) -> Vec<RecordedAnswer> {
    let told = |answer: &Answered| {
        let (_, question) = asked(known, answer)?;
        let before = earlier.get(&answer.code()).filter(|before| **before != answer.value.code());
        let shown = |code: &String| match question.value(code) {
            Some(value) => question.shown(&value),
            None => Said::new(code.as_str(), code.as_str()),
        };
        Some(RecordedAnswer {
            code: answer.code(),
            question: question.said.clone(),
            answer: question.shown(&answer.value),
            remark: answer.remark.clone(),
            replaces: before.map(shown),
        })
    };
    reading.answers.iter().filter_map(told).collect()
}

/// Opens a finding for each answer of a visit that fails; what is said by telephone opens none.
pub(super) async fn open_findings(ctx: &Context, tx: &mut Tx, known: &Known, reading: &Reading) -> Done<()> {
    for answer in &reading.answers {
        let Some((line, question)) = asked(known, answer).filter(|(line, _)| line.kind == Kind::Visit) else {
            continue;
        };
        let Some(finding) = question.finding.as_deref().filter(|_| question.fails.contains(&answer.value)) else {
            continue;
        };
        let Some(subject) = subject(ctx, line) else { continue };
        let text = text(question, &answer.value);
        let note = answer.remark.as_deref().unwrap_or_default();
        let of_line = (&known.row.id, line.code.as_str());
        let opened = findings::open_of_answer(ctx, tx, of_line, &subject, (finding, &text), Answer::NotMet, note).await;
        match opened {
            Ok(_) => {}
            Err(failure) if failure.may_retry() => return Err(failure),
            // The place has left the register since: the answer is recorded all the same.
            Err(failure) => tracing::warn!(assignment = %known.row.id, %failure, "no finding of a failed answer"),
        }
    }
    Ok(())
}

/// What failed, in the words of the instrument: `例会按期召开 – 否`.
fn text(question: &Question, value: &Value) -> String {
    format!("{} – {}", question.said.zh, question.shown(value).zh)
}

/// Whom a visit was made to, as its programme draws.
fn subject(ctx: &Context, line: &Line) -> Option<Subject> {
    let of = |p: &&crate::config::Programme| p.id == line.window.programme && p.office == line.window.office;
    match ctx.config.programmes.iter().find(of)?.place {
        PlaceKind::Team => TeamId::parse(line.place.as_str()).ok().map(Subject::Team),
        PlaceKind::Village => VillageId::parse(line.place.as_str()).ok().map(Subject::Village),
    }
}
