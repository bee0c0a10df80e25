//! `spotcheck report fairness`: whether the draws are as their chances say, as text, JSON and a page.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::console;
use crate::draw::fairness::Report;
use crate::model::{Language, ProgrammeId, Trouble};
use crate::said;
use crate::work::Failure;
use crate::work::fairness::{Period, fairness};
use chrono::NaiveDate;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// One programme; otherwise all.
    #[arg(long, value_name = "P")]
    pub programme: Option<String>,
    /// First day, YYYY-MM-DD; otherwise a year before the last.
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// Last day; otherwise today.
    #[arg(long, value_name = "DAY")]
    pub to: Option<String>,
    /// JSON instead of text.
    #[arg(long)]
    pub json: bool,
    /// Also writes a page with plots to this file.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let period = Period {
        programme: args.programme.as_deref().map(parse_programme).transpose()?,
        from: args.from.as_deref().map(|text| parse_day("--from", text)).transpose()?,
        to: args.to.as_deref().map(|text| parse_day("--to", text)).transpose()?,
    };
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

fn parse_programme(text: &str) -> Result<ProgrammeId, Trouble> {
    ProgrammeId::parse(text).map_err(|said| Trouble::new(said).in_field("--programme"))
}

fn parse_day(option: &str, text: &str) -> Result<NaiveDate, Trouble> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| {
        Trouble::new(said!("“{text}” is no day: write it as 2026-03-12", "“{text}”不是日期：请写成2026-03-12"))
            .in_field(option)
    })
}
