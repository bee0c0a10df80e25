//! What follows from what was reported of a call.

use super::super::places::details;
use super::super::{Context, Done};
use super::history::{Told, histories, office_of, rule, tries};
use crate::model::{Outcome, PlaceId};
use crate::plan::Snapshot;
use crate::plan::calls::next::{self, Circumstances};
use crate::plan::calls::{End, Next, Whom, contacts};
use crate::store::{CallTaskRow, Ids, NextTry, Tx};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Plans every call of which something was reported, and returns how many there were.
pub async fn plan_due(ctx: &Context) -> Done<usize> {
    if ctx.store.read().await?.calls_to_plan().await?.is_empty() {
        return Ok(0);
    }
    let mut tx = ctx.store.begin().await?;
    let tasks = tx.calls_to_plan().await?;
    plan(ctx, &mut tx, &tasks).await?;
    tx.commit().await?;
    Ok(tasks.len())
}

/// Writes what follows for each task.
pub(super) async fn plan(ctx: &Context, tx: &mut Tx, tasks: &[CallTaskRow]) -> Done<()> {
    let mut histories = histories(tx, tasks.iter().map(|task| (&task.window, &task.place))).await?;
    let none = Vec::new;
    let told: Vec<Vec<Told>> = tasks
        .iter()
        .map(|task| histories.remove(&(task.window.clone(), task.place.clone())).unwrap_or_else(none))
        .collect();
    let wrong = |told: &&Vec<Told>| said_last(told) == Some(Outcome::WrongNumber);
    let places: BTreeSet<&PlaceId> =
        told.iter().filter(wrong).filter_map(|told| Some(&told.first()?.line.place)).collect();
    let register = if places.is_empty() { Snapshot::default() } else { details(tx, places, []).await? };
    for (task, told) in tasks.iter().zip(&told) {
        let others =
            said_last(told) == Some(Outcome::WrongNumber) && another(ctx, tx, told, &register).await?.is_some();
        write(ctx, tx, task, told, others).await?;
    }
    Ok(())
}

fn said_last(told: &[Told]) -> Option<Outcome> {
    told.last()?.outcome.as_ref().map(|outcome| outcome.outcome)
}

/// The next one by order who may be rung about a call today.
pub(super) async fn another(
    ctx: &Context,
    tx: &mut Tx,
    told: &[Told],
    register: &Snapshot,
) -> Done<Option<crate::model::LineContact>> {
    let Some(first) = told.first() else { return Ok(None) };
    let (place, office) = (&first.line.place, ctx.office(&first.line.window.office)?);
    let day = ctx.now().day(office.zone);
    let ids = Ids::new(register.contacts_at(place, day).into_iter().map(|contact| contact.id.as_str()));
    let quiet = tx.quiet_among(&ids, day).await?;
    let rung = told.iter().filter_map(|one| one.line.contact.as_ref());
    Ok(contacts::after(rung, place, day, register, &quiet))
}

async fn write(ctx: &Context, tx: &mut Tx, task: &CallTaskRow, told: &[Told], others: bool) -> Done<()> {
    let office = office_of(ctx, task)?;
    let is_workday = |day: NaiveDate| ctx.calendar.is_workday(day).unwrap_or(false);
    let now = Circumstances { now: ctx.now(), until: task.closes, others, is_workday: &is_workday };
    let call = (&task.window, &task.place);
    match next::next(&rule(office), &tries(told, office.zone), &now) {
        Next::Waits => tx.plan_call(call, "out", None, None).await?,
        Next::Office => tx.plan_call(call, "office", None, None).await?,
        Next::Try { from, to, whom } => {
            let whom = match whom {
                Whom::Same => "same",
                Whom::Another => "another",
            };
            let next = NextTry { from, to, whom: whom.to_owned() };
            tx.plan_call(call, "due", Some(&next), None).await?;
        }
        Next::Ended(end) => ended(tx, call, end).await?,
    }
    // Whether tries were in vain is known of all of them together.
    for one in told {
        tx.look_again(&one.row.assignment, one.row.code.as_str()).await?;
    }
    Ok(())
}

pub(super) async fn ended(tx: &mut Tx, call: (&crate::model::WindowId, &PlaceId), end: End) -> Done<()> {
    Ok(tx.plan_call(call, "ended", None, Some(end.code())).await?)
}
