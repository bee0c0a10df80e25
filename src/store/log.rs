//! The public log of an office: exact bytes, running head.

use super::{Result, Tx, parsed};
use crate::model::{OfficeId, Sha256, Timestamp};

statements! {
    LAST_ENTRY = "SELECT seq, head FROM log WHERE office = $1 ORDER BY seq DESC LIMIT 1";
    APPEND = "INSERT INTO log (office, seq, at, entry, head) VALUES ($1, $2, $3, $4, $5)";
    ENTRY = "SELECT seq, at, entry, head FROM log WHERE office = $1 AND seq = $2";
    ENTRIES = "SELECT seq, at, entry, head FROM log WHERE office = $1 ORDER BY seq";
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    pub seq: i64,
    pub at: Timestamp,
    /// The exact bytes that were hashed.
    pub entry: String,
    pub head: Sha256,
}

fn entry(office: &OfficeId, (seq, at, entry, head): (i64, i64, String, String)) -> Result<LogEntry> {
    Ok(LogEntry { seq, at: Timestamp(at), head: parsed("log", "head", office.as_str(), &head)?, entry })
}

impl Tx {
    /// The number and head of the newest entry; `None` while the log is empty.
    pub async fn log_head(&mut self, office: &OfficeId) -> Result<Option<(i64, Sha256)>> {
        let Some((seq, head)) = fetch_optional!(self, (i64, String), LAST_ENTRY, office.as_str()) else {
            return Ok(None);
        };
        Ok(Some((seq, parsed("log", "head", office.as_str(), &head)?)))
    }

    /// Appends an entry whose head the caller has computed from the one before.
    pub async fn append_log(&mut self, office: &OfficeId, entry: &LogEntry) -> Result<()> {
        execute!(self, APPEND, office.as_str(), entry.seq, entry.at.0, entry.entry.as_str(), entry.head.hex());
        Ok(())
    }

    pub async fn log_entry(&mut self, office: &OfficeId, seq: i64) -> Result<Option<LogEntry>> {
        let row = fetch_optional!(self, (i64, i64, String, String), ENTRY, office.as_str(), seq);
        row.map(|row| entry(office, row)).transpose()
    }

    pub async fn log_entries(&mut self, office: &OfficeId) -> Result<Vec<LogEntry>> {
        fetch_all!(self, (i64, i64, String, String), ENTRIES, office.as_str())
            .into_iter()
            .map(|row| entry(office, row))
            .collect()
    }
}
