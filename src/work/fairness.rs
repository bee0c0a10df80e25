//! A period of a programme's windows, held against what was sealed (DRAW 5).
//!
//! Every ticket is computed again from seed and frame. Only windows that are over count: nothing of a
//! list that is still being worked through can be read from the report.

use super::period::Period;
use super::places::details;
use super::windows::damaged;
use super::{Context, Done, generation, presence};
use crate::config::Programme;
use crate::draw::fairness::{Came, Observed, Pit, Report, Standing, Unit, Watch};
use crate::draw::order::{decide, select};
use crate::draw::{Chance, Decision, Frame, Label, Limits, Origin, Row, Seed, Terms, Ticket};
use crate::measure::inclusion::of_exactly;
use crate::measure::units::Inclusion;
use crate::model::sha::from_hex;
use crate::model::{Days, Kind, PlaceId, Timestamp, Trouble, Window, WindowId};
use crate::plan::Snapshot;
use crate::store::{DrawRow, LineRow, SealRow, Tx};
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap};

/// The report over one programme, or over all.
///
/// # Errors
/// The programme is not configured, the days are no period, or what is stored cannot be read.
pub async fn fairness(ctx: &Context, period: &Period) -> Done<Report> {
    let wanted = period.programmes(ctx)?;
    of_programmes(ctx, &mut ctx.store.read().await?, &wanted, period.days(ctx)?).await
}

/// The report over these programmes.
pub(super) async fn of_programmes(ctx: &Context, tx: &mut Tx, wanted: &[&Programme], days: Days) -> Done<Report> {
    let Days { from, to } = days;
    let mut programmes = Vec::new();
    for programme in wanted {
        programmes.push(watched(ctx, tx, programme, from, to).await?);
    }
    Ok(Report { from, to, programmes })
}

async fn watched(
    ctx: &Context,
    tx: &mut Tx,
    programme: &Programme,
    from: NaiveDate,
    to: NaiveDate,
) -> Done<crate::draw::fairness::Programme> {
    let sources = presence::sources(&ctx.config, &programme.office);
    let given = if sources.is_empty() { Vec::new() } else { vec![presence::predictor()] };
    let mut watch = Watch::new(programme.id.as_str(), given);
    let voids = voids_of(tx, programme).await?;
    let seals = tx.seals_between(&programme.id, &programme.office, from, to).await?;
    let Some(newest) = generation::newest(tx, &programme.id, &programme.office).await? else {
        return Ok(watch.finish());
    };
    let register = if sources.is_empty() { Snapshot::default() } else { people_of(tx, &seals).await? };
    for day in from.iter_days().take_while(|day| *day <= to) {
        let sealed: Vec<&SealRow> = seals.iter().filter(|seal| seal.window.id.day == day).collect();
        for (id, reason) in voids.iter().filter(|(id, _)| id.day == day) {
            if !sealed.iter().any(|seal| seal.window.id == *id) {
                watch.add(never_sealed(id, reason, Promised(newest.clone()).hi()?));
            }
        }
        for seal in sealed.into_iter().filter(|seal| seal.window.end <= ctx.now()) {
            let void = voids.iter().find(|(id, _)| *id == seal.window.id).map(|(_, reason)| reason.clone());
            let terms = Promised(generation::of(tx, seal).await?);
            let Some(mut window) = window(tx, seal, &terms, void).await? else { continue };
            if !sources.is_empty() {
                let places: Vec<&PlaceId> = window.units.iter().map(|unit| &unit.id).collect();
                let stretch = (seal.draw_at, seal.window.start);
                window.scores = vec![presence::of(tx, &sources, &register, day, stretch, &places).await?];
            }
            watch.add(window);
        }
    }
    Ok(watch.finish())
}

/// The teams and officials of every place that stood in the first or the last frame of a period.
async fn people_of(tx: &mut Tx, seals: &[SealRow]) -> Done<Snapshot> {
    let mut places = BTreeSet::new();
    for seal in seals.first().into_iter().chain(seals.last()) {
        places.extend(frame_of(tx, seal).await?.rows().iter().map(|row| row.id.clone()));
    }
    details(tx, &places, []).await
}

pub(super) async fn frame_of(tx: &mut Tx, seal: &SealRow) -> Done<Frame> {
    let bytes = tx.blob(&seal.frame).await?.ok_or_else(|| damaged("frame"))?;
    Ok(Frame::decode(&bytes).map_err(Trouble::new)?)
}

/// What a programme promised at its seal.
pub(super) struct Promised(pub Terms);

impl Promised {
    fn hi(&self) -> Done<Chance> {
        Ok(self.0.policy().map_err(Trouble::new)?.hi)
    }

    /// The number of visits that every window must have, if one is demanded.
    pub fn exactly(&self) -> Option<usize> {
        let least = usize::try_from(self.0.min_visits).ok().filter(|n| *n > 0)?;
        (self.0.max_visits == Some(self.0.min_visits)).then_some(least)
    }
}

async fn voids_of(tx: &mut Tx, programme: &Programme) -> Done<Vec<(WindowId, String)>> {
    let all = tx.voids(&programme.office).await?;
    let read = all.into_iter().filter_map(|void| Some((void.window.parse::<WindowId>().ok()?, void.reason)));
    Ok(read.filter(|(id, _)| id.programme == programme.id).collect())
}

fn never_sealed(id: &WindowId, reason: &str, hi: Chance) -> Observed {
    Observed {
        day: id.day,
        slot: id.slot.to_string(),
        hi,
        standing: Standing::Void { reason: reason.to_owned(), tickets_known: false },
        independent: true,
        units: Vec::new(),
        scores: Vec::new(),
        pit: Box::new(|_| 0.5),
    }
}

/// `None`: sealed and neither drawn nor void yet.
async fn window(tx: &mut Tx, seal: &SealRow, terms: &Promised, void: Option<String>) -> Done<Option<Observed>> {
    let Window { id, .. } = &seal.window;
    let draw = tx.draw(id).await?;
    let standing = match (&draw, void) {
        (draw, Some(reason)) => Standing::Void { reason, tickets_known: draw.is_some() },
        (Some(_), None) => Standing::Drawn,
        (None, None) => return Ok(None),
    };
    let Some(draw) = draw else {
        return Ok(Some(Observed { standing, ..never_sealed(id, "", terms.hi()?) }));
    };
    let seed = seed_of(&draw)?;
    let frame = frame_of(tx, seal).await?;
    let listed: HashMap<PlaceId, Came> =
        tx.lines_of_window(id).await?.iter().filter_map(|line| Some((line.place.clone(), came(line)?))).collect();
    let exactly = terms.exactly();
    let pits = seed.tickets(Label::Pit);
    let pit: Pit = Box::new(move |id| pits.of(id).0 as f64 / (u64::MAX as f64 + 1.0));
    Ok(Some(Observed {
        day: id.day,
        slot: id.slot.to_string(),
        hi: terms.hi()?,
        standing,
        independent: exactly.is_none(),
        units: units(&frame, &seed, exactly, &listed),
        scores: Vec::new(),
        pit,
    }))
}

fn seed_of(draw: &DrawRow) -> Done<Seed> {
    let bytes = from_hex(&draw.seed).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.map(Seed::from_bytes).ok_or_else(|| damaged("seed"))
}

fn units(frame: &Frame, seed: &Seed, exactly: Option<usize>, listed: &HashMap<PlaceId, Came>) -> Vec<Unit> {
    let tickets = seed.tickets(Label::Ticket);
    let drawn: Vec<(Ticket, Chance)> = frame.rows().iter().map(|row| (tickets.of(&row.id), row.visit)).collect();
    let taken = match exactly {
        Some(n) => taken_of(&drawn, n),
        None => {
            let hit = |((ticket, _), row): (&(Ticket, Chance), &Row)| {
                (row.visit.as_f64(), decide(*ticket, row.visit, row.call) == Decision::Visit)
            };
            drawn.iter().zip(frame.rows()).map(hit).collect()
        }
    };
    let unit = |(row, (p, hit)): (&Row, (f64, bool))| Unit {
        id: row.id.clone(),
        sealed: row.visit,
        p,
        hit,
        reason: row.reason,
        came: listed.get(&row.id).copied().unwrap_or(Came::Nothing),
    };
    frame.rows().iter().zip(taken).map(unit).collect()
}

/// Where a number is demanded: exact inclusion, and who was taken.
fn taken_of(drawn: &[(Ticket, Chance)], n: usize) -> Vec<(f64, bool)> {
    let mut taken = vec![(0.0, false); drawn.len()];
    let eligible: Vec<usize> = (0..drawn.len()).filter(|i| drawn[*i].1 > Chance::ZERO).collect();
    let chances: Vec<Inclusion> = eligible.iter().filter_map(|i| Inclusion::new(drawn[*i].1.as_f64())).collect();
    for (i, p) in eligible.iter().zip(of_exactly(n, &chances)) {
        taken[*i].0 = p;
    }
    for i in select(drawn, Limits::exactly(n)) {
        taken[i].1 = true;
    }
    taken
}

/// What the list says of a visit; `None` for a call that was drawn as one, and for an announced visit.
fn came(line: &LineRow) -> Option<Came> {
    let moved = [Origin::Overflow.code(), Origin::Route.code()].contains(&line.origin.as_str());
    match (line.kind, line.state.as_deref()) {
        _ if line.origin == Origin::Announced.code() => None,
        (Kind::Call, _) if moved => Some(Came::Downgraded),
        (Kind::Call, _) => None,
        (Kind::Visit, None) => Some(Came::Open),
        (Kind::Visit, Some("answered")) => Some(Came::Executed),
        (Kind::Visit, Some(_)) => Some(Came::NotExecuted),
    }
}

/// From the draw to the opening of a window: nobody can have arrived yet, and all places have the same hours.
pub(super) type Stretch = (Timestamp, Timestamp);
