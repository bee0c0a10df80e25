//! How mail programs write a reply: quotes, header blocks, character sets, parts.

use super::county::ZONE;
use super::letter::Letter;
use super::mime::{Charset, GB2312, GB18030, Part, Transfer, UTF_8};
use crate::model::{Language, Timestamp};
use chrono::Datelike;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Client {
    /// `>` below the answer, text and HTML.
    Gmail,
    /// 发件人/发送时间 block below the answer.
    Outlook,
    /// 原始邮件 block, GB18030.
    Qq,
    /// `在 … 写道：`, GBK called gb2312.
    NetEase,
    /// Header block in plain text, GB2312.
    Foxmail,
    /// `>` below the answer, signature 发自我的iPhone.
    AppleMail,
    /// Writes between the quoted lines, 8bit.
    Thunderbird,
    /// HTML alone, from a telephone.
    NetEaseApp,
}

/// What the inspector writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Above(String),
    /// By code, behind the arrow of the quoted line.
    BehindArrows(BTreeMap<String, String>),
    /// By code, on a line of its own right below the quoted line.
    BelowLines(BTreeMap<String, String>),
}

/// The circumstances of a reply.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    pub letter: &'a Letter,
    pub letter_sent: Timestamp,
    /// `name <address>` of the one who answers, as block headers show it.
    pub to: &'a str,
    pub language: Language,
    pub boundary: &'a str,
}

impl Client {
    pub const ALL: [Client; 8] = [
        Client::Gmail,
        Client::Outlook,
        Client::Qq,
        Client::NetEase,
        Client::Foxmail,
        Client::AppleMail,
        Client::Thunderbird,
        Client::NetEaseApp,
    ];

    /// Where the mailbox is.
    pub fn provider(self) -> &'static str {
        match self {
            Client::Gmail => "gmail.example",
            Client::Outlook => "outlook.example",
            Client::Qq => "qq.example",
            Client::NetEase | Client::NetEaseApp => "163.example",
            Client::Foxmail => "county.example",
            Client::AppleMail => "icloud.example",
            Client::Thunderbird => "field.example",
        }
    }

    /// Whether it lets people write between the quoted lines.
    pub fn quotes_lines(self) -> bool {
        matches!(self, Client::Gmail | Client::AppleMail | Client::Thunderbird)
    }

    pub fn charset(self) -> Charset {
        match self {
            Client::Qq | Client::NetEaseApp => GB18030,
            Client::NetEase | Client::Foxmail => GB2312,
            Client::Gmail | Client::Outlook | Client::AppleMail | Client::Thunderbird => UTF_8,
        }
    }

    pub fn subject(self, language: Language, subject: &str) -> String {
        let prefix = match (self, language) {
            (Client::Outlook | Client::Foxmail, Language::ZhHans) => "答复: ",
            (Client::Qq, Language::ZhHans) => "回复：",
            _ => "Re: ",
        };
        format!("{prefix}{subject}")
    }

    /// The body of the reply, quoted letter included.
    pub fn body(self, setting: &Setting<'_>, answer: &Answer) -> Part {
        let plain = || match answer {
            Answer::Above(text) => {
                format!(
                    "{text}\n{}\n{}\n{}",
                    self.signature(setting.language),
                    self.opening(setting),
                    self.quoted(setting)
                )
            }
            Answer::BehindArrows(by_code) => between(self, setting, by_code, false),
            Answer::BelowLines(by_code) => between(self, setting, by_code, true),
        };
        let transfer = match self {
            Client::Gmail | Client::Qq | Client::NetEase | Client::Foxmail | Client::NetEaseApp => Transfer::Base64,
            Client::Outlook | Client::AppleMail => Transfer::QuotedPrintable,
            Client::Thunderbird => Transfer::EightBit,
        };
        let text = |t: &str| Part::text("text/plain", "", self.charset(), transfer, t);
        let html = |t: &str| Part::text("text/html", "", self.charset(), transfer, t);
        match (self, answer) {
            (Client::NetEaseApp, _) => html(&self.html(setting, answer)),
            (Client::Gmail | Client::Outlook | Client::Qq | Client::NetEase, Answer::Above(_)) => {
                Part::many("alternative", setting.boundary, &[text(&plain()), html(&self.html(setting, answer))])
            }
            _ => text(&plain()),
        }
    }

    fn signature(self, language: Language) -> &'static str {
        match (self, language) {
            (Client::AppleMail, Language::ZhHans) => "\n发自我的 iPhone\n",
            (Client::AppleMail, Language::En) => "\nSent from my iPhone\n",
            (Client::NetEaseApp, _) => "\n发自我的手机\n",
            (Client::Outlook, Language::En) => "\nRegards\n",
            (Client::Foxmail, Language::ZhHans) => "\n谢谢\n",
            _ => "",
        }
    }

    /// The line or block with which it introduces the quoted letter.
    fn opening(self, setting: &Setting<'_>) -> String {
        let (letter, sent) = (setting.letter, setting.letter_sent.in_zone(ZONE));
        let desk = format!("{} <{}>", letter.from_name, letter.from);
        let time = sent.format("%H:%M");
        let day = sent.format("%Y-%m-%d %H:%M:%S");
        let chinese = format!("{}年{}月{}日", sent.year(), sent.month(), sent.day());
        let weekday =
            ["周一", "周二", "周三", "周四", "周五", "周六", "周日"][sent.weekday().num_days_from_monday() as usize];
        let block = |rule: &str, words: [&str; 4], bar: &str| {
            let [from, when, to, about] = words;
            format!(
                "{rule}{from}{bar}{desk}\n{when}{bar}{day}\n{to}{bar}{}\n{about}{bar}{}\n",
                setting.to, letter.subject
            )
        };
        let english = ["From", "Sent", "To", "Subject"];
        let zh = ["发件人", "发送时间", "收件人", "主题"];
        match (self, setting.language) {
            (Client::Gmail, Language::En) => format!("On {} at {time}, {desk} wrote:\n", sent.format("%a, %-d %b %Y")),
            (Client::Gmail, Language::ZhHans) => format!("{desk} 于{chinese}{weekday} {time}写道：\n"),
            (Client::AppleMail, Language::En) => format!("On {}, at {time}, {desk} wrote:\n", sent.format("%-d %b %Y")),
            (Client::AppleMail, Language::ZhHans) => format!("在 {chinese}，{time}，{desk} 写道：\n"),
            (Client::Thunderbird, Language::En) => format!("On {}, {desk} wrote:\n", sent.format("%d/%m/%Y %H:%M")),
            (Client::Thunderbird, Language::ZhHans) => {
                format!("在 {} , {desk} 写道:\n", sent.format("%Y/%-m/%-d %H:%M"))
            }
            (Client::NetEase | Client::NetEaseApp, Language::En) => {
                format!("At {day}, \"{}\" <{}> wrote:\n", letter.from_name, letter.from)
            }
            (Client::NetEase | Client::NetEaseApp, Language::ZhHans) => {
                format!("在 {day}，\"{}\" <{}> 写道：\n", letter.from_name, letter.from)
            }
            (Client::Outlook, Language::En) => block("________________________________\n", english, ": "),
            (Client::Outlook, Language::ZhHans) => block("________________________________\n", zh, ": "),
            (Client::Qq, Language::En) => block("------------------ Original ------------------\n", english, ": "),
            (Client::Qq, Language::ZhHans) => block("------------------ 原始邮件 ------------------\n", zh, ": "),
            (Client::Foxmail, Language::En) => block("\n", english, ": "),
            (Client::Foxmail, Language::ZhHans) => block("\n", zh, "： "),
        }
    }

    fn quoted(self, setting: &Setting<'_>) -> String {
        let mark = match self {
            Client::Outlook | Client::Qq | Client::Foxmail => "",
            Client::NetEase => ">",
            Client::Gmail | Client::AppleMail | Client::Thunderbird | Client::NetEaseApp => "> ",
        };
        let pieces = |line: &'_ str| if self == Client::Gmail { wrapped(line) } else { vec![line.to_owned()] };
        setting.letter.text.lines().flat_map(pieces).map(|line| format!("{mark}{line}\n")).collect()
    }

    fn html(self, setting: &Setting<'_>, answer: &Answer) -> String {
        let written = match answer {
            Answer::Above(text) => format!("{text}\n{}", self.signature(setting.language)),
            Answer::BehindArrows(by_code) | Answer::BelowLines(by_code) => {
                by_code.iter().map(|(code, said)| format!("{code} {said}\n")).collect()
            }
        };
        let own: String = written.lines().map(|line| format!("<div>{}</div>\n", or_break(&escape(line)))).collect();
        let letter: String = setting.letter.text.lines().map(|line| format!("{}<br>\n", escape(line))).collect();
        let opening: String = self.opening(setting).lines().map(|line| format!("{}<br>\n", escape(line))).collect();
        let quote = match self {
            Client::Outlook => format!("<hr><div id=\"divRplyFwdMsg\" dir=\"ltr\">{opening}</div><div>{letter}</div>"),
            Client::Qq => format!(
                "<div><br></div><div style=\"font-size:12px;background:#efefef;padding:8px;\">{opening}</div><div>{letter}</div>"
            ),
            Client::NetEase | Client::NetEaseApp => {
                format!("<div>{opening}</div><blockquote id=\"isReplyContent\">{letter}</blockquote>")
            }
            Client::Gmail | Client::Foxmail | Client::AppleMail | Client::Thunderbird => format!(
                "<div class=\"gmail_quote\"><div class=\"gmail_attr\">{opening}</div><blockquote class=\"gmail_quote\">{letter}</blockquote></div>"
            ),
        };
        format!("<html><head><style>div {{ color: #000 }}</style></head><body>\n{own}{quote}</body></html>\n")
    }
}

/// The quoted letter with answers behind its arrows or below its lines. What found no line of the
/// letter follows below, by code.
fn between(client: Client, setting: &Setting<'_>, by_code: &BTreeMap<String, String>, below: bool) -> String {
    let mut left = by_code.clone();
    let mut text = client.opening(setting);
    for (line, asked) in setting.letter.lines() {
        match asked.and_then(|code| left.remove(code)) {
            Some(said) if below => text.push_str(&format!("> {line}\n{said}\n\n")),
            Some(said) => text.push_str(&format!("> {} {said}\n", line.trim_end())),
            None => text.push_str(&format!("> {line}\n")),
        }
    }
    text.push('\n');
    text.extend(left.iter().map(|(code, said)| format!("{code} {said}\n")));
    text
}

/// Broken at a blank, as programs do that count their quote marks.
fn wrapped(line: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for word in line.split_inclusive(' ') {
        if let Some(piece) = pieces.last_mut() {
            if piece.is_empty() || piece.chars().count() + word.chars().count() <= 72 {
                piece.push_str(word);
            } else {
                pieces.push(word.to_owned());
            }
        }
    }
    pieces
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn or_break(text: &str) -> &str {
    if text.is_empty() { "<br>" } else { text }
}
