//! The commands, seen from outside.

use super::office::{CONFIG, Office, PEOPLE};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

struct Ended {
    code: Option<i32>,
    text: String,
}

fn run(folder: &Path, language: &str, arguments: &[&str]) -> Ended {
    let output = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
        .args(arguments)
        .current_dir(folder)
        .env("SPOTCHECK_LANGUAGE", language)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    Ended { code: output.status.code(), text }
}

/// An office that commands work on.
struct Desk {
    office: Office,
}

impl Desk {
    async fn new() -> Desk {
        Desk { office: Office::with(CONFIG, &[("people.csv", PEOPLE)]).await }
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.office.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        run(self.office.folder.path(), "en", arguments)
    }
}

const LEAVE: &str = "申请人,申请部门,请假类型,开始日期,结束日期,请假天数,小时,请假事由\n张三,滨河村,年休假,2026-03-02,2026-03-04,3,,\n\
                     孙八,滨河村,年休假,2026-03-02,tomorrow,3,,\n李四,滨河村,病假,2026-03-05,2026-03-05,1,,\n";

#[test]
fn every_layout_is_listed_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let en = run(folder.path(), "en", &["mappings", "list"]);
    assert_eq!(en.code, Some(0), "{}", en.text);
    for name in [
        "dingtalk-daily",
        "dingtalk-punches",
        "wecom-punches",
        "zktime-daily",
        "zkteco-attlog",
        "dingtalk-trip",
        "sheet-leave",
        "sheet-trip",
        "sheet-correction",
    ] {
        assert!(en.text.contains(name), "{name}: {}", en.text);
    }
    assert!(run(folder.path(), "zh", &["mappings", "list"]).text.contains("钉钉：每日统计"));
    let json = run(folder.path(), "en", &["mappings", "list", "--json"]).text;
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!((&first["name"], &first["brings"]), (&"dingtalk-daily".into(), &"punch".into()));
}

#[test]
fn a_file_can_be_tried_before_there_is_an_office() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("leave.csv"), format!("2026年3月请假登记表\n{LEAVE}")).unwrap();
    let tried = run(folder.path(), "en", &["mappings", "test", "leave.csv"]);
    assert_eq!(tried.code, Some(1), "{}", tried.text);
    for words in [
        "    8  sheet-leave (Home-made sheet: leave)",
        "read as sheet-leave/1 (Home-made sheet: leave), header in row 2",
        "3 rows: 2 records, 1 rejected",
        "row 3: 张三: leave, 2026-03-02 00:00:00 – 2026-03-04 23:59:59, label 年休假, filing time unknown",
        "leave.csv, row 4, field 结束日期: “tomorrow” is not a time",
    ] {
        assert!(tried.text.contains(words), "{words}\n{}", tried.text);
    }
    assert!(run(folder.path(), "zh", &["mappings", "test", "leave.csv"]).text.contains("表头在第2行"));
    let json = run(folder.path(), "en", &["mappings", "test", "--json", "leave.csv"]).text;
    let json: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!((&json["header_row"], &json["rows"][0]["official"]), (&2.into(), &"张三".into()));
    assert_eq!(json["scores"][0]["score"], 8);
    std::fs::write(folder.path().join("letter.csv"), "Dear all,\nplease find attached\n").unwrap();
    let other = run(folder.path(), "en", &["mappings", "test", "letter.csv"]);
    assert!(other.code == Some(2) && other.text.contains("export template"), "{}", other.text);
}

#[tokio::test]
async fn a_dry_run_shows_the_first_rows_and_an_import_sets_the_bad_ones_aside() {
    let desk = Desk::new().await;
    desk.write("leave.csv", LEAVE);
    let tried = desk.run(&["import", "leave", "leave.csv", "--dry-run"]);
    assert_eq!(tried.code, Some(1), "{}", tried.text);
    for words in [
        "(dry run) leave.csv: leave: 3 rows read: 2 new, 0 changed, 0 gone, 0 known, 1 rejected",
        "row 2: O1: leave, 2026-03-02 00:00:00 – 2026-03-04 23:59:59, label 年休假",
        "leave.csv, row 3, field 申请人: nobody in the register is named “孙八”",
        "leave.csv, row 3, field 结束日期: “tomorrow” is not a time",
    ] {
        assert!(tried.text.contains(words), "{words}\n{}", tried.text);
    }
    let done = run(desk.office.folder.path(), "zh", &["import", "leave", "leave.csv"]);
    assert!(done.text.contains("新增2") && done.text.contains("leave.rejected.csv"), "{}", done.text);
    let set_aside = std::fs::read_to_string(desk.office.folder.path().join("leave.rejected.csv")).unwrap();
    assert!(set_aside.contains("reason / 原因") && set_aside.contains("登记册中没有“孙八”"), "{set_aside}");
    let json = desk.run(&["import", "leave", "leave.csv", "--json", "--covers", "2026-03-01..2026-03-31"]);
    let json: serde_json::Value = serde_json::from_str(json.text.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&json["known"], &json["layout"], &json["seen_before"]),
        (&2.into(), &"sheet-leave/1".into(), &false.into())
    );
    assert_eq!(json["rejects"][0]["troubles"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_layout_leads_to_its_source() {
    let desk = Desk::new().await;
    desk.write("trips.csv", "出差起止日期,目的地,出差事由,出差人员\n2026-03-02至2026-03-04,市里,送材料,张三\n");
    let done = desk.run(&["import", "leave", "trips.csv"]);
    assert_eq!(done.code, Some(0), "{}", done.text);
    let batches = desk.run(&["batches", "list", "--json"]);
    let batch: serde_json::Value = serde_json::from_str(batches.text.trim()).unwrap();
    assert_eq!((&batch["source"], &batch["layout"]), (&"trips".into(), &"sheet-trip/1".into()));
    desk.write("own.csv", "official,from,to\nO1,2026-03-02,2026-03-04\n");
    let asked = desk.run(&["import", "leave", "own.csv"]);
    assert!(asked.code == Some(2) && asked.text.contains("--source with one of: leave, trips"), "{}", asked.text);
    let wrong = desk.run(&["import", "leave", "trips.csv", "--map", "dingtalk-trip", "--source", "trips"]);
    assert!(wrong.code == Some(2) && wrong.text.contains("missing: 审批编号"), "{}", wrong.text);
}

#[tokio::test]
async fn a_held_batch_is_listed_and_a_person_declares_it_complete() {
    let desk = Desk::new().await;
    let day = |day: u32, rows: usize| -> String {
        (0..rows)
            .map(|n| format!("O1,2026-03-{day:02} 08:{n:02}\n"))
            .fold("official,time\n".into(), |all: String, row| all + &row)
    };
    desk.write("monday.csv", day(2, 40));
    desk.write("tuesday.csv", day(3, 3));
    assert_eq!(desk.run(&["import", "attendance", "monday.csv"]).code, Some(0));
    assert_eq!(desk.run(&["import", "attendance", "tuesday.csv"]).code, Some(1));
    let held = desk.run(&["batches", "list", "--held"]).text;
    assert!(held.contains("tuesday.csv  covers nothing") && !held.contains("monday.csv"), "{held}");
    let id = held.split(' ').next().unwrap();
    let empty = desk.run(&["batches", "complete", id, "--by", "刘芳", "--reason", " "]);
    assert!(empty.code == Some(2) && empty.text.contains("--reason"), "{}", empty.text);
    assert_eq!(desk.run(&["batches", "complete", id, "--by", "刘芳", "--reason", "raining"]).code, Some(0));
    assert_eq!(desk.run(&["batches", "list", "--held"]).text, "");
    assert!(desk.run(&["batches", "list"]).text.contains("complete  刘芳: raining"));
}

#[test]
fn a_template_is_never_written_over_a_filled_file() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["leave.xlsx", "own.csv"] {
        let path = folder.path().join(name);
        std::fs::write(&path, "filled in").unwrap();
        let mut arguments = vec!["export", "template", "leave"];
        if name == "own.csv" {
            arguments.extend(["--out", "own.csv"]);
        }
        let refused = run(folder.path(), "en", &arguments);
        assert!(refused.code == Some(2) && refused.text.contains("left as it is"), "{}", refused.text);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "filled in");
    }
    assert_eq!(run(folder.path(), "en", &["export", "template", "leave", "--out", "new.xlsx"]).code, Some(0));
}
