//! What is still open of an assignment, as letters and dry runs name it (REPLIES 8).

use super::Done;
use crate::model::question::missing;
use crate::model::{Assignment, Kind, Line};
use crate::store::{OutcomeRow, Tx};
use std::collections::{BTreeMap, BTreeSet};

/// Of an assignment whose questions were looked up.
pub async fn open_now(tx: &mut Tx, assignment: &Assignment) -> Done<Vec<String>> {
    let outcomes = tx.outcomes_of(&assignment.id).await?;
    let asks = assignment.lines.iter().any(|line| line.instrument.is_some());
    let answers = if asks { tx.answers_of(&assignment.id).await? } else { BTreeMap::new() };
    Ok(open(assignment, &outcomes, &answers))
}

/// A line of which nothing is recorded; else the codes of its people without an outcome, and of required questions
/// without an answer.
pub(super) fn open(
    assignment: &Assignment,
    outcomes: &[OutcomeRow],
    answers: &BTreeMap<String, String>,
) -> Vec<String> {
    let recorded: BTreeSet<(&str, &str)> = outcomes.iter().map(|o| (o.line.as_str(), o.person.as_str())).collect();
    let mut open = Vec::new();
    for line in &assignment.lines {
        let code = line.code.as_str();
        if line.kind == Kind::Call || line.officials.is_empty() {
            if !recorded.contains(&(code, code)) {
                open.push(code.to_owned());
            }
        } else {
            let people: Vec<String> = (1..=line.officials.len()).map(|n| line.person_code(n)).collect();
            let missing: Vec<String> =
                people.iter().filter(|p| !recorded.contains(&(code, p.as_str()))).cloned().collect();
            let is_answered = line.questions().iter().any(|q| answers.contains_key(&line.question_code(q.code)));
            if missing.len() == people.len() && !is_answered {
                open.push(code.to_owned());
            } else {
                open.extend(missing);
            }
        }
        open.extend(open_questions(line, outcomes, answers));
    }
    open
}

/// Required questions without an answer; none before anything else is known of the line, or where nobody could be asked.
fn open_questions(line: &Line, outcomes: &[OutcomeRow], answers: &BTreeMap<String, String>) -> Vec<String> {
    let answered = |question| answers.get(&line.question_code(question)).map(String::as_str);
    let of_line = |o: &&OutcomeRow| o.line == line.code.as_str();
    let made = outcomes.iter().filter(of_line).any(|o| line.kind.completes(o.outcome));
    if !made && !line.questions().iter().any(|q| answered(q.code).is_some()) {
        return Vec::new();
    }
    missing(line.questions(), answered).into_iter().map(|q| line.question_code(q.code)).collect()
}
