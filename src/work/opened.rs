//! Mails taken apart: everything about them that no database need be asked for.
//!
//! Done before a transaction is open, and for the mails of a lot while the lot before it is written.

use super::{Context, Done};
use crate::model::Sha256;
use crate::reply::{self, Class, KeyFound, Mail};
use crate::store::{Ids, InboxRow};
use tokio::task::yield_now;

/// Mails of one look: as many, or as many bytes, as come first.
const MAILS: i64 = 512;
const BYTES: usize = 16 * 1024 * 1024;
/// Opened without a pause: a fraction of a millisecond.
const AT_ONCE: usize = 4;

/// The next mails to be read, in the order in which they came; some may be left for the next look.
pub(super) struct Lot {
    rows: Vec<InboxRow>,
    bytes: Vec<Option<Vec<u8>>>,
}

impl Lot {
    pub async fn next(ctx: &Context, besides: &Ids) -> Done<Lot> {
        let mut tx = ctx.store.read().await?;
        let mut rows = tx.new_mails(MAILS, ctx.now(), besides).await?;
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let bytes = tx.first_blobs(&ids, BYTES).await?;
        rows.truncate(bytes.len());
        Ok(Lot { rows, bytes })
    }

    /// Opens all of them, a few at a time: so whoever shares this thread has its statements asked meanwhile.
    pub async fn open(&self, ctx: &Context) -> Done<Vec<Opened<'_>>> {
        let desk = ctx.desk_mailbox()?.to_string();
        let mut opened = Vec::with_capacity(self.rows.len());
        for (at, (row, bytes)) in self.rows.iter().zip(&self.bytes).enumerate() {
            opened.push(open(row.clone(), bytes.as_deref(), &desk));
            if at % AT_ONCE == AT_ONCE - 1 {
                yield_now().await;
            }
        }
        Ok(opened)
    }
}

/// A mail and what it is.
pub(super) struct Opened<'a> {
    pub row: InboxRow,
    pub content: Content<'a>,
}

pub(super) enum Content<'a> {
    /// Its bytes are not there.
    Lost,
    OverCaps,
    /// Nobody's answer.
    Other(Mail<'a>, Class),
    Person(Person<'a>),
}

/// What somebody wrote.
pub(super) struct Person<'a> {
    pub mail: Mail<'a>,
    pub from: Option<String>,
    pub fingerprint: Sha256,
    pub key: KeyFound,
}

/// `desk` is the mailbox that we send from.
pub(super) fn open<'a>(row: InboxRow, bytes: Option<&'a [u8]>, desk: &str) -> Opened<'a> {
    let content = match bytes.map(reply::envelope) {
        None => Content::Lost,
        Some(Err(_)) => Content::OverCaps,
        Some(Ok(mail)) => match reply::classify(&mail, desk) {
            Class::Person => Content::Person(Person {
                from: reply::from_address(&mail),
                fingerprint: mail.fingerprint(),
                key: reply::carried_key(&mail, reply::text_of(&mail)),
                mail,
            }),
            class => Content::Other(mail, class),
        },
    };
    Opened { row, content }
}

impl<'a> Opened<'a> {
    pub fn mail(&self) -> Option<&Mail<'a>> {
        match &self.content {
            Content::Lost | Content::OverCaps => None,
            Content::Other(mail, _) => Some(mail),
            Content::Person(person) => Some(&person.mail),
        }
    }

    pub fn person(&self) -> Option<&Person<'a>> {
        match &self.content {
            Content::Person(person) => Some(person),
            _ => None,
        }
    }
}
