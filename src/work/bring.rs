//! A file that a person brings: a register or records, by which layout, from which source.

use super::import::Imported;
use super::records::{self, RecordFile};
use super::roster::{self, Roster};
use super::{Content, Context, Done, mappings};
use crate::config::OfficeSource;
use crate::model::{SourceId, Trouble};
use crate::registry::Mode;
use crate::said;
use crate::table::TemplateKind;
use crate::table::mapping::Wanted;
use crate::table::mapping::recognise::choose;
use chrono::NaiveDate;

/// A file, and what a person says about it.
pub struct Brought<'a> {
    pub kind: TemplateKind,
    pub file: &'a str,
    pub content: Content,
    /// The source of records; not needed where only one fits.
    pub source: Option<&'a str>,
    /// Their layout, where it is not recognised.
    pub map: Option<&'a str>,
    /// First and last day that records cover.
    pub covers: Option<(NaiveDate, NaiveDate)>,
    /// The day that a roster speaks of; today by default.
    pub day: Option<NaiveDate>,
    /// The roster is whole: who is not in it is gone.
    pub full: bool,
    pub complete: bool,
    pub dry_run: bool,
}

/// Whether a kind of file holds records, and not a register.
pub fn of_records(kind: TemplateKind) -> bool {
    matches!(kind, TemplateKind::Attendance | TemplateKind::Leave | TemplateKind::Rota | TemplateKind::Notes)
}

/// Imports it, or says what it would do.
///
/// # Errors
/// A file that cannot be read at all, a source that is none, days that have not come.
pub async fn bring(ctx: &Context, brought: &Brought<'_>) -> Done<Imported> {
    let zone = ctx.config.offices.first().map_or(chrono_tz::Tz::UTC, |o| o.zone);
    let today = ctx.now().day(zone);
    let (kind, file) = (brought.kind, brought.file);
    if of_records(kind) {
        refuse_future(kind, brought.covers, today)?;
        let source = source(ctx, brought)?;
        let record = RecordFile {
            kind,
            map: brought.map,
            covers: brought.covers.into(),
            complete: brought.complete,
            dry_run: brought.dry_run,
            ..RecordFile::new(kind, source, file, brought.content.clone())
        };
        return records::import(ctx, &record).await;
    }
    let bytes = brought.content.whole()?;
    let roster = Roster {
        kind,
        file,
        bytes: &bytes,
        mode: if brought.full { Mode::Full } else { Mode::Changes },
        day: brought.day.unwrap_or(today),
        complete: brought.complete,
        dry_run: brought.dry_run,
    };
    roster::import(ctx, &roster).await
}

/// Who has not punched tomorrow is not absent: a year mistyped would say so of everybody.
fn refuse_future(kind: TemplateKind, covers: Option<(NaiveDate, NaiveDate)>, today: NaiveDate) -> Result<(), Trouble> {
    match covers {
        Some((_, to)) if kind == TemplateKind::Attendance && to > today => Err(Trouble::new(said!(
            "attendance cannot cover days that have not come: the last day is {today} at most",
            "考勤不能覆盖尚未到来的日期：最后一天不得晚于{today}"
        ))
        .in_field("--covers")),
        _ => Ok(()),
    }
}

/// The source that a file of records is from: the one that is named, the only one that fits, or the one whose layout
/// it has.
///
/// # Errors
/// None is in the configuration, or several fit.
pub fn source<'a>(ctx: &'a Context, brought: &Brought<'_>) -> Result<&'a OfficeSource, Trouble> {
    let (kind, file) = (brought.kind, brought.file);
    if let Some(id) = brought.source {
        let id = SourceId::parse(id).map_err(|said| Trouble::new(said).in_field("--source"))?;
        return ctx.config.sources.iter().find(|s| s.source.id == id).ok_or_else(|| {
            Trouble::new(said!("there is no source “{id}” in the configuration", "配置中没有来源“{id}”"))
                .in_field("--source")
        });
    }
    let kinds = crate::evidence::rows::source_kinds(kind);
    let fitting: Vec<&OfficeSource> = ctx.config.sources.iter().filter(|s| kinds.contains(&s.source.kind)).collect();
    if let [only] = fitting[..] {
        return Ok(only);
    }
    let mappings = mappings::of(&ctx.config).map_err(super::Failure::trouble)?;
    let wanted = Wanted { kinds: &[kind], mappings: &mappings, map: brought.map };
    let first = mappings::first_rows(file, &brought.content)?;
    let layout = choose(&wanted, &first).map_err(|t| t.in_file(file))?.layout;
    mappings::source_of(&fitting, layout).ok_or_else(|| {
        let ids: Vec<&str> = fitting.iter().map(|s| s.source.id.as_str()).collect();
        let ids = ids.join(", ");
        Trouble::new(said!("which source is it from? --source with one of: {ids}", "来自哪个来源？请加--source：{ids}"))
    })
}
