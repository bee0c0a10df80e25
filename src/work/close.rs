//! Assignments end: every line gets its final state, and calls without an answer are out of attempts.

use super::calls::history::{histories, tries};
use super::release::load_assignment;
use super::{Context, Done};
use crate::model::{Assignment, Kind, Outcome, PlaceId, WindowId};
use crate::plan::calls::End;
use crate::plan::calls::next::end;
use crate::store::{AssignmentRow, OutcomeRow, Tx};

/// Closes what is due and returns how many assignments that were. One that fails does not keep the others open.
///
/// # Errors
/// The first failure, after everything else was done.
pub async fn close_due(ctx: &Context) -> Done<usize> {
    let due = ctx.store.read().await?.assignments_to_close(ctx.now()).await?;
    let mut failed = None;
    for row in &due {
        match close(ctx, row).await {
            Ok(()) => {}
            Err(failure) if failure.may_retry() => return Err(failure),
            Err(failure) => failed = failed.or(Some(failure)),
        }
    }
    failed.map_or(Ok(due.len()), Err)
}

async fn close(ctx: &Context, row: &AssignmentRow) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    tx.expire_letters(&row.id, ctx.now()).await?;
    if let Some(assignment) = load_assignment(&mut tx, row).await? {
        settle(ctx, &mut tx, row, &assignment).await?;
    }
    tx.mark_closed(&row.id, ctx.now()).await?;
    Ok(tx.commit().await?)
}

async fn settle(ctx: &Context, tx: &mut Tx, row: &AssignmentRow, assignment: &Assignment) -> Done<()> {
    let outcomes = tx.outcomes_of(&row.id).await?;
    // Nobody answers a letter that never left.
    let left = tx
        .letter(&row.message_id)
        .await?
        .is_none_or(|letter| letter.ambiguous > 0 || !matches!(letter.state.as_str(), "expired" | "refused"));
    for line in &assignment.lines {
        if line.back_check.is_some() {
            let of_line = of_line(&outcomes, line.code.as_str());
            let state = match final_state(&of_line) {
                End::NoReply if !left => "not_dispatched",
                // It is rung within its one letter alone: the draw of visits has taken no heed of further tries.
                End::Answered if of_line.iter().all(|one| one.is_temporary()) => End::AttemptsUsedUp.code(),
                state => state.code(),
            };
            tx.set_back_check_state(&row.id, line.code.as_str(), state).await?;
            continue;
        }
        if line.kind == Kind::Call {
            continue;
        }
        let mut of_line = of_line(&outcomes, line.code.as_str());
        if let Some((other, code)) = tx.twin(&row.id, line.code.as_str()).await? {
            // Two went together: what either of them says is said of the line.
            of_line.extend(self::of_line(&tx.outcomes_of(&other).await?, &code));
        }
        let state = match final_state(&of_line) {
            End::NoReply if !left => "not_dispatched",
            state => state.code(),
        };
        tx.set_line_state(&line.window, &line.place, state).await?;
    }
    let calls = assignment.lines.iter().filter(|line| line.kind == Kind::Call && line.back_check.is_none());
    settle_calls(ctx, tx, row, calls.map(|line| (&line.window, &line.place)), left).await
}

fn of_line(outcomes: &[OutcomeRow], code: &str) -> Vec<Outcome> {
    outcomes.iter().filter(|o| o.line == code).map(|o| o.outcome).collect()
}

/// What a person records after the end counts: the final states follow it.
pub(super) async fn settle_again(ctx: &Context, tx: &mut Tx, row: &AssignmentRow, assignment: &Assignment) -> Done<()> {
    if row.closed.is_some() { settle(ctx, tx, row, assignment).await } else { Ok(()) }
}

fn final_state(of_line: &[Outcome]) -> End {
    match of_line {
        [] => End::NoReply,
        all if all.iter().all(|o| *o == Outcome::NotDone) => End::NotDone,
        _ => End::Answered,
    }
}

/// A call ends with the last of its tries: what was said of all of them is said of its line.
async fn settle_calls<'a>(
    ctx: &Context,
    tx: &mut Tx,
    row: &AssignmentRow,
    calls: impl Iterator<Item = (&'a WindowId, &'a PlaceId)>,
    left: bool,
) -> Done<()> {
    let zone = ctx.config.office(&row.office).map_or(chrono_tz::Tz::UTC, |office| office.zone);
    for ((window, place), told) in histories(tx, calls).await? {
        if told.iter().any(|one| one.row.closed.is_none() && one.row.assignment != row.id) {
            continue;
        }
        let state = match end(&tries(&told, zone)) {
            End::NoReply if !left && told.len() == 1 => "not_dispatched",
            state => state.code(),
        };
        tx.set_line_state(&window, &place, state).await?;
        tx.end_call((&window, &place), state).await?;
        for one in &told {
            tx.look_again(&one.row.assignment, one.row.code.as_str()).await?;
        }
    }
    Ok(())
}
