//! A file to be imported: in memory, or where it lies, so that its length costs no memory.

use crate::files;
use crate::model::{Sha256, Trouble};
use sha2::Digest;
use std::borrow::Cow;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Clone)]
pub enum Content {
    Memory(Arc<Vec<u8>>),
    File(PathBuf),
}

impl Content {
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Content {
        Content::Memory(Arc::new(bytes.into()))
    }

    pub fn file(path: &Path) -> Content {
        Content::File(path.to_owned())
    }

    /// From its beginning, as often as is asked.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        Ok(match self {
            Content::Memory(bytes) => Box::new(bytes.as_slice()),
            Content::File(path) => Box::new(std::fs::File::open(path)?),
        })
    }

    /// All of it, for what is read in memory.
    ///
    /// # Errors
    /// It is not there, cannot be read, or is larger than a table may be.
    pub fn whole(&self) -> Result<Cow<'_, [u8]>, Trouble> {
        Ok(match self {
            Content::Memory(bytes) => Cow::Borrowed(bytes.as_slice()),
            Content::File(path) => Cow::Owned(files::read(path, files::TABLE)?),
        })
    }

    pub fn sha(&self) -> io::Result<Sha256> {
        let mut input = self.open()?;
        let mut hash = sha2::Sha256::new();
        let mut chunk = vec![0; 256 << 10];
        loop {
            let count = input.read(&mut chunk)?;
            if count == 0 {
                return Ok(Sha256(hash.finalize().into()));
            }
            hash.update(chunk.get(..count).unwrap_or_default());
        }
    }
}
