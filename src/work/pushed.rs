//! Records that are sent as they happen: which days are whole, so that something follows from what is missing in them.
//!
//! Each push is a batch that covers nothing. Once whoever sends them says that some days are whole, one more batch
//! covers these: its records of each day are those of all pushes, and it is held where they are far fewer than usual.

use super::batches;
use super::import::{Imported, batch_id, journal};
use super::records::{Covers, RecordFile, hold_if_short};
use super::{Content, Context, Done};
use crate::config::OfficeSource;
use crate::evidence::rows::source_kinds;
use crate::model::record::Batch;
use crate::model::{MACHINE, Sha256, Trouble};
use crate::said;
use crate::table::TemplateKind;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Journals that all pushes of these days have come. Days that were covered so before are covered again only where
/// more came since.
///
/// # Errors
/// A day that is not over, or a span that no period of a source is.
pub async fn cover(ctx: &Context, source: &OfficeSource, span: (NaiveDate, NaiveDate)) -> Done<Imported> {
    let office = ctx.office(&source.office)?;
    let today = ctx.now().day(office.zone);
    if span.0 > span.1 || span.1 >= today {
        return Err(Trouble::new(said!(
            "days that are whole lie before today, {today}, the first one first",
            "已完整的日期应早于今天（{today}），且起始日不晚于截止日"
        ))
        .in_field("covers")
        .into());
    }
    let mut tx = ctx.store.begin().await?;
    tx.one_import_at_a_time(&source.source.id).await?;
    let days: BTreeMap<NaiveDate, u64> = tx.pushed_days(&source.source.id, span).await?.into_iter().collect();
    let name = format!("{}..{}", span.0, span.1);
    // The same days with the same records are the same batch.
    let sha = Sha256::of(format!("{name}\n{days:?}").as_bytes());
    let kind = source_kinds_template(source);
    let read = days.values().sum();
    let mut out = Imported {
        kind: kind.code().to_owned(),
        file: name.clone(),
        read,
        known: read,
        span: Some(span),
        batch: batch_id(kind.code(), Some(&source.source.id), &sha, 0),
        ..Imported::default()
    };
    if let Some(before) = tx.batches_of_file(kind.code(), &sha, Some(&source.source.id)).await?.first() {
        (out.seen_before, out.complete) = (true, before.complete != 0);
        return Ok(out);
    }
    let file = RecordFile {
        covers: Covers::Days(span.0, span.1),
        ..RecordFile::new(kind, source, &name, Content::bytes(Vec::new()))
    };
    hold_if_short(ctx, &mut tx, &file, &days, office.zone, &mut out).await?;
    journal(ctx, &mut tx, &out, &sha, Some(&office.id), Some(&source.source.id)).await?;
    tx.add_batch_days(&out.batch, &days.into_iter().collect::<Vec<_>>()).await?;
    if !out.complete {
        tx.add_batch_step(&out.batch, "held", MACHINE, "far fewer rows than usual", ctx.now()).await?;
    }
    let batch = Batch {
        id: out.batch.clone(),
        source: source.source.id.clone(),
        seen: ctx.now(),
        covers_from: span.0,
        covers_to: span.1,
        complete: out.complete,
    };
    batches::look_again(&mut tx, &batch, office.zone).await?;
    tx.commit().await?;
    Ok(out)
}

/// The template whose rows such a source has.
fn source_kinds_template(source: &OfficeSource) -> TemplateKind {
    let brings = |kind: &TemplateKind| source_kinds(*kind).contains(&source.source.kind);
    TemplateKind::ALL.into_iter().find(brings).unwrap_or(TemplateKind::Attendance)
}
