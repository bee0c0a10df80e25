//! The report of a period: units of visits with their sealed chances, and how calls ended.

use super::fairness::{Promised, frame_of};
use super::period::Period;
use super::{Context, Done, generation};
use crate::config::Programme;
use crate::draw::{Chance, Frame, Origin};
use crate::measure::aapor::Disposition;
use crate::measure::absence::{Calls, Programme as Measured, Report, Visits};
use crate::measure::estimate::bounds;
use crate::measure::taken::{Line, Taken};
use crate::measure::units::{Inclusion, Share, Stratum, Total};
use crate::model::time::DAY;
use crate::model::{Days, FlagState, Kind, OfficeId, Outcome, PlaceId, Timestamp, Trouble, VerdictCode, WindowId};
use crate::store::{LineRow, OutcomeRow, SealRow, Tx};
use chrono::{NaiveDate, NaiveTime};
use std::collections::{BTreeMap, BTreeSet};

/// The report over one programme, or over all. Only windows that are over count.
///
/// # Errors
/// The programme is not configured, the days are no period, or what is stored cannot be read.
pub async fn absence(ctx: &Context, period: &Period) -> Done<Report> {
    let wanted = period.programmes(ctx)?;
    let days = period.days(ctx)?;
    let programmes = of_programmes(ctx, &mut ctx.store.read().await?, &wanted, days, None).await?;
    Ok(Report { from: days.from, to: days.to, programmes })
}

/// These programmes one by one; where offices are given, only the places to which their inspectors go.
pub(super) async fn of_programmes(
    ctx: &Context,
    tx: &mut Tx,
    wanted: &[&Programme],
    days: Days,
    among: Option<&BTreeSet<OfficeId>>,
) -> Done<Vec<Measured>> {
    let zone = ctx.config.offices.first().map_or(chrono_tz::Tz::UTC, |office| office.zone);
    let midnight = |day: NaiveDate| Timestamp::from_local(day.and_time(NaiveTime::MIN), zone);
    // A window is released at most a day before it, and a line of the last day can be carried out the day after.
    let found = Found::load(tx, midnight(days.from).minus(2 * DAY), midnight(days.to).plus(2 * DAY)).await?;
    let mut programmes = Vec::new();
    for programme in wanted {
        programmes.push(measured(ctx, tx, programme, &Asked { found: &found, days, among }).await?);
    }
    Ok(programmes)
}

/// What is asked of every programme.
struct Asked<'a> {
    found: &'a Found,
    days: Days,
    among: Option<&'a BTreeSet<OfficeId>>,
}

impl Asked<'_> {
    fn wants(&self, stratum: &Stratum) -> bool {
        self.among.is_none_or(|among| among.iter().any(|office| office.as_str() == stratum.as_str()))
    }
}

/// What was found, by assignment and line.
struct Found {
    outcomes: BTreeMap<(String, String), Vec<OutcomeRow>>,
    /// Persons whose absence nothing excuses.
    unexcused: BTreeSet<(String, String)>,
    waiting: BTreeSet<(String, String)>,
}

impl Found {
    async fn load(tx: &mut Tx, from: Timestamp, to: Timestamp) -> Done<Found> {
        let mut outcomes: BTreeMap<(String, String), Vec<OutcomeRow>> = BTreeMap::new();
        for outcome in tx.outcomes_released(from, to).await? {
            outcomes.entry((outcome.assignment.to_string(), outcome.line.clone())).or_default().push(outcome);
        }
        let cleared: BTreeSet<(String, String)> = tx
            .flags(None)
            .await?
            .into_iter()
            .filter(|flag| matches!(flag.state, FlagState::Dismissed | FlagState::Overturned))
            .map(|flag| (flag.assignment.to_string(), flag.person))
            .collect();
        let (mut unexcused, mut waiting) = (BTreeSet::new(), BTreeSet::new());
        for row in tx.verdicts_released(from, to).await? {
            let (verdict, who) = (row.judgement.verdict, (row.judgement.assignment.to_string(), row.judgement.person));
            if verdict == Some(VerdictCode::Waiting) {
                waiting.insert(who);
            } else if row.judgement.strength.opens_flag() && !cleared.contains(&who) {
                unexcused.insert(who);
            }
        }
        Ok(Found { outcomes, unexcused, waiting })
    }

    fn of(&self, assignment: &str, code: &str) -> &[OutcomeRow] {
        self.outcomes.get(&(assignment.to_owned(), code.to_owned())).map_or(&[], Vec::as_slice)
    }
}

/// What one visit found, if it found anything.
#[derive(Debug, Clone, Copy)]
struct Seen {
    gross: Share,
    unexcused: Share,
    waiting: usize,
}

fn seen(found: &Found, assignment: &str, code: &str) -> Option<Seen> {
    let (mut known, mut away, mut unexcused, mut waiting) = (0_u32, 0_u32, 0_u32, 0);
    for outcome in found.of(assignment, code) {
        let absent = match outcome.outcome {
            Outcome::Present => false,
            Outcome::Absent | Outcome::OnLeave | Outcome::OnDutyElsewhere => true,
            // Nobody could say: that is no absence, and no presence either.
            _ => continue,
        };
        let who = (assignment.to_owned(), outcome.person.clone());
        known += 1;
        away += u32::from(absent);
        unexcused += u32::from(absent && found.unexcused.contains(&who));
        waiting += usize::from(found.waiting.contains(&who));
    }
    let share = |count: u32| Share::new(f64::from(count) / f64::from(known));
    (known > 0).then_some(())?;
    Some(Seen { gross: share(away)?, unexcused: share(unexcused)?, waiting })
}

/// The windows of a programme, added up.
#[derive(Default)]
struct Sums {
    windows: usize,
    drawn: usize,
    executed: usize,
    lost: usize,
    open: usize,
    waiting: usize,
    moved: usize,
    announced: usize,
    ended: BTreeMap<String, u64>,
    gross: Vec<Taken>,
    unexcused: Vec<Taken>,
    totals: BTreeMap<Stratum, f64>,
    calls: Calls,
}

async fn measured(ctx: &Context, tx: &mut Tx, programme: &Programme, asked: &Asked<'_>) -> Done<Measured> {
    let mut sums = Sums::default();
    for seal in tx.seals_between(&programme.id, &programme.office, asked.days.from, asked.days.to).await? {
        if seal.window.end <= ctx.now() && tx.draw(&seal.window.id).await?.is_some() {
            let exactly = Promised(generation::of(tx, &seal).await?).exactly().is_some();
            add_window(tx, &mut sums, &seal, asked, exactly).await?;
        }
    }
    let days = |id: &WindowId| id.programme == programme.id && asked.days.contains(id.day);
    let voids = tx.voids(&programme.office).await?;
    let voids = voids.iter().filter(|void| void.window.parse::<WindowId>().is_ok_and(|id| days(&id))).count();
    let totals: BTreeMap<Stratum, Total> =
        sums.totals.into_iter().filter_map(|(stratum, n)| Some((stratum, Total::new(n)?))).collect();
    let estimates = |taken: &[Taken]| bounds(taken, Some(&totals)).map_err(|e| Trouble::new(e.said()));
    let (gross, unexcused) = (estimates(&sums.gross)?, estimates(&sums.unexcused)?);
    let Sums { windows, drawn, executed, lost, open, waiting, moved, announced, ended, calls, .. } = sums;
    let visits = Visits { drawn, executed, lost, open, moved, announced, ended, waiting, gross, unexcused };
    let (id, name) = (programme.id.to_string(), programme.name.clone());
    Ok(Measured { id, name, windows, voids, visits, calls })
}

async fn add_window(tx: &mut Tx, sums: &mut Sums, seal: &SealRow, asked: &Asked<'_>, exactly: bool) -> Done<()> {
    sums.windows += 1;
    let frame = frame_of(tx, seal).await?;
    let mut pools: BTreeMap<Stratum, Pool> = BTreeMap::new();
    let own = Stratum::parse(seal.window.id.office.as_str()).map_err(Trouble::new)?;
    let stratum_of = |place: &PlaceId| stratum(&frame, place, &own);
    for row in frame.rows().iter().filter(|row| row.visit > Chance::ZERO) {
        let stratum = stratum_of(&row.id);
        if asked.wants(&stratum) {
            *sums.totals.entry(stratum).or_default() += 1.0;
        }
    }
    let mut listed = BTreeSet::new();
    let again = tx.told_again(&seal.window.id).await?;
    for line in tx.lines_of_window(&seal.window.id).await? {
        if !asked.wants(&stratum_of(&line.place)) {
            continue;
        }
        if line.origin == Origin::Announced.code() {
            sums.announced += 1;
            continue;
        }
        let Some(p) = frame.row(&line.place).and_then(|row| Inclusion::new(row.visit.as_f64())) else { continue };
        let moved = [Origin::Overflow.code(), Origin::Route.code()].contains(&line.origin.as_str());
        match line.kind {
            Kind::Visit => {
                let pool = pools.entry(stratum_of(&line.place)).or_default();
                pool.add(carried_out(tx, &line, asked.found).await?, &line, p, sums);
                listed.insert(line.place.clone());
            }
            // A visit that nobody had time for: what is there is not known by a call.
            Kind::Call if moved => {
                sums.moved += 1;
                pools.entry(stratum_of(&line.place)).or_default().cut.push(p);
            }
            Kind::Call => add_call(sums, &line, asked.found, again.get(&line.place).map_or(&[], Vec::as_slice)),
        }
    }
    if exactly {
        for row in frame.rows().iter().filter(|row| !listed.contains(&row.id)) {
            let Some(p) = Inclusion::new(row.visit.as_f64()) else { continue };
            if let Some(pool) = pools.get_mut(&stratum_of(&row.id)) {
                pool.cut.push(p);
            }
        }
    }
    for (stratum, pool) in pools {
        let taken = |y: fn(&Seen) -> Share| {
            let line = |(p, seen): &(Inclusion, Option<Seen>)| Line {
                stratum: stratum.clone(),
                p: *p,
                y: seen.as_ref().map(y),
            };
            let (lines, others) = (pool.lines.iter().map(line).collect(), pool.cut.clone());
            match exactly {
                true => Taken::Exactly { lines, others },
                false => Taken::Hits { kept: lines, cut: others },
            }
        };
        sums.gross.push(taken(|seen| seen.gross));
        sums.unexcused.push(taken(|seen| seen.unexcused));
    }
    Ok(())
}

/// The visits of a pool in a window.
#[derive(Default)]
struct Pool {
    lines: Vec<(Inclusion, Option<Seen>)>,
    /// The chances of those that were drawn and not kept, or, where a number is demanded, of all others.
    cut: Vec<Inclusion>,
}

impl Pool {
    fn add(&mut self, seen: Option<Seen>, line: &LineRow, p: Inclusion, sums: &mut Sums) {
        sums.drawn += 1;
        *sums.ended.entry(state_of(line)).or_default() += 1;
        match (seen, line.state.as_deref()) {
            (Some(seen), _) => {
                sums.executed += 1;
                sums.waiting += seen.waiting;
            }
            (None, None) => sums.open += 1,
            (None, Some(_)) => sums.lost += 1,
        }
        self.lines.push((p, seen));
    }
}

/// By the office whose inspectors go there, or else the programme's own.
fn stratum(frame: &Frame, place: &PlaceId, own: &Stratum) -> Stratum {
    let pool = frame.row(place).map_or("", |row| frame.pool_of(row));
    Stratum::parse(pool).unwrap_or_else(|_| own.clone())
}

/// What a visit found, by its own line or by that of the window which carried it out.
async fn carried_out(tx: &mut Tx, line: &LineRow, found: &Found) -> Done<Option<Seen>> {
    let by = match &line.credit {
        None => line.clone(),
        Some(window) => match tx.lines_of_window(window).await?.into_iter().find(|other| other.place == line.place) {
            Some(other) => other,
            None => return Ok(None),
        },
    };
    Ok(match (&by.assignment, &by.code) {
        (Some(assignment), Some(code)) => seen(found, assignment, code),
        _ => None,
    })
}

fn state_of(line: &LineRow) -> String {
    line.state.clone().unwrap_or_else(|| "open".to_owned())
}

/// `again`: what the further tries of the call came to.
fn add_call(sums: &mut Sums, line: &LineRow, found: &Found, again: &[Outcome]) {
    sums.calls.drawn += 1;
    *sums.calls.states.entry(state_of(line)).or_default() += 1;
    let (Some(assignment), Some(code)) = (&line.assignment, &line.code) else { return };
    let first = found.of(assignment, code).iter().map(|row| row.outcome);
    let told: Vec<Outcome> = first.chain(again.iter().copied()).collect();
    if let Some(disposition) = Disposition::of_call(&told) {
        sums.calls.ended.add(disposition, 1);
    }
}
