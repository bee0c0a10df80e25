//! `spotcheck check`: what is wrong, before the morning shows it.

use super::setup::Place;
use super::{Exit, Terminal, setup};
use crate::clock::Clock;
use crate::model::Trouble;
use crate::work::check::{Finding, Weight, check};
use crate::work::check_mail::try_ways;
use crate::work::check_mailbox::try_mailboxes;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Also connects to the mail servers: sends a test letter to the desk by each, logs in to each mailbox.
    #[arg(long)]
    pub online: bool,
    #[arg(long)]
    pub json: bool,
}

/// 0: all well; 1: it runs, look at the warnings; 2: it would not run.
pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let mut findings = Vec::new();
    match place.config() {
        Err(troubles) => findings.extend(troubles.into_iter().map(Finding::broken)),
        Ok(config) => match setup::block_on(async {
            let mut tried = Vec::new();
            if args.online {
                tried = try_ways(&config, &Clock::System).await;
                tried.extend(try_mailboxes(&config).await);
            }
            let mut found = check(config, place.now.as_deref()).await;
            found.extend(tried);
            Ok(found)
        }) {
            Ok(found) => findings.extend(found),
            Err(trouble) => findings.push(Finding::broken(trouble)),
        },
    }
    for finding in &findings {
        let text = finding.trouble.text(terminal.language);
        if args.json {
            terminal.say(serde_json::json!({"weight": finding.weight.code(), "text": text}).to_string());
        } else {
            let weight = finding.weight.said();
            terminal.say(format!("{}  {text}", weight.in_language(terminal.language)));
        }
    }
    let worst = findings.iter().map(|f| f.weight).max().unwrap_or(Weight::Well);
    Ok(match worst {
        Weight::Well => Exit::Done,
        Weight::Warning => Exit::Warnings,
        Weight::Broken => Exit::NotDone,
    })
}
