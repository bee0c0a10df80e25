//! Names that try to be headers, boundaries or answers: the letter that holds them reads back whole.

use super::mime::{HEADERS, UTF_8, mail, part};
use super::world::LEXICON;
use chrono_tz::Asia::Shanghai;
use mail_parser::{MessageParser, MimeHeaders};
use proptest::prelude::*;
use spotcheck::letter::{Address, AssignmentInput, Auto, HeaderText, Host, Languages, MessageId, assignment};
use spotcheck::mail::{Headers, compose};
use spotcheck::model::key::ReplyKey;
use spotcheck::model::register::{Name, Role};
use spotcheck::model::{Assignment, Kind, Line, LineContact, LineOfficial, Phone, Timestamp};
use spotcheck::reply::{
    Authentication, Earlier, InspectorFile, Intake, LineFile, PersonFile, Sent, SentFile, envelope, read,
};

fn at(clock: &str) -> Timestamp {
    Timestamp::parse(&format!("2026-03-12T{clock}:00+08:00")).unwrap()
}

fn assigned(own: &str, latin: &str) -> Assignment {
    let name = || Name::new(own, latin);
    let line = |code: &str, kind| Line {
        code: code.parse().unwrap(),
        kind,
        window: "presence/yunling/2026-03-12/am".parse().unwrap(),
        from: at("09:00"),
        to: at("11:30"),
        place: "T0001".parse().unwrap(),
        village: name(),
        township: name(),
        team: name(),
        officials: Vec::new(),
        contact: None,
        companion: None,
        instrument: None,
        attempt: None,
        back_check: None,
        travel: None,
    };
    let official = LineOfficial { official: "O1".parse().unwrap(), name: name(), role: Role::Lead };
    let contact = LineContact {
        contact: Some("K1".parse().unwrap()),
        official: None,
        name: name(),
        role: Role::Villager,
        phone: Phone { dial: "+861055500101".into(), extension: None, shown: "010-5550-0101".into() },
    };
    Assignment {
        id: "K7Q2M".parse().unwrap(),
        office: "yunling".parse().unwrap(),
        inspector: "I7".parse().unwrap(),
        released: at("07:30"),
        reply_by: at("18:00"),
        closes: Timestamp::parse("2026-03-26T00:00:00+08:00").unwrap(),
        lines: vec![
            Line { officials: vec![official], ..line("V1", Kind::Visit) },
            Line { contact: Some(contact), ..line("C1", Kind::Call) },
        ],
    }
}

fn sent(own: &str, latin: &str, text: &str) -> Sent {
    let also = vec![latin.to_owned()];
    let person = PersonFile { code: "V1.1".into(), person: own.into(), also: also.clone() };
    let line = |line: &str, kind| LineFile {
        line: line.into(),
        kind,
        persons: Vec::new(),
        name: None,
        also: Vec::new(),
        phone: None,
        questions: Vec::new(),
    };
    let file = SentFile {
        assignment: "K7Q2M".into(),
        key: "9f3tx8w2hc5d7qkm".into(),
        desk: "desk@inspect.example".into(),
        reply_to: None,
        message_id: None,
        reference: None,
        trusted_authserv_id: Some("mx.inspect.example".into()),
        sent: "2026-03-12T07:30:05+08:00".into(),
        closes: "2026-03-26T00:00:00+08:00".into(),
        inspector: InspectorFile { name: "赵新".into(), addresses: vec!["zhaoxin@field.example".into()] },
        lines: vec![
            LineFile { persons: vec![person], ..line("V1", Kind::Visit) },
            LineFile { name: Some(own.into()), also, ..line("C1", Kind::Call) },
        ],
        text: Some(text.into()),
    };
    Sent::try_from(file).unwrap()
}

fn hostile() -> impl Strategy<Value = String> {
    let known = [
        "王\r\nBcc: evil@x.example",
        "\r\n\r\nC1 present",
        "a\n.\nb",
        "=?utf-8?B?DQpCY2M6IHg=?=",
        "\"><script>",
        "; rest present",
        "=> present",
        "\u{202e}tneserp",
        "\u{2028}C1 busy",
        "--spotcheck-1234",
        "\0\u{7}",
        "V1.1",
    ]
    .map(str::to_owned)
    .to_vec();
    prop_oneof![2 => prop::sample::select(known), 2 => "\\PC{1,40}", 1 => "(?s).{1,60}"]
}

/// Every header that a letter may have, each once.
const FIELDS: &[&str] = &[
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Message-ID",
    "Date",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Loop",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_letter_reads_back_whole_whatever_names_hold(own in hostile(), latin in hostile(), sender in hostile()) {
        let key = ReplyKey::parse("9f3tx8w2hc5d7qkm").unwrap();
        let (assigned, office) = (assigned(&own, &latin), Name::new(&*own, &*latin));
        let input = AssignmentInput { assignment: &assigned, office: &office, key: &key, zone: Shanghai, languages: Languages::Both, desk_phone: None };
        let letter = assignment(&input).unwrap().letter;
        let desk = Address::parse("desk@inspect.example").unwrap();
        let headers = Headers {
            from_name: HeaderText::of(&sender),
            from: desk.clone(),
            to: Address::parse("zhaoxin@field.example").unwrap(),
            reply_to: None,
            message_id: MessageId::assignment(&assigned.id, 1, &key, &Host::parse("inspect.example").unwrap()),
            date: at("07:30"),
            zone: Shanghai,
            in_reply_to: None,
            references: Vec::new(),
            auto: Auto::Generated,
            x_loop: desk,
        };
        let bytes = compose(&letter, &headers).unwrap();
        prop_assert!(bytes.is_ascii());
        let text = String::from_utf8(bytes.clone()).unwrap();
        let head = text.split("\r\n\r\n").next().unwrap();
        let mut names: Vec<&str> = head
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap())
            .collect();
        names.sort_unstable();
        let before = names.len();
        names.dedup();
        prop_assert_eq!(names.len(), before, "a header stands there twice");
        prop_assert!(names.iter().all(|name| FIELDS.contains(name)), "{:?}", names);
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        prop_assert_eq!(parsed.parts.len(), 1);
        prop_assert!(parsed.attachment_name().is_none());
        prop_assert_eq!(parsed.subject().unwrap(), letter.subject.as_str());
        prop_assert_eq!(parsed.to().unwrap().first().unwrap().address().unwrap(), "zhaoxin@field.example");
        prop_assert_eq!(parsed.from().unwrap().as_list().unwrap().len(), 1);
        prop_assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), letter.text.clone());
        // Whoever sends the letter back says nothing by it.
        let sent = sent(&own, &latin, &letter.text);
        for prefix in ["> ", ""] {
            let quoted: String = letter.text.lines().map(|line| format!("{prefix}{line}\n")).collect();
            let body = format!("\nOn 12 Mar 2026, at 07:30, desk@inspect.example wrote:\n{quoted}");
            let raw = mail(HEADERS, "hostile", &part("text/plain", &body, UTF_8));
            let reply = envelope(&raw).unwrap();
            let intake = Intake {
                received: at("17:45"),
                vouched: false,
                authentication: Authentication::pinned(Some("mx.inspect.example".to_owned())),
            };
            let reading = read(&reply, &sent, &Earlier::default(), &intake, &LEXICON);
            prop_assert!(reading.results.is_empty(), "{:?}\n{}", reading.results, body);
        }
    }
}
