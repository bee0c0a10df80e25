//! Files that are there whole or not at all, and stay there after a power cut.

use crate::fault::{self, Step};
use std::io;
use std::path::Path;
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;

/// Writes and flushes to the disk; the file may exist already.
pub async fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    fault::passed(Step::File);
    Ok(())
}

/// Makes the names in a folder durable: after a rename into it or out of it.
pub async fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder).await?.sync_all().await
}

/// Renames within one file system, replacing what is there, and makes the new name durable.
pub async fn rename_synced(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to).await?;
    if let Some(folder) = to.parent() {
        sync_folder(folder).await?;
    }
    fault::passed(Step::File);
    Ok(())
}
