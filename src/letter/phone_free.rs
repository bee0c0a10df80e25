//! Free text without telephone numbers: what people write into a remark or a reason goes out to others.

use regex::Regex;
use std::sync::LazyLock;

/// Mobile numbers, numbers with an area code or country code, and anything longer that could be one or an
/// identity number. Dates and times are none.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?:\+|00)\s?[0-9][0-9\-\ ()]{6,}[0-9]
        | \(?0[0-9]{2,3}\)?[-\ ]?[0-9]{3,4}[-\ ]?[0-9]{4}
        | 1[3-9][0-9](?:[-\ ]?[0-9]){8,}
        | [0-9]{11,}
        | (?-u:\b)[2-8][0-9]{3}[-\ ]?[0-9]{4}(?-u:\b)",
    )
    .ok()
});

/// What stands in the place of a number.
const HIDDEN: &str = "****";

/// A text with every telephone number taken out.
pub fn phone_free(text: &str) -> String {
    let plain: String = text.chars().map(ascii_digit).collect();
    match NUMBER.as_ref() {
        Some(number) => number.replace_all(&plain, hidden).into_owned(),
        None => HIDDEN.to_owned(),
    }
}

/// Eight digits may be a day or two years; a number of a village office is shorter than any other and looks like one.
fn hidden(found: &regex::Captures<'_>) -> String {
    let whole = found.get(0).map_or("", |m| m.as_str());
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    let year = |half: Option<&str>| half.is_some_and(|half| half.starts_with("19") || half.starts_with("20"));
    let is_day = chrono::NaiveDate::parse_from_str(&digits, "%Y%m%d").is_ok();
    if digits.len() == 8 && year(digits.get(..4)) && (is_day || year(digits.get(4..))) {
        whole.to_owned()
    } else {
        HIDDEN.to_owned()
    }
}

/// `１３８` is `138`; the rest stays as it is.
fn ascii_digit(c: char) -> char {
    match u32::from(c) {
        code @ 0xFF10..=0xFF19 => char::from_u32(code - 0xFF10 + u32::from(b'0')).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_and_days_stay() {
        for (text, expected) in [
            ("问13800138000，未接", "问****，未接"),
            ("问１３８００１３８０００", "问****"),
            ("138 0013 8000 or 138-0013-8000", "**** or ****"),
            ("+86 138 0013 8000", "****"),
            ("0855-1234567、(010) 5550 0101", "****、****"),
            ("身份证520123198001011234", "身份证****"),
            ("打55500101", "打****"),
            ("2026-03-02 08:31 起", "2026-03-02 08:31 起"),
            ("20260302", "20260302"),
            ("2025-2026年度", "2025-2026年度"),
            ("2026年3月2日，共120户、3500元", "2026年3月2日，共120户、3500元"),
        ] {
            assert_eq!(phone_free(text), expected, "{text}");
        }
    }
}
