//! The bytes of a mail, read back by another program's parser.

use crate::fixtures::*;
use mail_parser::{MessageParser, MimeHeaders};
use proptest::prelude::*;
use spotcheck::letter::{Auto, HeaderText};
use spotcheck::mail::{Enclosure, compose, compose_with};

/// Header fields unfolded, in order.
fn fields(bytes: &[u8]) -> Vec<(String, String)> {
    let text = std::str::from_utf8(bytes).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ").replace("\r\n\t", " ");
    head.split("\r\n").map(|l| l.split_once(": ").unwrap()).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
}

fn values(bytes: &[u8], name: &str) -> Vec<String> {
    fields(bytes).into_iter().filter(|(n, _)| n == name).map(|(_, v)| v).collect()
}

#[test]
fn an_assignment_is_one_text_part_and_reads_back() {
    let bytes = compose(&letter(None), &headers()).unwrap();
    assert!(bytes.is_ascii() && bytes.ends_with(b"\r\n"));
    let mail = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(mail.parts.len(), 1);
    assert_eq!(mail.content_type().unwrap().ctype(), "text");
    assert_eq!(mail.content_type().unwrap().subtype(), Some("plain"));
    assert_eq!(mail.body_text(0).unwrap().replace("\r\n", "\n"), TEXT);
    assert_eq!(mail.subject(), Some(letter(None).subject.as_str()));
    assert_eq!(mail.message_id(), Some("k7q2m.1.9f3tx8w2hc5d7qkm@inspect.example"));
    assert_eq!(mail.from().unwrap().first().unwrap().name(), Some("督查调度"));
}

#[test]
fn office_mail_has_text_and_html() {
    let html = "<!doctype html>\n<p>走访 &amp; 电话</p>\n";
    let mut headers = headers();
    headers.reply_to = None;
    let bytes = compose(&letter(Some(html)), &headers).unwrap();
    let mail = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(mail.content_type().unwrap().subtype(), Some("alternative"));
    assert_eq!((mail.text_body_count(), mail.html_body_count()), (1, 1));
    assert_eq!(mail.body_text(0).unwrap().replace("\r\n", "\n"), TEXT);
    assert_eq!(mail.body_html(0).unwrap().replace("\r\n", "\n"), html);
    assert!(values(&bytes, "Reply-To").is_empty());
}

#[test]
fn enclosures_come_out_byte_for_byte_beside_text_and_html() {
    let bytes: Vec<u8> = (0..5_000_u32).map(|n| (n * n % 251) as u8).collect();
    let enclosed = Enclosure { name: "report-2026-03.xlsx".to_owned(), media: "application/zip", bytes };
    for html in [None, Some("<p>走访</p>\n")] {
        let one = std::slice::from_ref(&enclosed);
        let raw = compose_with(&letter(html), &headers(), one).unwrap();
        assert_eq!(raw, compose_with(&letter(html), &headers(), one).unwrap(), "the same bytes always");
        assert!(raw.is_ascii() && raw.ends_with(b"\r\n"));
        assert!(raw.split(|byte| *byte == b'\n').all(|line| line.len() <= 998));
        let mail = MessageParser::default().parse(&raw).unwrap();
        assert_eq!(mail.content_type().unwrap().subtype(), Some("mixed"));
        assert_eq!(mail.body_text(0).unwrap().replace("\r\n", "\n"), TEXT);
        assert_eq!(mail.attachment_count(), 1);
        let part = mail.attachment(0).unwrap();
        assert_eq!((part.attachment_name(), part.contents()), (Some("report-2026-03.xlsx"), enclosed.bytes.as_slice()));
    }
    assert!(!format!("{enclosed:?}").contains("[0, 1"), "what it holds stays out of logs");
}

#[test]
fn each_header_stands_once_and_as_specified() {
    let bytes = compose(&letter(None), &headers()).unwrap();
    for (name, expected) in [
        ("Date", "Thu, 12 Mar 2026 07:30:05 +0800"),
        ("Message-ID", "<k7q2m.1.9f3tx8w2hc5d7qkm@inspect.example>"),
        ("References", "<week-2026w11.yunling@inspect.example> <a.b@inspect.example>"),
        ("To", "zhaoxin@field.example"),
        ("Reply-To", "r+k7q2m.9f3tx8w2hc5d7qkm@inspect.example"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Loop", "desk@inspect.example"),
        ("MIME-Version", "1.0"),
    ] {
        assert_eq!(values(&bytes, name), [expected], "{name}");
    }
    let mut answer = headers();
    answer.auto = Auto::Replied;
    answer.in_reply_to = Some(id("<their.own@field.example>"));
    let bytes = compose(&letter(None), &answer).unwrap();
    assert_eq!(values(&bytes, "Auto-Submitted"), ["auto-replied"]);
    assert_eq!(values(&bytes, "In-Reply-To"), ["<their.own@field.example>"]);
}

#[test]
fn the_same_letter_gives_the_same_bytes() {
    for html in [None, Some("<p>走访</p>")] {
        let [a, b] = [(); 2].map(|()| compose(&letter(html), &headers()).unwrap());
        assert_eq!(a, b);
    }
    let mut other = headers();
    other.message_id = id("<k7q2m.2.9f3tx8w2hc5d7qkm@inspect.example>");
    let [a, b] = [headers(), other].map(|h| compose(&letter(Some("<p>x</p>")), &h).unwrap());
    assert_ne!(a, b, "the boundary follows the Message-ID");
    assert!(!String::from_utf8(b).unwrap().contains("boundary=\"k7q2m"), "and does not hold the key");
}

proptest! {
    #[test]
    fn any_text_survives_and_none_adds_a_header(text in any::<String>(), subject in any::<String>(), name in any::<String>()) {
        let mut letter = letter(None);
        letter.text = text.replace(['\r', '\0'], "");
        letter.subject = HeaderText::of(&subject);
        let mut headers = headers();
        headers.from_name = HeaderText::of(&name);
        let bytes = compose(&letter, &headers).unwrap();
        let known = ["Date", "From", "To", "Reply-To", "Subject", "Message-ID", "References", "Auto-Submitted",
            "X-Auto-Response-Suppress", "X-Loop", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"];
        let mut names: Vec<_> = fields(&bytes).into_iter().map(|(name, _)| name).collect();
        for name in &names {
            prop_assert!(known.contains(&name.as_str()), "{}", name);
        }
        names.sort();
        names.dedup();
        prop_assert_eq!(names.len(), known.len());
        let mail = MessageParser::default().parse(&bytes).unwrap();
        let read = mail.body_text(0).unwrap_or_default().replace("\r\n", "\n");
        let expected = format!("{}\n", letter.text.trim_end_matches('\n'));
        prop_assert_eq!(format!("{}\n", read.trim_end_matches('\n')), expected);
        prop_assert_eq!(mail.subject().unwrap_or_default().trim(), letter.subject.as_str());
    }
}
