//! What goes out for outsiders: bundles of revealed windows, the log, and the proof of one place (DRAW 3).

use super::back_checks;
use super::draw::draw_sealed;
use super::redeal::rounds_of;
use super::windows::damaged;
use super::{Context, Done};
use crate::draw::back_check::{self, name_of};
use crate::draw::bundle::{
    Bound, Bundle, BundleBar, BundleKind, BundlePool, Evidence, FORMAT, FrameLine, FrameRow, RowDetail,
};
use crate::draw::entry::{Entry, SealEntry};
use crate::draw::log::EMPTY;
use crate::draw::verify::{deals, lines};
use crate::draw::{ChainKey, Drawn, Frame, Row, Terms};
use crate::model::{OfficeId, PlaceId, ProgrammeId, Sha256, Trouble, WindowId};
use crate::plan::SealedDuty;
use crate::said;
use crate::store::{DrawRow, LogEntry, SealRow, Tx};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Which windows.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    pub programme: Option<ProgrammeId>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Selection {
    fn wants(&self, window: &WindowId) -> bool {
        self.programme.as_ref().is_none_or(|programme| *programme == window.programme)
            && self.from.is_none_or(|from| from <= window.day)
            && self.to.is_none_or(|to| window.day <= to)
    }
}

/// One window of the log, with the entries that bind it.
#[derive(Debug, Clone)]
pub struct Listed {
    pub window: WindowId,
    seal: SealEntry,
    terms: Terms,
    entries: Vec<Bound>,
    /// Those of its back-check, where finished visits were sealed with it: programme, seal, draw.
    back_check: Vec<Bound>,
    drawn: bool,
    /// Its links are public.
    revealed: bool,
}

/// How a window stands for an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Its bundle, or the record of its void, can go out.
    Ready,
    /// Drawn, and its links are not public yet.
    Secret,
    /// Neither drawn nor void.
    Pending,
}

impl Listed {
    pub fn stage(&self) -> Stage {
        match (self.drawn, self.revealed) {
            (true, true) => Stage::Ready,
            (true, false) => Stage::Secret,
            (false, _) if self.entries.len() > 2 => Stage::Ready,
            (false, _) => Stage::Pending,
        }
    }
}

/// The sealed windows of all offices that are selected, in the order of the log.
///
/// # Errors
/// A programme that is neither configured nor in a log, a last day before the first, the database.
pub async fn listed(ctx: &Context, selection: &Selection) -> Done<Vec<Listed>> {
    if let (Some(from), Some(to)) = (selection.from, selection.to)
        && to < from
    {
        let said = said!("the last day {to} is before the first, {from}", "截止日{to}早于起始日{from}");
        return Err(Trouble::new(said).in_field("--to").into());
    }
    let mut known: BTreeSet<String> = ctx.config.programmes.iter().map(|one| one.id.to_string()).collect();
    let mut all = Vec::new();
    for office in &ctx.config.offices {
        let entries = ctx.store.read().await?.log_entries(&office.id).await?;
        let listed = of_log(&entries);
        known.extend(listed.iter().map(|one| one.window.programme.to_string()));
        all.extend(listed.into_iter().filter(|listed| selection.wants(&listed.window)));
    }
    match &selection.programme {
        Some(programme) if !known.contains(programme.as_str()) => {
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            let said = said!(
                "there is no programme “{programme}”; take one of: {known}",
                "没有项目“{programme}”，可写：{known}"
            );
            Err(Trouble::new(said).in_field("--programme").into())
        }
        _ => Ok(all),
    }
}

/// The sealed windows of one office on one day, in the order of the log.
pub async fn of_day(ctx: &Context, office: &OfficeId, day: NaiveDate) -> Done<Vec<Listed>> {
    let entries = ctx.store.read().await?.log_entries(office).await?;
    let mut listed = of_log(&entries);
    listed.retain(|listed| listed.window.day == day);
    Ok(listed)
}

fn of_log(entries: &[LogEntry]) -> Vec<Listed> {
    let mut terms: BTreeMap<(String, u32), (Terms, Bound)> = BTreeMap::new();
    let mut revealed: BTreeMap<(String, u32), u32> = BTreeMap::new();
    let mut windows: Vec<Listed> = Vec::new();
    let mut index: BTreeMap<WindowId, usize> = BTreeMap::new();
    let mut before = EMPTY;
    for entry in entries {
        let bound = Bound { before, entry: entry.entry.clone(), head: entry.head };
        before = entry.head;
        let about = |window: &str| window.parse().ok().and_then(|id: WindowId| index.get(&id).copied());
        match Entry::read(&entry.entry) {
            Ok(Entry::Programme(read)) => {
                terms.insert((read.programme.clone(), read.generation), (*read, bound));
            }
            Ok(Entry::Seal(seal)) => {
                let Ok(window) = seal.window.parse::<WindowId>() else { continue };
                let of = (window.programme.to_string(), seal.generation);
                let Some((terms, programme)) = terms.get(&of).cloned() else { continue };
                index.insert(window.clone(), windows.len());
                let entries = vec![programme, bound];
                let (seal, back_check) = (*seal, Vec::new());
                windows.push(Listed { window, seal, terms, entries, back_check, drawn: false, revealed: false });
            }
            Ok(Entry::Draw { window, .. }) => {
                if let Some(listed) = about(&window).and_then(|i| windows.get_mut(i)) {
                    listed.drawn = true;
                    listed.entries.push(bound);
                }
            }
            Ok(Entry::BackCheckSeal(back)) => {
                let at = windows.iter_mut().rev().find(|one| name_of(&one.window) == back.seal.window);
                if let Some(listed) = at {
                    listed.back_check = listed.entries.iter().take(1).cloned().chain([bound]).collect();
                }
            }
            Ok(Entry::BackCheckDraw { window, .. }) => {
                if let Some(listed) = windows.iter_mut().rev().find(|one| name_of(&one.window) == window) {
                    listed.back_check.push(bound);
                }
            }
            Ok(Entry::Void { window, .. } | Entry::Redeal { window, .. }) => {
                if let Some(listed) = about(&window).and_then(|i| windows.get_mut(i)) {
                    listed.entries.push(bound);
                }
            }
            Ok(Entry::Reveal { programme, generation, t, .. }) => {
                revealed.insert((programme, generation), t);
            }
            Ok(_) | Err(_) => {}
        }
    }
    for listed in &mut windows {
        let of = (listed.window.programme.to_string(), listed.seal.generation);
        listed.revealed = revealed.get(&of).is_some_and(|t| listed.seal.t <= *t);
    }
    windows
}

/// The bundle of a window that is [ready](Stage::Ready), as one line.
pub async fn bundle(ctx: &Context, listed: &Listed, kind: BundleKind) -> Done<String> {
    let mut tx = ctx.store.read().await?;
    let draw = if listed.drawn { Some(evidence(&mut tx, listed, kind).await?) } else { None };
    let bundle = Bundle {
        format: FORMAT.to_owned(),
        kind: if listed.drawn { kind } else { BundleKind::Void },
        window: listed.window.clone(),
        log: listed.entries.clone(),
        draw,
    };
    serde_json::to_string(&bundle).map_err(|_| damaged("draw"))
}

/// The bundle of the back-check that was drawn with a window which is [ready](Stage::Ready), where there was one.
pub async fn back_check_bundle(ctx: &Context, listed: &Listed, kind: BundleKind) -> Done<Option<String>> {
    if !listed.drawn || listed.back_check.len() < 3 {
        return Ok(None);
    }
    let mut tx = ctx.store.read().await?;
    let id = &listed.window;
    let row = tx.draw(id).await?.ok_or_else(|| damaged("draw"))?;
    let beacon = tx.beacon(id).await?.ok_or_else(|| damaged("beacon"))?;
    let links = links(&row)?;
    let keys: Vec<ChainKey> = links.iter().map(|link| ChainKey::from_bytes(link.0)).collect();
    let back =
        back_checks::drawn_again(&mut tx, id, &keys, &beacon.beacon).await?.ok_or_else(|| damaged("back-check"))?;
    let (frame, duty, drawn) = back;
    let draw = Evidence {
        start: listed.seal.start.clone(),
        end: listed.seal.end.clone(),
        t: listed.seal.t,
        links,
        beacon: beacon.beacon,
        proof: beacon.proof,
        frame: rows(&frame, &drawn, kind),
        pools: pools(duty.pools, kind),
        announced: Vec::new(),
        drawn: lines(&drawn),
        deals: deals(&drawn),
        redeals: Vec::new(),
    };
    let (format, log) = (back_check::FORMAT.to_owned(), listed.back_check.clone());
    let bundle = Bundle { format, kind, window: id.clone(), log, draw: Some(draw) };
    serde_json::to_string(&bundle).map(Some).map_err(|_| damaged("back-check"))
}

async fn evidence(tx: &mut Tx, listed: &Listed, kind: BundleKind) -> Done<Evidence> {
    let id = &listed.window;
    let (seal, frame, duty) = sealed(tx, id).await?;
    let row = tx.draw(id).await?.ok_or_else(|| damaged("draw"))?;
    let beacon = tx.beacon(id).await?.ok_or_else(|| damaged("beacon"))?;
    let links = links(&row)?;
    let keys: Vec<ChainKey> = links.iter().map(|link| ChainKey::from_bytes(link.0)).collect();
    let key = ChainKey::joint(&keys).ok_or_else(|| damaged("draw"))?;
    // Computed again, not copied: whoever verifies holds it against the hash that was logged at the draw.
    let drawn = draw_sealed(&listed.terms, &seal, &frame, &duty, &key, &beacon.beacon)?;
    Ok(Evidence {
        start: listed.seal.start.clone(),
        end: listed.seal.end.clone(),
        t: listed.seal.t,
        links,
        beacon: beacon.beacon,
        proof: beacon.proof,
        frame: rows(&frame, &drawn, kind),
        pools: pools(duty.pools, kind),
        announced: duty.announced,
        drawn: lines(&drawn),
        deals: deals(&drawn),
        redeals: rounds_of(tx, id).await?,
    })
}

async fn sealed(tx: &mut Tx, id: &WindowId) -> Done<(SealRow, Frame, SealedDuty)> {
    let seal = tx.seal(id).await?.ok_or_else(|| damaged("seal"))?;
    let frame = tx.blob(&seal.frame).await?.ok_or_else(|| damaged("frame"))?;
    let frame = Frame::decode(&frame).map_err(Trouble::new)?;
    let duty = tx.blob(&seal.duty).await?.ok_or_else(|| damaged("duty list"))?;
    let duty = serde_json::from_slice(&duty).map_err(|_| damaged("duty list"))?;
    Ok((seal, frame, duty))
}

fn links(row: &DrawRow) -> Done<Vec<Sha256>> {
    row.links.split(' ').map(|link| link.parse().map_err(|_| damaged("draw"))).collect()
}

fn rows(frame: &Frame, drawn: &Drawn, kind: BundleKind) -> Vec<FrameLine> {
    let shown: BTreeSet<&PlaceId> = drawn.targets.iter().map(|target| &target.id).collect();
    let line = |row: &Row| match kind {
        BundleKind::Public if !shown.contains(&row.id) => FrameLine::Leaf(row.leaf()),
        _ => FrameLine::Row(FrameRow {
            id: row.id.clone(),
            visit: row.visit.get(),
            call: row.call.get(),
            salt: row.salt.map(|salt| salt.hex()).unwrap_or_default(),
            pool: frame.pool_of(row).to_owned(),
            detail: (kind == BundleKind::Auditor).then(|| RowDetail {
                reason: row.reason.map_or("", |reason| reason.code()).to_owned(),
                age: row.detail.age,
                risk: row.detail.risk,
            }),
        }),
    };
    frame.rows().iter().map(line).collect()
}

/// An auditor sees the grounds of bars, the public does not.
fn pools(pools: Vec<crate::plan::PoolDuty>, kind: BundleKind) -> Vec<BundlePool> {
    let bar = |(place, inspector, ground): (PlaceId, _, crate::model::Ground)| match kind {
        BundleKind::Auditor => BundleBar::WithGround(place, inspector, ground.code().to_owned()),
        BundleKind::Public | BundleKind::Void => BundleBar::Plain(place, inspector),
    };
    let pool = |one: crate::plan::PoolDuty| BundlePool {
        name: one.name,
        visits: one.visits,
        calls: one.calls,
        bars: one.bars.into_iter().map(bar).collect(),
    };
    pools.into_iter().map(pool).collect()
}

/// The log of an office, a line each.
pub async fn log(ctx: &Context, office: &OfficeId) -> Done<Vec<String>> {
    let entries = ctx.store.read().await?.log_entries(office).await?;
    Ok(entries.iter().map(|e| json!({"seq": e.seq, "entry": e.entry, "head": e.head}).to_string()).collect())
}

/// Proof that a place stood in a window's sealed frame with those chances. It shows one row, and nothing of
/// the draw. `None` where the window was not sealed or the place is not in its frame.
pub async fn proof(ctx: &Context, place: &PlaceId, window: &WindowId) -> Done<Option<Value>> {
    let mut tx = ctx.store.read().await?;
    if tx.seal(window).await?.is_none() {
        return Ok(None);
    }
    let (seal, frame, _) = sealed(&mut tx, window).await?;
    Ok(frame.proof_of(place).map(|proof| {
        json!({
            "window": window, "place": place, "leaf": proof.leaf, "index": proof.index, "places": proof.places,
            "path": proof.path, "root": seal.root,
        })
    }))
}
