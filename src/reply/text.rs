//! The text of a mail as lines (REPLIES 4): which part, which charset, and the form it is compared in.

use super::mail::Mail;
use super::mime::Part;
use super::{charset, flowed, html, tnef};
use crate::model::script;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Bytes. What is taken apart costs a hundred times as much memory for a while.
const LONGEST_LINE: usize = 100_000;
/// Lines with something in them. Far beyond a thread of a hundred quoted replies; as many as a mail can
/// hold would keep the daemon busy for many seconds.
const MOST_LINES: usize = 20_000;

/// What there is to read in a mail.
#[derive(Debug, Clone)]
pub enum Text {
    Found(String),
    /// Only attachments, or nothing at all.
    None,
    /// More than 1 % of the text could not be decoded.
    Unreadable,
    /// Longer than anybody writes.
    Endless,
}

/// text/plain unless it is empty, then HTML, then the body within a winmail.dat; the parts of one kind one
/// after the other.
pub fn text_of<'m>(mail: &'m Mail<'_>) -> &'m Text {
    mail.text.get_or_init(|| chosen(mail))
}

fn chosen(mail: &Mail<'_>) -> Text {
    let plain = joined(mail, "text/plain", |part, text| {
        let flows = part.content.parameter("format").is_some_and(|f| f.eq_ignore_ascii_case("flowed"));
        let delete = part.content.parameter("delsp").is_some_and(|d| d.eq_ignore_ascii_case("yes"));
        if flows { flowed::unflow(&text, delete) } else { text }
    });
    let says = |decoded: &charset::Decoded| decoded.unreadable || !is_blank(&decoded.text);
    let chosen = plain
        .filter(says)
        .or_else(|| joined(mail, "text/html", |_, text| html::to_lines(&text)).filter(says))
        .or_else(|| mail.parts.iter().filter(|p| is_tnef(p)).find_map(|p| tnef::body(&p.bytes(mail.raw))));
    match chosen {
        Some(decoded) if decoded.unreadable => Text::Unreadable,
        Some(decoded) if is_endless(&decoded.text) => Text::Endless,
        Some(decoded) if !is_blank(&decoded.text) => Text::Found(decoded.text),
        _ => Text::None,
    }
}

fn is_tnef(part: &Part) -> bool {
    let named = part.file_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat"));
    named || matches!(part.content.kind.as_str(), "application/ms-tnef" | "application/vnd.ms-tnef")
}

fn is_endless(text: &str) -> bool {
    let mut lines = 0;
    text.split('\n').any(|line| {
        lines += usize::from(!is_blank(line));
        line.len() > LONGEST_LINE || lines > MOST_LINES
    })
}

fn joined(mail: &Mail<'_>, kind: &str, shape: impl Fn(&Part, String) -> String) -> Option<charset::Decoded> {
    let mut all: Option<charset::Decoded> = None;
    let parts = mail.parts.iter().filter(|p| p.content.kind == kind && !p.attached && p.file_name.is_none());
    for part in parts {
        let decoded = charset::decode(&part.bytes(mail.raw), part.content.parameter("charset"));
        let text = shape(part, decoded.text);
        let whole = all.get_or_insert(charset::Decoded { text: String::new(), unreadable: false });
        whole.unreadable |= decoded.unreadable;
        whole.text.push_str(&text);
        whole.text.push('\n');
    }
    all
}

/// A line, its quote marks taken off: as it was written, and as it is compared.
#[derive(Debug, Clone, Default)]
pub struct Line {
    pub original: String,
    /// How many quote marks stood before it.
    pub depth: usize,
    /// NFKC, lower case, controls of width and direction gone, every blank a space.
    pub chars: Vec<char>,
    /// For each of `chars` the byte of `original` it came from.
    from: Vec<u32>,
    pub blank: bool,
    /// A blank line stood right above it.
    pub after_blank: bool,
}

impl Line {
    pub fn new(written: &str) -> Line {
        let (depth, rest) = unquoted(written);
        let mut line = Line { original: without_links(rest), depth, ..Line::default() };
        line.normalise();
        line.blank = line.chars.iter().all(|c| c.is_whitespace());
        line
    }

    fn normalise(&mut self) {
        let original = std::mem::take(&mut self.original);
        self.chars.reserve(original.len());
        self.from.reserve(original.len());
        let mut cluster_start = 0;
        let mut clusters = original.char_indices().peekable();
        while let Some((_, first)) = clusters.next() {
            while clusters.next_if(|(_, c)| !is_plain(*c) && is_combining_mark(*c)).is_some() {}
            let end = clusters.peek().map_or(original.len(), |(at, _)| *at);
            let whole = original.get(cluster_start..end).unwrap_or_default();
            let alone = whole.len() == first.len_utf8();
            if is_plain(first) && alone && !is_invisible(first) {
                self.push(first, cluster_start);
            } else if !is_invisible(first) {
                whole.nfkc().for_each(|c| self.push(c, cluster_start));
            }
            cluster_start = end;
        }
        self.original = original;
    }

    fn push(&mut self, c: char, from: usize) {
        let c = if c.is_whitespace() || c == '\u{a0}' { ' ' } else { c };
        self.chars.push(match c {
            c if c.is_ascii() => c.to_ascii_lowercase(),
            // Han characters have no case.
            c if is_plain(c) => c,
            c => c.to_lowercase().next().unwrap_or(c),
        });
        self.from.push(u32::try_from(from).unwrap_or(u32::MAX));
    }

    /// The original from one compared character up to another.
    pub fn written(&self, start: usize, end: usize) -> &str {
        let byte = |at: usize| self.from.get(at).map_or(self.original.len(), |byte| *byte as usize);
        self.original.get(byte(start)..byte(end)).unwrap_or_default()
    }

    /// The rest of the line from a compared character on, as a line of its own.
    pub fn after(&self, start: usize) -> Line {
        let mut rest = Line::new(self.written(start, self.chars.len()));
        rest.depth = self.depth;
        rest
    }

    /// How wide it stood in the mail: a Han character takes two columns, a quote mark with its blank too.
    pub fn columns(&self) -> usize {
        2 * self.depth + self.original.chars().map(|c| if c < '\u{1100}' { 1 } else { 2 }).sum::<usize>()
    }

    /// This line and one that a mail program broke off from it.
    pub fn joined(&self, next: &Line) -> Line {
        let mut whole = Line::new(&format!("{} {}", self.original.trim_end(), next.original.trim_start()));
        whole.depth = self.depth;
        whole
    }

    /// The compared form as text.
    pub fn plain(&self) -> String {
        self.chars.iter().collect::<String>().trim().to_owned()
    }
}

/// How many quote marks stand before a line, and what stands behind them.
pub fn unquoted(written: &str) -> (usize, &str) {
    let mut depth = 0;
    let mut rest = written;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c));
        match rest.strip_prefix(['>', '|', '＞']) {
            Some(inner) => {
                depth += 1;
                rest = inner;
            }
            None => return (depth, rest),
        }
    }
}

/// Phones and Outlook turn numbers and addresses into links and write the target behind: `0101<tel:0101>`.
fn without_links(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(at) = rest.find('<') {
        let (before, link) = rest.split_at(at);
        let inner = link.get(1..).unwrap_or_default();
        let begins = |scheme: &str| inner.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme));
        let end = if begins("tel:") || begins("mailto:") { link.find('>') } else { None };
        out.push_str(before);
        if end.is_none() {
            out.push('<');
        }
        rest = link.get(end.unwrap_or(0) + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Characters that normalising leaves alone unless a mark follows: nearly all that anybody writes.
fn is_plain(c: char) -> bool {
    c.is_ascii() || matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// What nobody sees, and controls that are no blank: they change no word.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\u{b}' | '\u{c}')) || script::is_invisible(c)
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// One line after the other, so that a long mail never stands in memory twice.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split(['\r', '\u{2028}', '\u{2029}']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_normalised_and_keep_what_was_written() {
        let line = Line::new("> ＞ Ｃ１：\u{200b}Busy\u{a0}８ rings é e\u{301}");
        assert_eq!((line.depth, line.plain().as_str()), (2, "c1:busy 8 rings é é"));
        let eight = line.chars.iter().position(|c| *c == '8').unwrap();
        assert_eq!(line.written(eight, line.chars.len()), "８ rings é e\u{301}");
        assert_eq!(line.after(3).plain(), "busy 8 rings é é");
        assert!(Line::new(" >\u{200b} ").blank);
    }

    #[test]
    fn lines_end_at_every_kind_of_line_end() {
        let all: Vec<String> = lines("a\r\nb\rc\u{2028}d\n\n").map(str::to_owned).collect();
        assert_eq!(all, ["a", "b", "c", "d", "", ""]);
        assert!(is_blank(" \r\n\u{feff}\n"));
    }
}
