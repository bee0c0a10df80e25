//! Files of attendance and leave that a registered address mailed to the desk: imported, and answered with counts.
//!
//! Each file is a transaction of its own, and the answer is one after them: what was imported before a crash is
//! known by its hash when the mail is read again.

use super::opened::{Opened, Person, open};
use super::post::Direction;
use super::records::RecordFile;
use super::{Content, Context, Done, Failure, attachments, mappings, records, senders};
use crate::config::{self, Office, OfficeSource};
use crate::evidence::rows::source_kinds;
use crate::letter::{Auto, FileTold, FilesInput, MessageId, files as files_letter};
use crate::model::time::HOUR;
use crate::model::{Said, Sha256, Trouble};
use crate::reply::{self, KeyFound, Mail};
use crate::store::{Ids, InboxRow, Reading};
use crate::table::mapping::recognise::choose;
use crate::table::mapping::{Mapping, RECORDS, Wanted};
use crate::words::letters::files;

/// Files of one mail that are looked at.
const MOST_FILES: usize = 20;
/// Rejected rows that the answer names.
const TOLD: usize = 20;
/// Answers in an hour: a loop stops here.
const AN_HOUR: i64 = 100;

/// Whether an address is one that may send files.
pub fn is_sender(ctx: &Context, address: &str) -> bool {
    ctx.config.sources.iter().any(|source| source.senders.iter().any(|sender| sender == address))
}

/// As [`take`], where a person says that the sender is who it seems to be.
pub(super) async fn take_vouched(ctx: &Context, row: &InboxRow) -> Done<Option<String>> {
    let bytes = match row.id.parse::<Sha256>() {
        Ok(sha) => ctx.store.read().await?.blob(&sha).await?,
        Err(_) => None,
    };
    take(ctx, &open(row.clone(), bytes.as_deref(), &ctx.desk_mailbox()?.to_string()), true).await
}

/// Takes the files of a mail and answers it; the reason of its reading, or `None` where the mail is no such one and
/// is read like any other.
pub(super) async fn take(ctx: &Context, opened: &Opened<'_>, vouched: bool) -> Done<Option<String>> {
    let row = &opened.row;
    let Some(person) = opened.person() else { return Ok(None) };
    let Person { mail, from: Some(from), fingerprint, key } = person else { return Ok(None) };
    // What comes without a file is for a person to read.
    let has_files = || mail.attachments().any(|attachment| is_file(&attachment));
    if !is_sender(ctx, from) || !matches!(key, KeyFound::None { subject: None }) || !has_files() {
        return Ok(None);
    }
    let mut tx = ctx.store.read().await?;
    let known = !tx.known_contents(&Ids::new([fingerprint.hex().as_str()])).await?.is_empty();
    let trusts = tx.relays_of(&Ids::new([from.as_str()])).await?;
    drop(tx);
    if known && !vouched {
        return finish(ctx, row, mail, ("done", "ignored", "duplicate")).await;
    }
    let authentication = senders::authentication(ctx, &trusts, row, person, vouched);
    let proven = reply::is_proven(mail, from, &authentication);
    if !proven && ctx.config.intake.authentication == config::Authentication::Require {
        return finish(ctx, row, mail, ("quarantine", "rejected", "unauthenticated")).await;
    }
    let doubted = !proven && ctx.config.intake.authentication == config::Authentication::Flag;
    let sources: Vec<&OfficeSource> =
        ctx.config.sources.iter().filter(|source| source.senders.contains(from)).collect();
    // What is wrong with the office's own mappings is told to the office, not to who sends.
    let mappings = mappings::of(&ctx.config)?;
    let mut told = Vec::new();
    for (number, file) in (1..).zip(mail.attachments().filter(is_file).take(MOST_FILES)) {
        let name = file.file_name.map_or_else(|| format!("file {number}"), str::to_owned);
        told.push(one(ctx, (&sources, &mappings), name, file.bytes(), doubted).await?);
    }
    let Some(office) = sources.first().map(|source| &source.office) else { return Ok(None) };
    answer(ctx, row, mail, (from, ctx.office(office)?), told).await.map(Some)
}

/// Whether an attachment may be a table: no picture of a signature, no invitation.
fn is_file(attachment: &reply::Attachment<'_>) -> bool {
    let kind = attachment.kind;
    !attachment.is_dressing() && !kind.starts_with("image/") && !matches!(kind, "text/calendar" | "text/html")
}

/// The sources that a sender may send for, and the layouts that files are known by.
type Known<'a> = (&'a [&'a OfficeSource], &'a [Mapping]);

async fn one(ctx: &Context, known: Known<'_>, name: String, bytes: Vec<u8>, doubted: bool) -> Done<FileTold> {
    let mut told = FileTold { name: name.clone(), ..FileTold::default() };
    match import(ctx, known, &name, Content::bytes(bytes), doubted).await {
        Ok((imported, title)) => {
            told.imported = true;
            told.said.extend(title.map(|title| files::layout(&title)));
            told.said.push(match imported.seen_before {
                true => files::seen_before(imported.read, imported.rejected),
                false => files::counts(imported.read, imported.new, imported.known, imported.rejected, imported.silent),
            });
            told.said.extend(imported.span.map(|(from, to)| files::covers(&from.to_string(), &to.to_string())));
            told.said.extend(imported.warnings.into_iter().map(without_file));
            told.all_rejected = imported.rejected;
            let rejects = imported.rejects.iter().take(TOLD);
            told.rejected = rejects.map(|reject| (reject.trouble.row.unwrap_or(0), reject.reasons())).collect();
            Ok(told)
        }
        Err(Failure::Trouble(trouble)) => {
            told.said.push(without_file(trouble));
            Ok(told)
        }
        Err(failure) => Err(failure),
    }
}

/// A trouble in both languages; the file's name stands above it.
fn without_file(mut trouble: Trouble) -> Said {
    trouble.file = None;
    Said::new(trouble.text(crate::model::Language::En), trouble.text(crate::model::Language::ZhHans))
}

async fn import(
    ctx: &Context,
    (sources, mappings): Known<'_>,
    name: &str,
    content: Content,
    doubted: bool,
) -> Done<(super::import::Imported, Option<Said>)> {
    let wanted = Wanted { kinds: &RECORDS, mappings, map: None };
    let layout = choose(&wanted, &super::mappings::first_rows(name, &content)?)?.layout;
    let kinds = source_kinds(layout.makes());
    let Some(source) = super::mappings::source_of(sources, layout) else {
        let fitting = sources.iter().filter(|source| kinds.contains(&source.source.kind));
        let ids: Vec<&str> = fitting.map(|source| source.source.id.as_str()).collect();
        return Err(Trouble::new(files::which_source(&ids.join(", "))).into());
    };
    let doubt = files::unproven();
    let file =
        RecordFile { doubt: doubted.then_some(&doubt), ..RecordFile::new(layout.makes(), source, name, content) };
    Ok((records::import(ctx, &file).await?, Some(layout.title())))
}

/// Keeps what came, marks the mail as read and queues the answer, in one transaction.
async fn answer(
    ctx: &Context,
    row: &InboxRow,
    mail: &Mail<'_>,
    (from, office): (&str, &Office),
    told: Vec<FileTold>,
) -> Done<String> {
    let taken = told.iter().filter(|file| file.imported).count();
    let reason = if taken > 0 { "files" } else { "no_files" };
    let disposition = match taken {
        0 => "rejected",
        n if n == told.len() => "accepted",
        _ => "partial",
    };
    let mut tx = ctx.store.begin().await?;
    attachments::keep(&mut tx, &row.id, mail).await?;
    tx.finish_mails(&[(&row.id, reading(mail, ("done", disposition, reason)))], ctx.now()).await?;
    let this_hour = tx.letters_since("receipt", ctx.now().minus(HOUR), AN_HOUR).await?;
    if this_hour >= AN_HOUR {
        tracing::warn!(mail = row.id, this_hour, "files that came by mail are not answered: the limit is reached");
    } else if let Ok(sha) = row.id.parse::<Sha256>() {
        let letter = files_letter(&FilesInput { at: ctx.now(), zone: office.zone, files: told });
        let in_reply_to = mail.message_id().as_deref().and_then(MessageId::parse);
        let direction = Direction {
            office,
            to: from,
            message_id: MessageId::files(&sha, &ctx.mail_host()?),
            auto: Auto::Replied,
            in_reply_to: in_reply_to.clone(),
            references: in_reply_to.into_iter().collect(),
            about: None,
            null_sender: true,
        };
        ctx.post(&mut tx, &letter, direction).await?;
    }
    tx.commit().await?;
    Ok(reason.to_owned())
}

async fn finish(ctx: &Context, row: &InboxRow, mail: &Mail<'_>, how: (&str, &str, &str)) -> Done<Option<String>> {
    let mut tx = ctx.store.begin().await?;
    tx.finish_mails(&[(&row.id, reading(mail, how))], ctx.now()).await?;
    tx.commit().await?;
    Ok(Some(how.2.to_owned()))
}

fn reading(mail: &Mail<'_>, (state, disposition, reason): (&str, &str, &str)) -> Reading {
    Reading {
        state: state.to_owned(),
        disposition: disposition.to_owned(),
        reason: reason.to_owned(),
        message_id: mail.message_id(),
        // A mail that waits for a person is no reason to ignore its copy.
        content_sha: (state == "done").then(|| mail.fingerprint().hex()),
        recorded: disposition == "accepted" || disposition == "partial",
        ..Reading::default()
    }
}
