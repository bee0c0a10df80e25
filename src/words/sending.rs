//! Why a letter did not leave, as people read it. The outbox keeps short codes in English: the step of
//! the conversation with the mail server, and what came of it.

use crate::model::Said;
use crate::said;

const STEPS: &[(&str, &str, &str)] = &[
    ("connect", "connecting", "连接服务器"),
    ("login", "logging in", "登录"),
    ("MAIL FROM", "naming the sender", "报发件人"),
    ("RCPT TO", "naming the recipient", "报收件人"),
    ("DATA", "before handing over", "交付之前"),
    ("final dot", "handing over", "交付"),
    ("folder", "writing into the folder", "写入文件夹"),
];

/// What can be said better than by its code, and what a person can do about it.
const ENDS: &[(&str, &str, &str)] = &[
    (
        "restored",
        "it may have left after the state to which the database was put back",
        "数据库恢复到的状态之后可能已发出",
    ),
    ("timed out", "no answer in time", "超时无应答"),
    ("connection lost", "the line broke", "连接中断"),
    ("connection refused", "nothing listens there: check host and port", "对方端口未开放：请检查host和port"),
    ("no such host", "there is no such host: check its name", "找不到该主机：请检查主机名"),
    ("no way to the host", "the network does not reach it", "网络不通"),
    ("no SMTP", "this is no mail server: check port and security", "对方不是邮件服务器：请检查port和security"),
    (
        "server does not offer STARTTLS",
        "the server offers no encryption, so nothing was said: check security and port",
        "服务器不提供加密，未发送任何内容：请检查security和port",
    ),
    (
        "server spoke out of turn",
        "something was slipped in before encryption, so the line was closed",
        "加密之前被插入内容，已断开",
    ),
    ("not encrypted and not this machine", "not encrypted, so nothing was said", "未加密，未发送任何内容"),
    ("encryption failed", "no common encryption: check security and port", "加密协商失败：请检查security和port"),
    (
        "certificate expired",
        "the server's certificate has expired: tell its keeper",
        "服务器证书已过期：请告知其管理员",
    ),
    (
        "certificate not yet valid",
        "the server's certificate is not valid yet: check this machine's clock",
        "服务器证书尚未生效：请检查本机时间",
    ),
    (
        "certificate of another name",
        "the server's certificate is of another name: check host",
        "服务器证书的名称不符：请检查host",
    ),
    (
        "certificate not trusted",
        "the server's certificate is of nobody whom this machine trusts: name your own authority in ca_file",
        "服务器证书不受信任：自建证书机构请在ca_file中写明",
    ),
    (
        "no PLAIN or LOGIN offered",
        "the server takes no password here: check security",
        "服务器不接受密码登录：请检查security",
    ),
    ("ambiguous", "broken off here after it was handed over", "交付后本机中断"),
    ("the letter's bytes are missing", "its bytes are missing from the database", "数据库中缺少信件内容"),
    ("not in the form of mail", "its bytes are not in the form of mail", "内容不符合邮件格式"),
];

/// Codes of login that mean the password.
const PASSWORD: [&str; 3] = ["534", "535", "530"];

pub fn trouble(code: &str) -> Said {
    let (step, end) = code.split_once(": ").map_or((None, code), |(step, end)| (Some(step), end));
    let named = |list: &[(&str, &str, &str)], code: &str| {
        list.iter().find(|(known, ..)| *known == code).map(|(_, en, zh)| Said::new(*en, *zh))
    };
    let wrong_password = step == Some("login") && PASSWORD.iter().any(|code| end.starts_with(code));
    let end = match wrong_password {
        true => said!("{end}: check user and password_file", "{end}：请检查user和password_file"),
        false => named(ENDS, end).unwrap_or_else(|| Said::new(end, end)),
    };
    match step.and_then(|step| named(STEPS, step)) {
        Some(step) => Said::new(format!("{}: {}", step.en, end.en), format!("{}：{}", step.zh, end.zh)),
        None if step.is_some() => Said::new(code, code),
        None => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_sentences_and_unknown_ones_stay() {
        assert_eq!(trouble("RCPT TO: 450 4.7.1").zh, "报收件人：450 4.7.1");
        assert!(trouble("connect: certificate expired").en.contains("has expired"));
        assert!(trouble("login: 535 5.7.8").zh.contains("password_file"));
        assert_eq!(trouble("new: words"), Said::new("new: words", "new: words"));
    }
}
