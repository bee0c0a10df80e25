//! xlsx by calamine, cell by cell, after `package` has measured it.

use super::gather::Gather;
use super::read::Each;
use super::xml::broken;
use super::{package, sheet_text};
use crate::model::Said;
use crate::said;
use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};
use std::borrow::Cow;
use std::io::Cursor;

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
    let mut gather = Gather::default();
    while let Some(cell) = cells.next_cell().map_err(|error| not_opened(&error))? {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value(), is_1904);
        if gather.cell(u64::from(row) + 1, column as usize, &text, each)?.is_break() {
            return Ok(true);
        }
    }
    let _ = gather.flush(each);
    Ok(gather.any)
}

fn text<'a>(value: &'a DataRef<'_>, is_1904: bool) -> Cow<'a, str> {
    match value {
        DataRef::Empty => Cow::Borrowed(""),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cow::Borrowed(text),
        DataRef::SharedString(text) => Cow::Borrowed(text),
        DataRef::Int(value) => Cow::Owned(value.to_string()),
        DataRef::Float(value) => Cow::Owned(sheet_text::number(*value)),
        DataRef::Bool(value) => Cow::Borrowed(sheet_text::truth(*value)),
        DataRef::Error(error) => Cow::Owned(error.to_string()),
        DataRef::DateTime(value) if value.is_duration() => Cow::Owned(sheet_text::length(value.as_f64())),
        DataRef::DateTime(value) => Cow::Owned(sheet_text::moment(value.as_f64(), is_1904)),
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
        "表格有密码保护：请在Excel中取消密码后再发送"
    )
}
