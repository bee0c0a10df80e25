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

fn html(body: &str) -> Vec<String> {
    short(&reading(&mail(HEADERS, "html", &part("text/html", body, UTF_8)), &Earlier::default()))
}

/// A cell with several lines beside another: which line of the one belongs to which of the other, nobody can tell.
#[test]
fn cells_with_several_lines() {
    let table = |rows: &str| html(&format!("<table>{rows}</table>"));
    let recorded = |found: Vec<String>| found.into_iter().filter(|f| f.contains('=')).collect::<Vec<_>>();
    for rows in [
        "<tr><td>C1</td><td>present<br>absent</td></tr>",
        "<tr><td>C1</td><td><p>present</p><p>absent</p></td></tr>",
        "<tr><td>C1<br>C2</td><td>present<br>absent</td></tr>",
        "<tr><td>C1<br>C2<br>C3</td><td>busy<br>busy</td></tr>",
        "<tr><td><div>C1</div><div>C2</div></td><td>absent<br></td></tr>",
        "<tr><td rowspan=2>C1</td><td>present</td></tr><tr><td>absent</td></tr>",
        "<tr><td>C1</td><td>present</td><td><br>absent</td></tr>",
        "<tr><th>C1</th><td>present<ul><li>absent</li></ul></td></tr>",
    ] {
        assert_eq!(recorded(table(rows)), Vec::<String>::new(), "{rows}");
    }
    for (rows, expected) in [
        ("<tr><td>C1</td><td>busy<br></td></tr><tr><td>C2</td><td><p>absent</p></td></tr>", ["C1=busy", "C2=absent"]),
        ("<tr><td></td><td>C1 busy<br>C2 absent</td></tr>", ["C1=busy", "C2=absent"]),
        ("<tr><td>C1 busy<br>C2 absent</td></tr>", ["C1=busy", "C2=absent"]),
        (
            "<tr><td><table><tr><td>C1</td><td>busy</td></tr><tr><td>C2</td><td>absent</td></tr></table></td></tr>",
            ["C1=busy", "C2=absent"],
        ),
    ] {
        assert_eq!(table(rows), expected, "{rows}");
    }
    assert_eq!(
        html("<p>C1 <s>present</s> absent</p><p>C2 <span style='text-decoration: line-through'>busy</span></p>"),
        ["C1=absent", "C2!unknown_outcome"]
    );
}

/// Mails within the mail are somebody else's.
#[test]
fn mails_within_the_mail() {
    let foreign = b"From: sunli@field.example\r\nSubject: x\r\n\r\nC1 present\r\n".to_vec();
    let within = |kind: &str, parts: &[Vec<u8>]| {
        let own = part("text/plain", "C2 busy", UTF_8);
        let other = multipart(kind, "=_d", parts);
        short(&reading(&mail(HEADERS, kind, &multipart("mixed", "=_m", &[own, other])), &Earlier::default()))
    };
    // In a digest a part without a type is a mail (RFC 2046, 5.1.5).
    let untyped = [b"\r\n".to_vec(), foreign.clone()].concat();
    let typed = [b"Content-Type: message/rfc822\r\n\r\n".to_vec(), foreign].concat();
    assert_eq!(within("digest", &[untyped]), ["C2=busy"]);
    assert_eq!(within("digest", std::slice::from_ref(&typed)), ["C2=busy"]);
    assert_eq!(within("mixed", &[typed]), ["C2=busy"]);
    let digest = multipart("digest", "=_d", &[b"\r\nFrom: sunli@field.example\r\n\r\nC1 present\r\n".to_vec()]);
    assert_eq!(short(&reading(&mail(HEADERS, "digest", &digest), &Earlier::default())), Vec::<String>::new());
}

/// Answers behind `=>` that stand in somebody else's mail.
#[test]
fn answers_of_somebody_else() {
    let quoted = |attribution: &str, mark: &str| {
        let letter = WORLD.letters["assignment"].lines().map(|line| {
            let answer = if line.trim_start().starts_with("C1 CALL") || line.contains("010-5550-0101 =>") {
                " busy"
            } else {
                ""
            };
            format!("{mark}{line}{}\n", if line.ends_with("=>") { answer } else { "" })
        });
        let body = format!("FYI\n\n{attribution}\n{}", letter.collect::<String>());
        short(&reading(&mail(HEADERS, "forward", &part("text/plain", &body, UTF_8)), &Earlier::default()))
    };
    for attribution in [
        "On 12 Mar 2026, at 09:30, Sun Li <sunli@field.example> wrote:",
        "---------- Forwarded message ---------\nFrom: Sun Li <sunli@field.example>\nDate: Thu, 12 Mar 2026\nSubject: Re: [K7Q2M]\nTo: desk@inspect.example\n",
        "发件人: 孙丽 <sunli@field.example>\n发送时间: 2026年3月12日 9:30\n收件人: desk@inspect.example\n主题: Re: [K7Q2M]\n",
    ] {
        for mark in ["> ", ""] {
            assert_eq!(quoted(attribution, mark), ["C1!unclear"], "{attribution}");
        }
    }
    for attribution in [
        "On 12 Mar 2026, at 09:30, Desk <desk@inspect.example> wrote:",
        "On 12 Mar 2026, at 09:30, Zhao Xin <ZhaoXin@field.example> wrote:",
        "发件人: 督查办\n发送时间: 2026年3月12日 9:30\n收件人: 赵新\n主题: Re: [K7Q2M]\n",
    ] {
        assert_eq!(quoted(attribution, "> "), ["C1=busy"], "{attribution}");
    }
}

/// More lines than anybody writes: refused by its own name, and the sender is told.
#[test]
fn more_lines_than_anybody_writes() {
    let long = "x\n".repeat(20_001) + "C1 busy";
    let read = reading(&mail(HEADERS, "long", &part("text/plain", &long, UTF_8)), &Earlier::default());
    assert!(read.to_json().contains(r#""reason":"too_long","answer":"help""#), "{}", read.to_json());
}
