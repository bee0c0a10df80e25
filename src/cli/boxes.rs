//! `spotcheck inbox`: what came in and waits.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::model::{Timestamp, Trouble};
use crate::said;
use crate::words::states;
use crate::work::boxes::{self, Sorted};
use crate::work::{Context, Failure};
use chrono_tz::Tz;

#[derive(Debug, clap::Args)]
pub struct InboxArgs {
    #[command(subcommand)]
    pub what: Inbox,
}

#[derive(Debug, clap::Subcommand)]
pub enum Inbox {
    /// Mails, newest first; by default those that wait in quarantine.
    List {
        /// Their state.
        #[arg(long, default_value = "quarantine", value_parser = ["new", "done", "quarantine", "discarded", "all"])]
        state: String,
        #[arg(long)]
        json: bool,
    },
    /// The raw mail.
    Show { id: String },
    /// Reads a quarantined mail as if its sender were proven.
    Accept {
        id: String,
        /// Who decides.
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Sets a quarantined mail aside for good.
    Discard {
        id: String,
        #[arg(long, value_name = "NAME")]
        by: String,
    },
}

pub fn inbox(args: &InboxArgs, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        Inbox::List { state, json } => {
            let state = Some(state.as_str()).filter(|s| *s != "all");
            let (zone, mails) = block_on(async {
                let ctx = place.open().await?;
                Ok((zone(&ctx), boxes::mails(&ctx, state).await.map_err(Failure::trouble)?))
            })?;
            for mail in &mails {
                let reason = mail.reason.as_deref().unwrap_or("-");
                let (id, received) = (&mail.id, Timestamp(mail.received_at));
                let assignment = mail.assignment.as_deref().unwrap_or("-");
                terminal.say(if *json {
                    serde_json::json!({"id": id, "state": mail.state, "reason": reason, "assignment": mail.assignment, "received": received.to_string()}).to_string()
                } else {
                    let (name, received) = (id.get(..16).unwrap_or(id), when(received, zone));
                    let [state, reason] = [states::mail_state(&mail.state), states::mail_reason(reason)]
                        .map(|said| said.in_language(terminal.language).to_owned());
                    format!("{name}  {received}  {assignment}  {state}  {reason}")
                });
            }
            match (json, mails.is_empty()) {
                (true, _) => {}
                (false, true) => terminal.warn(terminal.pick("no mails", "没有邮件")),
                (false, false) => terminal.warn(terminal.pick(
                    "The mail itself: spotcheck inbox show ID. To decide: spotcheck inbox accept ID --by NAME, or discard",
                    "查看原文：spotcheck inbox show 编号；处理：spotcheck inbox accept 编号 --by 办理人，或discard",
                )),
            }
            Ok(Exit::Done)
        }
        Inbox::Show { id } => {
            let raw = block_on(async { boxes::raw_mail(&place.open().await?, id).await.map_err(Failure::trouble) })?;
            raw_out(raw.ok_or_else(|| no_mail(id))?, terminal)
        }
        Inbox::Accept { id, by } => {
            let sorted =
                block_on(async { boxes::accept(&place.open().await?, id, by).await.map_err(Failure::trouble) })?;
            sorted_out(sorted, id, terminal)
        }
        Inbox::Discard { id, by } => {
            let sorted =
                block_on(async { boxes::discard(&place.open().await?, id, by).await.map_err(Failure::trouble) })?;
            sorted_out(sorted, id, terminal)
        }
    }
}

/// The clock by which lists tell the time: the first office's.
pub(super) fn zone(ctx: &Context) -> Tz {
    ctx.config.offices.first().map_or(Tz::UTC, |office| office.zone)
}

pub(super) fn when(at: Timestamp, zone: Tz) -> String {
    at.in_zone(zone).format("%Y-%m-%d %H:%M").to_string()
}

fn sorted_out(sorted: Sorted, id: &str, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match sorted {
        Sorted::Done(reason) => {
            terminal.say(states::mail_reason(&reason).in_language(terminal.language));
            Ok(Exit::Done)
        }
        Sorted::NotWaiting => {
            Err(Trouble::new(said!("mail {id} does not wait in quarantine", "邮件{id}不在待人工处理之列")))
        }
        Sorted::Unknown => Err(no_mail(id)),
    }
}

fn no_mail(id: &str) -> Trouble {
    Trouble::new(said!(
        "there is no mail {id}: `spotcheck inbox list --state all` shows them",
        "没有邮件{id}：用“spotcheck inbox list --state all”查看"
    ))
}

pub(super) fn raw_out(bytes: Vec<u8>, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let _ = terminal.output.write_all(&bytes);
    Ok(Exit::Done)
}
