//! Commands, one a file. Human output by default, `--json` everywhere.
//! Exit codes: 0 done, 1 done with warnings, 2 not done; `receive` also those of sysexits.h.

pub mod absence;
pub mod account;
pub mod away;
pub mod backchecks;
pub mod backup;
pub mod batches;
pub mod beacon;
pub mod calls;
pub mod check;
pub mod complaints;
pub mod demo;
pub mod draw;
pub mod explain;
pub mod export;
pub mod export_bundles;
mod export_record;
pub mod fairness;
pub mod findings;
mod findings_said;
pub mod flags;
pub mod handover;
pub mod help;
pub mod import;
mod import_calendar;
pub mod inbox;
pub mod init;
pub mod keys;
mod life;
mod listing;
pub mod mappings;
pub mod outbox;
mod output;
pub mod patterns;
mod period;
pub mod period_report;
pub mod plan;
pub mod preview;
mod processor;
mod questions;
pub mod receive;
pub mod record;
pub mod reply;
pub mod report;
pub mod restore;
pub mod retention;
mod rows;
pub mod serve;
pub mod setup;
pub mod status;
pub mod usage;
pub mod verdict;
pub mod verify;
pub mod village;

use crate::model::{Language, Trouble};
use setup::Place;
use std::io::{Read, Write};
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done,
    Warnings,
    NotDone,
    /// For mail programs: not stored, try again later.
    TryAgain,
    /// For mail programs: what came is no mail.
    NoMail,
    /// For mail programs: a file is not there or cannot be read.
    NoInput,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Warnings => 1,
            Exit::NotDone => 2,
            // sysexits.h: EX_DATAERR, EX_NOINPUT, EX_TEMPFAIL.
            Exit::NoMail => 65,
            Exit::NoInput => 66,
            Exit::TryAgain => 75,
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
        let _ = writeln!(self.output, "{}", harmless(line.as_ref()));
    }

    /// A line beside the output.
    pub fn warn(&mut self, line: impl AsRef<str>) {
        let _ = writeln!(self.errors, "{}", harmless(line.as_ref()));
    }

    pub fn pick<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        self.language.pick(en, zh)
    }
}

/// Text from files and mails cannot steer a terminal.
fn harmless(line: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let harmless = |c: char| if turns(c) || c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c };
    line.replace("\r\n", "\n").chars().map(harmless).collect()
}

#[derive(Debug, clap::Parser)]
#[command(name = "spotcheck", version, about = "Unannounced inspections that outsiders can verify")]
pub struct Cli {
    /// Language of output: en or zh.
    #[arg(long, global = true, env = "SPOTCHECK_LANGUAGE", value_parser = parse_language)]
    pub lang: Option<Language>,
    #[command(flatten)]
    pub place: Place,
    #[command(subcommand)]
    pub command: Command,
}

fn parse_language(text: &str) -> Result<Language, String> {
    text.parse().map_err(|()| "en or zh".to_owned())
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// A fictional county lives some days, in simulated time.
    Demo(demo::Args),
    /// Asks few questions; writes configuration, database and secrets.
    Init(init::Args),
    /// Tells what is wrong before the morning does; shows the next windows.
    Check(check::Args),
    /// What a policy costs and guarantees; or a dry run from a file of weights.
    Plan(plan::Args),
    /// What tomorrow's mail will be, in numbers; no target, and what can still be seen to tonight.
    Preview(preview::Args),
    /// Runs the daemon until it is told to stop.
    Serve,
    /// Does everything that is due once: for those who have cron.
    Tick(serve::TickArgs),
    /// Imports a register, attendance, leave, or the national list of villages.
    Import(import::Args),
    /// Imports of records: list them; say that one with few rows is complete.
    Batches(batches::Args),
    /// The layouts of files of records: list them; try one on a file (dry run).
    Mappings(mappings::Args),
    /// Writes an empty template, or an assignment as JSON.
    Export(export::Args),
    /// Enters a result for an inspector.
    Record(record::Args),
    /// What was drawn and why; or a dry run from files.
    Draw(draw::Args),
    /// What a draw waits for: show, enter; and the second office's chain: create, release.
    Beacon(beacon::Args),
    /// Why a place's chance is what it is, and what happened to it in a window.
    Explain(explain::Args),
    /// Takes mails from a mail program or from files.
    Receive(receive::Args),
    /// How a reply would be read (dry run).
    Reply(reply::Args),
    /// Mails that came in: list, quarantine, show, accept, discard; trust, untrust, trusted.
    Inbox(inbox::InboxArgs),
    /// An inspector cannot go: leaves them out, and deals what they hold by now to others.
    Away(away::Args),
    /// Calls that come back: what was tried, what comes next, what the office has to decide.
    Calls(calls::Args),
    /// Letters that go out: list, retry, hold, print.
    Outbox(outbox::Args),
    /// Flags: list, show, decide; letters to print; explanations and appeals on paper.
    Flags(flags::Args),
    /// Finished visits drawn again for a second inspector: list, show, decide.
    Backchecks(backchecks::Args),
    /// Complaints against inspectors: open, list, show, decide.
    Complaints(complaints::Args),
    /// What is to be rectified: list, show, open, step, export.
    Findings(findings::Args),
    /// Recomputes draws from their bundles, offline: whether everything follows, and what nobody can exclude.
    Verify(verify::Args),
    /// Villages become one: teams, officials and contacts keep their ids, history stays.
    Village(village::Args),
    /// The verdict on one observation (dry run).
    Verdict(verdict::Args),
    /// Whether the draws are fair; an office's month or year; estimates and response rates (dry runs).
    Report(report::Args),
    /// The chains that make draws unforeseeable: list them, report one as exposed.
    Keys(keys::Args),
    /// What is deleted because its time is up: tell, apply, journal.
    Retention(retention::Args),
    /// Who may sign in to the console: add, list, disable, reset; the audit log.
    Account(account::Args),
    /// Writes a backup: the whole database, locked, in one file.
    Backup(backup::Args),
    /// Restores a backup where no database is, or tries whether it could be.
    Restore(restore::Args),
    /// What somebody who takes the office over must know: a text and a page to sign, with its hash in the log.
    Handover(handover::Args),
    /// How it stands, at a glance.
    Status(status::Args),
    /// Completions for a shell.
    Completions { shell: clap_complete::Shell },
    /// The manual page.
    Man,
}

/// Runs a command and tells its trouble in the person's language.
pub fn run(cli: &Cli, terminal: &mut Terminal<'_>) -> Exit {
    let place = &cli.place;
    let done = match &cli.command {
        Command::Demo(args) => demo::run(args, terminal),
        Command::Init(args) => init::run(args, place, terminal),
        Command::Check(args) => check::run(args, place, terminal),
        Command::Plan(args) => plan::run(args, place, terminal),
        Command::Preview(args) => preview::run(args, place, terminal),
        Command::Serve => serve::serve(place),
        Command::Tick(args) => serve::tick(args, place, terminal),
        Command::Import(args) => import::run(args, place, terminal),
        Command::Batches(args) => batches::run(args, place, terminal),
        Command::Mappings(args) => mappings::run(args, place, terminal),
        Command::Export(args) => export::run(args, place, terminal),
        Command::Record(args) => record::run(args, place, terminal),
        Command::Draw(args) => draw::run(args, place, terminal),
        Command::Beacon(args) => beacon::run(args, place, terminal),
        Command::Explain(args) => explain::run(args, place, terminal),
        Command::Receive(args) => receive::run(args, place, terminal),
        Command::Reply(args) => reply::run(args, terminal),
        Command::Inbox(args) => inbox::inbox(args, place, terminal),
        Command::Away(args) => away::run(args, place, terminal),
        Command::Calls(args) => calls::run(args, place, terminal),
        Command::Outbox(args) => outbox::run(args, place, terminal),
        Command::Flags(args) => flags::run(args, place, terminal),
        Command::Backchecks(args) => backchecks::run(args, place, terminal),
        Command::Complaints(args) => complaints::run(args, place, terminal),
        Command::Findings(args) => findings::run(args, place, terminal),
        Command::Verify(args) => verify::run(args, terminal),
        Command::Village(args) => village::run(args, place, terminal),
        Command::Verdict(args) => verdict::run(args, terminal),
        Command::Keys(args) => keys::run(args, place, terminal),
        Command::Report(args) => report::run(args, place, terminal),
        Command::Retention(args) => retention::run(args, place, terminal),
        Command::Account(args) => account::run(args, place, terminal),
        Command::Backup(args) => backup::run(args, place, terminal),
        Command::Restore(args) => restore::run(args, place, terminal),
        Command::Handover(args) => handover::run(args, place, terminal),
        Command::Status(args) => status::run(args, place, terminal),
        Command::Completions { shell } => {
            // Into memory first: the generator panics where its reader goes away.
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut help::command(terminal.language), "spotcheck", &mut script);
            let _ = terminal.output.write_all(&script);
            Ok(Exit::Done)
        }
        Command::Man => {
            let _ = clap_mangen::Man::new(help::command(terminal.language)).render(&mut terminal.output);
            Ok(Exit::Done)
        }
    };
    done.unwrap_or_else(|trouble: Trouble| {
        let text = trouble.text(terminal.language);
        terminal.warn(text);
        Exit::NotDone
    })
}
