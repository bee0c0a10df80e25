//! What came in: files, the newest first, and how far each source speaks.

use super::{in_sight, offices};
use crate::evidence::coverage::overdue_of_day;
use crate::model::record::{Cadence, SourceKind};
use crate::model::viewer::Scope;
use crate::model::{OfficeId, Timestamp};
use crate::store::{BatchRow, BatchStep, Ids};
use crate::work::judge_case::workdays;
use crate::work::{Context, Done};
use chrono::NaiveDate;

/// Sources of more offices than this are looked at office by office.
const OFFICES: usize = 60;

pub struct Imports {
    pub rows: Vec<BatchRow>,
    pub sources: Vec<SourceLook>,
    pub more: bool,
}

pub struct SourceLook {
    pub office: OfficeId,
    pub id: String,
    pub kind: SourceKind,
    pub cadence: Cadence,
    /// Up to which day complete files speak.
    pub until: Option<NaiveDate>,
    pub seen: Option<Timestamp>,
    /// From when on it is overdue for the day after.
    pub due: Option<Timestamp>,
    pub overdue: bool,
}

/// Before the last one of the page before: when it was seen, and its id.
pub async fn imports(
    ctx: &Context,
    scope: &Scope,
    office: Option<&str>,
    before: Option<(Timestamp, &str)>,
    most: i64,
) -> Done<Imports> {
    let mut tx = ctx.store.read().await?;
    let mut rows = tx.look_imports(offices(ctx, scope).as_ref(), before, most.saturating_add(1)).await?;
    let more = i64::try_from(rows.len()).is_ok_and(|n| n > most);
    rows.truncate(usize::try_from(most).unwrap_or(0));
    let seen = in_sight(ctx, scope);
    let shown: Vec<_> = match seen.len() > OFFICES {
        true => super::chosen(ctx, scope, office).into_iter().collect(),
        false => seen,
    };
    let own: Vec<_> =
        ctx.config.sources.iter().filter(|one| shown.iter().any(|office| office.id == one.office)).collect();
    let covered = tx.covered_until(&Ids::new(own.iter().map(|one| one.source.id.as_str()))).await?;
    let mut sources = Vec::new();
    for one in own {
        let office = ctx.office(&one.office)?;
        let (zone, workdays) = (office.zone, workdays(ctx.calendar.of(&office.region)));
        let (until, seen) = covered.get(one.source.id.as_str()).copied().unwrap_or_default();
        let next = until.and_then(|day| day.succ_opt());
        let due = next.and_then(|day| overdue_of_day(&one.source, day, zone, &workdays));
        sources.push(SourceLook {
            office: one.office.clone(),
            id: one.source.id.to_string(),
            kind: one.source.kind,
            cadence: one.source.cadence,
            overdue: due.is_some_and(|due| due <= ctx.now()),
            until,
            seen,
            due,
        });
    }
    sources.sort_by_key(|source| (!source.overdue, source.office.clone(), source.id.clone()));
    Ok(Imports { rows, sources, more })
}

/// One import and what people said about it. `None`: there is none, or none in sight.
pub async fn import(ctx: &Context, scope: &Scope, id: &str) -> Done<Option<(BatchRow, Vec<BatchStep>)>> {
    let mut tx = ctx.store.read().await?;
    let Some(batch) = tx.batches_among(&Ids::new([id])).await?.pop() else { return Ok(None) };
    let office = batch.office.as_ref().and_then(|id| id.parse::<OfficeId>().ok());
    let seen = match &office {
        Some(office) => scope.sees(office),
        None => offices(ctx, scope).is_none(),
    };
    if !seen {
        return Ok(None);
    }
    let steps = tx.batch_steps(&batch.id).await?;
    Ok(Some((batch, steps)))
}
