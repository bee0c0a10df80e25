//! A reminder, once, when an answer is late; sooner on a person's word.

use super::case_letters;
use super::cases::Held;
use super::open::open_now;
use super::post::{About, Direction, letter_input};
use super::release::load_assignment;
use super::windows::damaged;
use super::{Context, Done};
use crate::letter::{Auto, MessageId, reminder};
use crate::model::key::KeyUse;
use crate::model::time::MINUTE;
use crate::model::{AssignmentId, CaseId};
use crate::store::{AssignmentRow, Ids, Tx};

/// Sends every reminder that is due and returns how many letters went out. One that fails does not keep the others back.
///
/// # Errors
/// The first failure, after everything else was done.
pub async fn remind_due(ctx: &Context) -> Done<usize> {
    let late = ctx.store.read().await?.assignments_to_remind(ctx.now()).await?;
    let (mut sent, mut failed) = (0, None);
    for row in late {
        match remind_late(ctx, &row).await {
            Ok(posted) => sent += usize::from(posted),
            Err(failure) if failure.may_retry() => return Err(failure),
            Err(failure) => failed = failed.or(Some(failure)),
        }
    }
    failed.map_or(Ok(sent), Err)
}

/// `false` where it is not late enough yet, or there is nothing to be reminded of.
async fn remind_late(ctx: &Context, row: &AssignmentRow) -> Done<bool> {
    let office = ctx.office(&row.office)?;
    if ctx.now() < row.reply_by.plus(i64::from(office.remind_after_minutes) * MINUTE) {
        return Ok(false);
    }
    let mut tx = ctx.store.begin().await?;
    let Some(posted) = remind(ctx, &mut tx, row).await? else { return Ok(false) };
    tx.commit().await?;
    Ok(posted)
}

/// The same for one assignment, on a person's word and before it is due; `false` where nothing is to be reminded of.
pub async fn remind_now(ctx: &Context, id: &AssignmentId) -> Done<bool> {
    let mut tx = ctx.store.begin().await?;
    let Some(row) = tx.assignment(id).await? else { return Ok(false) };
    if row.closed.is_some() || row.reminded.is_some() {
        return Ok(false);
    }
    let posted = remind(ctx, &mut tx, &row).await?;
    tx.commit().await?;
    Ok(posted.unwrap_or(false))
}

/// Reminds of a flag or complaint of which no explanation has come; `Ok(None)` where there is no such case, `false`
/// where a reminder went out before.
///
/// # Errors
/// No explanation is awaited by mail.
pub async fn remind_of_case(ctx: &Context, case: &CaseId) -> Done<Option<bool>> {
    let mut tx = ctx.store.begin().await?;
    let Some(held) = Held::lock(&mut tx, case).await? else { return Ok(None) };
    let posted = case_letters::remind(ctx, &mut tx, &held).await?;
    tx.commit().await?;
    Ok(Some(posted))
}

/// Whether a letter went out; `None` where the assignment cannot be read.
async fn remind(ctx: &Context, tx: &mut Tx, row: &AssignmentRow) -> Done<Option<bool>> {
    let office = ctx.office(&row.office)?;
    let Some(assignment) = load_assignment(tx, row).await? else { return Ok(None) };
    let open = open_now(tx, &assignment).await?;
    tx.mark_reminded(&row.id, ctx.now()).await?;
    let (Some(reply), Some(bounce)) = (ctx.key_of(row, KeyUse::Reply), ctx.key_of(row, KeyUse::Bounce)) else {
        return Err(damaged("reply secret"));
    };
    let inspectors = tx.inspectors_among(&Ids::new([row.inspector.as_str()])).await?;
    let Some((inspector, to)) = inspectors.first().and_then(|one| Some((one, one.addresses.first()?))) else {
        return Ok(Some(false));
    };
    let input = letter_input(office, inspector, &assignment, &reply);
    let Some(letter) = reminder(&input, &open) else { return Ok(Some(false)) };
    let first = MessageId::parse(&row.message_id);
    let direction = Direction {
        office,
        to,
        message_id: MessageId::assignment(&row.id, 2, &reply, &ctx.mail_host()?),
        auto: Auto::Generated,
        in_reply_to: first.clone(),
        references: first.into_iter().collect(),
        about: Some(About { assignment: &row.id, inspector: &row.inspector, reply: &reply, bounce: &bounce }),
        null_sender: false,
    };
    Ok(Some(ctx.post(tx, &letter.letter, direction).await?))
}
