//! A workbook's zip, measured before anything else reads it: entries, unpacked size, ratio, lengths
//! of tokens, numbers of things, and every reference to a cell.
//!
//! What passes is packed again, and only that is handed on: so no reader after this one meets a
//! part that was not looked at, and no trick of the zip directory shows it other bytes.

use super::read::MOST_COLUMNS;
use super::xml::{Token, Tokens, attribute, broken};
use crate::model::Said;
use crate::said;
use std::io::{BufReader, Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const MOST_ENTRIES: usize = 2_000;
const LARGEST_UNPACKED: u64 = 512 << 20;
/// Text that repeats packs about 1:50; a bomb reaches 1:1000.
const LARGEST_RATIO: u64 = 200;
/// Below this size a high ratio harms nobody.
const RATIO_FROM: u64 = 16 << 20;
/// Strings and styles are kept in memory by the reader.
const LARGEST_KEPT: u64 = 64 << 20;
const MOST_STRINGS: u64 = 2_000_000;
const MOST_STYLES: u64 = 200_000;
const MOST_ROWS: u64 = 1 << 20;
/// Excel's last column, XFD: what a mere format may reach.
const LAST_COLUMN: usize = 16_384;

pub(super) fn open(bytes: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, Said> {
    let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    if zip.len() > MOST_ENTRIES {
        return Err(too_much());
    }
    Ok(zip)
}

/// The same workbook with its XML parts only, each of them measured.
///
/// # Errors
/// The file is damaged, no workbook, or larger inside than it may be.
pub(super) fn repack(bytes: &[u8]) -> Result<Vec<u8>, Said> {
    let mut zip = open(bytes)?;
    check_is_xlsx(&zip)?;
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(1));
    let mut left = LARGEST_UNPACKED;
    let mut names = std::collections::HashSet::new();
    for index in 0..zip.len() {
        let entry = zip.by_index(index).map_err(|_| broken())?;
        let name = entry.name().to_owned();
        let lower = name.to_ascii_lowercase();
        if !(lower.ends_with(".xml") || lower.ends_with(".rels")) {
            continue;
        }
        if !names.insert(lower.clone()) {
            return Err(broken());
        }
        let (size, compressed) = (entry.size(), entry.compressed_size().max(1));
        if size > left || (size > RATIO_FROM && size / compressed > LARGEST_RATIO) {
            return Err(too_much());
        }
        packed.start_file(&name, options).map_err(|_| broken())?;
        let most = most_of(&lower, left, compressed).min(size);
        let mut part = Part { entry, copy: &mut packed, read: 0, most };
        let checked = Limits::default().check(BufReader::with_capacity(64 << 10, &mut part));
        if part.read > most {
            return Err(too_much());
        }
        checked?;
        left = left.saturating_sub(part.read);
    }
    Ok(packed.finish().map_err(|_| broken())?.into_inner())
}

/// How many bytes a part may unpack to; what its entry declares is a limit as well.
fn most_of(name: &str, left: u64, compressed: u64) -> u64 {
    let kept = !name.contains("worksheets/");
    left.min(if kept { LARGEST_KEPT } else { u64::MAX }).min(RATIO_FROM.max(compressed.saturating_mul(LARGEST_RATIO)))
}

fn check_is_xlsx(zip: &ZipArchive<Cursor<&[u8]>>) -> Result<(), Said> {
    let has = |part: &str| zip.file_names().any(|name| name.to_ascii_lowercase().ends_with(part));
    if has("workbook.xml") {
        Ok(())
    } else if has("workbook.bin") {
        Err(said!("this is a binary workbook (.xlsb): save it as .xlsx", "这是二进制工作簿（.xlsb）：请另存为.xlsx"))
    } else if has("word/document.xml") {
        Err(said!(
            "this is a Word document: copy its table into Excel and save it as .xlsx",
            "这是Word文档：请把表格复制到Excel并另存为.xlsx"
        ))
    } else {
        Err(said!(
            "this is a zip file without a spreadsheet in it: unpack it and send the table itself",
            "这个压缩文件里没有表格：请解压后发送表格本身"
        ))
    }
}

/// Reads an entry, copies what it reads, and stops at the limit.
struct Part<'a, R: Read, W: Write> {
    entry: R,
    copy: &'a mut W,
    read: u64,
    most: u64,
}

impl<R: Read, W: Write> Read for Part<'_, R, W> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.entry.read(buffer)?;
        self.read += count as u64;
        if self.read > self.most {
            return Err(std::io::Error::other("larger inside than allowed"));
        }
        self.copy.write_all(buffer.get(..count).unwrap_or_default())?;
        Ok(count)
    }
}

/// More empty rows than this in a row are no table: reading on would only cost time.
const MOST_BLANK: u64 = 100_000;

/// Counts rows without anything in them.
#[derive(Default)]
pub(super) struct Blank(u64);

impl Blank {
    /// One more row; empty until something is found in it.
    pub(super) fn row(&mut self) -> Result<(), Said> {
        self.0 += 1;
        if self.0 > MOST_BLANK { Err(empty_rows()) } else { Ok(()) }
    }

    /// Something was found.
    pub(super) fn end(&mut self) {
        self.0 = 0;
    }
}

fn empty_rows() -> Said {
    said!(
        "there are more than 100,000 empty rows one after another: copy the table alone into a new file",
        "连续空行超过10万行：请只把表格内容复制到新文件"
    )
}

#[derive(Default)]
struct Limits {
    strings: u64,
    styles: u64,
    blank: Blank,
}

impl Limits {
    fn check(&mut self, input: impl std::io::BufRead) -> Result<(), Said> {
        let mut tokens = Tokens::new(input);
        while let Some(token) = tokens.next()? {
            if let Token::Open { name, attributes, empty } = token {
                self.element(name, attributes, empty)?;
            }
        }
        Ok(())
    }

    fn element(&mut self, name: &str, attributes: &str, empty: bool) -> Result<(), Said> {
        match name {
            "row" => self.blank.row()?,
            "v" | "is" => self.blank.end(),
            _ => {}
        }
        match name {
            "c" | "row" => {
                if let Some(reference) = attribute(attributes, "r") {
                    let (column, row) = cell(&reference).ok_or_else(broken)?;
                    // A format alone may stand anywhere; what holds something must lie in the table.
                    let last = if empty { LAST_COLUMN } else { MOST_COLUMNS };
                    if row > MOST_ROWS || column.is_some_and(|column| column > last) {
                        return Err(far_away(&reference));
                    }
                }
            }
            "dimension" => {
                let reference = attribute(attributes, "ref").ok_or_else(broken)?;
                if !is_range(&reference) {
                    return Err(far_away(&reference));
                }
            }
            "sst" => {
                let declared = attribute(attributes, "uniqueCount").map(|text| text.parse::<u64>());
                if declared.is_some_and(|count| count.is_ok_and(|count| count > MOST_STRINGS)) {
                    return Err(too_much());
                }
            }
            "si" => self.strings += 1,
            "xf" | "font" | "fill" | "border" | "numFmt" | "dxf" => self.styles += 1,
            _ => {}
        }
        if self.strings > MOST_STRINGS || self.styles > MOST_STYLES { Err(too_much()) } else { Ok(()) }
    }
}

/// `B7` → column 2, row 7; `7` → row 7 alone. Both from 1.
fn cell(reference: &str) -> Option<(Option<usize>, u64)> {
    let split = reference.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = reference.split_at_checked(split)?;
    if letters.len() > 3 || digits.len() > 7 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut column = 0;
    for letter in letters.bytes() {
        column =
            column * 26 + usize::from(letter.is_ascii_alphabetic().then(|| letter.to_ascii_uppercase() - b'A' + 1)?);
    }
    let row = digits.parse().ok().filter(|row| *row > 0)?;
    Some(((column > 0).then_some(column), row))
}

/// A dimension is a hint that nothing here relies on; it must only be one that Excel could have.
fn is_range(reference: &str) -> bool {
    let (start, end) = reference.split_once(':').unwrap_or((reference, reference));
    match (cell(start), cell(end)) {
        (Some((Some(left), top)), Some((Some(right), bottom))) => {
            left <= right && right <= LAST_COLUMN && top <= bottom && bottom <= MOST_ROWS
        }
        _ => false,
    }
}

pub(super) fn too_much() -> Said {
    said!(
        "the spreadsheet is far larger inside than outside: it is refused. Save the table as CSV and send that",
        "表格解压后过大，已拒绝：请把表格另存为CSV再发送"
    )
}

fn far_away(reference: &str) -> Said {
    let reference: String = reference.chars().take(24).collect();
    said!(
        "the spreadsheet holds something at {reference}, far outside any table: delete it, or copy the table into a new file",
        "表格在{reference}处有内容，远在正常表格之外：请删去，或把表格复制到新文件"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        assert_eq!(cell("A1"), Some((Some(1), 1)));
        assert_eq!(cell("XFD1048576"), Some((Some(16_384), 1_048_576)));
        assert_eq!(cell("12"), Some((None, 12)));
        for bad in ["", "A", "A0", "AAAA1", "A12345678", "1A", "A1B", "Ä1"] {
            assert_eq!(cell(bad), None, "{bad}");
        }
        assert!(is_range("A1") && is_range("A1:XFD1048576"));
        for bad in ["B2:A1", "A1:XFE1", "A1:A1048577", "A:B", ":"] {
            assert!(!is_range(bad), "{bad}");
        }
    }
}
