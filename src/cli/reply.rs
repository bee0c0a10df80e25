//! `spotcheck reply`: how a mail would be read. Reads and writes no database (REPLIES 8).

use super::{Exit, Terminal};
use crate::model::{Timestamp, Trouble};
use crate::reply::{Authentication, Earlier, Intake, Lexicon, Reading, Sent, envelope, read_with, refused};
use crate::said;
use crate::work::{answer_sheet, lexicons};
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

pub fn run(args: &Args, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let name = args.assignment.display().to_string();
    let text = String::from_utf8(file(&args.assignment)?)
        .map_err(|_| Trouble::new(said!("the file is not UTF-8", "文件不是UTF-8编码")).in_file(&name))?;
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
        let reading = one(&file(path)?, &sent, &earlier, None, &lexicon);
        earlier.absorb(&reading);
    }
    let mut raw = Vec::new();
    terminal.input.read_to_end(&mut raw).map_err(|error| {
        Trouble::new(said!("the mail cannot be read from the input: {error}", "无法从输入读取邮件：{error}"))
    })?;
    terminal.say(one(&raw, &sent, &earlier, now, &lexicon).to_json());
    Ok(Exit::Done)
}

fn file(path: &Path) -> Result<Vec<u8>, Trouble> {
    std::fs::read(path).map_err(|error| {
        Trouble::new(said!("the file cannot be read ({error})", "文件无法读取（{error}）"))
            .in_file(path.display().to_string())
    })
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
