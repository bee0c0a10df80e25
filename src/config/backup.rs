//! `[backup]`: where backups go, when, how many are kept, and whose key locks them.

use super::reader::Section;
use super::secret::SecretFile;
use super::{shapes, storage};
use chrono::NaiveTime;
use std::path::PathBuf;

/// At night, when nothing is drawn.
const AT: (u32, u32) = (2, 30);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// None: nobody makes backups by night.
    pub folder: Option<PathBuf>,
    pub key_file: SecretFile,
    /// By the clock of the first office.
    pub at: NaiveTime,
    /// Older ones are deleted.
    pub keep: u32,
}

impl Backup {
    pub(super) fn read(mut section: Section<'_>) -> Backup {
        let folder = section.parsed("folder", storage::path);
        let key_file = section.parsed("key_file", SecretFile::parse);
        let at = section
            .parsed("at", shapes::clock_time)
            .unwrap_or_else(|| NaiveTime::from_hms_opt(AT.0, AT.1, 0).unwrap_or_default());
        let keep = section.number("keep", 2..=1000, 14);
        section.finish();
        Backup { folder, key_file: key_file.unwrap_or_else(|| SecretFile::named("backup-key")), at, keep }
    }
}
