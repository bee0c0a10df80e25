//! Several tables in one xlsx, numbers as numbers, ready to be printed on A4.

use super::write::{cut, fit, fixed_properties, not_written, width};
use crate::model::Said;
use rust_xlsxwriter::{Format, FormatBorder, Workbook, Worksheet, XlsxError};
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Cut to what a tab holds, and told apart from its like by a number.
    pub name: String,
    pub header: Vec<String>,
    pub rows: Vec<Vec<Value>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Text(String),
    Count(u64),
    /// Of 1, shown as a percentage.
    Share(f64),
    Number(f64),
    Empty,
}

/// A4, landscape or upright as it comes: as wide as a page, the header on each.
const A4: u8 = 9;

/// The same sheets give the same bytes, whenever they are written.
///
/// # Errors
/// More rows than a spreadsheet can hold.
pub fn workbook(sheets: Vec<Sheet>) -> Result<Vec<u8>, Said> {
    written(&sheets).map_err(|error| not_written(&error))
}

fn written(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&fixed_properties()?);
    let mut names = BTreeSet::new();
    for sheet in sheets {
        fill(book.add_worksheet().set_name(unlike(&sheet.name, &mut names))?, sheet)?;
    }
    book.save_to_buffer()
}

fn fill(to: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    to.set_freeze_panes(1, 0)?;
    to.set_paper_size(A4).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    let bold = Format::new().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Thin);
    let (share, number) = (Format::new().set_num_format("0.0 %"), Format::new().set_num_format("0.0"));
    let text = Format::new().set_num_format("@");
    for (column, name) in (0u16..).zip(&sheet.header) {
        to.write_string_with_format(0, column, name, &bold)?;
        let cells = sheet.rows.iter().filter_map(|row| row.get(usize::from(column)));
        let words = cells.map(|cell| if let Value::Text(text) = cell { width(text) } else { 0 });
        #[expect(clippy::cast_precision_loss, reason = "at most 60")]
        to.set_column_width(column, words.max().unwrap_or(0).max(width(name).min(14)) as f64 + 2.0)?;
    }
    for (row, cells) in (1u32..).zip(&sheet.rows) {
        for (column, cell) in (0u16..).zip(cells) {
            match cell {
                Value::Empty => continue,
                Value::Text(words) if words.is_empty() => continue,
                Value::Text(words) => to.write_string_with_format(row, column, cut(words), &text)?,
                #[expect(clippy::cast_precision_loss, reason = "counts of visits")]
                Value::Count(n) => to.write_number(row, column, *n as f64)?,
                Value::Share(value) => to.write_number_with_format(row, column, *value, &share)?,
                Value::Number(value) => to.write_number_with_format(row, column, *value, &number)?,
            };
        }
    }
    Ok(())
}

/// A tab's name that none before has; programs that read tabs do not mind case.
fn unlike(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut found = fit(name, 31);
    let mut number = 2;
    while !taken.insert(found.to_lowercase()) {
        found = format!("{} {number}", fit(name, 27));
        number += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_are_told_apart_and_fit() {
        let mut taken = BTreeSet::new();
        let long = "Gaps between drawn visits: a programme of the county";
        assert_eq!(unlike(long, &mut taken), "Gaps between drawn visits a pro");
        assert_eq!(unlike(long, &mut taken), "Gaps between drawn visits a 2");
        assert_eq!(unlike("[]", &mut taken), "table");
    }
}
