//! Letters that came back, and what came with replies.

use super::{Result, Tx, touched};
use crate::model::{OfficeId, Sha256, Timestamp};

statements! {
    SENT_LETTER = "SELECT message_id, inspector, recipients FROM letter WHERE message_id = $1";
    NOTE_BOUNCE = "INSERT INTO bounce (mail, message_id, address, reason, at, status, inspector) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (mail) DO NOTHING";
    BOUNCES_SINCE = "SELECT b.inspector, b.address, b.reason, b.status FROM bounce b JOIN letter l ON l.message_id = b.message_id
        WHERE l.office = $1 AND b.at >= $2 AND b.inspector IS NOT NULL AND b.address IS NOT NULL ORDER BY b.at, b.mail";
    ADD_ATTACHMENT = "INSERT INTO attachment (mail, number, kind, sha, bytes) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (mail, number) DO NOTHING";
    ATTACHMENTS_OF = "SELECT kind, sha, bytes FROM attachment WHERE mail = $1 ORDER BY number";
}

/// A letter that was sent, as far as a bounce can be held against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentLetter {
    pub message_id: String,
    pub inspector: Option<String>,
    pub recipients: Vec<String>,
}

/// A letter that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBounce {
    pub mail: String,
    pub message_id: String,
    pub inspector: Option<String>,
    pub address: Option<String>,
    /// mailbox_full, unknown_user, blocked, too_large, temporary, other
    pub cause: String,
    pub status: Option<String>,
    pub at: Timestamp,
}

/// One entry of the bounce book that somebody can do something about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedBounce {
    pub inspector: String,
    pub address: String,
    pub cause: String,
    pub status: Option<String>,
}

impl Tx {
    pub async fn sent_letter(&mut self, message_id: &str) -> Result<Option<SentLetter>> {
        let row = fetch_optional!(self, (String, Option<String>, String), SENT_LETTER, message_id);
        Ok(row.map(|(message_id, inspector, recipients)| SentLetter {
            message_id,
            inspector,
            recipients: recipients.split(' ').filter(|r| !r.is_empty()).map(str::to_lowercase).collect(),
        }))
    }

    pub async fn note_bounce(&mut self, b: &NewBounce) -> Result<()> {
        execute!(
            self,
            NOTE_BOUNCE,
            b.mail.as_str(),
            b.message_id.as_str(),
            b.address.as_deref(),
            b.cause.as_str(),
            b.at.0,
            b.status.as_deref(),
            b.inspector.as_deref()
        );
        Ok(())
    }

    /// Oldest first.
    pub async fn bounces_since(&mut self, office: &OfficeId, since: Timestamp) -> Result<Vec<BookedBounce>> {
        let rows = fetch_all!(self, (String, String, String, Option<String>), BOUNCES_SINCE, office.as_str(), since.0);
        let booked = |(inspector, address, cause, status)| BookedBounce { inspector, address, cause, status };
        Ok(rows.into_iter().map(booked).collect())
    }

    /// Once more is the same: a mail that is read again keeps what it had.
    pub async fn add_attachment(
        &mut self,
        mail: &str,
        number: usize,
        kind: &str,
        sha: &Sha256,
        bytes: usize,
    ) -> Result<()> {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let n = execute!(self, ADD_ATTACHMENT, mail, count(number), kind, sha.hex(), count(bytes));
        if n == 0 { Ok(()) } else { touched("add_attachment", n, 1) }
    }

    /// Kind, SHA-256 and number of bytes.
    pub async fn attachments_of(&mut self, mail: &str) -> Result<Vec<(String, String, i64)>> {
        Ok(fetch_all!(self, (String, String, i64), ATTACHMENTS_OF, mail))
    }
}
