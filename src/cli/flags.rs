//! `spotcheck flags`: list, show with the evidence, and their life.

use super::life::{self, Life, no_case, parse_id, parse_state};
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::model::{CaseKind, Trouble};
use crate::work::Failure;
use crate::work::flags::{Case, cases, overdue, show};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Flags whose evidence holds, oldest first.
    List {
        /// open, asked, explained, confirmed, dismissed, appealed, upheld or overturned.
        #[arg(long, conflicts_with = "due")]
        state: Option<String>,
        /// Those whose explanation did not come in time, the longest due first.
        #[arg(long)]
        due: bool,
        /// Also flags that later records explained.
        #[arg(long, conflicts_with = "due")]
        all: bool,
        #[arg(long)]
        json: bool,
    },
    /// One flag: what was observed, what is on record, every step, every answer.
    Show {
        id: String,
        #[arg(long)]
        json: bool,
    },
    #[command(flatten)]
    Life(Life),
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        What::List { state, due, all, json } => {
            let state = state.as_deref().map(parse_state).transpose()?;
            let found = block_on(async {
                let ctx = place.open().await?;
                let found = if *due { overdue(&ctx).await } else { cases(&ctx, state, *all).await };
                found.map_err(Failure::trouble)
            })?;
            if *json {
                terminal.say(serde_json::json!(found.iter().map(Case::json).collect::<Vec<_>>()).to_string());
            } else if found.is_empty() {
                terminal.say(terminal.pick("no flags", "没有疑点"));
            } else {
                for case in &found {
                    terminal.say(case.line(terminal.language));
                }
                terminal.warn(terminal.pick(
                    "One in full: spotcheck flags show ID. To move it on: spotcheck flags decide ID STEP --by NAME --reason TEXT",
                    "查看详情：spotcheck flags show 编号；办理：spotcheck flags decide 编号 步骤 --by 办理人 --reason 理由",
                ));
            }
            Ok(Exit::Done)
        }
        What::Show { id, json } => {
            let id = parse_id(id, CaseKind::Flag)?;
            let case = block_on(async {
                let ctx = place.open().await?;
                show(&ctx, id.as_str()).await.map_err(Failure::trouble)
            })?;
            let case = case.ok_or_else(|| no_case(id.as_str()))?;
            terminal.say(if *json { case.json().to_string() } else { case.page(terminal.language) });
            let next = life::next(&id, case.standing.flag.state, case.dossier.to_hand_over.is_some());
            if let Some(next) = next.filter(|_| !*json) {
                terminal.warn(next.in_language(terminal.language));
            }
            Ok(Exit::Done)
        }
        What::Life(life) => life::run(life, CaseKind::Flag, place, terminal),
    }
}
