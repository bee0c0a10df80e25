//! Assignments end: every line gets its final state, and calls without an answer are out of attempts.

use super::release::load_assignment;
use super::{Context, Done};
use crate::model::{Assignment, Kind, Line, Outcome};
use crate::store::{AssignmentRow, OutcomeRow, Tx};

/// Closes what is due and returns how many assignments that were.
pub async fn close_due(ctx: &Context) -> Done<usize> {
    let due = ctx.store.read().await?.assignments_to_close(ctx.now()).await?;
    for row in &due {
        let mut tx = ctx.store.begin().await?;
        tx.expire_letters(&row.id, ctx.now()).await?;
        if let Some(assignment) = load_assignment(&mut tx, row).await? {
            settle(&mut tx, row, &assignment).await?;
        }
        tx.mark_closed(&row.id, ctx.now()).await?;
        tx.commit().await?;
    }
    Ok(due.len())
}

async fn settle(tx: &mut Tx, row: &AssignmentRow, assignment: &Assignment) -> Done<()> {
    let outcomes = tx.outcomes_of(&row.id).await?;
    // Nobody answers a letter that never left.
    let left = tx
        .letter(&row.message_id)
        .await?
        .is_none_or(|letter| letter.ambiguous > 0 || !matches!(letter.state.as_str(), "expired" | "refused"));
    for line in &assignment.lines {
        let mut of_line = of_line(&outcomes, line.code.as_str());
        if let Some((other, code)) = tx.twin(&row.id, line.code.as_str()).await? {
            // Two went together: what either of them says is said of the line.
            of_line.extend(self::of_line(&tx.outcomes_of(&other).await?, &code));
        }
        let state = match final_state(line, &of_line) {
            "no_reply" if !left => "not_dispatched",
            state => state,
        };
        tx.set_line_state(&line.window, &line.place, state).await?;
        if state == "attempts_used_up" {
            tx.look_again(&row.id, line.code.as_str()).await?;
        }
    }
    Ok(())
}

fn of_line(outcomes: &[OutcomeRow], code: &str) -> Vec<Outcome> {
    outcomes.iter().filter(|o| o.line == code).map(|o| o.outcome).collect()
}

/// What a person records after the end counts: the final states follow it.
pub(super) async fn settle_again(tx: &mut Tx, row: &AssignmentRow, assignment: &Assignment) -> Done<()> {
    if row.closed.is_some() { settle(tx, row, assignment).await } else { Ok(()) }
}

/// answered, not_done, attempts_used_up or no_reply.
fn final_state(line: &Line, of_line: &[Outcome]) -> &'static str {
    match of_line {
        [] => "no_reply",
        all if all.iter().all(|o| *o == Outcome::NotDone) => "not_done",
        all if line.kind == Kind::Call && all.iter().all(|o| o.is_temporary()) => "attempts_used_up",
        _ => "answered",
    }
}
