//! What holds for every mail: nothing panics, nothing unknown is recorded, our own text says nothing.

use super::common::{HEADERS, LETTER, LEXICON, SENT, mail, reading, short};
use proptest::prelude::*;
use spotcheck::reply::{Authentication, Earlier, Intake, envelope, read};

/// Pieces that replies are made of, for texts that come near to a reading.
fn piece() -> impl Strategy<Value = String> {
    let known: Vec<String> = [
        "V1",
        "V1.1",
        "V1.2",
        "V2",
        "C1",
        "C2",
        "C3",
        "C9",
        "V7.1",
        "X1",
        "王建国",
        "Liu Min",
        "张伟",
        "rest",
        "其余",
        "correction",
        "更正",
        "all",
        "都",
        "and",
        "和",
        "-",
        "到",
        "~",
        ",",
        "，",
        ";",
        "；",
        ".",
        "。",
        ":",
        "：",
        "=>",
        "=",
        "present",
        "absent",
        "在",
        "不在",
        "在岗",
        "请假",
        "没",
        "not",
        "no",
        "no answer",
        "busy",
        "占线",
        "接通",
        "later",
        "presnt",
        "maybe",
        "可能",
        "10:42",
        "下午3点",
        "上午",
        "23:59",
        "she is",
        "在家",
        "(",
        ")",
        "?",
        "|",
        ">",
        "> ",
        "\n",
        "\n",
        "\n> ",
        "-- ",
        "谢谢",
        "\u{200b}",
        "Ref",
        "From: x\nTo: y\n",
        "On 12 Mar 2026 desk@x wrote:",
        "V1.1 王建国 Wang Jianguo, 队长 team lead =>",
        "C1 CALL 李娜 Li Na, 村民 villager,",
    ]
    .map(str::to_owned)
    .to_vec();
    prop_oneof![4 => prop::sample::select(known), 1 => "[a-z]{1,8}", 1 => "\\PC{0,6}", 1 => "[0-9]{1,3}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_panic(raw in prop::collection::vec(any::<u8>(), 0..2000)) {
        for headers in ["", HEADERS, "Content-Type: multipart/mixed; boundary=a\n\n--a\n", "Content-Type: text/html\n\n"] {
            let bytes = [headers.as_bytes(), &raw].concat();
            if let Ok(mail) = envelope(&bytes) {
                let intake = Intake { vouched: false, received: mail.received().unwrap_or(spotcheck::model::Timestamp(0)), authentication: Authentication::pinned(None) };
                let read = read(&mail, &SENT, &Earlier::default(), &intake, &LEXICON);
                prop_assert!(read.to_json().contains("disposition"));
            }
        }
    }

    #[test]
    fn whatever_is_written_only_known_persons_get_fitting_outcomes(pieces in prop::collection::vec(piece(), 0..40), blank in any::<bool>()) {
        let body = pieces.join(if blank { " " } else { "" });
        let read = reading(&mail(&body));
        for result in &read.results {
            let person = SENT.persons.iter().find(|p| p.code == result.person);
            prop_assert!(person.is_some(), "{body}");
            let line = SENT.lines.iter().find(|l| l.code.as_str() == result.line);
            prop_assert!(line.is_some_and(|l| l.kind.fits(result.outcome)), "{body}");
            prop_assert!(result.remark.as_ref().is_none_or(|r| !r.is_empty() && r.chars().count() <= 500));
        }
        let mut persons: Vec<_> = read.results.iter().map(|r| &r.person).collect();
        persons.dedup();
        prop_assert_eq!(persons.len(), read.results.len(), "one result a person: {}", body);
    }

    #[test]
    fn our_own_text_says_nothing_however_it_is_wrapped(width in 12usize..100, prefix in prop::sample::select(vec!["", ">", "> ", ">> ", "| "]), attributed in any::<bool>(), from in 0usize..20) {
        let mut body = if attributed { "On 12 Mar 2026, desk@inspect.example wrote:\n".to_owned() } else { String::new() };
        for line in LETTER.lines().skip(from) {
            let mut piece = String::new();
            for word in line.split(' ') {
                if !piece.is_empty() && piece.chars().count() + word.chars().count() > width {
                    body.push_str(&format!("{prefix}{}\n", piece.trim_end()));
                    piece.clear();
                }
                piece.push_str(word);
                piece.push(' ');
            }
            body.push_str(&format!("{prefix}{}\n", piece.trim_end()));
        }
        let read = reading(&mail(&body));
        prop_assert_eq!(short(&read), "", "{}", body);
    }

    #[test]
    fn a_group_reads_the_same_in_every_form(code in prop::sample::select(vec!["C1", "C2", "C3"]), word in prop::sample::select(vec![("busy", "busy"), ("占线", "busy"), ("no answer", "no_answer"), ("无人接听", "no_answer"), ("不在岗", "absent"), ("在岗", "present")]), mark in prop::sample::select(vec![" ", ":", "：", " - ", " = ", " => ", "\u{a0}"]), wide in any::<bool>()) {
        let shown: String = if wide { code.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect() } else { code.to_owned() };
        let read = reading(&mail(&format!("{shown}{mark}{}", word.0)));
        prop_assert_eq!(short(&read), format!("{code}={}", word.1));
    }
}

/// One pass over everything: long bodies and long lines are read, whatever they are made of.
#[test]
fn long_mails_are_read() {
    let size = 200_000;
    for unit in [
        "C1 ",
        "C1,",
        "C1 busy; ",
        "V1 present, ",
        "在",
        "没",
        "C\n",
        "no ",
        "On \n",
        "((((",
        "\u{301}",
        "On x\nwrote:\n",
        "C1-C3 ",
    ] {
        for size in [size, 90_000] {
            let read = reading(&mail(&unit.repeat(size / unit.len())));
            assert!(read.results.len() <= SENT.persons.len(), "{unit:?}");
        }
    }
    for unit in ["<", "<a ='", "<div>", "&amp;", "&", "<!--", "<blockquote>", "</"] {
        let body = format!("{HEADERS}Content-Type: text/html\n\n{}", unit.repeat(size / unit.len()));
        assert!(reading(body.as_bytes()).results.is_empty(), "{unit:?}");
    }
}

#[test]
fn a_mail_of_the_largest_size_is_read() {
    let head = format!(
        "{HEADERS}Content-Type: multipart/mixed; boundary=B\n\n--B\n\nC1 busy\n--B\nContent-Type: image/jpeg\n\n"
    );
    let room = 20 * 1024 * 1024 - head.len();
    let photo = "QUJD".repeat(19).to_owned() + "\n";
    let mut raw = head.into_bytes();
    raw.extend(photo.bytes().cycle().take(room));
    assert_eq!(short(&reading(&raw)), "C1=busy");
    let blank_lines = [mail("C1 busy\n"), vec![b'\n'; 15 * 1024 * 1024]].concat();
    assert_eq!(short(&reading(&blank_lines)), "C1=busy");
}

#[test]
fn a_line_that_no_person_writes_is_for_a_person_to_look_at() {
    let read = reading(&mail(&format!("C1 busy\nC2 busy; {}", "x".repeat(200_000))));
    assert!(read.results.is_empty() && read.to_json().contains(r#""reason":"too_long""#));
}

#[test]
fn more_lines_than_any_thread_has_are_for_a_person_to_look_at() {
    let thread = format!("C1 busy\n{}", "> a line of an earlier letter\n".repeat(5_000));
    assert_eq!(short(&reading(&mail(&thread))), "C1=busy");
    let flood = reading(&mail(&format!("C1 busy\n{}", "> a line of an earlier letter\n".repeat(50_000))));
    assert!(flood.results.is_empty() && flood.to_json().contains(r#""reason":"too_long""#));
}
