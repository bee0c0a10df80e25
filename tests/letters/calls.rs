//! Opening words, tries that come back, and what the office sees of them.

use crate::fixtures::*;
use spotcheck::letter::columns::columns;
use spotcheck::letter::{
    AssignmentInput, CallsBack, Languages, Todo, assignment as assign, plain, reminder, sheet as sheet_of,
};
use spotcheck::model::{Kind, Said};

const PHONE: &str = "0857-555-0100";

fn flowed(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

#[test]
fn letters_with_calls_give_the_opening_words_once_and_only_where_the_desk_has_a_number() {
    for (_, languages) in ALL {
        let held = Held::new(assignment());
        let with = AssignmentInput { desk_phone: Some(PHONE), ..held.input(languages) };
        let text = assign(&with).unwrap().letter.text;
        assert_eq!(text.matches(PHONE).count(), languages.list().len(), "{text}");
        assert!(text.lines().all(|line| columns(line) <= 77), "{text}");
        let without = assign(&held.input(languages)).unwrap().letter.text;
        assert!(!without.contains("Say first") && !without.contains("通话开头"), "{without}");
        let again = reminder(&with, &["C1".to_owned()]).unwrap().letter.text;
        assert!(!again.contains(PHONE), "once: {again}");

        let mut visits = assignment();
        visits.lines.retain(|line| line.kind == Kind::Visit);
        let held = Held::new(visits);
        let text = assign(&AssignmentInput { desk_phone: Some(PHONE), ..held.input(languages) }).unwrap().letter.text;
        assert!(!text.contains(PHONE), "nobody is rung: {text}");
    }
    let held = Held::new(assignment());
    let with = AssignmentInput { desk_phone: Some(PHONE), ..held.input(Languages::Both) };
    let text = flowed(&assign(&with).unwrap().letter.text);
    assert!(
        text.contains("Yunling") && text.contains("You are free to answer or not.") && text.contains("由您自愿"),
        "{text}"
    );
}

#[test]
fn a_further_try_says_which_one_it_is_before_the_number() {
    let mut again = assignment();
    again.lines.retain(|line| line.kind == Kind::Call);
    again.lines[0].attempt = Some(2);
    let held = Held::new(again);
    let text = assign(&held.input(Languages::Both)).unwrap().letter.text;
    let flat = flowed(&text);
    assert!(flat.contains("about 滨河村 team, try 2 / 第2次拨打, 010-5550-0101 =>"), "{text}");
    assert!(flat.contains("C2 CALL 张伟 Zhang Wei, 队员 member, 滨河村 team, 010-5550-0102 =>"), "{text}");
}

#[test]
fn the_sheet_lists_what_comes_back_with_what_the_office_decides_first() {
    let office = office();
    let row = |code: &str, en: &str| Todo { code: plain(code), what: Said::new(en, en) };
    let calls_back = CallsBack {
        due: 5,
        back: 3,
        late: 1,
        callbacks: 2,
        for_office: vec![row("K7Q2M C4", "for the office")],
        rows: vec![row("K7Q2M C1", "to be tried again")],
    };
    for (_, languages) in ALL {
        let mut input = sheet(&office, Vec::new(), languages);
        let without = sheet_of(&input).text;
        input.calls_back = calls_back.clone();
        let text = flowed(&sheet_of(&input).text);
        let counts =
            ["Calls: 5 due, 3 in, 2 open, 1 late, 2 to be tried again", "电话：应打5，已回3，未回2，逾期1，待再拨2"];
        assert!(counts.iter().any(|said| text.contains(said)), "{text}");
        assert!(text.find("K7Q2M C4").unwrap() < text.find("K7Q2M C1").unwrap(), "{text}");
        assert!(!without.contains("K7Q2M") && !without.contains("tried again"), "{without}");
    }
}
