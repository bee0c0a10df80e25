//! Mails byte by byte: encoded words, transfer encodings, parts. By hand, so that the same mail has
//! the same bytes for ever.

use encoding_rs::Encoding;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The character set of a mail and the name that its client gives to it, which is not always true.
#[derive(Debug, Clone, Copy)]
pub struct Charset {
    pub encoding: &'static Encoding,
    pub label: &'static str,
}

pub const UTF_8: Charset = Charset { encoding: encoding_rs::UTF_8, label: "UTF-8" };
pub const GB18030: Charset = Charset { encoding: encoding_rs::GB18030, label: "gb18030" };
/// What clients call gb2312 is GBK since the nineties.
pub const GB2312: Charset = Charset { encoding: encoding_rs::GBK, label: "gb2312" };

impl Charset {
    pub fn bytes(self, text: &str) -> Vec<u8> {
        self.encoding.encode(text).0.into_owned()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    EightBit,
    QuotedPrintable,
    Base64,
}

impl Transfer {
    fn name(self) -> &'static str {
        match self {
            Transfer::EightBit => "8bit",
            Transfer::QuotedPrintable => "quoted-printable",
            Transfer::Base64 => "base64",
        }
    }

    fn encode(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Transfer::EightBit => bytes.to_vec(),
            Transfer::QuotedPrintable => quoted_printable(bytes).into_bytes(),
            Transfer::Base64 => {
                let text = base64(bytes);
                let mut lines = Vec::with_capacity(text.len() + text.len() / 38);
                for line in text.as_bytes().chunks(76) {
                    lines.extend_from_slice(line);
                    lines.extend_from_slice(b"\r\n");
                }
                lines
            }
        }
    }
}

/// A body with its own headers, CRLF throughout.
#[derive(Debug, Clone)]
pub struct Part {
    headers: String,
    body: Vec<u8>,
}

impl Part {
    /// `kind` such as `text/plain`, `extra` parameters such as `; format=flowed`. LF becomes CRLF.
    pub fn text(kind: &str, extra: &str, charset: Charset, transfer: Transfer, text: &str) -> Part {
        let bytes = charset.bytes(&text.replace('\n', "\r\n"));
        Part {
            headers: format!(
                "Content-Type: {kind}; charset={}{extra}\r\nContent-Transfer-Encoding: {}\r\n",
                charset.label,
                transfer.name()
            ),
            body: transfer.encode(&bytes),
        }
    }

    pub fn attachment(kind: &str, file_name: &str, bytes: &[u8]) -> Part {
        Part {
            headers: format!(
                "Content-Type: {kind}; name=\"{file_name}\"\r\nContent-Transfer-Encoding: base64\r\n\
                 Content-Disposition: attachment; filename=\"{file_name}\"\r\n"
            ),
            body: Transfer::Base64.encode(bytes),
        }
    }

    /// `multipart/SUBTYPE`; the boundary must occur in no part.
    pub fn many(subtype: &str, boundary: &str, parts: &[Part]) -> Part {
        let mut body = b"This is a multi-part message in MIME format.\r\n".to_vec();
        for part in parts {
            body.extend_from_slice(format!("\r\n--{boundary}\r\n{}\r\n", part.headers).as_bytes());
            body.extend_from_slice(&part.body);
        }
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        Part { headers: format!("Content-Type: multipart/{subtype};\r\n\tboundary=\"{boundary}\"\r\n"), body }
    }

    /// The whole mail: these headers, then the part's own.
    pub fn mail(&self, headers: &[(&str, String)]) -> Vec<u8> {
        let mut mail = Vec::new();
        for (name, value) in headers {
            mail.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        mail.extend_from_slice(format!("MIME-Version: 1.0\r\n{}\r\n", self.headers).as_bytes());
        mail.extend_from_slice(&self.body);
        mail
    }
}

/// RFC 2047, folded; plain ASCII stays as it is.
pub fn header_text(text: &str, charset: Charset) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    let mut piece = String::new();
    for c in text.chars() {
        if piece.len() + c.len_utf8() > 30 {
            words.push(std::mem::take(&mut piece));
        }
        piece.push(c);
    }
    words.push(piece);
    let encoded = words.iter().map(|w| format!("=?{}?B?{}?=", charset.label, base64(&charset.bytes(w))));
    encoded.collect::<Vec<_>>().join("\r\n ")
}

/// `=?…?= <mailbox@host>`.
pub fn address(name: &str, mailbox: &str, charset: Charset) -> String {
    if name.is_ascii() {
        format!("\"{name}\" <{mailbox}>")
    } else {
        format!("{} <{mailbox}>", header_text(name, charset))
    }
}

pub fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, b| bits << 8 | u32::from(*b)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let index = (bits >> (18 - 6 * place)) & 63;
            text.push(if place <= group.len() { char::from(LETTERS[index as usize]) } else { '=' });
        }
    }
    text
}

fn quoted_printable(bytes: &[u8]) -> String {
    let mut text = String::new();
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let (content, end) = match line.strip_suffix(b"\r\n") {
            Some(content) => (content, "\r\n"),
            None => (line, ""),
        };
        let mut width = 0;
        for (i, byte) in content.iter().enumerate() {
            let last_blank = *byte == b' ' && i + 1 == content.len();
            let plain = matches!(byte, 33..=60 | 62..=126) || (*byte == b' ' && !last_blank);
            let token = if plain { char::from(*byte).to_string() } else { format!("={byte:02X}") };
            if width + token.len() > 75 {
                text.push_str("=\r\n");
                width = 0;
            }
            width += token.len();
            text.push_str(&token);
        }
        text.push_str(end);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_in_rfc_4648() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn every_transfer_brings_the_text_back() {
        let text = format!("V1 不在岗 = away \n{}\nend\n", "长".repeat(120));
        for charset in [UTF_8, GB18030, GB2312] {
            for transfer in [Transfer::EightBit, Transfer::QuotedPrintable, Transfer::Base64] {
                let raw = Part::text("text/plain", "", charset, transfer, &text)
                    .mail(&[("Subject", header_text("回复:任务 [K7Q2M]", charset))]);
                let mail = mail_parser::MessageParser::default().parse(&raw).unwrap();
                assert_eq!(mail.body_text(0).unwrap().replace("\r\n", "\n"), text, "{transfer:?}");
                assert_eq!(mail.subject(), Some("回复:任务 [K7Q2M]"));
            }
        }
    }
}
