//! Telephone numbers as people type them → [`Phone`].

use crate::model::{Phone, Said};
use crate::said;
use phonenumber::{Mode, Type, country};
use unicode_normalization::UnicodeNormalization;

/// Words that an extension follows, longest first.
const EXTENSION_WORDS: [&str; 8] = ["extension", "分机号", "分机", "ext.", "ext", "转", "#", "x"];

/// Reads a number of mainland China, or one with its country code; `转801`, `分机801`, `ext 801` and
/// `-801` at the end are its extension. 3 to 6 digits are a short number and stay as they are.
///
/// # Errors
/// The number cannot exist. The text does not repeat it.
pub fn parse_phone(text: &str) -> Result<Phone, Said> {
    let text: String = text.nfkc().collect::<String>().to_lowercase();
    let text = text.replace(['–', '—', '−', '‐'], "-");
    let text = text.trim().trim_start_matches("tel").trim_start_matches([':', ' ']);
    let (number, extension) = split_extension(text)?;
    if let Some(phone) = short(number, extension.as_deref()).or_else(|| full(number, extension.as_deref())) {
        return Ok(phone);
    }
    // `0851-85612345-801`: only where the whole is no number, since 010-5550-0101 is one.
    if extension.is_none()
        && let Some((number, digits)) = number.rsplit_once('-')
        && (1..=6).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && let Some(phone) = full(number, Some(digits))
    {
        return Ok(phone);
    }
    Err(wrong(number))
}

fn split_extension(text: &str) -> Result<(&str, Option<String>), Said> {
    let Some((number, rest)) = EXTENSION_WORDS.iter().find_map(|word| text.split_once(word)) else {
        return Ok((text, None));
    };
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let clean = rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | ':' | '-' | '.'));
    if clean && (1..=6).contains(&digits.len()) {
        Ok((number.trim_end_matches([' ', '-', ',', '(']), Some(digits)))
    } else {
        Err(said!("the extension is not 1 to 6 digits: write it like 转801", "分机号应为1到6位数字：请写成“转801”"))
    }
}

fn short(number: &str, extension: Option<&str>) -> Option<Phone> {
    let digits: String = number.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let fits = (3..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    (fits && extension.is_none()).then(|| Phone { dial: digits.clone(), extension: None, shown: digits })
}

fn full(number: &str, extension: Option<&str>) -> Option<Phone> {
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.' | '*');
    if !number.chars().all(plain) || number.contains('*') || number.len() > 32 {
        return None;
    }
    let parsed = phonenumber::parse(Some(country::Id::CN), number).ok().filter(phonenumber::is_valid)?;
    // Eight digits are a number without its area code, though 856 12345 happens to exist. A landline
    // that lost its 0 to a spreadsheet has nine or more and can mean nothing else.
    let digits = number.chars().filter(char::is_ascii_digit).count();
    if digits < 9 && !number.trim_start().starts_with(['0', '+', '(']) {
        return None;
    }
    let shown = if parsed.code().value() == 86 {
        let national = parsed.format().mode(Mode::National).to_string();
        match parsed.number_type(&phonenumber::metadata::DATABASE) {
            Type::Mobile | Type::FixedLineOrMobile => national,
            _ => national.replace(' ', "-"),
        }
    } else {
        parsed.format().mode(Mode::International).to_string()
    };
    let shown = match extension {
        Some(digits) => format!("{shown} ext {digits}"),
        None => shown,
    };
    Some(Phone { dial: parsed.format().mode(Mode::E164).to_string(), extension: extension.map(str::to_owned), shown })
}

fn wrong(number: &str) -> Said {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    if (7..=8).contains(&digits) {
        return said!(
            "the area code is missing: write the number like 010-5550-0101",
            "缺少区号：请写成010-5550-0101的形式"
        );
    }
    said!(
        "this is not a telephone number ({digits} digits): write one number only, like 138 0013 8000 or 010-5550-0101",
        "这不是有效的电话号码（共{digits}位数字）：只写一个号码，如138 0013 8000或010-5550-0101"
    )
}
