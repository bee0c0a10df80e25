//! The draw of a window: beacon, link, tickets, deal, plan and letters (DRAW 3).
//!
//! The beacon is committed by itself first. Everything that follows from it is computed in memory and
//! committed in one transaction: draw time is release time, and before it nothing of it exists
//! anywhere. A daemon that comes late draws the same list; what can no longer be done goes nowhere.

use super::places::snapshot;
use super::release::{self, Lines};
use super::restored::keep_heads;
use super::seal::{SealedDuty, pools};
use super::windows::{Terms, damaged};
use super::{Context, Done, Failure};
use crate::config::Office;
use crate::custody::CommittedBeacon;
use crate::draw::log::{list_line, list_mac};
use crate::draw::{Beacon, Drawn, Fate, Frame, Inputs, Label, Limits, PerTarget, draw};
use crate::model::sha::to_hex;
use crate::model::time::MINUTE;
use crate::model::{AssignmentId, Kind, PlaceId, Timestamp, Trouble, WindowId};
use crate::plan::Given;
use crate::store::{DrawRow, SealRow};
use serde_json::json;
use std::collections::BTreeMap;

/// What is needed at the end of a window to carry out a line at all: the way there and the visit.
const LAST_USEFUL: i64 = 90 * MINUTE;

/// A window that was drawn now.
#[derive(Debug, Clone)]
pub struct DrawnWindow {
    pub seal: SealRow,
    pub drawn: Drawn,
    pub key_hex: String,
    /// Each place's count of eligible windows, as sealed.
    pub eligible: BTreeMap<PlaceId, i64>,
    /// Lines can still be carried out.
    pub useful: bool,
}

/// What a look at the due windows did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DrawOutcome {
    pub drawn: Vec<WindowId>,
    pub void: Vec<WindowId>,
    pub assignments: Vec<AssignmentId>,
}

/// Draws every window whose time has come, one release an office.
pub async fn draw_due(ctx: &Context) -> Done<DrawOutcome> {
    let mut outcome = DrawOutcome::default();
    for office in &ctx.config.offices {
        let due = ctx.store.read().await?.seals_due(&office.id, ctx.now()).await?;
        let mut drawn = Vec::new();
        for seal in due {
            let window = seal.window.id.clone();
            match draw_window(ctx, office, seal).await? {
                Ok(one) => drawn.push(one),
                Err(reason) => {
                    void(ctx, office, &window, reason).await?;
                    outcome.void.push(window);
                }
            }
        }
        if !drawn.is_empty() {
            outcome.assignments.extend(commit(ctx, office, &drawn).await?);
            outcome.drawn.extend(drawn.into_iter().map(|d| d.seal.window.id));
        }
    }
    Ok(outcome)
}

/// Everything up to the list, or the reason why the window is void.
async fn draw_window(ctx: &Context, office: &Office, seal: SealRow) -> Done<Result<DrawnWindow, &'static str>> {
    let window = &seal.window;
    let id = &window.id;
    let now = ctx.now();
    let useful = now <= window.end.minus(LAST_USEFUL).max(window.start);
    let t = u32::try_from(seal.chain_index).map_err(|_| damaged("seal"))?;
    let mut tx = ctx.store.read().await?;
    let known = tx.beacon(id).await?;
    drop(tx);
    let beacon = match known {
        Some(row) => row.beacon,
        None if !ctx.calendar.is_workday(id.day).map_err(|e| super::windows::outside(&e))? => {
            return Ok(Err("calendar_changed"));
        }
        None if !useful => return Ok(Err("late")),
        None if ctx.link_was_used(&id.programme, &id.office, t).await? => return Ok(Err("lost_in_restore")),
        None => commit_beacon(ctx, id, now).await?,
    };
    let committed = CommittedBeacon { window: id.clone(), beacon };
    let Some(key) = ctx.link(t, &committed).await? else { return Ok(Err("lost_in_restore")) };

    let mut tx = ctx.store.read().await?;
    let frame = Frame::decode(&tx.blob(&seal.frame).await?.ok_or_else(|| damaged("frame"))?).map_err(Trouble::new)?;
    let duty = tx.blob(&seal.duty).await?.ok_or_else(|| damaged("duty list"))?;
    let SealedDuty { duty, eligible } = serde_json::from_slice(&duty).map_err(|_| damaged("duty list"))?;
    let terms = tx.programme_seal(&id.programme, &id.office).await?.ok_or_else(|| damaged("programme seal"))?;
    let terms = Terms::read(&terms.content)?;
    drop(tx);
    let (visits, calls) = pools(office, &duty)?;
    let max = terms.max_visits.map(|n| n as usize);
    let mut drawn = draw(&Inputs {
        frame: &frame,
        key: &key,
        window: &id.to_string(),
        beacon: &committed.beacon,
        limits: Limits::new(terms.min_visits as usize, max).map_err(Trouble::new)?,
        length_minutes: window.length_minutes(),
        pool: Some((&visits, PerTarget::One)),
    })
    .map_err(|e| Trouble::new(e.said()))?;
    drawn.deal_calls(&calls);
    Ok(Ok(DrawnWindow { key_hex: to_hex(key.reveal()), eligible, seal, drawn, useful }))
}

/// Fixes the beacon in a transaction of its own. Where another daemon was faster, its beacon counts.
async fn commit_beacon(ctx: &Context, window: &WindowId, now: Timestamp) -> Done<String> {
    let beacon = Beacon::Local(ctx.entropy.bytes("beacon", &window.to_string())?).to_string();
    let mut tx = ctx.store.begin().await?;
    let done = match tx.add_beacon(window, &beacon, now).await {
        Ok(()) => tx.commit().await,
        Err(e) => Err(e),
    };
    match done {
        Ok(()) => Ok(beacon),
        Err(e) if e.is_duplicate() => {
            let row = ctx.store.read().await?.beacon(window).await?;
            Ok(row.ok_or_else(|| damaged("beacon"))?.beacon)
        }
        Err(e) => Err(e.into()),
    }
}

async fn void(ctx: &Context, office: &Office, window: &WindowId, reason: &'static str) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    if tx.add_void(window, reason, ctx.now()).await? {
        let entry =
            json!({"kind": "void", "window": window.to_string(), "reason": reason, "uncheckable": reason == "late"});
        ctx.log(&mut tx, &office.id, &entry).await?;
        release::post_void(ctx, &mut tx, office, window, reason).await?;
        tx.commit().await?;
        keep_heads(ctx, &office.id).await?;
    }
    Ok(())
}

/// Draws, lines, assignments, letters and log entries of one release, in one transaction.
async fn commit(ctx: &Context, office: &Office, windows: &[DrawnWindow]) -> Done<Vec<AssignmentId>> {
    let mut tx = ctx.store.begin().await?;
    let register = snapshot(&mut tx, office).await?;
    let given: Vec<Given> = windows.iter().filter(|w| w.useful).flat_map(given).collect();
    let lines = release::plan(ctx, &mut tx, office, &given, &register).await?;
    for window in windows {
        write_draw(ctx, &mut tx, office, window, &lines).await?;
    }
    release::post(ctx, &mut tx, office, &lines, &register).await?;
    tx.commit().await?;
    keep_heads(ctx, &office.id).await?;
    Ok(lines.assignments.into_iter().map(|a| a.row.id).collect())
}

fn given(window: &DrawnWindow) -> Vec<Given> {
    let contact = window.drawn.seed.tickets(Label::Contact);
    let dealt = |fate| match fate {
        Fate::Visit => window.drawn.visits.as_ref().map(|d| (Kind::Visit, d)),
        Fate::Call => window.drawn.calls.as_ref().map(|d| (Kind::Call, d)),
        Fate::NotDone(_) => None,
    };
    let targets = window.drawn.targets.iter();
    targets
        .filter_map(|target| {
            let (kind, dealt) = dealt(target.fate)?;
            Some(Given {
                window: window.seal.window.clone(),
                place: target.id.clone(),
                kind,
                inspector: dealt.first.inspector_of(&target.id)?.clone(),
                minute: target.minute,
                contact_ticket: contact.of(&target.id).0,
            })
        })
        .collect()
}

async fn write_draw(
    ctx: &Context,
    tx: &mut crate::store::Tx,
    office: &Office,
    window: &DrawnWindow,
    lines: &Lines,
) -> Done<()> {
    let id = &window.seal.window.id;
    let drawn = &window.drawn;
    let inspector = |target: &crate::draw::Target| match target.fate {
        Fate::Visit => drawn.visits.as_ref().and_then(|d| d.first.inspector_of(&target.id)),
        Fate::Call => drawn.calls.as_ref().and_then(|d| d.first.inspector_of(&target.id)),
        Fate::NotDone(_) => None,
    };
    let list: Vec<String> = drawn.targets.iter().map(|t| list_line(t.fate.code(), &t.id, inspector(t))).collect();
    let list_mac = list_mac(&drawn.seed, &list).map_err(|e| Failure::from(Trouble::new(e.said())))?;
    let attempt = |dealt: &Option<crate::draw::Dealt>| {
        dealt.as_ref().map(|d| json!({"attempt": d.first.attempt, "pairs": d.first.pairs}))
    };
    let row = DrawRow {
        chain_key: window.key_hex.clone(),
        seed: to_hex(drawn.seed.reveal()),
        drawn_at: ctx.now(),
        list_mac: list_mac.hex(),
        deals: json!({"visits": attempt(&drawn.visits), "calls": attempt(&drawn.calls)}).to_string(),
    };
    tx.add_draw(id, &row).await?;
    for target in &drawn.targets {
        tx.add_line(&lines.line_of(window, target)).await?;
    }
    let entry = json!({"kind": "draw", "window": id.to_string(), "t": window.seal.chain_index, "list": list_mac.hex(), "late": !window.useful});
    ctx.log(tx, &office.id, &entry).await?;
    Ok(())
}
