//! The entry for a calendar, as RFC 5545 has it.

use spotcheck::letter::CalendarEntry;
use spotcheck::model::Timestamp;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn entry(uid: &str) -> String {
    let (written, from, to) =
        (at("2026-03-03T07:30:00+08:00"), at("2026-03-03T08:30:00+08:00"), at("2026-03-03T18:00:00+08:00"));
    CalendarEntry { uid, written, from, to }.text()
}

#[test]
fn an_entry_says_when_and_nothing_else() {
    let expected = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Spotcheck//Spotcheck//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "UID:0123456789abcdef@yunling.example",
        "DTSTAMP:20260302T233000Z",
        "DTSTART:20260303T003000Z",
        "DTEND:20260303T100000Z",
        "SUMMARY:工作安排 Work today",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ];
    assert_eq!(entry("0123456789abcdef@yunling.example"), expected.join("\r\n"));
}

#[test]
fn long_lines_are_folded_and_no_character_is_torn() {
    let uid = "检查,工作;".repeat(30);
    let text = entry(&uid);
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    let whole = text.replace("\r\n ", "");
    assert!(whole.contains(&format!("UID:{}", uid.replace(',', "\\,").replace(';', "\\;"))), "{whole}");
    assert!(
        !entry("a\r\nATTENDEE:b\\").replace("\r\n ", "").contains("\nATTENDEE"),
        "nothing begins a line of its own"
    );
}
