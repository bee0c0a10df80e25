//! Every mail program with every way to post, and nothing said in all of them.

use super::cases::{Case, Tally};
use super::mime::{HEADERS, UTF_8, file, mail, multipart, part};
use super::programs::ALL;
use super::world::{WORLD, reading, short};
use spotcheck::reply::Earlier;
use std::collections::BTreeMap;

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(code, text)| ((*code).to_owned(), (*text).to_owned())).collect()
}

fn strings(all: &[&str]) -> Vec<String> {
    all.iter().map(|s| (*s).to_owned()).collect()
}

#[test]
fn every_program_and_every_posting() {
    let mut tally = Tally::default();
    for program in ALL {
        let case = |how: &str| Case {
            name: format!("{}/{how}", program.name),
            program: program.name.to_owned(),
            ..Case::default()
        };
        let top = Case {
            say: "V1.1 在岗，V1.2 请假；病了\nV1.3 absent\nC1 10:42 busy; rang 8 times\nC2-C3 无人接听".into(),
            expect: strings(&[
                "V1.1=present",
                "V1.2=on_leave(病了)",
                "V1.3=absent",
                "C1@10:42=busy(rang 8 times)",
                "C2=no_answer",
                "C3=no_answer",
            ]),
            ..case("top")
        };
        let signed = Case { say: format!("{}\n\n谢谢\n赵新 C4 在岗", top.say), ..top.clone() };
        let complete = Case {
            say: "V1 全部在岗\n其余在岗".into(),
            expect: strings(&[
                "V1.1=present",
                "V1.2=present",
                "V1.3=present",
                "V2.1=present",
                "C1=present",
                "C2=present",
                "C3=present",
                "C4=present",
            ]),
            ..case("complete")
        };
        let edited = Case {
            fill: map(&[("V1.1", "present"), ("V1.3", "请假；病了"), ("C1", "no answer"), ("C3", "９：４５ 占线")]),
            expect: strings(&["V1.1=present", "V1.3=on_leave(病了)", "C1=no_answer", "C3@09:45=busy"]),
            ..case("edited")
        };
        let thread = Case { say: "See below.\n".into(), ..edited.clone() };
        let mut below = Case {
            below: map(&[("V1.1", "present"), ("C1", "占线；响了三声"), ("C2", "C2 no answer")]),
            expect: strings(&["V1.1=present", "C1=busy(响了三声)", "C2=no_answer"]),
            ..case("below the lines")
        };
        let mut bottom = Case { say: "V1 present\nC4 busy".into(), bottom: true, ..case("bottom") };
        bottom.expect = strings(&["V1.1=present", "V1.2=present", "V1.3=present", "C4=busy"]);
        if matches!(program.name, "outlook-html" | "yahoo-html") {
            // Everything below their divider is a quote by its markup, so nobody can tell who wrote what in it.
            for case in [&mut below, &mut bottom] {
                case.meant = Some(case.expect.len());
                case.expect.clear();
            }
        }
        for case in
            [top, Case { name: format!("{}/signed", program.name), ..signed }, complete, edited, thread, below, bottom]
        {
            tally.judge(&case, &Earlier::default());
        }
    }
    tally.end("programs");
}

/// An empty answer to anything that we send, in every program.
#[test]
fn nothing_said_is_nothing_recorded() {
    let mut tally = Tally::default();
    for program in ALL {
        for original in WORLD.letters.keys() {
            for say in ["", "Thanks, will do.", "收到，马上出发。"] {
                let case = Case {
                    name: format!("{}/{original}/{say}", program.name),
                    program: program.name.to_owned(),
                    original: (*original).to_owned(),
                    say: say.to_owned(),
                    ..Case::default()
                };
                tally.judge(&case, &Earlier::default());
            }
        }
    }
    tally.end("nothing said");
}

/// A mail whose body is in its winmail.dat alone, and a mail with photos and nothing else.
#[test]
fn a_body_within_winmail_dat() {
    let text = encoding_rs::GBK.encode("V2 在岗\r\nC1 占线；响了三声\r\n\0").0.into_owned();
    let attribute = |id: u32, data: &[u8]| {
        let length = u32::try_from(data.len()).unwrap();
        [&[1][..], &id.to_le_bytes(), &length.to_le_bytes(), data, &[0, 0]].concat()
    };
    let page = attribute(0x0006_9007, &936u64.to_le_bytes());
    let stream = [&0x223e_9f78u32.to_le_bytes()[..], &[1, 0], &page, &attribute(0x0002_800c, &text)].concat();
    let parts = [part("text/plain", " \n", UTF_8), file("application/ms-tnef", "winmail.dat", &stream)];
    let read = reading(&mail(HEADERS, "tnef", &multipart("mixed", "=_t", &parts)), &Earlier::default());
    assert_eq!(short(&read), ["V2.1=present", "C1=busy(响了三声)"]);
    let photos = [part("text/plain", "\n", UTF_8), file("image/jpeg", "1.jpg", b"JPEG")];
    let read = reading(&mail(HEADERS, "photos", &multipart("mixed", "=_t", &photos)), &Earlier::default());
    assert!(read.to_json().contains(r#""reason":"no_text","answer":"help""#), "{}", read.to_json());
}

/// Phones make links of the numbers in the letter and write the targets behind them.
#[test]
fn numbers_made_into_links() {
    let mut body = super::programs::OUTLOOK_EN.to_owned();
    for line in WORLD.letters["assignment"].lines() {
        let line = line.replace("010-5550-0101 =>", "010-5550-0101<tel:010-5550-0101> => busy");
        body.push_str(&line.replace("010-5550-0102", "010-5550-0102<TEL:010-5550-0102>"));
        body.push('\n');
    }
    let read = reading(&mail(HEADERS, "links", &part("text/plain", &body, UTF_8)), &Earlier::default());
    assert_eq!(short(&read), ["C1=busy"]);
}
