//! The two languages that everything exists in.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    #[serde(rename = "en")]
    En,
    #[serde(rename = "zh-Hans", alias = "zh")]
    ZhHans,
}

impl Language {
    pub const ALL: [Language; 2] = [Language::En, Language::ZhHans];

    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::ZhHans => "zh-Hans",
        }
    }

    /// Picks one of two texts.
    pub fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Language::En => en,
            Language::ZhHans => zh,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Language {
    type Err = ();

    fn from_str(text: &str) -> Result<Language, ()> {
        match text {
            "en" => Ok(Language::En),
            "zh" | "zh-Hans" | "zh-CN" => Ok(Language::ZhHans),
            _ => Err(()),
        }
    }
}
