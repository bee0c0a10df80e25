//! A person moves a flag on.

use super::judge_case::workdays;
use super::{Context, Done};
use crate::evidence::flag::{Actor, Flag, Move, Step, after};
use crate::model::register::Name;
use crate::model::{FlagState, Timestamp, Trouble};
use crate::store::{FlagRow, FlagStepRow, Tx};
use std::collections::BTreeSet;

/// Working days that somebody has for an explanation.
const TO_EXPLAIN: u32 = 5;

/// What a person wants to do with a flag.
pub struct Decision<'a> {
    pub flag: &'a str,
    pub step: Step,
    pub by: &'a str,
    pub reason: &'a str,
}

/// The flag's new state; `Ok(None)` where there is no such flag.
///
/// # Errors
/// The step is not allowed now, or not to this person.
pub async fn decide(ctx: &Context, decision: &Decision<'_>) -> Done<Option<FlagState>> {
    let mut tx = ctx.store.begin().await?;
    let Some(row) = tx.flag(decision.flag).await? else { return Ok(None) };
    let office = ctx.office(&row.office)?;
    let steps = tx.flag_steps(&row.id).await?;
    let flag = Flag {
        state: row.state,
        observers: observers(&mut tx, &row).await?,
        recused: recused(&mut tx, &row).await?,
        answer_by: asked(&steps).and_then(|at| workdays(&ctx.calendar).nth_after(at.day(office.zone), TO_EXPLAIN)),
        decided_by: steps.iter().rev().find(|s| s.step == "confirm" || s.step == "dismiss").map(|s| s.actor.clone()),
    };
    let now = ctx.now();
    let by = as_known(decision.by, &flag);
    let step = Move {
        step: decision.step,
        actor: Actor::Person(by.clone()),
        day: now.day(office.zone),
        reason: decision.reason.trim().to_owned(),
    };
    let state = after(&flag, &step).map_err(Trouble::new)?;
    tx.step_flag(&row, decision.step.code(), &by, now, decision.reason.trim(), state).await?;
    tx.commit().await?;
    Ok(Some(state))
}

/// The name as the flag knows it: case and spaces do not make another person of somebody.
fn as_known(by: &str, flag: &Flag) -> String {
    let plain = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let known = flag.observers.iter().chain(&flag.recused).chain(&flag.decided_by);
    known.into_iter().find(|name| plain(name) == plain(by)).cloned().unwrap_or_else(|| by.trim().to_owned())
}

fn asked(steps: &[FlagStepRow]) -> Option<Timestamp> {
    steps.iter().rev().find(|s| s.step == "ask").map(|s| Timestamp(s.at))
}

fn spellings(name: &Name) -> impl Iterator<Item = String> + '_ {
    [&name.own, &name.latin].into_iter().filter(|n| !n.is_empty()).cloned()
}

/// Both spellings of whoever made the observation.
async fn observers(tx: &mut Tx, flag: &FlagRow) -> Done<BTreeSet<String>> {
    let Some(assignment) = tx.assignment(&flag.assignment).await? else { return Ok(BTreeSet::new()) };
    let inspectors = tx.inspectors().await?;
    Ok(inspectors.iter().filter(|i| i.id == assignment.inspector).flat_map(|i| spellings(&i.name)).collect())
}

/// The official it speaks of, and inspectors who are recused from that official.
async fn recused(tx: &mut Tx, flag: &FlagRow) -> Done<BTreeSet<String>> {
    let officials = tx.officials().await?;
    let mut names: BTreeSet<String> =
        officials.iter().filter(|o| o.id == flag.official).flat_map(|o| spellings(&o.name)).collect();
    let team = officials.iter().find(|o| o.id == flag.official).map(|o| o.team.clone());
    let inspectors = tx.inspectors().await?;
    for recusal in tx.recusals().await? {
        let value = recusal.scope.value();
        let touches = value == flag.official.as_str() || team.as_ref().is_some_and(|t| t.as_str() == value);
        if touches {
            names.extend(inspectors.iter().filter(|i| i.id == recusal.inspector).flat_map(|i| spellings(&i.name)));
        }
    }
    Ok(names)
}
