//! A letter and its headers as the bytes of RFC 5322.
//!
//! The same input gives the same bytes always: date and Message-ID are arguments, the MIME boundary
//! follows from the Message-ID. What enters a header is a type that cannot hold a line break.

use super::body::body;
use crate::letter::{Address, Auto, HeaderText, Letter, MessageId};
use crate::model::Timestamp;
use chrono_tz::Tz;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use std::time::{Duration, SystemTime};

#[derive(Debug, Clone)]
pub struct Headers {
    /// Short, so that no mail program wraps its attribution line.
    pub from_name: HeaderText,
    pub from: Address,
    pub to: Address,
    pub reply_to: Option<Address>,
    pub message_id: MessageId,
    /// Written in `zone`.
    pub date: Timestamp,
    pub zone: Tz,
    pub in_reply_to: Option<MessageId>,
    pub references: Vec<MessageId>,
    pub auto: Auto,
    /// The desk's own address: a mail that comes back with it is our own.
    pub x_loop: Address,
}

/// The mail library refused a header; the types of [`Headers`] leave no known way to that.
#[derive(Debug, thiserror::Error)]
#[error("the letter could not be written as a mail: {0}")]
pub struct NotComposed(String);

fn refused(error: impl std::fmt::Display) -> NotComposed {
    NotComposed(error.to_string())
}

/// A file that a letter carries.
#[derive(Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// ASCII; no place, person or number.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    pub bytes: Vec<u8>,
}

/// What it holds stays out of logs.
impl std::fmt::Debug for Enclosure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enclosure").field("name", &self.name).field("bytes", &self.bytes.len()).finish()
    }
}

/// A letter that carries nothing.
pub fn compose(letter: &Letter, headers: &Headers) -> Result<Vec<u8>, NotComposed> {
    compose_with(letter, headers, &[])
}

/// Lines end in CRLF. One text/plain part, or multipart/alternative where the letter has HTML; either within
/// multipart/mixed where there are enclosures.
pub fn compose_with(letter: &Letter, headers: &Headers, enclosures: &[Enclosure]) -> Result<Vec<u8>, NotComposed> {
    let millis = u64::try_from(headers.date.0).map_err(refused)?;
    let raw =
        |name: &'static str, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
    let from = Mailbox::new(Some(headers.from_name.as_str().to_owned()), library_address(&headers.from)?);
    let mut builder = Message::builder()
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
        .from(from)
        .to(Mailbox::new(None, library_address(&headers.to)?));
    if let Some(reply_to) = &headers.reply_to {
        builder = builder.reply_to(Mailbox::new(None, library_address(reply_to)?));
    }
    builder = builder.subject(letter.subject.as_str()).message_id(Some(headers.message_id.as_str().to_owned()));
    if let Some(id) = &headers.in_reply_to {
        builder = builder.in_reply_to(id.as_str().to_owned());
    }
    if !headers.references.is_empty() {
        let ids: Vec<&str> = headers.references.iter().map(MessageId::as_str).collect();
        builder = builder.references(ids.join(" "));
    }
    builder = builder
        .raw_header(raw("Auto-Submitted", headers.auto.header_value()))
        .raw_header(raw("X-Auto-Response-Suppress", "All"))
        .raw_header(raw("X-Loop", &headers.x_loop.to_string()));
    let text = || SinglePart::builder().header(ContentType::TEXT_PLAIN).body(body(&letter.text));
    let boundary = format!("spotcheck-{}", headers.message_id.short_hash());
    let alternative = letter.html.as_ref().map(|html| {
        let html = SinglePart::builder().header(ContentType::TEXT_HTML).body(body(html));
        MultiPart::alternative().boundary(boundary.clone()).singlepart(text()).singlepart(html)
    });
    let mut message = match alternative {
        Some(alternative) if enclosures.is_empty() => builder.multipart(alternative),
        // Not `singlepart`, which would end the text with one more line.
        None if enclosures.is_empty() => {
            builder.header(MIME_VERSION_1_0).header(ContentType::TEXT_PLAIN).body(body(&letter.text))
        }
        alternative => {
            let mixed = MultiPart::mixed().boundary(format!("{boundary}-mixed"));
            let mut mixed = match alternative {
                Some(alternative) => mixed.multipart(alternative),
                None => mixed.singlepart(text()),
            };
            for one in enclosures {
                let media = ContentType::parse(one.media).map_err(refused)?;
                mixed = mixed.singlepart(Attachment::new(one.name.clone()).body(one.bytes.clone(), media));
            }
            builder.multipart(mixed)
        }
    }
    .map_err(refused)?;
    // The library knows UTC only; people read the date in the office's zone.
    let local = headers.date.in_zone(headers.zone).to_rfc2822();
    message.headers_mut().insert_raw(raw("Date", &local));
    let mut bytes = message.formatted();
    // Base64 of the library's making has no last line end.
    if !bytes.ends_with(b"\r\n") {
        bytes.extend_from_slice(b"\r\n");
    }
    Ok(bytes)
}

fn library_address(address: &Address) -> Result<lettre::Address, NotComposed> {
    lettre::Address::new(address.local(), address.host().as_str()).map_err(refused)
}
