//! An entry for the inspector's calendar (RFC 5545): that there is work on a day, and nothing else.
//!
//! Calendars lie open: on lock screens, on shared devices, with a provider. So no place, no person, no code, and no key
//! stands in it. The same letter has the same entry, byte for byte, however often it is sent.

use crate::model::{Said, Timestamp};
use crate::words::letters::inspector;
use chrono::DateTime;
use std::fmt::Write;

/// Octets of a line, without its end.
const WIDTH: usize = 75;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarEntry<'a> {
    /// Names the letter, at the host that wrote it; the same for ever.
    pub uid: &'a str,
    pub written: Timestamp,
    /// The working day.
    pub from: Timestamp,
    pub to: Timestamp,
}

impl CalendarEntry<'_> {
    /// As a file: lines end in CRLF, and none is longer than it may be.
    pub fn text(&self) -> String {
        let Said { en, zh } = inspector::calendar_entry();
        let lines = [
            "BEGIN:VCALENDAR".to_owned(),
            "VERSION:2.0".to_owned(),
            "PRODID:-//Spotcheck//Spotcheck//EN".to_owned(),
            "METHOD:PUBLISH".to_owned(),
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", escaped(self.uid)),
            format!("DTSTAMP:{}", utc(self.written)),
            format!("DTSTART:{}", utc(self.from)),
            format!("DTEND:{}", utc(self.to)),
            format!("SUMMARY:{}", escaped(&format!("{zh} {en}"))),
            "CLASS:PRIVATE".to_owned(),
            "END:VEVENT".to_owned(),
            "END:VCALENDAR".to_owned(),
        ];
        lines.iter().fold(String::new(), |mut text, line| {
            fold(line, &mut text);
            text
        })
    }
}

fn utc(at: Timestamp) -> String {
    let at = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

fn escaped(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                let _ = write!(all, "\\{c}");
            }
            '\n' => all.push_str("\\n"),
            c if c.is_control() => {}
            c => all.push(c),
        }
    }
    all
}

/// A longer line goes on in the next one behind a blank; no character is torn.
fn fold(line: &str, text: &mut String) {
    let mut width = 0;
    for c in line.chars() {
        if width + c.len_utf8() > WIDTH {
            text.push_str("\r\n ");
            width = 1;
        }
        text.push(c);
        width += c.len_utf8();
    }
    text.push_str("\r\n");
}
