//! `spotcheck report period` and `report close` as a person runs them, on a county that lived some days.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn spotcheck(dir: &Path, args: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    command.current_dir(dir).env_remove("SPOTCHECK_LANGUAGE").env_remove("SPOTCHECK_CONFIG").env("LC_ALL", "C");
    command.args(args.split_whitespace()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn done(dir: &Path, args: &str) -> String {
    let output = spotcheck(dir, args);
    assert_eq!(output.status.code(), Some(0), "{args}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn refused(dir: &Path, args: &str) -> String {
    let output = spotcheck(dir, args);
    assert_eq!(output.status.code(), Some(2), "{args}");
    text(&output.stderr)
}

fn json(dir: &Path, args: &str) -> Value {
    serde_json::from_str(&done(dir, args)).unwrap()
}

fn rows(report: &Value, section: &str) -> Value {
    let sections = report["report"]["sections"].as_array().unwrap();
    sections.iter().find(|s| s["code"] == section).unwrap()["table"]["rows"].clone()
}

#[test]
fn a_county_that_lived_some_days_closes_its_month() {
    let folder = tempfile::tempdir().unwrap();
    let played = spotcheck(folder.path(), "demo --teams 60 --days 5 --seed 2 --no-serve --json --dir county");
    assert!(played.status.success(), "{}", text(&played.stderr));
    let played: Value = serde_json::from_slice(&played.stdout).unwrap();
    let dir = folder.path().join("county");

    let draft = json(&dir, "report period --period 2026-03 --json --html a.html --xlsx a.xlsx");
    assert_eq!(draft["standing"]["closed"], false);
    let work = rows(&draft, "work");
    // Programme, windows, void, visits drawn, made, not made, open, made calls of, announced, calls.
    assert_eq!((&work[0][1], &work[0][2], &work[0][6]), (&played["windows"], &played["voids"], &Value::from(0)));
    assert_eq!((&work[0][3], &work[0][9]), (&played["visits"], &played["calls"]));
    let ended: u64 = rows(&draft, "ended").as_array().unwrap().iter().map(|row| row[3].as_u64().unwrap()).sum();
    assert_eq!(ended, played["visits"].as_u64().unwrap() + played["calls"].as_u64().unwrap());
    let flags: u64 = rows(&draft, "flags").as_array().unwrap().iter().map(|row| row[1].as_u64().unwrap()).sum();
    assert_eq!(flags, played["flags"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum::<u64>());
    let places: u64 =
        rows(&draft, "visits_a_place").as_array().unwrap().iter().map(|row| row[1].as_u64().unwrap()).sum();
    assert_eq!((places, rows(&draft, "coverage")[0][1].as_u64()), (60, Some(60)));
    let absence = json(&dir, "report absence --from 2026-03-01 --to 2026-03-31 --json");
    let gross = &absence["programmes"][0]["visits"]["gross"];
    assert_eq!(
        (&rows(&draft, "absence")[0][3], &rows(&draft, "absence")[0][5]),
        (&gross["executed"]["R"], &gross["executed"]["high"])
    );
    assert!(std::fs::read_to_string(dir.join("a.html")).unwrap().contains("<svg"));
    assert!(std::fs::read(dir.join("a.xlsx")).unwrap().starts_with(b"PK"));
    let zh = done(&dir, "--lang zh report period --period 2026-Q1 --office yunling");
    assert!(zh.contains("2026-Q1报告") && zh.contains("草稿：尚未关账"), "{zh}");

    let early = refused(&dir, "report close --period 2026-03 --by Li --now 2026-04-05T08:00:00+08:00");
    assert!(early.contains("2026-03 can be closed from 2026-04-15 on"), "{early}");
    assert!(refused(&dir, "report close --period 2026-03 --by Li --correct why").contains("no closed report"));
    let closed = done(&dir, "report close --period 2026-03 --by Li --now 2026-04-15T00:00:00+08:00");
    assert!(closed.contains("Closed on 2026-04-15 by Li, number 1 of 1"), "{closed}");
    let fixed = json(&dir, "report period --period 2026-03 --json");
    assert_eq!(fixed["report"], draft["report"], "nothing came since the draft");
    assert_eq!(
        (&fixed["standing"]["number"], &fixed["standing"]["came_after_closing"]["results"]),
        (&1.into(), &0.into())
    );
    assert!(refused(&dir, "report close --period 2026-03 --by Li").contains("is closed already and stays as it is"));

    let patterns = json(&dir, "report patterns --period 2026-03 --json --signals s.csv");
    assert_eq!(patterns["report"]["kind"], "patterns");
    let named: u64 = rows(&patterns, "asked").as_array().unwrap().iter().map(|row| row[2].as_u64().unwrap()).sum();
    assert_eq!((named, dir.join("s.csv").exists()), (0, false), "this county punches as people do");

    for (bad, told) in [
        ("report period --period 2026-3", "is no period"),
        (
            "report period --period 2026-03 --office nowhere",
            "--office: the office “nowhere” is not in the configuration",
        ),
        ("report period --period 2026-03 --number 7", "there is no report number 7"),
        ("report period --period 2026-03 --html no/such/folder.html", "cannot be written"),
    ] {
        let found = refused(&dir, bad);
        assert!(found.contains(told), "{bad}: {found}");
    }
}
