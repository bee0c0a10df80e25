//! Tries whose slot comes go out: in the letter of a release, or in one of their own (EVIDENCE 6).

use super::super::draw::DrawnWindow;
use super::super::places::details;
use super::super::redeal::Standing;
use super::super::release::{self, Released};
use super::super::windows::damaged;
use super::super::{Context, Done};
use super::history::{Told, histories, office_of, tries};
use super::plan::{another, plan};
use super::take_back::{from_those_away, held_by_away};
use crate::config::Office;
use crate::model::time::MINUTE;
use crate::model::{InspectorId, Line, LineContact, OfficeId, PlaceId, Timestamp, WindowId};
use crate::plan::calls::hours::LEAST_SPAN;
use crate::plan::calls::next;
use crate::plan::travel::Sites;
use crate::plan::{Again, Given, Snapshot};
use crate::store::{CallTaskRow, Ids, NewTry, NextTry, Tx};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// A try goes out so long before its span.
const AHEAD: i64 = 30 * MINUTE;

/// Gives out every try whose slot has come, one letter an inspector, and returns how many tries that were.
pub async fn calls_due(ctx: &Context) -> Done<usize> {
    let until = ctx.now().plus(AHEAD);
    let mut tx = ctx.store.read().await?;
    if tx.calls_to_give(until).await?.is_empty() && held_by_away(ctx, &mut tx).await?.is_empty() {
        return Ok(0);
    }
    drop(tx);
    let mut tx = ctx.store.begin().await?;
    from_those_away(ctx, &mut tx).await?;
    let tasks = still_in_time(ctx, &mut tx, until).await?;
    let mut by_office: BTreeMap<OfficeId, Vec<CallTaskRow>> = BTreeMap::new();
    for task in tasks {
        let Some(office) = office_of(ctx, &task) else { continue };
        by_office.entry(office.id.clone()).or_default().push(task);
    }
    let mut given = 0;
    for (office, tasks) in by_office {
        given += give(ctx, &mut tx, ctx.office(&office)?, &tasks).await?;
    }
    tx.commit().await?;
    Ok(given)
}

/// Tasks whose try begins by then; what can no longer be rung in its span is planned anew first.
async fn still_in_time(ctx: &Context, tx: &mut Tx, until: Timestamp) -> Done<Vec<CallTaskRow>> {
    let missed = |task: &CallTaskRow| task.next.as_ref().is_none_or(|next| ctx.now().plus(LEAST_SPAN) > next.to);
    let late: Vec<CallTaskRow> = tx.calls_to_give(until).await?.into_iter().filter(|task| missed(task)).collect();
    plan(ctx, tx, &late).await?;
    Ok(tx.calls_to_give(until).await?)
}

async fn give(ctx: &Context, tx: &mut Tx, office: &Office, tasks: &[CallTaskRow]) -> Done<usize> {
    let found = prepared(ctx, tx, tasks, &|_, _| true).await?;
    // One letter a moment and inspector: who got one just now gets the next one at the next look.
    let now = ctx.now();
    let just_now: BTreeSet<InspectorId> =
        tx.assignments_between(&office.id, now, now.plus(1)).await?.into_iter().map(|row| row.inspector).collect();
    let again: Vec<Again> = found.into_iter().filter(|one| !just_now.contains(&one.inspector)).collect();
    if again.is_empty() {
        return Ok(0);
    }
    let register = details(tx, again.iter().map(|one| &one.line.place), again.iter().map(|one| &one.inspector)).await?;
    let released = release::hand_out(ctx, tx, office, &[], &again, (&register, &Sites::default())).await?;
    written(tx, &released).await?;
    release::post(ctx, tx, office, &released, &BTreeSet::new()).await?;
    Ok(again.len())
}

/// The tries that go out with the letters of a release: those of its inspectors that begin before its last window ends.
pub async fn joining(ctx: &Context, tx: &mut Tx, windows: &[DrawnWindow], given: &[Given]) -> Done<Vec<Again>> {
    let ends = windows.iter().filter(|window| window.useful).map(|window| window.seal.window.end).max();
    let Some(ends) = ends.filter(|_| !given.is_empty()) else { return Ok(Vec::new()) };
    let tasks = still_in_time(ctx, tx, ends).await?;
    let goes: BTreeSet<&InspectorId> = given.iter().flat_map(|one| &one.inspectors).collect();
    prepared(ctx, tx, &tasks, &|who, _| goes.contains(who)).await
}

/// Writes the tries among the lines that were handed out.
pub async fn written(tx: &mut Tx, released: &[Released]) -> Done<()> {
    let mut new = Vec::new();
    for Released { row, assignment, .. } in released {
        for line in &assignment.lines {
            let Some(number) = line.attempt else { continue };
            new.push(NewTry {
                window: line.window.clone(),
                place: line.place.clone(),
                number,
                assignment: row.id.clone(),
                code: line.code.clone(),
                detail: serde_json::json!(line).to_string(),
            });
            let call = (&line.window, &line.place);
            tx.plan_call(call, "out", None, None).await?;
            tx.settle_tries(call, true).await?;
        }
    }
    if new.is_empty() { Ok(()) } else { Ok(tx.add_call_tries(&new).await?) }
}

/// The lines of tasks whose try can be made by somebody whom `wanted` accepts.
async fn prepared(
    ctx: &Context,
    tx: &mut Tx,
    tasks: &[CallTaskRow],
    wanted: &dyn Fn(&InspectorId, &CallTaskRow) -> bool,
) -> Done<Vec<Again>> {
    let mut again = Vec::new();
    if tasks.is_empty() {
        return Ok(again);
    }
    let mut histories = histories(tx, tasks.iter().map(|task| (&task.window, &task.place))).await?;
    let register = details(tx, tasks.iter().map(|task| &task.place), []).await?;
    for task in tasks {
        let told = histories.remove(&(task.window.clone(), task.place.clone())).unwrap_or_default();
        let (Some(last), Some(next), Some(office)) = (told.last(), &task.next, office_of(ctx, task)) else { continue };
        let day = next.from.day(office.zone);
        let Some(inspector) = who(tx, task, day, (&last.row.inspector, &told)).await? else { continue };
        if !wanted(&inspector, task) {
            continue;
        }
        match contact(tx, &told, next, day, &register).await? {
            Some(contact) => again.push(Again { inspector, line: line(last, next, contact)? }),
            // The number was taken away meanwhile, and nobody else is left.
            None => {
                let end = next::end(&tries(&told, office.zone));
                tx.end_call((&task.window, &task.place), end.code()).await?;
            }
        }
    }
    Ok(again)
}

/// Whom the try is to reach: the same person while they may be rung, else the next one.
async fn contact(
    tx: &mut Tx,
    told: &[Told],
    next: &NextTry,
    day: NaiveDate,
    register: &Snapshot,
) -> Done<Option<LineContact>> {
    let before = told.last().and_then(|last| last.line.contact.clone());
    let (Some(before), Some(last), "same") = (before, told.last(), next.whom.as_str()) else {
        return another(tx, told, day, register).await;
    };
    let place = &last.line.place;
    let listed = match (&before.contact, &before.official) {
        (Some(id), _) => register.contacts_at(place, day).into_iter().any(|one| one.id == *id),
        (None, Some(id)) => {
            register.officials_at(place, day).into_iter().any(|one| one.id == *id && one.phone.is_some())
        }
        (None, None) => false,
    };
    if listed { Ok(Some(before)) } else { another(tx, told, day, register).await }
}

fn line(last: &Told, next: &NextTry, contact: LineContact) -> Done<Line> {
    let number = last.row.number.checked_add(1).ok_or_else(|| damaged("call"))?;
    Ok(Line { from: next.from, to: next.to, contact: Some(contact), attempt: Some(number), ..last.line.clone() })
}

/// Who rings: the inspector of the last try, or a stand-in where that one is away or gave a try of it back.
async fn who(
    tx: &mut Tx,
    task: &CallTaskRow,
    day: NaiveDate,
    (before, told): (&InspectorId, &[Told]),
) -> Done<Option<InspectorId>> {
    let givers = told.iter().filter(|one| one.given_back).map(|one| one.row.inspector.clone());
    let away = tx.away_on(day).await?.into_iter().map(|row| row.inspector);
    let away: BTreeSet<InspectorId> = away.chain(givers).collect();
    if is_there(tx, before, day, &away).await? {
        return Ok(Some(before.clone()));
    }
    let call: (&WindowId, &PlaceId) = (&task.window, &task.place);
    let Some(standing) = Standing::load(tx, call.0).await? else { return Ok(None) };
    for other in standing.stand_ins(call.1) {
        if is_there(tx, &other, day, &away).await? {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

async fn is_there(tx: &mut Tx, who: &InspectorId, day: NaiveDate, away: &BTreeSet<InspectorId>) -> Done<bool> {
    if away.contains(who) {
        return Ok(false);
    }
    let known = tx.inspectors_among(&Ids::new([who.as_str()])).await?;
    Ok(known.first().is_some_and(|one| one.active.holds_on(day) && !one.addresses.is_empty()))
}
