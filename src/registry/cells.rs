//! Cells that several kinds of rosters share.

use super::latin;
use super::phone::parse_phone;
use crate::model::register::{Name, Posting};
use crate::model::script::is_invisible;
use crate::model::{Phone, Said, Trouble};
use crate::said;
use crate::table::fields::quote;
use crate::table::{Fields, when};
use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

/// An id as a person typed it: full-width forms stay what they are only where they must (NFC).
pub(super) fn id<T>(fields: Fields<'_>, key: &str, parse: impl FnOnce(&str) -> Result<T, Said>) -> Result<T, Trouble> {
    fields.read_required(key, |text| parse(&text.nfc().collect::<String>()))
}

/// Longest name, unit or reason, in characters.
const LONGEST_TEXT: usize = 120;

/// A short text; blank where the cell is.
pub(super) fn text(fields: Fields<'_>, key: &str) -> Result<String, Trouble> {
    Ok(fields.read(key, short)?.unwrap_or_default())
}

pub(super) fn short(text: &str) -> Result<String, Said> {
    // Marks that nobody sees come along when people copy, and turn the words of a letter around.
    let text: String = text.nfc().filter(|c| !is_invisible(*c)).collect();
    if text.chars().count() > LONGEST_TEXT {
        return Err(said!(
            "the text is longer than {LONGEST_TEXT} characters: shorten it",
            "文字超过{LONGEST_TEXT}个字：请缩短"
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(said!("the text holds control characters: type it again", "文字含有控制符：请重新输入"));
    }
    Ok(text)
}

/// The name in columns `name` and `name_latin`; a missing romanisation is made by `romanise`.
pub(super) fn name(fields: Fields<'_>, romanise: fn(&str) -> String) -> Result<Name, Trouble> {
    let own = fields.read_required("name", short)?;
    let latin = text(fields, "name_latin")?;
    Ok(with_latin(own, latin, romanise))
}

pub(super) fn with_latin(own: String, latin: String, romanise: fn(&str) -> String) -> Name {
    if !latin::has_han(&own) && latin.is_empty() {
        return Name::new(own, "");
    }
    let latin = if latin.is_empty() { romanise(&own) } else { latin };
    Name::new(own, latin)
}

pub(super) fn date(text: &str) -> Result<NaiveDate, Said> {
    when::date(text).ok_or_else(|| {
        let text = quote(text);
        said!("“{text}” is not a date: write 2026-03-02", "“{text}”不是日期：请写成2026-03-02")
    })
}

/// Columns `from` and `to`.
pub(super) fn posting(fields: Fields<'_>) -> Result<Posting, Trouble> {
    let span = Posting { from: fields.read("from", date)?, to: fields.read("to", date)? };
    match span {
        Posting { from: Some(from), to: Some(to) } if to < from => {
            Err(fields.trouble("to", said!("the end {to} lies before the start {from}", "止{to}早于起{from}")))
        }
        _ => Ok(span),
    }
}

pub(super) fn phone(fields: Fields<'_>) -> Result<Option<Phone>, Trouble> {
    let none = |text: &str| matches!(text, "无" | "没有" | "none");
    Ok(fields.read("phone", |text| if none(text) { Ok(None) } else { parse_phone(text).map(Some) })?.flatten())
}

/// A code of a region: digits of the national list, or another programme's own letters and digits.
/// Twelve digits that end in zeros are shortened to the township's nine.
pub(super) fn region_code(text: &str) -> Result<String, Said> {
    let code: String = text.nfkc().collect();
    let code = match code.strip_suffix("000") {
        Some(nine) if code.len() == 12 => nine.to_owned(),
        _ => code,
    };
    if (1..=12).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric()) {
        Ok(code)
    } else {
        Err(said!(
            "this is not the code of a region: 2, 4, 6 or 9 digits such as 520602101",
            "这不是地区代码：应为2、4、6或9位数字，如520602101"
        ))
    }
}

pub(super) fn count(text: &str) -> Result<u32, Said> {
    text.nfkc()
        .collect::<String>()
        .parse()
        .ok()
        .filter(|count| *count <= 1_000)
        .ok_or_else(|| said!("expected a whole number from 0 to 1000", "应为0到1000之间的整数"))
}
