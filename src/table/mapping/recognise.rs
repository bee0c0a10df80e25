//! Which layout a file has, and where its header stands: by score over the first rows, never by guess.

use super::Mapping;
use crate::model::{Said, Trouble};
use crate::said;
use crate::table::fields::quote;
use crate::table::header::{Columns, HEADER_WITHIN, no_header, plain};
use crate::table::read::Row;
use crate::table::template::{Template, TemplateKind};
use crate::table::when::{Local, local};

/// Rows that are needed to decide: the header may begin in the last of those that are looked at and have two.
pub const ENOUGH: usize = HEADER_WITHIN + 1;

/// The templates that hold records.
pub const RECORDS: [TemplateKind; 4] =
    [TemplateKind::Attendance, TemplateKind::Leave, TemplateKind::Rota, TemplateKind::Notes];

/// What a file may be.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'m> {
    pub kinds: &'m [TemplateKind],
    pub mappings: &'m [Mapping],
    /// A person says which: a mapping or a template by name.
    pub map: Option<&'m str>,
}

#[derive(Debug, Clone, Copy)]
pub enum Layout<'m> {
    /// One of the house's own templates.
    House(&'static Template),
    Mapped(&'m Mapping),
}

impl Layout<'_> {
    pub fn name(&self) -> &str {
        match self {
            Layout::House(template) => template.code,
            Layout::Mapped(mapping) => &mapping.name,
        }
    }

    pub fn title(&self) -> Said {
        match self {
            Layout::House(template) => {
                Said::new(format!("template “{}”", template.code), format!("模板“{}”", template.zh))
            }
            Layout::Mapped(mapping) => mapping.title.clone(),
        }
    }

    pub fn makes(&self) -> TemplateKind {
        match self {
            Layout::House(template) => {
                TemplateKind::ALL.into_iter().find(|k| k.code() == template.code).unwrap_or(TemplateKind::Attendance)
            }
            Layout::Mapped(mapping) => mapping.makes,
        }
    }
}

/// Where a header was found, and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// The last row of the header; 0 where the file has none.
    pub row: u64,
    /// How many rows it has.
    pub rows: usize,
    /// How many of the early rows stand before the data.
    pub before: usize,
    /// One title a column, two rows joined with `/`.
    pub cells: Vec<String>,
}

/// How well a layout fits a file.
#[derive(Debug, Clone)]
pub struct Scored<'m> {
    pub layout: Layout<'m>,
    pub head: Head,
    /// Columns of the file that the layout knows.
    pub score: usize,
    /// Columns that the layout needs and the file lacks.
    pub missing: Vec<String>,
}

impl Scored<'_> {
    pub fn is_whole(&self) -> bool {
        self.missing.is_empty() && self.score > 0
    }
}

/// How titles are compared: as columns are everywhere, and without `/`.
pub(super) fn title_key(text: &str) -> String {
    plain(text).replace('/', "")
}

/// The place of a title in a header: as it stands, or without the unit in brackets at its end.
pub(super) fn place_of(keys: &[String], title: &str) -> Option<usize> {
    let wanted = title_key(title);
    let bare = |key: &str| key.strip_suffix(')').and_then(|k| k.rsplit_once('(')).map(|(name, _)| name.to_owned());
    keys.iter()
        .position(|key| *key == wanted)
        .or_else(|| keys.iter().position(|key| bare(key).is_some_and(|name| name == wanted)))
}

pub(super) fn keys_of(cells: &[String]) -> Vec<String> {
    cells.iter().map(|cell| title_key(cell)).collect()
}

/// Every layout with its score, the best first.
pub fn scores<'m>(wanted: &Wanted<'m>, early: &[Row]) -> Vec<Scored<'m>> {
    let heads = heads(early);
    let mut scored: Vec<Scored<'m>> = wanted
        .kinds
        .iter()
        .map(|kind| Layout::House(kind.template()))
        .chain(wanted.mappings.iter().filter(|m| wanted.kinds.contains(&m.makes)).map(Layout::Mapped))
        .filter(|layout| wanted.map.is_none_or(|name| layout.name() == name))
        .filter_map(|layout| {
            let fits = heads.iter().map(|head| fit(layout, head, early));
            // A second row that changes no title that is known belongs to the header; of equals the upper one.
            fits.max_by_key(|s| (s.is_whole(), s.score, s.head.rows, std::cmp::Reverse(s.head.row)))
        })
        .collect();
    scored.sort_by_key(|s| (std::cmp::Reverse((s.is_whole(), s.score)), s.layout.name().to_owned()));
    scored
}

/// Every way to read the early rows: no header, one row, or two.
fn heads(early: &[Row]) -> Vec<Head> {
    let mut heads = vec![Head::default()];
    for (at, row) in early.iter().enumerate().take(HEADER_WITHIN) {
        heads.push(Head { row: row.number, rows: 1, before: at + 1, cells: row.cells.clone() });
        if let Some(lower) = early.get(at + 1).filter(|lower| lower.number == row.number + 1) {
            heads.push(Head { row: lower.number, rows: 2, before: at + 2, cells: joined(&row.cells, &lower.cells) });
        }
    }
    heads
}

/// Two header rows as one. A title that spans several columns stands in the first of them alone.
fn joined(upper: &[String], lower: &[String]) -> Vec<String> {
    let mut spanning = "";
    (0..upper.len().max(lower.len()))
        .map(|at| {
            let above = upper.get(at).map_or("", |cell| cell.trim());
            let below = lower.get(at).map_or("", |cell| cell.trim());
            if !above.is_empty() {
                spanning = above;
            }
            match (spanning, above.is_empty(), below.is_empty()) {
                (_, _, true) => above.to_owned(),
                ("", _, false) => below.to_owned(),
                (group, _, false) => format!("{group}/{below}"),
            }
        })
        .collect()
}

fn fit<'m>(layout: Layout<'m>, head: &Head, early: &[Row]) -> Scored<'m> {
    let headless = head.before == 0;
    let (score, missing) = match layout {
        Layout::House(_) if head.rows != 1 => (0, Vec::new()),
        Layout::House(template) => match Columns::of_header(template, head.row, &head.cells) {
            Ok(columns) => (columns.score(), columns.missing().iter().map(|c| c.header()).collect()),
            Err(_) => (0, Vec::new()),
        },
        Layout::Mapped(mapping) if !mapping.headerless.is_empty() => {
            (if headless { lines(mapping, early) } else { 0 }, Vec::new())
        }
        Layout::Mapped(_) if headless => (0, Vec::new()),
        Layout::Mapped(mapping) => {
            let keys = keys_of(&head.cells);
            let found = |titles: &Vec<String>| titles.iter().any(|title| place_of(&keys, title).is_some());
            let missing: Vec<String> =
                mapping.required.iter().filter(|titles| !found(titles)).map(|titles| titles.join("|")).collect();
            (titles(mapping).iter().filter(|titles| found(titles)).count(), missing)
        }
    };
    Scored { layout, head: head.clone(), score, missing }
}

/// Everything that a mapping knows of a header, each once.
fn titles(mapping: &Mapping) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = mapping.required.iter().chain(&mapping.bonus).cloned().collect();
    let mut known: std::collections::HashSet<String> = all.iter().flatten().map(|title| title_key(title)).collect();
    for title in mapping.records.iter().flat_map(|rule| rule.columns.values().flatten()) {
        if known.insert(title_key(title)) {
            all.push(vec![title.clone()]);
        }
    }
    all
}

/// A file without header is known by its shape: as many cells, a number first, a time where one belongs. That is
/// less than any header says.
fn lines(mapping: &Mapping, early: &[Row]) -> usize {
    let columns = mapping.headerless.len();
    let time = mapping.records.iter().find_map(|rule| rule.columns.get("time")).and_then(|titles| titles.first());
    let Some(time) = time.and_then(|title| mapping.headerless.iter().position(|c| c == title)) else { return 0 };
    let fits = |row: &&Row| {
        let cell = |at: usize| row.cells.get(at).map_or("", |cell| cell.trim());
        // Some devices leave out the last ones; a reject file has one more.
        (columns - columns / 3..=columns + 1).contains(&row.cells.len())
            && !cell(0).is_empty()
            && cell(0).chars().all(|c| c.is_ascii_alphanumeric())
            && matches!(local(cell(time), None), Some(Local::At(_)))
    };
    let rows = early.iter().filter(|row| !is_titles(mapping, row)).count();
    let fitting = early.iter().filter(fits).count();
    usize::from(fitting * 2 > rows)
}

/// A reject file of a file without header begins with the titles.
pub(super) fn is_titles(mapping: &Mapping, row: &Row) -> bool {
    let titles = &mapping.headerless;
    !titles.is_empty() && row.cells.iter().zip(titles).all(|(cell, title)| title_key(cell) == title_key(title))
}

/// The one layout that a file has.
///
/// # Errors
/// None fits, or two fit alike: names them and says how a person decides.
pub fn choose<'m>(wanted: &Wanted<'m>, early: &[Row]) -> Result<Scored<'m>, Trouble> {
    let mut scored = scores(wanted, early);
    if scored.is_empty() {
        let name = quote(wanted.map.unwrap_or_default());
        return Err(Trouble::new(said!(
            "there is no layout “{name}” for this kind of file: `spotcheck mappings list` names them",
            "没有适用于此类文件的格式“{name}”：用“spotcheck mappings list”查看"
        ))
        .in_field("--map"));
    }
    let best = scored.iter().filter(|s| s.is_whole()).map(|s| s.score).max();
    let first: Vec<&Scored<'m>> = scored.iter().filter(|s| s.is_whole() && Some(s.score) == best).collect();
    match first.len() {
        0 => Err(none_fits(wanted, &scored, early)),
        1 => Ok(scored.swap_remove(0)),
        _ => {
            let (en, zh) = listed(&first);
            Err(Trouble::new(Said::new(
                format!("the file fits several layouts alike: {en}. Say which with --map NAME"),
                format!("文件同样符合几种格式：{zh}。请用--map NAME指明"),
            )))
        }
    }
}

/// Layouts that are named where none fits.
const NAMED: usize = 3;

fn none_fits(wanted: &Wanted<'_>, scored: &[Scored<'_>], early: &[Row]) -> Trouble {
    let near: Vec<&Scored<'_>> = scored.iter().filter(|s| s.score > 0).take(NAMED).collect();
    let other = Wanted { kinds: &RECORDS, map: None, ..*wanted };
    let elsewhere =
        scores(&other, early).into_iter().find(|s| s.is_whole() && !wanted.kinds.contains(&s.layout.makes()));
    if let (Some(found), None) = (elsewhere, wanted.map) {
        let (title, kind) = (found.layout.title(), found.layout.makes().code());
        return Trouble::new(Said::new(
            format!("this looks like {} ({}): import it as {kind}", found.layout.name(), title.en),
            format!("这似乎是“{}”（{}）：请按{kind}导入", title.zh, found.layout.name()),
        ));
    }
    if let ([kind], None | Some(Layout::House(_))) = (wanted.kinds, near.first().map(|s| s.layout)) {
        return no_header(*kind, early);
    }
    let (en, zh) = listed(&near);
    let header = near.first().map_or(0, |s| s.head.row);
    if near.is_empty() {
        return Trouble::new(said!(
            "no known layout in the first {HEADER_WITHIN} rows: fill in a template (`spotcheck export template`), or describe the layout in a mapping of your own",
            "前{HEADER_WITHIN}行没有已知的格式：请改用模板（“spotcheck export template”），或自行编写对照表"
        ));
    }
    Trouble::new(Said::new(
        format!("no layout fits. Nearest: {en}. Correct the header, or say which with --map NAME"),
        format!("没有相符的格式。最接近的：{zh}。请更正表头，或用--map NAME指明"),
    ))
    .at_row(header)
}

/// Layouts by name, with what the file lacks for each.
fn listed(scored: &[&Scored<'_>]) -> (String, String) {
    let one = |s: &&Scored<'_>| {
        let (name, title) = (s.layout.name(), s.layout.title());
        if s.missing.is_empty() {
            return (format!("{name} ({})", title.en), format!("{name}（{}）", title.zh));
        }
        let lacks: Vec<String> = s.missing.iter().map(|title| quote(title)).collect();
        (
            format!("{name} ({}; missing: {})", title.en, lacks.join(", ")),
            format!("{name}（{}；缺少：{}）", title.zh, lacks.join("、")),
        )
    };
    let (en, zh): (Vec<String>, Vec<String>) = scored.iter().map(one).unzip();
    (en.join("; "), zh.join("；"))
}
