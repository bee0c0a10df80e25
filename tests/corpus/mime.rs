//! A mail byte by byte: headers, character sets, transfer encodings, parts.

use encoding_rs::Encoding;

/// How a text travels.
#[derive(Debug, Clone, Copy)]
pub struct Wire<'a> {
    /// What the bytes are.
    pub charset: &'a str,
    /// What the label says they are; `""` for no label at all.
    pub label: &'a str,
    pub transfer: &'a str,
    /// Further parameters: `; format=flowed`.
    pub extra: &'a str,
}

pub const UTF_8: Wire<'_> = Wire { charset: "utf-8", label: "utf-8", transfer: "8bit", extra: "" };

pub const HEADERS: &str = "\
Return-Path: <zhaoxin@field.example>
Received: from mail.field.example by mx.inspect.example; Thu, 12 Mar 2026 17:45:00 +0800
Authentication-Results: mx.inspect.example; dmarc=pass header.from=field.example
From: 赵新 <zhaoxin@field.example>
To: Desk <desk@inspect.example>
Subject: Re: [K7Q2M]
In-Reply-To: <k7q2m.1.9f3tx8w2hc5d7qkm@inspect.example>
MIME-Version: 1.0
";

pub fn bytes(charset: &str, text: &str) -> Vec<u8> {
    match charset {
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16" => [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
        _ => {
            let (bytes, _, lossy) = Encoding::for_label(charset.as_bytes()).unwrap().encode(text);
            assert!(!lossy, "{charset} cannot say {text}");
            bytes.into_owned()
        }
    }
}

/// A part with its own headers.
pub fn part(kind: &str, text: &str, wire: Wire<'_>) -> Vec<u8> {
    let raw = bytes(wire.charset, &text.replace('\n', "\r\n"));
    let body = match wire.transfer {
        "base64" => base64(&raw),
        "quoted-printable" => quoted_printable(&raw),
        _ => raw,
    };
    let label = if wire.label.is_empty() { String::new() } else { format!("; charset={}", wire.label) };
    let headers = match (wire.label, kind) {
        ("", "text/plain") => String::new(),
        _ => format!("Content-Type: {kind}{label}{}\r\n", wire.extra),
    };
    let transfer = format!("Content-Transfer-Encoding: {}\r\n\r\n", wire.transfer);
    [headers.as_bytes(), transfer.as_bytes(), &body].concat()
}

/// A part of bytes with a name.
pub fn file(kind: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let headers = format!(
        "Content-Type: {kind}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    );
    [headers.into_bytes(), base64(bytes)].concat()
}

pub fn multipart(kind: &str, boundary: &str, parts: &[Vec<u8>]) -> Vec<u8> {
    let mut out = format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"\r\n\r\n").into_bytes();
    for part in parts {
        out.extend(format!("--{boundary}\r\n").into_bytes());
        out.extend(part);
        out.extend(b"\r\n");
    }
    out.extend(format!("--{boundary}--\r\n").into_bytes());
    out
}

/// The whole mail. Every mail has its own Message-ID.
pub fn mail(headers: &str, message_id: &str, part: &[u8]) -> Vec<u8> {
    let head = format!("{headers}Message-ID: <{message_id}@field.example>\n").replace('\n', "\r\n");
    [head.as_bytes(), part].concat()
}

pub fn base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    for (number, chunk) in bytes.chunks(3).enumerate() {
        let all = chunk.iter().fold(0u32, |all, b| all << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4usize {
            let digit = usize::try_from(all >> (18 - 6 * place) & 63).unwrap();
            out.push(if place <= chunk.len() { LETTERS[digit] } else { b'=' });
        }
        if number % 19 == 18 {
            out.extend(b"\r\n");
        }
    }
    out
}

fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut width = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let ends = matches!(bytes.get(at + 1), None | Some(b'\r' | b'\n'));
        let piece = match byte {
            b'\r' | b'\n' => vec![*byte],
            b' ' if ends => b"=20".to_vec(),
            b'=' | 0..=31 | 127.. => format!("={byte:02X}").into_bytes(),
            _ => vec![*byte],
        };
        width = if *byte == b'\n' { 0 } else { width + piece.len() };
        if width > 73 {
            out.extend(b"=\r\n");
            width = piece.len();
        }
        out.extend(piece);
    }
    out
}
