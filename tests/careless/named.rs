//! Files that a person names: too large, no files at all, there already, on a disk without room.

use super::{County, fed};
use std::fs;
use std::process::Command;

#[test]
fn what_is_no_file_is_refused_and_hangs_nobody() {
    let county = County::new();
    let pipe = county.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let pipe = pipe.to_str().unwrap();
    let case = "F-00000000";
    for (line, code) in [
        (&["receive", pipe][..], 66),
        (&["import", "teams", pipe], 2),
        (&["import", "attendance", pipe], 2),
        (&["reply", "--assignment", pipe], 2),
        (&["flags", "answer", case, "--by", "a b", "--from", "c", "--file", pipe], 2),
        (&["findings", "step", "R-1", "close", "--by", "a b", "--reason", "c", "--file", pipe], 2),
        (&["verify", pipe], 2),
        (&["import", "teams", "/dev/zero"], 2),
        (&["mappings", "test", pipe], 2),
    ] {
        let ended = county.run(line.iter().copied());
        assert_eq!(ended.code, Some(code), "{line:?}: {}", ended.text);
        assert!(ended.text.contains("pipe or a device"), "{line:?}: {}", ended.text);
    }
    let ended = super::ended(super::spotcheck().args(["status", "--config", pipe]).output().unwrap());
    assert!(ended.code == Some(2) && ended.text.contains("pipe or a device"), "{}", ended.text);
    // Records are read twice, and what a shell hands over is there once.
    let teams = fed(county.command(["import", "teams", "/dev/stdin"]), b"id,village,name,sending_unit\n");
    assert!(!teams.text.contains("pipe or a device"), "{}", teams.text);
    let records = fed(county.command(["import", "attendance", "/dev/stdin"]), b"official,time\n");
    assert!(records.code == Some(2) && records.text.contains("pipe or a device"), "{}", records.text);
    let ended = county.run(["import", "teams", "no-such.csv", "--lang", "zh"]);
    assert!(
        ended.text.contains("无法读取文件（没有该文件或文件夹）") && !ended.text.contains("os error"),
        "{}",
        ended.text
    );
}

#[test]
fn what_is_too_large_is_not_read_to_its_end() {
    let county = County::new();
    let large = |name: &str, mib: u64| {
        fs::File::create(county.path(name)).unwrap().set_len(mib << 20).unwrap();
        county.path(name).to_str().unwrap().to_owned()
    };
    let (scan, table, settings) = (large("scan.pdf", 21), large("teams.csv", 300), large("large.toml", 5));
    for (line, limit) in [
        (&["flags", "answer", "F-00000000", "--by", "a b", "--from", "c", "--file", &scan][..], "20 MiB"),
        (&["findings", "step", "R-1", "close", "--by", "a b", "--reason", "c", "--file", &scan], "20 MiB"),
        (&["import", "teams", &table], "256 MiB"),
        (&["reply", "--assignment", &scan], "20 MiB"),
    ] {
        let ended = county.run(line.iter().copied());
        assert!(ended.code == Some(2) && ended.text.contains(limit), "{line:?}: {}", ended.text);
    }
    let ended = super::ended(super::spotcheck().args(["status", "--config", &settings]).output().unwrap());
    assert!(ended.code == Some(2) && ended.text.contains("4 MiB"), "{}", ended.text);
    let mail = large("large.eml", 60);
    let ended = county.run(["receive", &mail]);
    assert!(ended.code == Some(0) && ended.text.contains("too large: 1"), "{}", ended.text);
    let headers = "X-A: b\r\n".repeat(500_000);
    let ended = fed(county.command(["receive"]), headers.as_bytes());
    assert!(ended.code == Some(0) && ended.text.contains("stored: 1"), "{}", ended.text);
}

#[test]
fn a_file_that_is_there_stays_unless_somebody_says_so() {
    let county = County::new();
    let kept = county.path("t.xlsx");
    let period = ["report", "period", "--period", "2026-01", "--html", "t.xlsx"];
    for line in [
        &["export", "template", "teams", "--out", "t.xlsx"][..],
        &["findings", "export", "--xlsx", "t.xlsx"],
        &["findings", "export", "--csv", "t.xlsx"],
        &["export", "log", "--office", "yunling", "--out", "t.xlsx"],
        &["export", "bundles", "--out", "t.xlsx"],
        &period,
    ] {
        fs::write(&kept, "mine").unwrap();
        let ended = county.run(line.iter().copied());
        assert!(ended.code == Some(2) && ended.text.contains("--force"), "{line:?}: {}", ended.text);
        assert_eq!(fs::read(&kept).unwrap(), b"mine");
        let ended = county.run(line.iter().copied().chain(["--force"]));
        assert!(ended.code != Some(2), "{line:?}: {}", ended.text);
        assert_ne!(fs::read(&kept).unwrap(), b"mine", "{line:?}");
    }
    let left: Vec<_> = fs::read_dir(county.folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{left:?}");
}

#[test]
fn a_disk_without_room_leaves_no_torn_file() {
    let county = County::new();
    for (old, force) in [(None, ""), (Some("old"), "--force")] {
        if let Some(old) = old {
            fs::write(county.path("t.xlsx"), old).unwrap();
        }
        let line = format!("trap '' XFSZ; ulimit -f 1; exec \"$0\" export template teams --out t.xlsx {force}");
        let mut shell = Command::new("bash");
        shell.args(["-c", &line, env!("CARGO_BIN_EXE_spotcheck")]).current_dir(county.folder.path());
        let ended = super::ended(shell.env("SPOTCHECK_LANGUAGE", "en").output().unwrap());
        assert!(ended.code == Some(2) && ended.text.contains("no room left"), "{}", ended.text);
        assert_eq!(fs::read_to_string(county.path("t.xlsx")).ok().as_deref(), old);
    }
    let left: Vec<_> = fs::read_dir(county.folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{left:?}");
}
