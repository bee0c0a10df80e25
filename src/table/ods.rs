//! ods, streamed: content.xml through the measured tokens of `xml`.
//!
//! Repeat counts are the danger of this format (a few bytes may stand for a million rows): blank
//! repeats only count, and what holds text may be repeated within the limits of a row and a table.

use super::package::{Blank, open, too_much};
use super::read::{Each, LARGEST_ODS, LONGEST_ROW, MOST_COLUMNS, Row, too_large, too_long_row, too_many_columns};
use super::xlsx::locked;
use super::xml::{Token, Tokens, attribute, broken, unescape};
use crate::model::Said;
use std::io::{BufReader, Read};
use std::ops::ControlFlow;

const LARGEST_CONTENT: u64 = 256 << 20;
/// Most rows that one row may be repeated as; a roster has no thousand equal rows.
const MOST_EQUAL_ROWS: u64 = 1_000;
const LAST_ROW: u64 = 1 << 20;

pub(super) fn is_ods(bytes: &[u8]) -> bool {
    open(bytes).is_ok_and(|zip| zip.index_for_name("content.xml").is_some())
}

pub(super) fn read(bytes: &[u8], each: Each<'_>) -> Result<(), Said> {
    if bytes.len() as u64 > LARGEST_ODS {
        return Err(too_large(LARGEST_ODS));
    }
    let mut zip = open(bytes)?;
    if let Ok(manifest) = zip.by_name("META-INF/manifest.xml") {
        let mut text = String::new();
        if manifest.take(1 << 20).read_to_string(&mut text).is_ok() && text.contains("encryption-data") {
            return Err(locked());
        }
    }
    let content = zip.by_name("content.xml").map_err(|_| broken())?;
    let mut sheet = Sheet::default();
    let mut limited = content.take(LARGEST_CONTENT + 1);
    let mut tokens = Tokens::new(BufReader::with_capacity(64 << 10, &mut limited));
    while let Some(token) = tokens.next()? {
        if sheet.token(token, each)?.is_break() {
            return Ok(());
        }
    }
    drop(tokens);
    if limited.limit() == 0 { Err(too_much()) } else { Ok(()) }
}

#[derive(Default)]
struct Sheet {
    row: Row,
    row_repeats: u64,
    bytes: usize,
    /// Column of the next cell.
    column: usize,
    cell: Option<Cell>,
    /// Depth inside comments and other things that are no text of a cell.
    aside: usize,
    any: bool,
    blank: Blank,
}

#[derive(Default)]
struct Cell {
    repeats: usize,
    /// A value that says more than the text shown: dates, numbers.
    value: Option<String>,
    text: String,
}

impl Sheet {
    fn token(&mut self, token: Token<'_>, each: Each<'_>) -> Result<ControlFlow<()>, Said> {
        match token {
            Token::Open { name: "annotation" | "tracked-changes", empty: false, .. } => self.aside += 1,
            Token::Close { name: "annotation" | "tracked-changes" } => self.aside = self.aside.saturating_sub(1),
            _ if self.aside > 0 => {}
            Token::Open { name: "table-row", attributes, empty } => {
                self.row_repeats = repeats(attributes, "number-rows-repeated");
                self.column = 0;
                if empty {
                    return self.end_row(each);
                }
            }
            Token::Close { name: "table-row" } => return self.end_row(each),
            Token::Open { name: "table-cell" | "covered-table-cell", attributes, empty } => {
                let count = usize::try_from(repeats(attributes, "number-columns-repeated")).unwrap_or(usize::MAX);
                self.cell = Some(Cell { repeats: count, value: value(attributes), text: String::new() });
                if empty {
                    self.end_cell()?;
                }
            }
            Token::Close { name: "table-cell" | "covered-table-cell" } => self.end_cell()?,
            Token::Open { name: "p", .. } => self.say_if("\n", |text| !text.is_empty()),
            Token::Open { name: "s", attributes, .. } => {
                let count = attribute(attributes, "c").and_then(|count| count.parse().ok()).unwrap_or(1usize);
                self.say_if(&" ".repeat(count.min(1_000)), |_| true);
            }
            Token::Open { name: "line-break", .. } => self.say_if("\n", |_| true),
            Token::Open { name: "tab", .. } => self.say_if("\t", |_| true),
            Token::Text(text) => self.say_if(&unescape(&text), |_| true),
            Token::Close { name: "table" } if self.any => return Ok(ControlFlow::Break(())),
            Token::Close { name: "table" } => self.row = Row::default(),
            _ => {}
        }
        Ok(ControlFlow::Continue(()))
    }

    fn say_if(&mut self, more: &str, when: impl Fn(&str) -> bool) {
        if let Some(cell) = &mut self.cell
            && cell.text.len() + more.len() <= LONGEST_ROW
            && when(&cell.text)
        {
            cell.text.push_str(more);
        }
    }

    fn end_cell(&mut self) -> Result<(), Said> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        let text = cell.value.unwrap_or(cell.text);
        let end = self.column.saturating_add(cell.repeats);
        if !text.trim().is_empty() {
            if end > MOST_COLUMNS {
                return Err(too_many_columns());
            }
            self.bytes = self.bytes.saturating_add(text.len().saturating_mul(cell.repeats));
            if self.bytes > LONGEST_ROW {
                self.row.damage.get_or_insert_with(too_long_row);
            } else {
                self.row.cells.resize(self.column, String::new());
                self.row.cells.resize(end, text);
            }
        }
        self.column = end;
        Ok(())
    }

    fn end_row(&mut self, each: Each<'_>) -> Result<ControlFlow<()>, Said> {
        let first = self.row.number.saturating_add(1);
        let last = self.row.number.saturating_add(self.row_repeats.max(1));
        self.bytes = 0;
        if self.row.is_blank() {
            // However often it is repeated: that costs nothing.
            self.blank.row()?;
        } else {
            self.blank.end();
            self.any = true;
            if self.row_repeats > MOST_EQUAL_ROWS || last > LAST_ROW {
                return Err(too_much());
            }
            for number in first..=last {
                self.row.number = number;
                if each(&self.row).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        self.row = Row { number: last, ..Row::default() };
        Ok(ControlFlow::Continue(()))
    }
}

fn repeats(attributes: &str, name: &str) -> u64 {
    attribute(attributes, name).and_then(|count| count.parse().ok()).unwrap_or(1)
}

/// Dates and plain numbers by their value; everything else by the text that is shown.
fn value(attributes: &str) -> Option<String> {
    match &*attribute(attributes, "value-type")? {
        "date" => {
            let text = attribute(attributes, "date-value")?;
            let text = text.strip_suffix("T00:00:00").unwrap_or(&text);
            Some(text.replacen('T', " ", 1))
        }
        "time" => time(&attribute(attributes, "time-value")?),
        "float" => attribute(attributes, "value")?.parse().ok().map(super::sheet_text::number),
        _ => None,
    }
}

/// `PT08H31M05S` → `08:31:05`.
fn time(text: &str) -> Option<String> {
    let (hours, rest) = text.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let seconds = seconds.split_once(['.', ',']).map_or(seconds, |(whole, _)| whole);
    let number = |text: &str| text.parse::<u32>().ok();
    Some(format!("{:02}:{:02}:{:02}", number(hours)?, number(minutes)?, number(seconds)?))
}
