//! How an office makes its calls, and reckons the ways to its visits.

use super::{SMALL, read, trouble};

const HEAD: &str = "head = \"head@county.example\"";

fn with(line: &str) -> String {
    format!("{HEAD}\n{line}")
}

#[test]
fn calls_are_tried_six_times_unless_an_office_says_less() {
    let office = read(SMALL).unwrap().offices.remove(0);
    assert_eq!((office.call_attempts, office.call_refused_days, office.desk_phone), (6, 0, None));
    let text =
        SMALL.replace(HEAD, &with("call_attempts = 3\ncall_refused_days = 7\ndesk_phone = \"(0857) 555-0100 转 8\""));
    let office = read(&text).unwrap().offices.remove(0);
    assert_eq!((office.call_attempts, office.call_refused_days), (3, 7));
    assert_eq!(office.desk_phone.as_deref(), Some("(0857) 555-0100 转 8"));
}

#[test]
fn one_try_is_too_few_and_more_than_six_are_too_many() {
    for (line, field, expected) in [
        ("call_attempts = 1", "call_attempts", "2 to 6"),
        ("call_attempts = 7", "call_attempts", "2 to 6"),
        ("call_refused_days = 30", "call_refused_days", "0 to 13"),
        ("desk_phone = \"ask the desk\"", "desk_phone", "0857-555-0100"),
        ("desk_phone = \"\"", "desk_phone", "0857-555-0100"),
    ] {
        let told = trouble(HEAD, &with(line)).to_string();
        assert!(told.contains(field) && told.contains(expected), "{told}");
    }
}

#[test]
fn ways_are_reckoned_as_an_office_says() {
    let office = read(SMALL).unwrap().offices.remove(0);
    assert_eq!((office.road_percent, office.road_speed, office.visit_minutes), (140, 40, 40));
    let text = SMALL.replace(HEAD, &format!("{HEAD}\nroad_percent = 180\nroad_speed = 25\nvisit_minutes = 60"));
    let office = read(&text).unwrap().offices.remove(0);
    assert_eq!((office.road_percent, office.road_speed, office.visit_minutes), (180, 25, 60));
    for (line, field, expected) in [
        ("road_percent = 90", "road_percent", "100 to 500"),
        ("road_speed = 0", "road_speed", "5 to 120"),
        // A window leaves an hour after every drawn moment, and no more.
        ("visit_minutes = 90", "visit_minutes", "5 to 60"),
    ] {
        let told = trouble(HEAD, &format!("{HEAD}\n{line}")).to_string();
        assert!(told.contains(field) && told.contains(expected), "{told}");
    }
}
