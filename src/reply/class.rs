//! What kind of mail it is, before anybody's answer is looked for (REPLIES 3, steps 1 to 4).

use super::mail::Mail;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Our own mail come back.
    Own,
    /// A letter that could not be delivered: for the bounce book.
    Bounce,
    ReadReceipt,
    AutoReply,
    /// Written by somebody; everything else is still to be checked.
    Person,
}

/// `desk` is the mailbox that we send from, in lower case.
pub fn classify(mail: &Mail<'_>, desk: &str) -> Class {
    if is_own(mail, desk) {
        Class::Own
    } else if is_bounce(mail) {
        Class::Bounce
    } else if is_read_receipt(mail) {
        Class::ReadReceipt
    } else if is_auto_reply(mail) {
        Class::AutoReply
    } else {
        Class::Person
    }
}

fn is_own(mail: &Mail<'_>, desk: &str) -> bool {
    let looped = mail.headers.all("x-loop").any(|value| value.trim_matches(['<', '>']).eq_ignore_ascii_case(desk));
    looped || mail.headers.addresses("from").iter().any(|from| from == desk)
}

fn subject(mail: &Mail<'_>) -> String {
    mail.headers.text("subject").unwrap_or_default().to_lowercase()
}

fn begins_with_any(text: &str, beginnings: &[&str]) -> bool {
    beginnings.iter().any(|b| text.starts_with(b))
}

fn report_of(mail: &Mail<'_>, kind: &str) -> bool {
    let content = mail.headers.content_type();
    let declared = content.kind == "multipart/report"
        && content.parameter("report-type").is_some_and(|t| t.eq_ignore_ascii_case(kind));
    declared || mail.parts.iter().any(|p| p.content.kind == format!("message/{kind}") && !p.attached)
}

/// A DSN, or a plain-text one as many Chinese servers write it.
fn is_bounce(mail: &Mail<'_>) -> bool {
    if report_of(mail, "delivery-status") {
        return true;
    }
    let from_a_server = mail.headers.addresses("from").iter().any(|address| {
        let name = address.split('@').next().unwrap_or_default();
        ["mailer-daemon", "mail-daemon", "postmaster", "maildaemon"].contains(&name)
    });
    from_a_server || begins_with_any(&subject(mail), BOUNCES)
}

const BOUNCES: &[&str] = &[
    "系统退信",
    "退信通知",
    "退信提醒",
    "邮件退信",
    "郵件退回",
    "無法投遞",
    "无法传递",
    "未传递",
    "未送達",
    "传递失败",
    "發送失敗",
    "发送失败",
    "邮件无法送达",
    "退信:",
    "退信：",
    "邮件退回",
    "邮件投递失败",
    "投递失败",
    "未送达",
    "无法投递",
    "undelivered mail returned",
    "undeliverable:",
    "undeliverable mail",
    "delivery status notification",
    "mail delivery failed",
    "mail delivery failure",
    "message not delivered",
    "mail system error",
    "warning: could not send message",
    "delayed mail",
    "delivery delayed",
    "邮件延迟",
    "已延迟",
    "delivery failure",
    "returned mail:",
    "failure notice",
];

fn is_read_receipt(mail: &Mail<'_>) -> bool {
    report_of(mail, "disposition-notification")
        || begins_with_any(
            &subject(mail),
            &[
                "read:",
                "not read:",
                "read receipt",
                "return receipt",
                "已读:",
                "已读：",
                "已读回执",
                "未读:",
                "未读：",
                "阅读回执",
            ],
        )
}

fn is_auto_reply(mail: &Mail<'_>) -> bool {
    let headers = &mail.headers;
    let submitted = headers.all("auto-submitted").any(|value| {
        let word = value.split([';', ' ']).next().unwrap_or_default().to_ascii_lowercase();
        word != "no" && !word.is_empty()
    });
    let marked = ["x-autoreply", "x-autorespond", "x-autoresponder"]
        .into_iter()
        .any(|name| headers.all(name).any(|value| !value.eq_ignore_ascii_case("no")));
    let precedence = headers
        .all("precedence")
        .any(|value| ["auto_reply", "bulk", "junk", "list"].contains(&value.to_ascii_lowercase().as_str()));
    let nobody_to_return_to = headers.all("return-path").any(|value| matches!(value.as_str(), "<>" | ""));
    submitted
        || marked
        || precedence
        || headers.has("list-id")
        || nobody_to_return_to
        || begins_with_any(
            &subject(mail),
            &["自动回复", "自動回覆", "automatic reply", "auto:", "out of office", "autoreply"],
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::mail::envelope;

    fn class(headers: &str) -> Class {
        classify(&envelope(format!("{headers}\n\ntext").as_bytes()).unwrap(), "desk@inspect.example")
    }

    #[test]
    fn kinds_of_mail() {
        let person = "From: 赵新 <z@x.example>\nReturn-Path: <z@x.example>";
        let cases = [
            ("Subject: Re: [K7Q2M]", Class::Person),
            ("X-Auto-Response-Suppress: All", Class::Person),
            ("Auto-Submitted: no", Class::Person),
            ("Subject: Re: Automatic reply", Class::Person),
            ("X-Loop: Desk@inspect.example", Class::Own),
            ("Content-Type: multipart/report; report-type=delivery-status; boundary=a", Class::Bounce),
            ("Subject: 系统退信", Class::Bounce),
            ("Subject: =?GB2312?B?z7XNs83L0MU=?=", Class::Bounce),
            ("Content-Type: multipart/report; report-type=disposition-notification; boundary=a", Class::ReadReceipt),
            ("Subject: 已读: [K7Q2M]", Class::ReadReceipt),
            ("Auto-Submitted: auto-replied", Class::AutoReply),
            ("Auto-Submitted: auto-generated; x=y", Class::AutoReply),
            ("X-Autoreply: yes", Class::AutoReply),
            ("Precedence: Bulk", Class::AutoReply),
            ("List-Id: <l.example>", Class::AutoReply),
            ("Subject: 自动回复: 休假中", Class::AutoReply),
            ("Subject: Out of Office: back on Monday", Class::AutoReply),
        ];
        for (field, expected) in cases {
            assert_eq!(class(&format!("{person}\n{field}")), expected, "{field}");
        }
        assert_eq!(class("From: z@x.example\nReturn-Path: <>"), Class::AutoReply);
        assert_eq!(class("From: MAILER-DAEMON@x.example"), Class::Bounce);
        assert_eq!(class("From: <DESK@inspect.example>"), Class::Own);
    }
}
