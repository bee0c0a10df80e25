//! Mails that came in, read: outcomes, receipts, quarantine (REPLIES 3).
//!
//! What a mail says, that it was read, and its receipt are one transaction; mails of one look share it. All
//! that is asked of the database is asked once for them together (`asked.rs`), each is read in memory in the
//! order in which they came, and what they say is written together.

use super::asked::Asked;
use super::back::{self, Back, Content as Said};
use super::back_checks;
use super::calls::note::note;
use super::heard::{Heard, end, hear_all};
use super::opened::{self, Lot, Opened};
use super::record::rung;
use super::senders::Look;
use super::sent::Known;
use super::{
    Context, Done, Failure, answered, attachments, away_mail, bounce, case_mail, file_mail, lexicons, link_mail,
    photos, senders,
};
use crate::letter::HelpReason;
use crate::model::{AssignmentId, Kind, Line, Outcome, Sha256, Timestamp};
use crate::reply::{self, Answer, By, Disposition, Mail, Outcomes, Reason};
use crate::store::{Ids, InboxRow, NewOutcome, Reading, Tx};
use std::collections::BTreeSet;
use tokio::sync::Mutex;

/// Reads every new mail and returns how many there were.
///
/// A mail that cannot be dealt with is set aside for a person; the others are read all the same.
pub async fn answer_new(ctx: &Context) -> Done<usize> {
    // Words that cannot be read keep every mail waiting rather than have it read without them.
    if let Some(trouble) = lexicons::troubles(&ctx.config).into_iter().next() {
        return Err(trouble.into());
    }
    let lots = Lots::default();
    let (one, other) = tokio::try_join!(lots.read(ctx), lots.read(ctx))?;
    Ok(one + other)
}

/// Mails, lot by lot: while the database writes what one lot says the next is fetched and opened.
struct Lots {
    /// The mails of the lot before, which may not be written yet; none where no mail is left.
    before: Mutex<Option<Ids>>,
    /// Taken by a lot before the next one may be fetched, so that lots are dealt with in their order.
    dealing: Mutex<()>,
}

impl Default for Lots {
    fn default() -> Lots {
        Lots { before: Mutex::new(Some(Ids::new([]))), dealing: Mutex::new(()) }
    }
}

impl Lots {
    /// Deals with every other lot, where another does the same beside it, and returns how many mails that were.
    async fn read(&self, ctx: &Context) -> Done<usize> {
        let mut count = 0;
        loop {
            let mut before = self.before.lock().await;
            let Some(besides) = before.as_ref() else { return Ok(count) };
            let lot = match Lot::next(ctx, besides).await {
                Ok(lot) => lot,
                Err(failure) => {
                    // The lot before is dealt with to its end.
                    let _dealt_with = self.dealing.lock().await;
                    return Err(failure);
                }
            };
            let opened = lot.open(ctx).await?;
            let _dealing = self.dealing.lock().await;
            let ids = Ids::new(opened.iter().map(|mail| mail.row.id.as_str()));
            // Where nothing is left beside the lot before, it is looked once more, now that that is written.
            *before = Some(ids).filter(|ids| !(ids.is_empty() && besides.is_empty()));
            count += opened.len();
            if !opened.is_empty() {
                deal_with(ctx, opened, before).await?;
            }
        }
    }
}

/// Reads mails that are opened. `next`: dropped when the next lot may be fetched.
async fn deal_with<T>(ctx: &Context, opened: Vec<Opened<'_>>, next: T) -> Done<()> {
    let mut looked = Vec::with_capacity(opened.len());
    let mut asking = true;
    for mail in opened {
        if !link_mail::take(ctx, &mail).await? {
            let look = senders::look(ctx, &mail, &mut asking).await?;
            looked.push((mail, look));
        }
    }
    let mails = take_files(ctx, settle(ctx, looked).await?).await?;
    let mails: Vec<&Opened<'_>> = mails.iter().collect();
    if !read_together(ctx, &mails, next).await? {
        for mail in mails {
            read_alone(ctx, mail).await?;
        }
    }
    Ok(())
}

/// Imports the files of mails that bring such, files what answers a letter about a flag, notes who cannot come, and
/// returns the other mails.
async fn take_files<'a>(ctx: &Context, mails: Vec<Opened<'a>>) -> Done<Vec<Opened<'a>>> {
    let mut others = Vec::with_capacity(mails.len());
    for mail in mails {
        let taken = match file_mail::take(ctx, &mail, false).await {
            Ok(None) => case_mail::take(ctx, &mail, None).await,
            taken => taken,
        };
        let taken = match taken {
            Ok(None) => away_mail::take(ctx, &mail, false).await,
            taken => taken,
        };
        match taken {
            Ok(Some(_)) => {}
            Ok(None) => others.push(mail),
            Err(failure) if failure.may_retry() => return Err(failure),
            Err(failure) => set_aside(ctx, &mail.row, failure).await?,
        }
    }
    Ok(others)
}

/// Keeps what was found out about signatures, and returns the mails that can be read now.
async fn settle<'a>(ctx: &Context, looked: Vec<(Opened<'a>, Look)>) -> Done<Vec<Opened<'a>>> {
    // Mostly there was nothing to find out: then nothing is to be written either.
    if looked.iter().all(|(_, look)| matches!(look, Look::Known)) {
        return Ok(looked.into_iter().map(|(mail, _)| mail).collect());
    }
    let mut tx = ctx.store.begin().await?;
    let mut mails = Vec::with_capacity(looked.len());
    for (mut mail, look) in looked {
        if look.settle(&mut tx, &mut mail.row).await? {
            mails.push(mail);
        }
    }
    tx.commit().await?;
    Ok(mails)
}

/// Reads mails in one transaction; `false` where one of them does not let it through, and nothing was done.
async fn read_together<T>(ctx: &Context, mails: &[&Opened<'_>], next: T) -> Done<bool> {
    let mut tx = ctx.store.begin().await?;
    // Not before: what comes in meanwhile was waiting for its own turn to write, and is there now.
    drop(next);
    match read(ctx, &mut tx, mails, None).await {
        Ok(_) => {}
        Err(failure) if failure.may_retry() => return Err(failure),
        Err(_) => return Ok(false),
    }
    tx.commit().await?;
    Ok(true)
}

async fn read_alone(ctx: &Context, mail: &Opened<'_>) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    match read(ctx, &mut tx, &[mail], None).await {
        Ok(_) => Ok(tx.commit().await?),
        Err(failure) if failure.may_retry() => Err(failure),
        Err(failure) => {
            drop(tx);
            let now = ctx.store.read().await?.mail(&mail.row.id).await?;
            // A command beside the daemon, or another daemon, read it meanwhile.
            if now.is_some_and(|now| now.state != "new") { Ok(()) } else { set_aside(ctx, &mail.row, failure).await }
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
    tx.finish_mails(&[(&row.id, reading)], ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// A person vouches for the sender of a mail.
#[derive(Debug, Clone, Copy)]
pub struct Vouched<'a> {
    /// And says what it answers, where the mail does not.
    pub assignment: Option<&'a AssignmentId>,
}

/// Reads one mail that a person vouches for, and returns the reason of its reading.
pub async fn read_vouched(ctx: &Context, tx: &mut Tx, row: &InboxRow, vouched: Vouched<'_>) -> Done<String> {
    let bytes = match row.id.parse::<Sha256>() {
        Ok(sha) => tx.blob(&sha).await?,
        Err(_) => None,
    };
    let mail = opened::open(row.clone(), bytes.as_deref(), &ctx.desk_mailbox()?.to_string());
    Ok(read(ctx, tx, &[&mail], Some(vouched)).await?.pop().unwrap_or_default())
}

/// Reads mails in the order in which they came, and returns the reasons of their readings.
async fn read(ctx: &Context, tx: &mut Tx, mails: &[&Opened<'_>], vouched: Option<Vouched<'_>>) -> Done<Vec<String>> {
    let asked = Asked::load(ctx, tx, mails, vouched.and_then(|v| v.assignment)).await?;
    let mut heard = hear_all(ctx, mails, &asked, vouched)?;
    let (mut finished, mut outcomes, mut made) = (Vec::with_capacity(mails.len()), Vec::new(), Vec::new());
    let (mut answers, mut handed_back) = (Vec::new(), Vec::new());
    for (mail, heard) in mails.iter().zip(&mut heard) {
        let reading = match heard {
            Heard::Ended(reading) => reading.clone(),
            Heard::Bounce => match mail.mail() {
                Some(bytes) => end("done", "ignored", bounce::note(ctx, tx, &mail.row, bytes).await?),
                None => end("done", "ignored", "bounce"),
            },
            Heard::Answer { known, reading, .. } => {
                for result in &reading.results {
                    let line = known.assignment.lines.iter().find(|l| l.code.as_str() == result.line);
                    let Some(line) = line else { continue };
                    outcomes.push(outcome(&mail.row, known, line, result));
                    made.push((line, result.outcome));
                }
                handed_back.extend(reading.handed_back.iter().map(|code| (&known.row.id, code.clone())));
                answers.extend(reading.answers.iter().map(|answer| answered::row(&mail.row, known, answer)));
                kept(known, mail, reading)
            }
        };
        finished.push((mail.row.id.as_str(), reading));
    }
    tx.finish_mails(&finished, ctx.now()).await?;
    tx.add_outcomes(&outcomes).await?;
    tx.add_answers(&answers).await?;
    let handed_back: Vec<_> = handed_back.iter().map(|(id, code)| (*id, code.as_str())).collect();
    tx.add_handbacks(&handed_back, ctx.now()).await?;
    note_executed(tx, &made).await?;
    note(ctx, tx, made.iter().map(|(line, _)| *line).zip(&outcomes)).await?;
    go_back(ctx, tx, mails, heard).await?;
    Ok(finished.into_iter().map(|(_, reading)| reading.reason).collect())
}

/// Final states, files and letters that follow from what was read.
async fn go_back(ctx: &Context, tx: &mut Tx, mails: &[&Opened<'_>], heard: Vec<Heard<'_>>) -> Done<()> {
    let mut settled = BTreeSet::new();
    let mut backs = Vec::new();
    for (mail, heard) in mails.iter().zip(heard) {
        let (Heard::Answer { known, reading, replaces, answers }, Some(bytes)) = (heard, mail.mail()) else { continue };
        if !reading.results.is_empty() && settled.insert(&known.row.id) {
            super::close::settle_again(ctx, tx, &known.row, &known.assignment).await?;
        }
        answered::open_findings(ctx, tx, known, &reading).await?;
        if !reading.answers.is_empty() {
            back_checks::compare(ctx, tx, &known.row.id).await?;
        }
        let files = attachments::keep(tx, &mail.row.id, bytes).await?;
        if !waits_for_person(reading.disposition, reading.reason) && reading.reason != Reason::Closed {
            photos::note(ctx, tx, known, (&mail.row.id, &reading), &files).await?;
        }
        let said = match reading.answer {
            Answer::None => continue,
            Answer::Receipt => back::receipt(&reading, replaces, answers, files.len()),
            Answer::Help => Said::Help(match reading.reason {
                Reason::Closed => HelpReason::Closed,
                Reason::NoText => HelpReason::NoText,
                Reason::Charset => HelpReason::Charset,
                Reason::TooLong => HelpReason::TooLong,
                _ => HelpReason::NotUnderstood,
            }),
        };
        let language = reading.language;
        backs.push(Back { known, mail_id: &mail.row.id, in_reply_to: bytes.message_id(), language, said });
    }
    back::send(ctx, tx, backs).await
}

/// What is kept of a mail that answers an assignment.
fn kept(known: &Known, mail: &Opened<'_>, reading: &reply::Reading) -> Reading {
    let code = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    Reading {
        state: if waits_for_person(reading.disposition, reading.reason) { "quarantine" } else { "done" }.into(),
        disposition: code(serde_json::json!(reading.disposition)),
        reason: code(serde_json::json!(reading.reason)),
        assignment: Some(known.row.id.to_string()),
        inspector: Some(known.row.inspector.to_string()),
        message_id: mail.mail().and_then(Mail::message_id),
        content_sha: mail.person().map(|person| person.fingerprint.hex()),
        text_sha: reading.seen.as_ref().map(|s| s.text.hex()),
        recorded: reading.seen.is_some(),
    }
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

/// Visits that were made start their places' count again, in every programme that they were made for.
pub(super) async fn note_executed(tx: &mut Tx, said: &[(&Line, Outcome)]) -> Done<()> {
    let made = |(line, outcome): &&(&Line, Outcome)| {
        line.kind == Kind::Visit && line.back_check.is_none() && *outcome != Outcome::NotDone
    };
    let made: BTreeSet<_> = said.iter().filter(made).map(|(line, _)| (&line.window, &line.place)).collect();
    if made.is_empty() {
        return Ok(());
    }
    let windows = tx.carried_out(&made.into_iter().collect::<Vec<_>>()).await?;
    let executed: Vec<_> =
        windows.iter().map(|(window, place, n)| (&window.programme, &window.office, place, *n)).collect();
    Ok(tx.mark_executed(&executed).await?)
}
