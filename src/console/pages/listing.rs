//! A table of a document as a page shows it: with links, and on a telephone as cards.

use super::parts::Marks;
use crate::measure::document::{Cell, Form, Section};
use crate::model::{Language, Said};
use askama::Template;

#[derive(Template)]
#[template(path = "pages/table.html")]
pub(super) struct View {
    table: Listing,
}

struct Listing {
    caption: String,
    /// The heading above says the same already.
    quiet: bool,
    empty: String,
    cards: bool,
    columns: Vec<Head>,
    rows: Vec<Row>,
    /// Whether some row can be acted on, and what such a column is called.
    acts: bool,
    action: &'static str,
    csrf: String,
    xlsx: String,
    more: Option<(String, String)>,
}

struct Head {
    text: String,
    number: bool,
}

struct Row {
    cells: Vec<CellView>,
    button: Option<ButtonView>,
}

struct CellView {
    text: String,
    label: String,
    number: bool,
    href: Option<String>,
    tone: &'static str,
}

struct ButtonView {
    action: String,
    fields: Vec<(&'static str, String)>,
    label: String,
    described: String,
}

impl View {
    pub fn of(
        section: &Section,
        marks: &Marks,
        empty: &Said,
        (csrf, xlsx): (&str, String),
        (quiet, language): (bool, Language),
    ) -> View {
        let text = |said: &Said| said.in_language(language).to_owned();
        let (columns, rows) = section.table.as_ref().map_or((&[][..], &[][..]), |t| (&t.columns, &t.rows));
        let row = |(at, row): (usize, &Vec<Cell>)| {
            let cells = row.iter().zip(columns).enumerate().map(|(number, (cell, column))| CellView {
                text: match cell {
                    Cell::Nothing => String::new(),
                    cell => cell.shown(column.form, language),
                },
                label: text(&column.name),
                number: column.form != Form::Words,
                href: marks.links.get(&(at, number)).cloned(),
                tone: marks.tones.get(&(at, number)).map_or("", |tone| tone.class()),
            });
            let button = marks.buttons.get(&at).map(|button| ButtonView {
                action: button.action.clone(),
                fields: button.fields.clone(),
                label: text(&button.label),
                described: text(&button.described),
            });
            Row { cells: cells.collect(), button }
        };
        View {
            table: Listing {
                caption: text(&section.heading),
                quiet,
                empty: text(empty),
                cards: !marks.wide,
                columns: columns
                    .iter()
                    .map(|column| Head { text: text(&column.name), number: column.form != Form::Words })
                    .collect(),
                rows: rows.iter().enumerate().map(row).collect(),
                acts: !marks.buttons.is_empty(),
                action: language.pick("Action", "操作"),
                csrf: csrf.to_owned(),
                xlsx,
                more: marks.more.as_ref().map(|(href, said)| (href.clone(), text(said))),
            },
        }
    }
}
