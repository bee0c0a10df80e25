//! What a bounce says: why a letter did not arrive, whose it was, and which letter (REPLIES 3, step 2).
//!
//! Reports of RFC 3464 say it in fields; many servers only write prose, in Chinese or English. Nothing of it
//! proves anything: which letter it was is for the caller to hold against the letters that were sent.

use super::headers::Headers;
use super::mail::Mail;
use super::text::{Text, text_of};

/// Why a letter came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    MailboxFull,
    UnknownUser,
    Blocked,
    TooLarge,
    /// It may go through another time.
    Temporary,
    Other,
}

impl Cause {
    pub fn code(self) -> &'static str {
        match self {
            Cause::MailboxFull => "mailbox_full",
            Cause::UnknownUser => "unknown_user",
            Cause::Blocked => "blocked",
            Cause::TooLarge => "too_large",
            Cause::Temporary => "temporary",
            Cause::Other => "other",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounced {
    /// `5.1.1`, where one is named.
    pub status: Option<String>,
    pub cause: Cause,
    /// The server goes on trying: no bounce yet.
    pub delayed: bool,
    /// In lower case, as the report names it.
    pub recipient: Option<String>,
    /// Every Message-ID of the returned letter or its headers, with angle brackets.
    pub letters: Vec<String>,
}

/// What is looked at of a report: the rest is the letter itself.
const LONGEST: usize = 64 * 1024;
const MOST_LETTERS: usize = 20;

pub fn bounced(mail: &Mail<'_>) -> Bounced {
    let prose = match text_of(mail) {
        Text::Found(text) => text.chars().take(LONGEST).collect::<String>().to_lowercase(),
        Text::None | Text::Unreadable | Text::Endless => String::new(),
    };
    let subject = mail.headers.text("subject").unwrap_or_default().to_lowercase();
    let report = mail.parts.iter().find(|p| p.content.kind == "message/delivery-status").and_then(|part| {
        let bytes = part.bytes(mail.raw);
        Report::of(&String::from_utf8_lossy(bytes.get(..LONGEST).unwrap_or(&bytes)).replace('\r', ""))
    });
    let mut letters = Vec::new();
    for part in mail.parts.iter().filter(|p| RETURNED.contains(&p.content.kind.as_str())) {
        let bytes = part.bytes(mail.raw);
        let (headers, _) = Headers::split(bytes.get(..LONGEST).unwrap_or(&bytes));
        letters.extend(headers.first("message-id"));
    }
    letters.extend(ids_in(&prose));
    letters.truncate(MOST_LETTERS);
    let report = report.unwrap_or_default();
    let said = format!("{subject}\n{}\n{prose}", report.diagnostic);
    let status = report.status.clone().or_else(|| enhanced(&said));
    let cause = cause(status.as_deref(), &said);
    let action = report.action.as_deref();
    let delayed = match action {
        Some(action) => action == "delayed",
        None => !status.as_deref().is_some_and(|s| s.starts_with('5')) && DELAYED.iter().any(|d| said.contains(d)),
    };
    Bounced { status, cause, delayed, recipient: report.recipient, letters }
}

const RETURNED: &[&str] = &["message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"];

#[derive(Default)]
struct Report {
    action: Option<String>,
    status: Option<String>,
    recipient: Option<String>,
    diagnostic: String,
}

impl Report {
    /// The first recipient that failed; where none did, the first that is delayed, or of all.
    fn of(text: &str) -> Option<Report> {
        let groups: Vec<Report> = text
            .split("\n\n")
            .map(|group| Headers::split(group.as_bytes()).0)
            .filter(|fields| fields.has("action") || fields.has("status"))
            .take(200)
            .map(|fields| Report {
                action: fields.first("action").map(|a| first_word(&a)),
                status: fields.first("status").and_then(|status| enhanced(&status)),
                recipient: fields
                    .first("original-recipient")
                    .or_else(|| fields.first("final-recipient"))
                    .and_then(|value| value.split_once(';').map(|(_, address)| address.trim().to_lowercase())),
                diagnostic: fields.first("diagnostic-code").unwrap_or_default().to_lowercase(),
            })
            .collect();
        let with = |action: &str| groups.iter().position(|r| r.action.as_deref() == Some(action));
        let told = with("failed").or_else(|| with("delayed")).unwrap_or(0);
        groups.into_iter().nth(told)
    }
}

fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_lowercase()
}

/// `5.1.1` or `4.2.2` standing by itself.
fn enhanced(text: &str) -> Option<String> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    text.split(|c: char| !is_part(c))
        .map(|word| word.trim_matches('.'))
        .find(|word| {
            let parts: Vec<&str> = word.split('.').collect();
            let [class, subject, detail] = parts[..] else { return false };
            matches!(class, "4" | "5") && (1..=3).contains(&subject.len()) && (1..=3).contains(&detail.len())
        })
        .map(str::to_owned)
}

fn cause(status: Option<&str>, said: &str) -> Cause {
    let by_status = status.and_then(|status| {
        let (class, rest) = status.split_once('.')?;
        match rest {
            "2.2" => Some(Cause::MailboxFull),
            "1.1" | "1.2" | "1.3" | "1.6" | "1.10" | "2.1" => Some(Cause::UnknownUser),
            "2.3" | "3.4" => Some(Cause::TooLarge),
            _ if rest.starts_with("7.") && class == "5" => Some(Cause::Blocked),
            _ if class == "4" => Some(Cause::Temporary),
            _ => None,
        }
    });
    let by_words =
        || CAUSES.iter().find(|(_, words)| words.iter().any(|word| said.contains(word))).map(|(cause, _)| *cause);
    // A code of the fourth class says that it may go through later; the words say what it was.
    match by_status {
        Some(Cause::Temporary) => by_words().filter(|c| *c == Cause::MailboxFull).unwrap_or(Cause::Temporary),
        Some(cause) => cause,
        None => by_words().unwrap_or(Cause::Other),
    }
}

const CAUSES: &[(Cause, &[&str])] = &[
    (
        Cause::MailboxFull,
        &[
            "mailbox full",
            "mailbox is full",
            "over quota",
            "quota exceeded",
            "exceeded its quota",
            "out of storage",
            "insufficient storage",
            "邮箱已满",
            "邮箱空间不足",
            "容量已满",
            "空间已满",
            "超出容量",
            "超过容量",
            "信箱已滿",
            "已满",
            "mailbox has exceeded",
        ],
    ),
    (
        Cause::UnknownUser,
        &[
            "user unknown",
            "unknown user",
            "no such user",
            "user not found",
            "mailbox not found",
            "does not exist",
            "doesn't exist",
            "address not found",
            "couldn't be found",
            "wasn't found",
            "mailbox unavailable",
            "invalid recipient",
            "recipient rejected",
            "no mailbox here",
            "unknown recipient",
            "account is disabled",
            "用户不存在",
            "收件人不存在",
            "地址不存在",
            "账号不存在",
            "帐号不存在",
            "邮箱不存在",
            "未找到收件人",
            "找不到收件人",
            "收件人地址有误",
            "无此用户",
            "不存在",
            "被禁用",
            "已停用",
            "已冻结",
        ],
    ),
    (
        Cause::TooLarge,
        &[
            "message too large",
            "size limit",
            "exceeds the maximum",
            "too big",
            "邮件过大",
            "邮件太大",
            "超过大小",
            "超出大小",
            "大小限制",
        ],
    ),
    (
        Cause::Blocked,
        &[
            "spam",
            "blocked",
            "blacklist",
            "blocklist",
            "policy",
            "rejected due to",
            "content rejected",
            "not allowed",
            "reputation",
            "spf",
            "dmarc",
            "垃圾邮件",
            "被拦截",
            "拒收",
            "被拒绝",
            "反垃圾",
            "黑名单",
            "发信频率",
            "内容违规",
        ],
    ),
    (
        Cause::Temporary,
        &[
            "timed out",
            "timeout",
            "connection refused",
            "temporarily",
            "try again",
            "host not found",
            "no route",
            "超时",
            "连接失败",
            "无法连接",
            "暂时",
            "稍后重试",
            "域名解析",
        ],
    ),
];

const DELAYED: &[&str] = &[
    "delayed",
    "will be retried",
    "will retry",
    "will keep trying",
    "still trying",
    "no action is required",
    "you do not need to resend",
    "not yet been delivered",
    "延迟",
    "继续尝试",
    "将重试",
    "无需重发",
    "尚未送达",
];

/// `<…@…>` in prose: servers that return no part quote the headers.
fn ids_in(prose: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for piece in prose.split('<').skip(1).take(2000) {
        let Some((inner, _)) = piece.split_once('>') else { continue };
        if inner.len() < 200 && inner.contains('@') && !inner.contains(char::is_whitespace) && ids.len() < MOST_LETTERS
        {
            ids.push(format!("<{inner}>"));
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::mail::envelope;

    fn read(raw: &str) -> (String, &'static str, bool) {
        let said = bounced(&envelope(raw.as_bytes()).unwrap());
        (said.status.unwrap_or_default(), said.cause.code(), said.delayed)
    }

    #[test]
    fn prose_in_both_languages() {
        let read = |text: &str| read(&format!("Subject: 系统退信\n\n{text}"));
        for (text, status, cause, delayed) in [
            ("550 5.1.1 User unknown", "5.1.1", "unknown_user", false),
            ("收件人邮箱已满，请联系收件人清理。", "", "mailbox_full", false),
            ("抱歉，您的邮件被退回：收件人地址不存在", "", "unknown_user", false),
            ("SMTP error, RCPT TO: 550 Mailbox not found", "", "unknown_user", false),
            ("550 5.7.1 message content rejected as spam", "5.7.1", "blocked", false),
            ("552 5.3.4 too big", "5.3.4", "too_large", false),
            ("邮件过大，超过对方服务器限制", "", "too_large", false),
            ("452 4.2.2 mailbox full", "4.2.2", "mailbox_full", false),
            ("421 4.4.1 connection timed out, will keep trying", "4.4.1", "temporary", true),
            ("邮件投递延迟，系统将继续尝试，无需重发", "", "other", true),
            ("version 5.1 of 2026.03.12 and 127.0.0.1", "", "other", false),
        ] {
            assert_eq!(read(text), (status.into(), cause, delayed), "{text}");
        }
    }

    #[test]
    fn a_report_names_the_recipient_that_failed() {
        let raw = "Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\n\nSorry.\n--B\n\
            Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; ok@x.example\nAction: delivered\nStatus: 2.0.0\n\n\
            Final-Recipient: rfc822; ZhaoXin@field.example\nAction: failed\nStatus: 5.2.2 (full)\nDiagnostic-Code: smtp; 552\n mailbox is full\n\
            --B\nContent-Type: text/rfc822-headers\n\nMessage-ID: <k7q2m.1.9f3tx8w2hc5d7qkm@inspect.example>\nSubject: x\n--B--\n";
        let said = bounced(&envelope(raw.as_bytes()).unwrap());
        assert_eq!((said.status.as_deref(), said.cause, said.delayed), (Some("5.2.2"), Cause::MailboxFull, false));
        assert_eq!(said.recipient.as_deref(), Some("zhaoxin@field.example"));
        assert_eq!(said.letters, ["<k7q2m.1.9f3tx8w2hc5d7qkm@inspect.example>"]);
        let delayed = raw.replace("Action: failed", "Action: delayed").replace("5.2.2", "4.2.2");
        assert!(bounced(&envelope(delayed.as_bytes()).unwrap()).delayed);
    }
}
