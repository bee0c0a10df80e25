//! How an office reckons ways.

use super::{SMALL, read, trouble};

const HEAD: &str = "head = \"head@county.example\"";

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
