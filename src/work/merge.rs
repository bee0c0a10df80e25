//! Villages become one. Their teams, officials and contacts keep their ids, history stays under the old names, and who
//! waited longest hands the wait on: a merger hides no place.
//!
//! It takes hold on the first day that no window is sealed for. What is sealed is drawn as it was sealed, under the old
//! names and with the people who belonged to them ([`crate::plan::Snapshot::village_on`]).

use super::custody::Chains;
use super::signed::{reason, signed};
use super::{Context, Done, generation};
use crate::config::{PlaceKind, Programme};
use crate::model::position::{Located, Position};
use crate::model::register::{Name, Village};
use crate::model::{
    Merger, OfficeId, OfficialId, PlaceId, ProgrammeId, Sha256, Timestamp, Trouble, VillageId, WindowId,
};
use crate::registry::merger::{self, Asked, Change, Present, Running};
use crate::said;
use crate::store::{HazardRow, Ids, Moved, OpenLine, Tx};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What a person asks for.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    pub parts: BTreeSet<VillageId>,
    pub into: VillageId,
    /// Of a village that is not in the register yet.
    pub name: Option<Name>,
    pub township: Option<String>,
    pub position: Option<Position>,
    pub exclusions: Option<Running>,
    pub reason: &'a str,
    pub by: &'a str,
    /// False: tells what would be done.
    pub write: bool,
}

/// A programme in which the village begins with the wait of the part that waited longest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    pub programme: ProgrammeId,
    pub part: VillageId,
    /// Eligible windows.
    pub windows: u32,
}

/// What a merger does, or would do.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The first day on which the parts are closed.
    pub from: NaiveDate,
    pub change: Change,
    /// Officials of the teams that move.
    pub officials: Vec<OfficialId>,
    pub waits: Vec<Wait>,
    /// Sealed windows that have not begun, in which a part stands under its own name.
    pub sealed: Vec<WindowId>,
    /// Lines of the parts that are not settled.
    pub open: Vec<OpenLine>,
    pub written: bool,
}

/// Merges villages, or tells what would be done.
///
/// # Errors
/// A village that is not there or closed, a new one that is not fully described, exclusions that run on and of which
/// nothing is said, a reason or name left empty.
pub async fn merge(ctx: &Context, request: &Request<'_>) -> Done<Merged> {
    let why = reason(request.reason, "--reason")?;
    let by = signed(request.by, "--by")?;
    let mut tx = ctx.store.begin().await?;
    tx.places_change().await?;
    let from = first_unsealed(ctx, &mut tx).await?;
    let asked = Asked {
        parts: request.parts.clone(),
        into: request.into.clone(),
        name: request.name.clone(),
        township: request.township.clone(),
        exclusions: request.exclusions,
        from,
    };
    let present = present(&mut tx, &asked).await?;
    let change = merger::merge(&asked, &present)?;
    let concerned: Vec<&Programme> = ctx.config.programmes.iter().filter(|one| covers(ctx, one, &change)).collect();
    let (waits, rows) = waits(&mut tx, &concerned, &change).await?;
    let teams = Ids::new(change.teams.iter().map(|team| team.id.as_str()));
    let mut merged = Merged {
        from,
        officials: tx.officials_of_teams(&teams).await?.into_iter().map(|official| official.id).collect(),
        waits,
        sealed: sealed(ctx, &mut tx, &concerned).await?,
        open: tx.open_lines(&Ids::new(change.parts.iter().map(|part| part.id.as_str()))).await?,
        change,
        written: false,
    };
    if !request.write {
        return Ok(merged);
    }
    for (programme, row) in rows {
        let place = PlaceId::from(merged.change.into.id.clone());
        tx.inherit_wait((&programme.id, &programme.office), &place, row).await?;
    }
    if let Some(position) = request.position {
        tx.put_located(&[Located { place: merged.change.into.id.to_string(), position }]).await?;
    }
    write(ctx, &mut tx, &merged.change, (from, &why, &by)).await?;
    let parts: Vec<&str> = merged.change.parts.iter().map(|part| part.id.as_str()).collect();
    // Who did it and why is in the database; whoever has that can hold it against the digest.
    let statement =
        json!({"parts": parts, "into": merged.change.into.id, "from": from, "by": by, "reason": why}).to_string();
    let sha = Sha256::of(statement.as_bytes());
    let offices: BTreeSet<&OfficeId> = concerned.iter().map(|programme| &programme.office).collect();
    for office in offices {
        let into = &merged.change.into.id;
        let entry = json!({"kind": "merger", "parts": parts, "into": into, "from": from, "sha256": sha.hex()});
        ctx.log(&mut tx, office, &entry).await?;
    }
    tx.commit().await?;
    for programme in concerned {
        let newest = generation::newest(&mut ctx.store.read().await?, &programme.id, &programme.office).await?;
        // A daemon that runs holds the chains, and keeps the head with its next entry.
        if let Some(terms) = newest
            && let Err(failure) = ctx.keep_head(&Chains::of(&terms)?).await
        {
            tracing::debug!(%failure, "the head of the log is kept by whoever holds the chains");
        }
    }
    merged.written = true;
    Ok(merged)
}

/// What is sealed stays as it is: the day after the last one that any programme has settled.
async fn first_unsealed(ctx: &Context, tx: &mut Tx) -> Done<NaiveDate> {
    let mut last = None;
    for programme in &ctx.config.programmes {
        let office = ctx.office(&programme.office)?;
        let settled = tx.last_settled_day(&programme.id, &office.id).await?;
        last = last.max(settled).max(Some(ctx.now().day(office.zone)));
    }
    let last = last.unwrap_or_else(|| ctx.now().day(chrono_tz::Tz::UTC));
    last.succ_opt().ok_or_else(|| Trouble::new(said!("the calendar has no such day", "日历中没有该日")).into())
}

async fn present(tx: &mut Tx, asked: &Asked) -> Done<Present> {
    let parts = Ids::new(asked.parts.iter().map(VillageId::as_str));
    Ok(Present {
        lineage: tx.lineage().await?,
        villages: tx.villages().await?,
        regions: tx.regions_among(&Ids::new(asked.township.as_deref())).await?,
        teams: tx.teams_of_places(&parts).await?,
        contacts: tx.contacts_of_villages(&parts).await?,
        recusals: tx.recusals().await?,
        exclusions: tx.exclusions().await?,
        signals: tx.all_signals().await?,
        inspectors: tx.inspectors().await?,
    })
}

fn covers(ctx: &Context, programme: &Programme, change: &Change) -> bool {
    let region = ctx.config.office(&programme.office).map_or("", |office| office.region.as_str());
    change.parts.iter().chain([&change.into]).any(|village| village.region.starts_with(region))
}

/// The wait of the part that waited longest, by programme; and the row that says it.
///
/// What is reported later of a part, or of the village from before, shortens it no more: only a visit drawn for the
/// whole does.
async fn waits<'a>(
    tx: &mut Tx,
    programmes: &[&'a Programme],
    change: &Change,
) -> Done<(Vec<Wait>, Vec<(&'a Programme, HazardRow)>)> {
    let (mut waits, mut rows) = (Vec::new(), Vec::new());
    for programme in programmes.iter().filter(|one| one.place == PlaceKind::Village) {
        let sealed = tx.count_seals(&programme.id, &programme.office).await?;
        let mut longest: Option<(u32, &Village)> = None;
        let mut own = None;
        for village in change.parts.iter().chain([&change.into]) {
            let place = PlaceId::from(village.id.clone());
            let Some(row) = tx.hazard_of(&programme.id, &programme.office, &place).await? else { continue };
            if longest.is_none_or(|(age, _)| row.age(sealed) > age) {
                longest = Some((row.age(sealed), village));
            }
            own = own.or(Some(row).filter(|_| village.id == change.into.id));
        }
        let Some((age, village)) = longest else { continue };
        let before = own.map_or(0, |row| row.eligible(sealed));
        let row = HazardRow {
            start_age: own.map_or(0, |row| row.start_age),
            missed: sealed - before - i64::from(age),
            executed: before,
            visited: true,
        };
        waits.push(Wait { programme: programme.id.clone(), part: village.id.clone(), windows: age });
        rows.push((*programme, row));
    }
    Ok((waits, rows))
}

async fn sealed(ctx: &Context, tx: &mut Tx, programmes: &[&Programme]) -> Done<Vec<WindowId>> {
    let mut found = tx.windows_ahead(ctx.now()).await?;
    found.retain(|window| programmes.iter().any(|one| one.id == window.programme && one.office == window.office));
    Ok(found)
}

async fn write(ctx: &Context, tx: &mut Tx, change: &Change, (from, why, by): (NaiveDate, &str, &str)) -> Done<()> {
    let at = ctx.now();
    let into = &change.into;
    let journal = Journal { batch: format!("merger/{}/{from}", into.id), at };
    if change.new {
        journal.note(tx, "villages", into.id.as_str(), into).await?;
    }
    for part in &change.parts {
        journal.note(tx, "villages", part.id.as_str(), part).await?;
        let merger = Merger {
            part: part.id.clone(),
            into: into.id.clone(),
            from,
            reason: why.to_owned(),
            by: by.to_owned(),
            at,
        };
        tx.add_merger(&merger).await?;
    }
    for team in &change.teams {
        journal.note(tx, "teams", team.id.as_str(), team).await?;
    }
    for contact in &change.contacts {
        journal.note(tx, "contacts", contact.id.as_str(), contact).await?;
    }
    for one in &change.recusals {
        let id = format!("{}/{}/{}", one.inspector, one.scope.kind(), one.scope.value());
        journal.note(tx, "recusals", &id, one).await?;
    }
    for one in &change.exclusions {
        let id = format!("{}/{}", one.place, one.span.from.map(|day| day.to_string()).unwrap_or_default());
        journal.note(tx, "exclusions", &id, one).await?;
    }
    for one in &change.signals {
        journal.note(tx, "signals", &format!("{}/{}", one.place, one.kind.code()), one).await?;
    }
    let mut villages = change.parts.clone();
    villages.extend(Some(into.clone()).filter(|_| change.new));
    tx.put_villages(&villages).await?;
    tx.put_teams(&change.teams).await?;
    tx.put_contacts(&change.contacts).await?;
    tx.add_moves(&Moved { teams: change.moved_teams.clone(), contacts: change.moved_contacts.clone() }).await?;
    tx.put_recusals(&change.recusals).await?;
    tx.put_exclusions(&change.exclusions).await?;
    tx.put_signals(&change.signals).await?;
    Ok(())
}

/// What the merger changed in the register, as imports write theirs.
struct Journal {
    batch: String,
    at: Timestamp,
}

impl Journal {
    async fn note<T: Serialize>(&self, tx: &mut Tx, kind: &str, id: &str, after: &T) -> Done<()> {
        let after = json!(after).to_string();
        Ok(tx.journal_change(&self.batch, kind, id, "merged", self.at, None, Some(&after)).await?)
    }
}

/// Villages of an office that left the frame by a merger since its last digest, each with why.
pub(super) async fn left(
    tx: &mut Tx,
    region: &str,
    (after, until): (NaiveDate, NaiveDate),
) -> Done<Vec<(Name, String)>> {
    let mergers = tx.mergers_between(after, until).await?;
    if mergers.is_empty() {
        return Ok(Vec::new());
    }
    let ids = mergers.iter().flat_map(|one| [one.part.as_str(), one.into.as_str()]);
    let villages: BTreeMap<VillageId, Village> =
        tx.villages_among(&Ids::new(ids)).await?.into_iter().map(|village| (village.id.clone(), village)).collect();
    let name = |id: &VillageId| villages.get(id).map_or_else(|| Name::new(id.to_string(), ""), |one| one.name.clone());
    let here = mergers.iter().filter(|one| villages.get(&one.part).is_some_and(|part| part.region.starts_with(region)));
    let told = |one: &Merger| (name(&one.part), format!("→ {} ({}; {})", name(&one.into).both(), one.from, one.reason));
    Ok(here.map(told).collect())
}
