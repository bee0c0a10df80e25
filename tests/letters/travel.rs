//! The way from visit to visit, in the letter and on the sheet.

use crate::fixtures::*;
use spotcheck::letter::columns::columns;
use spotcheck::letter::{SheetShare, assignment as assign, reminder, sheet as sheet_of};
use spotcheck::model::assignment::{Assignment, Travel};
use spotcheck::model::register::Name;
use spotcheck::model::time::MINUTE;
use spotcheck::model::{Kind, LineCode};

/// Ten visits an hour and a half apart, the last of them too far.
fn with_way() -> Assignment {
    let mut made = assignment();
    let first = made.lines.iter().find(|line| line.kind == Kind::Visit).unwrap().clone();
    made.lines.retain(|line| line.kind == Kind::Call);
    for number in (1..=10).rev() {
        let code = |n: i64| LineCode::parse(&format!("V{n}")).unwrap();
        let mut line = first.clone();
        line.code = code(number);
        line.travel = Some(Travel {
            from: (number > 1).then(|| code(number - 1)),
            metres: (number % 2 == 0).then_some(18_400 * number),
            seconds: 1_501,
            arrival: line.from.plus(number * 90 * MINUTE),
            late: number == 10,
        });
        made.lines.insert(0, line);
    }
    made
}

#[test]
fn the_way_stands_in_the_letter_and_none_of_its_lines_begins_with_a_code() {
    for (_, languages) in ALL {
        let held = Held::new(with_way());
        let text = assign(&held.input(languages)).unwrap().letter.text;
        let (_, below) = text.split_once("C1 ").unwrap();
        assert!(below.contains("Way, as reckoned:") || below.contains("路程估算："), "{text}");
        assert!(below.contains("26 min, 37 km)") || below.contains("26分钟，37公里）"), "{text}");
        for line in below.lines() {
            let begins = line.trim_start();
            assert!(!(begins.starts_with('V') && begins[1..].starts_with(|c: char| c.is_ascii_digit())), "{line}");
            assert!(columns(line) <= 77, "{line}");
        }
        let flowed = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        let late = flowed.matches("Tell the desk at once.").count() + flowed.matches("请立即告知调度员。").count();
        assert_eq!(late, languages.list().len(), "{text}");
        let again = reminder(&held.input(languages), &["V1".to_owned()]).unwrap().letter.text;
        assert!(!again.contains("Way, as reckoned:") && !again.contains("路程估算"), "once: {again}");
        let inspector = Name::new("赵新", "Zhao Xin");
        let share = SheetShare { inspector: &inspector, assignment: &held.assignment };
        let seen = sheet_of(&sheet(&held.office, vec![share], languages)).text;
        assert!(seen.contains("Way, as reckoned:") || seen.contains("路程估算："), "{seen}");
        assert!(!seen.contains("Tell the desk") && !seen.contains("告知调度员"), "the desk reads it: {seen}");
    }
}

#[test]
fn where_no_way_is_known_nothing_is_said_of_it() {
    for (_, languages) in ALL {
        let text = assign(&Held::new(assignment()).input(languages)).unwrap().letter.text;
        assert!(!text.contains("Way, as reckoned") && !text.contains("路程估算"), "{text}");
    }
}
