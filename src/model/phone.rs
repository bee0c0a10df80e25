//! A telephone number: as typed, as dialled, as shown and as masked. Parsing lives in `registry/`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// `Debug` and `Display` mask: a number reaches a log or an error text only by mistake, and then masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Phone {
    /// E.164 (`+8613800138000`), or the digits as they are for short numbers such as 12345.
    pub dial: String,
    /// Extension, digits only.
    pub extension: Option<String>,
    /// For letters: `138 0013 8000`, `010-5550-0101`, with the extension as ` ext 12`.
    pub shown: String,
}

impl Phone {
    /// Whether it rings in a room and not in a pocket: mobiles of the mainland begin with 1, and have no extension.
    pub fn is_landline(&self) -> bool {
        self.extension.is_some() || self.dial.strip_prefix("+86").is_some_and(|number| !number.starts_with('1'))
    }

    /// `138****8000`; short numbers show their last two digits at most.
    pub fn masked(&self) -> String {
        let digits: Vec<char> =
            self.dial.strip_prefix("+86").unwrap_or(&self.dial).chars().filter(char::is_ascii_digit).collect();
        match digits.len() {
            0..=6 => "****".to_owned(),
            n => {
                let head: String = digits[..3].iter().collect();
                let tail: String = digits[n - 4..].iter().collect();
                if n < 9 { format!("****{}", &tail[2..]) } else { format!("{head}****{tail}") }
            }
        }
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}
