//! The mail that carries a closed report: what stands at its top; the rest is attached.

use super::columns::wrap;
use super::kind::subject;
use super::{Letter, LetterKind};
use crate::model::{Days, Language, Said};
use crate::words::letters::office;

#[derive(Debug, Clone)]
pub struct ReportInput<'a> {
    pub days: Days,
    /// Title, and what a reader must know if he reads no further.
    pub lines: Vec<&'a Said>,
    pub language: Language,
}

/// Text alone; page and workbook travel as attachments.
pub fn report(input: &ReportInput<'_>) -> Letter {
    let tag = office::report_tag();
    let subject = subject(&format!("[{} {}] {}", tag.en, tag.zh, input.days));
    let attached = office::report_attached();
    let lines = input.lines.iter().copied().chain([&attached]);
    let text: Vec<String> = lines.flat_map(|said| wrap(said.in_language(input.language), 0, 0)).collect();
    Letter { subject, text: text.join("\n") + "\n", html: None, kind: LetterKind::Report }
}
