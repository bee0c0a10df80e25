//! The sheet of an assignment, out and back: a table of what is to be answered, and the rows of one that was filled in.

use super::post::letter_input;
use super::sent::Known;
use super::{Context, Done, sent};
use crate::config::Office;
use crate::letter::AssignmentInput;
use crate::letter::answer_sheet::{HEADER, answer_sheet, sheet_of};
use crate::mail::Enclosure;
use crate::model::{AssignmentId, Trouble};
use crate::reply::{Filled, FilledRow, Mail};
use crate::table::form::{Form, FormRow, form_xlsx};
use crate::table::{Row, read_rows};
use std::ops::ControlFlow;

/// Sheets of one mail that are read.
const MOST_SHEETS: usize = 5;
/// Rows and bytes of a sheet: what an inspector gets in a day is a small part of it.
const MOST_ROWS: usize = 2_000;
const LARGEST: usize = 5 << 20;
/// Cells of a row that are looked at.
const MOST_CELLS: usize = 20;

/// As xlsx.
///
/// # Errors
/// More rows than a spreadsheet can hold.
pub fn workbook(input: &AssignmentInput<'_>) -> Result<Vec<u8>, Trouble> {
    let sheet = answer_sheet(input);
    let rows: Vec<FormRow> = sheet
        .rows
        .into_iter()
        .map(|row| FormRow {
            cells: vec![row.code, row.what, row.phone, String::new(), String::new(), String::new()],
            choices: row.choices,
            heading: row.heading,
        })
        .collect();
    let form = Form {
        name: input.assignment.id.as_str(),
        title: &sheet.title,
        header: &HEADER,
        widths: &[9, 60, 18, 22, 9, 30],
        rows: &rows,
        filled_in: 3..6,
    };
    form_xlsx(&form).map_err(Trouble::new)
}

/// What a letter carries where its office wants it.
pub(super) fn enclosures(office: &Office, input: &AssignmentInput<'_>) -> Done<Vec<Enclosure>> {
    let mut all = Vec::new();
    if office.answer_sheet {
        let bytes = workbook(input)?;
        let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        all.push(Enclosure { name: file_name(&input.assignment.id), media, bytes });
    }
    all.extend(super::paper::enclosure(office, input)?);
    Ok(all)
}

pub(super) fn file_stem(id: &AssignmentId) -> String {
    format!("spotcheck-{id}")
}

/// ASCII, without place and person.
pub fn file_name(id: &AssignmentId) -> String {
    format!("{}.xlsx", file_stem(id))
}

/// The sheet of an assignment, to be printed or sent by hand; `Ok(None)` where there is no such assignment.
pub async fn export(ctx: &Context, id: &AssignmentId) -> Done<Option<Vec<u8>>> {
    let mut tx = ctx.store.read().await?;
    let Some(known) = sent::known(ctx, &mut tx, id).await? else { return Ok(None) };
    let Known { assignment, inspector, reply, row, .. } = &known;
    let office = ctx.office(&row.office)?;
    let input = letter_input(office, inspector, assignment, reply);
    Ok(Some(workbook(&input)?))
}

/// The filled sheets that came with a mail. What is none, or cannot be read, is kept as a file like any other.
pub fn filled(mail: &Mail<'_>) -> Vec<Filled> {
    let spreadsheets =
        mail.attachments().filter(|file| !file.is_dressing() && is_spreadsheet(file.kind, file.file_name));
    spreadsheets.take(MOST_SHEETS).filter_map(|file| read(&file.bytes())).collect()
}

fn is_spreadsheet(kind: &str, name: Option<&str>) -> bool {
    let ending = name.and_then(|name| name.rsplit('.').next()).map(str::to_ascii_lowercase);
    kind.contains("spreadsheet")
        || kind.contains("ms-excel")
        || matches!(ending.as_deref(), Some("xlsx" | "xls" | "ods" | "csv"))
}

fn read(bytes: &[u8]) -> Option<Filled> {
    if bytes.len() > LARGEST {
        return None;
    }
    let (mut id, mut rows) = (None, Vec::new());
    let mut columns: Option<[usize; 4]> = None;
    let mut take = |row: &Row| {
        if id.is_none() {
            id = row.cells.iter().take(MOST_CELLS).find_map(|cell| named(cell));
            return if id.is_some() || row.number <= 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
        }
        let Some([code, answer, time, remark]) = columns else {
            columns = found(row);
            return ControlFlow::Continue(());
        };
        let cell = |at: usize| row.cells.get(at).cloned().unwrap_or_default();
        let one = FilledRow {
            code: cell(code),
            answer: cell(answer),
            time: cell(time),
            remark: cell(remark),
            is_damaged: row.damage.is_some(),
        };
        let says = [&one.answer, &one.time, &one.remark].iter().any(|cell| !cell.trim().is_empty());
        if says || one.is_damaged {
            rows.push(one);
        }
        if rows.len() < MOST_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let mut input = bytes;
    read_rows("sheet", &mut input, &mut take).ok()?;
    columns?;
    Some(Filled { assignment: id?, rows })
}

/// `Spotcheck K7Q2M`.
fn named(cell: &str) -> Option<AssignmentId> {
    let id = AssignmentId::parse(cell.trim().strip_prefix("Spotcheck ")?).ok()?;
    (sheet_of(id.as_str()) == cell.trim()).then_some(id)
}

/// Where the columns stand that are read: somebody may have moved them.
fn found(row: &Row) -> Option<[usize; 4]> {
    let at = |name: &str| row.cells.iter().take(MOST_CELLS).position(|cell| cell.trim() == name);
    Some([at(HEADER[0])?, at(HEADER[3])?, at(HEADER[4])?, at(HEADER[5])?])
}
