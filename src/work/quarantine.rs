//! Mails that came in, and what a person decides about those that wait.

use super::cases::signatures;
use super::signed::signed;
use super::{Context, Done, answer, away_mail, case_mail, file_mail};
use crate::letter::columns::{cut, flat};
use crate::letter::phone_free;
use crate::model::{AssignmentId, Sha256, Trouble, same_person};
use crate::reply::{self, Text};
use crate::said;
use crate::store::{Ids, InboxRow, PhotoRow, Reading, Tx};
use std::collections::BTreeMap;

/// Columns of a subject in a list.
const SUBJECT: usize = 40;
/// Rows that a list shows at most.
const LIST: i64 = 1000;

/// What became of a mail that a person decided about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sorted {
    /// Why it was read as it was: `ok`, `no_key`, `discarded`, …
    Done(String),
    /// It was read and waits again, for this reason.
    StillWaits(String),
    NotWaiting,
    Unknown,
    /// There is no assignment that it could answer.
    NoAssignment,
}

/// Newest first; of one state, or of all.
pub async fn mails(ctx: &Context, state: Option<&str>) -> Done<Vec<InboxRow>> {
    Ok(ctx.store.read().await?.mails(state, LIST).await?)
}

/// A mail in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub row: InboxRow,
    /// The registered name, or the address as far as a list shows one.
    pub sender: String,
    pub subject: String,
}

/// [`mails`] with who sent them and what about.
pub async fn listed(ctx: &Context, state: Option<&str>) -> Done<Vec<Listed>> {
    let rows = mails(ctx, state).await?;
    with_heads(&mut ctx.store.read().await?, rows).await
}

/// So many senders are looked for one by one; for more, all inspectors are read.
const FEW: usize = 100;

/// Who sent each, and what about.
pub(super) async fn with_heads(tx: &mut Tx, rows: Vec<InboxRow>) -> Done<Vec<Listed>> {
    let mut heads = Vec::with_capacity(rows.len());
    for row in rows {
        let bytes = match row.id.parse::<Sha256>() {
            Ok(sha) => tx.blob(&sha).await?.unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        let mail = reply::envelope(&bytes).ok();
        let from = mail.as_ref().and_then(reply::from_address);
        heads.push((row, from, mail.and_then(|mail| mail.headers.text("subject")).unwrap_or_default()));
    }
    let from = Ids::new(heads.iter().filter_map(|(_, from, _)| from.as_deref()));
    let officials = tx.officials_at(&from).await?.into_iter().map(|(address, name)| (address, name.both()));
    let mut names: BTreeMap<String, String> = officials.collect();
    let mut inspectors = Vec::new();
    if heads.len() > FEW {
        inspectors = tx.inspectors().await?;
    } else {
        for from in heads.iter().filter_map(|(_, from, _)| from.as_deref()) {
            inspectors.extend(tx.inspectors_at(from).await?);
        }
    }
    for inspector in inspectors {
        names.extend(inspector.addresses.iter().map(|address| (address.clone(), inspector.name.both())));
    }
    let sender = |from: Option<String>| {
        from.map_or_else(|| "?".to_owned(), |from| names.get(&from).cloned().unwrap_or_else(|| masked(&from)))
    };
    let listed = heads.into_iter().map(|(row, from, subject)| {
        let subject = cut(&flat(&phone_free(&subject)), SUBJECT);
        Listed { row, sender: sender(from), subject }
    });
    Ok(listed.collect())
}

/// `z***@field.example`: enough to know an address again.
fn masked(address: &str) -> String {
    match address.split_once('@') {
        Some((local, domain)) => {
            let first: String = local.chars().take(1).collect();
            flat(&format!("{first}***@{domain}"))
        }
        None => "***".to_owned(),
    }
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

/// Reads a quarantined mail as if its sender were proven; the decision is journalled. `assignment`: what it
/// answers, where the mail itself does not say so.
///
/// # Errors
/// Nobody who vouches for it, or the very inspector whose mail it would be.
pub async fn accept(ctx: &Context, id: &str, by: &str, assignment: Option<&AssignmentId>) -> Done<Sorted> {
    let by = &signed(by, "--by")?;
    let mut tx = ctx.store.begin().await?;
    let Some(mail) = find_mail(&mut tx, id).await? else { return Ok(Sorted::Unknown) };
    not_the_inspector(&mut tx, &mail, assignment, by).await?;
    if mail.state != "quarantine" {
        return Ok(Sorted::NotWaiting);
    }
    if let Some(id) = assignment
        && tx.assignment(id).await?.is_none()
    {
        return Ok(Sorted::NoAssignment);
    }
    tx.journal_mail_decision(&mail.id, "accept", by, ctx.now()).await?;
    if assignment.is_none()
        && matches!(mail.reason.as_deref(), Some("unauthenticated" | "wrong_sender" | "bad_key" | "failure"))
    {
        // Files, and answers about flags, are taken in transactions of their own.
        tx.commit().await?;
        if let Some(reason) = file_mail::take_vouched(ctx, &mail).await? {
            return Ok(Sorted::Done(reason));
        }
        if let Some(reason) = case_mail::take_vouched(ctx, &mail, by).await? {
            let waits = ctx.store.read().await?.mail(&mail.id).await?.is_some_and(|mail| mail.state == "quarantine");
            return Ok(if waits { Sorted::StillWaits(reason) } else { Sorted::Done(reason) });
        }
        if let Some(reason) = away_mail::take_vouched(ctx, &mail).await? {
            return Ok(Sorted::Done(reason));
        }
        tx = ctx.store.begin().await?;
    }
    let reason = answer::read_vouched(ctx, &mut tx, &mail, answer::Vouched { assignment }).await?;
    let waits = tx.mail(&mail.id).await?.is_some_and(|mail| mail.state == "quarantine");
    tx.commit().await?;
    Ok(if waits { Sorted::StillWaits(reason) } else { Sorted::Done(reason) })
}

/// Nobody vouches for the own mail.
async fn not_the_inspector(tx: &mut Tx, mail: &InboxRow, assignment: Option<&AssignmentId>, by: &str) -> Done<()> {
    let told = mail.assignment.as_deref().and_then(|id| id.parse().ok());
    let Some(id) = assignment.or(told.as_ref()) else { return Ok(()) };
    let Some(row) = tx.assignment(id).await? else { return Ok(()) };
    let inspectors = tx.inspectors_among(&Ids::new([row.inspector.as_str()])).await?;
    if inspectors.iter().flat_map(signatures).any(|own| same_person(&own, by)) {
        return Err(Trouble::new(said!(
            "this would be the inspector's own mail: somebody else has to vouch for it",
            "这是该检查员本人任务的邮件：须由他人确认"
        ))
        .in_field("--by")
        .into());
    }
    Ok(())
}

/// # Errors
/// Nobody who decides it.
pub async fn discard(ctx: &Context, id: &str, by: &str) -> Done<Sorted> {
    let by = &signed(by, "--by")?;
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
    tx.finish_mails(&[(&mail.id, reading)], ctx.now()).await?;
    tx.commit().await?;
    Ok(Sorted::Done("discarded".into()))
}

/// A mail as a person can look at it: nothing of it is executed or fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub row: InboxRow,
    pub from: Option<String>,
    pub subject: String,
    /// Decoded, of the part that a reply is read from; `None` where there is none or it cannot be read.
    pub text: Option<String>,
    /// Everything that came with it.
    pub files: Vec<ShownFile>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownFile {
    pub kind: String,
    pub bytes: usize,
    /// Of a photo with the report of a visit: how it fits.
    pub photo: Option<PhotoRow>,
}

pub async fn show(ctx: &Context, id: &str) -> Done<Option<Shown>> {
    let mut tx = ctx.store.read().await?;
    let Some(row) = find_mail(&mut tx, id).await? else { return Ok(None) };
    let bytes = match row.id.parse::<Sha256>() {
        Ok(sha) => tx.blob(&sha).await?.unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    let Ok(mail) = reply::envelope(&bytes) else {
        return Ok(Some(Shown { row, from: None, subject: String::new(), text: None, files: Vec::new() }));
    };
    let text = match reply::text_of(&mail) {
        Text::Found(text) => Some(text.clone()),
        Text::None | Text::Unreadable | Text::Endless => None,
    };
    let photos = tx.photos_of_mail(&row.id).await?;
    let file = |file: reply::Attachment<'_>| {
        let bytes = file.bytes();
        let sha = Sha256::of(&bytes).hex();
        let photo = photos.iter().find(|photo| photo.sha == sha).cloned();
        ShownFile { kind: file.kind.to_owned(), bytes: bytes.len(), photo }
    };
    Ok(Some(Shown {
        from: reply::from_address(&mail),
        subject: mail.headers.text("subject").unwrap_or_default(),
        text,
        files: mail.attachments().map(file).collect(),
        row,
    }))
}
