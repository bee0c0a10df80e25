//! Tries that an inspector holds and is not to make any more: the call is settled, or the inspector cannot.

use super::super::change::{Change, Changes};
use super::super::{Context, Done};
use super::history::{Told, histories, office_of};
use super::plan::plan;
use crate::model::time::DAY;
use crate::store::{CallTaskRow, Tx};

/// Tasks with a try of somebody who is away, today or later.
pub(super) async fn held_by_away(ctx: &Context, tx: &mut Tx) -> Done<Vec<CallTaskRow>> {
    // The day before, for offices west of Greenwich.
    let day = ctx.now().minus(DAY).day(chrono_tz::Tz::UTC);
    Ok(tx.calls_of_away(day).await?)
}

/// Takes back what inspectors hold who are away by now; it is planned anew.
pub(super) async fn from_those_away(ctx: &Context, tx: &mut Tx) -> Done<()> {
    let tasks = held_by_away(ctx, tx).await?;
    let mut changes = Changes::default();
    let mut anew: Vec<CallTaskRow> = Vec::new();
    let histories = histories(tx, tasks.iter().map(|task| (&task.window, &task.place))).await?;
    for task in tasks {
        let told = histories.get(&(task.window.clone(), task.place.clone()));
        let (Some(office), Some(last)) = (office_of(ctx, &task), told.and_then(|told| told.last())) else { continue };
        if !is_held(last) || last.line.to <= ctx.now() {
            continue;
        }
        let away = tx.away_on(last.line.from.day(office.zone)).await?;
        if away.iter().any(|row| row.inspector == last.row.inspector) {
            take_back(tx, last, Change::Away, &mut changes).await?;
            anew.push(task);
        }
    }
    plan(ctx, tx, &anew).await?;
    changes.post(ctx, tx).await
}

/// A further try of which nothing is reported.
pub(super) fn is_held(one: &Told) -> bool {
    one.row.number > 1 && one.outcome.is_none() && one.row.closed.is_none()
}

pub(super) async fn take_back(tx: &mut Tx, one: &Told, why: Change, changes: &mut Changes) -> Done<()> {
    tx.take_back_try((&one.row.window, &one.row.place), &one.row.assignment).await?;
    changes.withdrawn(one.row.assignment.clone(), one.row.code.clone(), why);
    Ok(())
}
