//! A day of the demo in which the system refuses one call: a failed write, a failed sync, a full disk.
//!
//! What is refused is told to a person, and the next start goes on where it was (DESIGN 6.7 and 6.8).

use super::rig::Rig;
use super::steps::{all, numbers, same_but_for_sheets, side_by_side, to_the_end};
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output};
use std::sync::Mutex;

/// Calls by which something becomes durable, and how each may fail. Not `write`: nearly all of those ring the bell of the
/// runtime, which no disk refuses, and which leaves it asleep; what a full disk does to files is in `disk.rs`.
const CALLS: [(&str, &str); 8] = [
    ("pwrite64", "EIO"),
    ("pwrite64", "ENOSPC"),
    ("fdatasync", "EIO"),
    ("fdatasync", "ENOSPC"),
    ("fsync", "EIO"),
    ("fsync", "ENOSPC"),
    ("rename", "EIO"),
    ("openat", "ENOSPC"),
];

/// How often each is tried.
const TRIES: u64 = 1;
const ALL_TRIES: u64 = 12;

fn traced(rig: &Rig, options: &[&str]) -> (Output, String) {
    let (day, log) = (rig.command(), rig.folder.path().join("calls"));
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o"]).arg(&log).args(options).arg(day.get_program()).args(day.get_args());
    strace.envs(day.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let done = strace.output().expect("strace is missing: tests/run installs it");
    (done, String::from_utf8_lossy(&std::fs::read(log).unwrap()).into_owned())
}

/// How often the day makes each call, at most, on one thread: strace counts so.
fn counted() -> BTreeMap<String, u64> {
    let mut names: Vec<&str> = CALLS.iter().map(|(call, _)| *call).collect();
    names.dedup();
    let rig = Rig::new();
    let (done, log) = traced(&rig, &["-e", &format!("trace={}", names.join(","))]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let mut by_thread: BTreeMap<(String, &str), u64> = BTreeMap::new();
    for line in log.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let Some((name, _)) = call.trim_start().split_once('(') else { continue };
        *by_thread.entry((name.to_owned(), thread)).or_default() += 1;
    }
    let mut most = BTreeMap::new();
    for ((name, _), n) in by_thread {
        let known: &mut u64 = most.entry(name).or_default();
        *known = n.max(*known);
    }
    most
}

/// A line that a person read, without what differs from run to run.
fn told(output: &Output) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().rfind(|line| !line.trim().is_empty() && !line.starts_with('{'))?;
    Some(line.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word)).collect::<Vec<_>>().join(" "))
}

#[test]
fn a_call_that_fails_is_told_and_the_next_start_goes_on() {
    let most = counted();
    let tries = if all() { ALL_TRIES } else { TRIES };
    let cases: Vec<(&str, &str, u64)> = CALLS
        .iter()
        .enumerate()
        .flat_map(|(row, (call, error))| {
            let mut draw = numbers(row as u64 + 1);
            let most = most.get(*call).copied().unwrap_or(1);
            (0..tries).map(move |_| (*call, *error, draw() % most + 1))
        })
        .collect();
    let (table, words) = (Mutex::new(BTreeMap::<String, [u64; 3]>::new()), Mutex::new(BTreeSet::new()));
    let sum = side_by_side(cases.len() as u64, |index| {
        let (call, error, n) = cases[usize::try_from(index).unwrap()];
        let rig = Rig::new();
        let inject = format!("inject={call}:error={error}:when={n}");
        let (output, log) = traced(&rig, &["-e", &format!("trace={call}"), "-e", &inject]);
        let injected = log.contains("(INJECTED)");
        let case = format!("{call} number {n} fails with {error}");
        if output.status.code() == Some(101) {
            return Err(format!("{case}: a panic: {}", String::from_utf8_lossy(&output.stderr)));
        }
        let stopped = !output.status.success();
        if stopped {
            let told = told(&output).ok_or_else(|| format!("{case}: it ended without a word"))?;
            words.lock().unwrap().insert(format!("{call} {error}: {told}"));
        }
        let mut table = table.lock().unwrap();
        let row = table.entry(format!("{call} {error}")).or_default();
        row[0] += u64::from(injected);
        row[1] += u64::from(stopped);
        row[2] += 1;
        drop(table);
        if stopped {
            to_the_end(&rig, &case)?;
        }
        same_but_for_sheets(&rig, &case)
    });
    println!(
        "call and error: injected, stopped the day, tried; each ended in the state of a day without faults, but for {} \
         sheets that went out by their hour while the draw was held up",
        sum.early_sheets
    );
    for (case, [injected, stopped, tried]) in table.into_inner().unwrap() {
        println!("  {case:<18} {injected:>3} {stopped:>3} {tried:>3}");
    }
    for line in words.into_inner().unwrap() {
        println!("  said: {line}");
    }
}
