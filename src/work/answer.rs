//! Mails that came in, read: outcomes, receipts, quarantine (REPLIES 3).
//!
//! What a mail says, that it was read, and its receipt are one transaction; mails of one look share it.

use super::back::{self, Back};
use super::record::rung;
use super::senders::Look;
use super::sent::{self, Known, file};
use super::{Context, Done, Failure, attachments, bounce, file_mail, lexicons, link_mail, senders};
use crate::letter::HelpReason;
use crate::model::{AssignmentId, Kind, Line, Outcome, Sha256, Timestamp};
use crate::reply::{self, Answer, By, Class, Disposition, Earlier, Intake, KeyFound, Mail, Outcomes, Reason, Sent};
use crate::store::{InboxRow, NewOutcome, Reading, Tx};

/// Mails of one look.
const BATCH: i64 = 100;

/// Reads every new mail and returns how many there were.
///
/// A mail that cannot be dealt with is set aside for a person; the next one is read all the same.
pub async fn answer_new(ctx: &Context) -> Done<usize> {
    // Words that cannot be read keep every mail waiting rather than have it read without them.
    if let Some(trouble) = lexicons::troubles(&ctx.config).into_iter().next() {
        return Err(trouble.into());
    }
    let mut count = 0;
    loop {
        let new = ctx.store.read().await?.new_mails(BATCH, ctx.now()).await?;
        if new.is_empty() {
            return Ok(count);
        }
        count += new.len();
        let mut looked = Vec::with_capacity(new.len());
        let mut asking = true;
        for row in new {
            if !link_mail::take(ctx, &row).await? {
                let look = senders::look(ctx, &row, &mut asking).await?;
                looked.push((row, look));
            }
        }
        let rows = take_files(ctx, settle(ctx, looked).await?).await?;
        if !read_together(ctx, &rows).await? {
            for row in &rows {
                read_alone(ctx, row).await?;
            }
        }
    }
}

/// Imports the files of mails that bring such, and returns the other mails.
async fn take_files(ctx: &Context, rows: Vec<InboxRow>) -> Done<Vec<InboxRow>> {
    let mut others = Vec::with_capacity(rows.len());
    for row in rows {
        match file_mail::take(ctx, &row, false).await {
            Ok(Some(_)) => {}
            Ok(None) => others.push(row),
            Err(failure) if failure.may_retry() => return Err(failure),
            Err(failure) => set_aside(ctx, &row, failure).await?,
        }
    }
    Ok(others)
}

/// Keeps what was found out about signatures, and returns the mails that can be read now.
async fn settle(ctx: &Context, looked: Vec<(InboxRow, Look)>) -> Done<Vec<InboxRow>> {
    // Mostly there was nothing to find out: then nothing is to be written either.
    if looked.iter().all(|(_, look)| matches!(look, Look::Known)) {
        return Ok(looked.into_iter().map(|(row, _)| row).collect());
    }
    let mut tx = ctx.store.begin().await?;
    let mut rows = Vec::with_capacity(looked.len());
    for (row, look) in looked {
        rows.extend(look.settle(&mut tx, row).await?);
    }
    tx.commit().await?;
    Ok(rows)
}

/// Reads mails in one transaction; `false` where one of them does not let it through, and nothing was done.
async fn read_together(ctx: &Context, rows: &[InboxRow]) -> Done<bool> {
    let mut tx = ctx.store.begin().await?;
    for row in rows {
        match read_one(ctx, &mut tx, row, None).await {
            Ok(_) => {}
            Err(failure) if failure.may_retry() => return Err(failure),
            Err(_) => return Ok(false),
        }
    }
    tx.commit().await?;
    Ok(true)
}

async fn read_alone(ctx: &Context, row: &InboxRow) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    match read_one(ctx, &mut tx, row, None).await {
        Ok(_) => Ok(tx.commit().await?),
        Err(failure) if failure.may_retry() => Err(failure),
        Err(failure) => {
            drop(tx);
            let now = ctx.store.read().await?.mail(&row.id).await?;
            // A command beside the daemon, or another daemon, read it meanwhile.
            if now.is_some_and(|now| now.state != "new") { Ok(()) } else { set_aside(ctx, row, failure).await }
        }
    }
}

/// A copy that raced its twin is a duplicate; anything else waits for a person.
async fn set_aside(ctx: &Context, row: &InboxRow, failure: Failure) -> Done<()> {
    let twin = matches!(&failure, Failure::Store(e) if e.is_duplicate());
    if !twin {
        tracing::error!(mail = row.id, failure = %failure, "a mail could not be dealt with; it waits in quarantine");
    }
    let (state, disposition, reason) =
        if twin { ("done", "ignored", "duplicate") } else { ("quarantine", "rejected", "failure") };
    let mut tx = ctx.store.begin().await?;
    let reading =
        Reading { state: state.into(), disposition: disposition.into(), reason: reason.into(), ..Reading::default() };
    tx.finish_mail(&row.id, &reading, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// A person vouches for the sender of a mail.
#[derive(Debug, Clone, Copy)]
pub struct Vouched<'a> {
    /// And says what it answers, where the mail does not.
    pub assignment: Option<&'a AssignmentId>,
}

/// Reads one mail and returns the reason of its reading.
pub async fn read_one(ctx: &Context, tx: &mut Tx, row: &InboxRow, vouched: Option<Vouched<'_>>) -> Done<String> {
    let bytes = match row.id.parse::<Sha256>() {
        Ok(sha) => tx.blob(&sha).await?,
        Err(_) => None,
    };
    let Some(bytes) = bytes else { return finish(ctx, tx, row, end("quarantine", "rejected", "lost")).await };
    let Ok(mail) = reply::envelope(&bytes) else {
        return finish(ctx, tx, row, end("quarantine", "rejected", "over_caps")).await;
    };
    let desk = ctx.desk_mailbox()?.to_string();
    match reply::classify(&mail, &desk) {
        Class::Own => return finish(ctx, tx, row, end("done", "ignored", "own")).await,
        Class::ReadReceipt => return finish(ctx, tx, row, end("done", "ignored", "read_receipt")).await,
        Class::AutoReply => return finish(ctx, tx, row, end("done", "ignored", "auto_reply")).await,
        Class::Bounce => {
            let reason = bounce::note(ctx, tx, row, &mail).await?;
            return finish(ctx, tx, row, end("done", "ignored", reason)).await;
        }
        Class::Person => {}
    }
    if tx.knows_content(&mail.fingerprint().hex()).await? {
        return finish(ctx, tx, row, end("done", "ignored", "duplicate")).await;
    }
    let found = reply::carried_key(&mail, &reply::text_of(&mail));
    // The subject names the assignment but proves nothing; it tells whom to help, and what a person vouches for.
    let (id, otherwise) = match (vouched.and_then(|v| v.assignment), found) {
        (Some(id), _) => (Some(id.clone()), "bad_key"),
        (None, KeyFound::One(carried)) => (Some(carried.assignment), "bad_key"),
        (None, KeyFound::None { subject }) => (subject, "no_key"),
        (None, KeyFound::Contradiction) => (None, "bad_key"),
    };
    let known = match &id {
        Some(id) => sent::known(ctx, tx, id).await?,
        None => None,
    };
    let Some(known) = known else { return finish(ctx, tx, row, end("quarantine", "rejected", otherwise)).await };
    let mut sent = Sent::try_from(file(ctx, &known)?)?;
    if vouched.is_some()
        && let Some(from) = reply::from_address(&mail)
    {
        sent.addresses.push(from);
    }
    let earlier = earlier(tx, &known).await?;
    let authentication = senders::authentication(ctx, tx, row, &mail, vouched.is_some()).await?;
    let intake = Intake { received: Timestamp(row.received_at), vouched: vouched.is_some(), authentication };
    let words = lexicons::of_office(ctx.office(&known.row.office)?)?;
    let reading = reply::read(&mail, &sent, &earlier, &intake, words.lexicon());
    record(ctx, tx, row, &mail, &known, &earlier, &reading).await
}

fn end(state: &str, disposition: &str, reason: &str) -> Reading {
    Reading { state: state.into(), disposition: disposition.into(), reason: reason.into(), ..Reading::default() }
}

async fn finish(ctx: &Context, tx: &mut Tx, row: &InboxRow, reading: Reading) -> Done<String> {
    tx.finish_mail(&row.id, &reading, ctx.now()).await?;
    Ok(reading.reason)
}

/// What earlier mails and the desk have left of this assignment.
async fn earlier(tx: &mut Tx, known: &Known) -> Done<Earlier> {
    let recorded = tx.outcomes_of(&known.row.id).await?.into_iter().map(|o| (o.person, o.outcome)).collect();
    let mails = tx.recorded_mails(known.row.id.as_str()).await?;
    let message_ids = mails.into_iter().filter_map(|(id, text)| Some((id?, text?.parse().ok()?))).collect();
    let ever = tx.ever_said(known.row.id.as_str()).await?.into_iter().collect();
    Ok(Earlier { recorded, ever, message_ids, ..Earlier::default() })
}

async fn record(
    ctx: &Context,
    tx: &mut Tx,
    row: &InboxRow,
    mail: &Mail<'_>,
    known: &Known,
    earlier: &Earlier,
    reading: &reply::Reading,
) -> Done<String> {
    for result in &reading.results {
        let Some(line) = known.assignment.lines.iter().find(|l| l.code.as_str() == result.line) else { continue };
        tx.add_outcome(&outcome(row, known, line, result)).await?;
        note_executed(tx, line, result.outcome).await?;
    }
    if !reading.results.is_empty() {
        super::close::settle_again(tx, &known.row, &known.assignment).await?;
    }
    let code = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let reason = code(serde_json::json!(reading.reason));
    let reached = reading.seen.is_some();
    let files = attachments::keep(tx, &row.id, mail).await?;
    let kept = Reading {
        state: if waits_for_person(reading.disposition, reading.reason) { "quarantine" } else { "done" }.into(),
        disposition: code(serde_json::json!(reading.disposition)),
        reason: reason.clone(),
        assignment: Some(known.row.id.to_string()),
        inspector: Some(known.row.inspector.to_string()),
        message_id: mail.message_id(),
        content_sha: Some(mail.fingerprint().hex()),
        text_sha: reading.seen.as_ref().map(|s| s.text.hex()),
        recorded: reached,
    };
    tx.finish_mail(&row.id, &kept, ctx.now()).await?;
    let back = Back { known, mail_id: &row.id, in_reply_to: mail.message_id(), language: reading.language };
    match reading.answer {
        Answer::None => {}
        Answer::Receipt => back::receipt(ctx, tx, &back, reading, earlier, files).await?,
        Answer::Help => {
            let reason = match reading.reason {
                Reason::Closed => HelpReason::Closed,
                Reason::NoText => HelpReason::NoText,
                Reason::Charset => HelpReason::Charset,
                _ => HelpReason::NotUnderstood,
            };
            back::help(ctx, tx, &back, reason).await?;
        }
    }
    Ok(reason)
}

/// Whether a person has to look: somebody else's mail, a forged or unproven one, unreadable text.
fn waits_for_person(disposition: Disposition, reason: Reason) -> bool {
    disposition == Disposition::Rejected
        && matches!(
            reason,
            Reason::NoKey | Reason::BadKey | Reason::WrongSender | Reason::Unauthenticated | Reason::Charset
        )
}

fn outcome(row: &InboxRow, known: &Known, line: &Line, result: &Outcomes) -> NewOutcome {
    let number = result.person.split_once('.').and_then(|(_, n)| n.parse::<usize>().ok());
    let official = match line.kind {
        Kind::Visit => number.and_then(|n| line.officials.get(n.checked_sub(1)?)).map(|o| o.official.clone()),
        Kind::Call => rung(line),
    };
    NewOutcome {
        assignment: known.row.id.clone(),
        line: result.line.clone(),
        person: result.person.clone(),
        official,
        outcome: result.outcome,
        stated: result.at.map(|(_, at)| at),
        remark: result.remark.clone().unwrap_or_default(),
        by: match result.by {
            By::Code => "code",
            By::Name => "name",
            By::Rest => "rest",
        }
        .to_owned(),
        mail: Some(row.id.clone()),
        received: Timestamp(row.received_at),
    }
}

/// A visit that was made starts its place's count again, in every programme that it was made for.
pub(super) async fn note_executed(tx: &mut Tx, line: &Line, outcome: Outcome) -> Done<()> {
    if line.kind != Kind::Visit || outcome == Outcome::NotDone {
        return Ok(());
    }
    for (window, eligible) in tx.carried_out(&line.window, &line.place).await? {
        tx.mark_executed(&window.programme, &window.office, &line.place, eligible).await?;
    }
    Ok(())
}
