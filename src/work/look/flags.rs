//! Flags and complaints in a list: the oldest that wait for somebody first.

use super::{PAGE, offices};
use crate::model::register::Name;
use crate::model::time::DAY;
use crate::model::viewer::Scope;
use crate::model::{CaseId, FlagState, Said, Timestamp, VerdictCode};
use crate::store::{ComplaintRow, FlagFilter, FlagLook, Ids, StateCount, Tx};
use crate::work::cases::{Held, Of};
use crate::work::dossier::Awaited;
use crate::work::{Context, Done};
use std::collections::BTreeMap;

/// States in which somebody has to do something.
pub const WAITING: [FlagState; 4] = [FlagState::Appealed, FlagState::Explained, FlagState::Asked, FlagState::Open];

/// What somebody chose to see.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// None: all that wait.
    pub state: Option<FlagState>,
    pub verdict: Option<VerdictCode>,
    pub region: Option<String>,
    /// Open for so many days at least.
    pub days: Option<i64>,
    /// The last one of the page before.
    pub after: Option<(Timestamp, String)>,
    pub most: i64,
}

pub struct Flags {
    pub rows: Vec<Row>,
    pub counts: Vec<StateCount>,
    pub complaints: Vec<ComplaintLook>,
    /// Townships to choose from; empty where there are too many.
    pub regions: Vec<(String, Name)>,
    /// There are more after the last one.
    pub more: bool,
}

pub struct Row {
    pub flag: FlagLook,
    /// What is awaited, and until when.
    pub awaits: Option<Said>,
    pub overdue: bool,
}

/// A complaint, or a back-check that differs, in a list.
pub struct ComplaintLook {
    pub id: CaseId,
    pub inspector: Name,
    pub state: FlagState,
    pub opened: Timestamp,
    /// What is awaited, and until when.
    pub awaits: Option<Said>,
}

/// More townships are not offered.
const REGIONS: i64 = 60;

pub async fn flags(ctx: &Context, scope: &Scope, choice: &Choice) -> Done<Flags> {
    let offices = offices(ctx, scope);
    let mut tx = ctx.store.read().await?;
    let filter = FlagFilter {
        offices: offices.clone(),
        states: choice.state.map_or_else(|| WAITING.to_vec(), |state| vec![state]),
        verdict: choice.verdict,
        region: choice.region.clone(),
        until: ctx.now().minus(choice.days.unwrap_or(0) * DAY),
        after: choice.after.clone(),
        most: choice.most.saturating_add(1),
    };
    let mut found = tx.look_flags(&filter).await?;
    let more = i64::try_from(found.len()).is_ok_and(|n| n > choice.most);
    found.truncate(usize::try_from(choice.most).unwrap_or(0));
    let mut waiting = Vec::new();
    for id in tx.waiting_complaints(offices.as_ref(), PAGE).await? {
        waiting.extend(CaseId::parse(&id));
    }
    // A workbook of thousands tells states alone.
    let ids: Vec<CaseId> = match choice.most <= PAGE {
        true => found.iter().filter_map(|flag| CaseId::parse(&flag.id).ok()).chain(waiting.iter().cloned()).collect(),
        false => waiting.clone(),
    };
    let held = Held::load_all(&mut tx, &ids).await?;
    let mut rows = Vec::with_capacity(found.len());
    for flag in found {
        let held = CaseId::parse(&flag.id).ok().and_then(|id| held.get(&id));
        let awaited = held.map(|held| Awaited::of(ctx, held)).transpose()?;
        let overdue = awaited.is_some_and(|awaited| awaited.overdue);
        rows.push(Row { flag, awaits: awaited.and_then(|awaited| awaited.said()), overdue });
    }
    let complaints = complaints(ctx, &mut tx, waiting.iter().filter_map(|id| held.get(id))).await?;
    let region = super::chosen(ctx, scope, None).map(|office| office.region.as_str()).unwrap_or_default();
    let mut regions = tx.regions_in(region, REGIONS + 1).await?;
    if i64::try_from(regions.len()).is_ok_and(|n| n > REGIONS) {
        regions.clear();
    }
    let counts = tx.count_waiting_flags(offices.as_ref()).await?;
    Ok(Flags { rows, counts, complaints, regions, more })
}

async fn complaints<'a>(ctx: &Context, tx: &mut Tx, held: impl Iterator<Item = &'a Held>) -> Done<Vec<ComplaintLook>> {
    let mut found = Vec::new();
    for held in held {
        let Of::Complaint(row) = &held.of else { continue };
        found.push((row, Awaited::of(ctx, held)?.said()));
    }
    let inspectors = tx.inspectors_among(&Ids::new(found.iter().map(|(row, _)| row.inspector.as_str()))).await?;
    let names: BTreeMap<_, _> = inspectors.into_iter().map(|one| (one.id, one.name)).collect();
    let look = |(row, awaits): (&ComplaintRow, Option<Said>)| ComplaintLook {
        inspector: names.get(&row.inspector).cloned().unwrap_or_else(|| Name::new(row.inspector.to_string(), "")),
        id: row.id.clone(),
        state: row.state,
        opened: row.opened,
        awaits,
    };
    Ok(found.into_iter().map(look).collect())
}
