//! Who did and saw what in the console: append-only, every line with the hash of the one before.

use super::{Result, Tx, parsed, touched};
use crate::model::{Sha256, Timestamp};

statements! {
    ONE_APPENDS = "SELECT 0",
        postgres = "SELECT COUNT(*) FROM (SELECT pg_advisory_xact_lock(hashtext('audit'))) AS held";
    LAST_LINE = "SELECT seq, head FROM audit ORDER BY seq DESC LIMIT 1";
    APPEND_LINE = "INSERT INTO audit (seq, at, entry, head) VALUES ($1, $2, $3, $4)";
    LINES = "SELECT seq, at, entry, head FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2";
    LINES_DOWN = "SELECT seq, at, entry, head FROM audit WHERE seq < $1 ORDER BY seq DESC LIMIT $2";
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    pub seq: i64,
    pub at: Timestamp,
    /// The exact bytes that were hashed.
    pub entry: String,
    pub head: Sha256,
}

type Raw = (i64, i64, String, String);

fn read((seq, at, entry, head): Raw) -> Result<AuditRow> {
    let head = parsed("audit", "head", &seq.to_string(), &head)?;
    Ok(AuditRow { seq, at: Timestamp(at), entry, head })
}

impl Tx {
    /// Number and hash of the last line, which stays the last until this transaction ends.
    pub async fn last_audit_line(&mut self) -> Result<Option<(i64, Sha256)>> {
        self.on_server(ONE_APPENDS).await?;
        let Some((seq, head)) = fetch_optional!(self, (i64, String), LAST_LINE) else { return Ok(None) };
        Ok(Some((seq, parsed("audit", "head", &seq.to_string(), &head)?)))
    }

    pub async fn append_audit_line(&mut self, line: &AuditRow) -> Result<()> {
        let n = execute!(self, APPEND_LINE, line.seq, line.at.0, line.entry.as_str(), line.head.hex());
        touched("append_audit_line", n, 1)
    }

    /// So many lines after one, oldest first.
    pub async fn audit_lines(&mut self, after: i64, most: i64) -> Result<Vec<AuditRow>> {
        fetch_all!(self, Raw, LINES, after, most).into_iter().map(read).collect()
    }

    /// So many lines before one, newest first.
    pub async fn audit_lines_down(&mut self, before: i64, most: i64) -> Result<Vec<AuditRow>> {
        fetch_all!(self, Raw, LINES_DOWN, before, most).into_iter().map(read).collect()
    }
}
