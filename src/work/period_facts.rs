//! What the report of an office's period says: its own programmes and those of the offices below, and of
//! programmes from above the part that falls to it.

use super::fairness::frame_of;
use super::period_findings::findings;
use super::period_inspectors::{checked, signs_of};
use super::places::subtree;
use super::{Context, Done, absence, fairness, questions};
use crate::config::{Office, Programme};
use crate::draw::fairness::{Programme as Watched, Verdict};
use crate::evidence::flag::state_said;
use crate::measure::period::{Coverage, Facts, Fairness, Gap, Part, Unvisited};
use crate::model::register::Name;
use crate::model::{Days, FlagState, OfficeId, PlaceId, Pools, Said};
use crate::store::{Ids, Tx};
use crate::words::states::line_state;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// As many places are named as longest without a visit.
const NAMED: usize = 10;

/// The programmes of a report; where another office runs one, only these offices' share of it counts.
pub(super) struct Concerned<'a> {
    pub below: BTreeSet<OfficeId>,
    pub own: Vec<&'a Programme>,
    pub from_above: Vec<&'a Programme>,
}

impl<'a> Concerned<'a> {
    pub fn of(ctx: &'a Context, office: &Office) -> Concerned<'a> {
        let below = subtree(&ctx.config, &office.id);
        let (own, others): (Vec<_>, Vec<_>) = ctx.config.programmes.iter().partition(|p| below.contains(&p.office));
        // In one pool for all, a place is nobody's share.
        let shares = |p: &&Programme| p.pools == Pools::Offices && subtree(&ctx.config, &p.office).contains(&office.id);
        let from_above = others.into_iter().filter(shares).collect();
        Concerned { below, own, from_above }
    }

    pub fn all(&self) -> impl Iterator<Item = &'a Programme> {
        self.own.iter().chain(&self.from_above).copied()
    }
}

/// Everything that a report is made of, as it stands.
pub(super) async fn facts(ctx: &Context, tx: &mut Tx, office: &Office, days: Days) -> Done<Facts> {
    let concerned = Concerned::of(ctx, office);
    let mut absences = absence::of_programmes(ctx, tx, &concerned.own, days, None).await?;
    absences.extend(absence::of_programmes(ctx, tx, &concerned.from_above, days, Some(&concerned.below)).await?);
    let watched = fairness::of_programmes(ctx, tx, &concerned.own, days).await?;
    let mut watched = watched.programmes.iter().map(fair);
    let (mut parts, mut waiting) = (Vec::new(), Vec::new());
    for (programme, absence) in concerned.all().zip(absences) {
        let own = concerned.below.contains(&programme.office);
        let among = (!own).then_some(&concerned.below);
        let last = days.to.min(ctx.now().day(office.zone));
        let (coverage, unvisited) = coverage(tx, programme, Days { to: last.max(days.from), ..days }, among).await?;
        let name = said(&Name::new(&programme.name, &programme.name_latin));
        waiting.extend(unvisited.into_iter().map(|(place, days, ever)| (name.clone(), place, days, ever)));
        parts.push(Part { name, absence, coverage, fairness: if own { watched.next() } else { None } });
    }
    waiting.sort_by(|a, b| (b.2, &a.1).cmp(&(a.2, &b.1)));
    waiting.truncate(NAMED);
    let named = ctx.config.offices.iter().map(|one| (one.id.to_string(), said(&one.name)));
    Ok(Facts {
        office: office.id.to_string(),
        name: said(&office.name),
        days,
        offices: named.collect(),
        flags: flags(tx, &concerned, days).await?,
        findings: findings(ctx, tx, &concerned.below, days).await?,
        questions: Some(questions::of_programmes(ctx, tx, &concerned.own, days).await?),
        inspectors: checked(ctx, tx, &concerned.below, days).await?,
        signs: signs_of(ctx, tx, &concerned.below, days).await?,
        waiting_longest: with_names(tx, waiting).await?,
        states: states(&parts),
        parts,
    })
}

pub(super) fn said(name: &Name) -> Said {
    let latin = if name.latin.is_empty() { &name.own } else { &name.latin };
    Said::new(latin, &name.own)
}

fn fair(watched: &Watched) -> Fairness {
    let count = |verdict| watched.count(verdict) as u64;
    let look = watched.checks.iter().filter(|check| check.verdict == Verdict::Look);
    let gap = |(from, to, tally): &(usize, usize, crate::draw::fairness::tally::Tally)| Gap {
        from: *from as u64,
        to: *to as u64,
        visits: tally.hits,
        expected: tally.expected,
        spread: tally.variance.sqrt(),
    };
    Fairness {
        fine: count(Verdict::Fine),
        look: count(Verdict::Look),
        too_few: count(Verdict::TooFew),
        of_a_day: watched.of_a_day,
        to_look_at: look.map(|check| (check.name.clone(), check.cases, check.said.clone())).collect(),
        gaps: watched.series.gaps.iter().map(gap).collect(),
    }
}

/// A place, the days since its last executed visit, and whether there ever was one.
type Waiting = (PlaceId, u64, bool);

async fn coverage(
    tx: &mut Tx,
    programme: &Programme,
    days: Days,
    among: Option<&BTreeSet<OfficeId>>,
) -> Done<(Coverage, Vec<Waiting>)> {
    let (id, office) = (&programme.id, &programme.office);
    let Some(seal) = tx.seals_between(id, office, days.from, days.to).await?.pop() else {
        return Ok((Coverage::default(), Vec::new()));
    };
    let frame = frame_of(tx, &seal).await?;
    let after = days.to.succ_opt().unwrap_or(days.to);
    let made: BTreeMap<PlaceId, u32> = tx
        .visits(id, office, days.from, after)
        .await?
        .into_iter()
        .map(|(place, n)| (place, n.visits - n.open))
        .collect();
    let last: BTreeMap<PlaceId, NaiveDate> = tx.last_visits(id, office, days.to).await?.into_iter().collect();
    let first = tx.first_day(id, office).await?.unwrap_or(days.from);
    let (mut coverage, mut waiting) = (Coverage::default(), Vec::new());
    let wanted = |pool: &str| among.is_none_or(|among| among.iter().any(|office| office.as_str() == pool));
    for row in frame.rows().iter().filter(|row| wanted(frame.pool_of(row))) {
        coverage.places += 1;
        let visits = made.get(&row.id).map_or(0, |n| *n as usize);
        let most = coverage.visits.len() - 1;
        if let Some(places) = coverage.visits.get_mut(visits.min(most)) {
            *places += 1;
        }
        let since = last.get(&row.id).copied();
        let waited = (days.to - since.unwrap_or(first)).num_days();
        waiting.push((row.id.clone(), u64::try_from(waited).unwrap_or(0), since.is_some()));
    }
    coverage.longest_days = waiting.iter().map(|(_, days, _)| *days).max();
    waiting.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    waiting.truncate(NAMED);
    Ok((coverage, waiting))
}

async fn with_names(tx: &mut Tx, waiting: Vec<(Said, PlaceId, u64, bool)>) -> Done<Vec<Unvisited>> {
    let ids = Ids::new(waiting.iter().map(|(_, place, ..)| place.as_str()));
    let teams = tx.teams_of_places(&ids).await?.into_iter().map(|team| (team.id.to_string(), said(&team.name)));
    let mut names: BTreeMap<String, Said> = teams.collect();
    names.extend(tx.villages_among(&ids).await?.into_iter().map(|v| (v.id.to_string(), said(&v.name))));
    let named = |(programme, place, days, ever): (Said, PlaceId, u64, bool)| Unvisited {
        programme,
        name: names.get(place.as_str()).cloned().unwrap_or_else(|| Said::new("-", "-")),
        place: place.to_string(),
        days,
        ever,
    };
    Ok(waiting.into_iter().map(named).collect())
}

/// Flags on what the windows of these days found, whenever they were opened.
async fn flags(tx: &mut Tx, concerned: &Concerned<'_>, days: Days) -> Done<Vec<(Said, u64)>> {
    let mut counts: BTreeMap<FlagState, u64> = BTreeMap::new();
    for programme in concerned.all() {
        for (office, state, n) in tx.flags_of_days(&programme.id, &programme.office, days).await? {
            if concerned.below.contains(&office) {
                *counts.entry(state).or_default() += n;
            }
        }
    }
    Ok(counts.into_iter().map(|(state, n)| (state_said(state), n)).collect())
}

fn states(parts: &[Part]) -> BTreeMap<String, Said> {
    let of = |part: &Part| -> Vec<String> {
        part.absence.visits.ended.keys().chain(part.absence.calls.states.keys()).cloned().collect()
    };
    parts.iter().flat_map(of).map(|code| (code.clone(), line_state(&code))).collect()
}
