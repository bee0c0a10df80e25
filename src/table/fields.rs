//! One row by the keys of its template.

use super::choice;
use super::header::{Columns, plain};
use super::read::Row;
use crate::model::script::is_invisible;
use crate::model::{Said, Trouble};
use crate::said;
use std::borrow::Cow;

/// A row seen through its header.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    pub columns: &'a Columns,
    pub row: &'a Row,
}

impl<'a> Fields<'a> {
    pub(super) fn new(columns: &'a Columns, row: &'a Row) -> Fields<'a> {
        Fields { columns, row }
    }

    /// The cell, trimmed and without the guard `'`; `None` where it is blank, a dash, or missing.
    pub fn get(&self, key: &str) -> Option<Cow<'a, str>> {
        said_in(self.row.cells.get(self.columns.place(key)?)?)
    }

    /// # Errors
    /// The cell is blank.
    pub fn required(&self, key: &str) -> Result<Cow<'a, str>, Trouble> {
        self.get(key).ok_or_else(|| self.trouble(key, said!("this cell is empty: fill it in", "此格为空：请填写")))
    }

    /// Reads a cell, if there is something in it; the trouble gets its row and column.
    pub fn read<T>(&self, key: &str, how: impl FnOnce(&str) -> Result<T, Said>) -> Result<Option<T>, Trouble> {
        self.get(key).map(|text| how(&text).map_err(|said| self.trouble(key, said))).transpose()
    }

    /// As [`read`](Self::read), of a cell that must not be blank.
    pub fn read_required<T>(&self, key: &str, how: impl FnOnce(&str) -> Result<T, Said>) -> Result<T, Trouble> {
        how(&self.required(key)?).map_err(|said| self.trouble(key, said))
    }

    /// The code of a column with choices.
    pub fn choice(&self, key: &str) -> Result<Option<&'static str>, Trouble> {
        let choices = self.columns.template.column(key).and_then(|column| column.choices).unwrap_or_default();
        self.read(key, |text| choice::read(choices, text))
    }

    /// `yes` or `no`.
    pub fn yes(&self, key: &str) -> Result<Option<bool>, Trouble> {
        Ok(self.choice(key)?.map(|code| code == "yes"))
    }

    /// A trouble at this row and column, with the column's header in both languages.
    pub fn trouble(&self, key: &str, said: Said) -> Trouble {
        Trouble::new(said).at_row(self.row.number).in_field(self.columns.title(key))
    }

    /// Whether this is the template's sample row, left as it was.
    pub(super) fn is_sample(&self) -> bool {
        // Nearly every row is none, and comparing costs.
        let sample = |cell: &String| {
            let mut rest = cell.as_bytes();
            while let Some(at) = memchr::memchr2(b's', b'S', rest) {
                rest = rest.get(at..).unwrap_or_default();
                if rest.get(..6).is_some_and(|word| word.eq_ignore_ascii_case(b"sample")) {
                    return true;
                }
                rest = rest.get(1..).unwrap_or_default();
            }
            false
        };
        if !self.row.cells.iter().any(sample) {
            return false;
        }
        let mut any = false;
        let same = self.columns.template.columns.iter().all(|column| {
            let Some(place) = self.columns.place(column.key) else { return true };
            let cell = self.row.cells.get(place).map(|cell| plain(unguard(cell))).unwrap_or_default();
            any |= cell.contains("sample");
            cell == plain(column.sample)
        });
        same && any
    }
}

/// What a cell says, trimmed and without the guard `'`; `None` where it is blank or a dash.
pub fn said_in(cell: &str) -> Option<Cow<'_, str>> {
    let bare = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let trimmed = bare(cell.as_bytes().first()) && bare(cell.as_bytes().last());
    let text = unguard(if trimmed { cell } else { cell.trim_matches(invisible) });
    // A line break inside a name or an id is a slip of the keyboard.
    let text = if text.bytes().any(|byte| matches!(byte, b'\n' | b'\r' | b'\t')) {
        Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
    } else {
        Cow::Borrowed(text)
    };
    (!matches!(&*text, "" | "-" | "--" | "—" | "——" | "/" | "#N/A" | "NULL" | "null")).then_some(text)
}

/// A cell's text for an error: cut short, and masked where it looks like a telephone number that
/// slipped into this column.
pub fn quote(text: &str) -> String {
    let digits: String = text.chars().filter_map(|c| c.to_digit(10)).filter_map(|d| char::from_digit(d, 10)).collect();
    let only = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')'));
    let is_phone = match digits.len() {
        7 | 8 => only && !text.contains('-'),
        11 => only && digits.starts_with(['0', '1']),
        10 | 12..=15 => only && text.starts_with(['0', '+', '(']),
        _ => false,
    };
    if is_phone {
        return format!("****{}", digits.get(digits.len() - 2..).unwrap_or_default());
    }
    text.trim().chars().take(40).collect()
}

fn invisible(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_invisible(c)
}

/// Takes off the `'` that [`super::write`] puts before a cell that a spreadsheet would compute.
fn unguard(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r'])).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn a_number_in_the_wrong_column_is_not_repeated() {
        for number in ["13800138000", "138 0013 8000", "+8613800138000", "010-5550-0101", "55500101"] {
            assert!(quote(number).starts_with("****"), "{number}");
        }
        for other in ["520602101201", "520602101", "2026-03-02", "O1", "1001"] {
            assert_eq!(quote(other), other);
        }
    }
}
