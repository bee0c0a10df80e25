//! The draw from a list of finished visits, with the window that it was sealed with; and the lines that come of it.

use super::super::draw::{DrawnWindow, list_of, pools};
use super::super::places::details;
use super::super::release::Released;
use super::super::windows::damaged;
use super::super::{Context, Done, Failure};
use crate::draw::back_check::name_of;
use crate::draw::log::list_mac;
use crate::draw::{ChainKey, Dealing, Drawn, Fate, Frame, Inputs, Label, Limits, PerTarget, Target, draw};
use crate::model::{CheckedVisit, ContactId, InspectorId, Kind, Line, PlaceId, Trouble, WindowId};
use crate::plan::release::back_check;
use crate::plan::{self, Given, SealedDuty, Snapshot};
use crate::store::{BackCheckRow, DrawnAgain, Ids, Tx};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// A list that was drawn from now.
pub struct Again {
    window: WindowId,
    t: u32,
    drawn: Drawn,
}

/// What follows from a sealed list, the window's links and its beacon. `Ok(None)`: no list was sealed with it.
pub async fn drawn_again(
    tx: &mut Tx,
    window: &WindowId,
    links: &[ChainKey],
    beacon: &str,
) -> Done<Option<(Frame, SealedDuty, Drawn)>> {
    let Some(row) = tx.back_check_seal(window).await? else { return Ok(None) };
    let seal = tx.seal(window).await?.ok_or_else(|| damaged("seal"))?;
    let frame = tx.blob(&row.frame).await?.ok_or_else(|| damaged("frame"))?;
    let frame = Frame::decode(&frame).map_err(Trouble::new)?;
    let duty = tx.blob(&row.duty).await?.ok_or_else(|| damaged("duty list"))?;
    let duty: SealedDuty = serde_json::from_slice(&duty).map_err(|_| damaged("duty list"))?;
    let key = ChainKey::joint(links).ok_or_else(|| damaged("draw"))?;
    let inputs = Inputs {
        frame: &frame,
        key: &key,
        window: &name_of(window),
        beacon,
        limits: Limits::default(),
        length_minutes: seal.window.length_minutes(),
        dealing: None,
    };
    let mut drawn = draw(&inputs).map_err(|e| Trouble::new(e.said()))?;
    let pool_of = |unit: &PlaceId| duty.pool_of(frame.pool_of(frame.row(unit)?));
    let visits = pools(&duty, &drawn, "", |pool| &pool.visits)?;
    drawn.deal_visits(Dealing { pools: &visits, per_target: PerTarget::One, pool_of: &pool_of });
    let calls = pools(&duty, &drawn, "calls/", |pool| &pool.calls)?;
    drawn.deal_calls(Dealing { pools: &calls, per_target: PerTarget::One, pool_of: &pool_of });
    Ok(Some((frame, duty, drawn)))
}

/// Draws from every list that was sealed with these windows, and makes the lines of who can go or ring now.
pub async fn lines(ctx: &Context, tx: &mut Tx, windows: &[DrawnWindow]) -> Done<(Vec<Again>, Vec<plan::Again>)> {
    let (mut all, mut lines) = (Vec::new(), Vec::new());
    for window in windows {
        let id = &window.seal.window.id;
        let beacon = tx.beacon(id).await?.ok_or_else(|| damaged("beacon"))?;
        let Some((_, _, drawn)) = drawn_again(tx, id, &window.links, &beacon.beacon).await? else { continue };
        if window.useful {
            lines.extend(lines_of(ctx, tx, window, &drawn).await?);
        }
        all.push(Again { window: id.clone(), t: window.seal.chain_index, drawn });
    }
    Ok((all, lines))
}

async fn lines_of(ctx: &Context, tx: &mut Tx, window: &DrawnWindow, drawn: &Drawn) -> Done<Vec<plan::Again>> {
    let id = &window.seal.window.id;
    let visits: BTreeMap<String, BackCheckRow> =
        tx.back_checks_of_window(id).await?.into_iter().map(|row| (row.unit.clone(), row)).collect();
    let away: BTreeSet<InspectorId> = tx.away_on(id.day).await?.into_iter().map(|row| row.inspector).collect();
    let to_do: Vec<(&Target, Kind, &InspectorId, &BackCheckRow)> = drawn
        .targets
        .iter()
        .filter_map(|target| {
            let kind = match target.fate {
                Fate::Visit => Kind::Visit,
                Fate::Call => Kind::Call,
                Fate::NotDone(_) => return None,
            };
            let who = drawn.inspectors_of(&target.id).first().filter(|who| !away.contains(*who))?;
            Some((target, kind, who, visits.get(target.id.as_str())?))
        })
        .collect();
    if to_do.is_empty() {
        return Ok(Vec::new());
    }
    let register = details(tx, to_do.iter().map(|(.., visit)| &visit.place), []).await?;
    let quiet = quiet(tx, &register, to_do.iter().map(|(.., visit)| &visit.place), id).await?;
    let contact = drawn.seed.tickets(Label::Contact);
    let mut lines = Vec::new();
    for (target, kind, who, visit) in to_do {
        let given = Given {
            window: window.seal.window.clone(),
            place: visit.place.clone(),
            kind,
            inspectors: vec![who.clone()],
            minute: target.minute,
            contact_ticket: contact.of(&target.id).0,
        };
        let of = CheckedVisit { unit: visit.unit.clone(), day: visit.day };
        match back_check(&given, of, &register, &quiet) {
            Some(line) => lines.push(plan::Again { inspector: who.clone(), line }),
            None => tracing::info!(office = %ctx.office(&id.office)?.id, "nobody can be rung about a finished visit"),
        }
    }
    Ok(lines)
}

async fn quiet<'a>(
    tx: &mut Tx,
    register: &Snapshot,
    places: impl Iterator<Item = &'a PlaceId>,
    window: &WindowId,
) -> Done<BTreeSet<ContactId>> {
    let contacts: Vec<&ContactId> =
        places.flat_map(|place| register.contacts_at(place, window.day)).map(|contact| &contact.id).collect();
    Ok(tx.quiet_among(&Ids::new(contacts.into_iter().map(ContactId::as_str)), window.day).await?)
}

/// Writes what the tickets said, who got which line, and into the public log that it was drawn.
pub async fn write(ctx: &Context, tx: &mut Tx, all: &[Again], released: &[Released]) -> Done<()> {
    for Again { window, t, drawn } in all {
        let lines = released.iter().flat_map(|one| one.assignment.lines.iter().map(move |line| (&one.row.id, line)));
        let mut given: BTreeMap<&str, (_, &Line)> = BTreeMap::new();
        for (assignment, line) in lines.filter(|(_, line)| line.window == *window) {
            if let Some(checked) = &line.back_check {
                given.insert(checked.unit.as_str(), (assignment, line));
            }
        }
        let row = |target: &Target| DrawnAgain {
            unit: target.id.to_string(),
            kind: target.fate.code().to_owned(),
            ticket: target.ticket.to_string(),
            given: given
                .get(target.id.as_str())
                .map(|(assignment, line)| ((*assignment).clone(), line.code.clone(), json!(line).to_string())),
        };
        let rows: Vec<DrawnAgain> = drawn.targets.iter().map(row).collect();
        tx.draw_back_checks(window, &rows).await?;
        let list = list_mac(&drawn.seed, &list_of(drawn)).map_err(|e| Failure::from(Trouble::new(e.said())))?;
        let entry = json!({"kind": "back_check_draw", "window": name_of(window), "t": t, "list": list.hex()});
        ctx.log(tx, &window.office, &entry).await?;
    }
    Ok(())
}
