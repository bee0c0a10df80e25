//! The evening seal: the frames of the next workday, fixed before anybody can know the draw (DRAW 3).
//!
//! A day that was not sealed in time is void, window by window, and that is published.

use super::backstop::{Asked, announced_on};
use super::beacon::{AwaitingSeal, prefix};
use super::custody::Chains;
use super::frames::{Frames, reasons};
use super::places::{frame_input, sharers};
use super::void::declare_void;
use super::windows::{draw_at, of_day, outside};
use super::{Context, Done, generation, signals};
use crate::config::{Office, Programme};
use crate::draw::{Frame, Salts, Terms};
use crate::model::time::MINUTE;
use crate::model::{PlaceId, ProgrammeId, Timestamp, Trouble, Window, WindowId};
use crate::plan::{FrameInput, SealedDuty};
use crate::store::{SealRow, Tx};
use chrono::{Datelike, NaiveDate};
use serde_json::json;
use std::collections::BTreeMap;

/// The earliest beacon comes at least this long after the seal and its digest.
pub const SEAL_BEFORE_BEACON: i64 = 30 * MINUTE;

/// What a look at one programme did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sealed {
    pub sealed: Vec<Window>,
    pub void: Vec<Window>,
}

/// Seals every programme that is due. One that fails does not keep the others from being sealed.
///
/// # Errors
/// The first failure, after everything else was done.
pub async fn seal_due(ctx: &Context) -> Done<Sealed> {
    let mut all = Sealed::default();
    let mut failed = None;
    for programme in &ctx.config.programmes {
        match seal_programme(ctx, programme).await {
            Ok(done) => {
                all.sealed.extend(done.sealed);
                all.void.extend(done.void);
            }
            Err(failure) => failed = failed.or(Some(failure)),
        }
    }
    match failed {
        Some(failure) => Err(failure),
        None => Ok(all),
    }
}

async fn seal_programme(ctx: &Context, programme: &Programme) -> Done<Sealed> {
    let office = ctx.office(&programme.office)?;
    let now = ctx.now();
    let terms = generation::current(ctx, programme, office).await?;
    let settled = ctx.store.read().await?.last_settled_day(&programme.id, &office.id).await?;
    let mut done = Sealed::default();
    let began = terms.sealed_at().unwrap_or(now).day(office.zone);
    let (Some(mut day), Some(last)) = (settled.unwrap_or(began).succ_opt(), last_due_day(ctx, office, now)?) else {
        return Ok(done);
    };
    while day <= last {
        let windows = of_day(ctx, programme, office, day)?;
        let drawn_at: Vec<Timestamp> = match windows.first() {
            Some(first) => windows.iter().map(|window| draw_at(programme, window, first)).collect(),
            None => Vec::new(),
        };
        let all = windows.into_iter().zip(drawn_at);
        let (in_time, late) = all.partition(|(_, at)| now.plus(SEAL_BEFORE_BEACON) <= *at);
        let settled = Day { day, in_time, late };
        settle_day(ctx, programme, office, &terms, &settled).await?;
        done.sealed.extend(settled.in_time.into_iter().map(|(window, _)| window));
        done.void.extend(settled.late.into_iter().map(|(window, _)| window));
        let Some(next) = day.succ_opt() else { break };
        day = next;
    }
    Ok(done)
}

/// The last day whose windows must be settled now: the next workday once the evening's hour has come,
/// else the current one.
fn last_due_day(ctx: &Context, office: &Office, now: Timestamp) -> Done<Option<NaiveDate>> {
    let today = now.day(office.zone);
    let evening = now.local(office.zone).time() >= office.seal_at;
    let calendar = ctx.calendar.of(&office.region);
    let worked = calendar.is_workday(today).map_err(|e| outside(&e))?;
    let day = if worked && !evening { today } else { calendar.next_workday(today).map_err(|e| outside(&e))? };
    Ok(match ctx.last_day {
        Some(last) if day > last => Some(last),
        _ => Some(day),
    })
}

/// The windows of a day with the moments of their draws, by whether they can still be sealed.
struct Day {
    day: NaiveDate,
    in_time: Vec<(Window, Timestamp)>,
    late: Vec<(Window, Timestamp)>,
}

/// Seals a day or declares its windows void, all of them in one transaction: a day of which some
/// window is settled is never looked at again.
async fn settle_day(ctx: &Context, programme: &Programme, office: &Office, terms: &Terms, windows: &Day) -> Done<()> {
    if windows.late.is_empty() && windows.in_time.is_empty() {
        return Ok(());
    }
    let mut tx = ctx.store.begin().await?;
    for (window, _) in &windows.late {
        let drawn = generation::was_drawn(ctx, &mut tx, window).await?;
        let reason = if drawn { "lost_in_restore" } else { "not_sealed" };
        declare_void(ctx, &mut tx, office, window, reason).await?;
    }
    if !windows.in_time.is_empty() {
        publish_calendar(ctx, &mut tx, office, terms).await?;
        seal_day(ctx, &mut tx, programme, office, terms, windows).await?;
    }
    tx.commit().await?;
    ctx.keep_head(&Chains::of(terms)?).await
}

/// The log names the calendar under which windows are planned, whenever it is another one than before:
/// an outsider must be able to say which windows there had to be.
async fn publish_calendar(ctx: &Context, tx: &mut Tx, office: &Office, terms: &Terms) -> Done<()> {
    let setting = format!("calendar.published/{}", office.id);
    let calendar = json!(generation::calendar(ctx, office)).to_string();
    let published = tx.setting(&setting).await?;
    let known = published.unwrap_or_else(|| json!(terms.calendar).to_string());
    if known != calendar {
        let entry = json!({"kind": "calendar", "calendar": generation::calendar(ctx, office)});
        ctx.log(tx, &office.id, &entry).await?;
        tx.put_setting(&setting, &calendar).await?;
    }
    Ok(())
}

async fn seal_day(
    ctx: &Context,
    tx: &mut Tx,
    programme: &Programme,
    office: &Office,
    terms: &Terms,
    windows: &Day,
) -> Done<()> {
    let day = windows.day;
    tx.places_stand_still().await?;
    let start = ctx.start_seed(&Chains::of(terms)?).await?;
    let policy = terms.policy().map_err(Trouble::new)?;
    let input = frame_input(tx, ctx, programme, office, day).await?;
    let signals = match signals::since(&terms.risk, ctx.calendar.of(&office.region), day) {
        Some(since) => signals::signals_of(tx, &programme.id, office, day, since).await?,
        None => BTreeMap::new(),
    };
    let overlapping = overlapping(ctx, programme, day)?;
    let input = match overlapping.is_empty() {
        true => input,
        false => input.shared(&sharers(&ctx.config, programme, &overlapping), &programme.id, turn(day)),
    };
    let announced = announced(ctx, tx, programme, office, terms, (&input, day)).await?;
    let hazard = tx.hazard(&programme.id, &office.id).await?;
    let sealed = tx.count_seals(&programme.id, &office.id).await?;
    let mut frames = Frames::new(&input, &policy, (&terms.risk, &signals), (hazard, sealed), &start);
    for (at, (window, drawn_at)) in windows.in_time.iter().enumerate() {
        let salts = match terms.salted {
            true => Some(Salts::of_window(&ctx.entropy.bytes("salt", &window.id.to_string())?)),
            false => None,
        };
        let frame = frames.next(salts).map_err(Trouble::new)?;
        let announced = announced.get(&window.id).cloned().unwrap_or_default();
        let duty = SealedDuty::new(input.pools.clone(), announced);
        let t = terms.link_of(window.start).map_err(|e| Trouble::new(e.said()))?;
        let awaiting = AwaitingSeal { id: &window.id, t, draw_at: *drawn_at, sealed_at: ctx.now() };
        let seal = SealRow {
            window: window.clone(),
            draw_at: *drawn_at,
            generation: terms.generation,
            chain_index: t,
            beacon_prefix: prefix(ctx, office, terms, &awaiting)?,
            root: *frame.root(),
            frame: tx.put_packed_blob(&frame.encode()).await?,
            duty: tx.put_blob(&duty.stored()).await?,
            places: i64::try_from(frame.rows().len()).unwrap_or(i64::MAX),
            sum_p: i64::try_from(frame.sum_of_visits()).unwrap_or(i64::MAX),
            sealed_at: ctx.now(),
        };
        tx.add_seal(&seal).await?;
        ctx.log(tx, &office.id, &entry(&seal, &frame, &duty)).await?;
        if at == 0 {
            super::back_checks::seal(ctx, tx, office, terms, (&input, day), &seal).await?;
        }
    }
    tx.put_hazard(&programme.id, &office.id, &frames.changed()).await?;
    Ok(())
}

/// Programmes of other windows that overlap with this one's on the day: they may send the same inspectors.
pub(super) fn overlapping(ctx: &Context, mine: &Programme, day: NaiveDate) -> Done<Vec<ProgrammeId>> {
    let spans = |programme: &Programme| -> Done<Vec<(Timestamp, Timestamp)>> {
        let office = ctx.office(&programme.office)?;
        Ok(of_day(ctx, programme, office, day)?.into_iter().map(|window| (window.start, window.end)).collect())
    };
    let own = spans(mine)?;
    let mut found = Vec::new();
    for other in ctx.config.programmes.iter().filter(|other| other.id != mine.id) {
        let meets = |(start, end): &(Timestamp, Timestamp)| own.iter().any(|(from, to)| start < to && from < end);
        if spans(other)?.iter().any(meets) {
            found.push(other.id.clone());
        }
    }
    Ok(found)
}

/// Whose turn a day is among programmes that share inspectors.
pub(super) fn turn(day: NaiveDate) -> u32 {
    u32::try_from(day.num_days_from_ce()).unwrap_or(0)
}

/// The announced visits of the day, where the programme's rule has any.
async fn announced(
    ctx: &Context,
    tx: &mut Tx,
    programme: &Programme,
    office: &Office,
    terms: &Terms,
    (input, day): (&FrameInput, NaiveDate),
) -> Done<BTreeMap<WindowId, Vec<PlaceId>>> {
    let Some(rule) = &terms.backstop else { return Ok(BTreeMap::new()) };
    let eligible: Vec<PlaceId> =
        input.places.iter().filter(|one| one.visit.is_ok()).map(|one| one.place.clone()).collect();
    let slots: u32 = input.pools.iter().flat_map(|pool| &pool.visits).map(|(_, capacity)| capacity).sum();
    let spare = usize::try_from(slots / terms.inspectors_a_visit.max(1)).unwrap_or(0);
    announced_on(ctx, tx, programme, office, rule, &Asked { day, eligible: &eligible, spare }).await
}

/// What the log says of a seal: everything that the draw will follow from, as digests.
pub(super) fn entry(seal: &SealRow, frame: &Frame, duty: &SealedDuty) -> serde_json::Value {
    json!({
        "kind": "seal", "window": seal.window.id, "generation": seal.generation, "t": seal.chain_index,
        "start": seal.window.start.to_string(), "end": seal.window.end.to_string(),
        "draw_at": seal.draw_at.to_string(), "root": seal.root, "places": seal.places, "sum_p": seal.sum_p,
        "excluded": reasons(frame), "details": frame.digest_of_details(), "bars": duty.digest_of_bars(),
        "slots": duty.digest_of_slots(), "call_slots": duty.digest_of_call_slots(),
        "announced": duty.digest_of_announced(), "beacon": seal.beacon_prefix,
    })
}
