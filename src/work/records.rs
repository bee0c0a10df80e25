//! Imports of attendance, leave and rota: every record with its three times, each file once.

use super::import::{Imported, batch_id, journal};
use super::{Context, Done};
use crate::config::OfficeSource;
use crate::evidence::rows::{FiledRow, Item, Reading, read_records};
use crate::model::record::{Record, SourceKind, What};
use crate::model::time::DAY;
use crate::model::{OfficialId, Sha256, Timestamp, Trouble};
use crate::said;
use crate::store::{BatchRow, NewRecord, Tx};
use crate::table::TemplateKind;
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;
use std::ops::ControlFlow;

/// A file of records.
pub struct RecordFile<'a> {
    pub kind: TemplateKind,
    pub source: &'a OfficeSource,
    pub file: &'a str,
    pub bytes: &'a [u8],
    /// The days that the file covers, where whoever sends it says so; else first to last day in it.
    pub covers: Option<(NaiveDate, NaiveDate)>,
    /// A person says that the file is complete although it has few rows.
    pub complete: bool,
    pub dry_run: bool,
}

/// How many earlier batches of a source say what is usual.
const USUAL_OF: usize = 10;

/// Imports a file of records in one transaction.
///
/// # Errors
/// A file that cannot be read at all, or is of another kind than its source.
pub async fn import(ctx: &Context, file: &RecordFile<'_>) -> Done<Imported> {
    let office = ctx.office(&file.source.office)?;
    let source = &file.source.source;
    check_kind(file)?;
    let sha = Sha256::of(file.bytes);
    let kind = file.kind.code();
    let batch = batch_id(kind, Some(&source.id), &sha);
    let mut out =
        Imported { kind: kind.to_owned(), file: file.file.to_owned(), batch: batch.clone(), ..Imported::default() };
    let mut tx = ctx.store.begin().await?;
    if let Some(before) = tx.batch_of_file(kind, &sha, Some(&source.id)).await? {
        out.seen_before = true;
        out.complete = before.complete != 0 || file.complete;
        if file.complete && before.complete == 0 && !file.dry_run {
            tx.complete_batch(&before.id).await?;
            if let Some(batch) = before.batch()? {
                let (from, to) = (midnight(batch.covers_from, office.zone), midnight(batch.covers_to, office.zone));
                tx.look_again_at(None, from.minus(DAY), to.plus(2 * DAY)).await?;
            }
            tx.commit().await?;
        }
        return Ok(out);
    }
    let known = official_numbers(&mut tx).await?;
    let mut rows: Vec<FiledRow> = Vec::new();
    let reading = Reading { source: &source.id, zone: office.zone };
    let summary = read_records(
        file.kind,
        file.file,
        &mut Cursor::new(file.bytes),
        reading,
        &|text| known.get(text).cloned(),
        &mut |item| {
            match item {
                Item::Record(row) => rows.push(row),
                Item::Reject(reject) => out.rejects.push(reject),
            }
            ControlFlow::Continue(())
        },
    )?;
    out.read = summary.read;
    out.rejected = summary.rejected;
    out.warnings = summary.warnings;
    out.header = summary.columns.cells;
    out.span = file.covers.or(summary.span);
    let batches = tx.batches().await?;
    out.complete = file.complete || enough_rows(file, &batches, out.span, summary.kept);
    if !out.complete {
        out.warnings.push(
            Trouble::new(said!(
                "far fewer rows than usual: nothing is concluded from what is missing in it; if it is complete, import it again with --complete",
                "行数远少于平常：暂不据此认定缺勤；如确已完整，请加--complete重新导入"
            ))
            .in_file(file.file),
        );
    }
    for (official, (from, to)) in outside(&rows, out.span, office.zone) {
        // A release happens on the day of its windows; a day more each side for spans over midnight.
        tx.look_again_at(Some(&official), from.minus(2 * DAY), to.plus(DAY)).await?;
    }
    write(&mut tx, file, &batch, rows, &mut out).await?;
    if file.dry_run {
        return Ok(out);
    }
    journal(ctx, &mut tx, &out, &sha, Some(&office.id), Some(&source.id)).await?;
    tx.commit().await?;
    Ok(out)
}

/// What records say of other days than those that their file covers, by official: papers and corrections
/// that came late. What the file covers is judged again with the batch itself.
fn outside(
    rows: &[FiledRow],
    span: Option<(NaiveDate, NaiveDate)>,
    zone: chrono_tz::Tz,
) -> BTreeMap<OfficialId, (Timestamp, Timestamp)> {
    let mut found = BTreeMap::new();
    for row in rows {
        let (from, to) = match &row.what {
            What::Punch(punch) => (punch.at, punch.at),
            What::Paper(paper) => (paper.from, paper.to),
            What::Rota { from, to } => (*from, *to),
        };
        if span.is_some_and(|(first, last)| first <= from.day(zone) && to.day(zone) <= last) {
            continue;
        }
        let days = found.entry(row.official.clone()).or_insert((from, to));
        *days = (days.0.min(from), days.1.max(to));
    }
    found
}

fn midnight(day: NaiveDate, zone: chrono_tz::Tz) -> Timestamp {
    Timestamp::from_local(day.and_time(chrono::NaiveTime::MIN), zone)
}

fn check_kind(file: &RecordFile<'_>) -> Result<(), Trouble> {
    let kinds = crate::evidence::rows::source_kinds(file.kind);
    let source = &file.source.source;
    if kinds.contains(&source.kind) {
        return Ok(());
    }
    let (id, brings, given) = (&source.id, source.kind.code(), file.kind.code());
    Err(Trouble::new(said!(
        "the source “{id}” brings {brings}, and this was given as {given}: name the source that the file is from",
        "来源“{id}”提供{brings}，而此文件按{given}导入：请指明文件的来源"
    ))
    .in_file(file.file))
}

/// Officials by id and by the number in the devices.
async fn official_numbers(tx: &mut Tx) -> Done<HashMap<String, OfficialId>> {
    let mut known = HashMap::new();
    let officials = tx.officials().await?;
    for official in &officials {
        if let Some(number) = &official.device_number {
            known.insert(number.clone(), official.id.clone());
        }
    }
    known.extend(officials.into_iter().map(|o| (o.id.to_string(), o.id)));
    Ok(known)
}

/// Whether the file has about as many rows a day as the source's earlier batches.
fn enough_rows(file: &RecordFile<'_>, batches: &[BatchRow], span: Option<(NaiveDate, NaiveDate)>, kept: u64) -> bool {
    // Papers come and go; machines are there every day.
    if file.source.source.kind != SourceKind::Punch {
        return true;
    }
    let a_day = |rows: f64, from: NaiveDate, to: NaiveDate| rows / ((to - from).num_days() + 1).max(1) as f64;
    let mut usual: Vec<f64> = batches
        .iter()
        .rev()
        .filter(|b| b.source.as_deref() == Some(file.source.source.id.as_str()) && b.complete != 0)
        .take(USUAL_OF)
        .filter_map(|b| {
            let (from, to) = (b.covers_from.as_deref()?.parse().ok()?, b.covers_to.as_deref()?.parse().ok()?);
            Some(a_day((b.rows_new + b.rows_known) as f64, from, to))
        })
        .collect();
    usual.sort_by(f64::total_cmp);
    let (Some(median), Some((from, to))) = (usual.get(usual.len() / 2), span) else { return true };
    a_day(kept as f64, from, to) >= median * file.source.usual_rows_share
}

async fn write(tx: &mut Tx, file: &RecordFile<'_>, batch: &str, rows: Vec<FiledRow>, out: &mut Imported) -> Done<()> {
    let source = &file.source.source.id;
    let records = rows.into_iter().map(|row| {
        // A punch that was edited is another record beside the first one: neither is overwritten.
        let key = match &row.what {
            What::Punch(punch) => format!("{}/{}", punch.at.0, &row.version.hex()[..16]),
            What::Paper(_) | What::Rota { .. } => row.key,
        };
        NewRecord {
            key,
            record: Record {
                official: row.official,
                source: source.clone(),
                first_batch: batch.to_owned(),
                last_batch: batch.to_owned(),
                row: row.row,
                filed: row.filed,
                what: row.what,
            },
        }
    });
    if file.kind == TemplateKind::Attendance {
        let punches: Vec<NewRecord> = records.collect();
        let counted = tx.add_punches(&punches).await?;
        out.new = counted.touched;
        out.known = counted.given - counted.touched;
    } else {
        for record in records.collect::<Vec<_>>() {
            if tx.add_paper(&record).await? {
                out.new += 1;
            } else {
                out.known += 1;
            }
        }
    }
    Ok(())
}
