//! What a person does with letters that hang.

use super::{Context, Done};
use crate::letter::MessageId;
use crate::model::{AssignmentId, Sha256};
use crate::store::{LetterRow, Tx};

/// Rows that a list shows at most.
const LIST: i64 = 1000;

pub async fn letters(ctx: &Context, state: Option<&str>) -> Done<Vec<LetterRow>> {
    Ok(ctx.store.read().await?.letters(state, LIST).await?)
}

/// Those that ended at least once in a way that nobody knows.
pub async fn ambiguous(ctx: &Context) -> Done<Vec<LetterRow>> {
    Ok(ctx.store.read().await?.ambiguous_letters(LIST).await?)
}

/// 16 hex digits that name a letter without telling its key.
pub fn letter_name(message_id: &str) -> String {
    MessageId::parse(message_id).map_or_else(|| "?".to_owned(), |id| id.short_hash())
}

/// By Message-ID, or by the name that lists show.
async fn find_letter(tx: &mut Tx, name: &str) -> Done<Option<LetterRow>> {
    if let Some(letter) = tx.letter(name).await? {
        return Ok(Some(letter));
    }
    Ok(tx.letters(None, i64::MAX).await?.into_iter().find(|l| letter_name(&l.message_id) == name))
}

/// Holds a letter, or sends it with the next turn; `false` where it is not in a state for that.
pub async fn set_letter(ctx: &Context, name: &str, hold: bool) -> Done<bool> {
    let mut tx = ctx.store.begin().await?;
    let Some(letter) = find_letter(&mut tx, name).await? else { return Ok(false) };
    let done = if hold {
        tx.hold_letter(&letter.message_id).await?
    } else {
        tx.retry_letter(&letter.message_id, ctx.now()).await?
    };
    tx.commit().await?;
    Ok(done)
}

pub async fn raw_letter(ctx: &Context, name: &str) -> Done<Option<Vec<u8>>> {
    let mut tx = ctx.store.read().await?;
    match find_letter(&mut tx, name).await?.and_then(|l| l.bytes.parse::<Sha256>().ok()) {
        Some(sha) => Ok(tx.blob(&sha).await?),
        None => Ok(None),
    }
}

/// The assignment that a letter brings or reminds of.
pub async fn assignment_of(ctx: &Context, name: &str) -> Done<Option<AssignmentId>> {
    let mut tx = ctx.store.read().await?;
    let letter = find_letter(&mut tx, name).await?;
    Ok(letter.and_then(|letter| AssignmentId::parse(letter.assignment.as_deref()?).ok()))
}
