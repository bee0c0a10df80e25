//! `spotcheck batches`: imports of attendance and leave, and the word of a person about one with few rows.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::model::Trouble;
use crate::said;
use crate::work::Failure;
use crate::work::batches::{self, Declared};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Imports of records, the newest first: what each covers, and what was said about it.
    List {
        /// Only those that cover nothing until a person says so.
        #[arg(long)]
        held: bool,
        #[arg(long)]
        json: bool,
    },
    /// A file with few rows is complete all the same: what is missing in it was not there. Journalled.
    Complete {
        /// The batch, or the beginning of its name.
        id: String,
        /// Who says so.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why, such as a device that was away for repair.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        What::List { held, json } => list(place, *held, *json, terminal),
        What::Complete { id, by, reason } => complete(place, id, by, reason, terminal),
    }
}

fn list(place: &Place, held: bool, json: bool, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let (listed, zone) = block_on(async {
        let ctx = place.open().await?;
        let zone = ctx.config.offices.first().map_or(chrono_tz::Tz::UTC, |office| office.zone);
        Ok((batches::list(&ctx, held).await.map_err(Failure::trouble)?, zone))
    })?;
    for (batch, steps) in &listed {
        if json {
            let steps: Vec<_> = steps
                .iter()
                .map(|s| serde_json::json!({"step": s.step, "by": s.actor, "reason": s.reason, "at": crate::model::Timestamp(s.at).rfc3339(zone)}))
                .collect();
            terminal.say(
                serde_json::json!({
                    "batch": batch.id, "source": batch.source, "file": batch.file_name, "layout": batch.layout,
                    "seen": crate::model::Timestamp(batch.seen_at).rfc3339(zone), "covers_from": batch.covers_from,
                    "covers_to": batch.covers_to, "complete": batch.complete != 0, "read": batch.rows_read,
                    "new": batch.rows_new, "known": batch.rows_known, "rejected": batch.rows_rejected, "steps": steps,
                })
                .to_string(),
            );
            continue;
        }
        let seen = crate::model::Timestamp(batch.seen_at).local(zone).format("%Y-%m-%d %H:%M");
        let span = [&batch.covers_from, &batch.covers_to].map(|day| day.as_deref().unwrap_or("-"));
        let held = if batch.complete != 0 { "" } else { terminal.pick("  covers nothing", "  不作缺勤依据") };
        terminal.say(format!(
            "{}  {seen}  {}  {}..{}  +{}  {}{held}",
            batch.id,
            batch.source.as_deref().unwrap_or("-"),
            span[0],
            span[1],
            batch.rows_new,
            batch.file_name
        ));
        for step in steps {
            let at = crate::model::Timestamp(step.at).local(zone).format("%Y-%m-%d %H:%M");
            terminal.say(format!("    {at}  {}  {}: {}", step.step, step.actor, step.reason));
        }
    }
    Ok(Exit::Done)
}

fn complete(place: &Place, id: &str, by: &str, reason: &str, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    if reason.trim().is_empty() {
        return Err(Trouble::new(said!("this must not be empty", "不能为空")).in_field("--reason"));
    }
    let declared = block_on(async {
        let ctx = place.open().await?;
        batches::complete(&ctx, id, by, reason).await.map_err(Failure::trouble)
    })?;
    match declared {
        Declared::Complete => {
            let said = said!(
                "noted: what is missing in it counts from now on, and verdicts on its days are looked at again",
                "已登记：其中缺少的记录今后作数，有关日期的判定将重新核对"
            );
            terminal.say(said.in_language(terminal.language));
            Ok(Exit::Done)
        }
        Declared::Already => {
            let said = said!("it counted as complete already", "此前已视为完整");
            terminal.say(said.in_language(terminal.language));
            Ok(Exit::Done)
        }
        Declared::Unknown => Err(Trouble::new(said!(
            "no batch, or more than one, begins with “{id}”: `spotcheck batches list` names them",
            "没有或不止一个批次以“{id}”开头：用“spotcheck batches list”查看"
        ))),
    }
}
