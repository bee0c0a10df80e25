//! `spotcheck demo`: a fictional county lives some days.

use super::processor::on_one;
use super::setup::block_on;
use super::{Exit, Terminal};
use crate::config::{Console, SecondFactor};
use crate::console::web;
use crate::demo::place::Run;
use crate::demo::run::{reopened, run as play};
use crate::model::{AccountRole, Language, Sha256, Trouble};
use crate::said;
use crate::work::accounts::{self, NewAccount};
use crate::work::{Context, Done, Failure, audit};
use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;

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
    /// Minutes between the moments at which anything happens.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(5..=240), hide = true)]
    pub step: u32,
    /// Servers fail, files come late, storms close days, inspectors fall ill and the program is killed.
    #[arg(long, hide = true)]
    pub mishaps: bool,
    /// Language of the office's sheets and digests; inspectors have their own.
    #[arg(long, default_value = "zh", value_parser = super::parse_language)]
    pub office_language: Language,
    /// Ends after the last day; else the console shows the county until Ctrl-C.
    #[arg(long)]
    pub no_serve: bool,
    /// For programs; ends after the last day, too.
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
        step: args.step,
        mishaps: args.mishaps,
        language: args.office_language.tag().to_owned(),
        database: args.database.clone(),
        finished: false,
    };
    let dir = args.dir.clone().unwrap_or_else(|| usual_dir(&run));
    let bar = ProgressBar::new(u64::from(args.days));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let environment: Vec<(String, String)> = std::env::vars().collect();
    let mut progress = |day: NaiveDate, workdays| {
        bar.set_position(u64::from(workdays));
        bar.set_message(day.to_string());
    };
    let report = on_one(|| block_on(play(&dir, &run, &environment, &mut progress)))?;
    bar.finish_and_clear();
    if args.json {
        terminal.say(report.json().to_string());
    } else {
        terminal.say(report.table(terminal.language));
        let shown = dir.display();
        let look = said!("look at {shown}/README.md", "详见{shown}/README.md");
        terminal.say(look.in_language(terminal.language));
    }
    if !args.json && !args.no_serve {
        serve(&dir, terminal)?;
    }
    Ok(Exit::Done)
}

/// Who looks at the fictional county: the head of its office, who inspects nobody.
const HEAD: &str = "head";
/// Where it is served, or beside it where somebody is there already.
const USUAL: &str = "127.0.0.1:8080";

/// Shows the county as it stands at the end, on this machine alone, until Ctrl-C.
fn serve(dir: &Path, terminal: &mut Terminal<'_>) -> Result<(), Trouble> {
    super::serve::logging_of("warn");
    super::serve::on_several(async {
        let ctx = reopened(dir).await?;
        let listener = match TcpListener::bind(USUAL).await {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind("127.0.0.1:0").await.map_err(no_port)?,
        };
        let listen = listener.local_addr().map_err(no_port)?;
        let console = Console {
            listen,
            address: None,
            idle_minutes: 240,
            absolute_hours: 24,
            second_factor: SecondFactor::Optional,
        };
        let here = console.public();
        let first = first_address(&ctx).await.map_err(Failure::trouble)?;
        terminal.say(terminal.pick("The console of the fictional county:", "虚构县的网页："));
        terminal.say(format!("  {here}/first/{first}"));
        let next = said!(
            "Open it, set a password of 15 characters or more, then sign in as “{HEAD}” at {here}. The address works once. Ctrl-C ends.",
            "打开上面的地址，设定15个字符以上的口令，再到{here}以“{HEAD}”登录。该地址只能用一次。按Ctrl-C结束。"
        );
        terminal.say(next.in_language(terminal.language));
        let stop = async { drop(tokio::signal::ctrl_c().await) };
        web::listen(Arc::new(ctx), console, listener, stop).await;
        Ok(())
    })
}

/// The one-time secret of a new account, or a new one of an account that is there.
async fn first_address(ctx: &Context) -> Done<String> {
    let (id, by) = (HEAD, audit::Line { address: "demo", ..audit::Line::default() });
    if let Some(begun) = accounts::reset(ctx, id, &by).await? {
        return Ok(begun.secret);
    }
    let office = ctx.config.offices.first();
    let new = NewAccount {
        id,
        name: office.map_or("负责人", |office| office.language.pick("Head of the office", "督查办负责人")),
        role: AccountRole::Head,
        office: office.map(|office| &office.id),
        language: None,
    };
    Ok(accounts::add(ctx, &new, &by).await?.secret)
}

fn no_port(error: std::io::Error) -> Trouble {
    Trouble::new(said!(
        "no page can be served on this machine ({error}): --no-serve ends after the last day",
        "本机无法提供网页（{error}）：可用--no-serve在最后一天后结束"
    ))
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
