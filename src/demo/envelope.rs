//! The headers around a reply: who sends, what it answers, what the office's mail server adds.

use super::county::{Inspector, ZONE};
use super::letter::Letter;
use super::mime::{self, Part, Transfer, UTF_8};
use super::people::Nature;
use crate::model::Timestamp;

/// A small JPEG without time and place, as mail programs leave them: no two alike.
fn photo(sender: &Sender<'_>, tag: &str) -> Vec<u8> {
    let comment = format!("{} {tag}", sender.id);
    let length = u16::try_from(comment.len() + 2).unwrap_or(2);
    [b"\xff\xd8\xff\xfe", &length.to_be_bytes()[..], comment.as_bytes(), b"\xff\xd9"].concat()
}

#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    pub inspector: &'a Inspector,
    pub letter: &'a Letter,
    /// The assignment: Message-IDs derive from it.
    pub id: &'a str,
    pub nature: Nature,
    pub authserv_id: &'a str,
    /// Whether the program keeps In-Reply-To and References.
    pub threaded: bool,
    pub photo: bool,
}

impl Sender<'_> {
    fn mailbox(&self) -> &str {
        match self.nature {
            Nature::Unsigned => &self.inspector.other_email,
            Nature::Stranger => "somebody@elsewhere.example",
            _ => &self.inspector.email,
        }
    }

    fn host(&self) -> &str {
        match self.nature {
            Nature::Forged => "elsewhere.example",
            _ => self.mailbox().rsplit('@').next().unwrap_or(""),
        }
    }

    /// What the office's server found out, topmost; a forger brings a better one along, below it.
    fn authentication(&self) -> Vec<String> {
        let (id, mailbox) = (self.authserv_id, self.mailbox());
        let domain = mailbox.rsplit('@').next().unwrap_or("");
        match self.nature {
            Nature::Unsigned => {
                vec![format!("{id}; spf=pass smtp.mailfrom={mailbox};\r\n\tdmarc=none header.from={domain}")]
            }
            Nature::Forged => vec![
                format!("{id}; spf=softfail smtp.mailfrom={mailbox};\r\n\tdkim=none; dmarc=fail header.from={domain}"),
                format!("mx.elsewhere.example; dmarc=pass header.from={domain}"),
            ],
            _ => vec![format!(
                "{id}; dkim=pass header.d={domain} header.s=s1;\r\n\tspf=pass smtp.mailfrom={mailbox}; dmarc=pass header.from={domain}"
            )],
        }
    }

    /// What the receiving server writes on top.
    fn trace(&self, at: Timestamp, return_path: &str) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("Return-Path", format!("<{return_path}>")),
            ("Received", received(self.host(), self.authserv_id, at)),
        ];
        headers.extend(self.authentication().into_iter().map(|a| ("Authentication-Results", a)));
        headers
    }

    fn threading(&self) -> Vec<(&'static str, String)> {
        if !self.threaded {
            return Vec::new();
        }
        let id = format!("<{}>", self.letter.message_id);
        vec![("In-Reply-To", id.clone()), ("References", id)]
    }
}

/// A person's reply. `tag` tells the mails of one assignment apart.
pub fn reply(sender: &Sender<'_>, at: Timestamp, tag: &str, body: Part) -> Vec<u8> {
    let (inspector, charset) = (sender.inspector, sender.inspector.client.charset());
    let subject = inspector.client.subject(inspector.language, &sender.letter.subject);
    let mut headers = sender.trace(at, sender.mailbox());
    headers.extend([
        ("From", mime::address(&inspector.name.own, sender.mailbox(), charset)),
        ("To", format!("<{}>", sender.letter.reply_to)),
        ("Subject", mime::header_text(&subject, charset)),
        ("Date", date(at)),
        ("Message-ID", message_id(sender, tag)),
    ]);
    headers.extend(sender.threading());
    let body = if sender.photo {
        let photo = Part::attachment("image/jpeg", "IMG_0001.jpg", &photo(sender, tag));
        Part::many("mixed", &format!("=_{}_{tag}_mixed", sender.id), &[body, photo])
    } else {
        body
    };
    body.mail(&headers)
}

/// What a mail server says while its owner is away.
pub fn auto_reply(sender: &Sender<'_>, at: Timestamp, subject: &str, text: &str) -> Vec<u8> {
    let mut headers = sender.trace(at, "");
    headers.extend([
        ("From", mime::address(&sender.inspector.name.own, sender.mailbox(), UTF_8)),
        ("To", format!("<{}>", sender.letter.reply_to)),
        ("Subject", mime::header_text(subject, UTF_8)),
        ("Date", date(at)),
        ("Message-ID", message_id(sender, "o")),
        ("Auto-Submitted", "auto-replied".to_owned()),
    ]);
    headers.extend(sender.threading());
    Part::text("text/plain", "", UTF_8, Transfer::Base64, text).mail(&headers)
}

/// The same mail over another way: one more Received on top, nothing else.
pub fn delivered_again(raw: &[u8], authserv_id: &str, at: Timestamp) -> Vec<u8> {
    let extra = format!("Received: {}\r\n", received("backup.example", authserv_id, at));
    [extra.as_bytes(), raw].concat()
}

fn message_id(sender: &Sender<'_>, tag: &str) -> String {
    let domain = sender.inspector.email.rsplit('@').next().unwrap_or("");
    format!("<{}.{tag}.{}@{domain}>", sender.id.to_ascii_lowercase(), sender.inspector.id.as_str().to_ascii_lowercase())
}

fn received(from: &str, by: &str, at: Timestamp) -> String {
    format!("from smtp.{from} (smtp.{from} [192.0.2.25])\r\n\tby {by} with ESMTPS;\r\n\t{}", date(at))
}

fn date(at: Timestamp) -> String {
    at.in_zone(ZONE).format("%a, %d %b %Y %H:%M:%S %z").to_string()
}
