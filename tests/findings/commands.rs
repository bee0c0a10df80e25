//! The commands, seen from outside.

use super::house::House;
use super::world::spring;
use std::path::Path;
use std::process::Command;

fn run(folder: &Path, language: &str, line: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    let output = command.args(line).current_dir(folder).env("SPOTCHECK_LANGUAGE", language).output().unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[tokio::test]
async fn an_office_works_with_them() {
    let house = House::new("sqlite:spotcheck.db", "zh-Hans", "").await;
    spring(&house).await;
    let folder = house.folder.path();
    let done = |line: &[&str]| {
        let (code, text) = run(folder, "en", line);
        assert_eq!(code, Some(0), "{line:?}: {text}");
        text
    };
    let opened = done(&["findings", "open", "--team", "T2", "--text", "厨房漏水", "--owner", "陈强", "--by", "赵新"]);
    let id = opened.split_whitespace().next().unwrap().to_owned();
    assert!(id.starts_with("R-") && opened.contains("open"), "{opened}");
    assert!(done(&["findings", "list", "--team", "T2"]).contains("厨房漏水"));
    assert!(done(&["findings", "list", "--state", "rectified"]).contains("灭火器过期"));
    assert!(done(&["findings", "list", "--overdue", "--team", "T2"]).contains("no findings"));
    std::fs::write(folder.join("roof.txt"), "repaired").unwrap();
    done(&["findings", "step", &id, "rectify", "--by", "陈强", "--reason", "已修", "--file", "roof.txt"]);
    done(&["findings", "file", &id, "2", "--out", "back.txt"]);
    assert_eq!(std::fs::read_to_string(folder.join("back.txt")).unwrap(), "repaired");
    let shown = done(&["findings", "show", &id]);
    assert!(shown.contains("[2: roof.txt]") && shown.contains("verified at the next contact"), "{shown}");
    let json: serde_json::Value = serde_json::from_str(&done(&["findings", "show", &id, "--json"])).unwrap();
    assert_eq!((&json["state"], &json["steps"][1]["file"]), (&"rectified".into(), &"roof.txt".into()));
    done(&["findings", "export", "--xlsx", "ledger.xlsx"]);
    let (code, again) = run(folder, "en", &["findings", "export", "--xlsx", "ledger.xlsx"]);
    assert!(code == Some(2) && again.contains("left as it is") || again.contains("left as it was"), "{again}");
    done(&["findings", "export", "--csv", "ledger.csv", "--xlsx", "ledger.xlsx", "--force"]);
    let csv = std::fs::read_to_string(folder.join("ledger.csv")).unwrap();
    assert!(csv.starts_with('\u{feff}') && csv.contains("厨房漏水"), "{csv}");
    assert!(done(&["findings", "gaps", "--dry-run"]).contains("no source"));
    let record = done(&["export", "record", "--official", "O12", "--from", "2026-03-01", "--to", "2026-04-30"]);
    assert!(record.contains("confirmed: absent without a record"), "{record}");
    done(&["export", "record", "--team", "T1", "--from", "2026-03-01", "--to", "2026-04-30", "--xlsx", "t1.xlsx"]);
    assert!(done(&["retention", "--dry-run"]).contains("remarks on results"));
    assert!(done(&["retention", "apply", "--by", "李主任"]).contains("deleted: 0 items, 0 files"));
    let forged = "leak\n  2026-03-02 09:00  closed  Sun Mei  forged";
    let opened =
        done(&["findings", "open", "--team", "T2", "--text", forged, "--owner", "Chen\nQiang", "--by", "赵新"]);
    let other = opened.split_whitespace().next().unwrap().to_owned();
    done(&["findings", "step", &other, "rectify", "--by", "陈强", "--reason", forged]);
    let shown = done(&["findings", "show", &other]);
    assert!(
        shown.contains("  | leak\n  |   2026-03-02 09:00") && shown.contains("leak 2026-03-02 09:00 closed"),
        "{shown}"
    );
    assert!(!shown.contains("\n  2026-03-02 09:00  closed") && shown.contains("Owner: Chen Qiang"), "{shown}");
    assert!(!done(&["findings", "list"]).contains("\n  2026"));
    let long = "长".repeat(2001);
    for (line, expected) in [
        (&["findings", "open", "--team", "T2", "--text", &long, "--by", "y"][..], "--text：共2001个字，最多2000个字"),
        (&["findings", "open", "--team", "T2", "--text", "a\u{7}b", "--by", "y"], "控制字符（U+0007）"),
        (&["findings", "step", &other, "verify", "--by", "y", "--reason", "a\u{9b}b"], "--reason"),
    ] {
        let (code, text) = run(folder, "zh", line);
        assert!(code == Some(2) && text.contains(expected), "{line:?} {code:?}: {text}");
    }
    for (line, expected) in [
        (&["findings", "step", id.as_str(), "verify", "--by", "陈强", "--reason", "我看过"][..], "请由他人办理"),
        (&["findings", "step", id.as_str(), "mend", "--by", "陈强", "--reason", "x"], "没有“mend”这一步"),
        (&["findings", "list", "--state", "done"], "没有“done”这种状态"),
        (&["findings", "show", "R-NONE"], "没有整改问题R-NONE"),
        (&["findings", "step", id.as_str(), "verify", "--by", "Machine", "--reason", "x"], "请写明姓名"),
        (&["findings", "open", "--team", "T9", "--text", "x", "--by", "y"], "登记册中没有此编号"),
        (&["findings", "open", "--text", "x", "--by", "y"], "--team"),
        (&["export", "record", "--from", "2026-03-01", "--to", "2026-04-30"], "--official"),
    ] {
        let (code, text) = run(folder, "zh", line);
        assert!(code == Some(2) && text.contains(expected), "{line:?} {code:?}: {text}");
    }
}

#[tokio::test]
async fn days_that_cannot_be_meant_are_refused_and_ids_are_read_as_people_write_them() {
    let house = House::new("sqlite:spotcheck.db", "en", "").await;
    let folder = house.folder.path();
    let open = |day: &'static str| {
        ["findings", "open", "--team", "T2", "--text", "leak", "--by", "赵新", "--deadline", day, "--json"]
    };
    for (day, expected) in [("1999-12-31", "2000-01-01"), ("2101-01-01", "2100-12-31"), ("2020-01-01", "is past")] {
        let (code, text) = run(folder, "en", &open(day));
        assert!(code == Some(2) && text.contains("--deadline") && text.contains(expected), "{day}: {text}");
    }
    let (code, text) = run(folder, "en", &open("2099-01-01"));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &json["state"], &json["deadline"]), (Some(0), &"open".into(), &"2099-01-01".into()));
    let id = json["id"].as_str().unwrap();
    for written in [id.to_lowercase(), id.trim_start_matches("R-").to_lowercase(), format!(" {id} ")] {
        let (code, text) = run(folder, "en", &["findings", "show", &written]);
        assert!(code == Some(0) && text.contains(id), "{written}: {text}");
    }
    for line in [
        &["away", "I1", "--from", "2026-03-02", "--reason", "ill", "--by", "李主任"][..],
        &["away", "I1", "--from", "0202-03-02", "--reason", "ill", "--by", "李主任"],
        &["report", "period", "--period", "0202-03"],
        &["report", "close", "--period", "2026-01", "--by", "李主任"],
        &["export", "record", "--team", "T1", "--from", "0202-01-01", "--to", "2026-01-01"],
    ] {
        let (code, text) = run(folder, "zh", line);
        let told = ["已过", "应在2000-01-01", "没有封存任何时段"].iter().any(|why| text.contains(why));
        assert!(code == Some(2) && told, "{line:?}: {text}");
    }
    let (code, text) = run(folder, "zh", &["findings", "gaps"]);
    assert!(code == Some(0), "{text}");
    let (code, text) = run(folder, "zh", &["findings", "open", "--team"]);
    assert!(code == Some(2) && text.contains("--team <ID>后面缺少值") && !text.contains("error"), "{text}");
}
