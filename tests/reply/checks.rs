//! The order of the checks, the key, the sender, the same mail again (REPLIES 2 and 3).

use super::common::{HEADERS, LETTER, SENT, after, after_with, assignment_json, mail, reading, short};
use spotcheck::reply::{
    Authentication, Earlier, Intake, Lexicon, Note, Policy, Reading, Sent, envelope, from_address, read,
};

const KEY: &str = "9f3tx8w2hc5d7qkm";

/// `disposition reason answer`.
fn way(reading: &Reading) -> String {
    let json: serde_json::Value = serde_json::from_str(&reading.to_json()).unwrap();
    ["disposition", "reason", "answer"].map(|field| json[field].as_str().unwrap()).join(" ")
}

fn with(old: &str, new: &str) -> Vec<u8> {
    let text = String::from_utf8(mail("V1 present\n")).unwrap();
    assert!(text.contains(old), "{old}");
    text.replace(old, new).into_bytes()
}

#[test]
fn dispositions() {
    let all = "V1 在岗\nV2 在岗\nC1-C3 占线\n";
    assert_eq!(way(&reading(&mail(all))), "accepted ok receipt");
    assert_eq!(way(&reading(&mail(&format!("{all}C9 busy\n")))), "partial ok receipt");
    let some = reading(&mail("V1.1 在岗\nC1 占线"));
    assert_eq!(way(&some), "partial ok receipt");
    assert_eq!(some.open, ["V1.2", "V2", "C2", "C3"]);
    assert_eq!(way(&reading(&mail("C1 blah"))), "rejected ok help");
    assert_eq!(way(&reading(&mail("Thank you, will do"))), "rejected ok help");
    let mut earlier = Earlier::default();
    earlier.absorb(&some);
    let rest = after(&mail("V1.2 请假\n其余在岗"), &earlier);
    assert_eq!(way(&rest), "accepted ok receipt");
    assert!(rest.open.is_empty());
}

#[test]
fn what_no_person_wrote_is_ignored() {
    for (field, reason) in [
        ("X-Loop: desk@inspect.example", "own"),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=x", "bounce"),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=x", "read_receipt"),
        ("Auto-Submitted: auto-replied", "auto_reply"),
        ("X-Autorespond: yes", "auto_reply"),
        ("Precedence: list", "auto_reply"),
        ("Return-Path: <>", "auto_reply"),
    ] {
        let raw = with("Message-ID", &format!("{field}\nMessage-ID"));
        assert_eq!(way(&reading(&raw)), format!("ignored {reason} none"), "{field}");
    }
    for (subject, reason) in [
        ("系统退信", "bounce"),
        ("已读: [K7Q2M]", "read_receipt"),
        ("自动回复: 出差", "auto_reply"),
        ("Automatic reply: x", "auto_reply"),
    ] {
        let raw = with("Re: [K7Q2M]", subject);
        assert_eq!(way(&reading(&raw)), format!("ignored {reason} none"), "{subject}");
    }
    let suppressing = with("Message-ID", "X-Auto-Response-Suppress: All\nMessage-ID");
    assert_eq!(way(&reading(&suppressing)), "partial ok receipt");
    assert_eq!(way(&reading(&with("zhaoxin@field.example>\nTo", "desk@inspect.example>\nTo"))), "ignored own none");
}

#[test]
fn the_key_has_to_be_there_and_right() {
    let no_tag = format!("r+k7q2m.{KEY}@inspect.example");
    let other =
        |carrier: &str| with(&no_tag, &format!("desk@inspect.example>\n{carrier}: <k7q2m.3.{KEY}@inspect.example"));
    assert_eq!(way(&reading(&with(&no_tag, "desk@inspect.example"))), "rejected no_key help");
    assert_eq!(way(&reading(&other("In-Reply-To"))), "partial ok receipt");
    assert_eq!(way(&reading(&other("References"))), "partial ok receipt");
    assert_eq!(way(&reading(&with(KEY, "9f3tx8w2hc5d7qkn"))), "rejected bad_key help");
    assert_eq!(way(&reading(&with("r+k7q2m.", "r+k7q2n."))), "rejected bad_key help");
    let body = |reference: &str| {
        let text = String::from_utf8(mail(&format!("V1 present\n> Ref {reference} (keep in the reply)\n"))).unwrap();
        text.replace(&no_tag, "desk@inspect.example").into_bytes()
    };
    assert_eq!(way(&reading(&body("K7Q2M-9F3T-X8W2-HC5D-7QKM"))), "partial ok receipt");
    assert_eq!(way(&reading(&body("k7q2m-9f3t-x8w2-hc5d-7qkm"))), "partial ok receipt");
    assert_eq!(way(&reading(&body("K7Q2M-9F3T-X8W2-HC5D-7QKN"))), "rejected bad_key help");
    // Carriers that contradict each other are for a person to look at.
    let both = mail("V1 present\nRef K7Q2M-9F3T-X8W2-HC5D-7QKN");
    assert_eq!(way(&reading(&both)), "rejected bad_key none");
}

#[test]
fn the_sender_has_to_be_the_inspector_and_proven() {
    assert_eq!(
        way(&reading(&with("zhaoxin@field.example>\nTo", "evil@field.example>\nTo"))),
        "rejected wrong_sender none"
    );
    assert_eq!(
        way(&reading(&with("赵新 <zhaoxin@field.example>", "zhaoxin@field.example, evil@x.example"))),
        "rejected wrong_sender none"
    );
    for (old, new) in [
        ("dmarc=pass", "dmarc=fail"),
        ("mx.inspect.example; dmarc", "mx.evil.example; dmarc"),
        ("header.from=field.example", "header.from=evil.example"),
        ("dmarc=pass header.from=field.example", "spf=pass smtp.mailfrom=field.example"),
    ] {
        assert_eq!(way(&reading(&with(old, new))), "rejected unauthenticated none", "{new}");
    }
    let other_address = with("zhaoxin@field.example>\nTo", "ZhaoXin@163.example>\nTo");
    let other_address = String::from_utf8(other_address).unwrap().replace("from=field", "from=163");
    assert_eq!(way(&reading(other_address.as_bytes())), "partial ok receipt");
    let forged_below = with("From: ", "Authentication-Results: mx.inspect.example; dmarc=fail\nFrom: ");
    assert_eq!(way(&reading(&forged_below)), "partial ok receipt");
    let nobodys =
        with("From: 赵新 <zhaoxin@field.example>\nTo: Desk <r+k7q2m", "From: evil@x.example\nTo: Desk <r+zzzzz");
    assert_eq!(way(&reading(&nobodys)), "rejected bad_key none", "a stranger learns nothing");
}

#[test]
fn policies() {
    let unproven = with("dmarc=pass", "dmarc=none");
    let unproven = envelope(&unproven).unwrap();
    let read_by = |policy, local_submission, dkim: &[&str]| {
        let authentication = Authentication {
            policy,
            authserv_id: Some("mx.inspect.example".into()),
            local_submission,
            dkim_verified: dkim.iter().map(|d| (*d).to_owned()).collect(),
            trusted_relays: Vec::new(),
        };
        let intake = Intake { vouched: false, received: unproven.received().unwrap(), authentication };
        let reading = read(&unproven, &SENT, &Earlier::default(), &intake, &Lexicon::shipped());
        (way(&reading), reading.notes.contains(&Note::NotProven))
    };
    assert_eq!(read_by(Policy::Require, false, &[]), ("rejected unauthenticated none".into(), false));
    assert_eq!(read_by(Policy::Require, true, &[]), ("partial ok receipt".into(), false));
    assert_eq!(read_by(Policy::Require, false, &["field.example"]), ("partial ok receipt".into(), false));
    assert_eq!(read_by(Policy::Require, false, &["evil.example"]), ("rejected unauthenticated none".into(), false));
    assert_eq!(read_by(Policy::Flag, false, &[]), ("partial ok receipt".into(), true));
    assert_eq!(read_by(Policy::Off, false, &[]), ("partial ok receipt".into(), false));
    assert_eq!(from_address(&unproven).as_deref(), Some("zhaoxin@field.example"));
}

#[test]
fn closed_empty_and_unreadable() {
    let late = with("12 Mar 2026 17:45:00", "26 Mar 2026 00:00:00");
    assert_eq!(way(&reading(&late)), "rejected closed help");
    let in_time = with("12 Mar 2026 17:45:00", "25 Mar 2026 23:59:59");
    assert_eq!(way(&reading(&in_time)), "partial ok receipt");
    let strangers = String::from_utf8(late).unwrap().replace("zhaoxin@field.example>\nTo", "evil@x.example>\nTo");
    assert_eq!(way(&reading(strangers.as_bytes())), "rejected closed none");
    assert_eq!(way(&reading(&mail(" \n\n"))), "rejected no_text help");
    let photo = with("Content-Type: text/plain; charset=utf-8", "Content-Type: image/jpeg");
    assert_eq!(way(&reading(&photo)), "rejected no_text help");
    let gb = encoding_rs::GB18030.encode("第一村全部在岗").0.into_owned();
    let unreadable = [HEADERS.as_bytes(), b"Content-Type: text/plain; charset=utf-8\n\nV1 present ", &gb].concat();
    assert_eq!(way(&reading(&unreadable)), "rejected charset help");
}

#[test]
fn the_same_mail_again() {
    let first = mail("V1 present\n");
    let mut earlier = Earlier::default();
    earlier.absorb(&reading(&first));
    assert_eq!(way(&after(&first, &earlier)), "ignored duplicate none");
    let redelivered = with(
        "From: ",
        "Received: from x by y; Fri, 13 Mar 2026 09:00:00 +0800\nX-Virus: none\nDelivered-To: desk\nFrom: ",
    );
    assert_eq!(way(&after(&redelivered, &earlier)), "ignored duplicate none");
    let rewritten = with("Subject: Re: [K7Q2M]", "Subject: [SPAM?] Re: [K7Q2M]");
    assert_eq!(way(&after(&rewritten, &earlier)), "ignored duplicate none", "the same Message-ID and text");
    let other_text = with("V1 present", "V1 absent");
    let corrected = after(&other_text, &earlier);
    assert_eq!(short(&corrected), "V1.1=absent V1.2=absent");
    assert!(corrected.notes.contains(&Note::SameMessageId) && corrected.results.iter().all(|r| r.correction));
    let own_id = with("a1@field", "a2@field");
    assert_eq!(way(&after(&own_id, &earlier)), "partial ok receipt");
}

#[test]
fn a_forged_copy_does_not_shadow_the_real_mail() {
    let forged = with("dmarc=pass", "dmarc=fail");
    let mut earlier = Earlier::default();
    earlier.absorb(&reading(&forged));
    assert_eq!(way(&after(&mail("V1 present\n"), &earlier)), "partial ok receipt");
}

#[test]
fn an_old_answer_in_the_quote_does_not_contradict_the_new_one() {
    let answered = LETTER.replace("010-5550-0101 =>", "010-5550-0101 => busy");
    let quoted: String = answered.lines().map(|line| format!("> {line}\n")).collect();
    let mut earlier = Earlier::default();
    earlier.absorb(&reading(&mail(&quoted)));
    let again = String::from_utf8(mail(&format!("C1 present\n\n{quoted}"))).unwrap().replace("a1@", "a2@");
    assert_eq!(short(&after(again.as_bytes(), &earlier)), "C1=present");
    assert_eq!(short(&reading(again.as_bytes())), "C1!conflict", "nothing tells which one is old");
}

#[test]
fn names_that_several_persons_have() {
    let json =
        assignment_json().replace("陈思远", "刘建国").replace("Chen Siyuan", "Liu Jianguo").replace("周丽华", "刘敏");
    let sent = Sent::from_json(&json).unwrap();
    let read = |body: &str| short(&after_with(&mail(body), &Earlier::default(), &sent));
    assert_eq!(read("建国在岗"), "建国!ambiguous_name");
    assert_eq!(read("V1 建国在岗"), "V1.1=present");
    assert_eq!(read("王建国在岗"), "V1.1=present");
    assert_eq!(read("刘敏 在岗"), "刘敏!ambiguous_name");
    assert_eq!(read("V1 刘敏 在岗"), "V1.2=present");
    assert_eq!(read("C3 刘敏 占线"), "C3=busy");
}

#[test]
fn a_letter_whose_text_is_not_known_is_told_by_its_pattern() {
    let mut json: serde_json::Value = serde_json::from_str(&assignment_json()).unwrap();
    json.as_object_mut().unwrap().remove("text");
    let sent = Sent::from_json(&json.to_string()).unwrap();
    let filled =
        LETTER.replace("010-5550-0101 =>", "010-5550-0101 => busy").replace("队员 member =>", "队员 member => 请假");
    for prefix in ["> ", ""] {
        let body: String = filled.lines().map(|line| format!("{prefix}{line}\n")).collect();
        let body = format!("On 12 Mar 2026 desk@inspect.example wrote:\n{body}");
        let read = after_with(&mail(&body), &Earlier::default(), &sent);
        assert_eq!(short(&read), "V1.2=on_leave C1=busy", "{prefix:?}");
        // The same codes of another letter: another name, another number.
        for (old, new) in [
            ("王建国 Wang Jianguo", "李四 Li Si"),
            ("刘敏 Liu Min", "李四 Li Si"),
            ("李娜 Li Na", "孙丽 Sun Li"),
            ("5550-0101", "5550-0199"),
        ] {
            let other = filled.replace("team lead =>", "team lead => absent").replace(old, new);
            let body: String = other.lines().map(|line| format!("{prefix}{line}\n")).collect();
            let body = format!("On 12 Mar 2026 desk@inspect.example wrote:\n{body}");
            let read = short(&after_with(&mail(&body), &Earlier::default(), &sent));
            let lost = match old {
                "王建国 Wang Jianguo" => "V1.1=",
                "刘敏 Liu Min" => "V1.2=",
                _ => "C1=",
            };
            assert!(!read.contains(lost) && read.contains("V2.1=absent"), "{prefix:?} {new}: {read}");
        }
    }
}
