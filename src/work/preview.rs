//! What the mail of a coming day will be, in numbers: how much, who is there for it, and what somebody can still see to.
//!
//! Everything here follows from chances. No place is named, and of a window that is not sealed only its slot.

use super::draw::read_sealed;
use super::unsealed::unsealed;
use super::windows::outside;
use super::{Context, Done, generation, health};
use crate::config::{Office, Programme};
use crate::draw::{Chance, Frame, Reason};
use crate::model::register::Name;
use crate::model::{Half, InspectorId, OfficeId, ProgrammeId, Said, Trouble, Window, WindowId};
use crate::plan::PoolDuty;
use crate::said;
use crate::store::{SealRow, Tx};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeSet;

/// A number that chance decides.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Expected {
    pub mean: f64,
    /// Two standard deviations above: more come on one day of forty.
    pub high: f64,
    /// How many there are hands for.
    pub room: u32,
}

impl Expected {
    fn of(chances: impl Iterator<Item = Chance>, room: u32) -> Expected {
        let (mean, variance) = chances.map(Chance::as_f64).fold((0.0, 0.0), |(m, v), p| (m + p, v + p * (1.0 - p)));
        Expected { mean, high: mean + 2.0 * f64::sqrt(variance), room }
    }

    /// More may be drawn than there are hands for.
    pub fn may_be_too_many(&self) -> bool {
        self.high > f64::from(self.room)
    }

    fn likely(&self) -> f64 {
        self.mean.min(f64::from(self.room))
    }
}

/// The inspectors of one office in a window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PoolPreview {
    /// The office whose inspectors they are.
    pub pool: String,
    pub inspectors: usize,
    pub visits: Expected,
    pub calls: Expected,
    /// Letters to inspectors, about.
    pub letters: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct WindowPreview {
    pub programme: ProgrammeId,
    pub window: WindowId,
    /// When it is, once its seal has told so in public.
    pub sealed: Option<Window>,
    pub eligible: usize,
    pub places: usize,
    /// Places for which no inspector on duty is clean.
    pub without_inspector: usize,
    pub announced: usize,
    pub pools: Vec<PoolPreview>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct AwayPreview {
    pub inspector: InspectorId,
    pub name: Name,
    /// Of the day; none: all of it.
    pub half: Option<Half>,
}

/// What one office's day will be.
#[derive(Debug, Clone)]
pub struct Preview {
    pub office: OfficeId,
    pub name: Name,
    pub zone: chrono_tz::Tz,
    pub day: NaiveDate,
    pub workday: bool,
    pub windows: Vec<WindowPreview>,
    pub away: Vec<AwayPreview>,
    /// What somebody can see to before.
    pub to_see_to: Vec<Said>,
}

/// The next workday of each office, or the day that is asked for.
///
/// # Errors
/// A day that is past, or that no calendar covers; an office that is not there.
pub async fn preview(ctx: &Context, office: Option<&OfficeId>, day: Option<NaiveDate>) -> Done<Vec<Preview>> {
    let asked = office.map(|id| ctx.office(id)).transpose()?;
    let causes = health::look(ctx).await?;
    let mut all = Vec::new();
    for office in ctx.config.offices.iter().filter(|one| asked.is_none_or(|asked| asked.id == one.id)) {
        let today = ctx.now().day(office.zone);
        let calendar = ctx.calendar.of(&office.region);
        let day = match day {
            Some(day) if day < today => {
                let said = said!(
                    "{day} is past: a preview is of today or a day to come",
                    "{day}已过：只能预览今天或以后的日期"
                );
                return Err(Trouble::new(said).in_field("--day").into());
            }
            Some(day) => day,
            None => calendar.next_workday(today).map_err(|e| outside(&e))?,
        };
        let mut windows = Vec::new();
        let mut tx = ctx.store.read().await?;
        for programme in ctx.config.programmes.iter().filter(|programme| programme.office == office.id) {
            windows.extend(of_programme(ctx, &mut tx, programme, office, day).await?);
        }
        let away = away(&mut tx, office, day).await?;
        let mut preview = Preview {
            office: office.id.clone(),
            name: office.name.clone(),
            zone: office.zone,
            day,
            workday: calendar.is_workday(day).map_err(|e| outside(&e))?,
            windows,
            away,
            to_see_to: Vec::new(),
        };
        preview.to_see_to = to_see_to(&mut tx, office, &preview).await?;
        drop(tx);
        let own = causes.iter().filter(|cause| cause.concerns(office));
        preview.to_see_to.extend(own.map(|cause| cause.said.clone()));
        all.push(preview);
    }
    Ok(all)
}

async fn of_programme(
    ctx: &Context,
    tx: &mut Tx,
    programme: &Programme,
    office: &Office,
    day: NaiveDate,
) -> Done<Vec<WindowPreview>> {
    let seals: Vec<SealRow> = tx.seals_between(&programme.id, &office.id, day, day).await?;
    let mut found = Vec::new();
    for seal in &seals {
        let (frame, duty) = read_sealed(ctx, seal).await?;
        let announced = duty.announced.len();
        found.push(window(programme, (&seal.window, true), &frame, &duty.pools, announced));
    }
    if !seals.is_empty() {
        return Ok(found);
    }
    let generations = generation::all(tx, &programme.id, &office.id).await?;
    let made = unsealed(ctx, tx, programme, office, (generations.last(), day)).await?;
    Ok(made.windows.iter().map(|(of, frame)| window(programme, (of, false), frame, &made.pools, 0)).collect())
}

fn window(
    programme: &Programme,
    (window, sealed): (&Window, bool),
    frame: &Frame,
    pools: &[PoolDuty],
    announced: usize,
) -> WindowPreview {
    let rows = frame.rows();
    let at_once = programme.inspectors_a_visit.max(1);
    let pool = |duty: &PoolDuty| {
        let own = || rows.iter().filter(|row| frame.pool_of(row) == duty.name);
        let room = |slots: &[(InspectorId, u32)]| slots.iter().map(|(_, capacity)| capacity).sum::<u32>();
        let most = programme.max_visits.unwrap_or(u32::MAX);
        let visits = Expected::of(own().map(|row| row.visit), (room(&duty.visits) / at_once).min(most));
        let calls = Expected::of(own().map(|row| row.call), room(&duty.calls));
        let inspectors = duty.visits.iter().chain(&duty.calls).map(|(id, _)| id).collect::<BTreeSet<_>>().len();
        let lines = visits.likely() * f64::from(at_once) + calls.likely();
        PoolPreview { pool: duty.name.clone(), inspectors, letters: reached(inspectors, lines), visits, calls }
    };
    WindowPreview {
        programme: programme.id.clone(),
        window: window.id.clone(),
        sealed: sealed.then(|| window.clone()),
        eligible: rows.iter().filter(|row| row.visit > Chance::ZERO).count(),
        places: rows.len(),
        without_inspector: rows.iter().filter(|row| row.reason == Some(Reason::NoInspector)).count(),
        announced,
        pools: pools.iter().map(pool).collect(),
    }
}

/// So many of `inspectors` have at least one of so many lines that are dealt at random.
fn reached(inspectors: usize, lines: f64) -> f64 {
    let all = f64::from(u32::try_from(inspectors).unwrap_or(u32::MAX));
    if inspectors == 0 { 0.0 } else { all * (1.0 - (1.0 - 1.0 / all).powf(lines)) }
}

async fn away(tx: &mut Tx, office: &Office, day: NaiveDate) -> Done<Vec<AwayPreview>> {
    let rows = tx.away_on(day).await?;
    let mut found = Vec::new();
    for inspector in tx.inspectors_of(&office.id).await? {
        let half = rows.iter().filter(|row| row.inspector == inspector.id).map(|row| row.half);
        if let Some(half) = half.min_by_key(Option::is_some) {
            found.push(AwayPreview { inspector: inspector.id, name: inspector.name, half });
        }
    }
    Ok(found)
}

async fn to_see_to(tx: &mut Tx, office: &Office, preview: &Preview) -> Done<Vec<Said>> {
    let mut found = Vec::new();
    let day = preview.day;
    if !preview.workday {
        found.push(said!("{day} is no workday here: nothing is drawn", "{day}在本地不是工作日：不抽取"));
    } else if preview.windows.is_empty() {
        found.push(said!("no programme has a window on {day}", "{day}没有任何项目的时段"));
    }
    let inspectors = tx.inspectors_of(&office.id).await?;
    for one in inspectors.iter().filter(|one| one.active.holds_on(day) && one.addresses.is_empty()) {
        let name = one.name.both();
        found.push(said!(
            "inspector {name} has no mail address and gets nothing: import inspectors with the column email",
            "检查员{name}没有邮箱，不会派到任务：请导入带“邮箱”栏的检查员名册"
        ));
    }
    for window in &preview.windows {
        let (programme, slot, none) = (&window.programme, &window.window.slot, window.without_inspector);
        if window.places == 0 {
            found.push(said!(
                "{programme} {slot}: the register has no place that could be drawn: import villages and teams",
                "{programme} {slot}：登记册中没有可抽取的地点：请导入村和工作队名册"
            ));
        }
        if none > 0 {
            found.push(said!(
                "{programme} {slot}: {none} places have no inspector who may go: look at absences, recusals and the inspectors' roster",
                "{programme} {slot}：{none}个地点没有可派的检查员：请检查请假、回避和检查员名册"
            ));
        }
        for pool in &window.pools {
            let name = &pool.pool;
            for (what, expected) in [(said!("visits", "走访"), &pool.visits), (said!("calls", "电话"), &pool.calls)]
            {
                if expected.may_be_too_many() {
                    let (high, room) = (format!("{:.1}", expected.high), expected.room);
                    found.push(Said::new(
                        format!(
                            "{programme} {slot}: up to {high} {} for {name}, and hands for {room}: what is beyond is not done by a visit; have more inspectors on duty, or raise their numbers in the roster",
                            what.en
                        ),
                        format!(
                            "{programme} {slot}：{name}的{}可能多达{high}次，人手只够{room}次：超出部分不能走访；请增加在岗检查员，或调高名册中的每时段数量",
                            what.zh
                        ),
                    ));
                }
            }
        }
    }
    Ok(found)
}
