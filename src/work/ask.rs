//! Explanations that the machine asks for, where an office has chosen that: all that it does about a flag.

use super::case_letters::{Told, write};
use super::cases::Held;
use super::decide::row;
use super::{Context, Done, flags};
use crate::config::Asks;
use crate::evidence::flag::{Actor, Move, Step, after};
use crate::model::{CaseId, FlagState, MACHINE, OfficeId, Trouble, VerdictCode};
use crate::store::Tx;
use std::collections::BTreeSet;

/// Asks about every open flag whose evidence holds, and returns how many letters were written.
pub async fn ask_due(ctx: &Context) -> Done<usize> {
    let asking = ctx.config.offices.iter().filter(|office| office.asks == Asks::Machine);
    let offices: BTreeSet<&OfficeId> = asking.map(|office| &office.id).collect();
    if offices.is_empty() {
        return Ok(0);
    }
    let open = flags::standing(&mut ctx.store.read().await?, Some(FlagState::Open)).await?;
    let mut asked = 0;
    for one in open.into_iter().filter(|one| offices.contains(&one.flag.office)) {
        let reason = one.verdict.verdict.map_or("", VerdictCode::code);
        if let Ok(case) = CaseId::parse(&one.flag.id) {
            match ask(ctx, &case, reason).await {
                Ok(done) => asked += usize::from(done),
                Err(failure) if failure.may_retry() => return Err(failure),
                // One flag that cannot be asked about keeps no other waiting.
                Err(failure) => tracing::error!(%case, %failure, "no explanation could be asked for"),
            }
        }
    }
    Ok(asked)
}

/// `false`: somebody else was quicker.
async fn ask(ctx: &Context, case: &CaseId, reason: &str) -> Done<bool> {
    let mut tx = ctx.store.begin().await?;
    let held = Held::lock(&mut tx, case).await?.filter(|held| held.state() == FlagState::Open);
    let Some(held) = held else { return Ok(false) };
    ask_now(ctx, &mut tx, &held, reason).await?;
    tx.commit().await?;
    Ok(true)
}

/// Asks for an explanation of an open case: the step, and its letter.
pub(super) async fn ask_now(ctx: &Context, tx: &mut Tx, held: &Held, reason: &str) -> Done<()> {
    let office = ctx.office(held.office())?;
    let flag = held.flag(ctx, tx, office).await?;
    let now = ctx.now();
    let step = Move { step: Step::Ask, actor: Actor::Machine, day: now.day(office.zone), reason: reason.to_owned() };
    let state = after(&flag, &step).map_err(Trouble::new)?;
    held.take_step(tx, &row(Step::Ask, MACHINE, now.0, reason, state)).await?;
    write(ctx, tx, held, &Told::Ask { question: "" }).await
}
