//! Records that are sent as they happen: which days are whole, so that something follows from what is missing in them.
//!
//! Each push is a batch that covers nothing. Once whoever sends them says that some days are whole, one more batch
//! covers these: its records of each day are those of all pushes, and it is held where they are far fewer than usual.
//! A program says so; devices say it by being there on the next day, with nothing more to send.

use super::batches;
use super::import::{Imported, batch_id, journal};
use super::records::{self, Covers, RecordFile, hold_if_short};
use super::{Content, Context, Done, Failure};
use crate::config::OfficeSource;
use crate::evidence::pushed::Pushed;
use crate::evidence::rows::source_kinds;
use crate::model::record::Batch;
use crate::model::time::{DAY, MINUTE};
use crate::model::{MACHINE, Sha256, Timestamp, Trouble};
use crate::said;
use crate::store::Heard;
use crate::table::TemplateKind;
use chrono::{NaiveDate, TimeDelta};
use std::collections::BTreeMap;

/// A device that sent nothing of a day before for so long has nothing more of it.
const QUIET: i64 = 30 * MINUTE;
/// After a longer silence a person says which days are whole.
const MOST_DAYS: i64 = 31;
/// Programs ask again within this time.
const REMEMBERED: i64 = 7 * DAY;

/// What became of a request.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// None where it brought no row.
    pub imported: Option<Imported>,
    pub covered: Option<Imported>,
}

/// Keeps what a request brings.
///
/// # Errors
/// The source takes no punches; days that are not over are said to be whole.
pub async fn take(ctx: &Context, source: &OfficeSource, name: &str, pushed: &Pushed) -> Done<Taken> {
    let mut taken = Taken::default();
    if !pushed.is_empty() {
        let bytes = pushed.file().map_err(|e| Failure::File("rows could not be written", e))?;
        let kind = TemplateKind::Attendance;
        let file = RecordFile { covers: Covers::Nothing, ..RecordFile::new(kind, source, name, Content::bytes(bytes)) };
        taken.imported = Some(records::import(ctx, &file).await?);
    }
    if let Some(span) = pushed.covers {
        taken.covered = Some(cover(ctx, source, span).await?);
    }
    Ok(taken)
}

/// What a program was answered under this key.
#[derive(Debug, PartialEq, Eq)]
pub enum Before {
    Never,
    Answered(String),
    /// Another request had the same key.
    Other,
}

pub async fn answered(ctx: &Context, token: &str, key: &str, body: &Sha256) -> Done<Before> {
    let before = ctx.store.read().await?.api_answer(token, key).await?;
    Ok(match before {
        None => Before::Never,
        Some((sha, answer)) if sha == *body => Before::Answered(answer),
        Some(_) => Before::Other,
    })
}

pub async fn remember(ctx: &Context, token: &str, key: &str, body: &Sha256, answer: &str) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    tx.forget_api_answers(ctx.now().minus(REMEMBERED)).await?;
    tx.add_api_answer(token, key, body, answer, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// A device was heard; `pushed` is what it sent, if anything. Where every device of the source was heard today and
/// none has sent anything of a day before for a while, the days until yesterday are whole.
pub async fn heard(
    ctx: &Context,
    source: &OfficeSource,
    serial: &str,
    stamp: Option<&str>,
    pushed: Option<&Pushed>,
) -> Done<Option<Imported>> {
    let zone = ctx.office(&source.office)?.zone;
    let (now, today) = (ctx.now(), ctx.now().day(zone));
    let late = pushed.and_then(Pushed::first_day).is_some_and(|day| day < today);
    let mut tx = ctx.store.begin().await?;
    let device = Heard {
        serial: serial.to_owned(),
        at: now,
        late: if late { now } else { Timestamp(0) },
        stamp: stamp.map(str::to_owned),
    };
    tx.hear_device(&source.source.id, &device).await?;
    let all = tx.devices_heard(&source.source.id).await?;
    let covered = tx.devices_covered(&source.source.id).await?;
    tx.commit().await?;
    let quiet = |serial: &String| {
        all.iter().any(|d| d.serial == *serial && d.at.day(zone) == today && now.0 - d.late.0 >= QUIET)
    };
    let Some(yesterday) = today.pred_opt().filter(|_| source.devices.iter().all(quiet)) else { return Ok(None) };
    let first = covered.and_then(|day| day.succ_opt()).map(|day| day.max(yesterday - TimeDelta::days(MOST_DAYS)));
    let imported = match first {
        Some(first) if first <= yesterday => Some(cover(ctx, source, (first, yesterday)).await?),
        Some(_) => return Ok(None),
        // They begin today: of what was before nobody knows anything.
        None => None,
    };
    let mut tx = ctx.store.begin().await?;
    tx.cover_by_devices(&source.source.id, yesterday).await?;
    tx.commit().await?;
    Ok(imported)
}

/// What a device was told last to go on from.
pub async fn stamp(ctx: &Context, source: &OfficeSource, serial: &str) -> Done<Option<String>> {
    let all = ctx.store.read().await?.devices_heard(&source.source.id).await?;
    Ok(all.into_iter().find(|device| device.serial == serial).and_then(|device| device.stamp))
}

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
    let kind = template_of(source);
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
fn template_of(source: &OfficeSource) -> TemplateKind {
    let brings = |kind: &TemplateKind| source_kinds(*kind).contains(&source.source.kind);
    TemplateKind::ALL.into_iter().find(brings).unwrap_or(TemplateKind::Attendance)
}
