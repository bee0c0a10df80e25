//! Deletion of what has had its time: what would go and why not, and a person's word that it goes.
//!
//! Both look with the same eyes: [`plan`] is computed before anything is written, and [`apply`] deletes what is due
//! in it, in the same transaction.

use super::findings::Homes;
use super::signed::signed;
use super::windows::outside;
use super::{Context, Done};
use crate::config::{Office, Retention};
use crate::evidence::retention::{ClosedYears, Standing, cut_off, spans, standing};
use crate::letter::Todo;
use crate::model::retention::{Class, Part};
use crate::model::{Line, OfficeId, Timestamp, Trouble};
use crate::said;
use crate::store::{GonePhone, Ids, RetentionRow, Tx};
use crate::words::retention as words;
use chrono::{Datelike, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Items of one kind, office and year, all on one side of the cut-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub part: Part,
    /// `None` where they belong to no office alone.
    pub office: Option<OfficeId>,
    pub year: i32,
    pub items: u64,
    pub standing: Standing,
    /// What lies before it is old enough; `None`: nothing ever is.
    pub cut_off: Option<NaiveDate>,
    span: (NaiveDate, NaiveDate),
    zone: Tz,
}

/// What a person's word did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub groups: Vec<Group>,
    /// Files and mails whose bytes went.
    pub files: u64,
    /// Whether the bytes are out of the database's files already.
    pub compacted: bool,
}

impl Retention {
    fn months(&self, class: Class) -> u32 {
        match class {
            Class::Phones => self.phones_months,
            Class::Mail => self.mail_months,
            Class::Work => self.work_months,
            Class::Flags => self.flags_months,
        }
    }
}

/// Everything that could be deleted, and how it stands. Nothing is written.
pub async fn plan(ctx: &Context) -> Done<Vec<Group>> {
    let mut tx = ctx.store.read().await?;
    let closed = tx.closed_years().await?;
    planned(ctx, &mut tx, &closed).await
}

/// Deletes what is due, and journals it.
///
/// # Errors
/// Nobody says so.
pub async fn apply(ctx: &Context, by: &str) -> Done<Applied> {
    let by = signed(by, "--by")?;
    let mut tx = ctx.store.begin().await?;
    let closed = tx.closed_years().await?;
    let now = ctx.now();
    let mut groups = planned(ctx, &mut tx, &closed).await?;
    groups.retain(|group| group.standing == Standing::Due);
    erase(ctx, &mut tx, &groups, now).await?;
    for group in &groups {
        tx.journal_retention(&RetentionRow {
            seq: 0,
            at: now.0,
            actor: by.clone(),
            class: group.part.code().to_owned(),
            office: group.office.as_ref().map(ToString::to_string).unwrap_or_default(),
            year: i64::from(group.year),
            items: i64::try_from(group.items).unwrap_or(i64::MAX),
            cut_off: group.cut_off.map(|day| day.to_string()).unwrap_or_default(),
        })
        .await?;
    }
    let files = tx.drop_loose_blobs().await?;
    tx.commit().await?;
    let compacted = groups.is_empty() && files == 0 || ctx.store.compact().await?;
    Ok(Applied { groups, files, compacted })
}

/// In which month it was looked last at what is due, and how much of each office was.
const LOOKED: &str = "retention.looked";

#[derive(Default, Serialize, Deserialize)]
struct Looked {
    month: String,
    due: BTreeMap<String, u64>,
}

/// Looks once a month at what is due; the digest of the month's first workday tells it. Whether it looked.
pub async fn look_due(ctx: &Context) -> Done<bool> {
    let Some(first) = ctx.config.offices.first() else { return Ok(false) };
    let month = ctx.now().day(first.zone).format("%Y-%m").to_string();
    let known = looked(&mut ctx.store.read().await?).await?;
    if known.month == month {
        return Ok(false);
    }
    let mut due: BTreeMap<String, u64> = BTreeMap::new();
    for group in plan(ctx).await?.iter().filter(|group| group.standing == Standing::Due) {
        *due.entry(group.office.as_ref().map(ToString::to_string).unwrap_or_default()).or_default() += group.items;
    }
    let mut tx = ctx.store.begin().await?;
    tx.put_setting(LOOKED, &serde_json::json!(Looked { month, due }).to_string()).await?;
    tx.commit().await?;
    Ok(true)
}

async fn looked(tx: &mut Tx) -> Done<Looked> {
    Ok(tx.setting(LOOKED).await?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// For the digest: that something has had its time.
pub(super) async fn todo(ctx: &Context, tx: &mut Tx, office: &Office, day: NaiveDate) -> Done<Option<Todo>> {
    let before = ctx.calendar.of(&office.region).previous_workday(day).map_err(|e| outside(&e))?;
    let known = looked(tx).await?;
    let due = known.due.get(office.id.as_str()).copied().unwrap_or(0);
    let is_first = before.month() != day.month();
    if !is_first || known.month != day.format("%Y-%m").to_string() || due == 0 {
        return Ok(None);
    }
    Ok(Some(Todo { code: words::heading(), what: words::reminder(due) }))
}

/// What was ever deleted, oldest first.
pub async fn journal(ctx: &Context) -> Done<Vec<RetentionRow>> {
    Ok(ctx.store.read().await?.retention_journal().await?)
}

async fn planned(ctx: &Context, tx: &mut Tx, closed: &ClosedYears) -> Done<Vec<Group>> {
    let offices: Vec<OfficeId> = ctx.config.offices.iter().map(|office| office.id.clone()).collect();
    let mut groups = Vec::new();
    let earliest = tx.earliest().await?;
    for (zone, of_zone) in zones(ctx) {
        let today = ctx.now().day(zone);
        for part in Part::ALL.iter().copied() {
            let cut = cut_off(today, ctx.config.retention.months(part.class()));
            let first = earliest.map_or(today, |at| at.day(zone)).year();
            for span in spans(first, today, cut) {
                let (from, to) = (midnight(span.0, zone), midnight(span.1.succ_opt().unwrap_or(span.1), zone));
                for (office, items) in tx.count_erasable(part, from, to).await? {
                    let office = if office.is_empty() { None } else { office.parse().ok() };
                    if !of_zone.contains(&office) {
                        continue;
                    }
                    let standing = standing(office.as_ref(), &offices, span.1, cut, closed);
                    let items = u64::try_from(items).unwrap_or(0);
                    groups.push(Group { part, office, year: span.0.year(), items, standing, cut_off: cut, span, zone });
                }
            }
        }
    }
    groups.extend(phones(ctx, tx, &offices, closed).await?.into_iter().map(|(group, _)| group));
    groups.sort_by(|a, b| (a.part, &a.office, a.span).cmp(&(b.part, &b.office, b.span)));
    Ok(groups)
}

/// Offices by their zone; what belongs to none alone goes with the first one.
fn zones(ctx: &Context) -> Vec<(Tz, BTreeSet<Option<OfficeId>>)> {
    let mut zones: Vec<(Tz, BTreeSet<Option<OfficeId>>)> = Vec::new();
    for office in &ctx.config.offices {
        match zones.iter_mut().find(|(zone, _)| *zone == office.zone) {
            Some((_, offices)) => {
                offices.insert(Some(office.id.clone()));
            }
            None => zones.push((office.zone, BTreeSet::from([Some(office.id.clone())]))),
        }
    }
    if let Some((_, offices)) = zones.first_mut() {
        offices.insert(None);
    }
    zones
}

fn midnight(day: NaiveDate, zone: Tz) -> Timestamp {
    Timestamp::from_local(day.and_time(NaiveTime::MIN), zone)
}

/// The office, and the span in which the last day lies.
type PhoneKey = (Option<OfficeId>, NaiveDate, NaiveDate);

/// Numbers of those who are gone, by office and year of their last day.
async fn phones(
    ctx: &Context,
    tx: &mut Tx,
    offices: &[OfficeId],
    closed: &ClosedYears,
) -> Done<Vec<(Group, Vec<GonePhone>)>> {
    let homes = Homes::new(&ctx.config);
    let mut found: BTreeMap<PhoneKey, (Group, Vec<GonePhone>)> = BTreeMap::new();
    for phone in tx.phones_of_gone().await? {
        let office = match phone.kind.as_str() {
            "inspector" => ctx.config.offices.iter().find(|office| office.id.as_str() == phone.place),
            _ => homes.of(&phone.place),
        };
        let zone = office.or(ctx.config.offices.first()).map_or(Tz::UTC, |office| office.zone);
        let today = ctx.now().day(zone);
        let cut = cut_off(today, ctx.config.retention.months(Class::Phones));
        let Some(span) = spans(phone.last.year(), today, cut).into_iter().find(|(_, last)| phone.last <= *last) else {
            // Somebody whose last day is still to come.
            continue;
        };
        let office = office.map(|office| office.id.clone());
        let standing = standing(office.as_ref(), offices, span.1, cut, closed);
        let (group, people) = found.entry((office.clone(), span.0, span.1)).or_insert_with(|| {
            let year = span.0.year();
            (Group { part: Part::Phones, office, year, items: 0, standing, cut_off: cut, span, zone }, Vec::new())
        });
        group.items += 1;
        people.push(phone);
    }
    Ok(found.into_values().collect())
}

async fn erase(ctx: &Context, tx: &mut Tx, due: &[Group], now: Timestamp) -> Done<()> {
    // Offices of one zone whose days are the same go together.
    let mut spans: BTreeMap<(Part, i64, i64), (BTreeSet<String>, u64)> = BTreeMap::new();
    for group in due.iter().filter(|group| group.part != Part::Phones) {
        let from = midnight(group.span.0, group.zone);
        let to = midnight(group.span.1.succ_opt().unwrap_or(group.span.1), group.zone);
        let (offices, items) = spans.entry((group.part, from.0, to.0)).or_default();
        offices.insert(group.office.as_ref().map(ToString::to_string).unwrap_or_default());
        *items += group.items;
    }
    for ((part, from, to), (offices, items)) in spans {
        let offices = Ids::new(offices.iter().map(String::as_str));
        let erased = tx.erase(part, &offices, Timestamp(from), Timestamp(to), now).await?;
        promised(part, items, erased)?;
    }
    tx.rewrite_lines(now, without_people).await?;
    if due.iter().any(|group| group.part == Part::Phones) {
        let offices: Vec<OfficeId> = ctx.config.offices.iter().map(|office| office.id.clone()).collect();
        let closed = tx.closed_years().await?;
        let mut people: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (group, phones) in phones(ctx, tx, &offices, &closed).await? {
            for phone in phones.into_iter().filter(|_| group.standing == Standing::Due) {
                people.entry(phone.kind).or_default().push(phone.id);
            }
        }
        for (kind, ids) in people {
            let erased = tx.erase_phones(&kind, &Ids::new(ids.iter().map(String::as_str))).await?;
            promised(Part::Phones, ids.len() as u64, erased)?;
        }
    }
    Ok(())
}

/// What was counted is what goes, or nothing does.
fn promised(part: Part, counted: u64, erased: u64) -> Result<(), Trouble> {
    if counted == erased {
        return Ok(());
    }
    let code = part.code();
    Err(Trouble::new(said!(
        "{erased} {code} instead of {counted} would have been deleted: nothing was; try again",
        "拟删除的{code}为{counted}项，实为{erased}项：未作任何删除，请重试"
    )))
}

/// A line (JSON) as it is kept: what was to be checked, and of whom by id; no name, no number.
fn without_people(detail: &str) -> Result<String, serde_json::Error> {
    let line: Line = serde_json::from_str(detail)?;
    serde_json::to_string(&line.without_people())
}
