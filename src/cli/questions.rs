//! `spotcheck report questions`: what was answered in a period, question by question, with ranges.

use super::period_report::{Whose, office};
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::model::Trouble;
use crate::work::Failure;
use crate::work::questions::questions;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub whose: Whose,
    /// JSON instead of text.
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let days = args.whose.days()?;
    let report = block_on(async {
        let ctx = place.open().await?;
        let office = office(&ctx, args.whose.office.as_deref())?;
        questions(&ctx, &office, days).await.map_err(Failure::trouble)
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
