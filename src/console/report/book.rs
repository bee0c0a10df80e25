//! A report as a workbook: the sentences first, then a sheet a table.

use super::View;
use crate::measure::document::{Cell, Form, Section};
use crate::model::{Language, Said};
use crate::table::workbook::{Sheet, Value, workbook};

/// # Errors
/// More rows or longer cells than a spreadsheet can hold.
pub fn book(view: View<'_>) -> Result<Vec<u8>, Said> {
    let document = view.document;
    let mut said = view.texts(&document.lead);
    said.extend(view.texts(view.status));
    for section in view.sections().filter(|section| !section.said.is_empty()) {
        said.push("");
        said.push(section.heading.in_language(view.language));
        said.extend(view.texts(&section.said));
    }
    said.push("");
    said.extend(view.texts(&document.notes));
    let first = Sheet {
        name: view.language.pick("Report", "报告").to_owned(),
        header: vec![document.title.in_language(view.language).to_owned()],
        rows: said.into_iter().map(|line| vec![Value::Text(line.to_owned())]).collect(),
    };
    let tables = view.sections().filter_map(|section| sheet(section, view.language));
    workbook(std::iter::once(first).chain(tables).collect())
}

/// One table alone; `None` where it has no row.
///
/// # Errors
/// More rows or longer cells than a spreadsheet can hold.
pub fn one_table(section: &Section, language: Language) -> Result<Option<Vec<u8>>, Said> {
    sheet(section, language).map(|sheet| workbook(vec![sheet])).transpose()
}

fn sheet(section: &Section, language: Language) -> Option<Sheet> {
    let table = section.table.as_ref().filter(|table| !table.rows.is_empty())?;
    let value = |(cell, form): (&Cell, Form)| match (cell, form) {
        (Cell::Nothing, _) => Value::Empty,
        (Cell::Words(said), _) => Value::Text(said.in_language(language).to_owned()),
        (Cell::Count(n), _) => Value::Count(*n),
        (Cell::Number(share), Form::Share) => Value::Share(*share),
        (Cell::Number(number), _) => Value::Number(*number),
    };
    let row = |row: &Vec<Cell>| row.iter().zip(table.columns.iter().map(|column| column.form)).map(value).collect();
    Some(Sheet {
        name: section.heading.in_language(language).to_owned(),
        header: table.columns.iter().map(|column| column.name.in_language(language).to_owned()).collect(),
        rows: table.rows.iter().map(row).collect(),
    })
}
