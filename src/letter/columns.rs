//! The width of text on a terminal or in a plain mail: Chinese characters take two columns.

use crate::model::script::is_invisible;

/// Lines stay under 78 columns (REPLIES 1).
pub const WIDTH: usize = 77;

/// Longest subject that a phone shows whole.
pub const SUBJECT_WIDTH: usize = 60;

/// Stands for a space at which a line must not be broken.
pub const GLUE: char = '\u{00A0}';

fn char_columns(c: char) -> usize {
    if c.is_ascii() {
        return 1;
    }
    // Quotes and dashes are narrow in Latin fonts and wide in Chinese ones: counted as wide.
    let wide = matches!(u32::from(c),
        0x1100..=0x115F | 0x2010..=0x2027 | 0x2E80..=0x303E | 0x3041..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F300..=0x1FAFF | 0x20000..=0x3FFFD);
    if wide { 2 } else { 1 }
}

pub fn columns(text: &str) -> usize {
    text.chars().map(char_columns).sum()
}

/// One line without surprises: controls, line separators and exotic spaces become a space, runs of
/// spaces one, invisible characters and changes of direction nothing.
pub fn flat(text: &str) -> String {
    let visible = text.chars().filter(|c| !is_invisible(*c));
    let spaced: String = visible.map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c }).collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// At most `limit` columns; what is cut off ends in `…`.
pub fn cut(text: &str, limit: usize) -> String {
    if columns(text) <= limit {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut used = columns("…");
    for c in text.chars() {
        used += char_columns(c);
        if used > limit {
            break;
        }
        short.push(c);
    }
    short.push('…');
    short
}

/// Breaks a line at spaces and after Chinese punctuation, a word that is too long anywhere.
/// The first piece is indented by `indent`, the others by `rest` columns.
pub fn wrap(text: &str, indent: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = " ".repeat(indent);
    let mut used = indent;
    let mut fresh = true;
    for (spaced, word) in words(text) {
        let gap = usize::from(spaced && !fresh);
        if !fresh && used + gap + columns(word) > WIDTH {
            lines.push(std::mem::replace(&mut line, " ".repeat(rest)));
            used = rest;
            fresh = true;
        } else if gap == 1 {
            line.push(' ');
            used += 1;
        }
        for c in word.chars() {
            if used + char_columns(c) > WIDTH {
                lines.push(std::mem::replace(&mut line, " ".repeat(rest)));
                used = rest;
            }
            line.push(if c == GLUE { ' ' } else { c });
            used += char_columns(c);
            fresh = false;
        }
    }
    if !fresh {
        lines.push(line);
    }
    lines
}

/// Words with whether a space stood before them.
fn words(text: &str) -> Vec<(bool, &str)> {
    let mut found = Vec::new();
    for part in text.split(' ').filter(|part| !part.is_empty()) {
        let mut spaced = true;
        for piece in part.split_inclusive(['，', '、', '。', '；', '：']) {
            found.push((spaced, piece));
            spaced = false;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn chinese_takes_two_columns() {
        for (text, expected) in [("V1", 2), ("王建国", 6), ("（X）", 5), ("“a”", 5), ("", 0)] {
            assert_eq!(columns(text), expected, "{text}");
        }
    }

    #[test]
    fn glued_words_stay_together() {
        let text = format!("{} 138{GLUE}0013{GLUE}8000{GLUE}=>", "x".repeat(62));
        assert_eq!(wrap(&text, 0, 6), ["x".repeat(62), "      138 0013 8000 =>".to_owned()]);
    }

    #[test]
    fn a_cut_says_so() {
        assert_eq!(cut("督查安排", 8), "督查安排");
        assert_eq!(cut("督查安排", 7), "督查…");
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_nothing_is_lost(text in "[ a-z，。王建国]{0,300}", indent in 0usize..9) {
            let lines = wrap(&flat(&text), indent, 6);
            for line in &lines {
                prop_assert!(columns(line) <= WIDTH, "{}", line);
            }
            let squeeze = |t: &str| t.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(squeeze(&lines.concat()), squeeze(&text));
        }

        #[test]
        fn flat_text_is_one_line(text in any::<String>()) {
            let flat = flat(&text);
            prop_assert!(!flat.chars().any(|c| c.is_control() || (c.is_whitespace() && c != ' ')));
        }
    }
}
