//! The independent verifier agrees with ours, on true bundles and on changed ones.

use crate::county::County;
use crate::mutations::{all_leaves, changed};
use crate::series::{Folder, Story};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

pub fn python(folder: &Folder, program: &str, args: &[&str]) -> Output {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut command = Command::new("python3");
    command.current_dir(folder.0.path()).arg("-B").arg(docs.join(program)).args(args);
    command.output().unwrap()
}

#[test]
fn it_has_at_most_120_lines() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verify.py")).unwrap();
    assert!(text.lines().count() <= 120, "{}", text.lines().count());
}

#[test]
fn true_bundles_of_both_kinds_pass() {
    for two in [false, true] {
        let mut county = County::new(two);
        let folder = Folder::new();
        let mut lines = String::new();
        for (day, slot) in [("2026-03-02", "am"), ("2026-03-02", "pm"), ("2026-03-03", "am")] {
            let made = county.draw(day, slot);
            lines += &format!("{}\n{}\n", json!(made.auditor), json!(made.public));
        }
        let (window, seal) = county.seal("2026-03-03", "pm");
        let void = county.void(&window, "late");
        let record = json!({
            "format": "spotcheck bundle/1", "kind": "void", "window": window, "log": [county.log[0], seal, void],
        });
        folder.write("bundles.jsonl", &format!("{lines}{record}\n"));
        let [one, two] = &[0, 1].map(|custodian| county.chains[custodian].anchor().hex());
        let output = python(&folder, "verify.py", &["bundles.jsonl", "--anchor", one, "--anchor", two]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.code(), text.trim()),
            (Some(0), "4 windows follow; origin established by the anchor")
        );
        let output = python(&folder, "verify.py", &["bundles.jsonl"]);
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn changed_bundles_fail_there_too() {
    let made = County::new(true).draw("2026-03-02", "am");
    let folder = Folder::new();
    let mut changes = 0;
    for bundle in [json!(made.auditor), json!(made.public)] {
        // Each a file of its own, all in one run: every one must be named.
        let mut names: Vec<String> = Vec::new();
        for (how, place) in all_leaves(&bundle).iter().enumerate().filter(|(i, _)| i % 7 == 0) {
            let mut other = bundle.clone();
            let leaf = other.pointer_mut(place).unwrap();
            *leaf = changed(leaf, how);
            // A ground is bound by nothing, and only the program knows which there are.
            if !is_ground(place) {
                changes += 1;
                let name = format!("{changes}.jsonl");
                folder.write(&name, &other.to_string());
                names.push(name);
            }
        }
        let args: Vec<&str> = names.iter().map(String::as_str).collect();
        let output = python(&folder, "verify.py", &args);
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        let unnoticed: Vec<&String> = names.iter().filter(|name| !text.contains(&format!("{name} line"))).collect();
        assert!(unnoticed.is_empty(), "{unnoticed:?}\n{text}");
    }
    assert!(changes > 60);
}

fn is_ground(place: &str) -> bool {
    place.contains("/bars/") && place.ends_with("/2")
}

#[test]
fn a_series_is_whole_or_the_missing_window_is_named() {
    let mut story = Story::new();
    let series = |story: &Story| {
        let output = python(&story.folder, "verify_series.py", &["log.jsonl", "bundles.jsonl"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), text)
    };
    assert_eq!(
        series(&story),
        (
            Some(0),
            "The log of 13 entries tells of every window of the sealed rules; 3 bundles stand in it.\n".to_owned(),
        )
    );
    let removed: Value = story.bundles.remove(1);
    story.save();
    let (code, text) = series(&story);
    assert_eq!(code, Some(2));
    assert!(text.contains(&format!("{}: MISSING, drawn and revealed", removed["window"].as_str().unwrap())), "{text}");

    let mut county = County::new(false);
    let made = county.draw("2026-03-02", "am");
    county.draw("2026-03-05", "pm");
    let story = Story { folder: Folder::new(), county, bundles: vec![json!(made.auditor)] };
    story.save();
    let (code, text) = series(&story);
    assert_eq!(code, Some(2));
    assert!(text.contains("2026-03-03/am: MISSING") && text.contains("2026-03-05/am: MISSING"), "{text}");
    assert!(!text.contains("2026-03-04"), "a holiday: {text}");
}

#[test]
fn what_was_dealt_again_is_checked_there_too() {
    for (two, reported) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut county = County::new(two);
        county.reported = reported;
        let made = county.draw_and_deal_again("2026-03-02", "am", &[&["n1"], &["w1", "n2"]]);
        county.void("stationed/yunling/2026-03-02/pm", "not_sealed");
        let mut story = Story { folder: Folder::new(), county, bundles: vec![json!(made.auditor), json!(made.public)] };
        story.save();
        let run = |story: &Story, program: &str, args: &[&str]| {
            let output = python(&story.folder, program, args);
            let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            (output.status.code(), text)
        };
        let (code, text) = run(&story, "verify.py", &["bundles.jsonl"]);
        assert_eq!(code, Some(1), "{text}");
        let (code, text) = run(&story, "verify_series.py", &["log.jsonl", "bundles.jsonl"]);
        assert_eq!(code, Some(0), "{text}");
        let again = story.bundles[0]["draw"]["redeals"][1]["lines"].as_array_mut().unwrap();
        again.pop();
        story.save();
        let (code, text) = run(&story, "verify_series.py", &["log.jsonl", "bundles.jsonl"]);
        assert_eq!(code, Some(2), "{text}");
    }
}

#[test]
fn a_drawn_window_may_be_overtaken_by_the_calendar_and_by_nothing_else() {
    for (reason, codes) in [("calendar_changed", [Some(1), Some(0)]), ("late", [Some(2), Some(2)])] {
        let mut county = County::new(false);
        let mut made = county.draw_and_deal_again("2026-03-02", "am", &[&["n1"]]);
        let void = county.void("stationed/yunling/2026-03-02/am", reason);
        made.auditor.log.push(void);
        county.void("stationed/yunling/2026-03-02/pm", "not_sealed");
        let story = Story { folder: Folder::new(), county, bundles: vec![json!(made.auditor)] };
        story.save();
        assert_eq!(crate::one::texts(&story.bundles[0]).is_empty(), reason == "calendar_changed");
        let alone = python(&story.folder, "verify.py", &["bundles.jsonl"]).status.code();
        let series = python(&story.folder, "verify_series.py", &["log.jsonl", "bundles.jsonl"]).status.code();
        assert_eq!([alone, series], codes, "{reason}");
        let (code, text) = story.folder.verify(&["log.jsonl", "bundles.jsonl"]);
        assert_eq!(text.contains("void after it was drawn"), reason != "calendar_changed", "{code} {text}");
    }
}
