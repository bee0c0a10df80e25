//! Flags and complaints in a list: the oldest that wait for somebody first.

use super::{PAGE, offices};
use crate::model::register::Name;
use crate::model::time::DAY;
use crate::model::viewer::Scope;
use crate::model::{CaseId, FlagState, Said, Timestamp, VerdictCode};
use crate::store::{FlagFilter, FlagLook, StateCount};
use crate::work::cases::Held;
use crate::work::complaints::{self, Complaint};
use crate::work::dossier::Dossier;
use crate::work::{Context, Done};

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
    pub complaints: Vec<Complaint>,
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
    let mut rows = Vec::with_capacity(found.len());
    for flag in found {
        let (mut awaits, mut overdue) = (None, false);
        // A workbook of thousands tells states alone.
        if choice.most <= PAGE
            && let Ok(id) = CaseId::parse(&flag.id)
            && let Some(held) = Held::load(&mut tx, &id).await?
        {
            let dossier = Dossier::load(ctx, &mut tx, held).await?;
            (awaits, overdue) = (dossier.awaits(), dossier.overdue);
        }
        rows.push(Row { flag, awaits, overdue });
    }
    let mut waiting = Vec::new();
    for id in tx.waiting_complaints(offices.as_ref(), PAGE).await? {
        let Ok(id) = CaseId::parse(&id) else { continue };
        waiting.extend(complaints::show(ctx, &id).await?);
    }
    let region = super::chosen(ctx, scope, None).map(|office| office.region.as_str()).unwrap_or_default();
    let mut regions = tx.regions_in(region, REGIONS + 1).await?;
    if i64::try_from(regions.len()).is_ok_and(|n| n > REGIONS) {
        regions.clear();
    }
    let counts = tx.count_waiting_flags(offices.as_ref()).await?;
    Ok(Flags { rows, counts, complaints: waiting, regions, more })
}
