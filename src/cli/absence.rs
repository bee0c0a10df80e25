//! `spotcheck report absence`: absence in a period with its range, and how far the calls reached.

use super::period::PeriodArgs;
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::model::Trouble;
use crate::work::Failure;
use crate::work::absence::absence;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub period: PeriodArgs,
    /// JSON instead of text.
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let period = args.period.read()?;
    let report = block_on(async {
        let ctx = place.open().await?;
        absence(&ctx, &period).await.map_err(Failure::trouble)
    })?;
    if args.json {
        terminal.say(report.json().to_string());
    } else {
        for line in report.page() {
            terminal.say(line.in_language(terminal.language));
        }
    }
    Ok(Exit::Done)
}
