//! The pieces that pages are made of: lists of what to do, tables, forms, timelines. Each is markup that needs no
//! script, is read aloud in order, and fits a telephone.

use crate::model::{Language, Said};
use askama::Template;
use std::collections::BTreeMap;

/// How a thing stands out, beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Plain,
    Urgent,
    Late,
    Fine,
    Quiet,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Tone::Plain => "",
            Tone::Urgent => "urgent",
            Tone::Late => "late",
            Tone::Fine => "fine",
            Tone::Quiet => "quiet",
        }
    }
}

/// One thing that somebody has to do.
pub struct Todo {
    pub what: Said,
    pub more: Said,
    pub tone: Tone,
    /// Address, and what is done there.
    pub link: Option<(String, Said)>,
}

/// A number that is seen at once.
pub struct Tile {
    pub figure: String,
    pub label: Said,
    pub tone: Tone,
}

/// One moment of a story.
pub struct Event {
    /// For programs.
    pub machine: String,
    pub when: String,
    pub kind: &'static str,
    pub what: String,
    pub lines: Vec<String>,
}

/// What a table's cells have beside their words, by row and column.
#[derive(Default)]
pub struct Marks {
    pub links: BTreeMap<(usize, usize), String>,
    pub tones: BTreeMap<(usize, usize), Tone>,
    /// By row.
    pub buttons: BTreeMap<usize, Button>,
    /// Where the rest is, and what that is called.
    pub more: Option<(String, Said)>,
    /// Numbers alone: it is scrolled on a telephone, and not taken apart into cards.
    pub wide: bool,
}

/// Something that is done with one row.
pub struct Button {
    pub action: String,
    pub fields: Vec<(&'static str, String)>,
    pub label: Said,
    /// The same with the row's name, for who does not see the row.
    pub described: Said,
}

#[derive(Template)]
#[template(path = "pages/todo.html")]
pub(super) struct TodoView {
    pub heading: String,
    pub empty: String,
    pub items: Vec<TodoItem>,
}

pub(super) struct TodoItem {
    what: String,
    more: String,
    tone: &'static str,
    link: Option<(String, String)>,
}

impl TodoItem {
    pub fn of(todo: &Todo, language: Language) -> TodoItem {
        let text = |said: &Said| said.in_language(language).to_owned();
        TodoItem {
            what: text(&todo.what),
            more: text(&todo.more),
            tone: todo.tone.class(),
            link: todo.link.as_ref().map(|(href, said)| (href.clone(), text(said))),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/tiles.html")]
pub(super) struct Tiles {
    pub tiles: Vec<TileView>,
}

pub(super) struct TileView {
    figure: String,
    label: String,
    tone: &'static str,
}

impl TileView {
    pub fn of(tile: &Tile, language: Language) -> TileView {
        let label = tile.label.in_language(language).to_owned();
        TileView { figure: tile.figure.clone(), label, tone: tile.tone.class() }
    }
}

#[derive(Template)]
#[template(path = "pages/facts.html")]
pub(super) struct FactsView {
    pub facts: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "pages/timeline.html")]
pub(super) struct Timeline<'a> {
    pub events: &'a [Event],
}

#[derive(Template)]
#[template(path = "pages/heat.html")]
pub(super) struct Heat {
    pub caption: String,
    pub corner: String,
    pub weeks: Vec<String>,
    pub rows: Vec<(String, Vec<HeatCell>)>,
    pub legend: Vec<(&'static str, String)>,
}

pub(super) struct HeatCell {
    pub step: &'static str,
    pub text: String,
}
