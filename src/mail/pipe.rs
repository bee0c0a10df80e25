//! Raw mail from a pipe, with a cap.

use std::fmt;
use std::io;
use std::os::fd::AsFd;
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Larger mails are reported, not loaded (REPLIES 3).
pub const LARGEST_MAIL: u64 = 20 * 1024 * 1024;

/// One mail as it came in.
#[derive(Clone, PartialEq, Eq)]
pub enum Incoming {
    Mail(Vec<u8>),
    /// More than [`LARGEST_MAIL`]; how much is known only of files.
    TooLarge {
        size: Option<u64>,
    },
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Incoming::Mail(bytes) => write!(f, "Mail({} bytes)", bytes.len()),
            Incoming::TooLarge { size } => write!(f, "TooLarge({size:?})"),
        }
    }
}

/// Reads to the end, at most one byte more than the cap.
pub async fn read_capped(reader: impl AsyncRead + Unpin) -> io::Result<Incoming> {
    let mut bytes = Vec::new();
    let mut capped = reader.take(LARGEST_MAIL + 1);
    capped.read_to_end(&mut bytes).await?;
    Ok(match capped.limit() {
        0 => Incoming::TooLarge { size: None },
        _ => Incoming::Mail(bytes),
    })
}

/// One mail from standard input.
pub async fn read_stdin() -> io::Result<Incoming> {
    let descriptor = io::stdin().as_fd().try_clone_to_owned()?;
    read_capped(File::from_std(descriptor.into())).await
}
