//! The seal of a programme, generation by generation: chains, band and rules, fixed in public (DRAW 3).
//!
//! A programme is sealed when it begins, and again with new chains where the old ones come to their
//! end, where a key may have been read by others, and where the office changed its terms. What is
//! fixed here is never read from the configuration again until the next generation.

use super::custody::Chains;
use super::windows::{damaged, policy, rules};
use super::{Context, Done};
use crate::config::{Office, PlaceKind, Programme, RiskChoice};
use crate::draw::chain::LENGTH;
use crate::draw::{BeaconRule, Factors, Policy, RiskRule, SealedCalendar, Terms, Why};
use crate::model::time::{DAY, SECOND};
use crate::model::window::SPACING;
use crate::model::{OfficeId, ProgrammeId, Sha256, Timestamp, Trouble, Window};
use crate::said;
use crate::store::{CustodyEventRow, ProgrammeSealRow, SealRow, Tx};
use crate::timing::DayKind;
use serde_json::json;

/// The next anchors are published this long before the chains end (DRAW 3).
const ANNOUNCED_BEFORE: i64 = 30 * DAY;
/// The next generation begins so long before: no window that is sealed on the evening of a last workday,
/// holidays between, may lie beyond the end.
const RENEWED_BEFORE: i64 = 14 * DAY;

/// Every generation of a programme so far, oldest first.
pub async fn all(tx: &mut Tx, programme: &ProgrammeId, office: &OfficeId) -> Done<Vec<Terms>> {
    let rows = tx.programme_seals(programme, office).await?;
    rows.iter().map(|row| Ok(Terms::read(&row.content).map_err(Trouble::new)?)).collect()
}

/// The newest generation of a programme.
pub async fn newest(tx: &mut Tx, programme: &ProgrammeId, office: &OfficeId) -> Done<Option<Terms>> {
    let content = tx.newest_programme_seal(programme, office).await?;
    Ok(content.map(|content| Terms::read(&content).map_err(Trouble::new)).transpose()?)
}

/// The terms under which a window was sealed.
pub async fn of(tx: &mut Tx, seal: &SealRow) -> Done<Terms> {
    let all = all(tx, &seal.window.id.programme, &seal.window.id.office).await?;
    all.into_iter().find(|terms| terms.generation == seal.generation).ok_or_else(|| damaged("programme seal"))
}

/// Whether the marks know of a draw of this window, though the database may have forgotten its seal.
pub async fn was_drawn(ctx: &Context, tx: &mut Tx, window: &Window) -> Done<bool> {
    for terms in all(tx, &window.id.programme, &window.id.office).await? {
        let chains = Chains::of(&terms)?;
        let Ok(t) = terms.link_of(window.start) else { continue };
        if ctx.keepings(&chains).iter().all(crate::custody::exists) && ctx.link_was_used(&chains, t).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a person gave this generation up and its chains are gone: what it sealed can be drawn by nobody.
pub async fn keys_are_lost(ctx: &Context, chains: &Chains) -> Done<bool> {
    if ctx.keepings(chains).iter().all(crate::custody::is_complete) {
        return Ok(false);
    }
    let events = ctx.store.read().await?.custody_events(&chains.programme, &chains.office).await?;
    Ok(events.iter().any(|event| event.generation == chains.generation && event.kind == "key_exposed"))
}

/// The terms that a new window is sealed under: the newest generation, begun now where there is none
/// or where the configuration or the end of the chains asks for another.
pub async fn current(ctx: &Context, programme: &Programme, office: &Office) -> Done<Terms> {
    let newest = newest(&mut ctx.store.read().await?, &programme.id, &office.id).await?;
    let now = ctx.now();
    let Some(newest) = newest else { return begin(ctx, programme, office, 1, Why::Start).await };
    let next = newest.generation + 1;
    let end = newest.sealed_at().unwrap_or(now).plus(i64::from(LENGTH) * SPACING);
    if now >= end.minus(RENEWED_BEFORE) {
        return begin(ctx, programme, office, next, Why::Renewal).await;
    }
    if now >= end.minus(ANNOUNCED_BEFORE) {
        announce(ctx, programme, &newest).await?;
    }
    let wanted = terms(programme, office, &newest)?;
    if newest.same_rules(&wanted) && newest.custodians == Chains::planned(programme, next).custodians {
        return Ok(newest);
    }
    begin(ctx, programme, office, next, Why::Terms).await
}

/// Begins a generation: its chains are made, its terms are stored and logged.
pub async fn begin(ctx: &Context, programme: &Programme, office: &Office, from: u32, why: Why) -> Done<Terms> {
    policy(programme)?;
    rules(programme)?;
    let beacon = super::beacon::rule(&programme.beacon);
    beacon.sound().map_err(Trouble::new)?;
    let before = all(&mut ctx.store.read().await?, &programme.id, &office.id).await?;
    beacon.may_follow(before.iter().map(|terms| &terms.beacon)).map_err(Trouble::new)?;
    let (chains, anchors) = unused_chains(ctx, programme, from).await?;
    if let BeaconRule::Second { anchor } = &beacon
        && anchors.contains(anchor)
    {
        return Err(Trouble::new(said!(
            "the second office's anchor is this programme's own: its links would be no beacon; ask another office for one",
            "第二单位的锚点就是本项目自己的锚点，不能作信标：请向另一单位索取"
        ))
        .into());
    }
    // Whole seconds: the origin of link numbers is published as text.
    let now = Timestamp(ctx.now().0.div_euclid(SECOND) * SECOND);
    let bare = Terms {
        programme: programme.id.to_string(),
        office: office.id.to_string(),
        generation: chains.generation,
        why,
        custodians: chains.custodians.clone(),
        anchors,
        sealed_at: now.rfc3339(chrono_tz::Tz::UTC),
        calendar: calendar(ctx, office),
        ..Terms::default()
    };
    let terms = terms(programme, office, &bare)?;
    let content = json!(terms).to_string();
    let seal = ProgrammeSealRow { generation: chains.generation, sealed_at: now, content };
    let mut tx = ctx.store.begin().await?;
    if let Some(other) = all(&mut tx, &programme.id, &office.id).await?.pop().filter(|t| t.generation >= from) {
        return Ok(other);
    }
    tx.add_programme_seal(&programme.id, &office.id, &seal).await?;
    ctx.log(&mut tx, &office.id, &json!({"kind": "programme", "terms": terms})).await?;
    tx.commit().await?;
    ctx.keep_head(&chains).await?;
    Ok(terms)
}

/// The chains of the first generation from `from` on that were never in use. A database that was
/// restored from a backup may have forgotten generations; their links must not serve a second time.
async fn unused_chains(ctx: &Context, programme: &Programme, from: u32) -> Done<(Chains, Vec<Sha256>)> {
    for generation in from.. {
        let chains = Chains::planned(programme, generation);
        if let Some(anchors) = ctx.fresh_anchors(&chains).await? {
            return Ok((chains, anchors));
        }
    }
    Err(damaged("chain"))
}

/// Publishes the anchors of the chains to come, once.
async fn announce(ctx: &Context, programme: &Programme, newest: &Terms) -> Done<()> {
    let office = &programme.office;
    let announced = |event: &CustodyEventRow| event.kind == "next_anchor" && event.generation > newest.generation;
    if ctx.store.read().await?.custody_events(&programme.id, office).await?.iter().any(announced) {
        return Ok(());
    }
    let (chains, anchors) = unused_chains(ctx, programme, newest.generation + 1).await?;
    let entry = json!({
        "kind": "next_anchor", "programme": programme.id, "generation": chains.generation, "anchors": anchors,
    });
    let event = CustodyEventRow {
        generation: chains.generation,
        kind: "next_anchor".to_owned(),
        content: entry.to_string(),
        reason: String::new(),
        actor: "spotcheck".to_owned(),
        at: ctx.now(),
    };
    let mut tx = ctx.store.begin().await?;
    if tx.add_custody_event(&programme.id, office, &event).await? {
        ctx.log(&mut tx, office, &entry).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What the configuration asks for, with chains and calendar as they stand in `fixed`.
fn terms(programme: &Programme, office: &Office, fixed: &Terms) -> Done<Terms> {
    let Policy { lo, hi, low_windows, call } = policy(programme)?;
    Ok(Terms {
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
        inspectors_a_visit: programme.inspectors_a_visit,
        pools: programme.pools,
        met_within: programme.met_within,
        windows: programme.windows.iter().map(|w| (w.slot.to_string(), w.rule.clone(), w.length_minutes)).collect(),
        lead_minutes: programme.lead_minutes,
        draw_at: programme.draw_at,
        beacon: super::beacon::rule(&programme.beacon),
        risk: risk_rule(programme),
        backstop: programme.backstop,
        salted: programme.salted,
        reveal_delay_days: programme.reveal_delay_days,
        ..fixed.clone()
    })
}

/// The calendar as windows are planned under it.
pub fn calendar(ctx: &Context, office: &Office) -> SealedCalendar {
    let calendar = ctx.calendar.of(&office.region);
    let years: Vec<i32> = calendar.years().collect();
    let days = |kind| years.iter().flat_map(|year| calendar.days_of(*year, kind)).collect();
    SealedCalendar { holidays: days(DayKind::Holiday), makeups: days(DayKind::Makeup), years: years.clone() }
}

/// What moves chances inside the band, as the configuration has it.
pub(super) fn risk_rule(programme: &Programme) -> RiskRule {
    match programme.risk {
        RiskChoice::Plain => RiskRule::Plain,
        RiskChoice::Signals => RiskRule::Signals(Factors::default()),
    }
}
