//! An inspector cannot go, or gives a line back: noted, and what they hold by then goes to others at once (DRAW 6).

use super::change::{Change, Changes};
use super::draw::useful;
use super::places::details;
use super::redeal::{GivenBack, Standing, away_in, record};
use super::release::{self, Released};
use super::signed::signed;
use super::windows::damaged;
use super::{Context, Done};
use crate::draw::Label;
use crate::model::days::plausible;
use crate::model::register::Name;
use crate::model::{AssignmentId, Half, InspectorId, Line, PlaceId, Trouble, Window, WindowId};
use crate::plan::Given;
use crate::plan::travel::Sites;
use crate::said;
use crate::store::{AwayRow, Ids, LineRow, LostLine, RedealRow, Share, Tx};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// An absence, as the desk reports it.
#[derive(Debug, Clone)]
pub struct Absence<'a> {
    pub inspector: &'a InspectorId,
    pub from: NaiveDate,
    /// Included.
    pub to: NaiveDate,
    /// Of one day.
    pub half: Option<Half>,
    pub reason: &'a str,
    pub by: &'a str,
}

/// What became of lines that an absence left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moved {
    /// Lines that somebody else has now.
    pub given: usize,
    /// Lines that nobody is left for.
    pub left: usize,
}

/// Notes an absence; its windows that are drawn already are dealt again by [`redeal_due`].
///
/// # Errors
/// An inspector whom the register does not know, days the wrong way round, a reason or name left empty.
pub async fn note(ctx: &Context, absence: &Absence<'_>) -> Done<()> {
    let Absence { inspector, from, to, half, reason, by } = *absence;
    for (day, field) in [(from, "--from"), (to, "--to")] {
        plausible(day).map_err(|said| Trouble::new(said).in_field(field))?;
    }
    if to < from {
        let said = said!("the last day {to} is before the first, {from}", "最后一天{to}早于第一天{from}");
        return Err(Trouble::new(said).in_field("--to").into());
    }
    if half.is_some() && to != from {
        let said = said!("half a day is of one day: leave --to out", "半天只能是同一天：请去掉--to");
        return Err(Trouble::new(said).in_field("--half").into());
    }
    let reason = super::signed::reason(reason, "--reason")?;
    let actor = signed(by, "--by")?;
    let mut tx = ctx.store.begin().await?;
    let Some(known) = tx.inspectors_among(&Ids::new([inspector.as_str()])).await?.pop() else {
        let said = said!("the register has no inspector “{inspector}”", "名册中没有检查员“{inspector}”");
        return Err(Trouble::new(said).in_field("INSPECTOR").into());
    };
    let today = ctx.now().day(ctx.office(&known.office)?.zone);
    if to < today {
        let said = said!(
            "{to} is past: an absence is noted while it lasts or before, today is {today}",
            "{to}已过：应在不能到岗期间或之前登记，今天是{today}"
        );
        return Err(Trouble::new(said).in_field("--to").into());
    }
    let row = AwayRow { inspector: inspector.clone(), half, reason, actor, at: ctx.now() };
    tx.put_away(&row, from, to).await?;
    Ok(tx.commit().await?)
}

/// Deals again what inspectors hold who cannot go, and lines that were given back: open lines of drawn windows in
/// which there is still time. Saying it again changes nothing.
pub async fn redeal_due(ctx: &Context) -> Done<Moved> {
    let mut tx = ctx.store.read().await?;
    if tx.lines_of_away(ctx.now()).await?.is_empty() && tx.handed_back().await?.is_empty() {
        return Ok(Moved::default());
    }
    drop(tx);
    let mut tx = ctx.store.begin().await?;
    let mut windows: BTreeMap<WindowId, (Vec<LostLine>, Vec<LostLine>)> = BTreeMap::new();
    for line in tx.lines_of_away(ctx.now()).await? {
        windows.entry(line.window.clone()).or_default().0.push(line);
    }
    for line in tx.handed_back().await? {
        windows.entry(line.window.clone()).or_default().1.push(line);
    }
    let (mut all, mut changed, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for (id, (lost, back)) in windows {
        let Some(standing) = Standing::load(&mut tx, &id).await? else { continue };
        if ctx.config.office(&id.office).is_none() {
            continue;
        }
        if !useful(ctx.now(), &standing.seal.window) {
            kept.extend(back);
            continue;
        }
        let (round, moves, left) = deal_again(ctx, &mut tx, standing, (lost, back)).await?;
        all.extend(round.map(|row| (id, row)));
        changed.extend(moves);
        kept.extend(left);
    }
    for line in &kept {
        tx.settle_handback(line, false).await?;
    }
    record(ctx, &mut tx, &all).await?;
    let moved = hand_over(ctx, &mut tx, &changed).await?;
    if !kept.is_empty() || !changed.is_empty() {
        tx.commit().await?;
    }
    Ok(moved)
}

/// One window's round, what moves by it, and what was given back and stays all the same.
async fn deal_again(
    ctx: &Context,
    tx: &mut Tx,
    mut standing: Standing,
    (mut lost, back): (Vec<LostLine>, Vec<LostLine>),
) -> Done<(Option<RedealRow>, Vec<Move>, Vec<LostLine>)> {
    let id = standing.seal.window.id.clone();
    let away = away_in(ctx, tx, &standing.seal.window).await?;
    lost.retain(|line| away.iter().any(|row| row.inspector == line.inspector));
    let mut given_back = Vec::new();
    let mut kept = Vec::new();
    for line in back {
        // What the other of two has reported stands.
        if is_reported_by_others(tx, &line).await? {
            kept.push(line);
        } else {
            let who = AwayRow {
                inspector: line.inspector.clone(),
                half: None,
                reason: "handed back".to_owned(),
                actor: line.inspector.to_string(),
                at: ctx.now(),
            };
            given_back.push((line.clone(), GivenBack { place: line.place, who }));
        }
    }
    let mut open = open_lines(tx, lost).await?;
    open.extend(given_back.iter().map(|(line, _)| line.place.clone()));
    if open.is_empty() {
        return Ok((None, Vec::new(), kept));
    }
    let done = done_of(tx, &id).await?;
    let (given_back, back): (Vec<LostLine>, Vec<GivenBack>) = given_back.into_iter().unzip();
    let round = standing.without(ctx, &away, &back, &done)?;
    let mut moves = moves(tx, &standing, &open).await?;
    for one in &mut moves {
        one.back = given_back.iter().filter(|line| line.place == one.line.place).cloned().collect();
    }
    // Announced visits are in no deal: what was given back of them stays.
    if round.is_none() {
        kept.extend(given_back);
        moves.retain(|one| one.back.is_empty());
    }
    Ok((round, moves, kept))
}

async fn is_reported_by_others(tx: &mut Tx, line: &LostLine) -> Done<bool> {
    for share in tx.shares_of(&line.window, &line.place).await? {
        if share.assignment != line.assignment {
            let outcomes = tx.outcomes_of(&share.assignment).await?;
            if outcomes.iter().any(|outcome| outcome.line == share.code.as_str()) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whether anybody has reported anything of a line.
async fn is_reported(tx: &mut Tx, window: &WindowId, place: &PlaceId) -> Done<bool> {
    for share in tx.shares_of(window, place).await? {
        let outcomes = tx.outcomes_of(&share.assignment).await?;
        if outcomes.iter().any(|outcome| outcome.line == share.code.as_str()) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn open_lines(tx: &mut Tx, lines: Vec<LostLine>) -> Done<BTreeSet<PlaceId>> {
    let mut open = BTreeSet::new();
    for line in lines {
        if !is_reported(tx, &line.window, &line.place).await? {
            open.insert(line.place);
        }
    }
    Ok(open)
}

/// Places of a window whose line has ended, or is reported.
async fn done_of(tx: &mut Tx, window: &WindowId) -> Done<Vec<PlaceId>> {
    let mut done = Vec::new();
    for line in tx.lines_of_window(window).await? {
        if line.state.is_some() || is_reported(tx, window, &line.place).await? {
            done.push(line.place);
        }
    }
    Ok(done)
}

/// One line that changes hands.
struct Move {
    window: Window,
    line: LineRow,
    shares: Vec<Share>,
    now: Vec<InspectorId>,
    contact_ticket: u64,
    /// Shares that were given back.
    back: Vec<LostLine>,
}

impl Move {
    /// Who gets it and did not have it.
    fn newcomers(&self) -> Vec<&InspectorId> {
        self.now.iter().filter(|who| self.shares.iter().all(|share| share.inspector != **who)).collect()
    }
}

/// What was announced is dealt to nobody else: it waits for a later window.
async fn moves(tx: &mut Tx, standing: &Standing, open: &BTreeSet<PlaceId>) -> Done<Vec<Move>> {
    let window = &standing.seal.window;
    let contact = standing.drawn.seed.tickets(Label::Contact);
    let mut changed = Vec::new();
    for line in tx.lines_of_window(&window.id).await? {
        if open.contains(&line.place) {
            changed.push(Move {
                window: window.clone(),
                shares: tx.shares_of(&window.id, &line.place).await?,
                now: standing.drawn.inspectors_of(&line.place).to_vec(),
                contact_ticket: contact.of(&line.place).0,
                back: Vec::new(),
                line,
            });
        }
    }
    Ok(changed)
}

/// Lines into the assignments of those who go now; letters to them, and to those who had them.
async fn hand_over(ctx: &Context, tx: &mut Tx, changed: &[Move]) -> Done<Moved> {
    let given = |one: &Move, who: &InspectorId| Given {
        window: one.window.clone(),
        place: one.line.place.clone(),
        kind: one.line.kind,
        inspectors: vec![who.clone()],
        minute: u64::try_from(one.line.minute).unwrap_or(0),
        contact_ticket: one.contact_ticket,
    };
    let given: Vec<Given> =
        changed.iter().flat_map(|one| one.newcomers().into_iter().map(move |who| given(one, who))).collect();
    let Some(first) = changed.first() else { return Ok(Moved::default()) };
    let office = ctx.office(&first.window.id.office)?;
    let people = changed.iter().flat_map(|one| one.now.iter().chain(one.shares.iter().map(|s| &s.inspector)));
    let register = details(tx, changed.iter().map(|one| &one.line.place), people).await?;
    let mut released = release::hand_out(ctx, tx, office, &given, &[], (&register, &Sites::default())).await?;
    let names: BTreeMap<InspectorId, Name> =
        register.inspectors.values().map(|one| (one.id.clone(), one.name.clone())).collect();
    let mut changes = Changes::default();
    let mut moved = Moved::default();
    for one in changed {
        if give(tx, one, &mut released, &names, &mut changes).await? {
            moved.given += 1;
        } else {
            moved.left += 1;
        }
    }
    let offices = changed.iter().flat_map(|one| one.shares.iter().map(|share| share.office.clone())).collect();
    release::post(ctx, tx, office, &released, &offices).await?;
    changes.post(ctx, tx).await?;
    Ok(moved)
}

/// Writes one line's new hands; `false` where nobody is left for it. Of two who went together, the other
/// goes alone then.
async fn give(
    tx: &mut Tx,
    one: &Move,
    released: &mut [Released],
    names: &BTreeMap<InspectorId, Name>,
    changes: &mut Changes,
) -> Done<bool> {
    let (window, place) = (&one.window.id, &one.line.place);
    let given_back = |share: &Share| one.back.iter().find(|line| line.assignment == share.assignment);
    if one.now.is_empty() && one.shares.iter().all(|share| given_back(share).is_some()) {
        // It ends as not done with whoever gave it back, and with what was said of it.
        for line in &one.back {
            tx.settle_handback(line, false).await?;
        }
        return Ok(false);
    }
    let (stay, leave): (Vec<&Share>, Vec<&Share>) =
        one.shares.iter().partition(|share| one.now.contains(&share.inspector));
    let other = |who: &InspectorId| one.now.iter().find(|other| *other != who).and_then(|other| names.get(other));
    let mut newcomers = one.newcomers().into_iter();
    let mut left = stay.len();
    for share in leave {
        let found = newcomers.next().and_then(|who| line_of(released, who, one).map(|found| (who, found)));
        match given_back(share) {
            // The receipt has told.
            Some(line) => tx.settle_handback(line, found.is_some()).await?,
            None => changes.gone(share, Change::Away),
        }
        let Some((who, (assignment, line))) = found else {
            tx.drop_share(window, place, &share.assignment).await?;
            continue;
        };
        line.companion = other(who).cloned();
        let (code, detail) = (line.code.clone(), serde_json::json!(line).to_string());
        tx.give_share(window, place, &share.assignment, (&assignment, &code, &detail)).await?;
        left += 1;
    }
    for share in stay {
        let mut line: Line = serde_json::from_str(&share.detail).map_err(|_| damaged("line"))?;
        line.companion = other(&share.inspector).cloned();
        changes.together(share, line.companion.clone());
        let detail = serde_json::json!(line).to_string();
        tx.rewrite_share(window, place, &share.assignment, &detail).await?;
    }
    if left == 0 {
        tx.take_line(window, place, "not_dispatched").await?;
    }
    Ok(left > 0)
}

/// The line of a place in what somebody got now.
fn line_of<'a>(released: &'a mut [Released], who: &InspectorId, one: &Move) -> Option<(AssignmentId, &'a mut Line)> {
    let mine = released.iter_mut().find(|released| released.inspector.id == *who)?;
    let id = mine.row.id.clone();
    let mut lines = mine.assignment.lines.iter_mut();
    let line = lines.find(|line| line.window == one.window.id && line.place == one.line.place)?;
    Some((id, line))
}
