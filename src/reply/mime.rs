//! The parts of a mail: a walk with caps (REPLIES 3), and the transfer encodings.

use super::headers::{ContentType, Headers};

/// REPLIES 3.
pub const MOST_PARTS: usize = 200;
pub const DEEPEST: usize = 10;

/// A part that holds no other parts. `start..end` are its bytes in the mail, still encoded.
#[derive(Debug, Clone)]
pub struct Part {
    pub content: ContentType,
    /// The file name it claims, where there is one.
    pub file_name: Option<String>,
    pub attached: bool,
    transfer: Transfer,
    start: usize,
    end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transfer {
    Plain,
    Base64,
    QuotedPrintable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooMuch {
    Parts,
    Depth,
}

impl Part {
    /// The decoded bytes. What is no valid encoding is skipped over, never a reason to lose the rest.
    pub fn bytes(&self, raw: &[u8]) -> Vec<u8> {
        let encoded = raw.get(self.start..self.end).unwrap_or_default();
        match self.transfer {
            Transfer::Plain => encoded.to_vec(),
            Transfer::Base64 => base64(encoded),
            Transfer::QuotedPrintable => quoted_printable(encoded),
        }
    }
}

/// All leaves of a mail, in order.
pub fn leaves(raw: &[u8], headers: &Headers, body: usize) -> Result<Vec<Part>, TooMuch> {
    let mut walk = Walk { raw, parts: Vec::new(), seen: 0 };
    walk.enter(headers, body, raw.len(), 1, "text/plain")?;
    Ok(walk.parts)
}

struct Walk<'a> {
    raw: &'a [u8],
    parts: Vec<Part>,
    seen: usize,
}

impl Walk<'_> {
    /// `untyped` is what a part is that does not say it.
    fn enter(
        &mut self,
        headers: &Headers,
        start: usize,
        end: usize,
        depth: usize,
        untyped: &str,
    ) -> Result<(), TooMuch> {
        self.seen += 1;
        if self.seen > MOST_PARTS {
            return Err(TooMuch::Parts);
        }
        if depth > DEEPEST {
            return Err(TooMuch::Depth);
        }
        let mut content = headers.content_type();
        if content.kind.is_empty() {
            content.kind = untyped.to_owned();
        }
        if let (true, Some(boundary)) = (content.kind.starts_with("multipart/"), content.parameter("boundary")) {
            let untyped = if content.kind == "multipart/digest" { "message/rfc822" } else { "text/plain" };
            for (from, to) in between(self.raw, start, end, boundary.as_bytes()) {
                let (inner, offset) = Headers::split(self.raw.get(from..to).unwrap_or_default());
                self.enter(&inner, from + offset, to, depth + 1, untyped)?;
            }
            return Ok(());
        }
        let disposition = headers.disposition();
        let file_name = disposition
            .as_ref()
            .and_then(|d| d.parameter("filename"))
            .or_else(|| content.parameter("name"))
            .map(str::to_owned);
        let transfer =
            match headers.first("content-transfer-encoding").unwrap_or_default().to_ascii_lowercase().as_str() {
                "base64" => Transfer::Base64,
                "quoted-printable" => Transfer::QuotedPrintable,
                _ => Transfer::Plain,
            };
        let attached = disposition.is_some_and(|d| d.kind == "attachment");
        self.parts.push(Part { content, file_name, attached, transfer, start, end });
        Ok(())
    }
}

/// Spans between boundary lines. The line end before a boundary belongs to the boundary.
fn between(raw: &[u8], start: usize, end: usize, boundary: &[u8]) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = start;
    while at < end {
        let rest = raw.get(at..end).unwrap_or_default();
        let length = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |i| i + 1);
        let line = rest.get(..length).unwrap_or_default();
        if let Some(tail) = line.strip_prefix(b"--").and_then(|l| l.strip_prefix(boundary)) {
            let tail = tail.trim_ascii();
            if tail.is_empty() || tail == b"--" {
                if let Some(from) = open.take() {
                    spans.push((from, before_line_end(raw, from, at)));
                }
                if tail == b"--" {
                    return spans;
                }
                open = Some(at + length);
            }
        }
        at += length;
        if spans.len() > MOST_PARTS {
            return spans;
        }
    }
    if let Some(from) = open {
        spans.push((from.min(end), end));
    }
    spans
}

fn before_line_end(raw: &[u8], from: usize, at: usize) -> usize {
    let before = raw.get(from..at).unwrap_or_default();
    let before = before.strip_suffix(b"\n").unwrap_or(before);
    from + before.strip_suffix(b"\r").unwrap_or(before).len()
}

fn base64(encoded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(encoded.len() / 4 * 3);
    let (mut held, mut bits) = (0u32, 0u32);
    for byte in encoded {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                (held, bits) = (0, 0);
                continue;
            }
            _ => continue,
        };
        held = (held << 6 | u32::from(value)) & 0xff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits) as u8);
        }
    }
    out
}

fn quoted_printable(encoded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(encoded.len());
    for line in encoded.split_inclusive(|b| *b == b'\n') {
        let ended = line.ends_with(b"\n");
        let content = line.trim_ascii_end();
        let (content, soft) = content.strip_suffix(b"=").map_or((content, false), |before| (before, true));
        let mut at = 0;
        while let Some(byte) = content.get(at) {
            let escaped = if *byte == b'=' { hex_pair(content, at + 1) } else { None };
            out.push(escaped.unwrap_or(*byte));
            at += if escaped.is_some() { 3 } else { 1 };
        }
        if ended && !soft {
            out.push(b'\n');
        }
    }
    out
}

fn hex_pair(bytes: &[u8], at: usize) -> Option<u8> {
    let digit = |i: usize| bytes.get(i).and_then(|b| char::from(*b).to_digit(16));
    u8::try_from(digit(at)? * 16 + digit(at + 1)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(raw: &[u8]) -> Vec<(String, String)> {
        let (headers, body) = Headers::split(raw);
        let parts = leaves(raw, &headers, body).unwrap();
        parts.iter().map(|p| (p.content.kind.clone(), String::from_utf8_lossy(&p.bytes(raw)).into_owned())).collect()
    }

    #[test]
    fn transfer_encodings_survive_bad_bytes() {
        assert_eq!(base64(b"VjEg\r\n5Zyo5bKX!\n"), "V1 在岗".as_bytes());
        assert_eq!(base64(b"Vg==VjE="), b"VV1");
        assert_eq!(quoted_printable(b"V1 =E5=9C=A8 =\r\n=E5=B2=97  \r\n=3D =zz ="), "V1 在 岗\n= =zz ".as_bytes());
    }

    #[test]
    fn parts_are_found_in_order() {
        let raw = b"Content-Type: multipart/mixed; boundary=A\n\npreamble\n--A\nContent-Type: multipart/alternative; boundary=\"B\"\n\n--B\n\nplain\n--B\nContent-Type: text/html\n\n<p>html\n--B--\n--A\r\nContent-Type: image/jpeg; name=a.jpg\r\n\r\nJPEG\r\n--A--\nepilogue";
        assert_eq!(
            texts(raw),
            [
                ("text/plain".into(), "plain".into()),
                ("text/html".into(), "<p>html".into()),
                ("image/jpeg".into(), "JPEG".into())
            ]
        );
    }

    #[test]
    fn caps_hold() {
        let many = format!("Content-Type: multipart/mixed; boundary=A\n\n{}", "--A\n\nx\n".repeat(300));
        let (headers, body) = Headers::split(many.as_bytes());
        assert_eq!(leaves(many.as_bytes(), &headers, body).unwrap_err(), TooMuch::Parts);
        let deep: String =
            (0..30).map(|i| format!("Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n")).collect();
        let (headers, body) = Headers::split(deep.as_bytes());
        assert_eq!(leaves(deep.as_bytes(), &headers, body).unwrap_err(), TooMuch::Depth);
    }
}
