//! Names of things. Two families: names that we configure (`[A-Za-z0-9._-]+`) and ids that come
//! from an office's own lists (any script, the rules of the draw).

use super::Said;
use super::script::is_invisible;
use crate::said;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;

/// Longest id from a list, in UTF-8 bytes (DRAW 2).
pub const LONGEST_ID: usize = 40;

fn check_name(text: &str) -> Result<(), Said> {
    let fits =
        !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if fits {
        Ok(())
    } else {
        Err(said!(
            "“{text}” is not a name: use letters, digits, dot, underscore and hyphen",
            "“{text}”不能作编号：只能用字母、数字、点、下划线和连字符"
        ))
    }
}

/// The rules of DRAW 2 for an id that stands in a frame.
fn check_list_id(text: &str) -> Result<(), Said> {
    if text.is_empty() {
        return Err(said!("the id is empty: every row needs one", "编号为空：每一行都要有编号"));
    }
    if text.len() > LONGEST_ID {
        return Err(said!(
            "the id “{text}” is longer than {LONGEST_ID} bytes: shorten it",
            "编号“{text}”超过{LONGEST_ID}字节：请缩短"
        ));
    }
    if text.trim() != text {
        return Err(said!("the id “{text}” begins or ends with a space: remove it", "编号“{text}”前后有空格：请删去"));
    }
    let forbidden = match text.is_ascii() {
        true => text.bytes().any(|byte| byte.is_ascii_control()),
        false => text.chars().any(forbidden_in_id),
    };
    if forbidden {
        return Err(said!(
            "the id holds a control, separator or zero-width character: type it again",
            "编号含有控制符、分隔符或零宽字符：请重新输入"
        ));
    }
    if !text.is_ascii() && text.nfc().ne(text.chars()) {
        return Err(said!(
            "the id “{text}” is not in Unicode form NFC: type it again",
            "编号“{text}”不是Unicode NFC形式：请重新输入"
        ));
    }
    Ok(())
}

fn forbidden_in_id(c: char) -> bool {
    c.is_control() || (c.is_whitespace() && c != ' ') || is_invisible(c)
}

macro_rules! text_ids {
    ($($(#[$doc:meta])* $name:ident by $check:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn parse(text: &str) -> Result<Self, Said> {
                $check(text)?;
                Ok(Self(text.to_owned()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = Said;
            fn from_str(text: &str) -> Result<Self, Said> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Said;
            fn try_from(text: String) -> Result<Self, Said> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    )*};
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

text_ids! {
    /// An office of the installation.
    OfficeId by check_name;
    /// A programme: what is checked, where, how often.
    ProgrammeId by check_name;
    /// A slot of the day: `am`, `pm`.
    SlotName by check_name;
    /// A source of attendance or leave data.
    SourceId by check_name;
    /// A place: what a programme draws, a village or a team.
    PlaceId by check_list_id;
    VillageId by check_list_id;
    TeamId by check_list_id;
    OfficialId by check_list_id;
    ContactId by check_list_id;
    InspectorId by check_list_id;
    /// The public part of an assignment: 5 or 6 characters of Crockford base32, upper case.
    AssignmentId by check_assignment;
    /// A line of an assignment: `V1`, `C3`.
    LineCode by check_line_code;
}

fn check_assignment(text: &str) -> Result<(), Said> {
    let fits = (5..=6).contains(&text.len())
        && text.bytes().all(|b| super::key::CROCKFORD.contains(&b.to_ascii_lowercase()) && !b.is_ascii_lowercase());
    if fits {
        Ok(())
    } else {
        Err(said!(
            "“{text}” is not the id of an assignment: 5 or 6 letters and digits such as K7Q2M",
            "“{text}”不是任务编号：应为5或6位字母数字，如K7Q2M"
        ))
    }
}

fn check_line_code(text: &str) -> Result<(), Said> {
    let digits = text.strip_prefix(['V', 'C']).unwrap_or("");
    if !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
    {
        Ok(())
    } else {
        Err(said!("“{text}” is not a line: V1 or C3", "“{text}”不是任务行：应如V1或C3"))
    }
}

impl From<VillageId> for PlaceId {
    fn from(id: VillageId) -> PlaceId {
        PlaceId(id.0)
    }
}

impl From<TeamId> for PlaceId {
    fn from(id: TeamId) -> PlaceId {
        PlaceId(id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_could_be_confused_are_refused() {
        for bad in ["", " V1", "V1 ", "V\u{200b}1", "V\n1", "e\u{301}", &"x".repeat(41)] {
            assert!(PlaceId::parse(bad).is_err(), "{bad:?}");
        }
        for good in ["V0001", "滨河村工作队", "520602101 A", "é"] {
            assert!(PlaceId::parse(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn assignment_ids_are_upper_case_crockford() {
        assert!(AssignmentId::parse("K7Q2M").is_ok());
        for bad in ["k7q2m", "K7Q2", "K7Q2MXX", "K7I2M", "K7O2M"] {
            assert!(AssignmentId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn line_codes() {
        assert!(LineCode::parse("V1").is_ok() && LineCode::parse("C12").is_ok());
        for bad in ["V", "V0", "X1", "V1.1", "v1"] {
            assert!(LineCode::parse(bad).is_err(), "{bad}");
        }
    }
}
