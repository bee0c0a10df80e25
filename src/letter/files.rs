//! What goes back to whoever mailed files of attendance and leave: counts, and what to do about the rest.

use super::kind::subject;
use super::lines::shown;
use super::page::{Page, Section, Table, plain, render};
use super::{Languages, Letter, LetterKind};
use crate::model::{Said, Timestamp};
use crate::words::letters::files;
use chrono_tz::Tz;

#[derive(Debug, Clone)]
pub struct FilesInput {
    pub at: Timestamp,
    pub zone: Tz,
    pub files: Vec<FileTold>,
}

/// One file that was mailed.
#[derive(Debug, Clone, Default)]
pub struct FileTold {
    pub name: String,
    pub imported: bool,
    /// Counts, warnings, what to do.
    pub said: Vec<Said>,
    /// Row and reason of the first rejected rows.
    pub rejected: Vec<(u64, Said)>,
    /// How many were rejected in all.
    pub all_rejected: u64,
}

/// In both languages: nobody knows who reads the mailbox of a personnel office.
pub fn files(input: &FilesInput) -> Letter {
    let date = input.at.day(input.zone);
    let taken = input.files.iter().filter(|file| file.imported).count();
    let refused = input.files.len() - taken;
    let tag = files::tag();
    let subject = subject(&format!("[{} {}] {}: {taken} ok, {refused} -", tag.en, tag.zh, date.format("%m-%d")));
    let page = Page {
        lead: vec![files::summary(taken, refused)],
        sections: input.files.iter().map(section).collect(),
        foot: if refused > 0 { vec![files::how_to_send()] } else { Vec::new() },
    };
    let (text, html) = render(&page, &subject, Languages::Both);
    Letter { subject, text, html, kind: LetterKind::Receipt }
}

fn section(file: &FileTold) -> Section {
    let mut paragraphs = file.said.clone();
    if !file.imported {
        paragraphs.insert(0, files::not_imported());
    }
    let table = (!file.rejected.is_empty()).then(|| Table {
        caption: files::rejected_caption(file.rejected.len(), file.all_rejected),
        columns: vec![files::column_row(), files::column_reason()],
        rows: file.rejected.iter().map(|(row, why)| vec![plain(&row.to_string()), why.clone()]).collect(),
    });
    Section { heading: plain(&shown(&file.name)), paragraphs, table }
}
