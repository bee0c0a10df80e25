//! Outcomes against attendance and leave: verdicts with their history, flags with their evidence.
//!
//! An outcome is judged when it is recorded, again when a batch arrives that speaks of its day, and
//! every day while it waits for records.

use super::judge_case::{Known, case};
use super::release::load_assignment;
use super::{Context, Done};
use crate::evidence::rejudge::{Rejudged, Standing, rejudged};
use crate::evidence::{Judgement, judge};
use crate::model::key::base32;
use crate::model::time::DAY;
use crate::model::{FlagState, Kind, Sha256, Timestamp};
use crate::store::{FlagRow, NewVerdict, OutcomeRow, Tx};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What a look at the outcomes did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Judged {
    pub judged: usize,
    pub changed: usize,
    pub flags: usize,
}

/// Setting: batches seen up to here have been considered.
const CONSIDERED: &str = "judge.batches";
/// Setting: the day on which waiting verdicts were last looked at.
const WAITED: &str = "judge.day";

/// Judges everything whose verdict may have changed.
pub async fn judge_due(ctx: &Context) -> Done<Judged> {
    let now = ctx.now();
    let mut tx = ctx.store.begin().await?;
    let due = due(ctx, &mut tx, now).await?;
    let mut done = Judged::default();
    if !due.is_empty() {
        let known = Known::load(ctx, &mut tx).await?;
        for outcome in due.values() {
            let (changed, flagged) = judge_one(ctx, &mut tx, &known, outcome, now).await?;
            tx.mark_checked(outcome, now).await?;
            done.judged += 1;
            done.changed += usize::from(changed);
            done.flags += usize::from(flagged);
        }
    }
    tx.commit().await?;
    Ok(done)
}

type Due = BTreeMap<(String, String, String), OutcomeRow>;

async fn due(ctx: &Context, tx: &mut Tx, now: Timestamp) -> Done<Due> {
    let mut due = Due::new();
    let mut add = |outcomes: Vec<OutcomeRow>| {
        for o in outcomes {
            due.insert((o.assignment.to_string(), o.line.clone(), o.person.clone()), o);
        }
    };
    add(tx.unchecked_outcomes().await?);
    let considered: i64 = tx.setting(CONSIDERED).await?.and_then(|text| text.parse().ok()).unwrap_or(i64::MIN);
    let mut newest = considered;
    for batch in tx.batches().await?.into_iter().filter(|b| b.seen_at > considered) {
        newest = newest.max(batch.seen_at);
        let Some(batch) = batch.batch()? else { continue };
        let zone = ctx.config.offices.first().map_or(chrono_tz::Tz::UTC, |o| o.zone);
        let midnight = |day: NaiveDate| Timestamp::from_local(day.and_time(chrono::NaiveTime::MIN), zone);
        // A release happens on the day of its windows; a day more each side for spans over midnight.
        add(tx
            .outcomes_released(midnight(batch.covers_from).minus(DAY), midnight(batch.covers_to).plus(2 * DAY))
            .await?);
    }
    if newest > considered {
        tx.put_setting(CONSIDERED, &newest.to_string()).await?;
    }
    let today = now.day(ctx.config.offices.first().map_or(chrono_tz::Tz::UTC, |o| o.zone)).to_string();
    if tx.setting(WAITED).await?.as_deref() != Some(today.as_str()) {
        add(tx.waiting_outcomes().await?);
        tx.put_setting(WAITED, &today).await?;
    }
    Ok(due)
}

/// Judges one outcome; whether its verdict changed, and whether a flag was opened.
async fn judge_one(
    ctx: &Context,
    tx: &mut Tx,
    known: &Known,
    outcome: &OutcomeRow,
    now: Timestamp,
) -> Done<(bool, bool)> {
    let Some(row) = tx.assignment(&outcome.assignment).await? else { return Ok((false, false)) };
    let Some(assignment) = load_assignment(tx, &row).await? else { return Ok((false, false)) };
    let Some(line) = assignment.lines.iter().find(|l| l.code.as_str() == outcome.line) else {
        return Ok((false, false));
    };
    let judged = case(ctx, tx, known, &row, line, outcome, now).await?;
    let judgement = judge(&judged);
    let evidence: Vec<String> = judgement
        .rows
        .iter()
        .filter_map(|index| judged.records.get(*index))
        .map(|record| format!("{}/{}/{}", record.source, record.first_batch, record.row))
        .collect();
    let before = tx.last_verdict(&outcome.assignment, &outcome.line, &outcome.person).await?;
    let new = NewVerdict {
        assignment: outcome.assignment.clone(),
        line: outcome.line.clone(),
        person: outcome.person.clone(),
        official: outcome.official.clone(),
        outcome: outcome.outcome,
        verdict: judgement.verdict,
        strength: judgement.strength,
        timing_unclear: judgement.timing_unclear,
        evidence: serde_json::json!(evidence).to_string(),
        sentence: judgement.sentence.clone(),
        judged: now,
    };
    let same = before.as_ref().is_some_and(|b| {
        let b = &b.judgement;
        (b.verdict, b.strength, b.timing_unclear, &b.evidence, b.outcome)
            == (new.verdict, new.strength, new.timing_unclear, &new.evidence, new.outcome)
    });
    if same {
        return Ok((false, false));
    }
    tx.add_verdict(before.as_ref().map_or(1, |b| b.seq + 1), &new).await?;
    let flagged = follow(tx, &new, before.map(|b| b.judgement), &judgement, line.kind, &row.office).await?;
    Ok((true, flagged))
}

/// Opens a flag, or writes into an open one that its evidence changed.
async fn follow(
    tx: &mut Tx,
    new: &NewVerdict,
    before: Option<NewVerdict>,
    judgement: &Judgement,
    kind: Kind,
    office: &crate::model::OfficeId,
) -> Done<bool> {
    let known = tx.flag_of(&new.assignment, &new.line, &new.person).await?;
    let Some(flag) = known else {
        let (true, Kind::Visit, Some(official)) = (new.strength.opens_flag(), kind, new.official.clone()) else {
            return Ok(false);
        };
        if flagged_by_companion(tx, new).await? {
            return Ok(false);
        }
        let flag = FlagRow {
            id: flag_id(new),
            office: office.clone(),
            official,
            assignment: new.assignment.clone(),
            line: new.line.clone(),
            person: new.person.clone(),
            opened: new.judged,
            state: FlagState::Open,
        };
        tx.add_flag(&flag).await?;
        let reason = new.verdict.map_or("", crate::model::VerdictCode::code);
        tx.add_flag_step(&flag.id, "open", "machine", new.judged, reason, FlagState::Open).await?;
        return Ok(true);
    };
    let old = before.map_or(Standing { verdict: None, strength: crate::model::Strength::None }, |b| Standing {
        verdict: b.verdict,
        strength: b.strength,
    });
    let note = match rejudged(flag.state, old, judgement) {
        Rejudged::Same => return Ok(false),
        Rejudged::Takes(_, note) | Rejudged::Suggests(note) => note,
    };
    tx.add_flag_step(&flag.id, "rejudged", "machine", new.judged, &format!("{} / {}", note.en, note.zh), flag.state)
        .await?;
    Ok(false)
}

/// Two made the visit: what both saw is one flag.
async fn flagged_by_companion(tx: &mut Tx, new: &NewVerdict) -> Done<bool> {
    let Some((other, code)) = tx.twin(&new.assignment, &new.line).await? else { return Ok(false) };
    let person = new.person.replacen(new.line.as_str(), &code, 1);
    Ok(tx.flag_of(&other, &code, &person).await?.is_some())
}

/// `F-` and eight characters that follow from what was observed, so that a flag has one id for ever.
fn flag_id(v: &NewVerdict) -> String {
    let hash = Sha256::of(format!("{}\n{}\n{}", v.assignment, v.line, v.person).as_bytes());
    format!("F-{}", base32(&hash.0, 8).to_ascii_uppercase())
}
