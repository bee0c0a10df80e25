//! Values of spreadsheet cells as text, the same for every format.

use calamine::{ExcelDateTime, ExcelDateTimeType};

/// A number as a person would type it: no exponent and no `.0` up to 15 digits.
///
/// Longer ones have lost digits in the file already; they come as Excel shows them, so that a
/// spoilt id matches nothing.
pub(super) fn number(value: f64) -> String {
    if value.abs() >= 1e15 { format!("{value:.5E}") } else { format!("{value}") }
}

/// A serial day number with a date format: a date, a time, or both, to the nearest second.
pub(super) fn moment(value: f64, is_1904: bool) -> String {
    if !(0.0..2_958_466.0).contains(&value) {
        return number(value);
    }
    // Half a second is added so that 08:30:59.9999 is shown as Excel shows it.
    let rounded = (value * 86_400.0).round() / 86_400.0;
    let (y, mo, d, h, mi, s, ms) = ExcelDateTime::new(rounded, ExcelDateTimeType::DateTime, is_1904).to_ymd_hms_milli();
    let s = if ms >= 500 { s + 1 } else { s };
    let (mi, s) = if s == 60 { (mi + 1, 0) } else { (mi, s) };
    let (h, mi) = if mi == 60 { (h + 1, 0) } else { (h, mi) };
    if value < 1.0 {
        format!("{h:02}:{mi:02}:{s:02}")
    } else if h + mi + s == 0 {
        format!("{y:04}-{mo:02}-{d:02}")
    } else {
        format!("{y:04}-{mo:02}-{d:02} {h:02}:{mi:02}:{s:02}")
    }
}

/// A length of time such as `[h]:mm`, in days.
pub(super) fn length(days: f64) -> String {
    if !(0.0..10_000.0).contains(&days) {
        return number(days);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 864 million")]
    let seconds = (days * 86_400.0).round() as u64;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

pub(super) fn truth(value: bool) -> &'static str {
    if value { "TRUE" } else { "FALSE" }
}

/// What a number stands for, by its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Number,
    Moment,
    Length,
}

impl Meaning {
    /// By the number of a built-in format, those of Chinese Excel included.
    pub(super) fn of_builtin(format: u16) -> Meaning {
        match format {
            46 => Meaning::Length,
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => Meaning::Moment,
            _ => Meaning::Number,
        }
    }

    /// By a format such as `yyyy"年"m"月"d"日"`: letters of dates outside quotes and brackets.
    pub(super) fn of_format(format: &str) -> Meaning {
        let mut characters = format.chars();
        while let Some(c) = characters.next() {
            match c {
                '"' => {
                    characters.by_ref().find(|c| *c == '"');
                }
                '\\' | '_' | '*' => {
                    characters.next();
                }
                '[' => {
                    let inner: String = characters.by_ref().take_while(|c| *c != ']').collect();
                    if !inner.is_empty() && inner.chars().all(|c| matches!(c, 'h' | 'H' | 'm' | 'M' | 's' | 'S')) {
                        return Meaning::Length;
                    }
                }
                ';' => return Meaning::Number,
                'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => return Meaning::Moment,
                _ => {}
            }
        }
        Meaning::Number
    }

    pub(super) fn text(self, value: f64, is_1904: bool) -> String {
        match self {
            Meaning::Number => number(value),
            Meaning::Moment => moment(value, is_1904),
            Meaning::Length => length(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        for (format, meaning) in [
            ("General", Meaning::Number),
            ("0.00_);[Red]\\(0.00\\)", Meaning::Number),
            ("#,##0\"days\"", Meaning::Number),
            ("yyyy\"年\"m\"月\"d\"日\"", Meaning::Moment),
            ("[$-804]yyyy/m/d h:mm", Meaning::Moment),
            ("[h]:mm:ss", Meaning::Length),
            ("@", Meaning::Number),
        ] {
            assert_eq!(Meaning::of_format(format), meaning, "{format}");
        }
    }

    #[test]
    fn numbers_dates_and_times() {
        assert_eq!(number(13_800_138_000.0), "13800138000");
        assert_eq!(number(520_602_101_205.0), "520602101205");
        assert_eq!(number(0.5), "0.5");
        assert_eq!(number(520_602_198_001_011_200.0), "5.20602E17");
        assert_eq!(moment(46_083.0, false), "2026-03-02");
        assert_eq!(moment(46_083.0 + 8.0 / 24.0 + 31.0 / 1440.0 + 5.0 / 86_400.0, false), "2026-03-02 08:31:05");
        assert_eq!(moment(46_083.354_166_666_664, false), "2026-03-02 08:30:00");
        assert_eq!(moment(0.354_166_666_666_666_7, false), "08:30:00");
        assert_eq!(moment(44_621.0, true), "2026-03-02");
        assert_eq!(moment(46_083.999_999_9, false), "2026-03-03");
        assert_eq!(length(1.125), "27:00:00");
        assert_eq!(moment(f64::NAN, false), "NaN");
    }
}
