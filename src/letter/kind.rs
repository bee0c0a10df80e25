//! What a letter is, and in which languages.

use super::HeaderText;
use super::columns::{SUBJECT_WIDTH, cut, flat};
use crate::model::{Language, Said};
use std::fmt;

/// A finished letter without its envelope.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// At most 60 columns; no place, person or number.
    pub subject: HeaderText,
    /// Lines of at most 77 columns, each ended by LF.
    pub text: String,
    /// Only in letters that are not answered.
    pub html: Option<String>,
    pub kind: LetterKind,
}

/// The body holds telephone numbers and the reply key, so only its size is shown.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("kind", &self.kind)
            .field("subject", &self.subject)
            .field("text_bytes", &self.text.len())
            .field("html_bytes", &self.html.as_ref().map(String::len))
            .finish()
    }
}

/// In the order in which letters are sent: assignments first, digests and reports last (REPLIES 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LetterKind {
    Assignment,
    Alert,
    Void,
    Change,
    Receipt,
    Help,
    Reminder,
    Explain,
    Decision,
    Sheet,
    Digest,
    /// A closed report of a period.
    Report,
}

impl LetterKind {
    pub const ALL: [LetterKind; 12] = [
        LetterKind::Assignment,
        LetterKind::Alert,
        LetterKind::Void,
        LetterKind::Change,
        LetterKind::Receipt,
        LetterKind::Help,
        LetterKind::Reminder,
        LetterKind::Explain,
        LetterKind::Decision,
        LetterKind::Sheet,
        LetterKind::Digest,
        LetterKind::Report,
    ];

    pub fn code(self) -> &'static str {
        match self {
            LetterKind::Assignment => "assignment",
            LetterKind::Alert => "alert",
            LetterKind::Void => "void",
            LetterKind::Change => "change",
            LetterKind::Receipt => "receipt",
            LetterKind::Help => "help",
            LetterKind::Reminder => "reminder",
            LetterKind::Explain => "explain",
            LetterKind::Decision => "decision",
            LetterKind::Sheet => "sheet",
            LetterKind::Digest => "digest",
            LetterKind::Report => "report",
        }
    }

    pub fn from_code(text: &str) -> Option<LetterKind> {
        LetterKind::ALL.into_iter().find(|k| k.code() == text)
    }
}

/// Both languages, English first, or one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Languages {
    Both,
    One(Language),
}

impl Languages {
    pub fn list(self) -> Vec<Language> {
        match self {
            Languages::Both => Language::ALL.to_vec(),
            Languages::One(language) => vec![language],
        }
    }

    /// On one line: `Time / 时间`, or one of them; once where both are the same.
    pub fn inline(self, said: &Said) -> String {
        match self {
            Languages::Both if said.en == said.zh => flat(&said.en),
            Languages::Both => format!("{} / {}", flat(&said.en), flat(&said.zh)),
            Languages::One(language) => flat(said.in_language(language)),
        }
    }

    /// One text for each language.
    pub fn each(self, said: &Said) -> Vec<String> {
        self.list().into_iter().map(|language| flat(said.in_language(language))).collect()
    }

    /// `both` where there are two, otherwise the one that is wanted.
    pub fn choose<'a>(self, both: &'a str, said: &'a Said) -> &'a str {
        match self {
            Languages::Both => both,
            Languages::One(language) => said.in_language(language),
        }
    }
}

/// Flat and within 60 columns, whatever the counts.
pub fn subject(text: &str) -> HeaderText {
    HeaderText::of(&cut(&flat(text), SUBJECT_WIDTH))
}
