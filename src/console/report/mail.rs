//! A report as the files that its mail carries.

use super::{View, book, page};
use crate::mail::Enclosure;
use crate::model::{Language, Said};
use crate::said;
use crate::work::period_report::{Shown, Standing};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A page and a workbook.
///
/// # Errors
/// More rows or longer cells than a spreadsheet can hold.
pub fn files(shown: &Shown, upward: bool, language: Language) -> Result<Vec<Enclosure>, Said> {
    let status = shown.standing.said();
    let view = View { document: &shown.document, status: &status, upward, language };
    let name = |ending: &str| {
        let days = shown.document.days.to_string().replace("..", "_");
        match shown.standing {
            Standing::Closed { number: number @ 2.., .. } => format!("report-{days}-{number}.{ending}"),
            _ => format!("report-{days}.{ending}"),
        }
    };
    let page = page(view).ok_or_else(|| said!("the page could not be made", "页面无法生成"))?;
    Ok(vec![
        Enclosure { name: name("html"), media: "text/html; charset=utf-8", bytes: page.into_bytes() },
        Enclosure { name: name("xlsx"), media: XLSX, bytes: book(view)? },
    ])
}
