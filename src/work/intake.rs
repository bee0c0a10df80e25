//! Mail in: stored durably, then the server is told (REPLIES 3, step 0).

use super::{Context, Done};
use crate::mail::{Entry, Incoming, Maildir};
use crate::model::{Sha256, Timestamp, Trouble};
use crate::said;
use crate::store::Arrival;
use std::path::Path;

/// What a look into a mailbox found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TakenIn {
    pub new: usize,
    pub known: usize,
    /// Larger than a mail may be: only its size was looked at; listed in quarantine.
    pub too_large: usize,
}

/// Stores one mail. `Ok(false)`: these very bytes are known. Only after this may its source forget it.
pub async fn store(ctx: &Context, bytes: &[u8], source: &str, authenticated: bool, received: Timestamp) -> Done<bool> {
    let mut tx = ctx.store.begin().await?;
    let id = tx.put_blob(bytes).await?;
    let new = tx.add_mail(&Arrival { id, source: source.to_owned(), authenticated, received }).await?;
    tx.commit().await?;
    Ok(new)
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
    let mut stuck = None;
    for entry in maildir.waiting().await.map_err(|e| unusable(path, &e))? {
        match collect_one(ctx, &maildir, &entry, &mut taken).await? {
            Ok(()) => {}
            // One file that cannot be read or moved does not keep the others waiting.
            Err(e) => stuck = Some(unusable(&path.join("new").join(entry.name()), &e)),
        }
    }
    stuck.map_or(Ok(taken), |trouble| Err(trouble.into()))
}

/// The outer result is the database's, the inner one the file's.
async fn collect_one(
    ctx: &Context,
    maildir: &Maildir,
    entry: &Entry,
    taken: &mut TakenIn,
) -> Done<std::io::Result<()>> {
    match maildir.read(entry).await {
        // A file that vanished was taken over by somebody else on the same mailbox.
        Ok(None) => return Ok(Ok(())),
        Ok(Some(Incoming::Mail(bytes))) => {
            if store(ctx, &bytes, "maildir", false, ctx.now()).await? {
                taken.new += 1;
            } else {
                taken.known += 1;
            }
        }
        Ok(Some(Incoming::TooLarge { .. })) => {
            taken.too_large += 1;
            note_too_large(ctx, entry.name()).await?;
        }
        Err(e) => return Ok(Err(e)),
    }
    Ok(maildir.take_over(entry).await)
}

fn unusable(path: &Path, error: &std::io::Error) -> Trouble {
    Trouble::new(said!(
        "this part of the mailbox cannot be used ({error}): let the account that runs spotcheck read and move it, or correct intake.maildir",
        "信箱的这一部分无法使用（{error}）：请允许运行spotcheck的账户读取和移动，或更正intake.maildir"
    ))
    .in_file(path.display().to_string())
}

/// A mail beyond the cap is not loaded: a note takes its place, in quarantine, so that a person hears
/// of it. The mail itself stays in the mailbox's `cur`.
pub async fn note_too_large(ctx: &Context, name: &str) -> Done<()> {
    let note = format!("A mail of more than 20 MiB was left in the mailbox, file {}\r\n", Sha256::of(name.as_bytes()));
    let mut tx = ctx.store.begin().await?;
    let id = tx.put_blob(note.as_bytes()).await?;
    let arrival = Arrival { id, source: "maildir".to_owned(), authenticated: false, received: ctx.now() };
    if tx.add_mail(&arrival).await? {
        let reading = crate::store::Reading {
            state: "quarantine".into(),
            disposition: "rejected".into(),
            reason: "too_large".into(),
            ..Default::default()
        };
        tx.finish_mail(&id.hex(), &reading, ctx.now()).await?;
    }
    tx.commit().await?;
    Ok(())
}
