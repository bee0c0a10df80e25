//! `spotcheck verify`: recomputes windows from their bundles, offline (DRAW 4).
//!
//! Files are read a line at a time and never whole: a year of a nation is thousands of millions of rows.

use super::{Exit, Terminal};
use crate::draw::bundle::Bundle;
use crate::draw::verify::check;
use crate::files::{self, unreadable};
use crate::model::{Said, Sha256, Trouble};
use crate::said;
use crate::work::verify::log_file::{Log, LogLine};
use crate::work::verify::{Outcome, Series, Source, Wanted, witness};
use chrono::NaiveDate;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Bundles and logs as they were exported, in any order.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// An anchor known from elsewhere: 64 hex digits. May be given more than once.
    #[arg(long, value_name = "HEX")]
    pub anchor: Vec<String>,
    /// An evening digest from a mailbox on another server, saved as .eml. May be given more than once.
    #[arg(long, value_name = "MAIL")]
    pub witness: Vec<PathBuf>,
    /// First day of which every window must be there.
    #[arg(long, value_name = "DAY")]
    pub from: Option<NaiveDate>,
    /// Last day of which every window must be there.
    #[arg(long, value_name = "DAY")]
    pub to: Option<NaiveDate>,
    /// JSON instead of sentences.
    #[arg(long)]
    pub json: bool,
}

/// A bundle of a million places has some 100 MB; more is no bundle.
const LONGEST_LINE: u64 = 1 << 30;
const LARGEST_MAIL: u64 = 1 << 26;

pub fn run(args: &Args, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let series = Mutex::new(Series::new(wanted(args)?));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let (lines, queue) = sync_channel(workers);
    let queue = Mutex::new(queue);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| work(&queue, &series));
        }
        // The queue closes when the reader is done or fails, and the workers end.
        let read = args.files.iter().try_for_each(|file| read(file, &lines, &series));
        drop(lines);
        read
    })?;
    let verdict = series.into_inner().unwrap_or_else(PoisonError::into_inner).finish();
    if args.json {
        terminal.say(verdict.json(terminal.language).to_string());
    } else {
        verdict.lines(terminal.language).iter().for_each(|line| terminal.say(line));
    }
    Ok(match verdict.outcome {
        Outcome::Proved => Exit::Done,
        Outcome::Consistent => Exit::Warnings,
        Outcome::Failed => Exit::NotDone,
    })
}

fn wanted(args: &Args) -> Result<Wanted, Trouble> {
    let anchor = |text: &String| {
        text.trim().parse::<Sha256>().map_err(|_| {
            Trouble::new(said!("an anchor has 64 hex digits", "锚点应为64位十六进制数")).in_field("--anchor")
        })
    };
    let mail = |path: &PathBuf| {
        let name = path.display().to_string();
        let bytes = files::read(path, LARGEST_MAIL)?;
        witness::read(&name, &bytes).map_err(|said| Trouble::new(said).in_file(name))
    };
    if let (Some(from), Some(to)) = (args.from, args.to)
        && to < from
    {
        let said = said!("the last day {to} is before the first, {from}", "最后一天{to}早于第一天{from}");
        return Err(Trouble::new(said).in_field("--to"));
    }
    Ok(Wanted {
        anchors: args.anchor.iter().map(anchor).collect::<Result<_, _>>()?,
        witnesses: args.witness.iter().map(mail).collect::<Result<_, _>>()?,
        from: args.from,
        to: args.to,
    })
}

/// Hands a file's bundles to the workers; a log is short, and read in its order here.
fn read(path: &Path, lines: &SyncSender<(Source, Vec<u8>)>, series: &Mutex<Series>) -> Result<(), Trouble> {
    let name = path.display().to_string();
    let mut file = BufReader::new(files::open(path)?);
    let (mut log, mut troubles) = (Log::new(&name), Vec::new());
    for number in 1.. {
        let mut line = Vec::new();
        let length = file.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line).map_err(|e| unreadable(path, &e))?;
        if length == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<LogLine>(&line) {
            Ok(entry) => {
                if let Err(said) = log.add(&entry) {
                    troubles.push((number, said));
                }
            }
            // Workers end only with the queue, so somebody takes it.
            Err(_) => drop(lines.send((Source { file: name.clone(), line: number }, line))),
        }
    }
    if !log.entries.is_empty() {
        series.lock().unwrap_or_else(PoisonError::into_inner).add_log(log, troubles);
    }
    Ok(())
}

fn work(queue: &Mutex<Receiver<(Source, Vec<u8>)>>, series: &Mutex<Series>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((source, line)) = next else { break };
        let read = serde_json::from_slice::<Bundle>(&line).map_err(not_a_bundle);
        drop(line);
        let checked = read.map(|bundle| check(&bundle));
        let mut series = series.lock().unwrap_or_else(PoisonError::into_inner);
        match checked {
            Ok(checked) => series.add_bundle(source, checked),
            Err(said) => series.unreadable(source, said),
        }
    }
}

fn not_a_bundle(e: serde_json::Error) -> Said {
    said!("this line is neither a bundle nor an entry of a log: {e}", "此行既不是证据包也不是日志条目：{e}")
}
