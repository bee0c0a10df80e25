//! Mail in: stored durably, then its source is told (REPLIES 3, step 0).
//!
//! [`store`] is behind every way in: mail servers, Maildirs, pipes and files. Many mails are one
//! transaction; whether a mail is new is decided by the hash of its bytes and by nothing else.

use super::side_by_side::side_by_side;
use super::{Context, Done};
use crate::mail::{Entry, Incoming, Maildir};
use crate::model::Trouble;
use crate::said;
use crate::store::{Arrival, Look};
use std::io;
use std::path::Path;

/// Mails that are stored together: as many, or as many bytes, as come first.
pub const BATCH_MAILS: usize = 500;
pub const BATCH_BYTES: u64 = 8 * 1024 * 1024;

/// What a look into a mailbox found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TakenIn {
    pub new: usize,
    pub known: usize,
    /// Too large or unreadable: left where they are, listed in quarantine.
    pub left: usize,
}

impl TakenIn {
    pub fn add(&mut self, other: TakenIn) {
        self.new += other.new;
        self.known += other.known;
        self.left += other.left;
    }
}

/// What a source has to give.
#[derive(Debug)]
pub enum Piece {
    Mail(Vec<u8>),
    /// More than a mail may have; where it was left.
    TooLarge(String),
    /// The server cannot hand it over; where it was left.
    Unreadable(String),
}

/// How mails came: what of it is kept with each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// maildir, imap, pipe, file
    pub source: &'static str,
    /// By an authenticated submission to this machine: the sender is proven.
    pub authenticated: bool,
}

/// Stores mails in one transaction, together with how far their folder was looked through. Only after
/// this may their source forget them.
pub async fn store(ctx: &Context, way: Way, pieces: &[Piece], look: Option<Look<'_>>) -> Done<TakenIn> {
    let now = ctx.now();
    let arrivals = side_by_side(pieces, |piece| {
        let arrival = |bytes: &[u8]| Arrival::new(bytes, way.source, way.authenticated, now);
        // A note takes the place of a mail that is not here, so that a person hears of it.
        Ok(match piece {
            Piece::Mail(bytes) => (true, arrival(bytes)?),
            Piece::TooLarge(at) => {
                let note = format!("A mail of more than 20 MiB was not taken in: {at}\r\n");
                (false, arrival(note.as_bytes())?.waiting("too_large"))
            }
            Piece::Unreadable(at) => {
                let note = format!("A mail that the mail server does not hand over whole was not taken in: {at}\r\n");
                (false, arrival(note.as_bytes())?.waiting("unreadable"))
            }
        })
    })?;
    let (mails, notes): (Vec<_>, Vec<_>) = arrivals.into_iter().partition(|(is_mail, _)| *is_mail);
    let [mails, notes] = [mails, notes].map(|some| some.into_iter().map(|(_, arrival)| arrival).collect::<Vec<_>>());
    let mut tx = ctx.store.begin().await?;
    let new = tx.take_in(&mails).await?;
    tx.take_in(&notes).await?;
    if let Some(look) = look {
        tx.note_look(&look).await?;
    }
    tx.commit().await?;
    let new = usize::try_from(new).unwrap_or(mails.len());
    Ok(TakenIn { new, known: mails.len() - new, left: notes.len() })
}

/// Takes over everything that waits in the configured Maildir.
pub async fn collect(ctx: &Context) -> Done<TakenIn> {
    match &ctx.config.intake.maildir {
        Some(path) => collect_from(ctx, path).await,
        None => Ok(TakenIn::default()),
    }
}

async fn collect_from(ctx: &Context, path: &Path) -> Done<TakenIn> {
    let maildir = Maildir::open(path).await.map_err(|e| unusable(path, &e))?;
    let mut taken = TakenIn::default();
    let mut batch = Batch::default();
    let mut stuck = None;
    for entry in maildir.waiting().await.map_err(|e| unusable(path, &e))? {
        match maildir.read(&entry).await {
            // A file that vanished was taken over by somebody else on the same mailbox.
            Ok(None) => {}
            Ok(Some(incoming)) => batch.add(entry, incoming),
            // One file that cannot be read or moved does not keep the others waiting.
            Err(e) => stuck = Some((entry, e)),
        }
        if batch.is_full() {
            stuck = batch.take_over(ctx, &maildir, &mut taken).await?.or(stuck);
        }
    }
    stuck = batch.take_over(ctx, &maildir, &mut taken).await?.or(stuck);
    match stuck {
        Some((entry, e)) => Err(unusable(&path.join("new").join(entry.name()), &e).into()),
        None => Ok(taken),
    }
}

/// Files of a Maildir that are stored together.
#[derive(Default)]
struct Batch {
    entries: Vec<Entry>,
    pieces: Vec<Piece>,
    bytes: u64,
}

impl Batch {
    fn add(&mut self, entry: Entry, incoming: Incoming) {
        let piece = match incoming {
            Incoming::Mail(bytes) => {
                self.bytes += bytes.len() as u64;
                Piece::Mail(bytes)
            }
            Incoming::TooLarge { .. } => Piece::TooLarge(format!("file {}", entry.hash())),
        };
        self.entries.push(entry);
        self.pieces.push(piece);
    }

    fn is_full(&self) -> bool {
        self.entries.len() >= BATCH_MAILS || self.bytes >= BATCH_BYTES
    }

    /// Stores the mails, then moves their files, and begins anew. The last file that could not be moved
    /// comes back.
    async fn take_over(
        &mut self,
        ctx: &Context,
        maildir: &Maildir,
        taken: &mut TakenIn,
    ) -> Done<Option<(Entry, io::Error)>> {
        let Batch { entries, pieces, .. } = std::mem::take(self);
        if pieces.is_empty() {
            return Ok(None);
        }
        taken.add(store(ctx, Way { source: "maildir", authenticated: false }, &pieces, None).await?);
        let mut stuck = None;
        for entry in entries {
            if let Err(e) = maildir.take_over(&entry).await {
                stuck = Some((entry, e));
            }
        }
        Ok(stuck)
    }
}

fn unusable(path: &Path, error: &io::Error) -> Trouble {
    Trouble::new(said!(
        "this part of the mailbox cannot be used ({error}): let the account that runs spotcheck read and move it, or correct intake.maildir",
        "信箱的这一部分无法使用（{error}）：请允许运行spotcheck的账户读取和移动，或更正intake.maildir"
    ))
    .in_file(path.display().to_string())
}
