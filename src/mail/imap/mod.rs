//! A mailbox on a mail server (RFC 3501): one connection, every step of it with a deadline.
//!
//! `wire` opens the socket and refuses what no honest server sends; `session` speaks: login, ID,
//! folders, searching, fetching, flags, moving, IDLE; `folder` writes names of folders as servers
//! want them. What went wrong comes back as an [`ImapFailure`], without a word of the server's own:
//! those may hold addresses. UIDs are hints; nothing here decides whether a mail is new.

mod failure;
mod folder;
mod session;
mod wire;

pub use failure::{ImapFailure, Kind, Step};
pub use session::{Abilities, Fetched, Patience, Selected, Session};
