//! The bounce book: letters that came back, tied to the letter and the inspector (REPLIES 3, step 2).

use super::{Context, Done};
use crate::config::Office;
use crate::letter::Todo;
use crate::model::key::KeyUse;
use crate::model::time::DAY;
use crate::model::{Said, Timestamp};
use crate::reply::{self, Mail};
use crate::said;
use crate::store::{Ids, InboxRow, NewBounce, SentLetter, Tx};
use std::collections::BTreeMap;

/// A bounce is shown so long, if its address stays the inspector's.
const SHOWN: i64 = 7 * DAY;

/// Enters a bounce if it is proven to be of a letter of ours, and returns the reason of its reading.
pub async fn note(ctx: &Context, tx: &mut Tx, row: &InboxRow, mail: &Mail<'_>) -> Done<&'static str> {
    let said = reply::bounced(mail);
    if said.delayed {
        return Ok("delayed");
    }
    // Anybody may send what looks like a bounce: without a key or a Message-ID of ours it is only noted.
    let Some(letter) = letter_of(ctx, tx, mail, &said.letters).await? else { return Ok("bounce") };
    let named = said.recipient.filter(|recipient| letter.recipients.contains(recipient));
    let address = named.or_else(|| letter.recipients.first().cloned());
    tx.note_bounce(&NewBounce {
        mail: row.id.clone(),
        message_id: letter.message_id,
        inspector: letter.inspector,
        address,
        cause: said.cause.code().to_owned(),
        status: said.status,
        at: Timestamp(row.received_at),
    })
    .await?;
    Ok("bounce")
}

async fn letter_of(ctx: &Context, tx: &mut Tx, mail: &Mail<'_>, ids: &[String]) -> Done<Option<SentLetter>> {
    if let Some(tag) = reply::bounce_tag(mail)
        && let Some(row) = tx.assignment(&tag.assignment).await?
        && ctx.key_of(&row, KeyUse::Bounce).is_some_and(|key| key.matches(&tag.key))
    {
        return Ok(tx.sent_letter(&row.message_id).await?);
    }
    for id in ids {
        if let Some(letter) = tx.sent_letter(id).await? {
            return Ok(Some(letter));
        }
    }
    Ok(None)
}

/// Inspectors whose letters come back, for the digest: one entry an address, the newest reason.
pub async fn todo(ctx: &Context, tx: &mut Tx, office: &Office) -> Done<Vec<Todo>> {
    let since = ctx.now().minus(SHOWN);
    let mut newest = BTreeMap::new();
    for bounce in tx.bounces_since(&office.id, since).await? {
        newest.insert((bounce.inspector, bounce.address), (bounce.cause, bounce.status));
    }
    let ids = Ids::new(newest.keys().map(|(inspector, _)| inspector.as_str()));
    let inspectors = tx.inspectors_among(&ids).await?;
    let mut todo = Vec::new();
    for ((id, address), (cause, status)) in newest {
        let Some(inspector) = inspectors.iter().find(|i| i.id.as_str() == id) else { continue };
        // Once the register has another address there is nothing left to do.
        if inspector.addresses.first() != Some(&address) {
            continue;
        }
        let why = why(&cause);
        let status = status.map(|status| format!(" ({status})")).unwrap_or_default();
        let (name_en, name_zh) = (inspector.name.both(), &inspector.name.own);
        todo.push(Todo {
            code: said!("Bounce", "退信"),
            what: Said::new(
                format!("letters to {name_en} come back: {}{status}; ring them, and {}", why.0.en, why.1.en),
                format!("发给{name_zh}的信被退回：{}{status}；请先电话通知，并{}", why.0.zh, why.1.zh),
            ),
        });
    }
    Ok(todo)
}

/// What happened, and what to do.
fn why(cause: &str) -> (Said, Said) {
    match cause {
        "mailbox_full" => (said!("the mailbox is full", "对方邮箱已满"), said!("have it emptied", "请其清理邮箱")),
        "unknown_user" => (
            said!("there is no such mailbox", "对方邮箱不存在或已停用"),
            said!("correct the address in the inspectors' list", "更正检查员名册中的邮箱"),
        ),
        "blocked" => (
            said!("the other server refuses our mail", "对方服务器拒收本单位邮件"),
            said!("have the desk's address allowed there", "请对方把调度邮箱加入白名单"),
        ),
        "too_large" => (
            said!("the letter is too large for it", "邮件超过对方大小限制"),
            said!("use another address", "改用其他邮箱"),
        ),
        "temporary" => (
            said!("the other server did not take it in time", "对方服务器一直未能接收"),
            said!("look whether its server is well", "请核实对方邮件服务是否正常"),
        ),
        _ => (
            said!("the other server gave no reason that we know", "对方服务器未说明可识别的原因"),
            said!(
                "read the bounce with `spotcheck inbox list --state done`",
                "用“spotcheck inbox list --state done”查看退信"
            ),
        ),
    }
}
