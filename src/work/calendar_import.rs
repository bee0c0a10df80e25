//! A calendar file is brought in: what it changes is told, then it is kept beside the configuration.
//!
//! A daemon that runs has read its calendar when it started, and reads it again when it starts.

use super::calendars::{calendar, files_of, name_regions, with};
use super::{Context, Done};
use crate::files;
use crate::model::{Trouble, WindowId};
use crate::table::read::{Row, read_rows};
use crate::timing::{Calendar, DayKind};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// A day that is another one by the new file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub day: NaiveDate,
    /// Code of the region where it changes; empty for everywhere.
    pub region: String,
    pub before: DayKind,
    pub after: DayKind,
    /// Of the holiday, or of what is made up for.
    pub name: String,
}

/// What a file brings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brought {
    /// Years that are covered from now on, and those that are covered no more.
    pub years: Vec<i32>,
    pub years_lost: Vec<i32>,
    /// From today on.
    pub changes: Vec<Change>,
    /// Windows that are sealed, and lie on a day that will not be worked.
    pub void: Vec<WindowId>,
    /// Where it is kept; it takes the place of a file of the same name.
    pub kept: PathBuf,
}

/// Brings one file in, a workbook or a CSV in any charset; nothing is written in a dry run.
///
/// # Errors
/// It is no table, a row is wrong, a year is in another file, or nobody knows a region.
pub async fn import(ctx: &Context, path: &Path, dry_run: bool) -> Done<Brought> {
    let shown = path.display().to_string();
    let text = text_of(path, &shown)?;
    // A name that begins with a dot would be nobody's.
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().trim_start_matches('.').to_owned());
    let name = stem.filter(|stem| !stem.is_empty()).unwrap_or_else(|| "calendar".to_owned());
    let kept = ctx.config.calendar.folder.join(format!("{name}.csv"));
    let mut after = Calendar::default();
    for other in files_of(&ctx.config)?.iter().filter(|other| **other != kept) {
        after = with(after, &other.display().to_string(), &files::read_text(other, files::SETTINGS)?)?;
    }
    let mut after = with(after, &shown, &text)?.or_shipped();
    let mut before = calendar(&ctx.config)?;
    for one in [&mut before, &mut after] {
        name_regions(one, &ctx.config, &ctx.store).await?;
    }
    let first = ctx.config.offices.first().map_or(chrono_tz::Tz::UTC, |office| office.zone);
    let mut brought = Brought { changes: changes(&before, &after, ctx.now().day(first)), kept, ..Brought::default() };
    let (old, new): (BTreeSet<i32>, BTreeSet<i32>) = (before.years().collect(), after.years().collect());
    brought.years.extend(new.difference(&old));
    brought.years_lost.extend(old.difference(&new));
    for id in ctx.store.read().await?.windows_ahead(ctx.now()).await? {
        let Some(office) = ctx.config.office(&id.office) else { continue };
        if after.of(&office.region).is_workday(id.day) == Ok(false) {
            brought.void.push(id);
        }
    }
    if !dry_run {
        let folder = &ctx.config.calendar.folder;
        std::fs::create_dir_all(folder).map_err(|e| files::unwritable(folder, &e).in_field("calendar.folder"))?;
        files::write(&brought.kept, text.as_bytes(), files::How { force: true, private: false })?;
    }
    Ok(brought)
}

/// The table as the calendar's own text, each row on the line of its number.
fn text_of(path: &Path, shown: &str) -> Result<String, Trouble> {
    let bytes = files::read(path, files::SETTINGS)?;
    let (mut text, mut lines, mut damage) = (String::new(), 0, None);
    let mut width = None;
    let mut written = |row: &Row| {
        if let Some(said) = &row.damage {
            damage = Some(Trouble::new(said.clone()).in_file(shown).at_row(row.number));
            return ControlFlow::Break(());
        }
        while lines + 1 < row.number {
            text.push('\n');
            lines += 1;
        }
        let used = row.cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
        let width = *width.get_or_insert(used);
        let cells = row.cells.iter().take(used).map(|cell| cell.replace(['\r', '\n'], " "));
        let padded = cells.chain(std::iter::repeat_n(String::new(), width.saturating_sub(used)));
        let quoted: Vec<String> = padded.map(|cell| quoted(cell.trim())).collect();
        text.push_str(&quoted.join(","));
        text.push('\n');
        lines += 1;
        ControlFlow::Continue(())
    };
    read_rows(shown, &mut bytes.as_slice(), &mut written)?;
    damage.map_or(Ok(text), Err)
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// Days of years that both cover. What changes everywhere is told once.
fn changes(before: &Calendar, after: &Calendar, today: NaiveDate) -> Vec<Change> {
    let both: BTreeSet<i32> = before.years().filter(|year| after.years().any(|other| other == *year)).collect();
    let (Some(first), Some(last)) = (both.first(), both.last()) else { return Vec::new() };
    let start = NaiveDate::from_ymd_opt(*first, 1, 1).map_or(today, |start| start.max(today));
    let regions: BTreeSet<&str> = before.named_regions().chain(after.named_regions()).collect();
    let kinds = |day, region: &str| match region {
        "" => Some((before.day_kind(day).ok()?, after.day_kind(day).ok()?)),
        _ => Some((before.of(region).day_kind(day).ok()?, after.of(region).day_kind(day).ok()?)),
    };
    let mut changes = Vec::new();
    for day in start.iter_days().take_while(|day| day.year() <= *last) {
        let everywhere = kinds(day, "");
        for region in std::iter::once("").chain(regions.iter().copied()) {
            let Some((before, kind)) = kinds(day, region).filter(|(before, kind)| before != kind) else { continue };
            if region.is_empty() || everywhere != Some((before, kind)) {
                let there = if region.is_empty() { after } else { after.of(region) };
                let name = there.name_of(day).unwrap_or_default().to_owned();
                changes.push(Change { day, region: region.to_owned(), before, after: kind, name });
            }
        }
    }
    changes
}
