//! `spotcheck flags`: list, show with the evidence, decide.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::evidence::flag::Step;
use crate::model::{FlagState, Said, Trouble};
use crate::said;
use crate::work::decide::{Decision, decide};
use crate::work::flags::{Case, cases, show};
use crate::work::{Context, Failure};
use std::str::FromStr;

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
        #[arg(long)]
        state: Option<String>,
        /// Also flags that later records explained.
        #[arg(long)]
        all: bool,
        #[arg(long)]
        json: bool,
    },
    /// One flag: what was observed, what is on record, every step.
    Show {
        id: String,
        #[arg(long)]
        json: bool,
    },
    /// Moves a flag on. Who observed does not decide; who decided does not decide the appeal.
    Decide {
        id: String,
        /// ask, explain, confirm, dismiss, appeal, uphold or overturn.
        step: String,
        /// Who decides.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        What::List { state, all, json } => {
            let state = state.as_deref().map(parse_state).transpose()?;
            let found = block_on(async {
                let ctx = place.open().await?;
                cases(&ctx, state, *all).await.map_err(Failure::trouble)
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
            let case = block_on(async {
                let ctx = place.open().await?;
                show(&ctx, id).await.map_err(Failure::trouble)
            })?;
            let case = case.ok_or_else(|| no_flag(id))?;
            terminal.say(if *json { case.json().to_string() } else { case.page(terminal.language) });
            Ok(Exit::Done)
        }
        What::Decide { id, step, by, reason } => {
            let step = parse_step(step)?;
            let state = block_on(async {
                let ctx: Context = place.open().await?;
                decide(&ctx, &Decision { flag: id, step, by, reason }).await.map_err(Failure::trouble)
            })?;
            let state = state.ok_or_else(|| no_flag(id))?;
            let said = crate::evidence::flag::state_said(state);
            terminal.say(format!("{id}  {}", said.in_language(terminal.language)));
            Ok(Exit::Done)
        }
    }
}

fn no_flag(id: &str) -> Trouble {
    Trouble::new(said!(
        "there is no flag {id}: `spotcheck flags list` shows them",
        "没有疑点{id}：用“spotcheck flags list”查看"
    ))
}

fn parse_state(text: &str) -> Result<FlagState, Trouble> {
    FlagState::from_str(text).map_err(|()| {
        let known: Vec<&str> = FlagState::ALL.iter().map(|s| s.code()).collect();
        let (en, zh) = (known.join(", "), known.join("、"));
        Trouble::new(Said::new(
            format!("“{text}” is no state; take one of: {en}"),
            format!("没有“{text}”这种状态，可写：{zh}"),
        ))
        .in_field("--state")
    })
}

fn parse_step(text: &str) -> Result<Step, Trouble> {
    Step::parse(text).ok_or_else(|| {
        let en: Vec<&str> = Step::ALL.iter().map(|s| s.code()).collect();
        let zh: Vec<String> = Step::ALL.iter().map(|s| format!("{}（{}）", s.code(), s.said().zh)).collect();
        let (en, zh) = (en.join(", "), zh.join("、"));
        Trouble::new(Said::new(
            format!("“{text}” is no step; take one of: {en}"),
            format!("没有“{text}”这一步，可写：{zh}"),
        ))
    })
}
