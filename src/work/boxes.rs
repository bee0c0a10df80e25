//! What a person does with mails in quarantine and with letters that hang.

use super::{Context, Done, answer};
use crate::letter::MessageId;
use crate::model::Sha256;
use crate::store::{InboxRow, LetterRow, Reading, Tx};

/// Rows that a list shows at most.
const LIST: i64 = 1000;

/// What became of a mail that a person decided about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sorted {
    /// Why it was read as it was: `ok`, `no_key`, `discarded`, …
    Done(String),
    NotWaiting,
    Unknown,
}

pub async fn mails(ctx: &Context, state: Option<&str>) -> Done<Vec<InboxRow>> {
    Ok(ctx.store.read().await?.mails(state, LIST).await?)
}

/// By its id or the beginning of it; `Ok(None)` where none or several begin so.
async fn find_mail(tx: &mut Tx, id: &str) -> Done<Option<InboxRow>> {
    if let Some(mail) = tx.mail(id).await? {
        return Ok(Some(mail));
    }
    let mut found = tx.mails(None, i64::MAX).await?.into_iter().filter(|m| id.len() >= 8 && m.id.starts_with(id));
    Ok(found.next().filter(|_| found.next().is_none()))
}

pub async fn raw_mail(ctx: &Context, id: &str) -> Done<Option<Vec<u8>>> {
    let mut tx = ctx.store.read().await?;
    match find_mail(&mut tx, id).await? {
        Some(mail) => match mail.id.parse::<Sha256>() {
            Ok(sha) => Ok(tx.blob(&sha).await?),
            Err(_) => Ok(None),
        },
        None => Ok(None),
    }
}

/// Reads a quarantined mail as if its sender were proven; the decision is journalled.
pub async fn accept(ctx: &Context, id: &str, by: &str) -> Done<Sorted> {
    let mut tx = ctx.store.begin().await?;
    let Some(mail) = find_mail(&mut tx, id).await? else { return Ok(Sorted::Unknown) };
    if mail.state != "quarantine" {
        return Ok(Sorted::NotWaiting);
    }
    tx.journal_mail_decision(&mail.id, "accept", by, ctx.now()).await?;
    let reason = answer::read_one(ctx, &mut tx, &mail, true).await?;
    tx.commit().await?;
    Ok(Sorted::Done(reason))
}

pub async fn discard(ctx: &Context, id: &str, by: &str) -> Done<Sorted> {
    let mut tx = ctx.store.begin().await?;
    let Some(mail) = find_mail(&mut tx, id).await? else { return Ok(Sorted::Unknown) };
    if mail.state != "quarantine" {
        return Ok(Sorted::NotWaiting);
    }
    tx.journal_mail_decision(&mail.id, "discard", by, ctx.now()).await?;
    let reading = Reading {
        state: "discarded".into(),
        disposition: mail.disposition.clone().unwrap_or_default(),
        reason: mail.reason.clone().unwrap_or_default(),
        assignment: mail.assignment.clone(),
        inspector: mail.inspector.clone(),
        message_id: mail.message_id.clone(),
        content_sha: mail.content_sha.clone(),
        text_sha: mail.text_sha.clone(),
        recorded: false,
    };
    tx.finish_mail(&mail.id, &reading, ctx.now()).await?;
    tx.commit().await?;
    Ok(Sorted::Done("discarded".into()))
}

pub async fn letters(ctx: &Context, state: Option<&str>) -> Done<Vec<LetterRow>> {
    Ok(ctx.store.read().await?.letters(state, LIST).await?)
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

/// Holds a letter, or queues it again; `false` where it is not in a state for that.
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
