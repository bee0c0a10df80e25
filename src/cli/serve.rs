//! `spotcheck serve` and `spotcheck tick`: the daemon, or one turn of it.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::daemon::{self, Daemon, Outcome};
use crate::model::Trouble;
use crate::said;
use crate::work::Failure;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Runs until it is told to stop.
pub fn serve(place: &Place) -> Result<Exit, Trouble> {
    logging();
    block_on(async {
        let mut ctx = place.open().await?;
        ctx.sends_for = Some(daemon::SENDING);
        daemon::serve(&ctx).await.map_err(Failure::trouble)
    })?;
    Ok(Exit::Done)
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
        ctx.let_go().await;
        let mut tx = ctx.store.begin().await.map_err(|e| Failure::from(e).trouble())?;
        let released = tx.release_lease("daemon", &ctx.owner).await;
        released.map_err(|e| Failure::from(e).trouble())?;
        tx.commit().await.map_err(|e| Failure::from(e).trouble())?;
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

/// Logs go beside the output: plain on a terminal, JSON under a service manager. Libraries that print
/// mail bodies and bound values at their finest level stay off.
fn logging() {
    let filter = EnvFilter::try_from_env("SPOTCHECK_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
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
