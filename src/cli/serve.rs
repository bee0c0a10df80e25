//! `spotcheck serve` and `spotcheck tick`: the daemon, or one turn of it.

use super::setup::{Place, block_on, first};
use super::{Exit, Terminal};
use crate::config::Api;
use crate::console::{api, web};
use crate::daemon::{self, Daemon, Outcome};
use crate::model::Trouble;
use crate::said;
use crate::work::{Context, Failure};
use std::io::IsTerminal;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing_subscriber::EnvFilter;

/// Threads that answer pages, and keep the lead while a draw fills a processor.
const WORKERS: usize = 2;

/// Runs until it is told to stop; with the console and the doors for programs that the configuration opens.
pub fn serve(place: &Place) -> Result<Exit, Trouble> {
    logging();
    let config = place.config().map_err(first)?;
    if config.console.is_none() && config.api == Api::default() {
        on_several(async { daemon::serve(&Arc::new(open(place).await?)).await.map_err(Failure::trouble) })?;
        return Ok(Exit::Done);
    }
    on_several(async {
        let ctx = Arc::new(open(place).await?);
        let (stop, stopped) = watch::channel(false);
        let mut doors = JoinSet::new();
        if let Some(console) = config.console {
            let mut stopped = stopped.clone();
            doors.spawn(web::serve(Arc::clone(&ctx), console, async move {
                let _ = stopped.wait_for(|stopped| *stopped).await;
            }));
        }
        doors.spawn(api::serve(Arc::clone(&ctx), stopped));
        let served = daemon::serve(&ctx).await.map_err(Failure::trouble);
        stop.send_replace(true);
        doors.join_all().await;
        served
    })?;
    Ok(Exit::Done)
}

/// Runs work beside which pages are served: a draw fills a processor for a while, and pages are answered on others.
pub(super) fn on_several<T>(work: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build();
    let runtime = runtime.map_err(|e| Trouble::new(said!("the program could not start: {e}", "程序无法启动：{e}")))?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    done
}

async fn open(place: &Place) -> Result<Context, Trouble> {
    let mut ctx = place.open().await?;
    ctx.sends_for = Some(daemon::SENDING);
    Ok(ctx)
}

#[derive(Debug, clap::Args)]
pub struct TickArgs {
    #[arg(long)]
    pub json: bool,
}

/// Does everything that is due once: for those who have cron and no daemon.
pub fn tick(args: &TickArgs, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    logging();
    let outcome = block_on(async {
        let ctx = place.open().await?;
        let mut daemon = Daemon::default();
        let outcome = daemon.tick(&ctx).await.map_err(Failure::trouble)?;
        drop(daemon);
        ctx.let_go().await;
        daemon::lead::give_back(&ctx).await.map_err(|e| Failure::from(e).trouble())?;
        Ok(outcome)
    })?;
    match outcome {
        Outcome::Standby if args.json => {
            terminal.say(serde_json::json!({"leads": false}).to_string());
            Ok(Exit::Warnings)
        }
        Outcome::Standby => {
            terminal.say(terminal.pick("another daemon leads; nothing done", "另一守护进程在运行，未作处理"));
            Ok(Exit::Warnings)
        }
        Outcome::Turn(turn) => {
            let said = turn.said().unwrap_or_else(|| said!("nothing is due", "没有到期的事项"));
            terminal.say(if args.json {
                turn.json().to_string()
            } else {
                said.in_language(terminal.language).to_owned()
            });
            let exit = if turn.failures.is_empty() { Exit::Done } else { Exit::Warnings };
            for (step, failure) in turn.failures.into_iter().map(|(step, failure)| (step, failure.trouble())) {
                terminal.warn(format!("{step}: {}", failure.text(terminal.language)));
            }
            Ok(exit)
        }
    }
}

fn logging() {
    logging_of("info");
}

/// Logs go beside the output: plain on a terminal, JSON under a service manager. Libraries that print
/// mail bodies and bound values at their finest level stay off.
pub(super) fn logging_of(usual: &str) {
    let filter = EnvFilter::try_from_env("SPOTCHECK_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let mut filter = filter;
    for quiet in ["lettre=off", "sqlx=off", "async_imap=off"] {
        if let Ok(directive) = quiet.parse() {
            filter = filter.add_directive(directive);
        }
    }
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second subscriber in one process is refused; the first one stays.
    let _ = if std::io::stderr().is_terminal() { builder.try_init() } else { builder.json().try_init() };
}
