//! Mail in: stored before the server is told, read once, decided by people where need be.

use super::{Result, Tx, parsed, touched};
use crate::model::{Outcome, Timestamp};

statements! {
    NEW_MAILS = "SELECT id, source, authenticated, received_at, state, disposition, reason, assignment, inspector, message_id, content_sha, text_sha, recorded, dkim
        FROM inbox WHERE state = 'new' AND (look_at IS NULL OR look_at <= $2) ORDER BY received_at, id LIMIT $1";
    MAIL = "SELECT id, source, authenticated, received_at, state, disposition, reason, assignment, inspector, message_id, content_sha, text_sha, recorded, dkim
        FROM inbox WHERE id = $1";
    MAILS = "SELECT id, source, authenticated, received_at, state, disposition, reason, assignment, inspector, message_id, content_sha, text_sha, recorded, dkim
        FROM inbox WHERE CAST($1 AS TEXT) IS NULL OR state = $1 ORDER BY received_at DESC, id LIMIT $2";
    FINISH = "UPDATE inbox SET state = $2, disposition = $3, reason = $4, assignment = $5, inspector = $6, message_id = $7, content_sha = $8,
        recorded = $9, read_at = $10, text_sha = $11 WHERE id = $1 AND state IN ('new', 'quarantine')";
    KNOWN_CONTENT = "SELECT COUNT(*) FROM inbox WHERE recorded = 1 AND content_sha = $1";
    RECORDED_OF = "SELECT message_id, text_sha FROM inbox WHERE recorded = 1 AND assignment = $1 ORDER BY id";
    SETTLE_SIGNATURES = "UPDATE inbox SET dkim = $2 WHERE id = $1";
    LOOK_LATER = "UPDATE inbox SET look_at = $2 WHERE id = $1";
    EVER_SAID = "SELECT DISTINCT person, outcome FROM outcome WHERE assignment = $1 AND mail IS NOT NULL ORDER BY person, outcome";
    DECIDE = "INSERT INTO inbox_decision (id, seq, decision, actor, at)
        SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4 FROM inbox_decision WHERE id = $1";
    COUNTS = "SELECT state, COALESCE(reason, ''), COUNT(*) FROM inbox GROUP BY state, COALESCE(reason, '') ORDER BY 1, 2";
    ADD_BOUNCE = "INSERT INTO bounce (mail, message_id, address, reason, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (mail) DO NOTHING";
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct InboxRow {
    /// SHA-256 of the raw bytes.
    pub id: String,
    /// maildir, imap, pipe, file
    pub source: String,
    pub authenticated: i64,
    pub received_at: i64,
    /// new, done, quarantine, discarded
    pub state: String,
    pub disposition: Option<String>,
    pub reason: Option<String>,
    pub assignment: Option<String>,
    pub inspector: Option<String>,
    pub message_id: Option<String>,
    pub content_sha: Option<String>,
    pub text_sha: Option<String>,
    pub recorded: i64,
    /// Domains whose signature held when it was first read, with blanks between.
    pub dkim: Option<String>,
}

/// How a mail was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    pub state: String,
    pub disposition: String,
    pub reason: String,
    pub assignment: Option<String>,
    pub inspector: Option<String>,
    pub message_id: Option<String>,
    /// Of the mail without what servers add to it.
    pub content_sha: Option<String>,
    /// Of its decoded text.
    pub text_sha: Option<String>,
    /// It reached the journal: later copies are duplicates.
    pub recorded: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BounceRow {
    pub mail: String,
    pub message_id: Option<String>,
    pub address: Option<String>,
    pub reason: String,
    pub at: i64,
}

impl Tx {
    /// Mails that are to be read now.
    pub async fn new_mails(&mut self, limit: i64, now: Timestamp) -> Result<Vec<InboxRow>> {
        Ok(fetch_all!(self, InboxRow, NEW_MAILS, limit, now.0))
    }

    /// Keeps what was found out about a mail's signatures, so that reading it again finds the same.
    pub async fn settle_signatures(&mut self, id: &str, domains: &str) -> Result<()> {
        touched("settle_signatures", execute!(self, SETTLE_SIGNATURES, id, domains), 1)
    }

    /// Leaves a mail for later.
    pub async fn look_later(&mut self, id: &str, at: Timestamp) -> Result<()> {
        touched("look_later", execute!(self, LOOK_LATER, id, at.0), 1)
    }

    pub async fn mail(&mut self, id: &str) -> Result<Option<InboxRow>> {
        Ok(fetch_optional!(self, InboxRow, MAIL, id))
    }

    /// Newest first; of one state, or of all.
    pub async fn mails(&mut self, state: Option<&str>, limit: i64) -> Result<Vec<InboxRow>> {
        Ok(fetch_all!(self, InboxRow, MAILS, state, limit))
    }

    pub async fn finish_mail(&mut self, id: &str, r: &Reading, at: Timestamp) -> Result<()> {
        let n = execute!(
            self,
            FINISH,
            id,
            r.state.as_str(),
            r.disposition.as_str(),
            r.reason.as_str(),
            r.assignment.as_deref(),
            r.inspector.as_deref(),
            r.message_id.as_deref(),
            r.content_sha.as_deref(),
            i64::from(r.recorded),
            at.0,
            r.text_sha.as_deref()
        );
        touched("finish_mail", n, 1)
    }

    pub async fn knows_content(&mut self, content_sha: &str) -> Result<bool> {
        Ok(fetch_optional!(self, (i64,), KNOWN_CONTENT, content_sha).is_some_and(|(n,)| n > 0))
    }

    /// Message-ID and text hash of the mails that were recorded for an assignment.
    pub async fn recorded_mails(&mut self, assignment: &str) -> Result<Vec<(Option<String>, Option<String>)>> {
        Ok(fetch_all!(self, (Option<String>, Option<String>), RECORDED_OF, assignment))
    }

    /// Person code and outcome of everything that mails ever said for an assignment.
    pub async fn ever_said(&mut self, assignment: &str) -> Result<Vec<(String, Outcome)>> {
        let rows = fetch_all!(self, (String, String), EVER_SAID, assignment);
        rows.into_iter()
            .map(|(person, outcome)| {
                let outcome = parsed("outcome", "outcome", assignment, &outcome)?;
                Ok((person, outcome))
            })
            .collect()
    }

    /// Journals what a person decided about a mail.
    pub async fn journal_mail_decision(&mut self, id: &str, decision: &str, actor: &str, at: Timestamp) -> Result<()> {
        touched("journal_mail_decision", execute!(self, DECIDE, id, decision, actor, at.0), 1)
    }

    /// (state, reason, number).
    pub async fn inbox_counts(&mut self) -> Result<Vec<(String, String, i64)>> {
        Ok(fetch_all!(self, (String, String, i64), COUNTS))
    }

    pub async fn add_bounce(&mut self, b: &BounceRow) -> Result<()> {
        execute!(
            self,
            ADD_BOUNCE,
            b.mail.as_str(),
            b.message_id.as_deref(),
            b.address.as_deref(),
            b.reason.as_str(),
            b.at
        );
        Ok(())
    }
}
