//! Finding a template's columns in a file: header in the first eight rows, either language.

use super::fields::{Fields, quote};
use super::read::{Row, read_rows};
use super::template::{Column, Template, TemplateKind};
use super::write::{REASON_HEADER, SECOND_REASON_HEADER};
use crate::model::Trouble;
use crate::model::script::is_invisible;
use crate::said;
use std::io::Read;
use std::ops::ControlFlow;
use unicode_normalization::UnicodeNormalization;

/// Rows in which a header is looked for (EVIDENCE 2).
pub const HEADER_WITHIN: usize = 8;

/// NFKC, lower case, without spaces, `_`, `-` and characters that nobody sees.
pub fn plain(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '*') && !is_invisible(*c))
        .collect()
}

/// Where the columns of a template stand in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    pub template: &'static Template,
    /// Row of the header.
    pub row: u64,
    /// The header's cells as they came.
    pub cells: Vec<String>,
    /// For each column of the template, its place in a row.
    places: Vec<Option<usize>>,
    /// What a file of another layout calls the columns; empty where they have the template's own titles.
    names: Vec<String>,
}

impl Columns {
    pub fn has(&self, key: &str) -> bool {
        self.place(key).is_some()
    }

    pub(super) fn place(&self, key: &str) -> Option<usize> {
        let index = self.template.columns.iter().position(|column| column.key == key)?;
        self.places.get(index).copied().flatten()
    }

    /// Headers that mean nothing to the template, as they came.
    pub fn unknown(&self) -> Vec<&str> {
        let known = |at: usize| self.places.contains(&Some(at));
        let cells = self.cells.iter().enumerate();
        // A reject file that is sent back corrected still says what was wrong.
        let left = cells.filter(|(at, cell)| !known(*at) && !plain(cell).is_empty()).map(|(_, cell)| cell.trim());
        left.filter(|cell| ![REASON_HEADER, SECOND_REASON_HEADER].contains(cell)).collect()
    }

    /// Columns of rows that were made from rows of another layout: cells in the template's order, called as the file
    /// calls what they were made from.
    pub(super) fn made(template: &'static Template, row: u64, names: Vec<String>) -> Columns {
        let places = (0..template.columns.len()).map(Some).collect();
        Columns { template, row, cells: Vec::new(), places, names }
    }

    /// What the file calls a column.
    pub(super) fn title(&self, key: &str) -> String {
        let index = self.template.columns.iter().position(|column| column.key == key);
        match index.and_then(|at| self.names.get(at)).filter(|name| !name.is_empty()) {
            Some(name) => name.clone(),
            None => self.template.column(key).map_or_else(|| key.to_owned(), Column::header),
        }
    }

    pub(super) fn of_header(template: &'static Template, row: u64, cells: &[String]) -> Result<Columns, Trouble> {
        let mut places = vec![None; template.columns.len()];
        for (at, cell) in cells.iter().enumerate() {
            let Some(index) = meaning(template, cell) else { continue };
            if let Some(place) = places.get_mut(index).filter(|place| place.is_none()) {
                *place = Some(at);
            } else {
                let cell = quote(cell);
                return Err(Trouble::new(said!(
                    "the column “{cell}” stands there twice: delete one of them",
                    "“{cell}”这一栏出现两次：请删去其中一个"
                ))
                .at_row(row));
            }
        }
        Ok(Columns { template, row, cells: cells.to_vec(), places, names: Vec::new() })
    }

    pub(super) fn score(&self) -> usize {
        self.places.iter().flatten().count()
    }

    pub(super) fn missing(&self) -> Vec<&'static Column> {
        let columns = self.template.columns.iter().zip(&self.places);
        columns.filter(|(column, place)| column.required && place.is_none()).map(|(column, _)| column).collect()
    }
}

/// The column that a header cell means: both halves, or either, or another usual word.
fn meaning(template: &Template, cell: &str) -> Option<usize> {
    let exact = |text: &str| {
        let text = plain(text);
        let is = |column: &Column| plain(column.key) == text || plain(column.zh) == text;
        let also = |column: &Column| column.also.iter().any(|word| plain(word) == text);
        let columns = template.columns;
        columns.iter().position(is).or_else(|| columns.iter().position(also)).filter(|_| !text.is_empty())
    };
    exact(cell).or_else(|| {
        let mut halves = cell.split(['/', '／', '\n', '(', '（', ')', '）']).filter_map(exact);
        let first = halves.next()?;
        halves.all(|other| other == first).then_some(first)
    })
}

/// Reads a file of one of the house's own templates: finds its header and hands on every row below.
///
/// Rows that are damaged are handed on too ([`Row::damage`]); the template's own sample row is not.
/// Returns the columns and warnings: unknown columns, no rows, the sample row left out.
///
/// # Errors
/// As [`read_rows`]; and where no header is found: names the columns that are missing and what was
/// found instead.
pub fn read_table(
    kind: TemplateKind,
    file_name: &str,
    input: &mut dyn Read,
    each: &mut dyn FnMut(&Row, Fields<'_>) -> ControlFlow<()>,
) -> Result<(Columns, Vec<Trouble>), Trouble> {
    let template = kind.template();
    let mut early: Vec<Row> = Vec::new();
    let mut columns: Option<Columns> = None;
    let mut trouble = None;
    let mut rows = 0u64;
    let mut sample_row = None;
    read_rows(file_name, input, &mut |row| {
        if let Some(columns) = &columns {
            let fields = Fields::new(columns, row);
            if row.damage.is_none() && fields.is_sample() {
                sample_row = Some(row.number);
                return ControlFlow::Continue(());
            }
            rows += 1;
            return each(row, fields);
        }
        match Columns::of_header(template, row.number, &row.cells) {
            Ok(found) if found.missing().is_empty() => columns = Some(found),
            Ok(_) => early.push(row.clone()),
            Err(twice) => trouble = Some(twice),
        }
        if trouble.is_some() || early.len() >= HEADER_WITHIN {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })?;
    if let Some(trouble) = trouble {
        return Err(trouble.in_file(file_name));
    }
    let Some(columns) = columns else { return Err(no_header(kind, &early).in_file(file_name)) };
    let warnings = warnings(&columns, rows, sample_row);
    Ok((columns, warnings.into_iter().map(|warning| warning.in_file(file_name)).collect()))
}

pub(super) fn warnings(columns: &Columns, rows: u64, sample_row: Option<u64>) -> Vec<Trouble> {
    let mut warnings = Vec::new();
    let unknown = columns.unknown();
    if !unknown.is_empty() {
        let list = listed(unknown.into_iter());
        warnings.push(
            Trouble::new(said!(
                "these columns are not known and were left out: {list}",
                "以下各栏不认识，未读入：{list}"
            ))
            .at_row(columns.row),
        );
    }
    if let Some(row) = sample_row {
        warnings.push(Trouble::new(said!("the template's sample row was left out", "模板的示例行未读入")).at_row(row));
    }
    if rows == 0 {
        warnings
            .push(Trouble::new(said!("there is no row below the header", "表头下面没有数据行")).at_row(columns.row));
    }
    warnings
}

pub(super) fn no_header(kind: TemplateKind, early: &[Row]) -> Trouble {
    let template = kind.template();
    let best = |template: &'static Template| {
        let found = early.iter().filter_map(|row| Columns::of_header(template, row.number, &row.cells).ok());
        found.max_by_key(|columns| (columns.score(), std::cmp::Reverse(columns.row)))
    };
    let Some(nearest) = best(template).filter(|columns| columns.score() > 0) else {
        let columns: Vec<String> =
            template.columns.iter().filter(|column| column.required).map(Column::header).collect();
        let (code, zh, columns) = (template.code, template.zh, columns.join(", "));
        return Trouble::new(said!(
            "no header of {code} in the first {HEADER_WITHIN} rows: expected at least the columns {columns}",
            "前{HEADER_WITHIN}行没有“{zh}”的表头：至少应有以下各栏：{columns}"
        ));
    };
    let missing: Vec<String> = nearest.missing().iter().map(|column| column.header()).collect();
    let missing = missing.join(", ");
    let found = listed(nearest.cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()));
    let fitting = TemplateKind::ALL.into_iter().filter(|other| *other != kind).find(|other| {
        best(other.template()).is_some_and(|columns| columns.missing().is_empty() && columns.score() > nearest.score())
    });
    let mut said = said!("the column {missing} is missing; found: {found}", "缺少“{missing}”栏；现有各栏：{found}");
    if let Some(other) = fitting {
        said.en.push_str(&format!(". This looks like a file of {}", other.code()));
        said.zh.push_str(&format!("。这似乎是“{}”的文件", other.template().zh));
    }
    Trouble::new(said).at_row(nearest.row)
}

fn listed<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    cells.map(quote).collect::<Vec<_>>().join(", ").chars().take(300).collect()
}
