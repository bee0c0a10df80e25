//! The demo as a process: the same seed gives the same state, on both databases. Killed or not: `tests/faults`.

use super::support;
use serde_json::Value;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

const RUN: [&str; 8] = ["demo", "--teams", "60", "--days", "5", "--seed", "7", "--no-serve"];

fn demo(dir: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    command.args(RUN).arg("--json").arg("--dir").arg(dir).args(more).stdin(Stdio::null());
    command
}

fn report(done: &Output) -> Value {
    assert!(done.status.success(), "{:?}: {}", done.status, String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

/// The run that all others are held against; played once.
fn undisturbed() -> &'static Value {
    static REPORT: OnceLock<Value> = OnceLock::new();
    REPORT.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("demo");
        let played = report(&demo(&dir, &[]).output().unwrap());
        refused_now_that_it_is_finished(&dir);
        played
    })
}

fn refused_now_that_it_is_finished(dir: &Path) {
    let again = demo(dir, &[]).output().unwrap();
    assert_eq!(again.status.code(), Some(2), "a finished run is not played over");
    assert!(dir.join("spotcheck.db").exists());
}

#[test]
fn the_demo_finds_what_was_planted_and_nothing_else() {
    let report = undisturbed();
    let truth = &report["truth"];
    assert!(truth["planted"].as_u64().unwrap() > 0, "a run that plants nothing shows nothing: {report}");
    assert_eq!(truth["found"], truth["planted"]);
    assert_eq!((truth["missed"].as_u64(), truth["false"].as_u64()), (Some(0), Some(0)), "{report}");
    assert_eq!(
        (report["days"].as_u64(), report["windows"].as_u64(), report["voids"].as_u64()),
        (Some(5), Some(10), Some(0))
    );
    let lines: u64 = report["lines"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(lines, report["visits"].as_u64().unwrap() + report["calls"].as_u64().unwrap());
    assert!(report["lines"].get("open").is_none(), "every line has a final state: {report}");
    assert_eq!(report["state_hash"].as_str().unwrap().len(), 64);
}

#[test]
fn the_same_seed_gives_the_same_county_and_another_seed_another() {
    let folder = tempfile::tempdir().unwrap();
    let small = |name: &str, seed: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
        command.args([
            "demo",
            "--teams",
            "20",
            "--days",
            "1",
            "--no-serve",
            "--json",
            "--cadence",
            "daily",
            "--seed",
            seed,
        ]);
        report(&command.arg("--dir").arg(folder.path().join(name)).output().unwrap())
    };
    let (first, again, other) = (small("a", "7"), small("b", "7"), small("c", "8"));
    assert_eq!(first, again);
    assert_ne!(first["state_hash"], other["state_hash"]);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_state_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let url = support::postgres_url().await;
    let done = demo(&folder.path().join("demo"), &["--database", &url]).output().unwrap();
    assert_eq!(&report(&done), undisturbed());
}

#[test]
fn a_foreign_or_another_runs_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let foreign = folder.path().join("foreign");
    std::fs::create_dir(&foreign).unwrap();
    std::fs::write(foreign.join("letter.txt"), "keep me").unwrap();
    let done = demo(&foreign, &[]).output().unwrap();
    assert_eq!(done.status.code(), Some(2));
    let files: Vec<_> = std::fs::read_dir(&foreign).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(files, ["letter.txt"], "nothing is put beside what was there");

    let unfinished = folder.path().join("unfinished");
    broken_off(&unfinished, 3);
    let other = demo(&unfinished, &["--cadence", "monthly"]).output().unwrap();
    assert_eq!(other.status.code(), Some(2), "an unfinished run of other settings");
}

/// Letters, mails and files that stand in the folder.
fn count(dir: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(dir) else { return 0 };
    entries.filter_map(Result::ok).map(|e| if e.path().is_dir() { count(&e.path()) } else { 1 }).sum()
}

fn files(dir: &Path) -> usize {
    ["letters", "mailbox", "files"].iter().map(|folder| count(&dir.join(folder))).sum()
}

/// Plays until so many letters, mails and files are there, and kills.
fn broken_off(dir: &Path, at: usize) {
    let mut child: Child = demo(dir, &[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while files(dir) < at {
        assert!(child.try_wait().unwrap().is_none(), "the run ended before");
        std::thread::park_timeout(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
