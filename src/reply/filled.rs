//! A filled sheet that came with a mail: each row is read as what stands behind the `=>` of its code.

use super::inquiry::{HeardAnswers, Stated};
use super::item::{Grammar, Heard};
use super::question::Breadth;
use super::remark::LONGEST_REMARK;
use super::sent::Sent;
use super::statement::{About, By, Statement, Target, Why};
use super::text::Line;
use crate::model::AssignmentId;
use std::collections::BTreeSet;

/// A sheet as it was filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    pub assignment: AssignmentId,
    pub rows: Vec<FilledRow>,
}

/// One row with something in it.
#[derive(Clone, PartialEq, Eq)]
pub struct FilledRow {
    pub code: String,
    pub answer: String,
    pub time: String,
    pub remark: String,
    /// Why it cannot be trusted.
    pub is_damaged: bool,
}

/// What people write stays out of logs.
impl std::fmt::Debug for FilledRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FilledRow").field("code", &self.code).finish_non_exhaustive()
    }
}

/// Takes up the rows of a sheet; one that belongs elsewhere is a problem as a whole.
pub fn hear(grammar: &Grammar<'_>, sheet: &Filled, heard: &mut Heard, told: &mut HeardAnswers) {
    if sheet.assignment != grammar.sent.assignment {
        told.strange.push((sheet.assignment.to_string(), Why::UnknownLine));
        return;
    }
    for row in &sheet.rows {
        let code = Line::new(&row.code).plain().to_uppercase();
        let blank = |cell: &String| cell.trim().is_empty();
        if blank(&row.answer) && blank(&row.time) && blank(&row.remark) && !row.is_damaged {
            continue;
        }
        if grammar.sent.question(&code).is_some() {
            question(grammar, &code, row, told);
        } else if grammar.sent.by_code(&code).is_some() {
            presence(grammar, &code, row, heard);
        } else {
            told.strange.push((code.chars().take(20).collect(), Why::UnknownLine));
        }
    }
}

/// A cell on one line: it may hold line breaks.
fn flat(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn remark(parts: [Option<&str>; 2]) -> Option<String> {
    let parts: Vec<&str> = parts.into_iter().flatten().map(str::trim).filter(|part| !part.is_empty()).collect();
    let whole: String = parts.join("；").chars().take(LONGEST_REMARK).collect();
    Some(whole).filter(|whole| !whole.is_empty())
}

fn question(grammar: &Grammar<'_>, code: &str, row: &FilledRow, told: &mut HeardAnswers) {
    let Some(spot) = grammar.sent.question(code) else { return };
    let (mut heard, mut here) = (Heard::default(), HeardAnswers::default());
    if !row.is_damaged {
        grammar.asked_answer(code, &Line::new(&flat(&row.answer)), false, &mut heard, &mut here);
    }
    let alone = here.strange.is_empty() && heard.statements.is_empty() && row.time.trim().is_empty();
    let said = match &here.stated[..] {
        [Stated { spot: of, said, .. }] if *of == spot && alone => said.clone().map(|mut said| {
            said.remark = remark([said.remark.as_deref(), Some(&flat(&row.remark))]);
            said
        }),
        [] if alone => Err(Why::UnknownOutcome),
        _ => Err(Why::Unclear),
    };
    told.stated.push(Stated { spot, breadth: Breadth::One, said, correction: false, quoted: false, aside: false });
}

fn presence(grammar: &Grammar<'_>, code: &str, row: &FilledRow, heard: &mut Heard) {
    let persons = grammar.sent.by_code(code).unwrap_or_default();
    // A cell that holds a time is read back with its seconds.
    let time = flat(&row.time);
    let time = time.strip_suffix(":00").filter(|rest| rest.contains(':')).unwrap_or(&time);
    let mut here = Heard::default();
    if !row.is_damaged {
        grammar.answer(code, &Line::new(&format!("{time} {}", flat(&row.answer))), false, &mut here);
    }
    let is_own = |about: &About| matches!(about, About::Targets(targets) if matches!(&targets[..], [one] if one.persons == persons));
    let said = match &here.statements[..] {
        [Statement { about, said, .. }] if is_own(about) => said.clone().and_then(|mut said| {
            if !time.is_empty() && said.at.is_none() {
                return Err(Why::Unclear);
            }
            said.remark = remark([said.remark.as_deref(), Some(&flat(&row.remark))]);
            Ok(said)
        }),
        [] => Err(Why::UnknownOutcome),
        _ => Err(Why::Unclear),
    };
    heard.named.extend(persons.clone());
    let about = About::Targets(vec![Target { persons, label: code.to_owned(), by: By::Code, issue: None }]);
    let (correction, quoted, aside, of_team) = (false, false, false, None);
    heard.statements.push(Statement { about, said, correction, quoted, aside, of_team, touched: BTreeSet::new() });
}

/// Whether any sheet speaks of this assignment: then a mail without a text says something too.
pub fn says_something(sent: &Sent, sheets: &[Filled]) -> bool {
    sheets.iter().any(|sheet| sheet.assignment == sent.assignment && !sheet.rows.is_empty())
}
