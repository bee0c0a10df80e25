//! The audit log, the newest line first: who signed in, saw lists of targets, did something, was refused.

use super::draft::{Draft, address};
use super::parts::{Marks, Tone};
use super::shell::Tab;
use super::words::plain;
use crate::console::shown::{Asked, Shown};
use crate::measure::document::{Cell, Form as Kind, Section, Table};
use crate::model::{Said, Timestamp};
use crate::said;
use crate::store::Ids;
use crate::work::audit::{Chain, Entry, newest, verify};
use crate::work::look::PAGE;
use crate::work::look::users::seen_among;
use crate::work::{Done, owner};
use chrono_tz::Tz;

pub async fn show(asked: &Asked<'_>) -> Done<Shown> {
    let (ctx, scope) = (asked.ctx, &asked.viewer.scope);
    let before = asked.query.get("before").and_then(|text| text.parse().ok());
    let mut lines = newest(ctx, before, PAGE).await?;
    let last = lines.last().map(|line| line.seq).filter(|seq| *seq > 1);
    if !owner::sees_all(ctx, scope) {
        let accounts = Ids::new(lines.iter().map(|line| line.account.as_str()));
        let seen = seen_among(ctx, scope, &accounts).await?;
        lines.retain(|line| seen.contains(&line.account));
    }
    let mut page = Draft::new(asked, Tab::Setup, "/setup/audit", &said!("Audit log", "审计日志"));
    page.lead(&said!(
        "Every line carries the hash of the one before: a line that was changed or taken out shows.",
        "每行都含有前一行的校验码：改动或抽去任何一行都会显现。"
    ));
    if asked.query.contains_key("verify") {
        match verify(ctx, |_| ()).await? {
            Chain::Whole { lines, head } => page.line(&said!(
                "All {lines} lines follow from one another. The last has {head}: keep it elsewhere, and a cut-off end shows too.",
                "共{lines}行，逐行衔接。末行校验码{head}：另行留存，则日志末尾被截去也会显现。"
            )),
            Chain::Broken { seq } => page.warning(&said!(
                "Line {seq} does not follow from the one before: it was changed outside this program.",
                "第{seq}行与前一行不衔接：曾在本程序之外被改动。"
            )),
        }
    }
    page.links(&[("/setup/audit?verify=1".to_owned(), said!("Check the whole log", "核验全部日志"))]);
    let zone = crate::work::look::chosen(ctx, scope, None).map_or(Tz::UTC, |office| office.zone);
    let (table, mut marks) = table(&lines, zone);
    marks.more = last.map(|seq| {
        (address("/setup/audit", [("before", seq.to_string().as_str())]), said!("Earlier lines", "更早的记录"))
    });
    page.table(table, &marks, &said!("Nothing on this page.", "本页没有记录。"));
    page.finish()
}

/// What a line is about, in words; routes stand as they are.
fn action(line: &Entry) -> Said {
    match line.action.as_str() {
        "sign_in" => said!("signed in", "登录"),
        "sign_in_failed" => said!("failed to sign in", "登录失败"),
        "password_right" => said!("password right, code awaited", "口令正确，待动态码"),
        "code_wrong" => said!("wrong code", "动态码错误"),
        "sign_out" => said!("signed out", "退出"),
        "second_factor_on" => said!("switched on a second factor", "启用动态码"),
        "password_set" => said!("set a password", "设定口令"),
        "refused" => said!("was refused", "被拒绝"),
        "view" => said!("saw a list of targets", "查看任务对象"),
        "file" => said!("took a file", "下载文件"),
        "upload" => said!("uploaded a file", "上传文件"),
        "account_add" => said!("made an account", "新建账户"),
        "account_reset" => said!("gave a new one-time address", "重新生成一次性地址"),
        "account_disable" => said!("disabled an account", "停用账户"),
        "token_add" => said!("made a token", "新建令牌"),
        "token_end" => said!("ended a token", "作废令牌"),
        other => plain(other),
    }
}

fn table(lines: &[Entry], zone: Tz) -> (Section, Marks) {
    let mut table = Table::new(&[
        ("seq", Kind::Words, said!("Line", "行号")),
        ("at", Kind::Words, said!("When", "时间")),
        ("account", Kind::Words, said!("Account", "账户")),
        ("address", Kind::Words, said!("From", "来自")),
        ("action", Kind::Words, said!("What", "操作")),
        ("subject", Kind::Words, said!("On", "对象")),
        ("detail", Kind::Words, said!("How", "结果")),
    ]);
    let mut marks = Marks::default();
    for (at, line) in lines.iter().enumerate() {
        let when = Timestamp(line.at).local(zone).format("%Y-%m-%d %H:%M:%S").to_string();
        if matches!(line.action.as_str(), "refused" | "sign_in_failed" | "code_wrong") {
            marks.tones.insert((at, 4), Tone::Late);
        }
        let text = |text: &str| plain(if text.is_empty() { "-" } else { text });
        let cells = [
            plain(line.seq.to_string()),
            plain(when),
            text(&line.account),
            text(&line.address),
            action(line),
            text(&line.subject),
            text(&line.detail),
        ];
        table.rows.push(cells.into_iter().map(Cell::Words).collect());
    }
    (Section::new("audit", said!("The newest first", "新的在前")).with(table), marks)
}
