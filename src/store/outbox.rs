//! Letters out: `queued → claimed(fence) → data_sent → acked | refused | ambiguous`.
//!
//! Bytes and Message-ID are committed before the first attempt, `data_sent` before the final dot. A
//! claim that ran out before `data_sent` goes back to `queued`; after it, the letter is `ambiguous`:
//! listed, and sent again with the same bytes, or held for a person.

use super::register::Ids;
use super::sql::json_rows;
use super::{Packed, Result, Tx};
use crate::model::{AssignmentId, InspectorId, OfficeId, Timestamp};
use std::collections::BTreeSet;

// PostgreSQL may run a locking subquery of an IN more than once and then hand out more than the limit:
// there the choice is made once, in a materialized CTE.
// `+state` keeps SQLite from walking all letters in hand for each one that ended.
statements! {
    CLAIM = "UPDATE letter SET state = $6, owner = $1, fence = fence + 1, claimed_until = $3, attempts = attempts + 1
        WHERE state = 'queued' AND message_id IN (SELECT message_id FROM letter WHERE state = 'queued' AND next_try_at <= $2 AND priority <= $5
            ORDER BY priority, created_at, message_id LIMIT $4)
        RETURNING priority, created_at, message_id, kind, office, sender, recipients, bytes, fence, attempts",
    postgres = "WITH due AS MATERIALIZED (SELECT message_id AS due_id FROM letter WHERE state = 'queued' AND next_try_at <= $2 AND priority <= $5
            ORDER BY priority, created_at, message_id LIMIT $4 FOR UPDATE SKIP LOCKED)
        UPDATE letter SET state = $6, owner = $1, fence = fence + 1, claimed_until = $3, attempts = attempts + 1
        FROM due WHERE state = 'queued' AND message_id = due_id
        RETURNING priority, created_at, message_id, kind, office, sender, recipients, bytes, fence, attempts";
    ANY_DUE = "SELECT 1 FROM letter WHERE state = 'queued' AND next_try_at <= $1 AND priority <= $2 LIMIT 1",
    postgres = "SELECT CAST(1 AS BIGINT) FROM letter WHERE state = 'queued' AND next_try_at <= $1 AND priority <= $2 LIMIT 1";
    DATA_SENT = "UPDATE letter SET state = 'data_sent' FROM json_each($1) AS j
        WHERE message_id = j.value ->> 0 AND fence = j.value ->> 1 AND state = 'claimed' RETURNING message_id",
    postgres = "UPDATE letter SET state = 'data_sent' FROM jsonb_array_elements(CAST($1 AS JSONB)) AS j
        WHERE message_id = j ->> 0 AND fence = CAST(j ->> 1 AS BIGINT) AND state = 'claimed' RETURNING message_id";
    END = "UPDATE letter SET state = j.value ->> 2, done_at = j.value ->> 3, next_try_at = COALESCE(j.value ->> 4, next_try_at),
            attempts = attempts - (j.value ->> 5), trouble = j.value ->> 6, owner = NULL, claimed_until = NULL FROM json_each($1) AS j
        WHERE message_id = j.value ->> 0 AND fence = j.value ->> 1 AND +state IN ('claimed', 'data_sent') RETURNING message_id",
    postgres = "UPDATE letter SET state = j ->> 2, done_at = CAST(j ->> 3 AS BIGINT), next_try_at = COALESCE(CAST(j ->> 4 AS BIGINT), next_try_at),
            attempts = attempts - CAST(j ->> 5 AS BIGINT), trouble = j ->> 6, owner = NULL, claimed_until = NULL FROM jsonb_array_elements(CAST($1 AS JSONB)) AS j
        WHERE message_id = j ->> 0 AND fence = CAST(j ->> 1 AS BIGINT) AND state IN ('claimed', 'data_sent') RETURNING message_id";
    AMBIGUOUS_END = "INSERT INTO ambiguous_end (message_id, attempt, at) VALUES ($1, $2, $3) ON CONFLICT (message_id, attempt) DO NOTHING";
    // Whoever is frozen in the middle of a transaction holds its letters until the server ends that.
    RESCUE_CLAIMED = "UPDATE letter SET state = 'queued', owner = NULL, claimed_until = NULL WHERE state IN ('claimed', 'data_sent') AND state = 'claimed' AND (claimed_until <= $1 OR owner = $2)",
    postgres = "UPDATE letter SET state = 'queued', owner = NULL, claimed_until = NULL WHERE message_id IN (
        SELECT message_id FROM letter WHERE state IN ('claimed', 'data_sent') AND state = 'claimed' AND (claimed_until <= $1 OR owner = $2) FOR UPDATE SKIP LOCKED)";
    RECALL = "UPDATE letter SET next_try_at = $1 WHERE state = 'queued' AND next_try_at > $2";
    LOST = "SELECT message_id, attempts, fence FROM letter WHERE state IN ('claimed', 'data_sent') AND state = 'data_sent' AND (claimed_until <= $1 OR owner = $2) ORDER BY message_id",
    postgres = "SELECT message_id, attempts, fence FROM letter WHERE state IN ('claimed', 'data_sent') AND state = 'data_sent' AND (claimed_until <= $1 OR owner = $2)
        ORDER BY message_id FOR UPDATE SKIP LOCKED";
    IN_HAND = "SELECT COUNT(*) FROM letter WHERE state IN ('claimed', 'data_sent') AND (claimed_until <= $1 OR owner = $2)";
    // The attempt that may have been made is one that the database does not know of.
    UNKNOWN_SINCE = "INSERT INTO ambiguous_end (message_id, attempt, at) SELECT message_id, attempts + 1, $1 FROM letter
        WHERE state IN ('queued', 'claimed', 'data_sent') ON CONFLICT (message_id, attempt) DO NOTHING";
    SETTLE_UNKNOWN = "UPDATE letter SET state = $1, owner = NULL, claimed_until = NULL, attempts = attempts + 1, trouble = 'restored'
        WHERE state IN ('queued', 'claimed', 'data_sent')";
    END_LEASES = "UPDATE lease SET expires_at = 0";
    LETTER = "SELECT message_id, kind, office, assignment, inspector, recipients, bytes, created_at, state, attempts, next_try_at, done_at, trouble,
            (SELECT COUNT(*) FROM ambiguous_end a WHERE a.message_id = letter.message_id) AS ambiguous
        FROM letter WHERE message_id = $1";
    LETTERS = "SELECT message_id, kind, office, assignment, inspector, recipients, bytes, created_at, state, attempts, next_try_at, done_at, trouble,
            (SELECT COUNT(*) FROM ambiguous_end a WHERE a.message_id = letter.message_id) AS ambiguous
        FROM letter WHERE CAST($1 AS TEXT) IS NULL OR state = $1 ORDER BY created_at DESC, message_id LIMIT $2";
    AMBIGUOUS_LETTERS = "SELECT message_id, kind, office, assignment, inspector, recipients, bytes, created_at, state, attempts, next_try_at, done_at, trouble,
            (SELECT COUNT(*) FROM ambiguous_end a WHERE a.message_id = letter.message_id) AS ambiguous
        FROM letter WHERE message_id IN (SELECT message_id FROM ambiguous_end) ORDER BY created_at DESC, message_id LIMIT $1";
    EXPIRE = "UPDATE letter SET state = 'expired', done_at = $2 WHERE state = 'queued' AND assignment = $1 AND kind IN ('assignment', 'change', 'reminder')";
    RETRY = "UPDATE letter SET state = 'queued', next_try_at = $2 WHERE message_id = $1 AND state IN ('queued', 'ambiguous', 'held', 'refused', 'expired') AND erased_at IS NULL";
    HOLD = "UPDATE letter SET state = 'held' WHERE message_id = $1 AND state IN ('queued', 'ambiguous')";
    COUNTS = "SELECT kind, state, COUNT(*) FROM letter GROUP BY kind, state ORDER BY kind, state";
    ANSWERS_TO = "SELECT inspector, kind, assignment, COUNT(*) FROM letter
        WHERE inspector IN (SELECT value FROM json_each($1)) AND kind IN ('receipt', 'help') AND created_at >= $2
        GROUP BY inspector, kind, assignment",
    postgres = "SELECT inspector, kind, assignment, COUNT(*) FROM letter
        WHERE inspector = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) AND kind IN ('receipt', 'help') AND created_at >= $2
        GROUP BY inspector, kind, assignment";
    RECEIPTS_TO = "SELECT COUNT(*) FROM letter WHERE kind IN ('receipt', 'help') AND created_at >= $2 AND recipients = $1";
    AS_MANY = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM letter WHERE kind = $1 AND created_at >= $2 LIMIT $3) found";
    SENT_AMONG = "SELECT message_id FROM letter WHERE message_id IN (SELECT value FROM json_each($1))",
    postgres = "SELECT message_id FROM letter WHERE message_id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))";
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
    /// The whole message.
    pub bytes: Packed,
    /// Smaller goes first: assignments before digests.
    pub priority: i64,
    pub created: Timestamp,
}

/// How letters are taken in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Each is marked before its final dot.
    Claimed,
    /// All are marked with the claim: their final dots may follow at any time.
    Marked,
}

/// A letter in somebody's hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub message_id: String,
    pub kind: String,
    pub office: String,
    pub created: Timestamp,
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
    /// Times that nobody knows whether it was taken over.
    pub ambiguous: i64,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterEnd {
    pub message_id: String,
    pub fence: i64,
    /// acked, refused, queued (again), ambiguous (held for a person)
    pub state: &'static str,
    pub done: Option<Timestamp>,
    pub next_try: Option<Timestamp>,
    /// It was never offered to a server: no attempt.
    pub untried: bool,
    /// Without personal data.
    pub trouble: Option<String>,
}

/// (kind, state, number).
pub type OutboxCounts = Vec<(String, String, i64)>;

impl Tx {
    /// The next letters that are due, in their order, for the span from now; `lowest` is the last priority that may go.
    pub async fn claim_letters(
        &mut self,
        hold: Hold,
        owner: &str,
        (now, until): (Timestamp, Timestamp),
        limit: i64,
        lowest: i64,
    ) -> Result<Vec<Claimed>> {
        type Row = (i64, i64, String, String, String, String, String, String, i64, i64);
        let state = match hold {
            Hold::Claimed => "claimed",
            Hold::Marked => "data_sent",
        };
        let mut rows = fetch_all!(self, Row, CLAIM, owner, now.0, until.0, limit, lowest, state);
        rows.sort();
        Ok(rows
            .into_iter()
            .map(|(_, created, message_id, kind, office, sender, recipients, bytes, fence, attempts)| Claimed {
                message_id,
                kind,
                office,
                created: Timestamp(created),
                sender,
                recipients: recipients.split(' ').filter(|r| !r.is_empty()).map(str::to_owned).collect(),
                bytes,
                fence,
                attempts,
            })
            .collect())
    }

    pub async fn any_letter_due(&mut self, now: Timestamp, lowest: i64) -> Result<bool> {
        Ok(fetch_optional!(self, (i64,), ANY_DUE, now.0, lowest).is_some())
    }

    /// About to send the final dot of these (Message-ID, fence). Returns which of them are still ours: no
    /// other may be sent.
    pub async fn mark_data_sent(&mut self, letters: &[(String, i64)]) -> Result<BTreeSet<String>> {
        if letters.is_empty() {
            return Ok(BTreeSet::new());
        }
        let letters = json_rows(&letters);
        Ok(fetch_all!(self, (String,), DATA_SENT, letters).into_iter().map(|(id,)| id).collect())
    }

    /// Returns which of the letters were still ours: what became of the others, somebody else says.
    pub async fn end_letters(&mut self, ends: &[LetterEnd]) -> Result<BTreeSet<String>> {
        if ends.is_empty() {
            return Ok(BTreeSet::new());
        }
        let row = |e: &'_ LetterEnd| {
            let (done, next) = (e.done.map(|at| at.0), e.next_try.map(|at| at.0));
            (e.message_id.clone(), e.fence, e.state, done, next, i64::from(e.untried), e.trouble.clone())
        };
        let rows = json_rows(&ends.iter().map(row).collect::<Vec<_>>());
        Ok(fetch_all!(self, (String,), END, rows).into_iter().map(|(id,)| id).collect())
    }

    /// Notes an end that nobody can know. What becomes of the letter is a second call.
    pub async fn note_ambiguous(&mut self, message_id: &str, attempt: i64, at: Timestamp) -> Result<()> {
        execute!(self, AMBIGUOUS_END, message_id, attempt, at.0);
        Ok(())
    }

    /// Claims that ran out, or that this owner held before it was killed, are queued again; the ends
    /// that are now ambiguous are returned as (Message-ID, attempt, fence). Letters that somebody has locked are left.
    pub async fn rescue_letters(&mut self, now: Timestamp, owner: &str) -> Result<Vec<(String, i64, i64)>> {
        execute!(self, RESCUE_CLAIMED, now.0, owner);
        Ok(fetch_all!(self, (String, i64, i64), LOST, now.0, owner))
    }

    /// How many letters are still in the hands of whom [`Tx::rescue_letters`] takes them from.
    pub async fn still_in_hand(&mut self, now: Timestamp, owner: &str) -> Result<i64> {
        Ok(fetch_optional!(self, (i64,), IN_HAND, now.0, owner).map_or(0, |(letters,)| letters))
    }

    /// Letters that wait for a time beyond any that is ever set are due: a clock was wrong when it was set.
    pub async fn recall_letters(&mut self, now: Timestamp, beyond: Timestamp) -> Result<u64> {
        Ok(execute!(self, RECALL, now.0, beyond.0))
    }

    /// The database came out of a backup: nobody holds a role any more.
    pub async fn end_leases(&mut self) -> Result<()> {
        execute!(self, END_LEASES);
        Ok(())
    }

    /// The database knows less than it did: what is not finished in it may have left since. Each such letter is listed
    /// as ambiguous and sent again as it is, or held. Returns how many there were.
    pub async fn doubt_letters(&mut self, hold: bool, now: Timestamp) -> Result<u64> {
        execute!(self, UNKNOWN_SINCE, now.0);
        Ok(execute!(self, SETTLE_UNKNOWN, if hold { "ambiguous" } else { "queued" }))
    }

    /// Which of these are letters of ours.
    pub async fn sent_among(&mut self, ids: &Ids) -> Result<BTreeSet<String>> {
        Ok(fetch_among!(self, ids, (String,), SENT_AMONG).into_iter().map(|(id,)| id).collect())
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

    /// Letters that ended at least once in a way that nobody knows, newest first.
    pub async fn ambiguous_letters(&mut self, limit: i64) -> Result<Vec<LetterRow>> {
        Ok(fetch_all!(self, LetterRow, AMBIGUOUS_LETTERS, limit))
    }

    /// What is still queued about an assignment comes too late.
    pub async fn expire_letters(&mut self, assignment: &AssignmentId, at: Timestamp) -> Result<u64> {
        Ok(execute!(self, EXPIRE, assignment.as_str(), at.0))
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

    /// Receipts and helps queued for some inspectors since `since`: (inspector, kind, assignment, number).
    pub async fn answers_to(
        &mut self,
        inspectors: &Ids,
        since: Timestamp,
    ) -> Result<Vec<(String, String, Option<String>, i64)>> {
        Ok(fetch_among!(self, inspectors, (String, String, Option<String>, i64), ANSWERS_TO, since.0))
    }

    /// Receipts and helps queued for an address since `since`.
    pub async fn receipts_to(&mut self, address: &str, since: Timestamp) -> Result<i64> {
        Ok(fetch_optional!(self, (i64,), RECEIPTS_TO, address, since.0).map_or(0, |(n,)| n))
    }

    /// Letters of a kind queued since `since`, counted up to `most`.
    pub async fn letters_since(&mut self, kind: &str, since: Timestamp, most: i64) -> Result<i64> {
        Ok(fetch_optional!(self, (i64,), AS_MANY, kind, since.0, most).map_or(0, |(n,)| n))
    }

    pub async fn count_ambiguous(&mut self) -> Result<i64> {
        Ok(fetch_optional!(self, (i64,), AMBIGUOUS_COUNT).map_or(0, |(n,)| n))
    }
}
