//! Letters with invented content, and headers for them.

use chrono::NaiveDate;
use chrono_tz::Asia::Shanghai;
use spotcheck::letter::{Address, Auto, HeaderText, Letter, LetterKind, MessageId};
use spotcheck::mail::{Envelope, Headers, Parcel, compose};
use spotcheck::model::Timestamp;

pub const TEXT: &str =
    "3月12日 周四:走访1处\n.\n..two dots\nC1 CALL 李娜, 010-5550-0101 =>\nfrom the desk \nlast line\n";

pub fn letter(html: Option<&str>) -> Letter {
    Letter {
        subject: HeaderText::of("督查 Inspection [K7Q2M] 03-12: visits 走访1 calls 电话2"),
        text: TEXT.to_owned(),
        html: html.map(str::to_owned),
        kind: LetterKind::Assignment,
    }
}

pub fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

pub fn id(text: &str) -> MessageId {
    MessageId::parse(text).unwrap()
}

pub fn headers() -> Headers {
    Headers {
        from_name: HeaderText::of("督查调度"),
        from: address("desk@inspect.example"),
        to: address("zhaoxin@field.example"),
        reply_to: Some(address("r+k7q2m.9f3tx8w2hc5d7qkm@inspect.example")),
        message_id: id("<k7q2m.1.9f3tx8w2hc5d7qkm@inspect.example>"),
        date: Timestamp::parse("2026-03-12T07:30:05+08:00").unwrap(),
        zone: Shanghai,
        in_reply_to: None,
        references: vec![id("<week-2026w11.yunling@inspect.example>"), id("<a.b@inspect.example>")],
        auto: Auto::Generated,
        x_loop: address("desk@inspect.example"),
    }
}

/// One letter ready to be sent.
pub struct Ready {
    pub id: MessageId,
    pub envelope: Envelope,
    pub bytes: Vec<u8>,
}

impl Ready {
    pub fn to(recipients: &[&str]) -> Ready {
        Ready {
            id: headers().message_id,
            envelope: Envelope {
                from: Some(address("desk@inspect.example")),
                to: recipients.iter().map(|r| address(r)).collect(),
            },
            bytes: compose(&letter(None), &headers()).unwrap(),
        }
    }

    pub fn parcel(&self) -> Parcel<'_> {
        Parcel { message_id: &self.id, day: day(), envelope: &self.envelope, bytes: &self.bytes }
    }
}

pub fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 12).unwrap()
}
