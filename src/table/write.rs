//! Rows → CSV and xlsx: templates, reject files, any table.

use super::template::{Column, TemplateKind};
use crate::model::Said;
use crate::said;
use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use std::borrow::Cow;
use std::io::Write;

/// Header of the column that a reject file adds (EVIDENCE 2).
pub const REASON_HEADER: &str = "reason / 原因";
/// The same where the file has a column of that name itself, whose cells are its own.
pub const SECOND_REASON_HEADER: &str = "not imported because / 未导入原因";

/// Rows under a template's header that its drop-downs and text format reach.
const PREPARED_ROWS: u32 = 2_000;

/// Puts `'` before a cell that a spreadsheet would compute: `= + - @` TAB CR.
pub fn guard(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// A CSV that Excel opens rightly: UTF-8 with a byte order mark, CRLF, guarded cells.
pub struct CsvOut<W: Write>(csv::Writer<W>);

impl<W: Write> CsvOut<W> {
    /// Writes the mark and the header.
    pub fn new<S: AsRef<str>>(mut to: W, header: &[S]) -> std::io::Result<CsvOut<W>> {
        to.write_all(b"\xef\xbb\xbf")?;
        let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(to);
        let mut out = CsvOut(writer);
        out.row(header)?;
        Ok(out)
    }

    pub fn row<S: AsRef<str>>(&mut self, cells: &[S]) -> std::io::Result<()> {
        let guarded = cells.iter().map(|cell| guard(cell.as_ref()));
        self.0.write_record(guarded.map(|cell| cell.as_bytes().to_vec())).map_err(std::io::Error::other)
    }

    /// Ends the file and gives back what it was written to.
    pub fn finish(self) -> std::io::Result<W> {
        self.0.into_inner().map_err(|error| std::io::Error::other(error.error().to_string()))
    }
}

/// A whole CSV in memory.
pub fn csv<S: AsRef<str>>(header: &[S], rows: impl IntoIterator<Item = Vec<String>>) -> std::io::Result<Vec<u8>> {
    let mut out = CsvOut::new(Vec::new(), header)?;
    for row in rows {
        out.row(&row)?;
    }
    out.finish()
}

/// A table as xlsx; every cell is text, so that phones, ids and dates stay as they are.
///
/// # Errors
/// More rows than a spreadsheet can hold.
pub fn xlsx<S: AsRef<str>>(
    sheet_name: &str,
    header: &[S],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<Vec<u8>, Said> {
    let mut book = Book::new(sheet_name, header).map_err(|error| not_written(&error))?;
    for (row, cells) in (1..).zip(rows) {
        book.row(row, &cells).map_err(|error| not_written(&error))?;
    }
    book.finish().map_err(|error| not_written(&error))
}

/// A table that is to be printed: A4 across, as wide as the page, the header on every page, long cells in lines.
///
/// # Errors
/// As [`xlsx`].
pub fn printed_xlsx<S: AsRef<str>>(
    sheet_name: &str,
    header: &[S],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<Vec<u8>, Said> {
    let written = || -> Result<Vec<u8>, XlsxError> {
        let mut book = Book::new(sheet_name, header)?;
        book.text = book.text.set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin);
        book.widest = WIDEST_PRINTED;
        let sheet = book.sheet()?;
        sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0).set_margins(0.4, 0.4, 0.5, 0.5, 0.2, 0.2);
        sheet.set_repeat_rows(0, 0)?;
        for (row, cells) in (1..).zip(rows) {
            book.row(row, &cells)?;
        }
        book.finish()
    };
    written().map_err(|error| not_written(&error))
}

/// Excel's number for this paper.
pub(super) const A4: u8 = 9;
/// Columns of a printed table are no wider than so many letters.
const WIDEST_PRINTED: usize = 24;
const WIDEST: usize = 60;

/// The blank template of a kind as xlsx: bilingual header, drop-downs, one sample row.
pub fn template_xlsx(kind: TemplateKind) -> Result<Vec<u8>, Said> {
    fill_template(kind).map_err(|error| not_written(&error))
}

/// The blank template of a kind as CSV.
pub fn template_csv(kind: TemplateKind) -> std::io::Result<Vec<u8>> {
    csv(&header(kind), [samples(kind)])
}

/// `id / 编号` and so on.
pub fn header(kind: TemplateKind) -> Vec<String> {
    kind.template().columns.iter().map(Column::header).collect()
}

fn samples(kind: TemplateKind) -> Vec<String> {
    kind.template().columns.iter().map(|column| column.sample.to_owned()).collect()
}

fn fill_template(kind: TemplateKind) -> Result<Vec<u8>, XlsxError> {
    let template = kind.template();
    let mut book = Book::new(&format!("{} {}", template.code, template.zh), &header(kind))?;
    book.row(1, &samples(kind))?;
    let sheet = book.workbook.worksheet_from_index(0)?;
    for (index, column) in (0u16..).zip(template.columns) {
        sheet.set_column_format(index, &Format::new().set_num_format("@"))?;
        if let Some(choices) = column.choices {
            let shown: Vec<String> = choices.iter().map(super::choice::Choice::shown).collect();
            let list = DataValidation::new().allow_list_strings(&shown)?;
            sheet.add_data_validation(1, index, PREPARED_ROWS, index, &list)?;
        }
    }
    book.finish()
}

struct Book {
    workbook: Workbook,
    text: Format,
    widths: Vec<usize>,
    widest: usize,
}

impl Book {
    fn new<S: AsRef<str>>(sheet_name: &str, header: &[S]) -> Result<Book, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&fixed_properties()?);
        let sheet = workbook.add_worksheet();
        sheet.set_name(fit(sheet_name, 31))?;
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold().set_num_format("@").set_border_bottom(FormatBorder::Thin);
        for (column, text) in (0u16..).zip(header) {
            sheet.write_string_with_format(0, column, text.as_ref(), &bold)?;
        }
        let widths = header.iter().map(|text| width(text.as_ref())).collect();
        Ok(Book { workbook, text: Format::new().set_num_format("@"), widths, widest: WIDEST })
    }

    fn sheet(&mut self) -> Result<&mut Worksheet, XlsxError> {
        self.workbook.worksheet_from_index(0)
    }

    fn row<S: AsRef<str>>(&mut self, row: u32, cells: &[S]) -> Result<(), XlsxError> {
        let text = self.text.clone();
        for (column, cell) in (0u16..).zip(cells).filter(|(_, cell)| !cell.as_ref().is_empty()) {
            self.sheet()?.write_string_with_format(row, column, cut(cell.as_ref()), &text)?;
            if let Some(known) = self.widths.get_mut(usize::from(column)) {
                *known = (*known).max(width(cell.as_ref()));
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        for (column, width) in (0u16..).zip(self.widths.clone()) {
            let width = width.min(self.widest);
            #[expect(clippy::cast_precision_loss, reason = "at most 60")]
            self.sheet()?.set_column_width(column, width as f64 + 2.0)?;
        }
        self.workbook.save_to_buffer()
    }
}

/// The same table gives the same bytes, whenever it is written.
pub(super) fn fixed_properties() -> Result<DocProperties, XlsxError> {
    Ok(DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2026, 1, 1)?))
}

/// A tab's name of at most so many characters, none of them forbidden.
pub(super) fn fit(name: &str, characters: usize) -> String {
    let name: String = name.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(characters).collect();
    let name = name.trim();
    if name.is_empty() { "table".to_owned() } else { name.to_owned() }
}

/// What a cell of a spreadsheet can hold, in UTF-16 units as Excel counts them.
const LONGEST_CELL: usize = 32_767;

/// A text as a cell can hold it; what was cut off ends in `…`.
pub(super) fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST_CELL || text.encode_utf16().count() <= LONGEST_CELL {
        return Cow::Borrowed(text);
    }
    let mut left = LONGEST_CELL - 1;
    let kept = text.chars().take_while(|c| {
        let fits = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        fits
    });
    Cow::Owned(kept.chain(['…']).collect())
}

/// In columns of a narrow letter; Chinese takes two.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>().clamp(6, WIDEST)
}

pub(super) fn not_written(error: &XlsxError) -> Said {
    said!(
        "the spreadsheet cannot be written ({error}): export as CSV instead",
        "无法生成表格（{error}）：请改为导出CSV"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_is_what_excel_opens_rightly() {
        let bytes =
            csv(&["id", "说明"], [vec!["=1+1".to_owned(), "a,\"b\"".to_owned()], vec!["+86".to_owned()]]).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), "\u{feff}id,说明\r\n'=1+1,\"a,\"\"b\"\"\"\r\n'+86\r\n");
    }

    #[test]
    fn a_cell_over_the_limit_is_cut_with_a_mark() {
        let long = "𠀀".repeat(LONGEST_CELL);
        let kept = cut(&long);
        assert!(kept.ends_with("𠀀…") && kept.encode_utf16().count() == LONGEST_CELL);
        let fits = "长".repeat(LONGEST_CELL);
        assert_eq!(cut(&fits), fits);
        assert!(printed_xlsx("a", &["id"], [vec![long]]).is_ok());
    }

    #[test]
    fn the_same_table_gives_the_same_bytes() {
        let make = || xlsx("a/b", &["id"], [vec!["1".to_owned()]]).unwrap();
        assert_eq!(make(), make());
    }
}
