//! `spotcheck outbox`: what goes out and hangs.

use super::inbox::{when, zone};
use super::output::Force;
use super::setup::{Place, block_on};
use super::{Exit, Terminal, listing};
use crate::files;
use crate::model::{Said, Timestamp, Trouble};
use crate::said;
use crate::store::LetterRow;
use crate::words::{sending, states};
use crate::work::{Failure, outbox, paper, ways};
use chrono_tz::Tz;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: Outbox,
}

#[derive(Debug, clap::Subcommand)]
pub enum Outbox {
    /// Letters, newest first: state, attempts, next try, what went wrong.
    List {
        /// Their state.
        #[arg(long, default_value = "all", value_parser = STATES)]
        state: String,
        /// Only letters of which nobody knew at least once whether they were taken over.
        #[arg(long, conflicts_with = "state")]
        doubtful: bool,
        #[arg(long)]
        json: bool,
    },
    /// Sends a letter that waits, was refused, held, ambiguous or too late now, with the same bytes.
    Retry {
        /// As the list names it.
        letter: String,
        #[arg(long)]
        json: bool,
    },
    /// Holds a letter back for a person.
    Hold {
        /// As the list names it.
        letter: String,
        #[arg(long)]
        json: bool,
    },
    /// The whole letter as it goes out. It holds keys and telephone numbers.
    Print {
        /// As the list names it.
        letter: String,
        /// The sheet of its visits and calls instead, as PDF: for a day without mail.
        #[arg(long, value_name = "FILE")]
        pdf: Option<PathBuf>,
        #[command(flatten)]
        force: Force,
    },
}

const STATES: [&str; 9] = ["queued", "claimed", "data_sent", "acked", "refused", "ambiguous", "held", "expired", "all"];

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        Outbox::List { state, doubtful, json } => list(state, *doubtful, *json, place, terminal),
        Outbox::Retry { letter, json } | Outbox::Hold { letter, json } => {
            let hold = matches!(args.what, Outbox::Hold { .. });
            let done = block_on(async {
                outbox::set_letter(&place.open().await?, letter, hold).await.map_err(Failure::trouble)
            })?;
            if !done {
                return Err(no_letter(letter));
            }
            let state = if hold { "held" } else { "queued" };
            terminal.say(if *json {
                serde_json::json!({"name": letter, "state": state}).to_string()
            } else {
                format!("{letter}  {}", states::letter_state(state).in_language(terminal.language))
            });
            Ok(Exit::Done)
        }
        Outbox::Print { letter, pdf: Some(file), force } => {
            let bytes = block_on(async {
                let ctx = place.open().await?;
                let Some(of) = outbox::assignment_of(&ctx, letter).await.map_err(Failure::trouble)? else {
                    return Ok(None);
                };
                paper::export(&ctx, &of).await.map_err(Failure::trouble)
            })?;
            let bytes = bytes.ok_or_else(|| {
                Trouble::new(said!(
                    "there is no letter with visits or calls of this name: spotcheck outbox list shows them",
                    "没有此名称的任务邮件：用spotcheck outbox list查看"
                ))
            })?;
            files::write(file, &bytes, force.private())?;
            let file = file.display();
            terminal.say(said!("written: {file}", "已写入：{file}").in_language(terminal.language));
            Ok(Exit::Done)
        }
        Outbox::Print { letter, pdf: None, .. } => {
            let bytes =
                block_on(async { outbox::raw_letter(&place.open().await?, letter).await.map_err(Failure::trouble) })?;
            let _ = terminal.output.write_all(&bytes.ok_or_else(|| no_letter(letter))?);
            Ok(Exit::Done)
        }
    }
}

fn list(state: &str, doubtful: bool, json: bool, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let state = Some(state).filter(|s| *s != "all");
    let (zone, letters, failing) = block_on(async {
        let ctx = place.open().await?;
        let letters = if doubtful { outbox::ambiguous(&ctx).await } else { outbox::letters(&ctx, state).await };
        let failing = ways::failing(&ctx).await.map_err(Failure::trouble)?;
        Ok((zone(&ctx), letters.map_err(Failure::trouble)?, failing))
    })?;
    if json {
        letters.iter().for_each(|letter| terminal.say(as_json(letter)));
    } else {
        let rows: Vec<_> = letters.iter().map(|letter| as_row(letter, zone, terminal)).collect();
        listing::print(HEADS.map(|(en, zh)| Said::new(en, zh)), &rows, terminal);
    }
    if letters.is_empty() && !json {
        terminal.warn(terminal.pick("no letters", "没有信件"));
    }
    for way in &failing {
        let why = sending::trouble(&way.trouble);
        let (name, since, next) = (&way.name, when(Timestamp(way.since), zone), when(Timestamp(way.next_try_at), zone));
        let said = Said::new(
            format!("{name} takes no letters since {since} ({}); tried again at {next}, no letter is lost", why.en),
            format!("{name}自{since}起无法发信（{}）；{next}再试，信件不会丢失", why.zh),
        );
        terminal.warn(said.in_language(terminal.language));
    }
    Ok(Exit::Done)
}

/// The Message-ID of an assignment holds its key, so lists name a letter by hash.
fn as_json(letter: &LetterRow) -> String {
    let time = |at: i64| Timestamp(at).to_string();
    serde_json::json!({
        "name": outbox::letter_name(&letter.message_id),
        "kind": letter.kind,
        "office": letter.office,
        "state": letter.state,
        "created": time(letter.created_at),
        "attempts": letter.attempts,
        "next_try": (letter.state == "queued").then(|| time(letter.next_try_at)),
        "done": letter.done_at.map(time),
        "trouble": letter.trouble,
        "doubtful": letter.ambiguous,
    })
    .to_string()
}

const HEADS: [(&str, &str); 6] = [
    ("LETTER", "信件"),
    ("WRITTEN", "生成时间"),
    ("TO", "收件人"),
    ("KIND", "类型"),
    ("STATE", "状态"),
    ("NOTE", "备注"),
];

fn as_row(letter: &LetterRow, zone: Tz, terminal: &Terminal<'_>) -> [String; 6] {
    let [kind, state] = [states::letter_kind(&letter.kind), states::letter_state(&letter.state)]
        .map(|said| said.in_language(terminal.language).to_owned());
    let mut notes = Vec::new();
    let mut add = |said: Said| notes.push(said.in_language(terminal.language).to_owned());
    let (attempts, doubtful) = (letter.attempts, letter.ambiguous);
    if attempts > 1 {
        add(said!("attempts: {attempts}", "尝试{attempts}次"));
    }
    if doubtful > 0 {
        add(said!("perhaps sent already: {doubtful} times", "可能已送达{doubtful}次"));
    }
    if letter.state == "queued" && attempts > 0 {
        let next = when(Timestamp(letter.next_try_at), zone);
        add(said!("next try {next}", "下次{next}"));
    }
    if let Some(trouble) = &letter.trouble {
        add(sending::trouble(trouble));
    }
    let written = when(Timestamp(letter.created_at), zone);
    [outbox::letter_name(&letter.message_id), written, letter.recipients.clone(), kind, state, notes.join("; ")]
}

fn no_letter(id: &str) -> Trouble {
    Trouble::new(said!(
        "there is no such letter, or its state does not allow it: {id}; `spotcheck outbox list` shows them",
        "没有这封信，或其状态不允许：{id}；用“spotcheck outbox list”查看"
    ))
}
