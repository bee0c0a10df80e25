//! The one way in: any file → rows.

use super::{charset, delimited, guess, ods, xls, xlsx};
use crate::model::{Said, Trouble};
use crate::said;
use std::io::Read;
use std::ops::ControlFlow;

/// Largest xlsx, packed.
pub const LARGEST_XLSX: u64 = 64 << 20;
/// Largest ods, packed.
pub const LARGEST_ODS: u64 = 16 << 20;
/// Largest xls.
pub const LARGEST_XLS: u64 = 32 << 20;
/// Most columns that a row may have.
pub const MOST_COLUMNS: usize = 512;
/// Most bytes of text that a row may have.
pub const LONGEST_ROW: usize = 1 << 20;

/// One row that is not blank.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// As a spreadsheet shows it: the first is 1, blank rows count.
    pub number: u64,
    /// Text of each cell, not trimmed; dates as `2026-03-02`, `2026-03-02 08:31:05`, `08:31:05`.
    pub cells: Vec<String>,
    /// Why this row cannot be trusted: a quote that never closes, unreadable characters, too long.
    pub damage: Option<Said>,
}

impl Row {
    pub(super) fn is_blank(&self) -> bool {
        self.damage.is_none() && self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// Whoever takes the rows; `Break` stops the reading, and that is no error.
pub type Each<'a> = &'a mut dyn FnMut(&Row) -> ControlFlow<()>;

/// Whoever reads the rows: once, to the end or until they are taken no more.
pub type Reading<'a> = &'a mut (dyn FnMut(Each<'_>) -> Result<(), Trouble> + Send);

/// How rows come from where they are read to where they are taken: here one by one; elsewhere reading may be ahead.
pub trait Handing {
    /// # Errors
    /// Those of the reading.
    fn hand(&self, reading: Reading<'_>, each: Each<'_>) -> Result<(), Trouble> {
        reading(each)
    }
}

/// Each row is taken before the next is read.
#[derive(Debug, Clone, Copy)]
pub struct OneByOne;

impl Handing for OneByOne {}

/// Reads xlsx, xls, ods or CSV (EVIDENCE 2) and hands on every row that is not blank.
///
/// Of a workbook the first visible sheet that holds anything is read.
///
/// # Errors
/// A file that is none of these, holds nothing, is locked, damaged or larger than allowed. Rows may
/// have been handed on before an error is found: take all of them back then.
pub fn read_rows(file_name: &str, input: &mut dyn Read, each: Each<'_>) -> Result<(), Trouble> {
    let mut any = false;
    let mut counted = |row: &Row| {
        any = true;
        each(row)
    };
    read(input, &mut counted).map_err(|said| Trouble::new(said).in_file(file_name))?;
    if any { Ok(()) } else { Err(Trouble::new(nothing_in_it()).in_file(file_name)) }
}

fn read(input: &mut dyn Read, each: Each<'_>) -> Result<(), Said> {
    let start = read_up_to(input, guess::ENOUGH)?;
    match guess::guess(&start)? {
        guess::Format::Empty => Err(nothing_in_it()),
        guess::Format::Text => delimited::read(&mut charset::Text::new(start, input), each),
        guess::Format::Zip => {
            let bytes = whole(start, input, LARGEST_XLSX)?;
            if ods::is_ods(&bytes) { ods::read(&bytes, each) } else { xlsx::read(&bytes, each) }
        }
        guess::Format::Compound => xls::read(&whole(start, input, LARGEST_XLS)?, each),
    }
}

fn whole(start: Vec<u8>, input: &mut dyn Read, largest: u64) -> Result<Vec<u8>, Said> {
    let mut bytes = start;
    let left = (largest + 1).saturating_sub(bytes.len() as u64);
    input.take(left).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > largest { Err(too_large(largest)) } else { Ok(bytes) }
}

fn read_up_to(input: &mut dyn Read, most: usize) -> Result<Vec<u8>, Said> {
    let mut bytes = Vec::new();
    input.take(most as u64).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    Ok(bytes)
}

pub(super) fn unreadable(error: &std::io::Error) -> Said {
    said!("the file cannot be read to its end: {error}", "文件无法读完：{error}")
}

pub(super) fn too_large(largest: u64) -> Said {
    let mib = largest >> 20;
    said!(
        "the file is larger than {mib} MiB: save it as CSV, or split it",
        "文件大于{mib} MiB：请另存为CSV，或拆成几个文件"
    )
}

fn nothing_in_it() -> Said {
    said!("the file is empty: expected a header row and rows below it", "文件是空的：应有表头行和数据行")
}

pub(super) fn too_long_row() -> Said {
    said!("the row holds more than 1 MiB of text: split or shorten it", "这一行的文字超过1 MiB：请拆分或缩短")
}

pub(super) fn too_many_columns() -> Said {
    let most = MOST_COLUMNS;
    said!(
        "there is something to the right of column {most}: delete what is not part of the table",
        "第{most}列右边还有内容：请删去表格以外的内容"
    )
}
