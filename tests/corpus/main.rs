//! Replies as they come from many mail programs, with what has to be recorded of each (REPLIES 4 to 6).
//!
//! `programs` writes mails the way mail programs do, `cases/` says what people write and what of it counts.
//! Every expectation was derived from the specification. One wrong record fails the whole corpus.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod cases;
mod hostile;
mod matrix;
mod mime;
mod mutations;
mod programs;
mod questions;
mod world;
