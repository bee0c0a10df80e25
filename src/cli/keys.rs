//! `spotcheck keys`: the chains that make draws unforeseeable, and what to do when one may have been read.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::draw::Terms;
use crate::model::{OfficeId, ProgrammeId, Trouble};
use crate::said;
use crate::work::{Context, Done, Failure, keys};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Every chain: who keeps it, its anchor, how long it lasts, whether it is in its place.
    List {
        #[arg(long)]
        json: bool,
    },
    /// Makes new chains without a theft, as when a custodian changes: no window is marked.
    Renew {
        programme: String,
        #[arg(long, value_name = "ID")]
        office: String,
        /// Who orders it.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Somebody may have read a chain: it is marked so in public, and the programme goes on with new ones.
    Expose {
        programme: String,
        #[arg(long, value_name = "ID")]
        office: String,
        /// Who reports it.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// What happened.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        What::List { json } => list(place, *json, terminal),
        What::Renew { programme, office, by, reason } => {
            let number = succeed(place, programme, office, async |ctx, programme, office| {
                keys::renew(ctx, programme, office, reason, by).await
            })?;
            let said = said!(
                "done; windows are sealed from now on with the new chains of generation {number}. Start `spotcheck serve` again if it runs, and have the custodians back up the new files apart from the database.",
                "已更换；此后的时段改用第{number}代新密钥链封存。若“spotcheck serve”正在运行请重启，并由保管人将新文件与数据库分开备份。"
            );
            terminal.say(said.in_language(terminal.language));
            Ok(Exit::Done)
        }
        What::Expose { programme, office, by, reason } => {
            let number = succeed(place, programme, office, async |ctx, programme, office| {
                keys::expose(ctx, programme, office, reason, by).await
            })?;
            let said = said!(
                "reported; windows are sealed from now on with the new chains of generation {number}. Start `spotcheck serve` again if it runs, and back up the new files apart from the database.",
                "已登记；此后的时段改用第{number}代新密钥链封存。若“spotcheck serve”正在运行请重启，并将新文件与数据库分开备份。"
            );
            terminal.say(said.in_language(terminal.language));
            Ok(Exit::Done)
        }
    }
}

/// The number of the generation that begins.
fn succeed(
    place: &Place,
    programme: &str,
    office: &str,
    what: impl AsyncFnOnce(&Context, &ProgrammeId, &OfficeId) -> Done<Terms>,
) -> Result<u32, Trouble> {
    let programme = &programme.parse::<ProgrammeId>().map_err(|said| Trouble::new(said).in_field("programme"))?;
    let office = &office.parse::<OfficeId>().map_err(|said| Trouble::new(said).in_field("--office"))?;
    let terms = block_on(async {
        let ctx = place.open().await?;
        what(&ctx, programme, office).await.map_err(Failure::trouble)
    })?;
    Ok(terms.generation)
}

fn list(place: &Place, json: bool, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let (states, zones) = block_on(async {
        let ctx = place.open().await?;
        let zones: Vec<_> = ctx.config.offices.iter().map(|o| (o.id.to_string(), o.zone)).collect();
        Ok((keys::states(&ctx).await.map_err(Failure::trouble)?, zones))
    })?;
    if json {
        for state in &states {
            terminal.say(state.json().to_string());
        }
    } else if states.is_empty() {
        terminal.say(terminal.pick("no programme was sealed yet", "尚无项目封存"));
    }
    for state in states.iter().filter(|_| !json) {
        let zone = zones.iter().find(|(id, _)| *id == state.terms.office).map_or(chrono_tz::Tz::UTC, |(_, zone)| *zone);
        for line in state.page(zone) {
            terminal.say(line.in_language(terminal.language));
        }
    }
    Ok(if states.iter().all(|state| state.in_place) { Exit::Done } else { Exit::Warnings })
}
