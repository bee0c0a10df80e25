//! Lines of inspectors who cannot go, dealt again among those who are there (DRAW 6): what the tickets
//! say, and its record.

use super::draw::{DrawnWindow, draw_sealed, pools};
use super::windows::damaged;
use super::{Context, Done, Failure, generation};
use crate::draw::bundle::{DrawnLine, RedealLine};
use crate::draw::log::{list_line, list_mac};
use crate::draw::verify::redeal;
use crate::draw::{ChainKey, Dealing, Drawn, Field, Frame, Label, PerTarget, Pool};
use crate::model::{InspectorId, PlaceId, Sha256, Trouble, Window, WindowId};
use crate::plan::{Given, SealedDuty};
use crate::store::{AwayRow, RedealRow, SealRow, Tx};
use serde_json::json;
use std::collections::BTreeSet;

/// A line that somebody gave back, and what is noted of it.
pub(super) struct GivenBack {
    pub place: PlaceId,
    pub who: AwayRow,
}

/// Who cannot go in a window, those first of whom it was known first.
pub(super) async fn away_in(ctx: &Context, tx: &mut Tx, window: &Window) -> Done<Vec<AwayRow>> {
    let zone = ctx.config.office(&window.id.office).map_or(chrono_tz::Tz::UTC, |office| office.zone);
    let mut away = tx.away_on(window.id.day).await?;
    away.retain(|row| row.touches(window, zone));
    Ok(away)
}

/// A drawn window as it stands: who has what by now.
pub(super) struct Standing {
    pub seal: SealRow,
    pub drawn: Drawn,
    frame: Frame,
    duty: SealedDuty,
    visits: Vec<Pool>,
    calls: Vec<Pool>,
    /// Everybody who fell out so far.
    gone: BTreeSet<InspectorId>,
    rounds: u32,
}

impl Standing {
    /// `Ok(None)`: the window was not sealed, or not drawn.
    pub async fn load(tx: &mut Tx, id: &WindowId) -> Done<Option<Standing>> {
        let (Some(seal), Some(row)) = (tx.seal(id).await?, tx.draw(id).await?) else { return Ok(None) };
        let terms = generation::of(tx, &seal).await?;
        let beacon = tx.beacon(id).await?.ok_or_else(|| damaged("beacon"))?;
        let links: Option<Vec<ChainKey>> = row
            .links
            .split(' ')
            .map(|link| link.parse::<Sha256>().ok().map(|link| ChainKey::from_bytes(link.0)))
            .collect();
        let key = links.and_then(|links| ChainKey::joint(&links)).ok_or_else(|| damaged("draw"))?;
        let (frame, duty) = sealed(tx, &seal).await?;
        let drawn = draw_sealed(&terms, &seal, &frame, &duty, &key, &beacon.beacon)?;
        let mut standing = Standing::at_draw(seal, drawn, frame, duty)?;
        for earlier in rounds_of(tx, id).await? {
            standing.deal_again(&earlier.out, &earlier.done);
        }
        Ok(Some(standing))
    }

    fn at_draw(seal: SealRow, drawn: Drawn, frame: Frame, duty: SealedDuty) -> Done<Standing> {
        let visits = pools(&duty, &drawn, "", |pool| &pool.visits)?;
        let calls = pools(&duty, &drawn, "calls/", |pool| &pool.calls)?;
        Ok(Standing { seal, drawn, frame, duty, visits, calls, gone: BTreeSet::new(), rounds: 0 })
    }

    fn deal_again(&mut self, out: &[InspectorId], done: &[PlaceId]) -> (RedealLine, Vec<DrawnLine>) {
        self.rounds += 1;
        self.gone.extend(out.iter().cloned());
        let Standing { drawn, frame, duty, visits, calls, gone, rounds, .. } = self;
        let pool_of = |place: &PlaceId| duty.pool_of(frame.pool_of(frame.row(place)?));
        let dealing = |pools| Dealing { pools, per_target: PerTarget::One, pool_of: &pool_of };
        let both = (dealing(visits.as_slice()), dealing(calls.as_slice()));
        redeal(drawn, (*rounds, out, done), gone, both)
    }

    /// Who may ring about a place where its own inspector cannot: the sealed slots of its pool for calls without
    /// those who are barred from it, by ticket.
    pub fn stand_ins(&self, place: &PlaceId) -> Vec<InspectorId> {
        let pool = self.frame.row(place).and_then(|row| self.duty.pool_of(self.frame.pool_of(row)));
        let Some(pool) = pool.and_then(|at| self.duty.pools.get(at)) else { return Vec::new() };
        let tickets = self.drawn.seed.tickets(Label::Fallback);
        let barred = |who: &InspectorId| pool.bars.iter().any(|(barred, from, _)| barred == place && from == who);
        let mut found: Vec<_> = pool
            .calls
            .iter()
            .filter(|(who, _)| !barred(who))
            .filter_map(|(who, _)| {
                let text = format!("calls/{} {place} {who}", pool.name);
                Some((tickets.of(Field::new(&text).ok()?), who.clone()))
            })
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, who)| who).collect()
    }

    /// Deals again, in one round, the open lines of everybody who is away, and those that were given `back`. `None`:
    /// there are none.
    ///
    /// Whoever gave a line back keeps their others, and gets none of anybody's any more.
    pub fn without(
        &mut self,
        ctx: &Context,
        away: &[AwayRow],
        back: &[GivenBack],
        done: &[PlaceId],
    ) -> Done<Option<RedealRow>> {
        let on_duty = |who: &InspectorId| {
            let mut slots = self.duty.pools.iter().flat_map(|pool| pool.visits.iter().chain(&pool.calls));
            slots.any(|(id, _)| id == who)
        };
        let ill: BTreeSet<InspectorId> = away.iter().map(|row| row.inspector.clone()).collect();
        let givers = back.iter().map(|one| one.who.inspector.clone());
        let others: BTreeSet<InspectorId> =
            self.gone.iter().cloned().chain(givers).filter(|one| !ill.contains(one)).collect();
        let given_back = |place: &PlaceId| back.iter().any(|one| one.place == *place);
        let kept = |place: &PlaceId| self.drawn.is_with(place, &others) && !self.drawn.is_with(place, &ill);
        let stays = |place: &PlaceId| !given_back(place) && (done.contains(place) || kept(place));
        let stays: Vec<PlaceId> =
            self.drawn.targets.iter().map(|target| target.id.clone()).filter(|place| stays(place)).collect();
        let holds = |who: &InspectorId| {
            let one = BTreeSet::from([who.clone()]);
            self.drawn.targets.iter().any(|target| !stays.contains(&target.id) && self.drawn.is_with(&target.id, &one))
        };
        let fallen: Vec<&AwayRow> = away.iter().chain(back.iter().map(|one| &one.who)).collect();
        let out: BTreeSet<InspectorId> = fallen
            .iter()
            .map(|row| row.inspector.clone())
            .filter(|who| on_duty(who) && (!self.gone.contains(who) || holds(who)))
            .collect();
        if !out.iter().any(holds) {
            return Ok(None);
        }
        let out: Vec<InspectorId> = out.into_iter().collect();
        let (redealt, list) = self.deal_again(&out, &stays);
        let list: Vec<String> = list.iter().map(|line| list_line(&line.kind, &line.id, &line.inspectors)).collect();
        let mac = list_mac(&self.drawn.seed, &list).map_err(|e| Failure::from(Trouble::new(e.said())))?;
        let said = |of: fn(&AwayRow) -> &str| {
            let all: BTreeSet<&str> =
                fallen.iter().filter(|row| out.contains(&row.inspector)).map(|row| of(row)).collect();
            all.into_iter().collect::<Vec<_>>().join("; ")
        };
        Ok(Some(RedealRow {
            round: redealt.round,
            inspectors: out.iter().map(InspectorId::as_str).collect::<Vec<_>>().join(" "),
            deals: json!(redealt).to_string(),
            list_mac: mac.hex(),
            reason: said(|row| &row.reason),
            actor: said(|row| &row.actor),
            at: ctx.now(),
        }))
    }
}

async fn sealed(tx: &mut Tx, seal: &SealRow) -> Done<(Frame, SealedDuty)> {
    let frame = tx.blob(&seal.frame).await?.ok_or_else(|| damaged("frame"))?;
    let duty = tx.blob(&seal.duty).await?.ok_or_else(|| damaged("duty list"))?;
    let duty = serde_json::from_slice(&duty).map_err(|_| damaged("duty list"))?;
    Ok((Frame::decode(&frame).map_err(Trouble::new)?, duty))
}

/// What was dealt again in a window, as its bundle shows it.
pub async fn rounds_of(tx: &mut Tx, id: &WindowId) -> Done<Vec<RedealLine>> {
    let rows = tx.redeals(id).await?;
    rows.iter().map(|row| serde_json::from_str(&row.deals).map_err(|_| damaged("deal"))).collect()
}

/// Deals again what falls to somebody of whom it is known at the draw that they cannot go, so that no
/// letter goes to them: `given` names those who go. An announced visit of theirs waits for a later window.
pub(super) async fn at_draw(
    ctx: &Context,
    tx: &mut Tx,
    windows: &[DrawnWindow],
    given: &mut Vec<Given>,
) -> Done<Vec<(WindowId, RedealRow)>> {
    let mut all = Vec::new();
    for window in windows.iter().filter(|window| window.useful) {
        let id = &window.seal.window.id;
        let away = away_in(ctx, tx, &window.seal.window).await?;
        if away.is_empty() {
            continue;
        }
        let gone: BTreeSet<InspectorId> = away.iter().map(|row| row.inspector.clone()).collect();
        let drawn = &window.drawn;
        if drawn.targets.iter().any(|target| drawn.is_with(&target.id, &gone)) {
            let (frame, duty) = sealed(tx, &window.seal).await?;
            let mut standing = Standing::at_draw(window.seal.clone(), drawn.clone(), frame, duty)?;
            all.extend(standing.without(ctx, &away, &[], &[])?.map(|row| (id.clone(), row)));
            let drawn_here: BTreeSet<&PlaceId> = drawn.targets.iter().map(|target| &target.id).collect();
            for one in given.iter_mut().filter(|one| one.window.id == *id && drawn_here.contains(&one.place)) {
                one.inspectors = standing.drawn.inspectors_of(&one.place).to_vec();
            }
        }
        given.retain(|one| one.window.id != *id || !one.inspectors.iter().any(|who| gone.contains(who)));
    }
    given.retain(|one| !one.inspectors.is_empty());
    Ok(all)
}

/// Writes a round, and into the public log that it was.
pub(super) async fn record(ctx: &Context, tx: &mut Tx, all: &[(WindowId, RedealRow)]) -> Done<()> {
    for (window, row) in all {
        tx.add_redeal(window, row).await?;
        let entry = json!({"kind": "redeal", "window": window.to_string(), "round": row.round, "list": row.list_mac});
        ctx.log(tx, &window.office, &entry).await?;
    }
    Ok(())
}
