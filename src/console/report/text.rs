//! A report on a terminal: sentences, and tables whose columns stand under one another.

use super::View;
use crate::letter::columns::columns;
use crate::measure::document::{Form, Table};
use crate::model::Language;

/// Between two columns.
const GAP: usize = 2;

pub fn text(view: View<'_>) -> Vec<String> {
    let document = view.document;
    let mut lines = vec![document.title.in_language(view.language).to_owned()];
    lines.extend(view.texts(&document.lead).into_iter().map(str::to_owned));
    lines.extend(view.texts(view.status).into_iter().map(str::to_owned));
    for section in view.sections() {
        lines.push(String::new());
        lines.push(format!("== {}", section.heading.in_language(view.language)));
        lines.extend(view.texts(&section.said).into_iter().map(str::to_owned));
        lines.extend(section.table.iter().filter(|t| !t.rows.is_empty()).flat_map(|t| aligned(t, view.language)));
    }
    lines.push(String::new());
    lines.extend(view.texts(&document.notes).into_iter().map(str::to_owned));
    lines
}

fn aligned(table: &Table, language: Language) -> Vec<String> {
    let header = table.columns.iter().map(|column| column.name.in_language(language).to_owned()).collect();
    let row = |row: &Vec<_>| {
        let cells = row.iter().zip(&table.columns);
        cells.map(|(cell, column): (&crate::measure::document::Cell, _)| cell.shown(column.form, language)).collect()
    };
    let rows: Vec<Vec<String>> = std::iter::once(header).chain(table.rows.iter().map(row)).collect();
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| columns(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..table.columns.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let mut line = String::new();
        for ((cell, column), width) in row.iter().zip(&table.columns).zip(&widths) {
            let blanks = " ".repeat(width.saturating_sub(columns(cell)));
            let padded = match column.form {
                Form::Words => format!("{cell}{blanks}"),
                _ => format!("{blanks}{cell}"),
            };
            line.push_str(&padded);
            line.push_str(&" ".repeat(GAP));
        }
        format!("  {}", line.trim_end())
    };
    rows.iter().map(line).collect()
}
