//! Which places were visited when, up to yesterday: what is under way today is nobody's business here.

use crate::config::{Office, PlaceKind, Programme};
use crate::measure::gaps::{Bin, Law, Track, gaps};
use crate::model::position::Position;
use crate::model::register::Name;
use crate::store::{Ids, NamedPlace, Tx};
use crate::work::places::subtree;
use crate::work::{Context, Done};
use chrono::{Datelike, Days, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// Weeks of the calendar.
pub const WEEKS: usize = 26;
/// So far back visits are looked at: a year and what is needed to know an age.
const BACK: u64 = 400;
/// An office with more places than this is looked at by the offices below it.
const MOST: i64 = 1_000;
/// More points than this are shown a township at a time.
const MAPPED: usize = 200;
/// Places that are named as longest without a visit.
const NAMED: usize = 10;

pub struct Coverage<'a> {
    pub programmes: Vec<&'a Programme>,
    pub programme: &'a Programme,
    pub from: NaiveDate,
    /// Yesterday.
    pub to: NaiveDate,
    /// Too many places for one page: choose an office below.
    pub too_many: bool,
    pub townships: Vec<Township>,
    /// The township whose calendar is shown.
    pub township: Option<String>,
    /// Mondays.
    pub weeks: Vec<NaiveDate>,
    pub places: Vec<PlaceLook>,
    pub gaps: Vec<Bin>,
    pub longest: Vec<PlaceLook>,
    pub points: Vec<Point>,
}

/// A township as a stratum.
pub struct Township {
    pub code: String,
    pub name: Name,
    pub places: u64,
    pub drawn: u64,
    pub made: u64,
    /// Places that were visited at least once.
    pub visited: u64,
}

#[derive(Clone)]
pub struct PlaceLook {
    pub place: NamedPlace,
    pub township: Name,
    /// Executed visits by week; none: nothing was drawn then yet.
    pub weeks: Vec<Option<u32>>,
    /// The last executed visit.
    pub last: Option<NaiveDate>,
    /// Days since then, or since the first window.
    pub waited: i64,
}

pub struct Point {
    pub position: Position,
    pub name: Name,
    pub waited: i64,
    pub ever: bool,
}

/// `None`: the office has no programme.
pub async fn coverage<'a>(
    ctx: &'a Context,
    office: &'a Office,
    programme: Option<&str>,
    township: Option<&str>,
) -> Done<Option<Coverage<'a>>> {
    let concerned =
        |one: &&Programme| one.office == office.id || subtree(&ctx.config, &one.office).contains(&office.id);
    let programmes: Vec<&Programme> = ctx.config.programmes.iter().filter(concerned).collect();
    let asked = programmes.iter().find(|one| Some(one.id.as_str()) == programme).copied();
    let Some(programme) = asked.or_else(|| programmes.first().copied()) else { return Ok(None) };
    let today = ctx.now().day(office.zone);
    let to = today.pred_opt().unwrap_or(today);
    let mut tx = ctx.store.read().await?;
    let first = tx.first_day(&programme.id, &programme.office).await?.unwrap_or(today);
    let from = first.max(to.checked_sub_days(Days::new(BACK)).unwrap_or(first)).min(to);
    let counts = ctx.registers.counts(&mut tx, &office.region).await?;
    let places = if programme.place == PlaceKind::Team { counts.teams } else { counts.villages };
    let mut look = Coverage {
        programmes,
        programme,
        from,
        to,
        too_many: places > MOST,
        townships: Vec::new(),
        township: None,
        weeks: weeks(first, to),
        places: Vec::new(),
        gaps: Vec::new(),
        longest: Vec::new(),
        points: Vec::new(),
    };
    if !look.too_many {
        fill(ctx, &mut tx, office, &mut look, first, township).await?;
    }
    Ok(Some(look))
}

/// The Mondays of the weeks up to a day, from the first window on.
fn weeks(first: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    let back = |days: u64| to.checked_sub_days(Days::new(days)).unwrap_or(to);
    let monday = back(u64::from(to.weekday().num_days_from_monday()));
    let week = |n: u64| monday.checked_sub_days(Days::new(7 * n)).unwrap_or(monday);
    (0..WEEKS as u64).rev().map(week).filter(|monday| *monday + Days::new(7) > first).collect()
}

struct Visit {
    day: NaiveDate,
    made: bool,
    by_ticket: bool,
}

async fn fill(
    ctx: &Context,
    tx: &mut Tx,
    office: &Office,
    look: &mut Coverage<'_>,
    first: NaiveDate,
    township: Option<&str>,
) -> Done<()> {
    let places = tx.named_places(look.programme.place, &office.region, look.to).await?;
    let ids = Ids::new(places.iter().map(|place| place.place.as_str()));
    let (programme, of) = (&look.programme.id, &look.programme.office);
    // Ids of windows sort by day; '0' is the byte after '/'.
    let start = format!("{programme}/{of}/{}", look.from);
    let end = look.to.succ_opt().map_or_else(|| format!("{programme}/{of}0"), |day| format!("{programme}/{of}/{day}"));
    let mut visits: BTreeMap<String, Vec<Visit>> = BTreeMap::new();
    for visit in tx.look_visits(&ids, &start, &end).await? {
        let made = visit.state == "answered";
        let of = visits.entry(visit.place).or_default();
        of.push(Visit { day: visit.window.day, made, by_ticket: visit.by_ticket });
    }
    let regions = Ids::new(places.iter().map(|place| place.region.as_str()));
    let names: BTreeMap<String, Name> =
        tx.regions_among(&regions).await?.into_iter().map(|region| (region.code, region.name)).collect();
    look.gaps = law(ctx, look, &places, &visits);
    let none = Vec::new();
    let looks: Vec<PlaceLook> = places
        .into_iter()
        .map(|place| {
            let of = visits.get(place.place.as_str()).unwrap_or(&none);
            let last = of.iter().filter(|visit| visit.made).map(|visit| visit.day).max();
            PlaceLook {
                weeks: look.weeks.iter().map(|monday| in_week(of, *monday, first)).collect(),
                township: names.get(&place.region).cloned().unwrap_or_else(|| Name::new(place.region.clone(), "")),
                waited: (look.to - last.unwrap_or(first).min(look.to)).num_days(),
                last,
                place,
            }
        })
        .collect();
    look.townships = townships(&looks, &visits);
    let wanted = township.filter(|code| look.townships.iter().any(|one| one.code == *code));
    look.township = wanted.map(str::to_owned).or_else(|| look.townships.first().map(|one| one.code.clone()));
    look.places = looks.iter().filter(|one| Some(&one.place.region) == look.township.as_ref()).cloned().collect();
    look.points = points(tx, if looks.len() > MAPPED { &look.places } else { &looks }).await?;
    let mut longest = looks;
    longest.sort_by(|a, b| (b.waited, &a.place.place).cmp(&(a.waited, &b.place.place)));
    longest.truncate(NAMED);
    look.longest = longest;
    Ok(())
}

fn in_week(visits: &[Visit], monday: NaiveDate, first: NaiveDate) -> Option<u32> {
    let next = monday.checked_add_days(Days::new(7)).unwrap_or(monday);
    (next > first).then(|| {
        let made = visits.iter().filter(|visit| visit.made && visit.day >= monday && visit.day < next);
        u32::try_from(made.count()).unwrap_or(u32::MAX)
    })
}

fn townships(looks: &[PlaceLook], visits: &BTreeMap<String, Vec<Visit>>) -> Vec<Township> {
    let mut found: BTreeMap<&str, Township> = BTreeMap::new();
    for look in looks {
        let one = found.entry(&look.place.region).or_insert_with(|| Township {
            code: look.place.region.clone(),
            name: look.township.clone(),
            places: 0,
            drawn: 0,
            made: 0,
            visited: 0,
        });
        let of = visits.get(look.place.place.as_str()).map(Vec::as_slice).unwrap_or_default();
        one.places += 1;
        one.drawn += of.len() as u64;
        one.made += of.iter().filter(|visit| visit.made).count() as u64;
        one.visited += u64::from(look.last.is_some());
    }
    found.into_values().collect()
}

/// Gaps by workday: what a ticket drew, from one executed visit on.
fn law(ctx: &Context, look: &Coverage<'_>, places: &[NamedPlace], visits: &BTreeMap<String, Vec<Visit>>) -> Vec<Bin> {
    let region = ctx.config.office(&look.programme.office).map_or("", |office| office.region.as_str());
    let calendar = ctx.calendar.of(region);
    let worked = look.from.iter_days().take_while(|day| *day <= look.to);
    let worked = worked.filter(|day| calendar.is_workday(*day).unwrap_or(false));
    let index: BTreeMap<NaiveDate, u32> = worked.zip(0..).collect();
    let track = |place: &NamedPlace| {
        let mut days: BTreeMap<u32, bool> = BTreeMap::new();
        for visit in visits.get(place.place.as_str()).into_iter().flatten().filter(|visit| visit.by_ticket) {
            if let Some(day) = index.get(&visit.day) {
                *days.entry(*day).or_default() |= visit.made;
            }
        }
        Track { visits: days.into_iter().collect() }
    };
    let tracks: Vec<Track> = places.iter().map(track).collect();
    let Programme { lo, hi, m, .. } = look.programme;
    gaps(&tracks, u32::try_from(index.len()).unwrap_or(0), Law { lo: *lo, hi: *hi, m: *m })
}

async fn points(tx: &mut Tx, looks: &[PlaceLook]) -> Done<Vec<Point>> {
    let of = |look: &'_ PlaceLook| [look.place.place.to_string(), look.place.at.to_string()];
    let all: BTreeSet<String> = looks.iter().flat_map(of).collect();
    let located: BTreeMap<String, Position> = tx
        .located_among(&Ids::new(all.iter().map(String::as_str)))
        .await?
        .into_iter()
        .map(|one| (one.place, one.position))
        .collect();
    let point = |look: &PlaceLook| {
        Some(Point {
            // A team without its own position is where its village is.
            position: of(look).iter().find_map(|id| located.get(id).copied())?,
            name: look.place.village.clone(),
            waited: look.waited,
            ever: look.last.is_some(),
        })
    };
    Ok(looks.iter().filter_map(point).collect())
}
