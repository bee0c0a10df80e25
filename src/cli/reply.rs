//! `spotcheck reply`: how a mail would be read. Reads and writes no database (REPLIES 8).

use super::{Exit, Terminal};
use crate::files;
use crate::model::{Timestamp, Trouble};
use crate::reply::{Authentication, Earlier, Intake, Lexicon, Reading, Sent, envelope, read_with, refused};
use crate::said;
use crate::work::{answer_sheet, lexicons};
use std::io::Read;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The assignment as sent, a file that `export assignment ID` writes.
    #[arg(long, value_name = "FILE")]
    assignment: PathBuf,
    /// An earlier mail of the same inspector, read first; may stand there several times.
    #[arg(long, value_name = "FILE")]
    after: Vec<PathBuf>,
    /// When the mail was received (RFC 3339); otherwise the newest date of its Received fields.
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// A table of an office's own words, beside the shipped ones; may stand there several times.
    #[arg(long, value_name = "FILE")]
    words: Vec<PathBuf>,
    /// The output is JSON in any case.
    #[arg(long)]
    json: bool,
}

/// A mail, and one byte.
const LARGEST: u64 = files::PAPER + 1;

pub fn run(args: &Args, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let name = args.assignment.display().to_string();
    let text = files::read_text(&args.assignment, files::PAPER)?;
    let sent = Sent::from_json(&text).map_err(|trouble| trouble.in_file(&name))?;
    let now = match &args.now {
        None => None,
        Some(text) => Some(Timestamp::parse(text).ok_or_else(|| {
            let said = said!(
                "“{text}” is no time: expected such as 2026-03-12T11:00:00+08:00",
                "“{text}”不是时间：应如2026-03-12T11:00:00+08:00"
            );
            Trouble::new(said).in_field("--now")
        })?),
    };
    let lexicon = lexicons::with(&args.words)?;
    let mut earlier = Earlier::default();
    for path in &args.after {
        let reading = one(&files::read(path, LARGEST)?, &sent, &earlier, None, &lexicon);
        earlier.absorb(&reading);
    }
    let mut raw = Vec::new();
    // One byte more than a mail may have is enough to refuse it.
    let read = terminal.input.take(LARGEST).read_to_end(&mut raw);
    read.map_err(|error| files::unreadable(Path::new("-"), &error))?;
    terminal.say(one(&raw, &sent, &earlier, now, &lexicon).to_json());
    Ok(Exit::Done)
}

fn one(raw: &[u8], sent: &Sent, earlier: &Earlier, now: Option<Timestamp>, lexicon: &Lexicon) -> Reading {
    let Ok(mail) = envelope(raw) else {
        return refused(sent, earlier);
    };
    let received = now.or_else(|| mail.received()).or_else(|| mail.claimed_date());
    let intake = Intake {
        vouched: false,
        received: received.unwrap_or_else(|| Timestamp(sent.sent.timestamp_millis())),
        authentication: Authentication::pinned(sent.trusted_authserv_id.clone()),
    };
    read_with(&mail, &answer_sheet::filled(&mail), sent, earlier, &intake, lexicon)
}
