//! xls of Excel 97 to 2003 and of WPS, record by record.
//!
//! calamine builds a whole sheet from what the file claims of its size, and follows chains without
//! end; this reader keeps the table of strings and one row.

use super::cfb::{Compound, f64_at, u16_at, u32_at};
use super::gather::Gather;
use super::read::Each;
use super::sheet_text::{Meaning, truth};
use super::xls_strings::Pieces;
use super::xlsx::locked;
use super::xml::broken;
use crate::model::Said;
use crate::said;
use std::collections::HashMap;
use std::ops::ControlFlow;

pub(super) fn read(bytes: &[u8], each: Each<'_>) -> Result<(), Said> {
    let compound = Compound::open(bytes)?;
    if compound.has("EncryptedPackage") {
        return Err(locked());
    }
    if compound.has("WordDocument") {
        return Err(said!(
            "this is a Word document: copy its table into Excel and save it as .xlsx",
            "这是Word文档：请把表格复制到Excel并另存为.xlsx"
        ));
    }
    if !compound.has("Workbook") {
        return Err(too_old());
    }
    let stream = compound.stream("Workbook")?;
    let book = Book::read(&stream)?;
    for position in &book.sheets {
        let mut sheet = Sheet { book: &book, gather: Gather::default(), formula: None };
        let records = Records { stream: stream.get(*position..).unwrap_or_default(), at: 0 };
        if sheet.read(records, each)?.is_break() || sheet.gather.any {
            return Ok(());
        }
    }
    Ok(())
}

fn too_old() -> Said {
    said!(
        "this file is in a form older than Excel 97: open it in Excel or WPS and save it as .xlsx",
        "文件格式早于Excel 97：请用Excel或WPS打开后另存为.xlsx"
    )
}

struct Records<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    /// Type and data of the next record; `None` at the end of the stream.
    fn next(&mut self) -> Result<Option<(u16, &'a [u8])>, Said> {
        if self.at + 4 > self.stream.len() {
            return Ok(None);
        }
        let (kind, length) = (u16_at(self.stream, self.at)?, usize::from(u16_at(self.stream, self.at + 2)?));
        let start = self.at + 4;
        self.at = start + length;
        Ok(Some((kind, self.stream.get(start..self.at).ok_or_else(broken)?)))
    }

    /// The records that continue the one before.
    fn continued(&mut self, first: &'a [u8]) -> Result<Vec<&'a [u8]>, Said> {
        let mut pieces = vec![first];
        while u16_at(self.stream, self.at).is_ok_and(|kind| kind == 0x003C) {
            let Some((_, data)) = self.next()? else { break };
            pieces.push(data);
        }
        Ok(pieces)
    }
}

/// What stands before the sheets.
#[derive(Default)]
struct Book {
    is_1904: bool,
    strings: Vec<String>,
    /// For each cell format, what its numbers mean.
    meanings: Vec<Meaning>,
    /// Where visible worksheets begin in the stream.
    sheets: Vec<usize>,
}

impl Book {
    fn read(stream: &[u8]) -> Result<Book, Said> {
        let mut book = Book::default();
        let mut formats: HashMap<u16, Meaning> = HashMap::new();
        let mut cell_formats = Vec::new();
        let mut records = Records { stream, at: 0 };
        while let Some((kind, data)) = records.next()? {
            match kind {
                0x0809 if u16_at(data, 0)? != 0x0600 => return Err(too_old()),
                0x002F => return Err(locked()),
                0x0022 => book.is_1904 = u16_at(data, 0)? == 1,
                0x041E => {
                    let format = Pieces::new(vec![data.get(2..).unwrap_or_default()]).string()?;
                    formats.insert(u16_at(data, 0)?, Meaning::of_format(&format));
                }
                0x00E0 => cell_formats.push(u16_at(data, 2)?),
                0x0085 => {
                    let visible_worksheet = data.get(4..6).is_some_and(|kind| kind == [0, 0]);
                    if visible_worksheet {
                        book.sheets.push(usize::try_from(u32_at(data, 0)?).map_err(|_| broken())?);
                    }
                }
                0x00FC => book.strings = Pieces::new(records.continued(data)?).table()?,
                0x000A => break,
                _ => {}
            }
        }
        let meaning = |format: u16| formats.get(&format).copied().unwrap_or_else(|| Meaning::of_builtin(format));
        book.meanings = cell_formats.into_iter().map(meaning).collect();
        Ok(book)
    }
}

struct Sheet<'a> {
    book: &'a Book,
    gather: Gather,
    /// Place of a formula whose text comes in the next record.
    formula: Option<(u16, u16)>,
}

impl Sheet<'_> {
    fn read(&mut self, mut records: Records<'_>, each: Each<'_>) -> Result<ControlFlow<()>, Said> {
        // Charts inside a sheet have records of the same kinds.
        let mut depth = 0u32;
        while let Some((kind, data)) = records.next()? {
            match kind {
                0x0809 => depth += 1,
                0x000A if depth <= 1 => break,
                0x000A => depth -= 1,
                0x0207 | 0x0204 | 0x00D6 if depth == 1 => {
                    let data = if kind == 0x0207 { records.continued(data)? } else { vec![data] };
                    if self.label(kind, &data, each)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                _ if depth == 1 && self.record(kind, data, each)?.is_break() => return Ok(ControlFlow::Break(())),
                _ => {}
            }
        }
        Ok(self.gather.flush(each))
    }

    fn label(&mut self, kind: u16, data: &[&[u8]], each: Each<'_>) -> Result<ControlFlow<()>, Said> {
        let first = data.first().copied().unwrap_or_default();
        let (place, pieces) = if kind == 0x0207 {
            let Some(place) = self.formula.take() else { return Ok(ControlFlow::Continue(())) };
            (place, data.to_vec())
        } else {
            ((u16_at(first, 0)?, u16_at(first, 2)?), vec![first.get(6..).unwrap_or_default()])
        };
        let text = Pieces::new(pieces).string()?;
        self.put(place, &text, each)
    }

    fn record(&mut self, kind: u16, data: &[u8], each: Each<'_>) -> Result<ControlFlow<()>, Said> {
        let known = matches!(kind, 0x0203 | 0x027E | 0x00BD | 0x00FD | 0x0205 | 0x0006);
        if !known {
            return Ok(ControlFlow::Continue(()));
        }
        let place = (u16_at(data, 0)?, u16_at(data, 2)?);
        match kind {
            0x0203 => {
                let text = self.number(u16_at(data, 4)?, f64_at(data, 6)?);
                self.put(place, &text, each)
            }
            0x027E => {
                let text = self.number(u16_at(data, 4)?, packed(u32_at(data, 6)?));
                self.put(place, &text, each)
            }
            0x00BD => {
                let cells = data.get(4..data.len().saturating_sub(2)).unwrap_or_default();
                for (column, cell) in (place.1..=u16::MAX).zip(cells.chunks_exact(6)) {
                    let text = self.number(u16_at(cell, 0)?, packed(u32_at(cell, 2)?));
                    if self.put((place.0, column), &text, each)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Ok(ControlFlow::Continue(()))
            }
            0x00FD => {
                let index = usize::try_from(u32_at(data, 6)?).map_err(|_| broken())?;
                let book = self.book;
                self.put(place, book.strings.get(index).map_or("", String::as_str), each)
            }
            0x0205 => {
                let (value, is_error) = (u16_at(data, 6)? & 0xFF, u16_at(data, 6)? >> 8 != 0);
                self.put(place, if is_error { "#N/A" } else { truth(value != 0) }, each)
            }
            _ => self.formula(place, data, each),
        }
    }

    fn formula(&mut self, place: (u16, u16), data: &[u8], each: Each<'_>) -> Result<ControlFlow<()>, Said> {
        self.formula = None;
        if u16_at(data, 12)? != 0xFFFF {
            let text = self.number(u16_at(data, 4)?, f64_at(data, 6)?);
            return self.put(place, &text, each);
        }
        match u16_at(data, 6)? & 0xFF {
            0 => {
                self.formula = Some(place);
                Ok(ControlFlow::Continue(()))
            }
            1 => self.put(place, truth(u16_at(data, 8)? & 0xFF != 0), each),
            2 => self.put(place, "#N/A", each),
            _ => Ok(ControlFlow::Continue(())),
        }
    }

    fn number(&self, format: u16, value: f64) -> String {
        let meaning = self.book.meanings.get(usize::from(format)).copied().unwrap_or(Meaning::Number);
        meaning.text(value, self.book.is_1904)
    }

    fn put(&mut self, (row, column): (u16, u16), text: &str, each: Each<'_>) -> Result<ControlFlow<()>, Said> {
        self.gather.cell(u64::from(row) + 1, usize::from(column), text, each)
    }
}

/// A number packed into 30 bits: an integer or the upper part of a float, perhaps times 100.
fn packed(raw: u32) -> f64 {
    let value =
        if raw & 2 != 0 { f64::from(raw.cast_signed() >> 2) } else { f64::from_bits(u64::from(raw & !3) << 32) };
    if raw & 1 != 0 { value / 100.0 } else { value }
}
