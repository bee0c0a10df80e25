//! Settings of what becomes of flags, deadlines and the ladder of consequences, and of back-checks.

use super::{SMALL, read, trouble};
use spotcheck::config::{Asks, BackCheckBy};
use spotcheck::model::Period;

#[test]
fn deadlines_and_the_ladder_have_defaults_and_can_be_an_offices_own() {
    let office = &read(SMALL).unwrap().offices[0];
    assert_eq!(office.asks, Asks::People);
    assert_eq!((office.answer_days, office.appeal_days, office.ladder_period), (5, 15, Period::Year));
    let zh: Vec<&str> = office.ladder.iter().map(|rung| rung.zh.as_str()).collect();
    assert!(zh.len() == 3 && zh[0].contains("优秀") && zh[2].contains("不称职"), "{zh:?}");
    let own = SMALL.replacen(
        "[[programme]]",
        "asks = \"machine\"\nanswer_days = 3\nappeal_days = 10\nladder_period = \"quarter\"\n\
         [[office.ladder]]\nen = \"a talk\"\nzh = \"谈话\"\n[[programme]]",
        1,
    );
    let office = &read(&own).unwrap().offices[0];
    assert_eq!(office.asks, Asks::Machine);
    assert_eq!((office.answer_days, office.appeal_days, office.ladder_period), (3, 10, Period::Quarter));
    assert_eq!(office.ladder.iter().map(|rung| rung.en.as_str()).collect::<Vec<_>>(), ["a talk"]);
}

#[test]
fn a_rung_has_both_languages_and_a_deadline_is_a_number_of_days() {
    let rung = trouble("[[programme]]\n", "[[office.ladder]]\nen = \"a talk\"\n[[programme]]\n");
    assert!(rung.field.as_deref() == Some("office.ladder.zh") && rung.said.en.contains("missing"), "{rung:?}");
    let days = trouble("[[programme]]\n", "answer_days = 0\n[[programme]]\n");
    assert!(days.field.as_deref() == Some("office.answer_days") && days.said.zh.contains("1至60"), "{days:?}");
    let period = trouble("[[programme]]\n", "ladder_period = \"decade\"\n[[programme]]\n");
    assert!(period.said.en.contains("half_year"), "{period:?}");
}

const BACK_HEAD: &str = "head = \"head@county.example\"";

#[test]
fn nobody_is_checked_unless_an_office_says_so() {
    let office = read(SMALL).unwrap().offices.remove(0);
    assert_eq!(
        (office.back_check_share, office.back_check_by, office.back_check_answer_days),
        (0.0, BackCheckBy::Call, 5)
    );
    assert_eq!((office.pdf_sheet, office.pdf_font), (false, None));
    let lines = "back_check_share = 0.15\nback_check_by = \"visit\"\nback_check_answer_days = 3\npdf_sheet = true\npdf_font = \"a.ttc\"";
    let office = read(&SMALL.replace(BACK_HEAD, &format!("{BACK_HEAD}\n{lines}"))).unwrap().offices.remove(0);
    assert_eq!(
        (office.back_check_share, office.back_check_by, office.back_check_answer_days),
        (0.15, BackCheckBy::Visit, 3)
    );
}

#[test]
fn a_share_is_one_and_the_way_one_of_two() {
    for (line, field) in [
        ("back_check_share = 15", "back_check_share"),
        ("back_check_by = \"mail\"", "back_check_by"),
        ("pdf_sheet = \"yes\"", "pdf_sheet"),
        ("back_check_answer_days = 0", "back_check_answer_days"),
    ] {
        let told = trouble(BACK_HEAD, &format!("{BACK_HEAD}\n{line}")).to_string();
        assert!(told.contains(field), "{told}");
    }
}
