//! `spotcheck outbox`: what goes out and hangs.

use super::inbox::{when, zone};
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::model::{Timestamp, Trouble};
use crate::said;
use crate::words::states;
use crate::work::Failure;
use crate::work::boxes;

#[derive(Debug, clap::Args)]
pub struct OutboxArgs {
    #[command(subcommand)]
    pub what: Outbox,
}

#[derive(Debug, clap::Subcommand)]
pub enum Outbox {
    /// Letters, newest first.
    List {
        /// Their state.
        #[arg(long, default_value = "all", value_parser = ["queued", "claimed", "data_sent", "acked", "refused", "held", "all"])]
        state: String,
        #[arg(long)]
        json: bool,
    },
    /// Sends a letter that was refused or held once more, with the same bytes.
    Retry {
        /// As the list names it.
        letter: String,
    },
    /// Holds a letter back for a person.
    Hold {
        /// As the list names it.
        letter: String,
    },
    /// The whole letter as it goes out. It holds keys and telephone numbers.
    Print {
        /// As the list names it.
        letter: String,
    },
}

fn no_letter(id: &str) -> Trouble {
    Trouble::new(said!(
        "there is no such letter, or its state does not allow it: {id}; `spotcheck outbox list` shows them",
        "没有这封信，或其状态不允许：{id}；用“spotcheck outbox list”查看"
    ))
}

fn raw_out(bytes: Vec<u8>, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let _ = terminal.output.write_all(&bytes);
    Ok(Exit::Done)
}

pub fn outbox(args: &OutboxArgs, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        Outbox::List { state, json } => {
            let state = Some(state.as_str()).filter(|s| *s != "all");
            let (zone, letters) = block_on(async {
                let ctx = place.open().await?;
                Ok((zone(&ctx), boxes::letters(&ctx, state).await.map_err(Failure::trouble)?))
            })?;
            for letter in &letters {
                let created = when(Timestamp(letter.created_at), zone);
                let trouble = letter.trouble.as_deref().unwrap_or("");
                // The Message-ID of an assignment holds its key, so lists name a letter by hash.
                let name = boxes::letter_name(&letter.message_id);
                terminal.say(if *json {
                    serde_json::json!({"name": name, "kind": letter.kind, "state": letter.state, "attempts": letter.attempts, "trouble": letter.trouble}).to_string()
                } else {
                    let [kind, state] = [states::letter_kind(&letter.kind), states::letter_state(&letter.state)]
                        .map(|said| said.in_language(terminal.language).to_owned());
                    format!("{name}  {created}  {kind}  {state}  {trouble}").trim_end().to_owned()
                });
            }
            if letters.is_empty() && !json {
                terminal.warn(terminal.pick("no letters", "没有信件"));
            }
            Ok(Exit::Done)
        }
        Outbox::Retry { letter } | Outbox::Hold { letter } => {
            let hold = matches!(args.what, Outbox::Hold { .. });
            let done = block_on(async {
                boxes::set_letter(&place.open().await?, letter, hold).await.map_err(Failure::trouble)
            })?;
            if done { Ok(Exit::Done) } else { Err(no_letter(letter)) }
        }
        Outbox::Print { letter } => {
            let bytes =
                block_on(async { boxes::raw_letter(&place.open().await?, letter).await.map_err(Failure::trouble) })?;
            raw_out(bytes.ok_or_else(|| no_letter(letter))?, terminal)
        }
    }
}
