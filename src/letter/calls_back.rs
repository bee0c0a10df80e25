//! Calls that come back, as the sheet and the digest show them.

use super::Todo;
use super::page::{Section, Table};
use crate::words::calls;
use crate::words::letters::office;

/// Nothing is shown where no call comes back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CallsBack {
    /// Calls handed out today, and of how many something was reported.
    pub due: usize,
    pub back: usize,
    /// Those whose answer was due by now.
    pub late: usize,
    /// Calls that are to be tried again.
    pub callbacks: usize,
    /// By line: what the office has to decide.
    pub for_office: Vec<Todo>,
    /// By line: what is tried again and when.
    pub rows: Vec<Todo>,
}

pub(super) fn section(calls: &CallsBack) -> Option<Section> {
    let rows: Vec<_> =
        calls.for_office.iter().chain(&calls.rows).map(|row| vec![row.code.clone(), row.what.clone()]).collect();
    if rows.is_empty() {
        return None;
    }
    let table = Table { caption: calls::heading(), columns: vec![office::column_line(), office::column_what()], rows };
    Some(Section {
        heading: calls::heading(),
        paragraphs: vec![calls::counts(calls.due, calls.back, calls.late, calls.callbacks)],
        table: Some(table),
    })
}
