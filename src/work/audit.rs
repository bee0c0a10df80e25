//! The audit log of the console: who signed in, saw a list of targets, did something, was refused.
//!
//! Every line is one JSON object that names the hash of the line before, so that a line that was changed or
//! taken out shows. It names accounts and things, never a target.

use super::{Context, Done};
use crate::model::{Sha256, Timestamp};
use crate::store::{AuditRow, Tx};
use serde::{Deserialize, Serialize};

/// Lines that are read together.
const LOT: i64 = 1000;

/// What is to be written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Line<'a> {
    /// Empty where nobody is known.
    pub account: &'a str,
    pub address: &'a str,
    pub action: &'a str,
    /// The number of a case, letter, import: what it was about.
    pub subject: &'a str,
    pub detail: &'a str,
}

/// A line as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub seq: i64,
    pub at: i64,
    pub account: String,
    pub address: String,
    pub action: String,
    pub subject: String,
    pub detail: String,
    /// Hash of the line before; zeros before the first.
    pub before: String,
}

/// Writes a line into a transaction and returns its number.
pub async fn append(tx: &mut Tx, now: Timestamp, line: &Line<'_>) -> Done<i64> {
    let (last, before) = tx.last_audit_line().await?.unwrap_or((0, Sha256([0; 32])));
    let entry = Entry {
        seq: last + 1,
        at: now.0,
        account: line.account.to_owned(),
        address: line.address.to_owned(),
        action: line.action.to_owned(),
        subject: line.subject.to_owned(),
        detail: line.detail.to_owned(),
        before: before.hex(),
    };
    let text = serde_json::to_string(&entry).unwrap_or_else(|error| unreachable!("plain strings and numbers: {error}"));
    let head = Sha256::of(text.as_bytes());
    tx.append_audit_line(&AuditRow { seq: entry.seq, at: now, entry: text, head }).await?;
    Ok(entry.seq)
}

/// Writes a line in a transaction of its own.
pub async fn note(ctx: &Context, line: &Line<'_>) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    append(&mut tx, ctx.now(), line).await?;
    Ok(tx.commit().await?)
}

/// Whether the log is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chain {
    /// Number of lines, and the hash of the last: whoever keeps it elsewhere sees if the end was cut off.
    Whole { lines: i64, head: Sha256 },
    /// This line does not follow from the one before.
    Broken { seq: i64 },
}

/// Walks the whole log; `each` sees every line that can be read.
pub async fn verify(ctx: &Context, mut each: impl FnMut(&Entry)) -> Done<Chain> {
    let mut tx = ctx.store.read().await?;
    let (mut last, mut before) = (0, Sha256([0; 32]));
    loop {
        let rows = tx.audit_lines(last, LOT).await?;
        if rows.is_empty() {
            return Ok(Chain::Whole { lines: last, head: before });
        }
        for row in rows {
            let entry: Option<Entry> = serde_json::from_str(&row.entry).ok();
            let follows = entry.as_ref().is_some_and(|entry| {
                (entry.seq, entry.at, row.seq) == (last + 1, row.at.0, last + 1) && entry.before == before.hex()
            });
            if !follows || Sha256::of(row.entry.as_bytes()) != row.head {
                return Ok(Chain::Broken { seq: last + 1 });
            }
            entry.iter().for_each(&mut each);
            (last, before) = (row.seq, row.head);
        }
    }
}

/// The newest lines before one, newest first.
pub async fn newest(ctx: &Context, before: Option<i64>, most: i64) -> Done<Vec<Entry>> {
    let rows = ctx.store.read().await?.audit_lines_down(before.unwrap_or(i64::MAX), most).await?;
    Ok(rows.iter().filter_map(|row| serde_json::from_str(&row.entry).ok()).collect())
}
