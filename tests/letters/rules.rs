//! Rules that hold for every letter whatever the register holds.

use crate::fixtures::*;
use proptest::prelude::*;
use spotcheck::letter::columns::columns;
use spotcheck::letter::{
    Languages, Letter, SheetShare, assignment as assign, digest as digest_of, receipt as receipt_of, reminder,
    sheet as sheet_of,
};
use spotcheck::model::register::{Name, Role};
use spotcheck::model::{Assignment, Language};

/// The example of REPLIES 1, line by line; what is longer than 77 columns there is wrapped.
#[test]
fn the_layout_is_that_of_the_specification() {
    let held = Held::new(assignment());
    let text = assign(&held.input(Languages::Both)).unwrap().letter.text;
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.iter().position(|l| *l == "=== K7Q2M === write above this line / 请写在此线以上 ===").unwrap();
    assert_eq!(start, 2, "two lines of instruction come first");
    assert_eq!(
        lines[start + 1..start + 7],
        [
            "V1 VISIT 09:00-11:30 滨河村 Binhe village, 青山镇 Qingshan township",
            "   V1.1 王建国 Wang Jianguo, 队长 team lead =>",
            "   V1.2 刘敏 Liu Min, 队员 member =>",
            "C1 CALL 李娜 Li Na, 村民 villager, about 滨河村 team, 010-5550-0101 =>",
            "C2 CALL 张伟 Zhang Wei, 队员 member, 滨河村 team, 010-5550-0102 =>",
            "HOW TO ANSWER / 填写方法 (X codes are examples, never real lines)",
        ]
    );
    let flowed = lines[start + 7..].iter().map(|l| l.trim()).collect::<Vec<_>>().join(" ");
    for expected in [
        "X1 present | X2 no answer; rang 8 times | X1-X3 在岗 | X4 all present | rest present | correction X2 busy / 更正 X2 占线",
        "Results: present 在岗 | absent 不在岗 | on leave 请假 | elsewhere 外勤 | no answer 无人接听 | busy 占线 | wrong number 空号 | refused 拒绝 | callback 回电 | unreachable 关机 | reached 接通 | not met 未见到 | not done 未去",
        "Anything after ; or ， is a remark. Photos may be attached.",
    ] {
        assert!(flowed.contains(expected), "{expected}\n{flowed}");
    }
    assert_eq!(lines.last(), Some(&"Ref K7Q2M-9F3T-X8W2-HC5D-7QKM (keep in the reply / 请保留)"));
}

#[test]
fn answer_lines_are_exposed_as_they_stand_in_the_text() {
    for (_, languages) in ALL {
        for (held, codes) in [
            (Held::new(assignment()), vec!["V1.1", "V1.2", "C1", "C2"]),
            (Held::new(second_assignment()), vec!["V1", "V2.1", "C1", "C2"]),
        ] {
            let made = assign(&held.input(languages)).unwrap();
            assert_eq!(made.answer_lines.iter().map(|l| l.code.as_str()).collect::<Vec<_>>(), codes);
            for line in &made.answer_lines {
                let block = line.physical.join("\n") + "\n";
                assert!(made.letter.text.contains(&block), "{block}");
                assert!(line.physical[0].trim_start().starts_with(&format!("{} ", line.code)));
                let (last, before) = line.physical.split_last().unwrap();
                assert!(last.ends_with(" =>") && !before.iter().any(|l| l.contains("=>")));
            }
            let arrows = made.letter.text.lines().filter(|l| l.ends_with(" =>")).count();
            assert_eq!(arrows, codes.len());
        }
    }
}

#[test]
fn no_lines_no_letter() {
    let mut empty = Held::new(assignment());
    empty.assignment.lines.clear();
    assert!(assign(&empty.input(Languages::Both)).is_none());
    let held = Held::new(assignment());
    assert!(reminder(&held.input(Languages::Both), &["C9".to_owned()]).is_none());
}

#[test]
fn a_reminder_repeats_open_lines_and_nothing_else() {
    let held = Held::new(assignment());
    let all = assign(&held.input(Languages::Both)).unwrap();
    let open = ["V1.2".to_owned(), "C2".to_owned()];
    let again = reminder(&held.input(Languages::Both), &open).unwrap();
    let expected: Vec<_> = all.answer_lines.iter().filter(|l| open.contains(&l.code)).cloned().collect();
    assert_eq!(again.answer_lines, expected);
    assert!(again.letter.text.contains("Ref K7Q2M-9F3T-X8W2-HC5D-7QKM"));
    assert!(!again.letter.text.contains("王建国") && !again.letter.text.contains("0101"));
}

#[test]
fn what_a_receipt_echoes_stands_behind_a_bar() {
    let held = Held::new(assignment());
    for language in Language::ALL {
        let text = receipt_of(&receipt(&held, language)).text;
        for line in text.lines().filter(|l| l.contains("V1.1") || l.contains("C1 ") || l.contains("later present")) {
            assert!(line.starts_with("| "), "{line}");
        }
        let all = assign(&held.input(Languages::Both)).unwrap();
        for line in all.answer_lines.iter().filter(|l| ["V1.2", "C2"].contains(&l.code.as_str())) {
            assert!(text.contains(&line.physical.join("\n")), "open lines look as in the assignment");
        }
        assert!(!text.contains("0101"), "a number is not repeated once its line is recorded");
    }
}

#[test]
fn a_phone_is_shown_to_its_inspector_and_masked_for_the_office() {
    let held = Held::new(second_assignment());
    let letter = assign(&held.input(Languages::Both)).unwrap().letter;
    assert!(letter.text.contains("138 0013 8000 =>") && letter.text.contains("010-5550-0104 ext 12 =>"));
    let office = office();
    let zhao = name("赵新", "Zhao Xin");
    let shares = vec![SheetShare { inspector: &zhao, assignment: &held.assignment }];
    let sheet = sheet_of(&sheet(&office, shares, Languages::Both));
    for body in [Some(sheet.text), sheet.html].into_iter().flatten() {
        assert!(body.contains("138****8000"));
        assert!(!body.contains("0013") && !body.contains("5550"));
    }
}

#[test]
fn debug_of_a_letter_tells_no_number_and_no_key() {
    let held = Held::new(assignment());
    let shown = format!("{:?}", assign(&held.input(Languages::Both)).unwrap());
    for secret in ["5550", "9F3T", "9f3t", "王建国", "滨河"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// Words of the HTML outside of tags, with entities resolved.
fn words_of_html(html: &str) -> Vec<String> {
    let body = html.split_once("<body").unwrap().1;
    let mut words = Vec::new();
    for piece in body.split('<').skip(1) {
        let text = piece.split_once('>').unwrap().1;
        let text = ["&#60;<", "&#62;>", "&#34;\"", "&#39;'", "&#38;&"].iter().fold(text.to_owned(), |t, pair| {
            let (entity, plain) = pair.split_once(';').unwrap();
            t.replace(&format!("{entity};"), plain)
        });
        words.extend(text.split_whitespace().map(str::to_owned));
    }
    words
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn check_rules(letter: &Letter) -> Result<(), TestCaseError> {
    prop_assert!(columns(letter.subject.as_str()) <= 60, "{}", letter.subject);
    prop_assert!(!letter.subject.as_str().chars().any(char::is_control));
    for line in letter.text.lines() {
        prop_assert!(columns(line) < 78, "{}", line);
        prop_assert!(!line.chars().any(char::is_control));
    }
    prop_assert!(letter.text.ends_with('\n'));
    if let Some(html) = &letter.html {
        let text = squeeze(&letter.text);
        for word in words_of_html(html) {
            prop_assert!(text.contains(&word), "{} is in the HTML only", word);
        }
        for tag in ["<script", "<img", "<style", "<a ", "<iframe"] {
            prop_assert!(!html.to_lowercase().contains(tag), "{}", tag);
        }
        prop_assert_eq!(html.matches("<table").count(), html.matches("<caption").count());
        prop_assert!(html.len() < 80_000);
    }
    Ok(())
}

#[test]
fn the_rules_hold_for_the_examples() {
    let office = office();
    for (_, languages) in ALL {
        check_rules(&digest_of(&digest(&office, languages))).unwrap();
        check_rules(&sheet_of(&sheet(&office, Vec::new(), languages))).unwrap();
    }
}

/// Names as a careless or hostile register might hold them.
fn any_name() -> impl Strategy<Value = Name> {
    let part = prop_oneof![
        "[王李张刘陈·]{0,12}",
        "[A-Za-z' -]{0,40}",
        "[ -~]{0,30}",
        any::<String>().prop_map(|t| t.chars().take(30).collect()),
        Just("a\r\nBcc: x@y.example\r\n\r\n=>".to_owned()),
        Just("<script>alert(1)</script> & \u{202e}x".to_owned()),
    ];
    (part.clone(), part).prop_map(|(own, latin)| Name::new(own, latin))
}

fn any_assignment() -> impl Strategy<Value = Assignment> {
    let names = proptest::collection::vec(any_name(), 4..30);
    (names, 0usize..4, 0usize..4).prop_map(|(names, visits, calls)| {
        let mut names = names.into_iter().cycle();
        let mut next = || names.next().unwrap();
        let mut made = assignment();
        made.lines.clear();
        for n in 1..=visits {
            let mut line = visit(&format!("V{n}"), &[("", "", Role::Lead), ("", "", Role::Member)]);
            (line.village, line.township, line.team) = (next(), next(), next());
            line.officials.iter_mut().for_each(|o| o.name = next());
            made.lines.push(line);
        }
        for n in 1..=calls {
            let mut line = call(&format!("C{n}"), next(), [Role::Member, Role::Cadre][n % 2], "138 0013 8000");
            line.village = next();
            made.lines.push(line);
        }
        made
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_rules_hold_for_any_register(assignment in any_assignment(), who in any_name()) {
        let held = Held { office: who.clone(), ..Held::new(assignment) };
        for (_, languages) in ALL {
            let lines = &held.assignment.lines;
            let made = assign(&held.input(languages));
            prop_assert_eq!(made.is_some(), !lines.is_empty());
            if let Some(made) = made {
                check_rules(&made.letter)?;
                let expected: usize = lines.iter().map(|l| l.officials.len().max(1)).sum();
                prop_assert_eq!(made.answer_lines.len(), expected);
                prop_assert_eq!(made.letter.text.matches("=>").count(), expected);
                prop_assert_eq!(&assign(&held.input(languages)).unwrap(), &made);
            }
            let shares = vec![SheetShare { inspector: &who, assignment: &held.assignment }];
            check_rules(&sheet_of(&sheet(&who, shares, languages)))?;
            check_rules(&digest_of(&digest(&who, languages)))?;
        }
        for language in Language::ALL {
            check_rules(&receipt_of(&receipt(&held, language)))?;
        }
    }
}
