//! Where letters go, and what became of one (DESIGN 6.3).

use super::smtp::Ahead;
use super::{FolderTransport, SmtpTransport};
use crate::letter::{Address, MessageId};
use chrono::NaiveDate;
use std::fmt;

/// Sender and recipients as the server is told; no sender for receipts and helps (REPLIES 7).
///
/// One letter goes to one recipient as a rule: where a server takes one recipient and puts off
/// another, the whole letter waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    pub from: Option<Address>,
    pub to: Vec<Address>,
}

/// A letter as the outbox keeps it.
#[derive(Clone, Copy)]
pub struct Parcel<'a> {
    pub message_id: &'a MessageId,
    /// The day of its Date header, for folders.
    pub day: NaiveDate,
    pub envelope: &'a Envelope,
    pub bytes: &'a [u8],
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// Taken over by the server for all recipients but these.
    Acked { refused: Vec<Refusal> },
    /// Refused for good, for every recipient.
    Refused(Vec<Refusal>),
    /// Certainly not taken over; may be tried again.
    Retry(Reason),
    /// The server was never told of it: a failure of the way, not of the letter.
    Unreached(Reason),
    /// Lost sight of after the final dot: nobody knows whether it was taken over.
    Ambiguous(Reason),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub recipient: Address,
    pub reason: Reason,
}

/// How far a letter got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Connect,
    Login,
    Sender,
    Recipient,
    Data,
    FinalDot,
    Folder,
}

/// Stage and codes only: a server's own words may hold addresses, so they are not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub stage: Stage,
    /// `550 5.1.1`, `timed out`, `connection lost`.
    pub detail: String,
}

impl Reason {
    /// Whether this says more about the server than about the letter: it is not there, it is closing,
    /// it is full, or it takes nothing from our sender.
    pub fn concerns_all(&self) -> bool {
        let closing = ["421", "450 4.3.1", "451 4.3.1", "452 4.3.1", "450 4.3.2", "451 4.3.2", "452 4.3.2"];
        matches!(self.stage, Stage::Connect | Stage::Login | Stage::Sender)
            || closing.iter().any(|code| self.detail.starts_with(code))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match self.stage {
            Stage::Connect => "connect",
            Stage::Login => "login",
            Stage::Sender => "MAIL FROM",
            Stage::Recipient => "RCPT TO",
            Stage::Data => "DATA",
            Stage::FinalDot => "final dot",
            Stage::Folder => "folder",
        };
        write!(f, "{stage}: {}", self.detail)
    }
}

#[derive(Debug)]
pub enum Transport {
    Folder(FolderTransport),
    Smtp(Box<SmtpTransport>),
}

impl Transport {
    /// Makes sure that letters can leave this way at all, before any is taken in hand.
    pub async fn reach(&self) -> Result<(), Reason> {
        match self {
            Transport::Folder(_) => Ok(()),
            Transport::Smtp(smtp) => smtp.reach().await,
        }
    }

    /// Sends one letter. `before_final_dot` runs once everything but the final dot is agreed; if it
    /// fails, the letter is not sent and its error comes back. It is not called for a letter that is
    /// refused or put off before.
    ///
    /// Then `next` is asked for the envelope of the letter that follows, which may go out together with this
    /// one's content: what comes back is to be handed over as `ahead` with that very letter, or dropped.
    pub async fn send<E>(
        &self,
        parcel: Parcel<'_>,
        ahead: Option<Ahead>,
        next: impl FnOnce() -> Option<Envelope>,
        before_final_dot: impl AsyncFnOnce() -> Result<(), E>,
    ) -> Result<(Sent, Option<Ahead>), E> {
        match self {
            Transport::Folder(folder) => Ok((folder.send(parcel, before_final_dot).await?, None)),
            Transport::Smtp(smtp) => smtp.send(parcel, ahead, next, before_final_dot).await,
        }
    }

    /// Ends a batch: says goodbye to the server.
    pub async fn finish(&self) {
        if let Transport::Smtp(smtp) = self {
            smtp.finish().await;
        }
    }
}
