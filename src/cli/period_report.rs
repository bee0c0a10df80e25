//! `spotcheck report period` and `report close`: an office's month, quarter or year.

use super::output::{Force, no_page};
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::console::report::{View, book, files as enclosures, page, text};
use crate::files;
use crate::measure::document::Document;
use crate::model::{Days, OfficeId, Said, Trouble};
use crate::said;
use crate::work::period_report::{Closing, Shown, close, show};
use crate::work::places::subtree;
use crate::work::{Context, Failure};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Whose days.
#[derive(Debug, clap::Args)]
pub struct Whose {
    /// The office; otherwise the topmost of the configuration.
    #[arg(long, value_name = "ID")]
    pub office: Option<String>,
    /// 2026-03, 2026-Q1, 2026, or 2026-03-02..2026-03-20.
    #[arg(long, value_name = "PERIOD")]
    pub period: String,
}

/// How to look at it.
#[derive(Debug, clap::Args)]
pub struct How {
    /// JSON instead of text.
    #[arg(long)]
    pub json: bool,
    /// Also writes a page for reading and printing to this file.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Also writes a workbook with a sheet a table to this file.
    #[arg(long, value_name = "FILE")]
    pub xlsx: Option<PathBuf>,
    #[command(flatten)]
    pub force: Force,
}

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub whose: Whose,
    /// Which of several closed ones; otherwise the last.
    #[arg(long, value_name = "N")]
    pub number: Option<i64>,
    /// With what reports upward have; an office above others always has it.
    #[arg(long)]
    pub upward: bool,
    #[command(flatten)]
    pub how: How,
}

#[derive(Debug, clap::Args)]
pub struct CloseArgs {
    #[command(flatten)]
    pub whose: Whose,
    /// Who closes it.
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Why a closed one is corrected by another; both are kept.
    #[arg(long, value_name = "REASON")]
    pub correct: Option<String>,
    #[arg(long)]
    pub json: bool,
}

impl Whose {
    pub(super) fn days(&self) -> Result<Days, Trouble> {
        Days::parse(&self.period).map_err(|said| Trouble::new(said).in_field("--period"))
    }
}

/// The office that is named, or the topmost one.
pub(super) fn office(ctx: &Context, named: Option<&str>) -> Result<OfficeId, Trouble> {
    let id = match named {
        Some(id) => OfficeId::parse(id).map_err(|said| Trouble::new(said).in_field("--office"))?,
        None => {
            let top = ctx.config.offices.iter().find(|office| office.parent.is_none());
            let none = || Trouble::new(said!("no office is configured", "配置中没有单位")).in_field("--office");
            return top.map(|office| office.id.clone()).ok_or_else(none);
        }
    };
    ctx.office(&id).map_err(|failure| failure.trouble().in_field("--office"))?;
    Ok(id)
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let days = args.whose.days()?;
    let (shown, above) = block_on(async {
        let ctx = place.open().await?;
        let id = office(&ctx, args.whose.office.as_deref())?;
        let above = subtree(&ctx.config, &id).len() > 1;
        let shown = show(&ctx, &id, days, args.number).await.map_err(Failure::trouble)?;
        Ok((shown, above))
    })?;
    let Shown { document, standing } = shown;
    tell(&document, &standing.said(), &standing.json(), args.upward || above, &args.how, terminal)?;
    Ok(Exit::Done)
}

/// Tells a document in every way that is asked for.
pub(super) fn tell(
    document: &Document,
    status: &[Said],
    standing: &Value,
    upward: bool,
    how: &How,
    terminal: &mut Terminal<'_>,
) -> Result<(), Trouble> {
    let view = View { document, status, upward, language: terminal.language };
    if let Some(file) = &how.html {
        files::write(file, page(view).ok_or_else(no_page)?.as_bytes(), how.force.how())?;
    }
    if let Some(file) = &how.xlsx {
        files::write(file, &book(view).map_err(Trouble::new)?, how.force.how())?;
    }
    if how.json {
        terminal.say(json!({"standing": standing, "report": document}).to_string());
    } else {
        text(view).into_iter().for_each(|line| terminal.say(line));
    }
    Ok(())
}

pub fn run_close(args: &CloseArgs, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let days = args.whose.days()?;
    let shown = block_on(async {
        let ctx = place.open().await?;
        let office = &office(&ctx, args.whose.office.as_deref())?;
        let closing = Closing { office, days, by: &args.by, correct: args.correct.as_deref(), files: &enclosures };
        close(&ctx, &closing).await.map_err(Failure::trouble)
    })?;
    if args.json {
        terminal.say(json!({"standing": shown.standing.json()}).to_string());
        return Ok(Exit::Done);
    }
    for said in std::iter::once(&shown.document.title).chain(&shown.standing.said()) {
        terminal.say(said.in_language(terminal.language));
    }
    terminal.say(terminal.pick(
        "It goes by mail to who answers for the office, and to the office above.",
        "报告将通过邮件发给单位负责人和上级单位。",
    ));
    Ok(Exit::Done)
}
