//! Commands, one a file. Human output by default, `--json` everywhere.
//! Exit codes: 0 done, 1 done with warnings, 2 not done.

pub mod draw;
pub mod plan;
pub mod reply;
mod rows;
pub mod verdict;

use crate::model::{Language, Trouble};
use std::io::{Read, Write};
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done,
    Warnings,
    NotDone,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Warnings => 1,
            Exit::NotDone => 2,
        })
    }
}

/// What a command may touch of the terminal, and the language of the person before it.
pub struct Terminal<'a> {
    pub input: &'a mut dyn Read,
    pub output: &'a mut dyn Write,
    pub errors: &'a mut dyn Write,
    pub language: Language,
}

impl Terminal<'_> {
    /// A line of output. A reader that went away (`| head`) is no error of ours.
    pub fn say(&mut self, line: impl AsRef<str>) {
        let _ = writeln!(self.output, "{}", line.as_ref());
    }

    /// A line beside the output.
    pub fn warn(&mut self, line: impl AsRef<str>) {
        let _ = writeln!(self.errors, "{}", line.as_ref());
    }

    pub fn pick<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        self.language.pick(en, zh)
    }
}

#[derive(Debug, clap::Parser)]
#[command(name = "spotcheck", version, about = "Unannounced inspections that outsiders can verify")]
pub struct Cli {
    /// Language of output: en or zh.
    #[arg(long, global = true, env = "SPOTCHECK_LANGUAGE", value_parser = parse_language)]
    pub lang: Option<Language>,
    #[command(subcommand)]
    pub command: Command,
}

fn parse_language(text: &str) -> Result<Language, String> {
    text.parse().map_err(|()| "en or zh".to_owned())
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// What was drawn and why; or a dry run from files.
    Draw(draw::Args),
    /// What a policy costs and guarantees; or a dry run from a file of weights.
    Plan(plan::Args),
    /// How a reply would be read (dry run).
    Reply(reply::Args),
    /// The verdict on one observation (dry run).
    Verdict(verdict::Args),
}

/// Runs a command and tells its trouble in the person's language.
pub fn run(cli: &Cli, terminal: &mut Terminal<'_>) -> Exit {
    let done = match &cli.command {
        Command::Draw(args) => draw::run(args, terminal),
        Command::Plan(args) => plan::run(args, terminal),
        Command::Reply(args) => reply::run(args, terminal),
        Command::Verdict(args) => verdict::run(args, terminal),
    };
    done.unwrap_or_else(|trouble: Trouble| {
        let text = trouble.text(terminal.language);
        terminal.warn(text);
        Exit::NotDone
    })
}
