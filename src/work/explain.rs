//! Why a place's chances on a day are what they are, in every programme that draws it (DRAW 1).
//!
//! What is sealed is read from its frame; what is not is reckoned as if it were sealed now. No key and
//! no beacon is touched.

use super::signals::{self, signals_of};
use super::unsealed::{Unsealed, unsealed};
use super::windows::{damaged, outside};
use super::{Context, Done, Failure, generation};
use crate::config::{Office, Programme};
use crate::draw::{Chance, Contribution, Frame, Policy, RiskRule, Row, Signals, Standing, hazard, why};
use crate::model::register::Exclusion;
use crate::model::{PlaceId, Said, Trouble, Window};
use crate::said;
use crate::store::Tx;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An answer for a person and for a program.
#[derive(Debug, Clone)]
pub struct Explained {
    pub page: Vec<Said>,
    pub json: Value,
}

/// A place in one window.
struct Seen {
    window: Window,
    /// False: reckoned as it would be sealed now.
    sealed: bool,
    /// It has no age yet: that is drawn at its first seal.
    unaged: bool,
    row: Row,
    policy: Policy,
    contributions: Vec<Contribution>,
}

/// The chances of a place on a day; on the next day that is or will be sealed, where none is asked for.
///
/// # Errors
/// A place that no programme draws.
pub async fn day(ctx: &Context, place: &PlaceId, asked: Option<NaiveDate>) -> Done<Explained> {
    let mut tx = ctx.store.read().await?;
    let mut seen = Vec::new();
    let mut shown_day = asked;
    for programme in &ctx.config.programmes {
        let office = ctx.office(&programme.office)?;
        let day = match shown_day {
            Some(day) => day,
            None => next_day(ctx, &mut tx, office).await?,
        };
        shown_day = Some(day);
        seen.extend(of_programme(ctx, &mut tx, programme, office, place, day).await?);
    }
    let Some(day) = shown_day.filter(|_| !seen.is_empty()) else { return Err(not_drawn_anywhere(place, shown_day)) };
    let exclusions = exclusions(&mut tx, place, day).await?;
    Ok(Explained { page: page(place, day, &seen, &exclusions), json: shown(place, day, &seen, &exclusions) })
}

fn not_drawn_anywhere(place: &PlaceId, day: Option<NaiveDate>) -> Failure {
    let day = day.map(|day| day.to_string()).unwrap_or_default();
    Failure::from(Trouble::new(said!(
        "no programme has a window for the place “{place}” {day}: check the id and the day; a programme draws teams or villages, not both",
        "没有项目在{day}检查地点“{place}”：请核对编号和日期；每个项目只抽工作队或只抽村"
    )))
}

/// The day of the next draw that is sealed already, else the next workday.
async fn next_day(ctx: &Context, tx: &mut Tx, office: &Office) -> Done<NaiveDate> {
    match tx.next_draw(&office.id).await?.filter(|at| *at >= ctx.now()) {
        Some(at) => Ok(at.day(office.zone)),
        None => {
            Ok(ctx.calendar.of(&office.region).next_workday(ctx.now().day(office.zone)).map_err(|e| outside(&e))?)
        }
    }
}

async fn of_programme(
    ctx: &Context,
    tx: &mut Tx,
    programme: &Programme,
    office: &Office,
    place: &PlaceId,
    day: NaiveDate,
) -> Done<Vec<Seen>> {
    let generations = generation::all(tx, &programme.id, &office.id).await?;
    let seals = tx.seals_between(&programme.id, &office.id, day, day).await?;
    let mut seen = Vec::new();
    for seal in &seals {
        let terms = generations.iter().find(|terms| terms.generation == seal.generation);
        let terms = terms.ok_or_else(|| damaged("programme seal"))?;
        let frame = frame(tx, &seal.frame).await?;
        let Some(row) = frame.row(place) else { continue };
        let signals = signals_for(ctx, tx, programme, office, &terms.risk, day).await?;
        seen.push(Seen {
            window: seal.window.clone(),
            sealed: true,
            unaged: false,
            contributions: contributions(&terms.risk, &signals, row),
            policy: terms.policy().map_err(Trouble::new)?,
            row: row.clone(),
        });
    }
    if !seals.is_empty() {
        return Ok(seen);
    }
    let Unsealed { policy, risk, signals, windows, .. } =
        unsealed(ctx, tx, programme, office, (generations.last(), day)).await?;
    let unaged = tx.hazard_of(&programme.id, &office.id, place).await?.is_none();
    for (window, frame) in windows {
        let Some(row) = frame.row(place) else { continue };
        let contributions = contributions(&risk, &signals, row);
        seen.push(Seen { window, sealed: false, unaged, contributions, policy, row: row.clone() });
    }
    Ok(seen)
}

/// A stored frame.
pub(super) async fn frame(tx: &mut Tx, sha: &crate::model::Sha256) -> Done<Frame> {
    let bytes = tx.blob(sha).await?.ok_or_else(|| damaged("frame"))?;
    Ok(Frame::decode(&bytes).map_err(Trouble::new)?)
}

/// What the rule looks at, as a seal of that day would; nothing where the rule looks at nothing.
pub(super) async fn signals_for(
    ctx: &Context,
    tx: &mut Tx,
    programme: &Programme,
    office: &Office,
    rule: &RiskRule,
    day: NaiveDate,
) -> Done<BTreeMap<PlaceId, Signals>> {
    match signals::since(rule, ctx.calendar.of(&office.region), day) {
        Some(since) => signals_of(tx, &programme.id, office, day, since).await,
        None => Ok(BTreeMap::new()),
    }
}

/// What a row's risk is made of. What came to be known since the seal has changed nothing in it, so a
/// risk that would be another one now is left without reasons.
pub(super) fn contributions(rule: &RiskRule, signals: &BTreeMap<PlaceId, Signals>, row: &Row) -> Vec<Contribution> {
    let now = signals.get(&row.id).copied().unwrap_or_default();
    match rule.risk(&now) {
        (risk, contributions) if risk == row.detail.risk => contributions,
        _ => Vec::new(),
    }
}

/// Exclusions of a place, or of its village, that hold on a day or later.
async fn exclusions(tx: &mut Tx, place: &PlaceId, day: NaiveDate) -> Done<Vec<Exclusion>> {
    let team = tx.teams().await?.into_iter().find(|team| team.id.as_str() == place.as_str());
    let village = team.map(|team| PlaceId::from(team.village));
    let of_place = |e: &Exclusion| e.place == *place || Some(&e.place) == village.as_ref();
    let current = |e: &Exclusion| e.span.to.is_none_or(|to| to >= day);
    Ok(tx.exclusions().await?.into_iter().filter(|e| of_place(e) && current(e)).collect())
}

/// Why a row's chance of a visit is what it is; why it has none, where it has none.
pub(super) fn why_row(policy: &Policy, row: &Row, contributions: &[Contribution]) -> Vec<Said> {
    let mut page = Vec::new();
    if row.visit > Chance::ZERO {
        let standing = Standing { age: row.detail.age, risk: row.detail.risk };
        page.push(indented(hazard::explain(policy, &standing, contributions, row.visit)));
    }
    if let Some(reason) = row.reason {
        page.push(indented(reason.said()));
    }
    page
}

pub(super) fn indented(said: Said) -> Said {
    Said::new(format!("    {}", said.en), format!("    {}", said.zh))
}

fn together(seen: &[Seen], chance: fn(&Row) -> Chance) -> f64 {
    why::at_least_once(seen.iter().map(|one| chance(&one.row)))
}

fn page(place: &PlaceId, day: NaiveDate, seen: &[Seen], exclusions: &[Exclusion]) -> Vec<Said> {
    let mut page = vec![said!("{place} on {day}", "{place}，{day}")];
    for one in seen {
        let (id, visit, call) = (&one.window.id, one.row.visit, one.row.call);
        let how = if one.sealed {
            said!("as sealed", "已封存")
        } else {
            said!("as it would be sealed now", "尚未封存，按目前情况")
        };
        let (en, zh) = (how.en, how.zh);
        page.push(said!(
            "  {id} ({en}): a visit {visit}, a call {call}",
            "  {id}（{zh}）：走访概率{visit}，电话概率{call}"
        ));
        if one.unaged && one.row.visit > Chance::ZERO {
            let (lo, hi) = (one.policy.lo, one.policy.hi);
            page.push(indented(said!(
                "never sealed yet: how long ago its last visit counts is drawn at the first seal, and the chance then lies between {lo} and {hi}",
                "从未封存：首次封存时才抽定其起算点，届时走访概率在{lo}与{hi}之间，上列数字仅供参考"
            )));
            continue;
        }
        page.extend(why_row(&one.policy, &one.row, &one.contributions));
    }
    let (visit, call) = (together(seen, |row| row.visit) * 100.0, together(seen, |row| row.call) * 100.0);
    page.push(said!(
        "  over all programmes on this day: a visit {visit:.3} %, a call {call:.3} %",
        "  当日所有项目合计：走访{visit:.3} %，电话{call:.3} %"
    ));
    for exclusion in exclusions {
        let (at, reason) = (&exclusion.place, &exclusion.reason);
        let date = |day: Option<NaiveDate>| day.map(|d| d.to_string()).unwrap_or_default();
        let (from, to) = (date(exclusion.span.from), date(exclusion.span.to));
        page.push(said!("  {at} is excluded from {from} to {to}: {reason}", "  {at}自{from}至{to}暂停检查：{reason}"));
    }
    page
}

pub(super) fn shown_row(row: &Row, contributions: &[Contribution]) -> Value {
    let factors: Vec<Value> = contributions
        .iter()
        .map(|c| json!({"code": c.code, "factor": c.factor, "en": c.said.en, "zh": c.said.zh}))
        .collect();
    json!({
        "p_visit": row.visit.get(), "p_call": row.call.get(), "reason": row.reason.map(crate::draw::Reason::code),
        "age": row.detail.age, "risk": row.detail.risk, "contributions": factors,
    })
}

fn shown(place: &PlaceId, day: NaiveDate, seen: &[Seen], exclusions: &[Exclusion]) -> Value {
    let windows: Vec<Value> = seen
        .iter()
        .map(|one| {
            let mut shown = shown_row(&one.row, &one.contributions);
            shown["window"] = json!(one.window.id);
            shown["sealed"] = json!(one.sealed);
            shown["band"] = json!([one.policy.lo.get(), one.policy.hi.get()]);
            shown
        })
        .collect();
    json!({
        "place": place, "day": day, "windows": windows,
        "visit": together(seen, |row| row.visit), "call": together(seen, |row| row.call),
        "exclusions": exclusions,
    })
}
