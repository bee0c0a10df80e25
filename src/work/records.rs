//! Imports of attendance, leave and rota: every record with its three times, each file once.
//!
//! A file is read on a thread of its own and its records come in chunks, so that its length costs no memory;
//! all of them are one transaction.

use super::batches::released_around;
use super::gathered::{self, Chunks, SpeaksOf, TellsOf};
use super::import::{Imported, batch_id, journal};
use super::read_ahead::Ahead;
use super::{Content, Context, Done, Failure, mappings, usual};
use crate::config::{Office, OfficeSource};
use crate::evidence::rows::{Summary, read_records, source_kinds};
use crate::evidence::who::{Register, Search};
use crate::model::record::SourceKind;
use crate::model::time::DAY;
use crate::model::{MACHINE, Said, Sha256, Trouble};
use crate::said;
use crate::store::{BatchRow, Tx};
use crate::table::TemplateKind;
use crate::table::mapping::{Mapping, Wanted};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Of which days a file says what is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covers {
    /// From the first to the last day in it.
    Own,
    /// From one to the other, as whoever sends it says.
    Days(NaiveDate, NaiveDate),
    /// Of none: rows that are sent as they happen. [`super::pushed`] says later which days are whole.
    Nothing,
}

impl Covers {
    fn said(self) -> Option<(NaiveDate, NaiveDate)> {
        match self {
            Covers::Days(from, to) => Some((from, to)),
            Covers::Own | Covers::Nothing => None,
        }
    }
}

impl From<Option<(NaiveDate, NaiveDate)>> for Covers {
    fn from(said: Option<(NaiveDate, NaiveDate)>) -> Covers {
        said.map_or(Covers::Own, |(from, to)| Covers::Days(from, to))
    }
}

/// A file of records.
pub struct RecordFile<'a> {
    pub kind: TemplateKind,
    /// The layout, where a person says it; else it is recognised.
    pub map: Option<&'a str>,
    pub source: &'a OfficeSource,
    pub file: &'a str,
    pub content: Content,
    pub covers: Covers,
    /// A person says that the file is complete although it has few rows.
    pub complete: bool,
    /// Why nothing is to be concluded from what is missing in it until a person says so.
    pub doubt: Option<&'a Said>,
    pub dry_run: bool,
}

impl<'a> RecordFile<'a> {
    /// A file about which nobody says anything more.
    pub fn new(kind: TemplateKind, source: &'a OfficeSource, file: &'a str, content: Content) -> RecordFile<'a> {
        RecordFile {
            kind,
            map: None,
            source,
            file,
            content,
            covers: Covers::Own,
            complete: false,
            doubt: None,
            dry_run: false,
        }
    }
}

/// Records that are handed over together.
const CHUNK: usize = 2_000;
/// Of those what may wait to be gathered.
const AHEAD: usize = 16;
/// Imports a file of records in one transaction.
///
/// # Errors
/// A file that cannot be read at all, that has no known layout, or is of another kind than its source.
pub async fn import(ctx: &Context, file: &RecordFile<'_>) -> Done<Imported> {
    let office = ctx.office(&file.source.office)?;
    let source = &file.source.source;
    check_kind(file)?;
    let mappings = mappings::of(&ctx.config)?;
    let kind = file.kind.code();
    let mut out = Imported { kind: kind.to_owned(), file: file.file.to_owned(), ..Imported::default() };
    // Read before the write, for which all others wait.
    let (sha, register) = tokio::try_join!(sha(file), ctx.registers.everybody(ctx, ctx.now().day(office.zone)))?;
    let mut tx = ctx.store.begin().await?;
    tx.one_import_at_a_time(&source.id).await?;
    let earlier = tx.batches_of_file(kind, &sha, Some(&source.id)).await?;
    let same = earlier.iter().find(|batch| is_same(batch, file, &mappings));
    if let Some(before) = same.filter(|batch| batch.rows_rejected == 0) {
        return seen_before(ctx, tx, file, before, out).await;
    }
    out.batch = batch_id(kind, Some(&source.id), &sha, earlier.len());
    let (chunks, reading) = read(file, mappings, register, office.zone);
    let everybody = speaks_of_all(source.kind) && file.covers != Covers::Nothing;
    let tells_of = TellsOf { everybody, covers: file.covers.said(), zone: office.zone };
    let told = gathered::store(&mut tx, &source.id, chunks, &tells_of, &mut out).await?;
    (out.rejects, out.preview) = (told.rejects, told.preview);
    let summary = reading.await.map_err(|e| Failure::File("a file was not read", std::io::Error::other(e)))??;
    tell(file, &summary, &mut out);
    if let Some(before) = same.filter(|before| brings_nothing(&out, before)) {
        // Of what was read again nothing is kept.
        drop(tx);
        return seen_before(ctx, ctx.store.begin().await?, file, before, out).await;
    }
    hold_if_short(ctx, &mut tx, file, &summary.days, office.zone, &mut out).await?;
    if file.dry_run {
        return Ok(out);
    }
    look_again(&mut tx, source.kind, &told.speaks_of, out.span, office.zone).await?;
    journal(ctx, &mut tx, &out, &sha, Some(&office.id), Some(&source.id)).await?;
    let days: Vec<(NaiveDate, u64)> = summary.days.into_iter().collect();
    tx.add_batch_days(&out.batch, &days).await?;
    if file.complete {
        tx.add_batch_step(&out.batch, "complete", "import", "--complete", ctx.now()).await?;
    } else if !out.complete {
        let why = file.doubt.map_or("far fewer rows than usual", |doubt| &doubt.en);
        tx.add_batch_step(&out.batch, "held", MACHINE, why, ctx.now()).await?;
    }
    for before in &earlier {
        // What the same file had already came with it then, and not late.
        let instead = same.is_some_and(|same| same.id == before.id);
        replace(ctx, &mut tx, before, (&out, instead), office).await?;
    }
    tx.commit().await?;
    Ok(out)
}

async fn sha(file: &RecordFile<'_>) -> Done<Sha256> {
    let content = file.content.clone();
    let sha = tokio::task::spawn_blocking(move || content.sha()).await.map_err(std::io::Error::other).flatten();
    sha.map_err(|e| not_read(file.file, &e).into())
}

/// Whether an earlier import of the file said all that this one would: the same days, the same layout.
fn is_same(before: &BatchRow, file: &RecordFile<'_>, mappings: &[Mapping]) -> bool {
    let day = |day: NaiveDate| Some(day.to_string());
    let same_days = file
        .covers
        .said()
        .is_none_or(|(from, to)| (before.covers_from.clone(), before.covers_to.clone()) == (day(from), day(to)));
    let layout = before.layout.as_deref().unwrap_or(file.kind.code());
    // What an older version of a mapping made of a file is read again by the newer one.
    let still = file.kind.code() == layout || mappings.iter().any(|mapping| mapping.id() == layout);
    let name = layout.split('/').next().unwrap_or(layout);
    same_days && still && file.map.is_none_or(|map| map == name)
}

/// A file of which rows were rejected is read again when it comes again, for the register may have been put right since;
/// whether that brought nothing new.
fn brings_nothing(out: &Imported, before: &BatchRow) -> bool {
    out.new == 0
        && out.changed == 0
        && i64::try_from(out.rejected).is_ok_and(|rejected| rejected >= before.rows_rejected)
}

async fn seen_before(
    ctx: &Context,
    mut tx: Tx,
    file: &RecordFile<'_>,
    before: &BatchRow,
    mut out: Imported,
) -> Done<Imported> {
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    out.seen_before = true;
    out.batch.clone_from(&before.id);
    out.layout.clone_from(&before.layout);
    out.warnings.clear();
    out.complete = before.complete != 0 || file.complete;
    (out.read, out.known, out.rejected) =
        (count(before.rows_read), count(before.rows_new + before.rows_known), count(before.rows_rejected));
    if file.complete && before.complete == 0 && !file.dry_run {
        super::batches::declare(ctx, &mut tx, before, "import", "--complete").await?;
        tx.commit().await?;
    }
    Ok(out)
}

/// A file that is imported again for other days corrects what it covers: the earlier batch then speaks of nothing
/// that is missing in it, unless the new one speaks of all its days and is not the same file read again (`instead`). Two
/// days without a record give the same bytes: under another name they are another file.
async fn replace(
    ctx: &Context,
    tx: &mut Tx,
    before: &BatchRow,
    (out, instead): (&Imported, bool),
    office: &Office,
) -> Done<()> {
    let (Some(batch), Some((from, to))) = (before.batch()?, out.span) else { return Ok(()) };
    if before.rows_read == 0 && before.file_name != out.file {
        return Ok(());
    }
    if !batch.complete || (!instead && from <= batch.covers_from && batch.covers_to <= to) {
        return Ok(());
    }
    tx.set_complete(&before.id, false).await?;
    tx.add_batch_step(&before.id, "replaced", "import", &out.batch, ctx.now()).await?;
    super::batches::look_again(tx, &batch, office.zone).await
}

type Reading = tokio::task::JoinHandle<Result<Summary, Trouble>>;

/// Reads the file on a thread of its own; it stops where nobody takes the chunks any more.
fn read(file: &RecordFile<'_>, mappings: Vec<Mapping>, register: Arc<Register>, zone: Tz) -> (Chunks, Reading) {
    let (send, chunks) = mpsc::channel(AHEAD);
    let (kind, map, name, content) =
        (file.kind, file.map.map(str::to_owned), file.file.to_owned(), file.content.clone());
    let reading = tokio::task::spawn_blocking(move || {
        let register = Search::of(register);
        let wanted = Wanted { kinds: &[kind], mappings: &mappings, map: map.as_deref() };
        let mut chunk = Vec::with_capacity(CHUNK);
        let mut each = |item| {
            chunk.push(item);
            let full = chunk.len() == CHUNK;
            if full && send.blocking_send(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK))).is_err() {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        };
        let summary = read_records(&wanted, &name, &|| content.open(), &Ahead, zone, &register, &mut each);
        if !chunk.is_empty() {
            // Where nobody takes it, the trouble is told there.
            let _ = send.blocking_send(chunk);
        }
        summary
    });
    (chunks, reading)
}

/// Whether what a source lacks says something of everybody, and not only what it has of those in it.
fn speaks_of_all(kind: SourceKind) -> bool {
    matches!(kind, SourceKind::Punch | SourceKind::Rota)
}

/// Verdicts that the file may change are judged again.
async fn look_again(
    tx: &mut Tx,
    kind: SourceKind,
    speaks_of: &SpeaksOf,
    span: Option<(NaiveDate, NaiveDate)>,
    zone: Tz,
) -> Done<()> {
    if kind.note().is_some() {
        // No verdict asks for it.
        return Ok(());
    }
    // A release happens on the day of its windows; a day more for spans over midnight.
    let of_one: Vec<_> =
        speaks_of.iter().map(|(official, (from, to))| (official, from.minus(2 * DAY), to.plus(DAY))).collect();
    tx.look_again_at(&of_one).await?;
    let Some(span) = span else { return Ok(()) };
    let (from, to) = released_around(span, zone);
    match speaks_of_all(kind) {
        true => tx.look_again_between(from, to).await?,
        false => tx.look_again_waiting(from, to).await?,
    }
    Ok(())
}

fn tell(file: &RecordFile<'_>, summary: &Summary, out: &mut Imported) {
    out.read = summary.read;
    out.rejected = summary.rejected;
    out.silent = summary.silent;
    out.warnings.clone_from(&summary.found.warnings);
    out.header.clone_from(&summary.found.head.cells);
    out.layout = Some(summary.found.layout.clone());
    out.span = match file.covers {
        Covers::Own => summary.span(),
        Covers::Days(from, to) => Some((from, to)),
        Covers::Nothing => None,
    };
    if out.rejected > out.rejects.len() as u64 {
        let kept = out.rejects.len();
        out.warnings.push(
            Trouble::new(said!(
                "of the rejected rows only the first {kept} are set aside: correct what they have in common, and import the file again",
                "未导入的行太多，只留下前{kept}行：请更正其共同问题后重新导入"
            ))
            .in_file(file.file),
        );
    }
}

/// Days that a warning names.
const NAMED_DAYS: usize = 5;

/// A batch that is doubted, or in which a day has far fewer records than usual, covers nothing until a person says so.
pub(super) async fn hold_if_short(
    ctx: &Context,
    tx: &mut Tx,
    file: &RecordFile<'_>,
    days: &BTreeMap<NaiveDate, u64>,
    zone: Tz,
    out: &mut Imported,
) -> Done<()> {
    let source = &file.source.source;
    if let Some(doubt) = file.doubt {
        out.complete = false;
        out.warnings.push(Trouble::new(doubt.clone()).in_file(file.file));
        return Ok(());
    }
    out.complete = true;
    // Papers come and go; machines are there every day.
    let (SourceKind::Punch, Some(span), false) = (source.kind, out.span, file.complete) else { return Ok(()) };
    let calendar = ctx.calendar.of(&ctx.office(&file.source.office)?.region);
    let (today, share) = (ctx.now().day(zone), file.source.usual_rows_share);
    let own_dates = file.covers == Covers::Own;
    if !usual::is_a_period(span, today) || (own_dates && usual::is_sparse(days, span, calendar)) {
        let (from, to) = span;
        out.complete = false;
        out.warnings.push(
            Trouble::new(said!(
                "the rows lie between {from} and {to}, which is no period that the file fills: look for a stray date; nothing is concluded from what is missing in the file; import it again with the days that it covers: --covers FROM..TO",
                "记录日期从{from}到{to}，并非文件所填满的已结束期间：请检查有无错误日期；暂不据此文件认定缺勤；请用--covers 起..止 注明所涵盖的日期后重新导入"
            ))
            .in_file(file.file),
        );
        return Ok(());
    }
    // Where nobody named the span, of the days in it too: a day that another file filled is not empty because this
    // one has little of it.
    let until = if own_dates { span.1.succ_opt().unwrap_or(span.1) } else { span.0 };
    let earlier = tx.usual_days(&source.id, until, usual::USUAL_OF).await?;
    let short = usual::short_days(&earlier, days, span, today, share, calendar);
    if short.is_empty() {
        return Ok(());
    }
    out.complete = false;
    let named = short.iter().take(NAMED_DAYS).map(|s| format!("{} ({}/{})", s.day, s.records, s.usual));
    let more = if short.len() > NAMED_DAYS { ", …" } else { "" };
    let (days, batch) = (named.collect::<Vec<_>>().join(", ") + more, &out.batch);
    out.warnings.push(
        Trouble::new(said!(
            "far fewer rows than usual on {days}: nothing is concluded from what is missing in the file; if it is complete, say so with `spotcheck batches complete {batch}`, or import it again with --complete",
            "{days}的行数远少于平常：暂不据此文件认定缺勤；如确已完整，请用“spotcheck batches complete {batch}”确认，或加--complete重新导入"
        ))
        .in_file(file.file),
    );
    Ok(())
}

fn check_kind(file: &RecordFile<'_>) -> Result<(), Trouble> {
    let kinds = source_kinds(file.kind);
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

pub(super) fn not_read(file: &str, error: &std::io::Error) -> Trouble {
    let said = match error.kind() {
        std::io::ErrorKind::NotFound => said!("there is no such file", "找不到该文件"),
        _ => said!("the file cannot be read: {error}", "文件无法读取：{error}"),
    };
    Trouble::new(said).in_file(file)
}
