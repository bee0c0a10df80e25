//! Letters out: `queued → claimed(fence) → data_sent → acked | refused | ambiguous`.
//!
//! Bytes and Message-ID are committed before the first attempt, `data_sent` before the final dot. A
//! claim that ran out before `data_sent` goes back to `queued`; after it, the letter is `ambiguous`:
//! listed, and sent again with the same bytes, or held for a person.

use super::{Result, Tx, touched};
use crate::model::{AssignmentId, InspectorId, OfficeId, Sha256, Timestamp};

// PostgreSQL may run a locking subquery of an IN more than once and then hand out more than the limit:
// there the choice is made once, in a materialized CTE.
statements! {
    CLAIM = "UPDATE letter SET state = 'claimed', owner = $1, fence = fence + 1, claimed_until = $3, attempts = attempts + 1
        WHERE state = 'queued' AND message_id IN (SELECT message_id FROM letter WHERE state = 'queued' AND next_try_at <= $2
            ORDER BY priority, created_at, message_id LIMIT $4)
        RETURNING message_id, kind, sender, recipients, bytes, fence, attempts",
    postgres = "WITH due AS MATERIALIZED (SELECT message_id AS due_id FROM letter WHERE state = 'queued' AND next_try_at <= $2
            ORDER BY priority, created_at, message_id LIMIT $4 FOR UPDATE SKIP LOCKED)
        UPDATE letter SET state = 'claimed', owner = $1, fence = fence + 1, claimed_until = $3, attempts = attempts + 1
        FROM due WHERE state = 'queued' AND message_id = due_id
        RETURNING message_id, kind, sender, recipients, bytes, fence, attempts";
    DATA_SENT = "UPDATE letter SET state = 'data_sent' WHERE message_id = $1 AND state = 'claimed' AND fence = $2";
    FINISH = "UPDATE letter SET state = $3, done_at = $4, trouble = $5, owner = NULL, claimed_until = NULL
        WHERE message_id = $1 AND fence = $2 AND state IN ('claimed', 'data_sent')";
    AGAIN = "UPDATE letter SET state = 'queued', next_try_at = $3, trouble = $4, owner = NULL, claimed_until = NULL
        WHERE message_id = $1 AND fence = $2 AND state IN ('claimed', 'data_sent')";
    AMBIGUOUS_END = "INSERT INTO ambiguous_end (message_id, attempt, at) VALUES ($1, $2, $3) ON CONFLICT (message_id, attempt) DO NOTHING";
    RESCUE_CLAIMED = "UPDATE letter SET state = 'queued', owner = NULL, claimed_until = NULL WHERE state = 'claimed' AND (claimed_until <= $1 OR owner = $2)";
    LOST = "SELECT message_id, attempts, fence FROM letter WHERE state = 'data_sent' AND (claimed_until <= $1 OR owner = $2) ORDER BY message_id";
    LETTER = "SELECT message_id, kind, office, assignment, inspector, recipients, bytes, created_at, state, attempts, next_try_at, done_at, trouble
        FROM letter WHERE message_id = $1";
    LETTERS = "SELECT message_id, kind, office, assignment, inspector, recipients, bytes, created_at, state, attempts, next_try_at, done_at, trouble
        FROM letter WHERE CAST($1 AS TEXT) IS NULL OR state = $1 ORDER BY created_at DESC, message_id LIMIT $2";
    RETRY = "UPDATE letter SET state = 'queued', next_try_at = $2 WHERE message_id = $1 AND state IN ('ambiguous', 'held', 'refused')";
    HOLD = "UPDATE letter SET state = 'held' WHERE message_id = $1 AND state IN ('queued', 'ambiguous')";
    COUNTS = "SELECT kind, state, COUNT(*) FROM letter GROUP BY kind, state ORDER BY kind, state";
    SINCE = "SELECT COUNT(*) FROM letter WHERE kind = $1 AND created_at >= $2 AND (CAST($3 AS TEXT) IS NULL OR inspector = $3)
        AND (CAST($4 AS TEXT) IS NULL OR assignment = $4)";
    HAS_LETTER = "SELECT COUNT(*) FROM letter WHERE message_id = $1";
    AMBIGUOUS_COUNT = "SELECT COUNT(*) FROM ambiguous_end";
}

/// A letter to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLetter {
    pub message_id: String,
    /// assignment, sheet, digest, receipt, help, reminder, notice
    pub kind: String,
    pub office: OfficeId,
    pub assignment: Option<AssignmentId>,
    pub inspector: Option<InspectorId>,
    /// Envelope sender; empty for the null sender.
    pub sender: String,
    pub recipients: Vec<String>,
    /// Blob of the whole message.
    pub bytes: Sha256,
    /// Smaller goes first: assignments before digests.
    pub priority: i64,
    pub created: Timestamp,
}

/// A letter in somebody's hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub message_id: String,
    pub kind: String,
    pub sender: String,
    pub recipients: Vec<String>,
    pub bytes: String,
    /// Every later word on this letter must name it: a claim that was lost is refused.
    pub fence: i64,
    pub attempts: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LetterRow {
    pub message_id: String,
    pub kind: String,
    pub office: String,
    pub assignment: Option<String>,
    pub inspector: Option<String>,
    pub recipients: String,
    pub bytes: String,
    pub created_at: i64,
    pub state: String,
    pub attempts: i64,
    pub next_try_at: i64,
    pub done_at: Option<i64>,
    pub trouble: Option<String>,
}

/// (kind, state, number).
pub type OutboxCounts = Vec<(String, String, i64)>;

impl Tx {
    pub async fn claim_letters(
        &mut self,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Claimed>> {
        let mut rows =
            fetch_all!(self, (String, String, String, String, String, i64, i64), CLAIM, owner, now.0, until.0, limit);
        rows.sort();
        Ok(rows
            .into_iter()
            .map(|(message_id, kind, sender, recipients, bytes, fence, attempts)| Claimed {
                message_id,
                kind,
                sender,
                recipients: recipients.split(' ').filter(|r| !r.is_empty()).map(str::to_owned).collect(),
                bytes,
                fence,
                attempts,
            })
            .collect())
    }

    /// About to send the final dot. `false`: the claim was lost, do not send.
    pub async fn mark_data_sent(&mut self, message_id: &str, fence: i64) -> Result<bool> {
        Ok(execute!(self, DATA_SENT, message_id, fence) == 1)
    }

    /// Acked or refused; `trouble` without personal data.
    pub async fn finish_letter(
        &mut self,
        message_id: &str,
        fence: i64,
        state: &str,
        at: Timestamp,
        trouble: Option<&str>,
    ) -> Result<()> {
        touched("finish_letter", execute!(self, FINISH, message_id, fence, state, at.0, trouble), 1)
    }

    pub async fn try_letter_again(&mut self, message_id: &str, fence: i64, at: Timestamp, trouble: &str) -> Result<()> {
        touched("try_letter_again", execute!(self, AGAIN, message_id, fence, at.0, trouble), 1)
    }

    /// Notes an end that nobody can know. What becomes of the letter is a second call.
    pub async fn note_ambiguous(&mut self, message_id: &str, attempt: i64, at: Timestamp) -> Result<()> {
        execute!(self, AMBIGUOUS_END, message_id, attempt, at.0);
        Ok(())
    }

    /// Claims that ran out, or that this owner held before it was killed, are queued again; the ends
    /// that are now ambiguous are returned as (Message-ID, attempt, fence).
    pub async fn rescue_letters(&mut self, now: Timestamp, owner: &str) -> Result<Vec<(String, i64, i64)>> {
        execute!(self, RESCUE_CLAIMED, now.0, owner);
        Ok(fetch_all!(self, (String, i64, i64), LOST, now.0, owner))
    }

    pub async fn letter(&mut self, message_id: &str) -> Result<Option<LetterRow>> {
        Ok(fetch_optional!(self, LetterRow, LETTER, message_id))
    }

    pub async fn has_letter(&mut self, message_id: &str) -> Result<bool> {
        Ok(fetch_optional!(self, (i64,), HAS_LETTER, message_id).is_some_and(|(n,)| n > 0))
    }

    /// Newest first; of one state, or of all.
    pub async fn letters(&mut self, state: Option<&str>, limit: i64) -> Result<Vec<LetterRow>> {
        Ok(fetch_all!(self, LetterRow, LETTERS, state, limit))
    }

    pub async fn retry_letter(&mut self, message_id: &str, at: Timestamp) -> Result<bool> {
        Ok(execute!(self, RETRY, message_id, at.0) == 1)
    }

    pub async fn hold_letter(&mut self, message_id: &str) -> Result<bool> {
        Ok(execute!(self, HOLD, message_id) == 1)
    }

    pub async fn outbox_counts(&mut self) -> Result<OutboxCounts> {
        Ok(fetch_all!(self, (String, String, i64), COUNTS))
    }

    /// Letters of a kind queued since `since`, for one inspector, one assignment, or all.
    pub async fn letters_since(
        &mut self,
        kind: &str,
        since: Timestamp,
        inspector: Option<&str>,
        assignment: Option<&str>,
    ) -> Result<i64> {
        Ok(fetch_optional!(self, (i64,), SINCE, kind, since.0, inspector, assignment).map_or(0, |(n,)| n))
    }

    pub async fn count_ambiguous(&mut self) -> Result<i64> {
        Ok(fetch_optional!(self, (i64,), AMBIGUOUS_COUNT).map_or(0, |(n,)| n))
    }
}
