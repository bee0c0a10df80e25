//! Rows that were not taken, and the file that goes back to whoever sent them (EVIDENCE 2).

use super::read::Row;
use super::template::TemplateKind;
use super::write::{REASON_HEADER, SECOND_REASON_HEADER, csv, xlsx};
use crate::model::{Language, Said, Trouble};

/// How much of a row is kept; an honest one is far shorter.
const LONGEST_KEPT: usize = 16 << 10;

/// A row as it came, and why it was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    pub cells: Vec<String>,
    /// With file, row and, where there is one, column.
    pub trouble: Trouble,
    /// What else is wrong with the row.
    pub also: Vec<Trouble>,
}

impl Reject {
    /// With everything that is wrong with the row; `None` where nothing is.
    pub fn of(row: &Row, troubles: Vec<Trouble>, file_name: &str) -> Option<Reject> {
        let mut troubles = troubles.into_iter();
        let mut reject = Reject::new(row, troubles.next()?, file_name);
        reject.also = troubles.map(|trouble| trouble.at_row(row.number).in_file(file_name)).collect();
        Some(reject)
    }

    pub fn new(row: &Row, trouble: Trouble, file_name: &str) -> Reject {
        let mut left = LONGEST_KEPT;
        let cells = row.cells.iter().map(|cell| {
            let kept: String = cell.chars().take(left).collect();
            left = left.saturating_sub(kept.len());
            kept
        });
        Reject { cells: cells.collect(), trouble: trouble.at_row(row.number).in_file(file_name), also: Vec::new() }
    }

    /// Everything that is wrong with the row, in one text.
    pub fn reasons(&self) -> Said {
        let all = |language: Language| {
            let told: Vec<String> = self.troubles().map(|trouble| told(trouble, 1, language)).collect();
            told.join(language.pick("; ", "；"))
        };
        Said::new(all(Language::En), all(Language::ZhHans))
    }

    pub fn troubles(&self) -> impl Iterator<Item = &Trouble> {
        std::iter::once(&self.trouble).chain(&self.also)
    }
}

/// The reject file as CSV: the rows as they came, with their header, and the reason in one language.
pub fn reject_csv(
    kind: TemplateKind,
    header: &[String],
    rejects: &[Reject],
    language: Language,
) -> std::io::Result<Vec<u8>> {
    let (header, rows) = sheet(kind, header, rejects, language);
    csv(&header, rows)
}

/// The reject file as xlsx.
///
/// # Errors
/// More rows than a spreadsheet holds.
pub fn reject_xlsx(
    kind: TemplateKind,
    header: &[String],
    rejects: &[Reject],
    language: Language,
) -> Result<Vec<u8>, Said> {
    let (header, rows) = sheet(kind, header, rejects, language);
    xlsx(language.pick("rejected", "未导入"), &header, rows)
}

fn sheet<'a>(
    kind: TemplateKind,
    header: &[String],
    rejects: &'a [Reject],
    language: Language,
) -> (Vec<String>, impl Iterator<Item = Vec<String>> + 'a) {
    let has_own = kind.template().columns.iter().any(|column| column.key == "reason");
    let reason = if has_own { SECOND_REASON_HEADER } else { REASON_HEADER };
    // A reject file that is sent back corrected, and rejected again, has the column already.
    let kept: Vec<bool> = header.iter().map(|cell| cell.trim() != reason).collect();
    let widest = rejects.iter().map(|reject| reject.cells.len()).max().unwrap_or(0);
    let width = header.len().max(widest);
    let keep = move |cells: &[String]| -> Vec<String> {
        let places = (0..width).filter(|at| kept.get(*at).copied().unwrap_or(true));
        places.map(|at| cells.get(at).cloned().unwrap_or_default()).collect()
    };
    let mut full_header = keep(header);
    full_header.push(reason.to_owned());
    let rows = rejects.iter().map(move |reject| {
        let mut cells = keep(&reject.cells);
        let reasons: Vec<String> =
            reject.troubles().enumerate().map(|(at, trouble)| told(trouble, at, language)).collect();
        cells.push(reasons.join(language.pick("; ", "；")));
        cells
    });
    (full_header, rows)
}

/// The row is told once, and the file's name not at all: both stand beside.
fn told(trouble: &Trouble, at: usize, language: Language) -> String {
    let mut trouble = trouble.clone();
    trouble.file = None;
    if at > 0 {
        trouble.row = None;
    }
    trouble.text(language)
}
