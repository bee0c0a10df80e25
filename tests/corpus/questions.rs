//! Answers to questions: in every style and from every mail program, and beside everything that is said of presence.

use super::cases::{Case, all};
use super::mime::{HEADERS, UTF_8, mail, part};
use super::programs;
use super::world::{ASKING, reading_in, short};
use proptest::prelude::*;
use spotcheck::model::question::Form;
use spotcheck::reply::Earlier;
use std::collections::{BTreeMap, BTreeSet};

fn read(text: &str, earlier: &Earlier) -> spotcheck::reply::Reading {
    reading_in(&ASKING, &mail(HEADERS, "q", &part("text/plain", text, UTF_8)), earlier)
}

fn check(cases: &[(&str, &str)]) {
    let differing: Vec<String> = cases
        .iter()
        .filter_map(|(text, expected)| {
            let found = short(&read(text, &Earlier::default())).join(" ");
            (found != *expected).then(|| format!("{text:?}\n  expected {expected}\n  found    {found}"))
        })
        .collect();
    assert!(differing.is_empty(), "{} of {}:\n{}", differing.len(), cases.len(), differing.join("\n"));
}

/// `V2.Q1=yes V2.Q2=yes …`, with some answered otherwise.
fn nine(line: &str, but: &[(usize, &str)]) -> String {
    let answer = |n: usize| but.iter().find(|(q, _)| *q == n).map_or("yes", |(_, answer)| answer);
    (1..=9).map(|n| format!("{line}.Q{n}={}", answer(n))).collect::<Vec<_>>().join(" ")
}

#[test]
fn one_question() {
    check(&[
        ("V1.Q3 是", "V1.Q3=yes"),
        ("V1.Q3 yes", "V1.Q3=yes"),
        ("v1.q3:no", "V1.Q3=no"),
        ("Ｖ１．Ｑ３：否", "V1.Q3=no"),
        ("V1 Q3 否", "V1.Q3=no"),
        ("V1Q3是", "V1.Q3=yes"),
        ("V1.Q3 => yes", "V1.Q3=yes"),
        ("V1.Q3 没有；日志停在2月", "V1.Q3=no(日志停在2月)"),
        ("V1.Q3 否，日志停在2月", "V1.Q3=no(日志停在2月)"),
        ("V1.Q3 no (stops in February)", "V1.Q3=no(stops in February)"),
        ("V1.Q3 √", "V1.Q3=yes"),
        ("V1.Q3 ×", "V1.Q3=no"),
        ("V1.Q3 未查看", "V1.Q3=not_seen"),
        ("V1.Q3 n/a", "V1.Q3=not_seen"),
        ("V1.Q3 是 yes", "V1.Q3=yes"),
        ("更正 V1.Q3 否", "V1.Q3=no"),
        ("V1.Q3 no\n更正 V1.Q3 是", "V1.Q3=yes"),
        ("C1.Q2 12", "C1.Q2=12"),
        ("C1.Q2：12天", "C1.Q2=12"),
        ("C1.Q2 12 days; mostly mornings", "C1.Q2=12(mostly mornings)"),
        ("C1.Q3 b", "C1.Q3=b"),
        ("C1.Q3 滞后，缺钱", "C1.Q3=b(缺钱)"),
        ("C1.Q3 not begun", "C1.Q3=c"),
        ("C1.Q4 2026-03-02", "C1.Q4=2026-03-02"),
        ("C1.Q4 2026年3月2日", "C1.Q4=2026-03-02"),
        ("C1.Q7 路灯坏了，修一修", "C1.Q7=路灯坏了，修一修"),
        ("C1.Q7 a road; C1.Q1 yes", "C1.Q1=yes C1.Q7=a road"),
    ]);
}

#[test]
fn several_questions_and_the_rest() {
    let but_four = nine("V2", &[(4, "no")]);
    let present = format!("V2.1=present {but_four}");
    let (but_four, present) = (but_four.as_str(), present.as_str());
    check(&[
        ("V2.Q1-Q9 是，Q4 否", but_four),
        ("V2.Q1-Q9 是, Q4 否", but_four),
        ("V2.Q4 否，其余 是", but_four),
        ("V2.Q4 否\nV2 其余 是", but_four),
        ("V2.Q4 no; V2 rest yes", but_four),
        ("V2.Q4 no\nV2.Q rest yes", but_four),
        ("V2.Q1-9 是；V2.Q4 否", but_four),
        ("V2.Q1至Q9都是，Q4 否", but_four),
        ("V2.Q1 - V2.Q9 all yes\nV2.Q4 no", but_four),
        ("V2.Q1、Q2、Q3和Q5 是；Q6-Q9 是；Q4 没有", but_four),
        ("V2 周丽华在岗，Q1-Q9 是，Q4 否", present),
        ("V2 在岗\nQ1-Q3 是\nQ4 否\nQ5-Q9 是", present),
        ("V2 在岗 Q4否 其余是", present),
        ("V2.1 present, V2.Q4 no, V2 rest yes", present),
    ]);
    check(&[
        ("V1.Q1-Q3 yes", "V1.Q1=yes V1.Q2=yes V1.Q3=yes"),
        ("V1.Q1 是Q2 否Q3 是", "V1.Q1=yes V1.Q2=no V1.Q3=yes"),
        ("V1.Q1 yes Q2 no", "V1.Q1=yes V1.Q2=no"),
        ("V1.Q1 是；V2.Q1 否", "V1.Q1=yes V2.Q1=no"),
        ("C1.Q1, C2.Q1 yes", "C1.Q1=yes C2.Q1=yes"),
        // Where it is asked, and where its answer fits.
        ("C1.Q3 a, rest yes", "C1.Q1=yes C1.Q3=a C1.Q5=yes C1.Q6=yes"),
        ("C1.Q5 no, rest yes", "C1.Q1=yes C1.Q5=no"),
        ("C1.Q5 no; Q6 yes", "C1.Q5=no C1.Q6!conflict"),
    ]);
}

#[test]
fn presence_and_questions_stay_apart() {
    check(&[
        ("V2 present; Q1 no", "V2.1=present V2.Q1=no"),
        ("V2 在岗，Q1 是，C1 接通", "V2.1=present C1=reached V2.Q1=yes"),
        ("V2.Q1 是，C1 接通，Q1 否", "C1=reached V2.Q1=yes C1.Q1=no"),
        ("V2.Q1 是，周丽华在岗", "V2.1=present V2.Q1=yes"),
        (
            "V2.Q1 是，其余在岗\nV1 请假\nC1-C4 接通",
            "V1.1=on_leave V1.2=on_leave V1.3=on_leave V2.1=present C1=reached C2=reached C3=reached C4=reached V2.Q1=yes",
        ),
        // Somebody who is named in a remark is not the rest.
        (
            "V2.Q1 否；周丽华说没发\nV1 在岗\nC1-C4 接通\n其余在岗",
            "V1.1=present V1.2=present V1.3=present C1=reached C2=reached C3=reached C4=reached V2.Q1=no(周丽华说没发)",
        ),
        ("V2 yes", "V2!unknown_outcome"),
        ("V2.1 是", "V2.1!unknown_outcome"),
        ("V2.Q1 在岗", "V2.Q1!unknown_outcome"),
        ("V2.Q1 not present", "V2.Q1!unknown_outcome"),
        ("C1.Q2 busy", "C1.Q2!unknown_outcome"),
        ("V2 未去，Q1 是", "V2.1=not_done V2.Q1!conflict"),
        ("C1 占线\nC1.Q1 是", "C1=busy C1.Q1!conflict"),
        ("C2 no answer; rang 8 times", "C2=no_answer(rang 8 times)"),
    ]);
}

#[test]
fn what_can_be_read_in_two_ways_is_asked_back() {
    check(&[
        ("V1.Q1 yes no", "V1.Q1!unclear"),
        ("V1.Q1 yes, no", "V1.Q1!unclear"),
        ("V1.Q1 是/否", "V1.Q1!unclear"),
        ("V1.Q1 是吗", "V1.Q1!unclear"),
        ("V1.Q1 是，不确定", "V1.Q1!unclear"),
        ("V1.Q1 是?", "V1.Q1!unclear"),
        ("V1.Q1 no problem", "V1.Q1!unclear"),
        ("V1.Q1 没有问题", "V1.Q1!unclear"),
        ("V1.Q1 not yes", "V1.Q1!unknown_outcome"),
        ("maybe V1.Q1 yes", "V1.Q1!unclear"),
        ("没看到 V1.Q1 是", "V1.Q1!unclear"),
        ("V1.Q1 yes\nV1.Q1 no", "V1.Q1!conflict"),
        ("V1.Q1-Q3 yes\nV1.Q3-Q5 no", "V1.Q1=yes V1.Q2=yes V1.Q4=no V1.Q5=no V1.Q3!conflict"),
        ("V1.Q12 yes", "V1.Q12!unknown_line"),
        ("V9.Q1 yes", "V9.Q1!unknown_line"),
        ("Q9 yes", "Q9!unclear"),
        ("V1 在岗, V2 在岗, Q1 是", "V1.1=present V1.2=present V1.3=present V2.1=present Q1!unclear"),
        ("V1.Q3-Q1 yes", "V1.Q3!unclear"),
        ("C1.Q2 12-15", "C1.Q2!wrong_kind"),
        ("C1.Q2 about 12", "C1.Q2!unknown_outcome"),
        ("C1.Q2 40", "C1.Q2!wrong_kind"),
        ("C1.Q2 yes", "C1.Q2!wrong_kind"),
        ("C1.Q2-3", "C1.Q2!unknown_outcome"),
        ("C1.Q3 a or b", "C1.Q3!unclear"),
        ("C1.Q4 3月2日", "C1.Q4!wrong_kind"),
        ("C1.Q4 02/03/2026", "C1.Q4!wrong_kind"),
        ("C1.Q7 路坏了 C1.Q1 是", "C1.Q1=yes C1.Q7!unclear"),
        ("V1.Q1", "V1.Q1!unknown_outcome"),
        ("X1.Q1-Q9 yes, Q4 no; reason | X1 rest yes", ""),
        ("以下仅为示例\nV1.Q1 是", "V1.Q1!unclear"),
        ("V1.Q1 是\n以上作废", "V1.Q1!unclear"),
    ]);
}

#[test]
fn earlier_answers_and_corrections() {
    let mut earlier = Earlier::default();
    let first = read("V2 在岗，Q1-Q9 是，Q4 否", &earlier);
    assert_eq!(first.open, ["V1", "C1", "C2", "C3", "C4"]);
    earlier.absorb(&first);
    let mut second = read("V2.Q4 yes", &earlier);
    assert_eq!(short(&second), ["V2.Q4=yes"]);
    earlier.absorb(&second);
    second = read("V2 rest no", &earlier);
    assert_eq!(short(&second), Vec::<String>::new(), "the rest is what nobody answered");
    let line = ASKING.letters["assignment"].lines().position(|l| l.trim_start().starts_with("V2.Q4")).unwrap();
    let quoted: String = ASKING.letters["assignment"]
        .lines()
        .enumerate()
        .map(|(n, l)| format!("> {l}{}\n", if n == line { " no" } else { "" }))
        .collect();
    let again = read(&format!("V1.Q1 yes\n\n{quoted}"), &earlier);
    assert_eq!(short(&again), ["V1.Q1=yes"], "an answer of an earlier mail, quoted below what is said now");
    assert_eq!(short(&read(&quoted, &earlier)), ["V2.Q4!conflict"]);
}

#[test]
fn required_questions_keep_a_line_open_and_others_never() {
    let open = |text: &str| read(text, &Earlier::default()).open;
    assert_eq!(open("V1 在岗\nC1-C4 占线\nV2 未去"), ["V1.Q1", "V1.Q2", "V1.Q3", "V1.Q6", "V1.Q7"]);
    assert_eq!(open("V1 在岗\nC1-C4 占线\nV2 未去\nV1.Q1-Q3、V1.Q6、V1.Q7 是"), Vec::<String>::new());
    assert_eq!(open("V1 在岗\nV2 未去\nC2-C4 占线\nC1 接通；Q3 a")[..1], ["V1.Q1"]);
    assert_eq!(open("V1.Q1 是\nV2 未去\nC1-C4 占线"), ["V1.1", "V1.2", "V1.3", "V1.Q2", "V1.Q3", "V1.Q6", "V1.Q7"]);
}

#[test]
fn every_program_with_answers_in_every_place() {
    let mut differing = Vec::new();
    for program in programs::ALL {
        let case = |how: &str| Case {
            name: format!("{}/{how}", program.name),
            program: program.name.into(),
            ..Case::default()
        };
        let fill = BTreeMap::from(
            [
                ("V2.1", "在岗"),
                ("V2.Q1", "是"),
                ("V2.Q4", "no; since May"),
                ("C1", "接通"),
                ("C1.Q2", "12"),
                ("C1.Q7", "a road"),
            ]
            .map(|(code, text)| (code.to_owned(), text.to_owned())),
        );
        let filled = "V2.1=present C1=reached V2.Q1=yes V2.Q4=no(since May) C1.Q2=12 C1.Q7=a road";
        let cases = [
            (
                Case { say: "V2 在岗，Q1-Q9 是，Q4 否".into(), ..case("top") },
                format!("V2.1=present {}", nine("V2", &[(4, "no")])),
            ),
            (Case { fill, ..case("edited") }, filled.to_owned()),
            (case("empty"), String::new()),
        ];
        for (case, expected) in cases {
            let found = short(&reading_in(&ASKING, &case.raw_in(&ASKING), &Earlier::default())).join(" ");
            if found != expected {
                differing.push(format!("{}\n  expected {expected}\n  found    {found}", case.name));
            }
        }
    }
    assert!(differing.is_empty(), "{}:\n{}", differing.len(), differing.join("\n"));
}

/// What is said of presence is read as it is without questions: the whole corpus once more.
#[test]
fn questions_change_no_reading_of_presence() {
    let mut differing = Vec::new();
    for case in all() {
        let mut earlier = Earlier::default();
        for (number, text) in case.earlier.iter().enumerate() {
            let before = mail(HEADERS, &format!("before{number}"), &part("text/plain", text, UTF_8));
            earlier.absorb(&reading_in(&ASKING, &before, &earlier));
        }
        let found = short(&reading_in(&ASKING, &case.raw_in(&ASKING), &earlier));
        if found != case.expect {
            differing
                .push(format!("{}: {:?}\n  expected {:?}\n  found    {found:?}", case.name, case.say, case.expect));
        }
    }
    assert!(differing.is_empty(), "{}:\n{}", differing.len(), differing.join("\n"));
}

#[test]
fn an_empty_answer_is_none_for_every_question_in_every_style() {
    let codes =
        ASKING.sent.lines.iter().flat_map(|l| l.questions.iter().map(move |q| format!("{}.{}", l.code, q.code)));
    let codes: Vec<String> = codes.collect();
    for program in programs::ALL {
        for blank in ["", " ", "-", "____", "[ ]", "（　）", "..."] {
            let fill = codes.iter().map(|code| (code.clone(), blank.to_owned())).collect();
            let case = Case { name: program.name.into(), program: program.name.into(), fill, ..Case::default() };
            let found = short(&reading_in(&ASKING, &case.raw_in(&ASKING), &Earlier::default()));
            assert_eq!(found, Vec::<String>::new(), "{} {blank:?}", program.name);
        }
    }
}

#[test]
fn every_answer_word_in_every_form_is_itself() {
    let words: BTreeMap<String, Vec<String>> = toml::from_str(include_str!("../../config/words/answers.toml")).unwrap();
    let mut codes = BTreeSet::new();
    for (value, words) in &words {
        for word in words {
            for form in [
                format!("V2.Q1 {word}"),
                format!("v2.q1：{word}。"),
                format!("V2.Q1 = {word}; a remark"),
                format!("Ｖ２.Ｑ１ {}", word.to_uppercase()),
            ] {
                let found = short(&read(&form, &Earlier::default())).join(" ");
                let expected = format!("V2.Q1={value}{}", if form.contains("remark") { "(a remark)" } else { "" });
                assert_eq!(found, expected, "{form}");
                codes.insert(found);
            }
        }
    }
    for question in &ASKING.sent.lines.last().unwrap().questions {
        if let Form::Choice(choices) = &question.form {
            for choice in choices {
                for written in [
                    choice.letter.to_string(),
                    choice.en.clone(),
                    choice.zh.clone(),
                    format!("{} {}", choice.zh, choice.en),
                ] {
                    let text = format!("C4.{} {written}", question.code);
                    assert_eq!(
                        short(&read(&text, &Earlier::default())),
                        [format!("C4.{}={}", question.code, choice.letter)],
                        "{text}"
                    );
                }
            }
        }
    }
    assert!(codes.len() >= 6);
}

proptest! {
    #[test]
    fn nothing_said_of_questions_is_an_outcome(
        text in "(V1|V2|C1)?[. ]?Q[1-9](-Q[1-9])? ?(是|否|yes|no|12|b|2026-03-02|，|;| |其余|rest|Q[1-9]|maybe|不|not){0,8}"
    ) {
        let found = read(&text, &Earlier::default());
        prop_assert!(found.results.is_empty(), "{text:?}: {:?}", short(&found));
    }

    #[test]
    fn nothing_said_of_presence_is_an_answer(
        text in "(V1|V2|C1|其余|rest)(\\.[12])? ?(在岗|present|不在|busy|接通|请假|，|;| |刘敏|没有|not|no answer){0,6}"
    ) {
        let found = read(&text, &Earlier::default());
        prop_assert!(found.answers.is_empty() || text.contains("没有"), "{text:?}: {:?}", short(&found));
    }
}
