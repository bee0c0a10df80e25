//! One more entry of an office's public log.

use super::{Context, Done};
use crate::draw::log::{EMPTY, next_head};
use crate::model::{OfficeId, Sha256};
use crate::store::{LogEntry, Tx};

impl Context {
    /// Appends `entry` (ids and digests only) and returns its number and the new head.
    pub async fn log(&self, tx: &mut Tx, office: &OfficeId, entry: &serde_json::Value) -> Done<(i64, Sha256)> {
        let (seq, head) = tx.log_head(office).await?.unwrap_or((0, EMPTY));
        let entry = entry.to_string();
        let next = LogEntry { seq: seq + 1, at: self.now(), head: next_head(&head, entry.as_bytes()), entry };
        tx.append_log(office, &next).await?;
        Ok((next.seq, next.head))
    }
}
