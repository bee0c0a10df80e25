//! CSV: lines → records, with comma, semicolon or tab, quotes and line breaks in quotes.
//!
//! A quote that never closes would swallow the rest of a file: such a record ends at its first
//! line, is marked as damaged, and its other lines are read again as rows of their own.

use super::charset::Text;
use super::package::Blank;
use super::read::{Each, LONGEST_ROW, MOST_COLUMNS, Row, too_long_row, too_many_columns};
use crate::model::Said;
use crate::said;
use std::collections::VecDeque;

/// Longest record that is put together from several lines: a little more than Excel's longest cell.
const LONGEST_QUOTED: usize = 64 << 10;
/// Lines that the delimiter is judged by.
const SAMPLE_LINES: usize = 8;

struct Lines<'a, 'b> {
    text: &'a mut Text<'b>,
    buffer: String,
    at: usize,
    ended: bool,
    /// Lines that were read ahead and belong to later rows.
    ahead: VecDeque<Line>,
}

struct Line {
    text: String,
    too_long: bool,
}

impl Lines<'_, '_> {
    fn next(&mut self) -> Result<Option<Line>, Said> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.fetch(),
        }
    }

    fn fetch(&mut self) -> Result<Option<Line>, Said> {
        let mut kept: Option<String> = None;
        let mut searched = 0;
        loop {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            let unsearched = rest.as_bytes().get(searched..).unwrap_or_default();
            if let Some(position) = memchr::memchr2(b'\n', b'\r', unsearched).map(|p| p + searched) {
                let bytes = rest.as_bytes();
                let feed = bytes.get(position) == Some(&b'\r');
                // A line feed may follow in text that was not fetched yet.
                if feed && position + 1 == bytes.len() && !self.ended {
                    searched = position;
                    self.refill()?;
                    continue;
                }
                let length = if feed && bytes.get(position + 1) == Some(&b'\n') { 2 } else { 1 };
                let text = rest.get(..position).unwrap_or_default().to_owned();
                self.at += position + length;
                return Ok(Some(finish(kept, text)));
            }
            searched = rest.len();
            if self.ended {
                let text = rest.to_owned();
                self.at = self.buffer.len();
                return Ok((kept.is_some() || !text.is_empty()).then(|| finish(kept, text)));
            }
            if rest.len() > LONGEST_ROW {
                kept.get_or_insert_with(|| rest.chars().take(LONGEST_ROW / 16).collect());
                self.at = self.buffer.len();
                searched = 0;
            }
            self.refill()?;
        }
    }

    fn refill(&mut self) -> Result<(), Said> {
        self.buffer.drain(..self.at);
        self.at = 0;
        self.ended = !self.text.more(&mut self.buffer)?;
        Ok(())
    }
}

fn finish(kept: Option<String>, text: String) -> Line {
    match kept {
        Some(start) => Line { text: start, too_long: true },
        None => Line { text, too_long: false },
    }
}

pub(super) fn read(text: &mut Text<'_>, each: Each<'_>) -> Result<(), Said> {
    let mut lines = Lines { text, buffer: String::new(), at: 0, ended: false, ahead: VecDeque::new() };
    let mut sample = VecDeque::new();
    while sample.len() < SAMPLE_LINES {
        let Some(line) = lines.next()? else { break };
        sample.push_back(line);
    }
    // Excel hides a first line `sep=;` and shows the next one as row 1.
    let named = sample.front().and_then(|line| line.text.strip_prefix("sep=")).and_then(|rest| rest.chars().next());
    if named.is_some() {
        sample.pop_front();
    }
    let delimiter = named.filter(char::is_ascii).unwrap_or_else(|| sniff(&sample));
    lines.ahead = sample;

    let mut row = Row::default();
    let mut blank = Blank::default();
    let mut number = 0;
    while let Some(line) = lines.next()? {
        number += 1;
        row.number = number;
        row.damage = line.too_long.then(too_long_row);
        record(line.text, delimiter, &mut lines, &mut row)?;
        if row.is_blank() {
            blank.row()?;
            continue;
        }
        blank.end();
        judge(&mut row);
        if each(&row).is_break() {
            break;
        }
    }
    Ok(())
}

/// Splits a line, with as many following lines as its open quote needs.
fn record(first: String, delimiter: char, lines: &mut Lines<'_, '_>, row: &mut Row) -> Result<(), Said> {
    let end = first.len();
    let mut record = first;
    let mut taken: Vec<Line> = Vec::new();
    let mut next_try = 0;
    let closes = loop {
        // Trying only where a quote was added keeps a record of many lines linear enough.
        let may_close = next_try == 0 || record.get(next_try..).is_some_and(|new| new.contains('"'));
        if may_close && split(&record, delimiter, true, &mut row.cells) {
            break true;
        }
        next_try = record.len();
        if record.len() > LONGEST_QUOTED || row.damage.is_some() {
            break false;
        }
        let Some(line) = lines.next()? else { break false };
        record.push('\n');
        record.push_str(&line.text);
        taken.push(line);
    };
    if !closes {
        record.truncate(end);
        split(&record, delimiter, false, &mut row.cells);
        row.damage.get_or_insert_with(|| {
            said!(
                "a quotation mark (\") opens a cell and is never closed: close or delete it",
                "单元格以引号（\"）开头却没有结束的引号：请补上或删去"
            )
        });
        for line in taken.into_iter().rev() {
            lines.ahead.push_front(line);
        }
    }
    Ok(())
}

/// Splits a record into cells, reusing them; false if a quote stays open.
fn split(record: &str, delimiter: char, quotes: bool, cells: &mut Vec<String>) -> bool {
    let mut used = 0;
    let mut rest = record;
    loop {
        if used == cells.len() {
            cells.push(String::new());
        }
        let Some(cell) = cells.get_mut(used) else { return true };
        cell.clear();
        used += 1;
        if let Some(quoted) = rest.strip_prefix('"').filter(|_| quotes) {
            rest = quoted;
            loop {
                let Some(at) = rest.find('"') else { return false };
                cell.push_str(rest.get(..at).unwrap_or_default());
                rest = rest.get(at + 1..).unwrap_or_default();
                let Some(after) = rest.strip_prefix('"') else { break };
                cell.push('"');
                rest = after;
            }
        }
        // It is ASCII, and cells are short.
        let end = rest.bytes().position(|byte| char::from(byte) == delimiter);
        cell.push_str(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default());
        match end {
            Some(at) => rest = rest.get(at + delimiter.len_utf8()..).unwrap_or_default(),
            None => break,
        }
    }
    cells.truncate(used);
    true
}

fn judge(row: &mut Row) {
    if row.cells.len() > MOST_COLUMNS {
        row.cells.truncate(MOST_COLUMNS);
        row.damage.get_or_insert_with(too_many_columns);
    }
    // U+FFFD begins with that byte, as few others do.
    let suspect =
        |cell: &String| cell.bytes().any(|byte| matches!(byte, 0 | 0xef)) && cell.contains(['\u{fffd}', '\0']);
    if row.cells.iter().any(suspect) {
        row.damage.get_or_insert_with(|| {
            said!(
                "the row holds characters that cannot be read: save the file again as “CSV UTF-8” or .xlsx",
                "这一行有无法识别的字符：请把文件另存为“CSV UTF-8”或.xlsx"
            )
        });
    }
}

/// The character that stands in most lines outside quotes; comma where none does.
fn sniff(sample: &VecDeque<Line>) -> char {
    let mut counts = [(',', 0u32), (';', 0), ('\t', 0)];
    let mut quoted = false;
    for line in sample {
        let mut seen = [false; 3];
        for c in line.text.chars() {
            quoted ^= c == '"';
            for ((delimiter, _), seen) in counts.iter().zip(&mut seen) {
                *seen |= !quoted && c == *delimiter;
            }
        }
        for ((_, count), seen) in counts.iter_mut().zip(seen) {
            *count += u32::from(seen);
        }
    }
    // Of equals the first: `max_by_key` alone would take the last.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(',', |(delimiter, _)| *delimiter)
}
