//! Files of the register that are not what they say.

use super::County;

const VILLAGES: &str = "id,name,township_code,township,from\n520602101201,滨河村,520602101,青山镇,2026-01-01\n";
const HEADER: &str = "id,village,name,from\n";

fn teams(ids: impl IntoIterator<Item = u32>) -> String {
    let rows = ids.into_iter().map(|n| format!("T{n},520602101201,第{n}队,2026-01-01\n"));
    HEADER.to_owned() + &rows.collect::<String>()
}

fn county_with_ten_teams() -> County {
    let county = County::new();
    assert_eq!(county.import("villages", VILLAGES, &[]).code, Some(0));
    assert_eq!(county.import("teams", &teams(1..=10), &[]).code, Some(0));
    county
}

#[test]
fn half_a_roster_ends_nobody() {
    let county = county_with_ten_teams();
    for half in [teams(1..=3), HEADER.to_owned()] {
        let ended = county.import("teams", &half, &["--full"]);
        assert_eq!(ended.code, Some(1), "{}", ended.text);
        assert!(ended.text.contains(" 0 gone") && ended.text.contains("--complete"), "{}", ended.text);
    }
    let ended = county.import("teams", &teams(1..=3), &["--full", "--complete"]);
    assert!(ended.text.contains(" 7 gone"), "{}", ended.text);
    let ended = county.import("teams", &teams([1, 2]), &["--full"]);
    assert!(ended.text.contains(" 1 gone"), "those who are gone already do not count: {}", ended.text);
}

#[test]
fn a_row_that_cannot_be_read_ends_nobody() {
    let county = county_with_ten_teams();
    let slip = teams(1..=10).replace("T5,520602101201", "T5,520602101209");
    let ended = county.import("teams", &slip, &["--full"]);
    assert_eq!(ended.code, Some(1), "{}", ended.text);
    assert!(ended.text.contains("row 6") && ended.text.contains(" 0 gone"), "{}", ended.text);
    let ended = county.import("teams", &teams((1..=10).filter(|n| *n != 5)), &["--full"]);
    assert!(ended.text.contains(" 1 gone"), "{}", ended.text);
}

#[test]
fn rejected_rows_that_cannot_be_set_aside_are_a_warning() {
    let county = county_with_ten_teams();
    let ended = county.import("teams", &(teams([11]) + "T12,,x,\n"), &["--rejects", "/nowhere/rejected.csv"]);
    assert_eq!(ended.code, Some(1), "{}", ended.text);
    assert!(ended.text.contains(" 1 new") && ended.text.contains("--rejects"), "{}", ended.text);
}

#[test]
fn what_nobody_sees_does_not_get_into_a_name() {
    let county = county_with_ten_teams();
    let rows = "id,team,name,role\nO1,T1,王\u{202e}建\u{200b}国,lead\nO2,T1,刘\u{1b}[2J敏,member\n";
    let ended = county.import("officials", rows, &[]);
    assert!(ended.text.contains(" 1 new") && ended.text.contains(" 1 rejected"), "{}", ended.text);
    let again = county.import("officials", "id,team,name,role\nO1,T1,王建国,lead\n", &[]);
    assert!(again.text.contains(" 1 known"), "{}", again.text);
}

#[test]
fn two_officials_with_one_device_number_are_told() {
    let county = county_with_ten_teams();
    let header = "id,team,name,role,device_number,from,to\n";
    let after = "O1,T1,王建国,lead,7001,2026-01-01,2026-03-31\nO2,T1,刘敏,member,7001,2026-04-01,\n";
    let ended = county.import("officials", &format!("{header}{after}"), &[]);
    assert_eq!(ended.code, Some(0), "a number may be handed on: {}", ended.text);
    let ended = county.import("officials", &format!("{header}O3,T2,李娜,lead,7001,2026-05-01,\n"), &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.text);
    assert!(
        ended.text.contains("7001") && ended.text.contains("(O2)") && !ended.text.contains("(O1)"),
        "{}",
        ended.text
    );
}

#[test]
fn an_inspector_of_an_unknown_office_is_told() {
    let county = County::new();
    let row = "id,office,name,email\nI1,elsewhere,赵新,zhaoxin@field.example\n";
    let ended = county.import("inspectors", row, &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.text);
    assert!(ended.text.contains("“elsewhere”"), "{}", ended.text);
}

#[test]
fn attendance_does_not_cover_days_to_come() {
    let county = County::new();
    let file = "official,time\nO1,2026-03-02 08:00\n";
    for covers in ["2026-03-02..9999-03-02", "2026-03-05..2026-03-02"] {
        let ended = county.import("attendance", file, &["--covers", covers]);
        assert_eq!(ended.code, Some(2), "{covers}: {}", ended.text);
        assert!(ended.text.contains("--covers"), "{}", ended.text);
    }
}

#[tokio::test]
async fn who_has_imported_nothing_yet_is_told_so() {
    let county = County::new().on_a_workday().await;
    let preview = county.run(["preview", "--now", "2026-03-05T16:00:00+08:00"]);
    assert!(preview.text.contains("import villages and teams"), "{}", preview.text);
}
