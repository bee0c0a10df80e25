//! A Maildir: one file a mail, `tmp/` while it is written, `new/` until it is taken over, then `cur/`.

use super::durable::{rename_synced, write_synced};
use super::pipe::{Incoming, LARGEST_MAIL, read_capped};
use crate::model::Sha256;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use tokio::fs::{self, File};

/// Longest name of a file, in bytes, on every file system of use.
const LONGEST_NAME: usize = 255;

#[derive(Debug, Clone)]
pub struct Maildir {
    root: PathBuf,
}

/// A mail in `new/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    name: String,
}

impl Entry {
    /// The name of its file, for the journal.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What may be told of that name, which its maker chose.
    pub fn hash(&self) -> Sha256 {
        Sha256::of(self.name.as_bytes())
    }
}

impl Maildir {
    /// Makes the three folders where they are missing.
    pub async fn open(root: impl Into<PathBuf>) -> io::Result<Maildir> {
        let root = root.into();
        for folder in ["tmp", "new", "cur"] {
            fs::create_dir_all(root.join(folder)).await?;
        }
        Ok(Maildir { root })
    }

    fn path(&self, folder: &str, name: &str) -> PathBuf {
        self.root.join(folder).join(name)
    }

    /// Mails that wait, sorted by file name. Hidden files, folders, links and names that are not
    /// UTF-8 are left alone.
    pub async fn waiting(&self) -> io::Result<Vec<Entry>> {
        let mut found = Vec::new();
        let mut listing = fs::read_dir(self.root.join("new")).await?;
        while let Some(item) = listing.next_entry().await? {
            let Ok(name) = item.file_name().into_string() else { continue };
            let is_file = match item.file_type().await {
                Ok(kind) => kind.is_file(),
                Err(error) if error.kind() == ErrorKind::NotFound => false,
                Err(error) => return Err(error),
            };
            if is_file && !name.starts_with('.') {
                found.push(Entry { name });
            }
        }
        found.sort();
        Ok(found)
    }

    /// `None` where somebody else took it meanwhile.
    pub async fn read(&self, entry: &Entry) -> io::Result<Option<Incoming>> {
        let file = match File::open(self.path("new", &entry.name)).await {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let size = file.metadata().await?.len();
        if size > LARGEST_MAIL {
            return Ok(Some(Incoming::TooLarge { size: Some(size) }));
        }
        read_capped(file).await.map(Some)
    }

    /// Moves a mail to `cur/` once it is stored. Doing it again changes nothing.
    pub async fn take_over(&self, entry: &Entry) -> io::Result<()> {
        let seen = format!("{}:2,S", entry.name.split(':').next().unwrap_or_default());
        // A name that has no room for the flags goes without them.
        let seen = if seen.len() > LONGEST_NAME { entry.name.clone() } else { seen };
        match rename_synced(&self.path("new", &entry.name), &self.path("cur", &seen)).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    /// Puts a mail into `new/` whole. `name` is the caller's, unique and in the wanted order.
    pub async fn deliver(&self, name: &str, bytes: &[u8]) -> io::Result<Entry> {
        let is_plain = Path::new(name).file_name().is_some_and(|n| n == name) && !name.starts_with('.');
        if !is_plain {
            return Err(io::Error::new(ErrorKind::InvalidInput, "not a plain file name"));
        }
        let half = self.path("tmp", name);
        write_synced(&half, bytes).await?;
        rename_synced(&half, &self.path("new", name)).await?;
        Ok(Entry { name: name.to_owned() })
    }
}
