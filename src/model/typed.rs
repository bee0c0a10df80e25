//! What a person types on the command line beside a name: a reason on one line, or a text of several.

use super::Said;
use super::script::is_invisible;
use crate::said;

/// Longest reason, in characters.
pub const LONGEST_REASON: usize = 500;
/// Longest text.
pub const LONGEST_TEXT: usize = 2000;
/// Longest description of who wrote or said something.
pub const LONGEST_WHO: usize = 120;

/// One line: line ends become a blank, and blanks one. May be empty.
///
/// # Errors
/// Too long, or other control characters.
pub fn line(text: &str, most: usize) -> Result<String, Said> {
    let seen = seen(text)?;
    let line =
        seen.split([' ', '\u{a0}', '\u{3000}', '\n', '\t']).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    fits(line, most)
}

/// Several lines, as they were written. May be empty.
///
/// # Errors
/// Too long, or control characters that are no line end.
pub fn text(text: &str) -> Result<String, Said> {
    fits(seen(text)?.trim().to_owned(), LONGEST_TEXT)
}

/// The lines of a text, whatever ends them.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split(ends_line))
}

fn ends_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What stays of a text to be looked at: every line end is `\n`.
fn seen(text: &str) -> Result<String, Said> {
    let text = text.replace("\r\n", "\n").replace(['\u{2028}', '\u{2029}', '\u{85}'], "\n");
    if let Some(control) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        let code = u32::from(control);
        return Err(said!(
            "there is a control character in it (U+{code:04X}): type it again",
            "内容含有控制字符（U+{code:04X}）：请重新输入"
        ));
    }
    Ok(text.chars().filter(|c| !is_invisible(*c)).collect())
}

fn fits(text: String, most: usize) -> Result<String, Said> {
    let is = text.chars().count();
    if is <= most {
        return Ok(text);
    }
    Err(said!("it has {is} characters, at most {most} fit: shorten it", "共{is}个字，最多{most}个字：请缩短"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line_and_a_text_keeps_its_lines() {
        assert_eq!(line(" 无人\r\n在岗\u{2028}2026-03-02  张\u{200b}三\t", 500).unwrap(), "无人 在岗 2026-03-02 张三");
        assert_eq!(text("one\r\ntwo\n\n three\u{202e} \n").unwrap(), "one\ntwo\n\n three");
        assert_eq!(lines("a\r\nb\rc\u{85}d\u{2029}e").collect::<Vec<_>>(), ["a", "b", "c", "d", "e"]);
        for refused in ["a\u{7}b", "\u{1b}[2J", "a\rb", "a\0b", "a\u{9b}b"] {
            assert!(line(refused, 500).is_err() && text(refused).is_err(), "{refused:?}");
        }
        let long = "很".repeat(LONGEST_TEXT);
        assert!(
            text(&long).is_ok() && line(&long, LONGEST_REASON).unwrap_err().en.contains("2000 characters, at most 500")
        );
        assert!(text(&format!("{long}长")).is_err());
    }
}
