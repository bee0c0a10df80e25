//! The draw of a window: beacon, links, tickets, deal, plan and letters (DRAW 3).
//!
//! The beacon is committed by itself first. Everything that follows from it is computed in memory and
//! committed in one transaction: draw time is release time, and before it nothing of it exists
//! anywhere. A daemon that comes late draws the same list; what can no longer be done goes nowhere.

use super::back_checks;
use super::beacon::{keep, obtain};
use super::calls::give;
use super::custody::Chains;
use super::places::details;
use super::release::{self, Lines};
use super::void::declare_void;
use super::windows::{damaged, outside};
use super::{Context, Done, Failure, blackout, generation, redeal};
use crate::config::Office;
use crate::custody::CommittedBeacon;
use crate::draw::log::{list_line, list_mac};
use crate::draw::{
    Announced, Bar, BeaconRule, ChainKey, Dealing, Drawn, Fate, Frame, Inputs, Label, PerTarget, Pool, PoolDealt,
    Terms, draw,
};
use crate::model::sha::to_hex;
use crate::model::time::{DAY, MINUTE};
use crate::model::{AssignmentId, Kind, OfficeId, PlaceId, Timestamp, Trouble, Window, WindowId};
use crate::plan::{Given, PoolDuty, SealedDuty};
use crate::store::{DrawRow, SealRow, Tx};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tracing::{Instrument, debug_span};

/// What is needed at the end of a window to carry out a line at all: the way there and the visit.
const LAST_USEFUL: i64 = 90 * MINUTE;
/// A window whose beacon has not come so long after its end is void.
const BEACON_PATIENCE: i64 = 7 * DAY;

/// A window that was drawn now.
#[derive(Debug, Clone)]
pub struct DrawnWindow {
    pub seal: SealRow,
    pub drawn: Drawn,
    /// Visits that a rule demands beside the drawn ones.
    pub announced: Vec<Announced>,
    /// Of every custodian, in their published order.
    pub links: Vec<ChainKey>,
    /// Each target's count of eligible windows, as sealed.
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

/// What became of one due window.
enum Found {
    Drawn(Box<DrawnWindow>),
    Void(&'static str),
    /// Its beacon has not come yet.
    Waits,
}

/// Draws every window whose time has come. Windows of offices under one head are released together, so
/// that an inspector gets one letter, and a place that two programmes drew one visit.
///
/// A window or a release that fails does not keep the others from being drawn.
///
/// # Errors
/// The first failure, after everything else was done.
pub async fn draw_due(ctx: &Context) -> Done<DrawOutcome> {
    let mut outcome = DrawOutcome::default();
    let mut failures = Vec::new();
    let mut releases: BTreeMap<OfficeId, Vec<DrawnWindow>> = BTreeMap::new();
    for seal in ctx.store.read().await?.seals_due(ctx.now()).await? {
        let window = seal.window.clone();
        // An office that was taken out of the configuration rests.
        let Some(office) = ctx.config.office(&window.id.office) else { continue };
        match draw_window(ctx, seal).await {
            Ok(Found::Drawn(drawn)) => releases.entry(top_of(ctx, office)).or_default().push(*drawn),
            Ok(Found::Void(reason)) => {
                void(ctx, office, &window, reason).await?;
                outcome.void.push(window.id);
            }
            Ok(Found::Waits) => {}
            Err(failure) => failures.push(failure),
        }
    }
    for (top, windows) in releases {
        match commit(ctx, ctx.office(&top)?, &windows).await {
            Ok(assignments) => {
                outcome.assignments.extend(assignments);
                outcome.drawn.extend(windows.into_iter().map(|drawn| drawn.seal.window.id));
            }
            Err(failure) => failures.push(failure),
        }
    }
    match failures.into_iter().next() {
        Some(failure) => Err(failure),
        None => Ok(outcome),
    }
}

/// The office above all that are above this one.
fn top_of(ctx: &Context, office: &Office) -> OfficeId {
    let mut top = office;
    // As many steps as there are offices: the configuration has refused circles.
    for _ in 0..ctx.config.offices.len() {
        match top.parent.as_ref().and_then(|parent| ctx.config.office(parent)) {
            Some(above) => top = above,
            None => break,
        }
    }
    top.id.clone()
}

/// Whether a line of the window can still be carried out.
pub(super) fn useful(now: Timestamp, window: &Window) -> bool {
    now <= window.end.minus(LAST_USEFUL).max(window.start)
}

/// Everything up to the list.
async fn draw_window(ctx: &Context, seal: SealRow) -> Done<Found> {
    let window = &seal.window;
    let id = &window.id;
    let useful = useful(ctx.now(), window);
    let mut tx = ctx.store.read().await?;
    let known = tx.beacon(id).await?;
    let terms = generation::of(&mut tx, &seal).await?;
    drop(tx);
    let chains = Chains::of(&terms)?;
    let calendar = ctx.calendar.of(&ctx.office(&id.office)?.region);
    if generation::keys_are_lost(ctx, &chains).await? {
        return Ok(Found::Void("keys_lost"));
    }
    let beacon = match known {
        Some(row) => row.beacon,
        // Said first: it was drawn, whatever else may be true of it by now.
        None if ctx.link_was_used(&chains, seal.chain_index).await? => return Ok(Found::Void("lost_in_restore")),
        None if !calendar.is_workday(id.day).map_err(|e| outside(&e))? => {
            return Ok(Found::Void("calendar_changed"));
        }
        None => match fix_beacon(ctx, &terms, &seal, useful).await? {
            Ok(beacon) => beacon,
            Err(found) => return Ok(found),
        },
    };
    let committed = CommittedBeacon { window: id.clone(), beacon };
    let Some(links) = ctx.links(&chains, seal.chain_index, &committed).await? else {
        return Ok(Found::Void("lost_in_restore"));
    };
    let key = ChainKey::joint(&links).ok_or_else(|| damaged("programme seal"))?;

    let (frame, duty) = read_sealed(ctx, &seal).instrument(debug_span!("read_sealed")).await?;
    let drawn = draw_sealed(&terms, &seal, &frame, &duty, &key, &committed.beacon)?;
    let announced = announce(&terms, &seal, &frame, &duty, &drawn)?;
    let eligible =
        drawn.targets.iter().filter_map(|t| Some((t.id.clone(), frame.row(&t.id)?.detail.eligible))).collect();
    Ok(Found::Drawn(Box::new(DrawnWindow { links, eligible, seal, drawn, announced, useful })))
}

pub(super) async fn read_sealed(ctx: &Context, seal: &SealRow) -> Done<(Frame, SealedDuty)> {
    let mut tx = ctx.store.read().await?;
    let frame = Frame::decode(&tx.blob(&seal.frame).await?.ok_or_else(|| damaged("frame"))?).map_err(Trouble::new)?;
    let duty = tx.blob(&seal.duty).await?.ok_or_else(|| damaged("duty list"))?;
    Ok((frame, serde_json::from_slice(&duty).map_err(|_| damaged("duty list"))?))
}

/// The list that follows from what was sealed, a key and a beacon.
pub fn draw_sealed(
    terms: &Terms,
    seal: &SealRow,
    frame: &Frame,
    duty: &SealedDuty,
    key: &ChainKey,
    beacon: &str,
) -> Done<Drawn> {
    let pool_of = |place: &PlaceId| duty.pool_of(frame.pool_of(frame.row(place)?));
    let per_target = if terms.inspectors_a_visit == 2 { PerTarget::Two } else { PerTarget::One };
    let inputs = Inputs {
        frame,
        key,
        window: &seal.window.id.to_string(),
        beacon,
        limits: terms.limits().map_err(Trouble::new)?,
        length_minutes: seal.window.length_minutes(),
        dealing: None,
    };
    let mut drawn = debug_span!("draw").in_scope(|| draw(&inputs)).map_err(|e| Trouble::new(e.said()))?;
    let _dealing = debug_span!("deal").entered();
    let visits = pools(duty, &drawn, "", |pool| &pool.visits)?;
    drawn.deal_visits(Dealing { pools: &visits, per_target, pool_of: &pool_of });
    let calls = pools(duty, &drawn, "calls/", |pool| &pool.calls)?;
    drawn.deal_calls(Dealing { pools: &calls, per_target: PerTarget::One, pool_of: &pool_of });
    Ok(drawn)
}

/// The announced visits of a window, by the slots that its drawn visits leave.
fn announce(terms: &Terms, seal: &SealRow, frame: &Frame, duty: &SealedDuty, drawn: &Drawn) -> Done<Vec<Announced>> {
    if duty.announced.is_empty() {
        return Ok(Vec::new());
    }
    let visits = pools(duty, drawn, "", |pool| &pool.visits)?;
    let pool_of = |place: &PlaceId| duty.pool_of(frame.pool_of(frame.row(place)?));
    let per_target = if terms.inspectors_a_visit == 2 { PerTarget::Two } else { PerTarget::One };
    let dealing = Dealing { pools: &visits, per_target, pool_of: &pool_of };
    Ok(drawn.announce(frame, &duty.announced, seal.window.length_minutes(), dealing))
}

/// The pools of one kind of work, in the order of the sealed ones, with the bars of drawn and announced
/// places: a country has hundreds of thousands of others, and nobody ever asks for those.
pub(super) fn pools(
    duty: &SealedDuty,
    drawn: &Drawn,
    prefix: &str,
    slots: impl Fn(&PoolDuty) -> &Vec<(crate::model::InspectorId, u32)>,
) -> Done<Vec<Pool>> {
    let places: BTreeSet<&PlaceId> = drawn.targets.iter().map(|target| &target.id).chain(&duty.announced).collect();
    let pool = |one: &PoolDuty| {
        let bar = |(place, inspector, ground): &(PlaceId, crate::model::InspectorId, crate::model::Ground)| Bar {
            place: place.clone(),
            inspector: inspector.clone(),
            ground: *ground,
        };
        let bars = one.bars.iter().filter(|(place, ..)| places.contains(place)).map(bar).collect();
        Ok(Pool::new(&format!("{prefix}{}", one.name), slots(one).clone(), bars).map_err(Trouble::new)?)
    };
    duty.pools.iter().map(pool).collect()
}

/// The beacon of a window, fixed in a transaction of its own; or what becomes of the window without one.
///
/// A beacon from outside is the same whenever it comes, so the window waits for it; one that this machine
/// would make now comes too late for a window that nobody can carry out any more.
async fn fix_beacon(ctx: &Context, terms: &Terms, seal: &SealRow, useful: bool) -> Done<Result<String, Found>> {
    let now = ctx.now();
    let window = &seal.window;
    if terms.beacon == BeaconRule::Local && !useful {
        return Ok(Err(Found::Void("late")));
    }
    match obtain(ctx, terms, seal, now).await? {
        Some(obtained) => keep(ctx, &window.id, &obtained, now).await.map(Ok),
        None if now > window.end.plus(BEACON_PATIENCE) => Ok(Err(Found::Void("no_beacon"))),
        None => Ok(Err(Found::Waits)),
    }
}

async fn void(ctx: &Context, office: &Office, window: &Window, reason: &'static str) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    if !declare_void(ctx, &mut tx, office, window, reason).await? {
        return Ok(());
    }
    tx.commit().await?;
    keep_head(ctx, &window.id).await
}

/// Keeps the log's head beside the newest chains of a window's programme.
pub(super) async fn keep_head(ctx: &Context, window: &WindowId) -> Done<()> {
    let newest = generation::newest(&mut ctx.store.read().await?, &window.programme, &window.office).await?;
    match newest {
        Some(terms) => ctx.keep_head(&Chains::of(&terms)?).await,
        None => Ok(()),
    }
}

/// Draws, lines, assignments, letters and log entries of one release, in one transaction.
async fn commit(ctx: &Context, office: &Office, windows: &[DrawnWindow]) -> Done<Vec<AssignmentId>> {
    let mut tx = ctx.store.begin().await?;
    let mut given: Vec<Given> = windows.iter().filter(|w| w.useful).flat_map(given).collect();
    let redealt = redeal::at_draw(ctx, &mut tx, windows, &mut given).await?;
    let stopped = blackout::at_draw(ctx, &mut tx, &mut given).await?;
    let mut again = give::joining(ctx, &mut tx, windows, &given).await?;
    let (looked_at, lines) = back_checks::lines(ctx, &mut tx, windows).await?;
    again.extend(lines);
    let people = given.iter().flat_map(|g| &g.inspectors).chain(again.iter().map(|one| &one.inspector));
    let register = details(&mut tx, given.iter().map(|g| &g.place), people).instrument(debug_span!("details")).await?;
    let mut lines =
        release::plan(ctx, &mut tx, office, &given, &again, &register).instrument(debug_span!("plan")).await?;
    lines.stopped = stopped;
    for window in windows {
        write_draw(ctx, &mut tx, window, &lines).instrument(debug_span!("write_draw")).await?;
    }
    give::written(&mut tx, &lines.assignments).await?;
    back_checks::write(ctx, &mut tx, &looked_at, &lines.assignments).await?;
    redeal::record(ctx, &mut tx, &redealt).await?;
    release::post(ctx, &mut tx, office, &lines.assignments, &BTreeSet::new())
        .instrument(debug_span!("letters"))
        .await?;
    tx.commit().instrument(debug_span!("commit")).await?;
    for window in windows {
        keep_head(ctx, &window.seal.window.id).await?;
    }
    Ok(lines.assignments.into_iter().map(|a| a.row.id).collect())
}

fn given(window: &DrawnWindow) -> Vec<Given> {
    let contact = window.drawn.seed.tickets(Label::Contact);
    let drawn = window.drawn.targets.iter().map(|target| (target, window.drawn.inspectors_of(&target.id)));
    let announced = window.announced.iter().map(|one| (&one.target, one.inspectors.as_slice()));
    drawn
        .chain(announced)
        .filter_map(|(target, inspectors)| {
            let kind = match target.fate {
                Fate::Visit => Kind::Visit,
                Fate::Call => Kind::Call,
                Fate::NotDone(_) => return None,
            };
            Some(Given {
                window: window.seal.window.clone(),
                place: target.id.clone(),
                kind,
                inspectors: Some(inspectors.to_vec()).filter(|all| !all.is_empty())?,
                minute: target.minute,
                contact_ticket: contact.of(&target.id).0,
            })
        })
        .collect()
}

async fn write_draw(ctx: &Context, tx: &mut Tx, window: &DrawnWindow, lines: &Lines) -> Done<()> {
    let id = &window.seal.window.id;
    let drawn = &window.drawn;
    let list_mac = list_mac(&drawn.seed, &list_of(drawn)).map_err(|e| Failure::from(Trouble::new(e.said())))?;
    let links: Vec<String> = window.links.iter().map(|link| to_hex(link.reveal())).collect();
    let row = DrawRow {
        links: links.join(" "),
        seed: to_hex(drawn.seed.reveal()),
        drawn_at: ctx.now(),
        list_mac: list_mac.hex(),
        deals: json!({"visits": deals(&drawn.visits), "calls": deals(&drawn.calls)}).to_string(),
    };
    tx.add_draw(id, &row).await?;
    let targets = drawn.targets.iter().chain(window.announced.iter().map(|one| &one.target));
    let rows: Vec<_> = targets.map(|target| lines.line_of(window, target)).collect();
    tx.add_lines(&rows).await?;
    let entry = json!({"kind": "draw", "window": id.to_string(), "t": window.seal.chain_index, "list": list_mac.hex(), "late": !window.useful});
    ctx.log(tx, &id.office, &entry).await?;
    Ok(())
}

/// The drawn list, line by line, as its keyed hash binds it.
pub fn list_of(drawn: &Drawn) -> Vec<String> {
    let line = |target: &crate::draw::Target| {
        let inspectors = match target.fate {
            Fate::Visit | Fate::Call => drawn.inspectors_of(&target.id),
            Fate::NotDone(_) => &[],
        };
        list_line(target.fate.code(), &target.id, inspectors)
    };
    drawn.targets.iter().map(line).collect()
}

/// What was dealt, pool by pool, for those who ask why.
fn deals(pools: &[PoolDealt]) -> Value {
    let hand = |hand: &crate::draw::Hand| json!({"attempt": hand.attempt, "pairs": hand.pairs});
    let one = |PoolDealt { pool, dealt }: &PoolDealt| {
        json!({
            "pool": pool, "first": hand(&dealt.first), "second": dealt.second.as_ref().map(hand),
            "overflow": dealt.overflow, "barred": dealt.barred_from_all,
        })
    };
    pools.iter().map(one).collect()
}
