//! A digest in somebody else's mailbox: it shows what the log said, and by when (DRAW 3).

use crate::model::{Said, Sha256, Timestamp};
use crate::reply::{Text, envelope, text_of};
use crate::said;
use regex::Regex;

/// What one mail witnesses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    pub file: String,
    /// Number of the log's entry.
    pub number: u64,
    pub head: Sha256,
    /// The topmost Received field, for a person to judge whose server that is.
    pub server: String,
    pub at: Timestamp,
}

/// Reads a digest.
pub fn read(file: &str, bytes: &[u8]) -> Result<Witness, Said> {
    let mail = envelope(bytes).map_err(|refusal| refusal.said())?;
    let Text::Found(text) = text_of(&mail) else {
        return Err(said!("there is no text in this mail", "此邮件没有正文"));
    };
    let (number, head) = head_in(text).ok_or_else(|| {
        said!(
            "this mail names no head of a log: expected the evening digest as the office sent it",
            "此邮件中没有日志头：应为单位发出的日报原件"
        )
    })?;
    let (server, at) = mail.last_hop().ok_or_else(|| {
        said!(
            "this mail has no Received line: save it from the mailbox that received it, as .eml",
            "此邮件没有Received行：请从收件邮箱中另存为.eml"
        )
    })?;
    Ok(Witness { file: file.to_owned(), number, head, server, at })
}

/// `entry 17: HEX`, as the digest says it in either language; mail programs may have broken the line.
fn head_in(text: &str) -> Option<(u64, Sha256)> {
    let joined: String = text.chars().filter(|c| !c.is_whitespace() && *c != '>').collect();
    let pattern = Regex::new("(?:entry|第)([0-9]{1,18})条?[:：]([0-9a-f]{64})").ok()?;
    let found = pattern.captures(&joined)?;
    Some((found.get(1)?.as_str().parse().ok()?, found.get(2)?.as_str().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_gives_number_head_and_the_time_of_the_last_server() {
        let head = Sha256::of(b"x");
        let hex = head.hex();
        let (front, back) = hex.split_at(30);
        for text in [format!("entry 17: {front}\r\n{back}"), format!("第17条：{front}{back}")] {
            let mail = format!(
                "Received: from a by mx.elsewhere.example; Mon, 2 Mar 2026 18:01:00 +0800\r\n\
                 Received: from b by a; Mon, 2 Mar 2026 17:00:00 +0800\r\n\
                 Content-Type: text/plain; charset=utf-8\r\n\r\nPublic log\r\n{text}\r\n"
            );
            let witness = read("w.eml", mail.as_bytes()).unwrap();
            assert_eq!((witness.number, witness.head), (17, head));
            assert!(witness.server.contains("mx.elsewhere.example"));
            assert_eq!(witness.at, Timestamp::parse("2026-03-02T18:01:00+08:00").unwrap());
        }
        assert!(read("w.eml", b"Subject: x\r\n\r\nhello\r\n").unwrap_err().en.contains("head of a log"));
    }
}
