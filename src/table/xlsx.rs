//! xlsx by calamine, cell by cell, after `package` has measured it.

use super::read::{Each, LONGEST_ROW, MOST_COLUMNS, Row, too_long_row, too_many_columns};
use super::xml::broken;
use super::{package, sheet_text};
use crate::model::Said;
use crate::said;
use calamine::{Cell, DataRef, Reader, SheetType, SheetVisible, Xlsx};
use std::io::Cursor;
use std::ops::ControlFlow;

pub(super) fn read(bytes: &[u8], each: Each<'_>) -> Result<(), Said> {
    let packed = package::repack(bytes)?;
    let mut book = Xlsx::new(Cursor::new(packed)).map_err(|error| not_opened(&error))?;
    let sheets: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    for sheet in sheets {
        if read_sheet(&mut book, &sheet, each)? {
            break;
        }
    }
    Ok(())
}

/// Whether the sheet held anything.
fn read_sheet(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str, each: Each<'_>) -> Result<bool, Said> {
    let is_1904 = book.has_1904_epoch();
    let mut cells = book.worksheet_cells_reader(name).map_err(|error| not_opened(&error))?;
    let mut builder = Builder { row: Row::default(), bytes: 0, any: false, is_1904 };
    while let Some(cell) = cells.next_cell().map_err(|error| not_opened(&error))? {
        if builder.add(&cell, each)?.is_break() {
            return Ok(true);
        }
    }
    let _ = builder.flush(each);
    Ok(builder.any)
}

/// Puts cells together to rows; shared by no other format, since only xlsx comes as loose cells.
struct Builder {
    row: Row,
    bytes: usize,
    any: bool,
    is_1904: bool,
}

impl Builder {
    fn add(&mut self, cell: &Cell<DataRef<'_>>, each: Each<'_>) -> Result<ControlFlow<()>, Said> {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value(), self.is_1904);
        if text.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        let (number, column) = (u64::from(row) + 1, column as usize);
        if column >= MOST_COLUMNS {
            return Err(too_many_columns());
        }
        if number != self.row.number {
            if self.flush(each).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            self.row.number = number;
        }
        self.bytes += text.len();
        if self.bytes > LONGEST_ROW {
            self.row.damage.get_or_insert_with(too_long_row);
            return Ok(ControlFlow::Continue(()));
        }
        if self.row.cells.len() <= column {
            self.row.cells.resize(column + 1, String::new());
        }
        if let Some(place) = self.row.cells.get_mut(column) {
            *place = text;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn flush(&mut self, each: Each<'_>) -> ControlFlow<()> {
        let row = std::mem::take(&mut self.row);
        self.bytes = 0;
        if row.is_blank() {
            return ControlFlow::Continue(());
        }
        self.any = true;
        each(&row)
    }
}

fn text(value: &DataRef<'_>, is_1904: bool) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(value) => value.to_string(),
        DataRef::Float(value) => sheet_text::number(*value),
        DataRef::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::Error(error) => error.to_string(),
        DataRef::DateTime(value) if value.is_duration() => sheet_text::length(value.as_f64()),
        DataRef::DateTime(value) => sheet_text::moment(value.as_f64(), is_1904),
    }
}

fn not_opened(error: &calamine::XlsxError) -> Said {
    match error {
        calamine::XlsxError::Password => locked(),
        _ => broken(),
    }
}

pub(super) fn locked() -> Said {
    said!(
        "the spreadsheet is protected by a password: remove the password in Excel and send it again",
        "表格有密码保护:请在Excel中取消密码后再发送"
    )
}
