//! The tries of a call with what was said of each.

use super::super::windows::damaged;
use super::super::{Context, Done};
use crate::config::Office;
use crate::model::register::Role;
use crate::model::{Line, Outcome, PlaceId, Timestamp, WindowId};
use crate::plan::calls::{Hours, Reported, Rule, Try};
use crate::reply::agreed;
use crate::store::{CallTaskRow, CallTryRow, Ids, OutcomeRow, Tx};
use crate::words::calls::for_office;
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// One try as it was given out, and what counts of it now.
pub struct Told {
    pub row: CallTryRow,
    pub line: Line,
    pub outcome: Option<OutcomeRow>,
    /// Its inspector gave it back: somebody else may make it.
    pub given_back: bool,
}

/// Every try of some calls, in order.
pub async fn histories<'a>(
    tx: &mut Tx,
    calls: impl IntoIterator<Item = (&'a WindowId, &'a PlaceId)>,
) -> Done<BTreeMap<(WindowId, PlaceId), Vec<Told>>> {
    let found = tx.call_tries(calls).await?;
    let ids = Ids::new(found.values().flatten().map(|row| row.assignment.as_str()));
    let mut outcomes: BTreeMap<(String, String), OutcomeRow> = tx
        .outcomes_among(&ids)
        .await?
        .into_iter()
        .map(|outcome| ((outcome.assignment.to_string(), outcome.line.clone()), outcome))
        .collect();
    let given_back = tx.handbacks_among(&ids).await?;
    let mut histories = BTreeMap::new();
    for (call, rows) in found {
        let mut tries = Vec::with_capacity(rows.len());
        for row in rows {
            let line: Line = serde_json::from_str(&row.detail).map_err(|_| damaged("line"))?;
            let key = (row.assignment.to_string(), row.code.to_string());
            let given_back = given_back.contains(&key);
            tries.push(Told { outcome: outcomes.remove(&key), given_back, row, line });
        }
        histories.insert(call, tries);
    }
    Ok(histories)
}

/// As the plan looks at it.
pub fn tries(told: &[Told], zone: Tz) -> Vec<Try> {
    told.iter()
        .map(|one| Try {
            from: one.line.from,
            to: one.line.to,
            villager: one.line.contact.as_ref().is_some_and(|contact| contact.role == Role::Villager),
            reported: one.outcome.as_ref().map(|outcome| reported(outcome, one, zone)),
        })
        .collect()
}

fn reported(outcome: &OutcomeRow, one: &Told, zone: Tz) -> Reported {
    let agreed = (outcome.outcome == Outcome::Callback)
        .then(|| agreed(&outcome.remark, outcome.received.local(zone)))
        .flatten()
        .map(|local| Timestamp::from_local(local, zone));
    Reported {
        outcome: outcome.outcome,
        at: outcome.stated.unwrap_or_else(|| outcome.received.min(one.line.to)),
        agreed,
        given_back: one.given_back,
        for_office: for_office(&outcome.remark),
    }
}

pub fn hours_of(office: &Office) -> Hours {
    Hours::new(office.hours.iter().map(|hours| (hours.from, hours.to)), office.zone)
}

/// How an office makes its calls.
pub fn rule(office: &Office) -> Rule {
    Rule {
        hours: hours_of(office),
        attempts: office.call_attempts,
        refused_days: office.call_refused_days,
        people: office.call_people,
    }
}

/// The office whose hours hold for a call: the inspector's own, else the programme's. `None`: both were taken out
/// of the configuration, and what they have rests.
pub fn office_of<'a>(ctx: &'a Context, call: &CallTaskRow) -> Option<&'a Office> {
    ctx.config.office(&call.office).or_else(|| ctx.config.office(&call.window.office))
}
