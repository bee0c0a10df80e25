//! A simulated year in one process, in which whatever can go wrong does: servers fail for a day, files come late,
//! storms close days that are sealed, inspectors fall ill, the program is killed between two moments.

use super::auditor::audit;
use super::rig::program;
use super::sink::Taken;
use super::steps::{all, seed};
use serde_json::Value;
use spotcheck::clock::Stopwatch;
use spotcheck::demo::dice::Dice;
use spotcheck::demo::mishaps::Mishaps;
use spotcheck::store::Store;
use spotcheck::timing::Calendar;
use std::path::Path;
use std::process::Command;

/// `SPOTCHECK_FAULTS=all` plays whole years.
const DAYS: u32 = 15;
const SEEDS: u64 = 1;
const YEAR: u32 = 248;
const YEAR_SEEDS: u64 = 50;

fn letters(folder: &Path, taken: &mut Taken) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            letters(&entry, taken);
        } else if entry.extension().is_some_and(|kind| kind == "eml") {
            let text = std::fs::read_to_string(&entry).unwrap();
            let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().trim().to_owned();
            taken.entry(id).or_default().push(text.into_bytes());
        }
    }
}

fn count(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, |entries| entries.count())
}

fn played(seed: u64, days: u32) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("year");
    let seed_text = seed.to_string();
    let days_text = days.to_string();
    let args =
        ["demo", "--start", "2026-01-01", "--days", &days_text, "--teams", "100", "--step", "60", "--seed", &seed_text];
    let again = format!("spotcheck {} --mishaps --json --dir DIR", args.join(" "));
    let begun = Stopwatch::start();
    let done = Command::new(program())
        .args(args)
        .args(["--mishaps", "--json", "--lang", "en", "--dir"])
        .arg(&dir)
        .output()
        .unwrap();
    let took = begun.milliseconds() / 1000;
    if !done.status.success() {
        return Err(format!("seed {seed} ({again}): {}", String::from_utf8_lossy(&done.stderr)));
    }
    let report: Value = serde_json::from_slice(&done.stdout).unwrap();
    let mut taken = Taken::new();
    letters(&dir.join("letters"), &mut taken);
    let mails = (count(&dir.join("mailbox/new")) + count(&dir.join("mailbox/cur")), count(&dir.join("mailbox/cur")));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let audited = runtime.block_on(async {
        let store = Store::as_it_is(&format!("sqlite:{}", dir.join("spotcheck.db").display())).await.unwrap();
        let audit = audit(&store, &dir.join("keys"), &taken, mails).await;
        let mergers = store.read().await.unwrap().mergers().await.unwrap().len();
        store.close().await;
        (audit, mergers)
    });
    let (audit, mergers) = audited;
    let mut troubles = audit.troubles.clone();
    if mergers == 0 {
        troubles.push("no village was merged".to_owned());
    }
    let truth = &report["truth"];
    if truth["missed"] != 0 || truth["false"] != 0 || truth["planted"] == 0 {
        troubles.push(format!("planted and found differ: {truth}"));
    }
    // Two windows a workday: drawn, or void because a storm was announced after its seal, or never sealed at all.
    let dice = Dice::new(seed_text.as_bytes());
    let (storms, mut windows, mut day) =
        (Mishaps::new(&dice, true), 0, "2026-01-01".parse::<chrono::NaiveDate>().unwrap());
    let (calendar, mut workdays) = (Calendar::shipped(), 0);
    while workdays < days {
        if calendar.is_workday(day).unwrap() {
            workdays += 1;
            windows += if storms.storm(day) { 0 } else { 2 };
        }
        day = day.succ_opt().unwrap();
    }
    let other: Vec<_> = audit.found.voids.values().filter(|reason| *reason != "calendar_changed").collect();
    if audit.found.draws + other.len() != windows {
        troubles.push(format!(
            "{} draws and {} voids for {windows} windows",
            audit.found.draws,
            audit.found.voids.len()
        ));
    }
    let told = format!("seed {seed}: {audit}; {mergers} villages merged; truth {truth}; {took} s");
    if troubles.is_empty() { Ok(told) } else { Err(format!("{told}\n  {}\n  again: {again}", troubles.join("\n  "))) }
}

#[test]
fn whatever_goes_wrong_in_a_year_every_line_ends_and_every_window_is_drawn_or_void() {
    let (seeds, days) = if all() { (YEAR_SEEDS, YEAR) } else { (SEEDS, DAYS) };
    let seeds = seed().map_or(1..=seeds, |seed| seed..=seed);
    let number = seeds.clone().count();
    let mut failed = Vec::new();
    for seed in seeds {
        match played(seed, days) {
            Ok(told) => println!("{told}"),
            Err(told) => {
                eprintln!("{told}");
                failed.push(told);
            }
        }
    }
    assert!(failed.is_empty(), "{} of {number} seeds:\n{}", failed.len(), failed.join("\n"));
}
