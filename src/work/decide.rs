//! A person moves a case on: asks, decides, applies; and hands letters over.

use super::case_letters::{Told, write};
use super::cases::{Held, Of};
use super::judge::judge_again;
use super::signed::{self, signed};
use super::sources::names_no_source;
use super::windows::damaged;
use super::{Context, Done};
use crate::evidence::flag::{Actor, Move, Step, after};
use crate::model::{CaseId, CaseKind, FlagState, Said, Trouble};
use crate::said;
use crate::store::{FlagRow, FlagStepRow, Tx};
use chrono::NaiveDate;

/// What a person wants to do with a case.
pub struct Decision<'a> {
    pub case: &'a CaseId,
    pub step: Step,
    pub by: &'a str,
    pub reason: &'a str,
}

/// The case's new state; `Ok(None)` where there is no such case.
///
/// # Errors
/// The step is not allowed now, or not to this person.
pub async fn decide(ctx: &Context, decision: &Decision<'_>) -> Done<Option<FlagState>> {
    refuse_other_ways(decision)?;
    let (by, reason) = (signed(decision.by, "--by")?, &*signed::reason(decision.reason, "--reason")?);
    let mut tx = ctx.store.begin().await?;
    let Some(mut held) = Held::lock(&mut tx, decision.case).await? else { return Ok(None) };
    if let (Of::Flag(flag), Step::Confirm | Step::Dismiss | Step::Uphold | Step::Overturn) = (&held.of, decision.step) {
        judge_again(ctx, &mut tx, flag).await?;
        held = Held::load(&mut tx, decision.case).await?.ok_or_else(|| damaged("flag"))?;
    }
    let office = ctx.office(held.office())?;
    let flag = held.flag(ctx, &mut tx, office).await?;
    let now = ctx.now();
    let step = Move {
        step: decision.step,
        actor: Actor::Person(by.clone()),
        day: now.day(office.zone),
        reason: reason.into(),
    };
    let state = after(&flag, &step).map_err(Trouble::new)?;
    if let (Of::Flag(flag), Step::Confirm | Step::Uphold) = (&held.of, decision.step) {
        must_hold(&mut tx, flag).await?;
    }
    let told = match decision.step {
        Step::Ask => Some(Told::Ask { question: reason }),
        Step::Confirm | Step::Dismiss | Step::Uphold | Step::Overturn => Some(Told::Decision { state, reason }),
        Step::Hand | Step::Explain | Step::Appeal | Step::Apply => None,
    };
    let goes_out = matches!(told, Some(Told::Decision { .. })) || matches!(held.of, Of::Complaint(_));
    if goes_out {
        names_no_source(ctx, &mut tx, &held, reason).await?;
    }
    held.take_step(&mut tx, &row(decision.step, &by, now.0, reason, state)).await?;
    if let Some(told) = told {
        write(ctx, &mut tx, &held, &told).await?;
    }
    tx.commit().await?;
    Ok(Some(state))
}

/// What is held against anybody is what the records carry on the day of the decision.
async fn must_hold(tx: &mut Tx, flag: &FlagRow) -> Done<()> {
    let verdict = tx.last_verdict(&flag.assignment, &flag.line, &flag.person).await?;
    match verdict {
        Some(verdict) if verdict.judgement.strength.opens_flag() => Ok(()),
        stands => {
            let now = stands.map_or_else(|| Said::new("", ""), |verdict| verdict.judgement.sentence);
            Err(Trouble::new(Said::new(
                format!("by what is on record now this no longer holds, so it cannot be held against anybody: dismiss it, or overturn it after an appeal. {}", now.en),
                format!("按现有记录，此疑点已不成立，不能据此认定：请作“不予认定”，申诉的请予“撤销”。{}", now.zh),
            ))
            .into())
        }
    }
}

/// What comes from whom it concerns is filed with its words, and a handing over with its day.
fn refuse_other_ways(decision: &Decision<'_>) -> Done<()> {
    let of = match decision.case.kind() {
        CaseKind::Flag => "flags",
        CaseKind::Complaint => "complaints",
        CaseKind::BackCheck => "backchecks",
    };
    let said = match decision.step {
        Step::Explain => said!(
            "an explanation is filed with its words: `spotcheck {of} answer` (by mail it files itself)",
            "说明须连同内容登记：spotcheck {of} answer（邮件回复会自动登记）"
        ),
        Step::Appeal => said!(
            "an appeal is filed with its words: `spotcheck {of} appeal` (by mail it files itself)",
            "申诉须连同内容登记：spotcheck {of} appeal（邮件回复会自动登记）"
        ),
        Step::Hand => said!(
            "a letter that was handed over is entered with its day: `spotcheck {of} handed`",
            "送达须登记日期：spotcheck {of} handed"
        ),
        Step::Apply if decision.case.kind() != CaseKind::Flag => said!(
            "the ladder of consequences is for flags: what follows from this is decided outside",
            "分级处理只适用于疑点；此事的后续处理另行决定"
        ),
        _ => return Ok(()),
    };
    Err(Trouble::new(said).into())
}

pub(super) fn row(step: Step, by: &str, at: i64, reason: &str, state: FlagState) -> FlagStepRow {
    FlagStepRow {
        seq: 0,
        step: step.code().to_owned(),
        actor: by.to_owned(),
        at,
        reason: reason.to_owned(),
        state: state.code().to_owned(),
    }
}

/// Enters that the last letter was handed over on a day, from which its deadline is counted; the last day for the
/// answer, where one is awaited. `Ok(None)`: no such case.
///
/// # Errors
/// There is no letter that waits for it, or the day cannot be.
pub async fn handed(ctx: &Context, case: &CaseId, by: &str, on: NaiveDate) -> Done<Option<Option<NaiveDate>>> {
    let mut tx = ctx.store.begin().await?;
    let Some(held) = Held::lock(&mut tx, case).await? else { return Ok(None) };
    let office = ctx.office(held.office())?;
    let now = ctx.now();
    let Some(letter) = held.to_hand_over(office) else {
        return Err(Trouble::new(said!(
            "no letter of {case} waits to be handed over: it went out by mail, or its day was entered before",
            "{case}没有待送达的通知：已用邮件发出，或此前已登记送达"
        ))
        .into());
    };
    let (written, today) = (letter.written.day(office.zone), now.day(office.zone));
    if on < written || on > today {
        return Err(Trouble::new(said!(
            "the letter is of {written} and today is {today}: the day lies in between",
            "通知于{written}出具，今天是{today}：送达日期应在两者之间"
        ))
        .in_field("--on")
        .into());
    }
    let flag = held.flag(ctx, &mut tx, office).await?;
    let by = signed(by, "--by")?;
    let reason = on.to_string();
    let step = Move { step: Step::Hand, actor: Actor::Person(by.clone()), day: today, reason: reason.clone() };
    let state = after(&flag, &step).map_err(Trouble::new)?;
    held.take_step(&mut tx, &row(Step::Hand, &by, now.0, &reason, state)).await?;
    tx.commit().await?;
    let held = Held::load(&mut ctx.store.read().await?, case).await?;
    let last = held.and_then(|held| {
        let letter = held.letters.last()?;
        let workdays = super::judge_case::workdays(ctx.calendar.of(&office.region));
        (letter.days > 0).then(|| held.reached(letter.letter, office).answer_by(letter.days, &workdays))?
    });
    Ok(Some(last))
}
