//! The evening seal: the frames of the next workday, fixed before anybody can know the draw (DRAW 3).
//!
//! A day that was not sealed in time is void, window by window, and that is published.

use super::places::{places_of, snapshot, subtree};
use super::restored::keep_heads;
use super::windows::{Terms, draw_at, of_day, outside, policy, rules};
use super::{Context, Done};
use crate::config::{Office, PlaceKind, Programme};
use crate::custody::ChainFile;
use crate::draw::hazard::{PLAIN, hazards};
use crate::draw::{self, Bar, Frame, Policy, Pool, Reason, Row, Standing, StartAges};
use crate::model::time::MINUTE;
use crate::model::{PlaceId, Timestamp, Trouble, Window};
use crate::plan::{Duty, Eligibility, WhyNot, duty, eligible};
use crate::store::{HazardRow, ProgrammeSealRow, SealRow};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// The earliest beacon comes at least this long after the seal and its digest.
pub const SEAL_BEFORE_BEACON: i64 = 30 * MINUTE;

/// What is fixed with a frame beside the chances: who is on duty, who is barred from what, and how many
/// eligible windows each place has had with this one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SealedDuty {
    pub duty: Duty,
    pub eligible: BTreeMap<PlaceId, i64>,
}

/// What a look at one programme did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sealed {
    pub sealed: Vec<Window>,
    pub void: Vec<Window>,
}

/// Seals every programme that is due.
pub async fn seal_due(ctx: &Context) -> Done<Sealed> {
    let mut all = Sealed::default();
    for programme in &ctx.config.programmes {
        let done = seal_programme(ctx, programme).await?;
        all.sealed.extend(done.sealed);
        all.void.extend(done.void);
    }
    Ok(all)
}

async fn seal_programme(ctx: &Context, programme: &Programme) -> Done<Sealed> {
    let office = ctx.office(&programme.office)?;
    let now = ctx.now();
    let mut done = Sealed::default();
    let mut tx = ctx.store.read().await?;
    let started = tx.programme_seal(&programme.id, &office.id).await?;
    let settled = tx.last_settled_day(&programme.id, &office.id).await?;
    drop(tx);
    let started = match started {
        Some(seal) => seal,
        None => start_programme(ctx, programme, office).await?,
    };
    let terms = Terms::read(&started.content)?;
    let first = settled.or_else(|| Some(started.sealed_at.day(office.zone))).and_then(|day| day.succ_opt());
    let (Some(mut day), Some(last)) = (first, last_due_day(ctx, office, now)?) else { return Ok(done) };
    while day <= last {
        let windows = of_day(ctx, programme, office, day)?;
        let (in_time, late): (Vec<_>, Vec<_>) =
            windows.into_iter().partition(|w| now.plus(SEAL_BEFORE_BEACON) <= draw_at(programme, w));
        if !late.is_empty() {
            void_unsealed(ctx, office, &late).await?;
            done.void.extend(late);
        }
        if !in_time.is_empty() {
            seal_day(ctx, programme, office, &started, &terms, day, &in_time).await?;
            done.sealed.extend(in_time);
        }
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
    let worked = ctx.calendar.is_workday(today).map_err(|e| outside(&e))?;
    let day = if worked && !evening { today } else { ctx.calendar.next_workday(today).map_err(|e| outside(&e))? };
    Ok(match ctx.last_day {
        Some(last) if day > last => Some(last),
        _ => Some(day),
    })
}

/// Fixes the programme: chain, band, rules. Happens once; what is fixed here is never read from the
/// configuration again.
async fn start_programme(ctx: &Context, programme: &Programme, office: &Office) -> Done<ProgrammeSealRow> {
    let dir = &ctx.config.keys.dir;
    let anchor = match ctx.anchor(&programme.id, &office.id).await {
        Ok(anchor) => anchor,
        Err(missing) => {
            if crate::custody::exists(dir, &programme.id, &office.id) {
                return Err(missing);
            }
            let end = ctx.entropy.bytes("chain end", &format!("{}/{}", programme.id, office.id))?;
            ChainFile::create(dir, &programme.id, &office.id, end)?.anchor
        }
    };
    let Policy { lo, hi, low_windows, call } = policy(programme)?;
    rules(programme)?;
    let now = ctx.now();
    let terms = Terms {
        programme: programme.id.to_string(),
        office: office.id.to_string(),
        anchor: anchor.hex(),
        sealed_at: now.rfc3339(chrono_tz::Tz::UTC),
        zone: office.zone.name().to_owned(),
        place: match programme.place {
            PlaceKind::Team => "team",
            PlaceKind::Village => "village",
        }
        .to_owned(),
        lo: lo.get(),
        hi: hi.get(),
        m: low_windows,
        p_call: call.get(),
        min_visits: programme.min_visits.unwrap_or(0),
        max_visits: programme.max_visits,
        windows: programme.windows.iter().map(|w| (w.slot.to_string(), w.rule.clone(), w.length_minutes)).collect(),
        lead_minutes: programme.lead_minutes,
        beacon: "local".to_owned(),
        risk: "plain".to_owned(),
        reveal_delay_days: programme.reveal_delay_days,
        calendar_years: ctx.calendar.years().collect(),
    };
    let content = json!(terms).to_string();
    let seal = ProgrammeSealRow { anchor, sealed_at: now, content };
    let mut tx = ctx.store.begin().await?;
    if let Some(other) = tx.programme_seal(&programme.id, &office.id).await? {
        return Ok(other);
    }
    tx.add_programme_seal(&programme.id, &office.id, &seal).await?;
    ctx.log(&mut tx, &office.id, &json!({"kind": "programme", "terms": terms})).await?;
    tx.commit().await?;
    Ok(seal)
}

async fn void_unsealed(ctx: &Context, office: &Office, windows: &[Window]) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    for window in windows {
        if tx.add_void(&window.id, "not_sealed", ctx.now()).await? {
            ctx.log(
                &mut tx,
                &office.id,
                &json!({"kind": "void", "window": window.id.to_string(), "reason": "not_sealed"}),
            )
            .await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn seal_day(
    ctx: &Context,
    programme: &Programme,
    office: &Office,
    started: &ProgrammeSealRow,
    terms: &Terms,
    day: NaiveDate,
    windows: &[Window],
) -> Done<()> {
    let start_seed = ctx.start_seed(&programme.id, &office.id).await?;
    let policy = terms.policy()?;
    let ages = StartAges::new(&policy);
    let mut tx = ctx.store.begin().await?;
    let register = snapshot(&mut tx, office).await?;
    let places = places_of(programme, &register);
    let on_duty = duty(&places, &register, &subtree(&ctx.config, &office.id), day);
    let eligible = eligible::eligibility(&places, &register, &on_duty, day);
    let mut hazard = tx.hazard(&programme.id).await?;
    for place in &places {
        hazard.entry(place.clone()).or_insert_with(|| HazardRow {
            start_age: i64::from(ages.age_of(&start_seed, place)),
            ..HazardRow::default()
        });
    }
    let (visits, calls) = pools(office, &on_duty)?;
    for window in windows {
        let frame = frame(&eligible, &mut hazard, &policy)?;
        let counts = hazard.iter().map(|(place, row)| (place.clone(), row.eligible)).collect();
        let fixed = SealedDuty { duty: on_duty.clone(), eligible: counts };
        let t = draw::chain::index(window.start, started.sealed_at).map_err(|e| Trouble::new(e.said()))?;
        let seal = SealRow {
            window: window.clone(),
            draw_at: draw_at(programme, window),
            chain_index: u64::from(t),
            root: *frame.root(),
            frame: tx.put_blob(&frame.encode()).await?,
            duty: tx.put_blob(json!(fixed).to_string().as_bytes()).await?,
            places: i64::try_from(frame.rows().len()).unwrap_or(i64::MAX),
            sum_p: i64::try_from(frame.sum_of_visits()).unwrap_or(i64::MAX),
            sealed_at: ctx.now(),
        };
        tx.add_seal(&seal).await?;
        let entry = json!({
            "kind": "seal", "window": window.id.to_string(), "t": t, "root": seal.root.hex(), "places": seal.places,
            "sum_p": seal.sum_p, "excluded": reasons(&frame), "bars": visits.digest_of_bars().hex(),
            "slots": visits.digest_of_slots().hex(), "call_slots": calls.digest_of_slots().hex(),
        });
        ctx.log(&mut tx, &office.id, &entry).await?;
    }
    tx.put_hazard(&programme.id, &hazard).await?;
    tx.commit().await?;
    keep_heads(ctx, &office.id).await
}

/// Pools of one window: visits under the office's name, calls under `calls/OFFICE`.
pub(super) fn pools(office: &Office, on_duty: &Duty) -> Done<(Pool, Pool)> {
    let bars = || {
        let bar = |(place, inspector): &(PlaceId, _)| Bar {
            place: place.clone(),
            inspector: crate::model::InspectorId::clone(inspector),
            ground: draw::Ground::Recusal,
        };
        on_duty.barred.iter().map(bar).collect()
    };
    let slots = |of: &BTreeMap<_, u32>| of.iter().map(|(id, n)| (crate::model::InspectorId::clone(id), *n)).collect();
    let visits = Pool::new(office.id.as_str(), slots(&on_duty.visits), bars()).map_err(Trouble::new)?;
    let calls = Pool::new(&format!("calls/{}", office.id), slots(&on_duty.calls), bars()).map_err(Trouble::new)?;
    Ok((visits, calls))
}

/// One window's frame. Every eligible place grows one window older by it.
fn frame(eligible: &[Eligibility], hazard: &mut BTreeMap<PlaceId, HazardRow>, policy: &Policy) -> Done<Frame> {
    let standing = |place: &PlaceId, hazard: &BTreeMap<PlaceId, HazardRow>| {
        let age = hazard.get(place).copied().unwrap_or_default().age();
        Standing { age: u32::try_from(age).unwrap_or(u32::MAX), risk: PLAIN }
    };
    let standings: Vec<Standing> =
        eligible.iter().filter(|e| e.visit.is_ok()).map(|e| standing(&e.place, hazard)).collect();
    let mut chances = hazards(policy, &standings).into_iter();
    let mut rows = Vec::with_capacity(eligible.len());
    for e in eligible {
        let visit = if e.visit.is_ok() { chances.next().unwrap_or(draw::Chance::ZERO) } else { draw::Chance::ZERO };
        let call = if e.call.is_ok() { policy.call } else { draw::Chance::ZERO };
        let why = e.visit.err().or(e.call.err());
        rows.push(Row { reason: why.map(reason), ..Row::new(e.place.clone(), visit, call) });
        if e.visit.is_ok()
            && let Some(row) = hazard.get_mut(&e.place)
        {
            row.eligible += 1;
        }
    }
    Ok(Frame::new(rows).map_err(|e| Trouble::new(e.said()))?)
}

fn reason(why: WhyNot) -> Reason {
    match why {
        WhyNot::NoPosting => Reason::NoPosting,
        WhyNot::Excluded => Reason::Excluded,
        WhyNot::NoInspector => Reason::NoInspector,
        WhyNot::NoPhone => Reason::NoPhone,
    }
}

fn reasons(frame: &Frame) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for reason in frame.rows().iter().filter_map(|row| row.reason) {
        *counts.entry(reason.code()).or_insert(0) += 1;
    }
    counts
}
