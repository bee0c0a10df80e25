//! Mails whose sender could not be proven: read without danger, then accepted or discarded by a person.

use super::draft::{Draft, address};
use super::form::{Field, Form};
use super::parts::{Marks, Tone};
use super::shell::Tab;
use super::words::{age, moment, plain, sees_targets};
use crate::console::shown::{Asked, Shown};
use crate::letter::phone_free;
use crate::measure::document::{Cell, Form as Kind, Section, Table};
use crate::model::{Said, Timestamp};
use crate::reply::without_keys;
use crate::said;
use crate::words::states::{mail_reason, mail_state};
use crate::work::look::quarantine::{mail, waiting};
use crate::work::look::{BOOK, PAGE};
use crate::work::quarantine::ShownFile;
use crate::work::{Done, photos};
use chrono_tz::Tz;

/// Characters of a mail that are shown.
const TEXT: usize = 20_000;

pub async fn show(asked: &Asked<'_>) -> Done<Shown> {
    match asked.id {
        Some(id) => one(asked, id).await,
        None => list(asked).await,
    }
}

fn zone(asked: &Asked<'_>) -> Tz {
    crate::work::look::chosen(asked.ctx, &asked.viewer.scope, None).map_or(Tz::UTC, |office| office.zone)
}

async fn list(asked: &Asked<'_>) -> Done<Shown> {
    let after = asked.query.get("after").and_then(|text| {
        let (at, id) = text.split_once('.')?;
        Some((Timestamp(at.parse().ok()?), id))
    });
    let most = if asked.query.get("as").is_some() { BOOK } else { PAGE };
    let found = waiting(asked.ctx, &asked.viewer.scope, after, most).await?;
    let (now, zone) = (asked.ctx.now(), zone(asked));
    let mut page = Draft::new(asked, Tab::Quarantine, "/quarantine", &said!("Mail to check", "待核邮件"));
    page.lead(&said!(
        "Who sent these could not be proven, or what they answer. Nothing of them counts until a person accepts them.",
        "这些邮件的发件人或所答任务未能核实。经人工接受之前，一律不计入结果。"
    ));
    let mut table = Table::new(&[
        ("subject", Kind::Words, said!("Subject", "主题")),
        ("from", Kind::Words, said!("From", "发件人")),
        ("reason", Kind::Words, said!("Why it waits", "原因")),
        ("received", Kind::Words, said!("Received", "收到时间")),
        ("age", Kind::Words, said!("Waits for", "已等待")),
    ]);
    let mut marks = Marks::default();
    for (at, one) in found.rows.iter().enumerate() {
        let received = Timestamp(one.row.received_at);
        let subject =
            if one.subject.is_empty() { said!("no subject", "无主题") } else { plain(without_keys(&one.subject)) };
        marks.links.insert((at, 0), format!("/quarantine/{}", one.row.id));
        marks.tones.insert((at, 2), Tone::Late);
        let cells = [
            subject,
            plain(one.sender.clone()),
            mail_reason(one.row.reason.as_deref().unwrap_or_default()),
            moment(received, zone),
            age(received, now),
        ];
        table.rows.push(cells.into_iter().map(Cell::Words).collect());
    }
    if found.more
        && let Some(last) = found.rows.last()
    {
        let after = format!("{}.{}", last.row.received_at, last.row.id);
        marks.more = Some((address("/quarantine", [("after", after.as_str())]), said!("Next page", "下一页")));
    }
    let section = Section::new("mails", said!("Longest waiting first", "按等待时间排列")).with(table);
    page.table(
        section,
        &marks,
        &said!(
            "No mail waits. Replies of known senders are recorded by themselves.",
            "没有待核邮件。发件人已核实的回复会自动登记。"
        ),
    );
    page.finish()
}

async fn one(asked: &Asked<'_>, id: &str) -> Done<Shown> {
    let Some((shown, head)) = mail(asked.ctx, &asked.viewer.scope, id).await? else { return Ok(Shown::Missing) };
    let row = &shown.row;
    let zone = zone(asked);
    let sender = &head.sender;
    let title = said!("Mail of {sender}", "来自{sender}的邮件");
    let at = format!("/quarantine/{}", row.id);
    let mut page = Draft::new(asked, Tab::Quarantine, at.as_str(), &title);
    let subject = without_keys(&phone_free(&shown.subject));
    let mut facts = vec![
        (said!("Subject", "主题"), plain(subject)),
        (said!("From", "发件人"), plain(head.sender.clone())),
        (said!("Received", "收到时间"), moment(Timestamp(row.received_at), zone)),
        (said!("State", "状态"), mail_state(&row.state)),
        (said!("Why", "原因"), mail_reason(row.reason.as_deref().unwrap_or_default())),
    ];
    if let Some(assignment) = &row.assignment {
        facts.push((said!("Assignment", "任务"), plain(assignment.clone())));
    }
    let proof = match row.dkim.as_deref().filter(|domains| !domains.is_empty()) {
        Some(domains) => said!("signed by {domains}", "签名有效：{domains}"),
        None => said!("no signature that holds", "无有效签名"),
    };
    facts.push((said!("Proof", "核实"), proof));
    page.facts(&facts);
    if row.state == "quarantine" && sees_targets(asked.viewer.role) {
        page.heading(&said!("Decide", "处理"));
        let accept = Form::post(said!("Accept it", "接受"), format!("{at}/accept"), said!("Accept", "接受"))
            .hint(said!(
                "You vouch for its sender: ask by telephone if in doubt. It is then read as any other reply.",
                "表示您担保发件人属实，如有疑问请先电话核实。接受后按普通回复读取。"
            ))
            .field(
                Field::text(
                    "assignment",
                    said!("Assignment, if the mail does not name it", "任务编号（邮件未写明时填写）"),
                )
                .hint(said!("Such as K7Q2M; else leave it empty.", "如K7Q2M；否则留空。")),
            );
        page.form(accept);
        let discard = Form::post(said!("Discard it", "丢弃"), format!("{at}/discard"), said!("Discard", "丢弃"))
            .hint(said!("It stays in the archive and counts for nothing.", "邮件仍留存备查，但不计入结果。"))
            .grave();
        page.form(discard);
    }
    page.heading(&said!("What it says", "邮件内容"));
    match &shown.text {
        Some(text) => {
            let text = without_keys(&phone_free(text));
            let cut: String = text.chars().take(TEXT).collect();
            page.quoted(&cut);
            if cut.len() < text.len() {
                page.line(&said!("It is longer; the rest is not shown.", "内容较长，其余未显示。"));
            }
        }
        None => page.empty(&said!("It has no text that can be read.", "没有可读取的文字。")),
    }
    let mut table = Table::new(&[
        ("kind", Kind::Words, said!("Kind", "类型")),
        ("bytes", Kind::Count, said!("Bytes", "字节")),
        ("photo", Kind::Words, said!("As a photo of the visit", "作为走访照片")),
    ]);
    let row = |file: &ShownFile| {
        let photo = file.photo.as_ref().map_or_else(|| plain("-"), photos::said);
        vec![Cell::name(&file.kind), Cell::count(file.bytes), Cell::Words(photo)]
    };
    table.rows = shown.files.iter().map(row).collect();
    if !shown.files.is_empty() {
        let section = Section::new("files", said!("What came with it", "附件")).with(table);
        page.table(section, &Marks::default(), &Said::new("", ""));
    }
    page.finish()
}
