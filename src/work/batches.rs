//! Batches of records: what each covers, and what a person says about one that has few rows.

use super::signed::{self, signed};
use super::{Context, Done};
use crate::model::Timestamp;
use crate::model::record::Batch;
use crate::model::time::DAY;
use crate::store::{BatchRow, BatchStep, Ids, Tx};
use chrono::NaiveDate;
use chrono_tz::Tz;

/// What became of a batch that a person spoke about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declared {
    Complete,
    /// It was complete before.
    Already,
    /// No batch, or several, have an id that begins so.
    Unknown,
}

/// Batches with what was said about them, the newest first.
pub async fn list(ctx: &Context, held: bool) -> Done<Vec<(BatchRow, Vec<BatchStep>)>> {
    let mut tx = ctx.store.read().await?;
    let mut listed = Vec::new();
    for batch in tx.batches().await?.into_iter().rev().filter(|batch| !held || batch.complete == 0) {
        let steps = tx.batch_steps(&batch.id).await?;
        listed.push((batch, steps));
    }
    Ok(listed)
}

/// A person says that a batch is complete although it has few rows: from now on what is missing in it was not there.
///
/// # Errors
/// Nobody who says so, or no reason.
pub async fn complete(ctx: &Context, id: &str, by: &str, reason: &str) -> Done<Declared> {
    let (by, reason) = (&signed(by, "--by")?, &signed::reason(reason, "--reason")?);
    let mut tx = ctx.store.begin().await?;
    let mut found = tx.batches_among(&Ids::new([id])).await?;
    if found.is_empty() && !id.is_empty() {
        found = tx.batches().await?;
        found.retain(|batch| batch.id.starts_with(id));
    }
    let (Some(batch), true) = (found.pop(), found.is_empty()) else { return Ok(Declared::Unknown) };
    if batch.complete != 0 {
        return Ok(Declared::Already);
    }
    declare(ctx, &mut tx, &batch, by, reason).await?;
    tx.commit().await?;
    Ok(Declared::Complete)
}

pub(super) async fn declare(ctx: &Context, tx: &mut Tx, batch: &BatchRow, by: &str, reason: &str) -> Done<()> {
    tx.set_complete(&batch.id, true).await?;
    tx.add_batch_step(&batch.id, "complete", by, reason, ctx.now()).await?;
    let Some(known) = batch.batch()? else { return Ok(()) };
    let zone = batch.office.as_ref().and_then(|id| id.parse().ok()).and_then(|id| ctx.config.office(&id));
    look_again(tx, &known, zone.map_or(Tz::UTC, |office| office.zone)).await
}

/// Verdicts on the days that a batch covers are looked at again.
pub(super) async fn look_again(tx: &mut Tx, batch: &Batch, zone: Tz) -> Done<()> {
    let (from, to) = released_around((batch.covers_from, batch.covers_to), zone);
    Ok(tx.look_again_between(from, to).await?)
}

/// When assignments were released whose lines records of some days speak of: a release happens on the day of its
/// windows; a day more each side for spans over midnight.
pub(super) fn released_around((first, last): (NaiveDate, NaiveDate), zone: Tz) -> (Timestamp, Timestamp) {
    let midnight = |day: NaiveDate| Timestamp::from_local(day.and_time(chrono::NaiveTime::MIN), zone);
    (midnight(first).minus(DAY), midnight(last).plus(2 * DAY))
}
