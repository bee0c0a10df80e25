//! `spotcheck import calendar`: holidays and make-up workdays, of everywhere or of one region.

use super::Terminal;
use super::import::Args;
use super::setup::{Place, block_on};
use crate::cli::Exit;
use crate::model::{Said, Trouble};
use crate::said;
use crate::work::Failure;
use crate::work::calendar_import::{Brought, Change, import};
use std::path::Path;

pub const KIND: &str = "calendar";
/// Changed days and windows that are told on the terminal.
const SHOWN: usize = 40;

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let all = block_on(async {
        let ctx = place.open().await?;
        let mut all = Vec::new();
        for path in &args.files {
            all.push((path, import(&ctx, path, args.dry_run).await.map_err(Failure::trouble)));
        }
        Ok(all)
    })?;
    let (mut exit, mut wrong) = (Exit::Done, Vec::new());
    for (path, brought) in all {
        match brought {
            Ok(brought) => {
                tell(path, &brought, args, terminal);
                if !brought.years_lost.is_empty() {
                    exit = Exit::Warnings;
                }
            }
            Err(trouble) => wrong.push(trouble),
        }
    }
    // One file that is wrong keeps no other out, and what was kept was told.
    let Some(last) = wrong.pop() else { return Ok(exit) };
    for trouble in wrong {
        terminal.warn(trouble.text(terminal.language));
    }
    Err(last)
}

fn tell(path: &Path, brought: &Brought, args: &Args, terminal: &mut Terminal<'_>) {
    if args.json {
        return terminal.say(json(path, brought, args.dry_run).to_string());
    }
    for said in told(path, brought, args.dry_run) {
        terminal.say(said.in_language(terminal.language));
    }
}

fn told(path: &Path, brought: &Brought, dry_run: bool) -> Vec<Said> {
    let (file, days) = (path.display(), brought.changes.len());
    let years = |years: &[i32]| years.iter().map(i32::to_string).collect::<Vec<_>>().join(", ");
    let mut told = vec![said!("{file}: {days} days change", "{file}：{days}天有变化")];
    if !brought.years.is_empty() {
        let years = years(&brought.years);
        told.push(said!("  covered from now on: {years}", "  新增年份：{years}"));
    }
    if !brought.years_lost.is_empty() {
        let years = years(&brought.years_lost);
        told.push(said!("  covered no more: {years}; nothing is planned there", "  不再覆盖：{years}年，此后不作安排"));
    }
    told.extend(brought.changes.iter().take(SHOWN).map(change));
    for window in brought.void.iter().take(SHOWN) {
        told.push(said!(
            "  void: {window} is sealed and lies on a day that will not be worked",
            "  作废：{window}已封存，该日不再上班"
        ));
    }
    let more = brought.changes.len().saturating_sub(SHOWN) + brought.void.len().saturating_sub(SHOWN);
    if more > 0 {
        told.push(said!("  and {more} more: --json lists all", "  另有{more}项，见--json"));
    }
    let kept = brought.kept.display();
    told.push(match dry_run {
        true => said!("(dry run) nothing was written", "（试读，未写入）"),
        false => said!(
            "kept as {kept}; a daemon takes it up when it starts again: restart it now",
            "已存为{kept}；守护进程重新启动后生效，请立即重启"
        ),
    });
    told
}

fn change(change: &Change) -> Said {
    let Change { day, region, before, after, name } = change;
    let (before, after) = (before.said(), after.said());
    let place = if region.is_empty() { String::new() } else { format!(" ({region})") };
    let name = if name.is_empty() { String::new() } else { format!(" {name}") };
    Said::new(
        format!("  {day}{place}: {} → {}{name}", before.en, after.en),
        format!("  {day}{place}：{} → {}{name}", before.zh, after.zh),
    )
}

fn json(path: &Path, brought: &Brought, dry_run: bool) -> serde_json::Value {
    let changes: Vec<_> = brought
        .changes
        .iter()
        .map(|one| {
            serde_json::json!({
                "day": one.day, "region": one.region, "before": one.before.code(), "after": one.after.code(), "name": one.name,
            })
        })
        .collect();
    let void: Vec<String> = brought.void.iter().map(ToString::to_string).collect();
    serde_json::json!({
        "file": path, "years": brought.years, "years_lost": brought.years_lost, "changes": changes, "void": void,
        "kept": (!dry_run).then(|| brought.kept.display().to_string()),
    })
}
