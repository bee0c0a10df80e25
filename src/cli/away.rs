//! `spotcheck away`: an inspector cannot go; what they hold by now goes to others.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::model::{InspectorId, Trouble};
use crate::said;
use crate::work::Failure;
use crate::work::away::{Absence, note, redeal_due};
use chrono::NaiveDate;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id of the inspector in the register.
    pub inspector: String,
    /// First day that they cannot go.
    #[arg(long, value_name = "DATE")]
    pub from: NaiveDate,
    /// Last day; by default the first one.
    #[arg(long, value_name = "DATE")]
    pub to: Option<NaiveDate>,
    /// Half of that day only: am or pm.
    #[arg(long, value_name = "HALF", value_parser = ["am", "pm"])]
    pub half: Option<String>,
    /// What happened: ill, called away.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who reports it.
    #[arg(long, value_name = "NAME")]
    pub by: String,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let inspector = InspectorId::parse(&args.inspector).map_err(|said| Trouble::new(said).in_field("INSPECTOR"))?;
    let to = args.to.unwrap_or(args.from);
    let half = args.half.as_deref().and_then(|half| half.parse().ok());
    let absence = Absence { inspector: &inspector, from: args.from, to, half, reason: &args.reason, by: &args.by };
    let moved = block_on(async {
        let ctx = place.open().await?;
        note(&ctx, &absence).await.map_err(Failure::trouble)?;
        redeal_due(&ctx).await.map_err(Failure::trouble)
    })?;
    let (given, left) = (moved.given, moved.left);
    let said = said!(
        "noted. Dealt again: {given} lines have another inspector now, {left} have nobody and are not executed. Windows drawn later leave {inspector} out; letters and sheets follow.",
        "已登记。重新分派：{given}行改由其他检查员承担，{left}行无人可派、不再执行。此后抽取的时段不派{inspector}；信件和安排表随后发出。"
    );
    terminal.say(said.in_language(terminal.language));
    Ok(if left == 0 { Exit::Done } else { Exit::Warnings })
}
