//! Bytes in and out: the only room that speaks to mail servers, mail folders and pipes.
//!
//! Out: [`compose()`] turns a letter and its headers into the bytes that the outbox keeps; a
//! [`Transport`] takes those bytes to a folder or an SMTP server and tells what became of them
//! ([`Sent`]), calling back before the point of no return so that `data_sent` is stored first.
//! In: [`Maildir`], [`imap`] and [`read_capped`] hand over raw mail and move nothing before they are told; [`Dkim`]
//! looks up the keys of whoever signed it.

mod body;
pub mod compose;
pub mod dkim;
pub mod durable;
pub mod folder;
pub mod imap;
pub mod maildir;
pub mod pipe;
pub mod signing;
pub mod smtp;
pub mod transport;

pub use compose::{Enclosure, Headers, NotComposed, compose, compose_with};
pub use dkim::{Dkim, Resolver, Signed};
pub use folder::FolderTransport;
pub use maildir::{Entry, Maildir};
pub use pipe::{Incoming, LARGEST_MAIL, read_capped, read_stdin};
pub use signing::Signer;
pub use smtp::{Ahead, Login, SmtpSettings, SmtpTransport, Tls, trusting};
pub use transport::{Envelope, Parcel, Reason, Refusal, Sent, Stage, Transport};
