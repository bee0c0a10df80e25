//! `spotcheck report fairness`: whether the draws are as their chances say, as text, JSON and a page.

use super::period::PeriodArgs;
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::console;
use crate::draw::fairness::Report;
use crate::model::{Language, Trouble};
use crate::said;
use crate::work::Failure;
use crate::work::fairness::fairness;
use std::path::{Path, PathBuf};

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
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let period = args.period.read()?;
    let report = block_on(async {
        let ctx = place.open().await?;
        fairness(&ctx, &period).await.map_err(Failure::trouble)
    })?;
    if let Some(file) = &args.html {
        write_page(file, &report, terminal.language)?;
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

fn write_page(file: &Path, report: &Report, language: Language) -> Result<(), Trouble> {
    let page = console::fairness::page(report, language)
        .ok_or_else(|| Trouble::new(said!("the page could not be made", "页面无法生成")))?;
    std::fs::write(file, page).map_err(|e| {
        Trouble::new(said!(
            "the page cannot be written ({e}): name a file in a folder that exists",
            "页面无法写入（{e}）：请指定已有文件夹中的文件"
        ))
        .in_file(file.display().to_string())
    })
}
