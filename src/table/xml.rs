//! A small reader of XML tokens with limits: no token is longer than allowed, whatever a file says.
//!
//! It is what a workbook is measured with before anything else reads it, and what reads ods.

use super::read::unreadable;
use crate::model::Said;
use crate::said;
use std::borrow::Cow;
use std::io::BufRead;

const LONGEST_TAG: usize = 64 << 10;
/// Excel's longest cell has 32,767 characters, each of up to ten bytes as a reference.
const LONGEST_TEXT: usize = 512 << 10;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Names without prefix.
    Open {
        name: &'a str,
        attributes: &'a str,
        empty: bool,
    },
    Close {
        name: &'a str,
    },
    /// Not unescaped yet; CDATA has been escaped.
    Text(Cow<'a, str>),
}

pub(super) struct Tokens<R> {
    input: R,
    buffer: Vec<u8>,
}

impl<R: BufRead> Tokens<R> {
    pub(super) fn new(input: R) -> Tokens<R> {
        Tokens { input, buffer: Vec::new() }
    }

    /// The next token; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Token<'_>>, Said> {
        loop {
            self.buffer.clear();
            let Some(first) = self.byte()? else { return Ok(None) };
            if first != b'<' {
                return self.text();
            }
            self.input.consume(1);
            self.tag()?;
            if self.buffer.starts_with(b"!--") {
                self.until(b"--", 3)?;
            } else if self.buffer.starts_with(b"![CDATA[") {
                self.until(b"]]", 8)?;
                let inner = self.buffer.get(8..self.buffer.len().saturating_sub(2)).unwrap_or_default();
                let text = as_text(inner)?.replace('&', "&amp;");
                return Ok(Some(Token::Text(Cow::Owned(text))));
            } else if self.buffer.first() == Some(&b'!') {
                // A document type may define entities that grow without end.
                return Err(broken());
            } else if self.buffer.first() == Some(&b'?') {
                check_encoding(as_text(&self.buffer)?)?;
            } else {
                return element(as_text(&self.buffer)?).map(Some);
            }
        }
    }

    fn byte(&mut self) -> Result<Option<u8>, Said> {
        Ok(self.input.fill_buf().map_err(|error| unreadable(&error))?.first().copied())
    }

    fn text(&mut self) -> Result<Option<Token<'_>>, Said> {
        loop {
            let chunk = self.input.fill_buf().map_err(|error| unreadable(&error))?;
            let end = chunk.iter().position(|b| *b == b'<');
            let taken = end.unwrap_or(chunk.len());
            self.buffer.extend_from_slice(chunk.get(..taken).unwrap_or_default());
            self.input.consume(taken);
            if self.buffer.len() > LONGEST_TEXT {
                return Err(too_long());
            }
            if end.is_some() || taken == 0 {
                return Ok(Some(Token::Text(Cow::Borrowed(as_text(&self.buffer)?))));
            }
        }
    }

    /// Takes everything up to the `>` that stands outside quotes; the `>` is taken and left out.
    fn tag(&mut self) -> Result<(), Said> {
        let mut quote = None;
        loop {
            let chunk = self.input.fill_buf().map_err(|error| unreadable(&error))?;
            if chunk.is_empty() {
                return Err(broken());
            }
            let mut end = None;
            for (i, b) in chunk.iter().enumerate() {
                match (quote, *b) {
                    (None, b'>') => {
                        end = Some(i);
                        break;
                    }
                    (None, b'"' | b'\'') if self.buffer.first().or(chunk.first()) != Some(&b'!') => quote = Some(*b),
                    (Some(q), b) if q == b => quote = None,
                    _ => {}
                }
            }
            let taken = end.unwrap_or(chunk.len());
            self.buffer.extend_from_slice(chunk.get(..taken).unwrap_or_default());
            self.input.consume(taken + usize::from(end.is_some()));
            if self.buffer.len() > LONGEST_TAG {
                return Err(too_long());
            }
            if end.is_some() {
                return Ok(());
            }
        }
    }

    /// Goes on to a `>` that `before` stands in front of, for comments and CDATA.
    fn until(&mut self, before: &[u8], start: usize) -> Result<(), Said> {
        while !self.buffer.get(start..).is_some_and(|inner| inner.ends_with(before)) {
            self.buffer.push(b'>');
            loop {
                let Some(b) = self.byte()? else { return Err(broken()) };
                self.input.consume(1);
                if b == b'>' {
                    break;
                }
                self.buffer.push(b);
                if self.buffer.len() > LONGEST_TEXT {
                    return Err(too_long());
                }
            }
        }
        Ok(())
    }
}

fn element(tag: &str) -> Result<Token<'_>, Said> {
    if let Some(name) = tag.strip_prefix('/') {
        return Ok(Token::Close { name: local(name.trim_end()) });
    }
    let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
    let end = tag.find(|c: char| c.is_ascii_whitespace()).unwrap_or(tag.len());
    let (name, attributes) = tag.split_at_checked(end).ok_or_else(broken)?;
    Ok(Token::Open { name: local(name), attributes, empty })
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The value of an attribute by its name without prefix, unescaped.
pub(super) fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<Cow<'a, str>> {
    each_attribute(attributes).find(|(name, _)| local(name) == wanted).map(|(_, value)| unescape(value))
}

/// Name and raw value of each attribute.
pub(super) fn each_attribute(attributes: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = attributes;
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after.get(1..)?.split_once(quote)?;
        rest = after;
        Some((name.trim(), value))
    })
}

pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        match after.split_once(';').and_then(|(name, rest)| Some((reference(name)?, rest))) {
            Some((c, after)) => {
                plain.push(c);
                rest = after;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn reference(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

fn check_encoding(declaration: &str) -> Result<(), Said> {
    match attribute(declaration, "encoding") {
        Some(name) if !matches!(name.to_ascii_lowercase().as_str(), "utf-8" | "utf8" | "us-ascii") => Err(broken()),
        _ => Ok(()),
    }
}

fn as_text(bytes: &[u8]) -> Result<&str, Said> {
    std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0')).ok_or_else(broken)
}

pub(super) fn broken() -> Said {
    said!(
        "the spreadsheet is damaged or was made by an unusual program: open it in Excel or WPS and save it again",
        "表格文件已损坏，或由不常见的软件生成：请用Excel或WPS打开后重新保存"
    )
}

pub(super) fn too_long() -> Said {
    said!(
        "a cell of the spreadsheet is far too long: a cell holds at most 32,767 characters",
        "表格中有单元格过长：单元格最多32767个字符"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Result<Vec<String>, Said> {
        let mut tokens = Tokens::new(text.as_bytes());
        let mut seen = Vec::new();
        while let Some(token) = tokens.next()? {
            seen.push(match token {
                Token::Open { name, attributes, empty } => format!("<{name}|{}|{empty}", attributes.trim()),
                Token::Close { name } => format!("/{name}"),
                Token::Text(text) => unescape(&text).into_owned(),
            });
        }
        Ok(seen)
    }

    #[test]
    fn tokens_of_everything_that_workbooks_use() {
        let seen = all(
            "<?xml version='1.0' encoding='UTF-8'?><x:a b=\"1>2\" c='&lt;'/><!-- <no> --><d>A&amp;&#x4E00;</d><![CDATA[<&>]]>",
        );
        assert_eq!(seen.unwrap(), ["<a|b=\"1>2\" c='&lt;'|true", "<d||false", "A&一", "/d", "<&>"]);
        assert_eq!(attribute(" r:id = \"5\" c='&lt;'", "id").unwrap(), "5");
        assert_eq!(attribute(" r:id = \"5\" c='&lt;'", "c").unwrap(), "<");
    }

    #[test]
    fn what_could_grow_or_hide_is_refused() {
        for bad in [
            "<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a/>".to_owned(),
            "<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>".to_owned(),
            "<a".to_owned(),
            "<a>\0</a>".to_owned(),
            format!("<a>{}</a>", "A".repeat(LONGEST_TEXT + 1)),
            format!("<a b='{}'/>", "A".repeat(LONGEST_TAG + 1)),
        ] {
            assert!(all(&bad).is_err(), "{}", &bad[..bad.len().min(40)]);
        }
    }
}
