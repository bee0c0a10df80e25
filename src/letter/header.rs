//! Header fields as types: none of them can hold a line break or a control character.

use super::columns::flat;
use crate::model::key::ReplyKey;
use crate::model::sha::to_hex;
use crate::model::{AssignmentId, CaseId, OfficeId, Said, Sha256};
use crate::said;
use chrono::{Datelike, NaiveDate};
use std::fmt;

/// Free text of a header: a subject, a display name. Controls have become spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderText(String);

impl HeaderText {
    pub fn of(text: &str) -> HeaderText {
        HeaderText(flat(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HeaderText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A domain name in ASCII, lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Host(String);

impl Host {
    pub fn parse(text: &str) -> Option<Host> {
        let label = |l: &str| {
            (1..=63).contains(&l.len())
                && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !l.starts_with('-')
                && !l.ends_with('-')
        };
        (text.len() <= 253 && text.split('.').all(label)).then(|| Host(text.to_ascii_lowercase()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `local@host` in ASCII. Shown whole by `Display`, masked by `Debug`: a tagged one holds a key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    local: String,
    host: Host,
}

fn is_dot_atom(text: &str) -> bool {
    let atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    text.split('.').all(|part| !part.is_empty() && part.bytes().all(atom))
}

impl Address {
    pub fn parse(text: &str) -> Result<Address, Said> {
        let parsed = text.rsplit_once('@').and_then(|(local, host)| {
            let fits = local.len() <= 64 && text.len() <= 254 && is_dot_atom(local);
            Host::parse(host).filter(|_| fits).map(|host| Address { local: local.to_owned(), host })
        });
        parsed.ok_or_else(|| {
            said!(
                "this is not an e-mail address: write name@domain in plain letters",
                "这不是有效的邮箱地址：请写成 名称@域名，不用中文和空格"
            )
        })
    }

    /// The same host under another name, e.g. `r+k7q2m.KEY`.
    pub(super) fn tagged(&self, tag: &str, id: &AssignmentId, key: &ReplyKey) -> Address {
        let local = format!("{tag}+{}.{}", id.as_str().to_ascii_lowercase(), key.reveal());
        Address { local, host: self.host.clone() }
    }

    pub fn local(&self) -> &str {
        &self.local
    }

    pub fn host(&self) -> &Host {
        &self.host
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.host.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…@{}", self.host.0)
    }
}

/// With its angle brackets. Ours hold the reply key, so `Debug` shows a hash only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(String);

impl MessageId {
    /// `<k7q2m.1.KEY@host>`, lower case (REPLIES 1). `seq` is 1 for the assignment itself, 2 and
    /// more for its reminders.
    pub fn assignment(id: &AssignmentId, seq: u32, key: &ReplyKey, host: &Host) -> MessageId {
        MessageId(format!("<{}.{seq}.{}@{}>", id.as_str().to_ascii_lowercase(), key.reveal(), host.0))
    }

    /// The receipt of one mail, named after it: sending it twice is visible. It carries the key as
    /// the assignment's does, so that an answer to the receipt finds its way.
    pub fn receipt(id: &AssignmentId, mail: &Sha256, key: &ReplyKey, host: &Host) -> MessageId {
        let name = to_hex(&mail.0[..6]);
        MessageId(format!("<{}.r{name}.{}@{}>", id.as_str().to_ascii_lowercase(), key.reveal(), host.0))
    }

    /// `<f-8k2m4q7t.1.KEY@host>`: a letter of a case; its key says which.
    pub fn case(id: &CaseId, key: &ReplyKey, host: &Host) -> MessageId {
        MessageId(format!("<{}.1.{}@{}>", id.as_str().to_ascii_lowercase(), key.reveal(), host.0))
    }

    /// The reminder of that letter: it is answered as the letter is.
    pub fn case_again(id: &CaseId, key: &ReplyKey, host: &Host) -> MessageId {
        MessageId(format!("<{}.2.{}@{}>", id.as_str().to_ascii_lowercase(), key.reveal(), host.0))
    }

    /// The receipt of one mail about a case, named after it.
    pub fn case_receipt(id: &CaseId, mail: &Sha256, key: &ReplyKey, host: &Host) -> MessageId {
        let name = to_hex(&mail.0[..6]);
        MessageId(format!("<{}.r{name}.{}@{}>", id.as_str().to_ascii_lowercase(), key.reveal(), host.0))
    }

    /// `<files.NAME@host>`: the answer to one mail with files, named after it.
    pub fn files(mail: &Sha256, host: &Host) -> MessageId {
        MessageId(format!("<files.{}@{}>", to_hex(&mail.0[..6]), host.0))
    }

    /// `<away.NAME@host>`: the answer to one mail about an absence, named after it.
    pub fn away(mail: &Sha256, host: &Host) -> MessageId {
        MessageId(format!("<away.{}@{}>", to_hex(&mail.0[..6]), host.0))
    }

    /// `<sheet.OFFICE.2026-03-12.1@host>`: `kind` is a letter's kind, `seq` counts from 1.
    pub fn office(kind: super::LetterKind, office: &OfficeId, day: NaiveDate, seq: u32, host: &Host) -> MessageId {
        MessageId(format!("<{}.{}.{day}.{seq}@{}>", kind.code(), atom(office), host.0))
    }

    /// The root that all sheets and digests of a week refer to: a thread a week (never sent itself).
    pub fn week(office: &OfficeId, day: NaiveDate, host: &Host) -> MessageId {
        let week = day.iso_week();
        MessageId(format!("<week-{}w{:02}.{}@{}>", week.year(), week.week(), atom(office), host.0))
    }

    /// Anybody's, as a header has it: printable ASCII in angle brackets.
    pub fn parse(text: &str) -> Option<MessageId> {
        let inner = text.trim().strip_prefix('<')?.strip_suffix('>')?;
        let fits = (3..=250).contains(&inner.len())
            && inner.contains('@')
            && inner.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
        fits.then(|| MessageId(format!("<{inner}>")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 16 hex digits that name the letter without telling its key: for file names and logs.
    pub fn short_hash(&self) -> String {
        to_hex(&Sha256::of(self.0.as_bytes()).0[..8])
    }
}

/// An office's id as part of a Message-ID, where dots may not stand anywhere.
fn atom(office: &OfficeId) -> String {
    office.as_str().replace('.', "=2e")
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageId({})", self.short_hash())
    }
}

/// Auto-Submitted: by the timetable, or in answer to a mail (REPLIES 1 and 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auto {
    Generated,
    Replied,
}

impl Auto {
    pub fn header_value(self) -> &'static str {
        match self {
            Auto::Generated => "auto-generated",
            Auto::Replied => "auto-replied",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::LetterKind;
    use proptest::prelude::*;

    fn key() -> ReplyKey {
        ReplyKey::parse("9f3tx8w2hc5d7qkm").unwrap()
    }

    #[test]
    fn message_ids_are_those_of_the_specification() {
        let id = AssignmentId::parse("K7Q2M").unwrap();
        let host = Host::parse("Inspect.example").unwrap();
        let day = NaiveDate::from_ymd_opt(2026, 3, 12).unwrap();
        let office = OfficeId::parse("yunling.1").unwrap();
        let cases = [
            (MessageId::assignment(&id, 1, &key(), &host), "<k7q2m.1.9f3tx8w2hc5d7qkm@inspect.example>"),
            (
                MessageId::office(LetterKind::Sheet, &office, day, 2, &host),
                "<sheet.yunling=2e1.2026-03-12.2@inspect.example>",
            ),
            (MessageId::week(&office, day, &host), "<week-2026w11.yunling=2e1@inspect.example>"),
            (
                MessageId::receipt(&id, &Sha256::of(b""), &key(), &host),
                "<k7q2m.re3b0c44298fc.9f3tx8w2hc5d7qkm@inspect.example>",
            ),
        ];
        for (made, expected) in cases {
            assert_eq!(made.as_str(), expected);
            assert_eq!(MessageId::parse(expected), Some(made.clone()));
            assert!(!format!("{made:?}").contains("9f3t"), "the key stays out of Debug");
        }
    }

    #[test]
    fn addresses() {
        for good in ["a@b.example", "r+k7q2m.9f3t@inspect.example", "zhao_xin-1@field.example"] {
            assert!(Address::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["a", "@b", "a@", "a b@c.d", "a@b\r\nBcc: x@y.z", "a\n@b.c", "a..b@c.d", "a@-b.c", "王@b.c", "a@b@c.d"]
        {
            assert!(Address::parse(bad).is_err(), "{bad:?}");
        }
        let tagged = Address::parse("desk@inspect.example").unwrap();
        let tagged = tagged.tagged("r", &AssignmentId::parse("K7Q2M").unwrap(), &key());
        assert_eq!(tagged.to_string(), "r+k7q2m.9f3tx8w2hc5d7qkm@inspect.example");
        assert!(!format!("{tagged:?}").contains("9f3t"));
    }

    proptest! {
        #[test]
        fn nothing_that_parses_can_break_a_header(text in "[ -~\r\n\0]{0,40}@[ -~\r\n\0]{0,20}") {
            let breaks = |t: &str| t.chars().any(char::is_control);
            prop_assert!(!breaks(HeaderText::of(&text).as_str()));
            prop_assert!(!Address::parse(&text).is_ok_and(|a| breaks(&a.to_string())));
            prop_assert!(!MessageId::parse(&text).is_some_and(|m| breaks(m.as_str())));
        }
    }
}
