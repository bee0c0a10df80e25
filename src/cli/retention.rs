//! `spotcheck retention`: what is deleted because its time is up, and what is not yet.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::evidence::retention::Standing;
use crate::model::retention::Part;
use crate::model::{Said, Timestamp, Trouble};
use crate::said;
use crate::store::RetentionRow;
use crate::words::retention as words;
use crate::work::retention::{Applied, Group};
use crate::work::{Failure, retention};

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    pub what: Option<What>,
    /// What would be deleted, and why the rest is not (the default).
    #[arg(long)]
    pub dry_run: bool,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Deletes what is due. It cannot be brought back; the journal keeps who, what class, how many and up to when.
    Apply {
        /// Who orders it.
        #[arg(long, value_name = "NAME")]
        by: String,
        #[arg(long)]
        json: bool,
    },
    /// What was deleted so far.
    Journal {
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        None => {
            let groups = block_on(async {
                let ctx = place.open().await?;
                retention::plan(&ctx).await.map_err(Failure::trouble)
            })?;
            tell(&groups, args.json, terminal);
            Ok(Exit::Done)
        }
        Some(What::Apply { by, json }) => {
            let done = block_on(async {
                let ctx = place.open().await?;
                let done = retention::apply(&ctx, by).await.map_err(Failure::trouble);
                ctx.store.close().await;
                done
            })?;
            Ok(told(&done, *json, terminal))
        }
        Some(What::Journal { json }) => {
            let (rows, zone) = block_on(async {
                let ctx = place.open().await?;
                let zone = ctx.config.offices.first().map_or(chrono_tz::Tz::UTC, |office| office.zone);
                Ok((retention::journal(&ctx).await.map_err(Failure::trouble)?, zone))
            })?;
            for row in &rows {
                let at = Timestamp(row.at);
                if *json {
                    terminal.say(journal_json(row, &at.rfc3339(zone)).to_string());
                } else {
                    let part = Part::ALL.iter().find(|part| part.code() == row.class);
                    let part = part.map_or_else(|| Said::new(&row.class, &row.class), |part| words::part(*part));
                    let (part, office) = (part.in_language(terminal.language), &row.office);
                    let (at, n) = (at.local(zone).format("%Y-%m-%d %H:%M"), row.items);
                    terminal
                        .say(format!("{at}  {}  {part}  {office}  {}  {n}  < {}", row.actor, row.year, row.cut_off));
                }
            }
            Ok(Exit::Done)
        }
    }
}

fn journal_json(row: &RetentionRow, at: &str) -> serde_json::Value {
    serde_json::json!({
        "at": at, "by": row.actor, "class": row.class, "office": row.office, "year": row.year, "items": row.items,
        "before": row.cut_off,
    })
}

fn json(group: &Group) -> serde_json::Value {
    serde_json::json!({
        "class": group.part.code(), "setting": group.part.class().code(), "office": group.office, "year": group.year,
        "items": group.items, "standing": group.standing.code(), "before": group.cut_off,
    })
}

fn tell(groups: &[Group], as_json: bool, terminal: &mut Terminal<'_>) {
    if as_json {
        terminal.say(serde_json::json!(groups.iter().map(json).collect::<Vec<_>>()).to_string());
        return;
    }
    for group in groups {
        terminal.say(line(group).in_language(terminal.language));
    }
    let due: u64 = groups.iter().filter(|group| group.standing == Standing::Due).map(|group| group.items).sum();
    let said = if due == 0 {
        said!("nothing is due", "没有到期的内容")
    } else {
        said!(
            "{due} items are due: spotcheck retention apply --by NAME deletes them for good",
            "{due}项到期：“spotcheck retention apply --by 姓名”将永久删除"
        )
    };
    terminal.warn(said.in_language(terminal.language));
}

fn told(done: &Applied, as_json: bool, terminal: &mut Terminal<'_>) -> Exit {
    if as_json {
        let groups: Vec<_> = done.groups.iter().map(json).collect();
        terminal
            .say(serde_json::json!({"deleted": groups, "files": done.files, "compacted": done.compacted}).to_string());
    } else {
        for group in &done.groups {
            terminal.say(line(group).in_language(terminal.language));
        }
        let (items, files) = (done.groups.iter().map(|group| group.items).sum::<u64>(), done.files);
        let said = said!("deleted: {items} items, {files} files", "已删除{items}项、{files}个文件");
        terminal.say(said.in_language(terminal.language));
    }
    if done.compacted {
        return Exit::Done;
    }
    let said = said!(
        "somebody was reading: the bytes leave the journal beside the database when they are done; run it again to be sure",
        "此时有程序在读取数据库：待其结束后，数据库旁的日志文件才会清空；可再运行一次确认"
    );
    terminal.warn(said.in_language(terminal.language));
    Exit::Warnings
}

fn line(group: &Group) -> Said {
    let part = words::part(group.part);
    let why = words::standing(group.standing.code(), group.cut_off, group.year);
    let office = group.office.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
    let (n, year) = (group.items, group.year);
    Said::new(
        format!("{office}  {year}  {}: {n}  {}", part.en, why.en),
        format!("{office}  {year}年  {}：{n}项  {}", part.zh, why.zh),
    )
}
