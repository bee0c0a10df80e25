//! A report as a page, a workbook or text: three ways to look at one document, none of which computes.

mod book;
mod charts;
mod mail;
mod ranges;
mod text;

pub use book::{book, one_table};
pub use charts::chart;
pub use mail::files;
pub use text::text;

use crate::measure::document::{Cell, Column, Document, Form, Section};
use crate::model::{Language, Said};
use askama::Template;

/// How a document is looked at.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub document: &'a Document,
    /// Where it stands: draft or closed, and what came later.
    pub status: &'a [Said],
    /// With what reports upward have and an office's own has not.
    pub upward: bool,
    pub language: Language,
}

impl<'a> View<'a> {
    fn texts(self, said: &'a [Said]) -> Vec<&'a str> {
        said.iter().map(|said| said.in_language(self.language)).collect()
    }

    fn sections(self) -> impl Iterator<Item = &'a Section> {
        self.document.sections(self.upward)
    }
}

/// The page in one language. `None` only where the template fails to render.
pub fn page(view: View<'_>) -> Option<String> {
    let document = view.document;
    let sections = view.sections().enumerate();
    let page = Page {
        lang: view.language.tag(),
        title: document.title.in_language(view.language),
        lead: view.texts(&document.lead),
        status: view.texts(view.status),
        sections: sections.map(|(number, section)| SectionView::of(section, number, view.language)).collect(),
        notes: view.texts(&document.notes),
    };
    page.render().ok()
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    lang: &'static str,
    title: &'a str,
    lead: Vec<&'a str>,
    status: Vec<&'a str>,
    sections: Vec<SectionView>,
    notes: Vec<&'a str>,
}

struct SectionView {
    heading: String,
    said: Vec<String>,
    chart: Option<String>,
    table: Option<TableView>,
}

struct TableView {
    columns: Vec<CellView>,
    rows: Vec<Vec<CellView>>,
}

struct CellView {
    text: String,
    /// The whole number behind what is shown.
    value: Option<String>,
    number: bool,
}

impl SectionView {
    fn of(section: &Section, number: usize, language: Language) -> SectionView {
        let text = |said: &Said| said.in_language(language).to_owned();
        let number_of = |column: &Column| column.form != Form::Words;
        let table = section.table.as_ref().map(|table| TableView {
            columns: table
                .columns
                .iter()
                .map(|column| CellView { text: text(&column.name), value: None, number: number_of(column) })
                .collect(),
            rows: table
                .rows
                .iter()
                .map(|row| {
                    let cells = row.iter().zip(&table.columns);
                    cells.map(|(cell, column)| CellView::of(cell, column, language)).collect()
                })
                .collect(),
        });
        SectionView {
            heading: text(&section.heading),
            said: section.said.iter().map(text).collect(),
            chart: charts::chart(section, &format!("s{number}"), language),
            table: table.filter(|table| !table.rows.is_empty()),
        }
    }
}

impl CellView {
    fn of(cell: &Cell, column: &Column, language: Language) -> CellView {
        let value = match cell {
            Cell::Count(n) => Some(n.to_string()),
            Cell::Number(value) => Some(value.to_string()),
            Cell::Words(_) | Cell::Nothing => None,
        };
        CellView { text: cell.shown(column.form, language), value, number: column.form != Form::Words }
    }
}
