//! What kind of mail it is, before anybody's answer is looked for (REPLIES 3, steps 1 to 4).

use super::mail::Mail;
use serde::Deserialize;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

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
        return Class::Own;
    }
    let subject: String = mail.headers.text("subject").unwrap_or_default().nfkc().collect::<String>().to_lowercase();
    if is_bounce(mail, &subject) {
        Class::Bounce
    } else if is_read_receipt(mail, &subject) {
        Class::ReadReceipt
    } else if is_auto_reply(mail, &subject) {
        Class::AutoReply
    } else {
        Class::Person
    }
}

fn is_own(mail: &Mail<'_>, desk: &str) -> bool {
    let looped = mail.headers.all("x-loop").any(|value| value.trim_matches(['<', '>']).eq_ignore_ascii_case(desk));
    looped || mail.headers.addresses("from").iter().any(|from| from == desk)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subjects {
    auto_reply: Vec<String>,
    bounce: Vec<String>,
    read_receipt: Vec<String>,
}

static SUBJECTS: LazyLock<Subjects> = LazyLock::new(|| {
    toml::from_str(include_str!("../../config/words/subjects.toml"))
        .unwrap_or_else(|error| unreachable!("the shipped subjects: {error}"))
});

/// Whether the Subject begins so, or the first mark in brackets does, or what stands behind such marks.
fn begins_with_any(subject: &str, beginnings: &[String]) -> bool {
    let mut rest = subject.trim_start();
    let begins = |text: &str| beginnings.iter().any(|beginning| text.starts_with(beginning.as_str()));
    for _ in 0..MOST_MARKS {
        let Some(inner) = rest.strip_prefix(['[', '【', '(', '<', '〔']) else { break };
        let Some(end) = inner.find([']', '】', ')', '>', '〕']) else { return begins(inner) };
        if begins(inner.trim_start()) {
            return true;
        }
        let (_, after) = inner.split_at(end);
        rest = after.trim_start_matches([']', '】', ')', '>', '〕']).trim_start();
    }
    begins(rest)
}

/// Marks in brackets before a Subject.
const MOST_MARKS: usize = 4;

fn report_of(mail: &Mail<'_>, kind: &str) -> bool {
    let content = mail.headers.content_type();
    let declared = content.kind == "multipart/report"
        && content.parameter("report-type").is_some_and(|t| t.eq_ignore_ascii_case(kind));
    declared || mail.parts.iter().any(|p| p.content.kind == format!("message/{kind}") && !p.attached)
}

/// A DSN, or a plain-text one as many Chinese servers write it.
fn is_bounce(mail: &Mail<'_>, subject: &str) -> bool {
    if report_of(mail, "delivery-status") {
        return true;
    }
    let from_a_server = mail.headers.addresses("from").iter().any(|address| {
        let name = address.split('@').next().unwrap_or_default();
        ["mailer-daemon", "mail-daemon", "postmaster", "maildaemon"].contains(&name)
    });
    from_a_server || begins_with_any(subject, &SUBJECTS.bounce)
}

fn is_read_receipt(mail: &Mail<'_>, subject: &str) -> bool {
    report_of(mail, "disposition-notification") || begins_with_any(subject, &SUBJECTS.read_receipt)
}

fn is_auto_reply(mail: &Mail<'_>, subject: &str) -> bool {
    let headers = &mail.headers;
    let words = |name: &'static str| headers.all(name).map(|value| first_word(&value));
    let submitted = words("auto-submitted").any(|word| word != "no" && !word.is_empty());
    let marked = ["x-autoreply", "x-auto-reply", "x-autorespond", "x-auto-respond", "x-autoresponder"]
        .into_iter()
        .any(|name| words(name).any(|word| word != "no"));
    let precedence = words("precedence").any(|word| ["auto_reply", "bulk", "junk", "list"].contains(&word.as_str()));
    let is_empty = |value: &str| value.chars().all(|c| c.is_whitespace() || matches!(c, '<' | '>'));
    let nobody_to_return_to = headers.all("return-path").any(|value| is_empty(&value));
    submitted
        || marked
        || precedence
        || headers.has("list-id")
        || nobody_to_return_to
        || begins_with_any(subject, &SUBJECTS.auto_reply)
}

/// The value without comments and parameters, in lower case.
fn first_word(value: &str) -> String {
    let mut comments = 0usize;
    let mut bare = String::new();
    for c in value.chars() {
        match c {
            '(' => comments += 1,
            ')' => comments = comments.saturating_sub(1),
            _ if comments > 0 => {}
            c => bare.push(c.to_ascii_lowercase()),
        }
    }
    bare.split(|c: char| c == ';' || c.is_whitespace()).find(|word| !word.is_empty()).unwrap_or_default().to_owned()
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
