//! Many windows: `spotcheck verify` as a person runs it.

use crate::county::County;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

pub struct Folder(pub tempfile::TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Exit code and output.
    pub fn verify(&self, args: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
        command.current_dir(self.0.path()).env_remove("SPOTCHECK_LANGUAGE").env("LC_ALL", "C").arg("verify").args(args);
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), text)
    }
}

/// Two workdays and the morning of a third: one window void, the keys of the first two days revealed.
pub struct Story {
    pub folder: Folder,
    pub county: County,
    pub bundles: Vec<Value>,
}

impl Story {
    pub fn new() -> Story {
        let mut county = County::new(false);
        let mut bundles = Vec::new();
        for (day, slot) in [("2026-03-02", "am"), ("2026-03-02", "pm"), ("2026-03-03", "am")] {
            bundles.push(json!(county.draw(day, slot).auditor));
        }
        let (window, _) = county.seal("2026-03-03", "pm");
        county.void(&window, "late");
        county.reveal("2026-03-03", "pm");
        // The fourth is a holiday.
        county.draw("2026-03-05", "am");
        county.void("stationed/yunling/2026-03-05/pm", "not_sealed");
        let story = Story { folder: Folder::new(), county, bundles };
        story.save();
        story
    }

    pub fn save(&self) {
        self.folder.write("log.jsonl", &self.county.log_file());
        let lines: String = self.bundles.iter().map(|bundle| format!("{bundle}\n")).collect();
        self.folder.write("bundles.jsonl", &lines);
    }

    /// Of both custodians.
    fn anchors(&self) -> [String; 2] {
        [0, 1].map(|custodian| self.county.chains[custodian].anchor().hex())
    }

    /// A digest with the head after that many entries, received at that time.
    fn witness(&self, name: &str, entries: usize, at: &str) {
        let head = self.county.log[entries - 1].head;
        let mail = format!(
            "Received: from office.example by mx.elsewhere.example; {at}\r\nSubject: digest\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\nPublic log\r\nentry {entries}: {head}\r\n"
        );
        self.folder.write(name, &mail);
    }
}

#[test]
fn without_anchor_or_witness_the_origin_is_not_established() {
    let story = Story::new();
    let (code, text) = story.folder.verify(&["bundles.jsonl", "log.jsonl"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.starts_with("Consistent with itself; origin not established."), "{text}");
    assert!(
        text.contains("4 drawn, 2 void (33.3 % of 6); 3 recomputed from their bundles; 1 drawn whose keys"),
        "{text}"
    );
    assert!(text.contains("late 1, not_sealed 1"), "{text}");
    assert!(text.contains("Not checkable: that the office did not try other beacons and keep one."), "{text}");
    assert!(text.contains("asserted by the operator only"), "{text}");
}

#[test]
fn an_anchor_or_a_witness_establishes_it() {
    let story = Story::new();
    let [one, two] = &story.anchors();
    let (code, text) = story.folder.verify(&["log.jsonl", "bundles.jsonl", "--anchor", one, "--anchor", two]);
    assert_eq!(code, 0, "{text}");
    assert!(text.starts_with("PROVED"), "{text}");
    let (code, text) = story.folder.verify(&["log.jsonl", "bundles.jsonl", "--anchor", two]);
    assert_eq!(code, 1, "the other custodian's keys may be anybody's: {text}");

    // Sealed by entry 7 at the latest, and in the mailbox before the first draw on the second.
    story.witness("early.eml", 2, "Mon, 2 Mar 2026 06:00:00 +0800");
    story.witness("later.eml", 7, "Mon, 2 Mar 2026 20:00:00 +0800");
    let (code, text) =
        story.folder.verify(&["log.jsonl", "bundles.jsonl", "--witness", "early.eml", "--witness", "later.eml"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("mx.elsewhere.example"), "{text}");
    assert!(text.contains("Sealed before the draw, by witness: 2 of 3."), "{text}");
    let (code, text) = story.folder.verify(&["log.jsonl", "bundles.jsonl", "--witness", "early.eml"]);
    assert_eq!(code, 1, "one seal of three is vouched for: {text}");
}

#[test]
fn a_witness_of_another_log_is_an_equivocation() {
    let story = Story::new();
    let mail = format!(
        "Received: from a by b; Mon, 2 Mar 2026 06:00:00 +0800\r\n\r\nentry 2: {}\r\n",
        crate::county::hash("another log")
    );
    story.folder.write("other.eml", &mail);
    let (code, text) = story.folder.verify(&["log.jsonl", "bundles.jsonl", "--witness", "other.eml"]);
    assert_eq!(code, 2);
    assert!(text.contains("EQUIVOCATION: this mail names another head for entry 2"), "{text}");
}

#[test]
fn a_wrong_anchor_fails() {
    let story = Story::new();
    let (code, text) =
        story.folder.verify(&["log.jsonl", "bundles.jsonl", "--anchor", &crate::county::hash("x").hex()]);
    assert_eq!(code, 2);
    assert!(text.contains("no bundle is of the chain with anchor"), "{text}");
}

#[test]
fn two_bundles_that_both_follow_are_an_equivocation() {
    let mut story = Story::new();
    // The same window, sealed and drawn under another log's history: both bundles follow.
    let mut other = County::new(false);
    other.enter(&json!({"kind": "calendar", "calendar": {"years": [2026], "holidays": [], "makeups": []}}));
    story.bundles.push(json!(other.draw("2026-03-02", "pm").auditor));
    story.save();
    let (code, text) = story.folder.verify(&["bundles.jsonl"]);
    assert_eq!(code, 2);
    assert!(text.contains("bundles.jsonl line 4, stationed/yunling/2026-03-02/pm: EQUIVOCATION"), "{text}");
    // The same with what the public sees: no contradiction.
    let mut story = Story::new();
    story.bundles.push(json!(County::new(false).draw("2026-03-02", "am").public));
    story.save();
    let [one, two] = &story.anchors();
    let (code, text) = story.folder.verify(&["bundles.jsonl", "--anchor", one, "--anchor", two]);
    assert_eq!(code, 1, "{text}");
    assert!(!text.contains("EQUIVOCATION") && text.contains("no log was given"), "{text}");
}

#[test]
fn a_window_that_is_missing_is_named() {
    let mut story = Story::new();
    story.bundles.remove(1);
    story.save();
    let [one, two] = &story.anchors();
    let (code, text) = story.folder.verify(&["log.jsonl", "bundles.jsonl", "--anchor", one, "--anchor", two]);
    assert_eq!(code, 2);
    assert!(text.contains("stationed/yunling/2026-03-02/pm: MISSING: this window was drawn"), "{text}");
    let (code, text) =
        story.folder.verify(&["log.jsonl", "bundles.jsonl", "--anchor", one, "--anchor", two, "--from", "2026-03-03"]);
    assert_eq!(code, 0, "{text}");

    // A log that never tells of one afternoon.
    let mut county = County::new(false);
    let first = county.draw("2026-03-02", "am").auditor;
    county.draw("2026-03-03", "am");
    county.reveal("2026-03-02", "pm");
    let folder = Folder::new();
    folder.write("log.jsonl", &county.log_file());
    folder.write("one.jsonl", &json!(first).to_string());
    let (code, text) = folder.verify(&["one.jsonl", "log.jsonl"]);
    assert_eq!(code, 2);
    for window in ["2026-03-02/pm", "2026-03-03/pm"] {
        let told = format!("stationed/yunling/{window}: MISSING: the log has neither a seal nor a void");
        assert!(text.contains(&told), "{window}: {text}");
    }
}

#[test]
fn a_sealed_window_that_was_never_drawn_is_missed() {
    let mut county = County::new(false);
    let first = county.draw("2026-03-02", "am").auditor;
    county.seal("2026-03-02", "pm");
    county.draw("2026-03-03", "am");
    let folder = Folder::new();
    folder.write("log.jsonl", &county.log_file());
    folder.write("one.jsonl", &json!(first).to_string());
    let (code, text) = folder.verify(&["one.jsonl", "log.jsonl"]);
    assert_eq!(code, 2);
    assert!(text.contains("2026-03-02/pm: MISSING: sealed, but neither drawn nor void"), "{text}");
}

#[test]
fn a_log_that_was_cut_or_changed_breaks() {
    let story = Story::new();
    let log = story.county.log_file();
    let lines: Vec<&str> = log.lines().collect();
    let cut: String = [&lines[..2], &lines[3..]].concat().join("\n");
    story.folder.write("log.jsonl", &cut);
    let (code, text) = story.folder.verify(&["log.jsonl", "bundles.jsonl"]);
    assert_eq!(code, 2);
    assert!(text.contains("log.jsonl line 3: entry 3 of the log is numbered 4"), "{text}");

    story.folder.write("log.jsonl", &log.replacen("\\\"late\\\":false", "\\\"late\\\":true", 1));
    let (code, text) = story.folder.verify(&["log.jsonl", "bundles.jsonl"]);
    assert_eq!(code, 2);
    assert!(text.contains("the log's chain breaks at entry 3"), "{text}");
}

#[test]
fn exposed_keys_and_restored_backups_are_told() {
    let mut story = Story::new();
    story.county.enter(&json!({"kind": "key_exposed", "programme": "stationed", "generation": 1, "from_t": 60}));
    let lost = crate::county::hash("lost").hex();
    story.county.enter(&json!({"kind": "restored", "programme": "stationed", "number": 40, "head": lost}));
    story.save();
    let [one, two] = &story.anchors();
    let (code, text) = story.folder.verify(&["log.jsonl", "bundles.jsonl", "--anchor", one, "--anchor", two]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("2026-03-03/am: key exposed"), "{text}");
    assert!(!text.contains("2026-03-02/am: key exposed"), "{text}");
    assert!(text.contains("what the log said up to entry 40 is lost"), "{text}");
}

#[test]
fn the_verdict_comes_as_json_and_in_chinese_too() {
    let mut story = Story::new();
    let [one, two] = &story.anchors();
    let (_, text) = story.folder.verify(&["log.jsonl", "bundles.jsonl", "--anchor", one, "--anchor", two, "--json"]);
    let verdict: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(verdict["result"], "proved");
    assert_eq!((&verdict["drawn"], &verdict["void"], &verdict["recomputed"]), (&json!(4), &json!(2), &json!(3)));

    story.bundles[2]["draw"]["drawn"][0]["minute"] = json!(999);
    story.save();
    let (code, text) = story.folder.verify(&["log.jsonl", "bundles.jsonl", "--lang", "zh"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("不符：bundles.jsonl第3行，stationed/yunling/2026-03-03/am：抽取结果第1行"), "{text}");
}
