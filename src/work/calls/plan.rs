//! What follows from what was reported of a call.

use super::super::change::{Change, Changes};
use super::super::places::details;
use super::super::{Context, Done};
use super::history::{Told, histories, office_of, rule, tries};
use super::take_back::{is_held, take_back};
use crate::config::Office;
use crate::model::{LineContact, Outcome, PlaceId};
use crate::plan::Snapshot;
use crate::plan::calls::next::{self, Circumstances};
use crate::plan::calls::{Next, Whom, contacts};
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
    let mut places: BTreeSet<&PlaceId> = BTreeSet::new();
    for (task, told) in tasks.iter().zip(&told) {
        if office_of(ctx, task).is_some_and(|office| leads_on(office, told)) {
            places.insert(&task.place);
        }
    }
    let register = if places.is_empty() { Snapshot::default() } else { details(tx, places, []).await? };
    let mut changes = Changes::default();
    for (task, told) in tasks.iter().zip(&told) {
        let Some(office) = office_of(ctx, task) else { continue };
        let today = ctx.now().day(office.zone);
        let others = leads_on(office, told) && another(tx, told, today, &register).await?.is_some();
        write(ctx, tx, (task, office), told, others, &mut changes).await?;
    }
    changes.post(ctx, tx).await
}

/// Whether the next one to be rung may be somebody else: a wrong number, or several people are asked.
fn leads_on(office: &Office, told: &[Told]) -> bool {
    match told.last().and_then(|last| last.outcome.as_ref()).map(|last| last.outcome) {
        Some(Outcome::WrongNumber) => true,
        Some(Outcome::NotDone) | None => false,
        Some(outcome) => office.call_people > 1 && !outcome.is_temporary(),
    }
}

/// The next one by order who may be rung about a call on a day.
pub(super) async fn another(
    tx: &mut Tx,
    told: &[Told],
    day: NaiveDate,
    register: &Snapshot,
) -> Done<Option<LineContact>> {
    let Some(first) = told.first() else { return Ok(None) };
    let place = &first.line.place;
    let ids = Ids::new(register.contacts_at(place, day).into_iter().map(|contact| contact.id.as_str()));
    let quiet = tx.quiet_among(&ids, day).await?;
    let rung = told.iter().filter_map(|one| one.line.contact.as_ref());
    Ok(contacts::after(rung, place, day, register, &quiet))
}

async fn write(
    ctx: &Context,
    tx: &mut Tx,
    (task, office): (&CallTaskRow, &Office),
    told: &[Told],
    others: bool,
    changes: &mut Changes,
) -> Done<()> {
    let is_workday = |day: NaiveDate| ctx.calendar.of(&office.region).is_workday(day).unwrap_or(false);
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
        Next::Ended(end) => {
            tx.plan_call(call, "ended", None, Some(end.code())).await?;
            if told.iter().any(|one| one.given_back) {
                tx.settle_tries(call, false).await?;
            }
            // Nobody is rung about what is settled.
            for held in told.iter().filter(|one| is_held(one)) {
                take_back(tx, held, Change::Settled, changes).await?;
            }
        }
    }
    // Whether tries were in vain is known of all of them together.
    for one in told {
        tx.look_again(&one.row.assignment, one.row.code.as_str()).await?;
    }
    Ok(())
}
