//! Mail in: stored before the server is told, read once, decided by people where need be.

use super::register::Ids;
use super::sql::json_rows;
use super::{Result, Tx, parsed, touched};
use crate::model::{AssignmentId, Timestamp};
use std::collections::BTreeSet;

statements! {
    NEW_MAILS = "SELECT id, source, authenticated, received_at, state, disposition, reason, assignment, inspector, message_id, content_sha, text_sha, recorded, dkim
        FROM inbox WHERE state = 'new' AND (look_at IS NULL OR look_at <= $2) AND id NOT IN (SELECT value FROM json_each($3))
        ORDER BY received_at, arrival, id LIMIT $1",
    postgres = "SELECT id, source, authenticated, received_at, state, disposition, reason, assignment, inspector, message_id, content_sha, text_sha, recorded, dkim
        FROM inbox WHERE state = 'new' AND (look_at IS NULL OR look_at <= $2)
            AND id <> ALL (ARRAY(SELECT jsonb_array_elements_text(CAST($3 AS JSONB))))
        ORDER BY received_at, arrival, id LIMIT $1";
    MAIL = "SELECT id, source, authenticated, received_at, state, disposition, reason, assignment, inspector, message_id, content_sha, text_sha, recorded, dkim
        FROM inbox WHERE id = $1";
    MAILS = "SELECT id, source, authenticated, received_at, state, disposition, reason, assignment, inspector, message_id, content_sha, text_sha, recorded, dkim
        FROM inbox WHERE CAST($1 AS TEXT) IS NULL OR state = $1 ORDER BY received_at DESC, id LIMIT $2";
    FINISH = "UPDATE inbox SET state = j.value ->> 1, disposition = j.value ->> 2, reason = j.value ->> 3, assignment = j.value ->> 4,
            inspector = j.value ->> 5, message_id = j.value ->> 6, content_sha = j.value ->> 7, text_sha = j.value ->> 8,
            recorded = j.value ->> 9, read_at = $2 FROM json_each($1) AS j
        WHERE inbox.id = j.value ->> 0 AND +inbox.state IN ('new', 'quarantine')",
    postgres = "UPDATE inbox SET state = j ->> 1, disposition = j ->> 2, reason = j ->> 3, assignment = j ->> 4,
            inspector = j ->> 5, message_id = j ->> 6, content_sha = j ->> 7, text_sha = j ->> 8,
            recorded = CAST(j ->> 9 AS BIGINT), read_at = $2 FROM jsonb_array_elements(CAST($1 AS JSONB)) AS j
        WHERE inbox.id = j ->> 0 AND inbox.state IN ('new', 'quarantine')";
    KNOWN_CONTENTS = "SELECT content_sha FROM inbox WHERE recorded = 1 AND content_sha IN (SELECT value FROM json_each($1))",
    postgres = "SELECT content_sha FROM inbox WHERE recorded = 1 AND content_sha = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))";
    RECORDED_OF = "SELECT assignment, message_id, text_sha FROM inbox
        WHERE recorded = 1 AND assignment IN (SELECT value FROM json_each($1)) ORDER BY id",
    postgres = "SELECT assignment, message_id, text_sha FROM inbox
        WHERE recorded = 1 AND assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY id";
    SETTLE_SIGNATURES = "UPDATE inbox SET dkim = $2 WHERE id = $1";
    LOOK_LATER = "UPDATE inbox SET look_at = $2 WHERE id = $1";
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

/// Of which assignment, with which Message-ID, and the hash of its text.
pub type RecordedMail = (AssignmentId, Option<String>, Option<String>);

impl Tx {
    /// Mails that are to be read now, in the order in which they came, besides those that are in hand.
    pub async fn new_mails(&mut self, limit: i64, now: Timestamp, besides: &Ids) -> Result<Vec<InboxRow>> {
        Ok(fetch_all!(self, InboxRow, NEW_MAILS, limit, now.0, besides.json()))
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

    /// Mails were read. Each must be waiting still: somebody else may have read it meanwhile.
    pub async fn finish_mails(&mut self, mails: &[(&str, Reading)], at: Timestamp) -> Result<()> {
        let row = |(id, r): &(&str, Reading)| {
            let r = r.clone();
            (
                (*id).to_owned(),
                r.state,
                r.disposition,
                r.reason,
                r.assignment,
                r.inspector,
                r.message_id,
                r.content_sha,
                r.text_sha,
                i64::from(r.recorded),
            )
        };
        let n = execute!(self, FINISH, json_rows(&mails.iter().map(row).collect::<Vec<_>>()), at.0);
        touched("finish_mails", n, mails.len() as u64)
    }

    /// Of these contents (in hex) those of mails that were recorded.
    pub async fn known_contents(&mut self, contents: &Ids) -> Result<BTreeSet<String>> {
        let rows = fetch_among!(self, contents, (String,), KNOWN_CONTENTS);
        Ok(rows.into_iter().map(|(content,)| content).collect())
    }

    /// Message-ID and text hash of the mails that were recorded for some assignments.
    pub async fn recorded_mails(&mut self, assignments: &Ids) -> Result<Vec<RecordedMail>> {
        fetch_among!(self, assignments, (String, Option<String>, Option<String>), RECORDED_OF)
            .into_iter()
            .map(|(id, message_id, text)| Ok((parsed("inbox", "assignment", &id, &id)?, message_id, text)))
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
