//! `spotcheck demo`: a fictional county lives some days.

use super::setup::block_on;
use super::{Exit, Terminal};
use crate::demo::place::Run;
use crate::demo::run::run as play;
use crate::model::{Language, Sha256, Trouble};
use crate::said;
use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Workdays.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=366))]
    pub days: u32,
    /// The same seed gives the same run.
    #[arg(long, default_value = "1")]
    pub seed: String,
    /// First day.
    #[arg(long, default_value = "2026-03-02")]
    pub start: NaiveDate,
    /// Where it all goes; a run that was broken off there is continued.
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// postgres://…; an empty database. SQLite in the folder by default.
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// How often attendance and leave files come: daily, monthly or mixed.
    #[arg(long, default_value = "mixed", value_parser = ["daily", "monthly", "mixed"])]
    pub cadence: String,
    /// Teams in the county.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(20..=2000))]
    pub teams: u32,
    /// Language of the office's sheets and digests; inspectors have their own.
    #[arg(long, default_value = "zh", value_parser = super::parse_language)]
    pub office_language: Language,
    /// Ends after the last day, as it always does while there are no pages to serve.
    #[arg(long)]
    pub no_serve: bool,
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let run = Run {
        seed: args.seed.clone(),
        start: args.start,
        days: args.days,
        cadence: args.cadence.clone(),
        teams: args.teams,
        language: args.office_language.tag().to_owned(),
        database: args.database.clone(),
        finished: false,
    };
    let dir = args.dir.clone().unwrap_or_else(|| usual_dir(&run));
    let bar = ProgressBar::new(u64::from(args.days));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let report = block_on(play(&dir, &run, &mut |day, workdays| {
        bar.set_position(u64::from(workdays));
        bar.set_message(day.to_string());
    }))?;
    bar.finish_and_clear();
    if args.json {
        terminal.say(report.json().to_string());
    } else {
        terminal.say(report.table(terminal.language));
        let shown = dir.display();
        let look = said!("look at {shown}/README.md", "详见{shown}/README.md");
        terminal.say(look.in_language(terminal.language));
    }
    Ok(Exit::Done)
}

/// A folder of its own for every set of settings, so that a second demo does not meet the first.
fn usual_dir(run: &Run) -> PathBuf {
    let settings = serde_json::to_string(run).unwrap_or_default();
    let name = format!("spotcheck-demo-{}", &Sha256::of(settings.as_bytes()).hex()[..8]);
    let free = |n: u32| {
        let dir = if n == 1 { PathBuf::from(&name) } else { PathBuf::from(format!("{name}-{n}")) };
        let finished =
            std::fs::read_to_string(Path::new(&dir).join("demo.json")).is_ok_and(|t| t.contains("\"finished\": true"));
        (!finished).then_some(dir)
    };
    (1..).find_map(free).unwrap_or_else(|| PathBuf::from(name))
}
