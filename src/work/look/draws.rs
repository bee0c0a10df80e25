//! Windows: sealed, drawn, revealed, void; and one of them whole, with its proof.

use super::PAGE;
use crate::config::Office;
use crate::draw::bundle::BundleKind;
use crate::draw::verify::check;
use crate::model::register::Name;
use crate::model::viewer::Scope;
use crate::model::{Kind, Line, OfficeId, Said, WindowId};
use crate::said;
use crate::store::{LineCount, LineRow, SealRow, WindowLook};
use crate::work::bundles::{self, Listed, Stage};
use crate::work::verify::log_file::Log;
use crate::work::verify::{Series, Source, Verdict, Wanted};
use crate::work::windows::damaged;
use crate::work::{Context, Done};
use chrono::{Days, NaiveDate};

/// Days of one page.
const DAYS: u64 = 14;
/// Windows are sealed so long before their day at most.
const AHEAD: u64 = 14;

pub struct Draws {
    pub windows: Vec<WindowLook>,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// Windows of two weeks up to a day; by default up to the last one that is sealed.
pub async fn draws(ctx: &Context, office: &Office, until: Option<NaiveDate>) -> Done<Draws> {
    let today = ctx.now().day(office.zone);
    let mut tx = ctx.store.read().await?;
    // Where nothing was sealed for long, the last windows that there were.
    let last = match until {
        Some(_) => until,
        None => tx.last_window_day(&office.id).await?.filter(|last| (today - *last).num_days() >= DAYS.cast_signed()),
    };
    let to = last.unwrap_or_else(|| today.checked_add_days(Days::new(AHEAD)).unwrap_or(today));
    let from = last.unwrap_or(today).checked_sub_days(Days::new(DAYS - 1)).unwrap_or(to);
    let windows = tx.look_windows(&office.id, from, to).await?;
    Ok(Draws { windows, from, to })
}

pub struct DrawLook<'a> {
    pub window: WindowLook,
    pub office: &'a Office,
    pub seal: Option<SealRow>,
    /// What the beacon was, once it is fixed.
    pub beacon: Option<String>,
    /// Commitment to the list, as the log has it.
    pub list: Option<String>,
    pub counts: Vec<LineCount>,
    /// Drawn places; empty before the draw, and for who may not see them yet.
    pub lines: Vec<DrawnLine>,
    /// Whether somebody may see them.
    pub names: bool,
    /// The last place of this page, where there are more.
    pub more: Option<String>,
}

pub struct DrawnLine {
    pub row: LineRow,
    pub village: Name,
    pub team: Name,
}

/// Who sees what was drawn: the desk and the head at once, auditors once its day is over, others never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sees {
    Now,
    Afterwards,
    Never,
}

/// One window; its lines from after a place on. `None`: there is none, or none in sight.
pub async fn draw<'a>(
    ctx: &'a Context,
    scope: &Scope,
    id: &WindowId,
    sees: Sees,
    (after, most): (&str, i64),
) -> Done<Option<DrawLook<'a>>> {
    if !scope.sees(&id.office) {
        return Ok(None);
    }
    let Some(office) = ctx.config.office(&id.office) else { return Ok(None) };
    let mut tx = ctx.store.read().await?;
    let of_day = tx.look_windows(&id.office, id.day, id.day).await?;
    let Some(window) = of_day.into_iter().find(|window| window.id == *id) else { return Ok(None) };
    let names = match sees {
        Sees::Now => true,
        Sees::Afterwards => id.day < ctx.now().day(office.zone),
        Sees::Never => false,
    };
    let seal = tx.seal(id).await?;
    // Draw time is release time: before it there is no line, and of a void window none counts.
    let drawn = tx.draw(id).await?.filter(|_| window.void.is_none());
    let (mut counts, mut lines, mut more) = (Vec::new(), Vec::new(), None);
    if drawn.is_some() {
        counts = tx.line_counts(id).await?;
        if names {
            let rows = tx.some_lines_of_window(id, after, most.saturating_add(1)).await?;
            lines = rows.into_iter().map(named).collect();
        }
        if i64::try_from(lines.len()).is_ok_and(|n| n > most) {
            lines.pop();
            more = lines.last().map(|line| line.row.place.to_string());
        }
    }
    Ok(Some(DrawLook {
        beacon: if drawn.is_some() { tx.beacon(id).await?.map(|beacon| beacon.beacon) } else { None },
        list: drawn.map(|drawn| drawn.list_mac),
        window,
        office,
        seal,
        counts,
        lines,
        names,
        more,
    }))
}

fn named(row: LineRow) -> DrawnLine {
    let detail: Option<Line> = row.detail.as_deref().and_then(|detail| serde_json::from_str(detail).ok());
    let (village, team) = detail.map(|line| (line.village, line.team)).unwrap_or_default();
    DrawnLine { row, village, team }
}

/// Rows of a page, if not of a workbook.
pub const LINES: i64 = PAGE;

async fn ready(ctx: &Context, id: &WindowId) -> Done<Vec<Listed>> {
    let mut listed = bundles::of_day(ctx, &id.office, id.day).await?;
    listed.retain(|listed| listed.stage() == Stage::Ready);
    Ok(listed)
}

/// A window's bundle, and the one of the back-check that was drawn with it.
async fn lines_of(ctx: &Context, listed: &Listed, kind: BundleKind) -> Done<Vec<String>> {
    let mut lines = vec![bundles::bundle(ctx, listed, kind).await?];
    lines.extend(bundles::back_check_bundle(ctx, listed, kind).await?);
    Ok(lines)
}

/// The bundle of a window, once it can go out.
pub async fn bundle(ctx: &Context, scope: &Scope, id: &WindowId, kind: BundleKind) -> Done<Option<String>> {
    if !scope.sees(&id.office) {
        return Ok(None);
    }
    match ready(ctx, id).await?.iter().find(|listed| listed.window == *id) {
        Some(listed) => Ok(Some(lines_of(ctx, listed, kind).await?.join("\n"))),
        None => Ok(None),
    }
}

/// The windows of the day that can be computed again, against the office's log: what `verify` says of them. `None`:
/// this one cannot be yet.
pub async fn verify(ctx: &Context, scope: &Scope, id: &WindowId) -> Done<Option<Verdict>> {
    if !scope.sees(&id.office) {
        return Ok(None);
    }
    let listed = ready(ctx, id).await?;
    if !listed.iter().any(|listed| listed.window == *id) {
        return Ok(None);
    }
    let mut series = Series::new(Wanted { from: Some(id.day), to: Some(id.day), ..Wanted::default() });
    let (log, troubles) = log(ctx, &id.office).await?;
    series.add_log(log, troubles);
    for one in &listed {
        for (number, line) in (1..).zip(lines_of(ctx, one, BundleKind::Auditor).await?) {
            // Hashing the frame of a nation takes seconds, and others wait for this thread.
            let checked = tokio::task::spawn_blocking(move || serde_json::from_str(&line).map(|bundle| check(&bundle)));
            let source = Source { file: one.window.to_string(), line: number };
            match checked.await {
                Ok(Ok(checked)) => series.add_bundle(source, checked),
                Ok(Err(_)) | Err(_) => series.unreadable(source, said!("it could not be read", "无法读取")),
            }
        }
    }
    Ok(Some(series.finish()))
}

async fn log(ctx: &Context, office: &OfficeId) -> Done<(Log, Vec<(u64, Said)>)> {
    let (mut log, mut troubles) = (Log::new(office.as_str()), Vec::new());
    for (number, line) in (1..).zip(bundles::log(ctx, office).await?) {
        let line = serde_json::from_str(&line).map_err(|_| damaged("log"))?;
        troubles.extend(log.add(&line).err().map(|said| (number, said)));
    }
    Ok((log, troubles))
}

impl DrawLook<'_> {
    /// Lines of a kind, whatever became of them.
    pub fn number(&self, kind: Kind) -> i64 {
        self.counts.iter().filter(|count| count.kind == kind).map(|count| count.number).sum()
    }
}
