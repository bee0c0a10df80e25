//! Outcomes against attendance and leave: verdicts with their history, flags with their evidence.
//!
//! An outcome is judged when it is recorded, again when an import or a person says that records changed which it
//! depends on, and every day while it waits for records.

use super::judge_case::{Known, case};
use super::judge_facts::{Facts, Seen, Who};
use super::side_by_side::side_by_side;
use super::{Context, Done};
use crate::evidence::rejudge::{Rejudged, Standing, rejudged};
use crate::evidence::{Judgement, judge};
use crate::model::key::base32;
use crate::model::time::DAY;
use crate::model::{FlagState, Kind, MACHINE, OfficialId, Sha256, Timestamp};
use crate::store::{FlagRow, NewVerdict, OutcomeRow, Tx, VerdictRow};
use std::collections::BTreeMap;

/// Outcomes that are judged together.
const TOGETHER: usize = 2_000;

/// What a look at the outcomes did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Judged {
    pub judged: usize,
    pub changed: usize,
    pub flags: usize,
}

/// Setting: the day on which waiting verdicts were last looked at.
const WAITED: &str = "judge.day";

/// Judges everything whose verdict may have changed.
pub async fn judge_due(ctx: &Context) -> Done<Judged> {
    let now = ctx.now();
    let mut tx = ctx.store.read().await?;
    if !tx.any_outcome_due().await? && waited_on(&mut tx, &today(ctx)).await? {
        return Ok(Judged::default());
    }
    drop(tx);
    let mut tx = ctx.store.begin().await?;
    tx.one_judges().await?;
    let mut due: Vec<OutcomeRow> = due(ctx, &mut tx).await?.into_values().collect();
    let mut done = Judged::default();
    if !due.is_empty() {
        // Punches lie by day and official: so those of a few thousand outcomes are few pages.
        due.sort_by(|a, b| by_day_and_official(a).cmp(&by_day_and_official(b)));
        let known = Known::load(&mut tx).await?;
        // Nobody else writes what these facts are made of while this one judges.
        let mut read = ctx.store.read().await?;
        let mut chunks = due.chunks(TOGETHER).peekable();
        let mut facts = Facts::load(ctx, &mut read, &known, chunks.peek().copied().unwrap_or_default()).await?;
        while let Some(some) = chunks.next() {
            let judging = judge_some(ctx, &mut tx, &known, &facts, some, now, &mut done);
            let Some(next) = chunks.peek() else {
                judging.await?;
                break;
            };
            // Asked for first, so that the database looks for them while this process judges.
            let (following, ()) = tokio::try_join!(Facts::load(ctx, &mut read, &known, next), judging)?;
            facts = following;
        }
        tx.mark_judged(&due).await?;
    }
    tx.commit().await?;
    Ok(done)
}

/// Judges what a flag was opened for, so that a person decides by what is on record now.
pub(super) async fn judge_again(ctx: &Context, tx: &mut Tx, flag: &FlagRow) -> Done<()> {
    tx.one_judges().await?;
    let outcomes = tx.outcomes_of(&flag.assignment).await?;
    let of_flag: Vec<OutcomeRow> =
        outcomes.into_iter().filter(|o| o.line == flag.line && o.person == flag.person).collect();
    let known = Known::load(tx).await?;
    let facts = Facts::load(ctx, tx, &known, &of_flag).await?;
    judge_some(ctx, tx, &known, &facts, &of_flag, ctx.now(), &mut Judged::default()).await?;
    Ok(tx.mark_judged(&of_flag).await?)
}

fn by_day_and_official(o: &OutcomeRow) -> (i64, Option<&OfficialId>) {
    (o.received.0.div_euclid(DAY), o.official.as_ref())
}

async fn judge_some(
    ctx: &Context,
    tx: &mut Tx,
    known: &Known,
    facts: &Facts,
    outcomes: &[OutcomeRow],
    now: Timestamp,
    done: &mut Judged,
) -> Done<()> {
    let judged = side_by_side(outcomes, |outcome| {
        // A back-check speaks of an inspector's visit, not of anybody's presence.
        let Some(seen) = facts.seen(outcome).filter(|seen| seen.line.back_check.is_none()) else { return Ok(None) };
        let case = case(ctx, known, facts, &seen, outcome, now)?;
        let judgement = judge(&case);
        let rows = judgement.rows.iter().filter_map(|index| case.records.get(*index));
        let evidence: Vec<String> =
            rows.map(|record| format!("{}/{}/{}", record.source, record.first_batch, record.row)).collect();
        Ok(Some((judgement, serde_json::json!(evidence).to_string())))
    })?;
    let mut verdicts = Vec::new();
    let mut flags = Flags { facts, opened: BTreeMap::new() };
    for (outcome, judged) in outcomes.iter().zip(judged) {
        done.judged += 1;
        let (Some((judgement, evidence)), Some(seen)) = (judged, facts.seen(outcome)) else { continue };
        let new = NewVerdict {
            assignment: outcome.assignment.clone(),
            line: outcome.line.clone(),
            person: outcome.person.clone(),
            official: outcome.official.clone(),
            outcome: outcome.outcome,
            verdict: judgement.verdict,
            strength: judgement.strength,
            timing_unclear: judgement.timing_unclear,
            evidence,
            sentence: judgement.sentence.clone(),
            judged: now,
        };
        let before = facts.before.get(&who(&new));
        let same = before.is_some_and(|b| {
            let b = &b.judgement;
            (b.verdict, b.strength, b.timing_unclear, &b.evidence, b.outcome)
                == (new.verdict, new.strength, new.timing_unclear, &new.evidence, new.outcome)
        });
        if same {
            continue;
        }
        flags.follow(tx, &new, before.map(|b| &b.judgement), &judgement, &seen).await?;
        verdicts.push(VerdictRow { seq: before.map_or(1, |b| b.seq + 1), judgement: new });
    }
    done.changed += verdicts.len();
    done.flags += flags.opened.len();
    tx.open_flags(&flags.opened.into_values().collect::<Vec<_>>()).await?;
    Ok(tx.add_verdicts(&verdicts).await?)
}

fn who(v: &NewVerdict) -> Who {
    (v.assignment.clone(), v.line.clone(), v.person.clone())
}

type Due = BTreeMap<(String, String, String), OutcomeRow>;

async fn due(ctx: &Context, tx: &mut Tx) -> Done<Due> {
    let mut due = Due::new();
    let mut add = |outcomes: Vec<OutcomeRow>| {
        for o in outcomes {
            due.insert((o.assignment.to_string(), o.line.clone(), o.person.clone()), o);
        }
    };
    add(tx.due_outcomes().await?);
    let today = today(ctx);
    if !waited_on(tx, &today).await? {
        add(tx.waiting_outcomes().await?);
        tx.put_setting(WAITED, &today).await?;
    }
    Ok(due)
}

/// The day of the first office.
fn today(ctx: &Context) -> String {
    ctx.now().day(ctx.config.offices.first().map_or(chrono_tz::Tz::UTC, |o| o.zone)).to_string()
}

async fn waited_on(tx: &mut Tx, today: &str) -> Done<bool> {
    Ok(tx.setting(WAITED).await?.as_deref() == Some(today))
}

/// Flags that some outcomes have and get.
struct Flags<'f> {
    facts: &'f Facts,
    /// With the verdict that opened it.
    opened: BTreeMap<Who, (FlagRow, &'static str)>,
}

impl Flags<'_> {
    /// Opens a flag, or writes into an open one that its evidence changed.
    async fn follow(
        &mut self,
        tx: &mut Tx,
        new: &NewVerdict,
        before: Option<&NewVerdict>,
        judgement: &Judgement,
        seen: &Seen<'_>,
    ) -> Done<()> {
        let who = who(new);
        let Some(flag) = self.facts.flags.get(&who) else {
            let (true, Kind::Visit, Some(official)) = (new.strength.opens_flag(), seen.line.kind, new.official.clone())
            else {
                return Ok(());
            };
            if seen.line.companion.is_some() && self.flagged_by_companion(tx, new).await? {
                return Ok(());
            }
            let flag = FlagRow {
                id: flag_id(new),
                office: seen.row.office.clone(),
                official,
                assignment: new.assignment.clone(),
                line: new.line.clone(),
                person: new.person.clone(),
                opened: new.judged,
                state: FlagState::Open,
            };
            self.opened.insert(who, (flag, new.verdict.map_or("", crate::model::VerdictCode::code)));
            return Ok(());
        };
        let old = before.map_or(Standing { verdict: None, strength: crate::model::Strength::None }, |b| Standing {
            verdict: b.verdict,
            strength: b.strength,
        });
        let note = match rejudged(flag.state, old, judgement) {
            Rejudged::Same => return Ok(()),
            Rejudged::Takes(_, note) | Rejudged::Suggests(note) => note,
        };
        let reason = format!("{} / {}", note.en, note.zh);
        Ok(tx.add_flag_step(&flag.id, "rejudged", MACHINE, new.judged, &reason, flag.state).await?)
    }

    /// Two made the visit: what both saw is one flag.
    async fn flagged_by_companion(&self, tx: &mut Tx, new: &NewVerdict) -> Done<bool> {
        let Some((other, code)) = tx.twin(&new.assignment, &new.line).await? else { return Ok(false) };
        let person = new.person.replacen(new.line.as_str(), &code, 1);
        let known = tx.flag_of(&other, &code, &person).await?.is_some();
        Ok(known || self.opened.contains_key(&(other, code, person)))
    }
}

/// `F-` and eight characters that follow from what was observed, so that a flag has one id for ever.
fn flag_id(v: &NewVerdict) -> String {
    let hash = Sha256::of(format!("{}\n{}\n{}", v.assignment, v.line, v.person).as_bytes());
    format!("F-{}", base32(&hash.0, 8).to_ascii_uppercase())
}
