//! The mails of simulated inspectors.

use super::world::{county, day};
use mail_parser::{Message, MessageParser};
use spotcheck::demo::client::Client;
use spotcheck::demo::county::{County, Inspector, OFFICE, PROGRAMME, ZONE};
use spotcheck::demo::people::{Delivery, Nature, People, Posted};
use spotcheck::model::time::{DAY, MINUTE};
use spotcheck::model::{
    Assignment, AssignmentId, Kind, Line, LineCode, LineContact, LineOfficial, OfficeId, Phone, PlaceId, Timestamp,
    WindowId,
};
use std::collections::{BTreeMap, BTreeSet, HashSet};

const MX: &str = "mx.yunling.example";

fn phone(text: &str) -> Phone {
    Phone { dial: text.to_owned(), extension: None, shown: text.to_owned() }
}

/// An assignment of one visit and two calls, and its letter, in the layout of REPLIES 1.
fn posted(county: &County, number: usize) -> (Assignment, Vec<u8>) {
    let inspector = &county.inspectors[number % county.inspectors.len()];
    let date = day("2026-03-02") + chrono::Days::new((number % 5) as u64);
    let window: WindowId = format!("{PROGRAMME}/{OFFICE}/{date}/am").parse().unwrap();
    let at = |clock: &str| Timestamp::parse(&format!("{date}T{clock}:00+08:00")).unwrap();
    let digits: Vec<char> = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars().collect();
    let id: String = [1, 1024, 32].iter().map(|n| digits[number / n % 32]).collect();
    let team = &county.teams[number % county.teams.len()];
    let village = &county.villages[team.village];
    let officials = county.officials.iter().filter(|o| o.team == number % county.teams.len() && o.left.is_none());
    let contacts = county.contacts.iter().filter(|c| c.village == team.village).take(2);
    let line = |code: &str, kind| Line {
        code: LineCode::parse(code).unwrap(),
        kind,
        window: window.clone(),
        from: at("09:00"),
        to: at("11:30"),
        place: PlaceId::from(team.id.clone()),
        village: village.name.clone(),
        township: village.township.clone(),
        team: team.name.clone(),
        officials: Vec::new(),
        contact: None,
        companion: None,
        instrument: None,
        attempt: None,
        back_check: None,
        travel: None,
    };
    let mut lines = vec![Line {
        officials: officials
            .map(|o| LineOfficial { official: o.id.clone(), name: o.name.clone(), role: o.role })
            .collect(),
        ..line("V1", Kind::Visit)
    }];
    for (n, c) in contacts.enumerate() {
        lines.push(Line {
            contact: Some(LineContact {
                contact: Some(c.id.clone()),
                official: None,
                name: c.name.clone(),
                role: c.role,
                phone: phone(&c.phone),
            }),
            ..line(&format!("C{}", n + 1), Kind::Call)
        });
    }
    let assignment = Assignment {
        id: AssignmentId::parse(&format!("K7{id}")).unwrap(),
        office: OfficeId::parse(OFFICE).unwrap(),
        inspector: inspector.id.clone(),
        released: at("07:30"),
        reply_by: at("20:00"),
        closes: at("00:00").plus(14 * DAY),
        lines,
    };
    let letter = letter(&assignment, inspector);
    (assignment, letter)
}

fn letter(assignment: &Assignment, inspector: &Inspector) -> Vec<u8> {
    let mut text = format!("=== {} === write above this line / 请写在此线以上 ===\n", assignment.id);
    for line in &assignment.lines {
        match &line.contact {
            None => {
                text += &format!("{} VISIT 09:00-11:30 {}, {}\n", line.code, line.village.both(), line.township.both());
                for (n, o) in line.officials.iter().enumerate() {
                    text +=
                        &format!("   {} {}, {} =>\n", line.person_code(n + 1), o.name.both(), o.role.shown().both());
                }
            }
            Some(c) => {
                text += &format!("{} CALL {},\n      about {} team =>\n", line.code, c.name.both(), line.village.own)
            }
        }
    }
    text += &format!("   X1 present | X2 no answer\nRef {}-9F3T-X8W2-HC5D-7QKM (keep in the reply)\n", assignment.id);
    format!(
        "From: \"Yunling desk\" <desk@inspect.example>\r\nTo: <{}>\r\nReply-To: <r+{}@inspect.example>\r\nSubject: [{}] 3 lines\r\n\
         Message-ID: <{}.1.9f3tx8w2hc5d7qkm@inspect.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}",
        inspector.email,
        assignment.id,
        assignment.id,
        assignment.id.as_str().to_lowercase(),
        text.replace('\n', "\r\n")
    )
    .into_bytes()
}

/// Of many assignments: each with its mails.
fn many(county: &County, people: &People<'_>) -> Vec<(Assignment, Vec<Delivery>)> {
    (0..400)
        .map(|number| {
            let (assignment, letter) = posted(county, number);
            let mails = people.mails(Posted { letter: &letter, assignment: &assignment, authserv_id: MX });
            (assignment, mails)
        })
        .collect()
}

fn body(mail: &Message<'_>) -> String {
    mail.body_text(0).unwrap().into_owned()
}

#[test]
fn mails_are_the_same_whatever_was_asked_before() {
    let (dice, county) = county("same", 60);
    let all = many(&county, &People::new(&county, &dice));
    let (assignment, letter) = posted(&county, 77);
    let people = People::new(&county, &dice);
    let posted = Posted { letter: &letter, assignment: &assignment, authserv_id: MX };
    assert_eq!(people.mails(posted), all[77].1);
    assert!(people.mails(Posted { letter: b"no letter", ..posted }).is_empty());
}

#[test]
fn every_mail_parses_names_its_sender_and_carries_the_key() {
    let (dice, county) = county("carry", 60);
    let mut ids = HashSet::new();
    let mut unthreaded = 0;
    for (assignment, mails) in many(&county, &People::new(&county, &dice)) {
        let inspector = county.inspector(&assignment.inspector).unwrap();
        let key = format!("{}.1.9f3tx8w2hc5d7qkm@inspect.example", assignment.id.as_str().to_lowercase());
        for Delivery { at, raw, nature } in mails {
            let mail = MessageParser::default().parse(&raw).unwrap();
            let text = body(&mail);
            assert!(!text.contains('\u{fffd}'), "{nature:?}: {text}");
            let from = mail.from().unwrap().first().unwrap().address().unwrap().to_owned();
            match nature {
                Nature::Stranger => assert_eq!(from, "somebody@elsewhere.example"),
                Nature::Unsigned => assert_eq!(from, inspector.other_email),
                _ => assert_eq!(from, inspector.email),
            }
            let threaded = mail.in_reply_to().as_text() == Some(&key);
            unthreaded += u32::from(!threaded);
            let in_text = text.contains(&format!("Ref {}-9F3T-X8W2-HC5D-7QKM", assignment.id));
            assert!(threaded || in_text, "{nature:?}");
            assert!(in_text || nature == Nature::OutOfOffice, "{nature:?}: {text}");
            assert!(mail.subject().unwrap().contains(&format!("[{}]", assignment.id)));
            assert_eq!(
                mail.to().unwrap().first().unwrap().address(),
                Some(&*format!("r+{}@inspect.example", assignment.id))
            );
            let repeats = matches!(nature, Nature::Duplicate | Nature::Forged);
            assert!(repeats || ids.insert(mail.message_id().unwrap().to_owned()), "an id twice");
            assert!(at > assignment.released && at < assignment.closes);
            assert_eq!(
                mail.date().unwrap().to_timestamp(),
                at.unix_seconds() - if nature == Nature::Duplicate { 180 } else { 0 }
            );
        }
    }
    assert!(unthreaded > 0);
}

#[test]
fn only_the_inspectors_own_mails_are_authenticated() {
    let (dice, county) = county("sign", 60);
    for (_, mails) in many(&county, &People::new(&county, &dice)) {
        for Delivery { raw, nature, .. } in mails {
            let text = String::from_utf8_lossy(&raw).replace("\r\n\t", " ");
            let topmost = text.lines().find(|l| l.starts_with("Authentication-Results:")).unwrap();
            assert!(topmost.starts_with(&format!("Authentication-Results: {MX};")));
            // A stranger's own mailbox passes; it is not the inspector's.
            let passes = !matches!(nature, Nature::Unsigned | Nature::Forged);
            assert_eq!(topmost.contains("dmarc=pass"), passes, "{nature:?}");
        }
    }
}

#[test]
fn all_habits_and_mishaps_occur_and_most_mails_are_plain_answers() {
    let (dice, county) = county("habits", 60);
    let all = many(&county, &People::new(&county, &dice));
    let mut natures: BTreeMap<Nature, usize> = BTreeMap::new();
    let silent = all.iter().filter(|(_, mails)| mails.is_empty()).count();
    let late = all.iter().filter(|(a, mails)| mails.iter().any(|m| m.nature == Nature::Answer && m.at > a.reply_by));
    assert!((1..=30).contains(&silent), "{silent} never answer");
    assert!((5..=100).contains(&late.count()));
    for (_, mails) in &all {
        let answers = mails.iter().filter(|m| m.nature == Nature::Answer).count();
        assert!(mails.is_empty() || answers == 1);
        for mail in mails {
            *natures.entry(mail.nature).or_default() += 1;
        }
    }
    assert_eq!(natures.len(), 8, "{natures:?}");
    assert!(natures[&Nature::Answer] > 350, "{natures:?}");
    let clients: BTreeSet<Client> = county.inspectors.iter().map(|i| i.client).collect();
    assert_eq!(clients.len(), Client::ALL.len());
}

#[test]
fn a_duplicate_differs_by_its_way_only_and_a_forgery_borrows_the_id() {
    let (dice, county) = county("copies", 60);
    let (mut copies, mut forgeries) = (0, 0);
    for (_, mails) in many(&county, &People::new(&county, &dice)) {
        let answer = mails.iter().find(|m| m.nature == Nature::Answer);
        for mail in &mails {
            let honest = answer.map(|a| a.raw.as_slice()).unwrap_or_default();
            match mail.nature {
                Nature::Duplicate => {
                    assert!(mail.raw.ends_with(honest) && mail.raw.starts_with(b"Received: "));
                    copies += 1;
                }
                Nature::Forged => {
                    let id = |raw: &[u8]| MessageParser::default().parse(raw).unwrap().message_id().unwrap().to_owned();
                    assert_eq!(id(&mail.raw), id(honest));
                    assert!(mail.at < answer.unwrap().at);
                    forgeries += 1;
                }
                _ => {}
            }
        }
    }
    assert!(copies > 0 && forgeries > 0);
}

#[test]
fn stated_times_lie_in_the_window_and_before_the_mail() {
    let (dice, county) = county("times", 60);
    let stated = regex::Regex::new(r"\b(\d\d):(\d\d)\b").unwrap();
    let mut times = 0;
    for (assignment, mails) in many(&county, &People::new(&county, &dice)) {
        for mail in mails.iter().filter(|m| m.nature == Nature::Answer) {
            let parsed = MessageParser::default().parse(&mail.raw).unwrap();
            let text = body(&parsed);
            for line in text.lines().filter(|l| (l.starts_with("V1") || l.starts_with("C1")) && !l.contains("VISIT")) {
                for time in stated.captures_iter(line).filter(|t| &t[0] != "15:30") {
                    let minutes = |i: usize| time[i].parse::<i64>().unwrap();
                    let of_day = minutes(1) * 60 + minutes(2);
                    assert!((9 * 60..=11 * 60 + 30).contains(&of_day), "{line}");
                    let midnight = Timestamp::from_local(assignment.released.day(ZONE).into(), ZONE);
                    assert!(midnight.plus(of_day * MINUTE) < mail.at);
                    times += 1;
                }
            }
        }
    }
    assert!(times > 100, "{times}");
}
