//! What is fuzzed: everything that bytes from outside reach before anybody is asked who sent them.

use spotcheck::model::Timestamp;
use spotcheck::reply::{
    Authentication, Earlier, Intake, Lexicon, Sent, announced, bounced, carried_key, envelope, is_proven, read, text_of,
};
use spotcheck::table::read::{LONGEST_ROW, MOST_COLUMNS};
use spotcheck::table::read_rows;
use std::ops::ControlFlow;
use std::sync::LazyLock;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::shipped);
static SENT: LazyLock<Sent> =
    LazyLock::new(|| Sent::from_json(include_str!("assignment.json")).unwrap_or_else(|trouble| panic!("{trouble}")));

pub const TARGETS: &[(&str, fn(&[u8]))] = &[
    ("decode", decode),
    ("html", html),
    ("authentication_results", authentication_results),
    ("grammar", grammar),
    ("bounce", bounce),
    ("away", away),
    ("table", table),
];

fn with(head: &str, body: &[u8]) -> Vec<u8> {
    [head.as_bytes(), body].concat()
}

/// Headers, parts, transfer encodings, character sets, winmail.dat.
pub fn decode(data: &[u8]) {
    for head in [
        "",
        "Content-Type: text/plain; charset=gb2312; format=flowed; delsp=yes\n\n",
        "Content-Type: multipart/mixed; boundary=B\n\n--B\n",
        "Content-Type: application/ms-tnef; name=winmail.dat\n\n",
    ] {
        let raw = with(head, data);
        if let Ok(mail) = envelope(&raw) {
            carried_key(&mail, text_of(&mail));
            mail.fingerprint();
            mail.attachments().for_each(|a| drop(a.bytes()));
        }
    }
}

pub fn html(data: &[u8]) {
    let raw = with("Content-Type: text/html; charset=utf-8\n\n", data);
    if let Ok(mail) = envelope(&raw) {
        text_of(&mail);
    }
}

pub fn authentication_results(data: &[u8]) {
    let line: Vec<u8> = data.iter().map(|b| if matches!(b, b'\r' | b'\n') { b' ' } else { *b }).collect();
    let raw = [
        b"Received: ",
        &line[..],
        b"\nAuthentication-Results: mx.inspect.example; ",
        &line,
        b"\nFrom: a@field.example\n\nx",
    ]
    .concat();
    if let Ok(mail) = envelope(&raw) {
        let mut authentication = Authentication::pinned(Some("mx.inspect.example".to_owned()));
        authentication.trusted_relays.push("relay.field.example".to_owned());
        is_proven(&mail, "a@field.example", &authentication);
    }
}

pub fn grammar(data: &[u8]) {
    let raw = with("From: a@field.example\nContent-Type: text/plain; charset=utf-8\n\n", data);
    let Ok(mail) = envelope(&raw) else { return };
    let mut authentication = Authentication::pinned(None);
    authentication.local_submission = true;
    let intake = Intake { received: Timestamp(1_773_308_700_000), vouched: true, authentication };
    let reading = read(&mail, &SENT, &Earlier::default(), &intake, &LEXICON);
    for result in &reading.results {
        let line = SENT.lines.iter().find(|l| l.code.as_str() == result.line);
        assert!(line.is_some_and(|l| l.kind.fits(result.outcome)));
    }
    assert!(reading.results.len() <= SENT.persons.len());
}

pub fn bounce(data: &[u8]) {
    for head in [
        "Subject: bounce\n\n",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\nContent-Type: message/delivery-status\n\n",
    ] {
        let raw = with(head, data);
        if let Ok(mail) = envelope(&raw) {
            bounced(&mail);
        }
    }
}

/// Absences in the inspectors' own words; the first line is the subject.
pub fn away(data: &[u8]) {
    let Ok(said) = std::str::from_utf8(data) else { return };
    let (subject, text) = said.split_once('\n').unwrap_or((said, ""));
    let today = Timestamp(1_773_308_700_000).day(chrono_tz::Asia::Shanghai);
    if let Some(Ok(absent)) = announced(subject, text, today, &LEXICON).map(|announced| announced.said) {
        assert!(absent.from <= absent.to && absent.to >= today);
    }
}

/// Files that offices send: xlsx, xls, ods, CSV.
pub fn table(data: &[u8]) {
    // Whether it is refused or not: what is handed on keeps within the bounds.
    drop(read_rows("file", &mut &data[..], &mut |row| {
        assert!(row.cells.len() <= MOST_COLUMNS && row.cells.iter().map(String::len).sum::<usize>() <= LONGEST_ROW);
        ControlFlow::Continue(())
    }));
}
