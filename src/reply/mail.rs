//! A mail as it arrived: header fields, parts within the caps, and the hash that a copy shares.

use super::headers::Headers;
use super::mime::{self, Part, TooMuch};
use super::text::Text;
use crate::model::{Said, Sha256, Timestamp};
use crate::said;
use std::sync::OnceLock;

/// REPLIES 3.
pub const LARGEST_MAIL: usize = 20 * 1024 * 1024;
pub const LARGEST_HEADERS: usize = 256 * 1024;

/// A mail that is within the caps. Bodies are decoded only where they are asked for.
#[derive(Debug, Clone)]
pub struct Mail<'a> {
    pub raw: &'a [u8],
    pub headers: Headers,
    pub parts: Vec<Part>,
    /// Worked out when it is first asked for.
    pub(super) text: OnceLock<Text>,
    fingerprint: OnceLock<Sha256>,
}

/// Why a mail is not read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Size,
    Headers,
    Parts,
    Depth,
}

impl Refusal {
    pub fn said(self) -> Said {
        match self {
            Refusal::Size => said!(
                "the mail is larger than 20 MiB: send it again with fewer or smaller photos",
                "邮件超过20MiB：请减少或压缩照片后重发"
            ),
            Refusal::Headers => said!("the mail's headers are larger than 256 KiB", "邮件头超过256KiB"),
            Refusal::Parts => said!("the mail has more than 200 parts", "邮件超过200个部分"),
            Refusal::Depth => said!("the mail is nested more than 10 deep", "邮件嵌套超过10层"),
        }
    }
}

/// A photo or file that came with a reply.
#[derive(Debug, Clone)]
pub struct Attachment<'a> {
    pub file_name: Option<&'a str>,
    /// `image/jpeg`, lower case, as the mail claims.
    pub kind: &'a str,
    part: &'a Part,
    raw: &'a [u8],
}

impl Attachment<'_> {
    /// What mail programs add and no person attached.
    pub fn is_dressing(&self) -> bool {
        self.kind.starts_with("message/")
            || self.kind.contains("ms-tnef")
            || matches!(
                self.kind,
                "application/pgp-signature" | "application/pkcs7-signature" | "text/vcard" | "text/x-vcard"
            )
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.part.bytes(self.raw)
    }
}

/// Takes a mail apart, within the caps of REPLIES 3. Never panics, whatever the bytes are.
pub fn envelope(raw: &[u8]) -> Result<Mail<'_>, Refusal> {
    if raw.len() > LARGEST_MAIL {
        return Err(Refusal::Size);
    }
    let (headers, body) = Headers::split(raw);
    if body > LARGEST_HEADERS {
        return Err(Refusal::Headers);
    }
    let parts = mime::leaves(raw, &headers, body).map_err(|too_much| match too_much {
        TooMuch::Parts => Refusal::Parts,
        TooMuch::Depth => Refusal::Depth,
    })?;
    Ok(Mail { raw, headers, parts, text: OnceLock::new(), fingerprint: OnceLock::new() })
}

/// The Message-ID of a mail, of which nothing but its headers is looked at.
pub fn message_id_of(raw: &[u8]) -> Option<String> {
    Headers::split(raw).0.first("message-id").filter(|id| !id.is_empty())
}

impl Mail<'_> {
    pub fn attachments(&self) -> impl Iterator<Item = Attachment<'_>> {
        self.parts.iter().filter(|p| p.attached || !p.content.kind.starts_with("text/")).map(|part| Attachment {
            file_name: part.file_name.as_deref(),
            kind: &part.content.kind,
            part,
            raw: self.raw,
        })
    }

    /// `Message-ID` with its angle brackets.
    pub fn message_id(&self) -> Option<String> {
        self.headers.first("message-id").filter(|id| !id.is_empty())
    }

    /// When the last server took it over: the newest date of the Received fields.
    pub fn received(&self) -> Option<Timestamp> {
        self.headers.received().max().map(|seconds| Timestamp(seconds.saturating_mul(1000)))
    }

    /// What the server that holds the mailbox wrote on top, and when it says it received the mail.
    pub fn last_hop(&self) -> Option<(String, Timestamp)> {
        self.headers.last_hop().map(|(text, seconds)| (text, Timestamp(seconds.saturating_mul(1000))))
    }

    /// When the sender says it was written. For a dry run of a mail that no server has touched; never for
    /// the record.
    pub fn claimed_date(&self) -> Option<Timestamp> {
        self.headers.date().map(|seconds| Timestamp(seconds.saturating_mul(1000)))
    }

    /// The same for every delivery of one mail: the SHA-256 without the fields that servers add, line
    /// ends as LF (REPLIES 3, step 5).
    pub fn fingerprint(&self) -> Sha256 {
        *self.fingerprint.get_or_init(|| self.worked_out_fingerprint())
    }

    fn worked_out_fingerprint(&self) -> Sha256 {
        let mut kept = Vec::with_capacity(self.raw.len());
        let mut dropping = false;
        let mut in_headers = true;
        for line in self.raw.split_inclusive(|b| *b == b'\n') {
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            if in_headers {
                if text.is_empty() {
                    in_headers = false;
                } else if !matches!(text.first(), Some(b' ' | b'\t')) {
                    dropping = is_trace(text);
                }
            }
            if !(in_headers && dropping) {
                kept.extend_from_slice(text);
                kept.push(b'\n');
            }
        }
        Sha256::of(&kept)
    }
}

fn is_trace(field: &[u8]) -> bool {
    let name = field.split(|b| *b == b':').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
    [&b"received"[..], b"return-path", b"delivered-to", b"authentication-results"].contains(&name.as_slice())
        || name.starts_with(b"x-")
        || name.starts_with(b"arc-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_the_same_fingerprint_and_another_text_has_not() {
        let print = |raw: &str| envelope(raw.as_bytes()).unwrap().fingerprint();
        let mail = print("Received: a\r\n\tfolded\r\nFrom: a@x\r\nX-Spam: no\r\n\r\nV1 present\r\n");
        assert_eq!(mail, print("Return-Path: <a@x>\nReceived: b\nFrom: a@x\nDelivered-To: c\n\nV1 present\n"));
        assert_ne!(mail, print("From: a@x\n\nV1 absent\n"));
        assert_ne!(mail, print("From: a@x\n\nReceived: b\nV1 present\n"), "a body line is no header");
    }

    #[test]
    fn caps_are_refusals() {
        assert_eq!(envelope(&vec![b'\n'; LARGEST_MAIL + 1]).unwrap_err(), Refusal::Size);
        assert_eq!(envelope(&vec![b'a'; LARGEST_HEADERS + 1]).unwrap_err(), Refusal::Headers);
        assert!(envelope(b"").is_ok());
    }
}
