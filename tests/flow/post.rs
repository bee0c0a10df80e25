//! What an inspector sees of a letter, and the mails that they write back.

use mail_parser::MessageParser;

/// A letter as a mail program shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Read {
    pub to: String,
    pub subject: String,
    /// Without angle brackets.
    pub message_id: String,
    pub text: String,
    /// Everything, headers and HTML too, decoded.
    pub whole: String,
    /// As it left.
    pub raw: String,
}

impl std::fmt::Debug for Read {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "to {}: {}\n{}", self.to, self.subject, self.text)
    }
}

pub fn read(raw: &[u8]) -> Read {
    let mail = MessageParser::default().parse(raw).unwrap();
    let text = mail.body_text(0).unwrap().replace("\r\n", "\n");
    let html = mail.body_html(0).unwrap_or_default();
    let subject = mail.subject().unwrap().to_owned();
    Read {
        to: mail.to().unwrap().first().unwrap().address().unwrap().to_owned(),
        message_id: mail.message_id().unwrap().to_owned(),
        whole: format!("{}\n{subject}\n{text}\n{html}", String::from_utf8_lossy(raw)),
        raw: String::from_utf8_lossy(raw).into_owned(),
        subject,
        text,
    }
}

impl Read {
    /// The assignment's id: it stands in brackets in the subject.
    pub fn assignment(&self) -> String {
        let (_, rest) = self.subject.split_once('[').unwrap();
        rest.split_once(']').unwrap().0.to_owned()
    }
}

/// A mail from the registered address, with the proof that the office's server writes on top.
pub struct Reply<'a> {
    pub to: &'a Read,
    pub body: &'a str,
    /// Tells the mails of a test apart.
    pub name: &'a str,
    pub from: &'a str,
    /// What the server found out about the sender.
    pub proof: &'a str,
}

pub fn reply<'a>(to: &'a Read, name: &'a str, body: &'a str) -> Reply<'a> {
    Reply {
        to,
        body,
        name,
        from: "zhaoxin@field.example",
        proof: "dkim=pass header.d=field.example; dmarc=pass header.from=field.example",
    }
}

impl Reply<'_> {
    pub fn bytes(&self) -> Vec<u8> {
        let Reply { to, body, name, from, proof } = self;
        let quoted: String = to.text.lines().map(|line| format!("> {line}\n")).collect();
        let mail = format!(
            "Return-Path: <{from}>\n\
             Received: from mail.field.example by mx.yunling.example; Tue, 03 Mar 2026 10:30:00 +0800\n\
             Authentication-Results: mx.yunling.example; {proof}\n\
             From: Zhao Xin <{from}>\nTo: desk@yunling.example\nSubject: Re: inspection\n\
             Date: Tue, 03 Mar 2026 10:29:58 +0800\nMessage-ID: <{name}@field.example>\n\
             In-Reply-To: <{id}>\nReferences: <{id}>\nMIME-Version: 1.0\n\
             Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n\
             {body}\n\nOn Tue, 3 Mar 2026 at 07:30, Spotcheck <desk@yunling.example> wrote:\n{quoted}",
            id = to.message_id,
        );
        mail.replace('\n', "\r\n").into_bytes()
    }
}
