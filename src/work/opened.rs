//! Mails taken apart: everything about them that no database need be asked for.
//!
//! Done before a transaction is open, and for many mails side by side.

use super::side_by_side::side_by_side;
use super::{Context, Done};
use crate::model::Sha256;
use crate::reply::{self, Class, KeyFound, Mail};
use crate::store::InboxRow;

/// Mails of one look: as many, or as many bytes, as come first.
const MAILS: i64 = 256;
const BYTES: usize = 16 * 1024 * 1024;

/// The next mails to be read, in the order in which they came; some may be left for the next look.
pub(super) struct Lot {
    rows: Vec<InboxRow>,
    bytes: Vec<Option<Vec<u8>>>,
}

impl Lot {
    pub async fn next(ctx: &Context) -> Done<Lot> {
        let mut tx = ctx.store.read().await?;
        let mut rows = tx.new_mails(MAILS, ctx.now()).await?;
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let bytes = tx.first_blobs(&ids, BYTES).await?;
        rows.truncate(bytes.len());
        Ok(Lot { rows, bytes })
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Opens all of them.
    pub fn open(&self, ctx: &Context) -> Done<Vec<Opened<'_>>> {
        let desk = ctx.desk_mailbox()?.to_string();
        let both: Vec<(&InboxRow, Option<&[u8]>)> =
            self.rows.iter().zip(self.bytes.iter().map(Option::as_deref)).collect();
        side_by_side(&both, |(row, bytes)| Ok(open((*row).clone(), *bytes, &desk)))
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
