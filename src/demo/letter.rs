//! What a simulated inspector takes from a letter in the mailbox.

use mail_parser::{Address, MessageParser};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Without angle brackets.
    pub message_id: String,
    pub from_name: String,
    pub from: String,
    /// Where a reply goes: Reply-To, else From.
    pub reply_to: String,
    pub subject: String,
    /// LF between lines.
    pub text: String,
}

impl Letter {
    /// `None` for what is no letter with a sender, a Message-ID and a text.
    pub fn read(raw: &[u8]) -> Option<Letter> {
        let mail = MessageParser::default().parse(raw)?;
        let first = |a: Option<&Address<'_>>| {
            let addr = a.and_then(|a| a.first())?;
            Some((addr.name().unwrap_or("").to_owned(), addr.address()?.to_owned()))
        };
        let (from_name, from) = first(mail.from())?;
        Some(Letter {
            message_id: mail.message_id()?.to_owned(),
            reply_to: first(mail.reply_to()).map_or_else(|| from.clone(), |(_, address)| address),
            from_name,
            from,
            subject: mail.subject().unwrap_or("").to_owned(),
            text: mail.body_text(0)?.replace("\r\n", "\n"),
        })
    }

    /// The lines with, for each that ends in an arrow, the code that it asks for. A code and its
    /// arrow may stand on different lines where the letter was wrapped.
    pub fn lines(&self) -> Vec<(&str, Option<&str>)> {
        let mut code = None;
        let mut lines = Vec::new();
        for line in self.text.lines() {
            if let Some(found) = line.split_whitespace().next().filter(|word| is_code(word)) {
                code = Some(found);
            }
            let asks = line.trim_end().ends_with("=>");
            lines.push((line, if asks { code } else { None }));
        }
        lines
    }
}

/// `V1.2`, `C3` or `V1.Q4`; a visit's own `V1` too.
fn is_code(word: &str) -> bool {
    let Some(rest) = word.strip_prefix(['V', 'C']) else { return false };
    let number = |n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
    match rest.split_once('.') {
        Some((line, of_it)) => number(line) && number(of_it.strip_prefix('Q').unwrap_or(of_it)),
        None => number(rest),
    }
}
