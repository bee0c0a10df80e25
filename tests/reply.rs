//! Replies by e-mail: what is recorded of them, and what is not (REPLIES 2 to 6 and 8).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "reply/away.rs"]
mod away;
#[path = "reply/checks.rs"]
mod checks;
#[path = "reply/clients.rs"]
mod clients;
#[path = "reply/command.rs"]
mod command;
#[path = "reply/common.rs"]
mod common;
#[path = "reply/grammar.rs"]
mod grammar;
#[path = "reply/handback.rs"]
mod handback;
#[path = "support/photo.rs"]
mod photo;
#[path = "reply/photos.rs"]
mod photos;
#[path = "reply/properties.rs"]
mod properties;
