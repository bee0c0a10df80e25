//! Letters as `.eml` files: for demos, dry offices and people who send by hand.

use super::durable::{rename_synced, write_synced};
use super::transport::{Parcel, Reason, Sent, Stage};
use crate::letter::MessageId;
use chrono::NaiveDate;
use std::io;
use std::path::{Path, PathBuf};
use tokio::fs;

/// `ROOT/2026-03-12/0123456789abcdef.eml`, the name being a hash of the Message-ID: it betrays
/// neither target nor address nor key, and the same letter sent twice is the same file.
#[derive(Debug, Clone)]
pub struct FolderTransport {
    root: PathBuf,
}

impl FolderTransport {
    pub fn new(root: impl Into<PathBuf>) -> FolderTransport {
        FolderTransport { root: root.into() }
    }

    /// Where a letter stands once it is sent.
    pub fn path_of(&self, message_id: &MessageId, day: NaiveDate) -> PathBuf {
        self.root.join(day.to_string()).join(format!("{}.eml", message_id.short_hash()))
    }

    pub async fn send<E>(
        &self,
        parcel: Parcel<'_>,
        before_final_dot: impl AsyncFnOnce() -> Result<(), E>,
    ) -> Result<Sent, E> {
        let path = self.path_of(parcel.message_id, parcel.day);
        let half = path.with_extension("part");
        if let Err(error) = prepare(&half, parcel.bytes).await {
            return Ok(Sent::Retry(reason(&error)));
        }
        before_final_dot().await?;
        Ok(match rename_synced(&half, &path).await {
            Ok(()) => Sent::Acked { refused: Vec::new() },
            Err(error) => Sent::Ambiguous(reason(&error)),
        })
    }
}

async fn prepare(half: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = half.parent() {
        fs::create_dir_all(folder).await?;
    }
    write_synced(half, bytes).await
}

fn reason(error: &io::Error) -> Reason {
    Reason { stage: Stage::Folder, detail: error.kind().to_string() }
}
