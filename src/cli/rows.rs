//! Small CSV files of dry runs: named columns, and troubles that name file, row and field.

use crate::files;
use crate::model::{Said, Trouble};
use crate::said;
use std::path::Path;

/// A file's rows, and its name and text for troubles found later.
pub(super) struct Rows<const N: usize> {
    file: String,
    text: String,
    columns: [&'static str; N],
    /// So many of the columns must be there; those after them may be left out.
    needed: usize,
    /// Byte at which a row starts, and the wanted columns in the order in which they were asked for.
    rows: Vec<(u64, [String; N])>,
}

/// One row. Columns are counted as they were asked for.
pub(super) struct Row<'a, const N: usize> {
    table: &'a Rows<N>,
    start: u64,
    values: &'a [String; N],
}

/// Reads a CSV file in UTF-8, with or without BOM. Columns may stand in any order; others are ignored.
pub(super) fn read<const N: usize>(path: &Path, columns: [&'static str; N]) -> Result<Rows<N>, Trouble> {
    read_needing(N, path, columns)
}

/// As [`read`] where only the first `needed` columns must be there: the fields of the others are empty then.
pub(super) fn read_needing<const N: usize>(
    needed: usize,
    path: &Path,
    columns: [&'static str; N],
) -> Result<Rows<N>, Trouble> {
    let file = path.display().to_string();
    let bytes = files::read(path, files::TABLE)?;
    parse(file, &bytes, columns, needed)
}

fn parse<const N: usize>(
    file: String,
    bytes: &[u8],
    columns: [&'static str; N],
    needed: usize,
) -> Result<Rows<N>, Trouble> {
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let row = bytes.iter().take(e.valid_up_to()).filter(|b| **b == b'\n').count() as u64 + 1;
        let said = said!("the text is not UTF-8: save the file as CSV UTF-8", "文字不是UTF-8编码：请另存为CSV UTF-8");
        Trouble::new(said).in_file(&file).at_row(row)
    })?;
    let text = text.trim_start_matches('\u{feff}').to_owned();
    let mut table = Rows { file, text, columns, needed, rows: Vec::new() };
    table.rows = table.records()?;
    Ok(table)
}

impl<const N: usize> Rows<N> {
    pub fn iter(&self) -> impl Iterator<Item = Row<'_, N>> {
        self.rows.iter().map(|(start, values)| Row { table: self, start: *start, values })
    }

    fn records(&self) -> Result<Vec<(u64, [String; N])>, Trouble> {
        let mut reader = csv::Reader::from_reader(self.text.as_bytes());
        let header = reader.headers().map_err(|e| self.misshapen(&e))?.clone();
        let places = self.columns.map(|column| header.iter().position(|h| h.trim().eq_ignore_ascii_case(column)));
        let mut needed = places.iter().zip(self.columns).take(self.needed);
        if let Some((_, column)) = needed.find(|(place, _)| place.is_none()) {
            return Err(self.missing(column));
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|e| self.misshapen(&e))?;
            let start = record.position().map_or(0, csv::Position::byte);
            rows.push((start, places.map(|place| place.and_then(|place| record.get(place)).unwrap_or("").to_owned())));
        }
        Ok(rows)
    }

    fn missing(&self, column: &str) -> Trouble {
        let wanted = self.columns[..self.needed].join(",");
        let said = said!(
            "the column “{column}” is missing: the first row must be {wanted}",
            "缺少“{column}”栏：首行应为 {wanted}"
        );
        Trouble::new(said).in_file(&self.file).at_row(1).in_field(column)
    }

    fn misshapen(&self, error: &csv::Error) -> Trouble {
        let wanted = self.columns[..self.needed].join(",");
        let said = said!(
            "this row has more or fewer fields than the first: expected {wanted}",
            "此行字段数与首行不符：应为 {wanted}"
        );
        let trouble = Trouble::new(said).in_file(&self.file);
        match error.position() {
            Some(position) => trouble.at_byte(&self.text, position.byte()),
            None => trouble,
        }
    }
}

impl<const N: usize> Row<'_, N> {
    /// A field read by its own parser.
    pub fn parse<T>(&self, column: usize, parser: impl Fn(&str) -> Result<T, Said>) -> Result<T, Trouble> {
        let text = self.values.get(column).map_or("", String::as_str);
        parser(text).map_err(|said| self.trouble(column, said))
    }

    /// A whole number, digits only.
    pub fn number(&self, column: usize) -> Result<u64, Trouble> {
        self.parse(column, whole_number)
    }

    pub fn trouble(&self, column: usize, said: Said) -> Trouble {
        let trouble = Trouble::new(said).in_file(&self.table.file).at_byte(&self.table.text, self.start);
        match self.table.columns.get(column) {
            Some(name) => trouble.in_field(*name),
            None => trouble,
        }
    }
}

/// Digits only, up to 2^64-1.
pub(super) fn whole_number(text: &str) -> Result<u64, Said> {
    let plain = text.trim();
    let digits = !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_digit());
    plain
        .parse()
        .ok()
        .filter(|_| digits)
        .ok_or_else(|| said!("“{text}” is not a whole number: write digits only", "“{text}”不是整数：请只写数字"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_text(bytes: &[u8]) -> Result<Rows<2>, Trouble> {
        parse("f.csv".into(), bytes, ["id", "weight"], 2)
    }

    #[test]
    fn spreadsheets_leave_their_traces() {
        let rows = parse_text("\u{feff}Weight,note,ID\r\n5,a b,滨河\r\n\r\n 6 ,,V 2\r\n".as_bytes()).unwrap();
        let row_of = |row: &Row<'_, 2>| row.trouble(0, said!("", "")).row.unwrap();
        let read: Vec<(u64, String, u64)> = rows
            .iter()
            .map(|r| (row_of(&r), r.parse(0, |t| Ok(t.to_owned())).unwrap(), r.number(1).unwrap()))
            .collect();
        assert_eq!(read, [(2, "滨河".into(), 5), (4, "V 2".into(), 6)]);
    }

    #[test]
    fn troubles_say_where() {
        let place = |bytes: &[u8]| {
            let rows = parse_text(bytes).and_then(|rows| rows.iter().try_for_each(|row| row.number(1).map(drop)));
            let trouble = rows.unwrap_err();
            (trouble.row, trouble.field)
        };
        assert_eq!(place(b"id,w\nV1,1\n"), (Some(1), Some("weight".into())));
        assert_eq!(place(b"id,weight\nV1\n"), (Some(2), None));
        assert_eq!(place(b"id,weight\nV1,1\nV2,+1\n"), (Some(3), Some("weight".into())));
        assert_eq!(place(b"id,weight\nV1,1\nV2,\n"), (Some(3), Some("weight".into())));
        assert_eq!(place(b"id,weight\nV1,99999999999999999999\n"), (Some(2), Some("weight".into())));
        assert_eq!(place(b"id,weight\n\xb1\xf5,1\n"), (Some(2), None));
    }
}
