//! `spotcheck report fairness`: whether the draws are as their chances say, as text, JSON and a page.

use super::output::{Force, no_page};
use super::period::PeriodArgs;
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::console;
use crate::files;
use crate::model::Trouble;
use crate::work::Failure;
use crate::work::fairness::fairness;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub period: PeriodArgs,
    /// JSON instead of text.
    #[arg(long)]
    pub json: bool,
    /// Also writes a page with plots to this file.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    #[command(flatten)]
    pub force: Force,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let period = args.period.read()?;
    let report = block_on(async {
        let ctx = place.open().await?;
        fairness(&ctx, &period).await.map_err(Failure::trouble)
    })?;
    if let Some(file) = &args.html {
        let page = console::fairness::page(&report, terminal.language).ok_or_else(no_page)?;
        files::write(file, page.as_bytes(), args.force.how())?;
    }
    if args.json {
        terminal.say(report.json().to_string());
    } else {
        for line in report.page() {
            terminal.say(line.in_language(terminal.language));
        }
    }
    Ok(if report.needs_a_look() { Exit::Warnings } else { Exit::Done })
}
