//! Mail out and in: bytes, folders, Maildir, SMTP.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod compose;
mod files;
mod fixtures;
mod scripted;
mod settings;
mod sink;
