//! A text for a person, in both languages at once.

use super::Language;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A message in English and Simplified Chinese. Having both is a matter of type, not of discipline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub en: String,
    pub zh: String,
}

impl Said {
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Said {
        Said { en: en.into(), zh: zh.into() }
    }

    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::ZhHans => &self.zh,
        }
    }
}

/// Builds a [`Said`] from two format strings over the same variables.
#[macro_export]
macro_rules! said {
    ($en:literal, $zh:literal $(, $($args:tt)*)?) => {
        $crate::model::Said::new(format!($en $(, $($args)*)?), format!($zh $(, $($args)*)?))
    };
}

/// What is wrong with something that a person gave us: where it stands, and what to do about it.
///
/// The text says what was expected and what to do next. It never repeats a phone number or a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// File name as the person knows it.
    pub file: Option<String>,
    /// Row number as a spreadsheet shows it: the first row is 1, and that is the header's.
    pub row: Option<u64>,
    /// Column or configuration key.
    pub field: Option<String>,
    pub said: Said,
}

impl Trouble {
    pub fn new(said: Said) -> Trouble {
        Trouble { file: None, row: None, field: None, said }
    }

    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Trouble {
        self.file = Some(file.into());
        self
    }

    #[must_use]
    pub fn at_row(mut self, row: u64) -> Trouble {
        self.row = Some(row);
        self
    }

    /// The row of a text file whose record starts at a byte, or after the line ends that stand there.
    #[must_use]
    pub fn at_byte(self, text: &str, byte: u64) -> Trouble {
        let bytes = text.as_bytes();
        let start = usize::try_from(byte).unwrap_or(usize::MAX).min(bytes.len());
        let (before, rest) = bytes.split_at(start);
        let ends = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n'));
        let row = 1 + before.iter().chain(ends).filter(|b| **b == b'\n').count();
        self.at_row(row as u64)
    }

    #[must_use]
    pub fn in_field(mut self, field: impl Into<String>) -> Trouble {
        self.field = Some(field.into());
        self
    }

    /// The whole message for one person, e.g. `teams.csv, row 7, column village: …`.
    pub fn text(&self, language: Language) -> String {
        let mut place = Vec::new();
        if let Some(file) = &self.file {
            place.push(file.clone());
        }
        if let Some(row) = self.row {
            place.push(match language {
                Language::En => format!("row {row}"),
                Language::ZhHans => format!("第{row}行"),
            });
        }
        if let Some(field) = &self.field {
            place.push(match language {
                // An option of the command line is called by its name.
                _ if field.starts_with("--") => field.clone(),
                Language::En => format!("field {field}"),
                Language::ZhHans => format!("“{field}”栏"),
            });
        }
        let what = self.said.in_language(language);
        match (place.is_empty(), language) {
            (true, _) => what.to_owned(),
            (false, Language::En) => format!("{}: {what}", place.join(", ")),
            (false, Language::ZhHans) => format!("{}：{what}", place.join(" ")),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::En))
    }
}

impl std::error::Error for Trouble {}
