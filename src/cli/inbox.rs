//! `spotcheck inbox`: what came in and waits, and whom the head trusts.

use super::setup::{Place, block_on};
use super::{Exit, Terminal, listing};
use crate::model::{AssignmentId, LineCode, Said, Timestamp, Trouble};
use crate::said;
use crate::store::{InboxRow, TrustRow};
use crate::words::states;
use crate::work::quarantine::{self, Shown, ShownFile, Sorted};
use crate::work::senders::{self, Decision};
use crate::work::{Context, Failure, photos};
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
    /// Mails that wait for a person, newest first.
    Quarantine {
        #[arg(long)]
        json: bool,
    },
    /// A mail: who sent it, its text as it would be read, what came with it.
    Show {
        id: String,
        /// The raw mail instead.
        #[arg(long)]
        raw: bool,
        #[arg(long)]
        json: bool,
    },
    /// Reads a quarantined mail as if its sender were proven.
    Accept {
        id: String,
        /// Who decides.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// What the mail answers, where it does not say so itself.
        #[arg(long, value_name = "ID", value_parser = assignment)]
        assignment: Option<AssignmentId>,
        #[arg(long)]
        json: bool,
    },
    /// Sets a quarantined mail aside for good.
    Discard {
        id: String,
        #[arg(long, value_name = "NAME")]
        by: String,
        #[arg(long)]
        json: bool,
    },
    /// Trusts an inspector's address through one relay for 90 days, because its provider signs nothing.
    Trust {
        address: String,
        #[command(flatten)]
        why: Why,
    },
    /// Ends such a trust before its time.
    Untrust {
        address: String,
        #[command(flatten)]
        why: Why,
    },
    /// Addresses that are or were trusted through a relay.
    Trusted {
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
pub struct Why {
    /// The host that hands such mail to your server, by name or address.
    #[arg(long, value_name = "HOST")]
    relay: String,
    /// Who decides.
    #[arg(long, value_name = "NAME")]
    by: String,
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

fn assignment(text: &str) -> Result<AssignmentId, String> {
    AssignmentId::parse(&text.to_uppercase()).map_err(|said| said.en)
}

pub fn inbox(args: &InboxArgs, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        Inbox::List { state, json } => list(Some(state.as_str()).filter(|s| *s != "all"), *json, place, terminal),
        Inbox::Quarantine { json } => list(Some("quarantine"), *json, place, terminal),
        Inbox::Show { id, raw: true, .. } => {
            let raw =
                block_on(async { quarantine::raw_mail(&place.open().await?, id).await.map_err(Failure::trouble) })?;
            let _ = terminal.output.write_all(&raw.ok_or_else(|| no_mail(id))?);
            Ok(Exit::Done)
        }
        Inbox::Show { id, json, .. } => show(id, *json, place, terminal),
        Inbox::Accept { id, by, assignment, json } => {
            let sorted = block_on(async {
                quarantine::accept(&place.open().await?, id, by, assignment.as_ref()).await.map_err(Failure::trouble)
            })?;
            sorted_out(sorted, id, *json, terminal)
        }
        Inbox::Discard { id, by, json } => {
            let sorted =
                block_on(async { quarantine::discard(&place.open().await?, id, by).await.map_err(Failure::trouble) })?;
            sorted_out(sorted, id, *json, terminal)
        }
        Inbox::Trust { address, why } => {
            let decision = why.decision(address);
            let (zone, ends) = block_on(async {
                let ctx = place.open().await?;
                Ok((zone(&ctx), senders::trust(&ctx, decision).await.map_err(Failure::trouble)?))
            })?;
            let until = when(ends, zone);
            terminal.say(said!("trusted until {until}", "信任至{until}").in_language(terminal.language));
            Ok(Exit::Done)
        }
        Inbox::Untrust { address, why } => {
            let decision = why.decision(address);
            let done =
                block_on(async { senders::revoke(&place.open().await?, decision).await.map_err(Failure::trouble) })?;
            if !done {
                return Err(Trouble::new(said!(
                    "this address is not trusted through that relay now: `spotcheck inbox trusted` shows what is",
                    "此邮箱目前未经该主机受信任：用“spotcheck inbox trusted”查看"
                )));
            }
            terminal.say(terminal.pick("no longer trusted", "已取消信任"));
            Ok(Exit::Done)
        }
        Inbox::Trusted { json } => trusted(*json, place, terminal),
    }
}

impl Why {
    fn decision<'a>(&'a self, address: &'a str) -> Decision<'a> {
        Decision { address, relay: &self.relay, by: &self.by, reason: &self.reason }
    }
}

fn list(state: Option<&str>, json: bool, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let (zone, mails) = block_on(async {
        let ctx = place.open().await?;
        Ok((zone(&ctx), quarantine::listed(&ctx, state).await.map_err(Failure::trouble)?))
    })?;
    if json {
        mails.iter().for_each(|mail| {
            let mut form = form(&mail.row);
            if let Some(fields) = form.as_object_mut() {
                fields.insert("sender".into(), mail.sender.clone().into());
                fields.insert("subject".into(), mail.subject.clone().into());
            }
            terminal.say(form.to_string());
        });
    } else {
        let rows: Vec<_> = mails
            .iter()
            .map(|mail| {
                let [name, received, assignment, state, why] = cells(&mail.row, zone, terminal);
                [name, received, mail.sender.clone(), mail.subject.clone(), assignment, state, why]
            })
            .collect();
        listing::print(HEADS.map(|(en, zh)| Said::new(en, zh)), &rows, terminal);
    }
    match (json, mails.is_empty()) {
        (true, _) => {}
        (false, true) => terminal.warn(terminal.pick("no mails", "没有邮件")),
        (false, false) => terminal.warn(terminal.pick(
            "The mail itself: spotcheck inbox show ID. To decide: spotcheck inbox accept ID --by NAME, or discard",
            "查看邮件：spotcheck inbox show 编号；处理：spotcheck inbox accept 编号 --by 办理人，或discard",
        )),
    }
    Ok(Exit::Done)
}

fn form(mail: &InboxRow) -> serde_json::Value {
    let reason = mail.reason.as_deref().unwrap_or("-");
    let received = Timestamp(mail.received_at).to_string();
    serde_json::json!({"id": mail.id, "state": mail.state, "reason": reason, "assignment": mail.assignment, "received": received})
}

const HEADS: [(&str, &str); 7] = [
    ("MAIL", "邮件"),
    ("RECEIVED", "收到时间"),
    ("FROM", "发件人"),
    ("SUBJECT", "主题"),
    ("ANSWERS", "所回任务"),
    ("STATE", "状态"),
    ("WHY", "原因"),
];

fn cells(mail: &InboxRow, zone: Tz, terminal: &Terminal<'_>) -> [String; 5] {
    let name = mail.id.get(..16).unwrap_or(&mail.id).to_owned();
    let received = when(Timestamp(mail.received_at), zone);
    let assignment = mail.assignment.clone().unwrap_or_else(|| "-".to_owned());
    let reason = mail.reason.as_deref().unwrap_or("-");
    let [state, reason] = [states::mail_state(&mail.state), states::mail_reason(reason)]
        .map(|said| said.in_language(terminal.language).to_owned());
    [name, received, assignment, state, reason]
}

fn show(id: &str, json: bool, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let (zone, shown) = block_on(async {
        let ctx = place.open().await?;
        Ok((zone(&ctx), quarantine::show(&ctx, id).await.map_err(Failure::trouble)?))
    })?;
    let Shown { row, from, subject, text, files } = shown.ok_or_else(|| no_mail(id))?;
    if json {
        let mut form = form(&row);
        let files: Vec<_> = files.iter().map(file_form).collect();
        if let Some(fields) = form.as_object_mut() {
            fields.insert("from".into(), from.into());
            fields.insert("subject".into(), subject.into());
            fields.insert("text".into(), text.into());
            fields.insert("files".into(), files.into());
        }
        terminal.say(form.to_string());
        return Ok(Exit::Done);
    }
    terminal.say(cells(&row, zone, terminal).join("  "));
    let from = from.unwrap_or_else(|| "?".to_owned());
    terminal.say(said!("From: {from}", "发件人：{from}").in_language(terminal.language));
    terminal.say(said!("Subject: {subject}", "主题：{subject}").in_language(terminal.language));
    for ShownFile { kind, bytes, photo } in files {
        terminal
            .say(said!("With it: {kind}, {bytes} bytes", "附件：{kind}，{bytes}字节").in_language(terminal.language));
        if let Some(photo) = photo {
            let code = photo.line.as_ref().map_or("", LineCode::as_str);
            terminal.say(format!("  {code} {}", photos::said(&photo).in_language(terminal.language)));
        }
    }
    terminal.say("");
    terminal.say(text.unwrap_or_else(|| terminal.pick("(no text that can be read)", "（没有可读的正文）").to_owned()));
    Ok(Exit::Done)
}

fn file_form(file: &ShownFile) -> serde_json::Value {
    let mut form = serde_json::json!({"kind": file.kind, "bytes": file.bytes});
    if let (Some(photo), Some(fields)) = (&file.photo, form.as_object_mut()) {
        fields.insert("photo".into(), photos::form(photo));
    }
    form
}

fn trusted(json: bool, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let (zone, now, rows) = block_on(async {
        let ctx = place.open().await?;
        Ok((zone(&ctx), ctx.now(), senders::trusts(&ctx).await.map_err(Failure::trouble)?))
    })?;
    for row in &rows {
        let TrustRow { address, relay, actor, reason, .. } = row;
        let state = match (row.decision.as_str(), row.ends_at) {
            ("trust", Some(ends)) if ends > now.0 => "trusted",
            ("trust", _) => "ended",
            _ => "revoked",
        };
        terminal.say(if json {
            let ends = row.ends_at.map(|ends| Timestamp(ends).to_string());
            serde_json::json!({"address": address, "relay": relay, "state": state, "by": actor, "reason": reason, "at": Timestamp(row.at).to_string(), "ends": ends}).to_string()
        } else {
            let said = states::trust_state(state);
            let at = when(Timestamp(row.ends_at.unwrap_or(row.at)), zone);
            format!("{address}  {relay}  {}  {at}  {actor}  {reason}", said.in_language(terminal.language))
        });
    }
    if rows.is_empty() && !json {
        terminal.warn(terminal.pick("no address is trusted through a relay", "没有经指定主机受信任的邮箱"));
    }
    Ok(Exit::Done)
}

/// The clock by which lists tell the time: the first office's.
pub fn zone(ctx: &Context) -> Tz {
    ctx.config.offices.first().map_or(Tz::UTC, |office| office.zone)
}

pub fn when(at: Timestamp, zone: Tz) -> String {
    at.in_zone(zone).format("%Y-%m-%d %H:%M").to_string()
}

fn sorted_out(sorted: Sorted, id: &str, json: bool, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match sorted {
        Sorted::Done(reason) if json => {
            terminal.say(serde_json::json!({"id": id, "reason": reason}).to_string());
            Ok(Exit::Done)
        }
        Sorted::Done(reason) => {
            terminal.say(states::mail_reason(&reason).in_language(terminal.language));
            Ok(Exit::Done)
        }
        Sorted::StillWaits(reason) => {
            let why = states::mail_reason(&reason);
            let next = match reason.as_str() {
                "no_key" | "bad_key" => {
                    said!(
                        "say which assignment it answers with --assignment ID; what answers a letter about a flag is filed with `spotcheck flags answer`",
                        "请用--assignment 任务编号 指明它回复的是哪项任务；如系对疑点通知的答复，请用“spotcheck flags answer”登记"
                    )
                }
                "closed" => {
                    said!(
                        "enter what it says with `spotcheck record`, or discard it",
                        "请用“spotcheck record”录入其内容，或丢弃该邮件"
                    )
                }
                _ => said!(
                    "look at it with `spotcheck inbox show {id}`, enter what it says with `spotcheck record`, then discard it",
                    "请用“spotcheck inbox show {id}”查看，用“spotcheck record”录入其内容，然后丢弃该邮件"
                ),
            };
            Err(Trouble::new(Said::new(
                format!("nothing was recorded ({}); {}", why.en, next.en),
                format!("未登记任何结果（{}）；{}", why.zh, next.zh),
            )))
        }
        Sorted::NoAssignment => Err(Trouble::new(said!(
            "there is no such assignment: its id, five or six letters and digits, stands in the letter's subject in brackets",
            "没有这项任务：编号为任务邮件主题中方括号内的五至六位字母数字"
        ))),
        Sorted::NotWaiting => {
            Err(Trouble::new(said!("mail {id} does not wait in quarantine", "邮件{id}不在待人工处理之列")))
        }
        Sorted::Unknown => Err(no_mail(id)),
    }
}

fn no_mail(id: &str) -> Trouble {
    Trouble::new(said!(
        "there is no mail {id}, or its text was deleted when its time was up: `spotcheck inbox list --state all` shows them",
        "没有邮件{id}，或其内容已到期删除：用“spotcheck inbox list --state all”查看"
    ))
}
