//! From a county that lived some days to a proof: reveal, export, verify, by both verifiers.

use crate::python::python;
use crate::series::Folder;
use crate::support;
use serde_json::Value;
use spotcheck::clock::Clock;
use spotcheck::config::Config;
use spotcheck::draw::entry::Entry;
use spotcheck::entropy::Entropy;
use spotcheck::model::Timestamp;
use spotcheck::model::time::DAY;
use spotcheck::store::LogEntry;
use spotcheck::work::Context;
use spotcheck::work::turn::turn;
use std::path::Path;
use std::process::{Command, Output};

fn spotcheck(folder: &Folder, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    command.current_dir(folder.0.path()).env_remove("SPOTCHECK_LANGUAGE").env("LC_ALL", "C").args(args);
    command.output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A link is published only a week after the windows up to its own, and never before they were drawn.
fn revealed_in_time(log: &[LogEntry]) {
    let mut seals: Vec<(u32, Timestamp, bool)> = Vec::new();
    let mut reveals = 0;
    for entry in log {
        match Entry::read(&entry.entry).unwrap() {
            Entry::Seal(seal) => seals.push((seal.t, Timestamp::parse(&seal.end).unwrap(), false)),
            Entry::Draw { t, .. } => seals.iter_mut().filter(|seal| seal.0 == t).for_each(|seal| seal.2 = true),
            Entry::Reveal { t, .. } => {
                reveals += 1;
                for (_, end, drawn) in seals.iter().filter(|seal| seal.0 <= t) {
                    assert!(*drawn && end.plus(7 * DAY) <= entry.at, "link {t} at {}", entry.at);
                }
            }
            _ => {}
        }
    }
    assert!(reveals > 0 && seals.len() == 4);
}

async fn opened(dir: &Path, now: &str) -> Context {
    let config = Config::load(&dir.join("spotcheck.toml"), &[]).unwrap();
    let clock = Clock::simulated(Timestamp::parse(now).unwrap());
    Context::open(config, clock, Entropy::seeded(b"1")).await.unwrap()
}

/// The draws of finished visits follow, and nothing of them can be left out or changed.
fn finished_visits_were_drawn_again(folder: &Folder, anchor: &str) {
    let text = std::fs::read_to_string(folder.0.path().join("auditor.jsonl")).unwrap();
    let all: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let again = |bundle: &&Value| bundle["format"] == "spotcheck back-checks/1";
    let drawn: Vec<&Value> =
        all.iter().filter(again).flat_map(|one| one["draw"]["drawn"].as_array().unwrap()).collect();
    let given = drawn.iter().filter(|line| line["inspectors"].as_array().unwrap().len() == 1).count();
    assert!(given > 0, "{drawn:?}");
    let (_, said) = folder.verify(&["log.jsonl", "auditor.jsonl", "--anchor", anchor]);
    assert!(said.contains("draws of finished visits recomputed"), "{said}");
    type Change = fn(&mut Value);
    let changes: [(&str, Change); 4] = [
        ("a chance", |bundle| bundle["draw"]["frame"][0][2] = Value::from(7)),
        ("who goes", |bundle| bundle["draw"]["pools"][0]["calls"][0][1] = Value::from(9)),
        ("a bar", |bundle| bundle["draw"]["pools"][0]["bars"] = serde_json::json!([])),
        ("its form", |bundle| bundle["format"] = Value::from("spotcheck bundle/1")),
    ];
    for (what, change) in changes {
        let mut others = all.clone();
        others.iter_mut().filter(|one| again(&&**one)).for_each(change);
        let lines: String = others.iter().map(|one| format!("{one}\n")).collect();
        folder.write("changed.jsonl", &lines);
        assert_eq!(folder.verify(&["log.jsonl", "changed.jsonl", "--anchor", anchor]).0, 2, "{what}");
        assert_eq!(
            python(folder, "verify.py", &["changed.jsonl", "--anchor", anchor]).status.code(),
            Some(2),
            "{what}"
        );
    }
    let without: String = all.iter().filter(|one| !again(one)).map(|one| format!("{one}\n")).collect();
    folder.write("without.jsonl", &without);
    let (code, said) = folder.verify(&["log.jsonl", "without.jsonl", "--anchor", anchor]);
    assert!(code == 2 && said.contains("there is no bundle of it"), "{said}");
    assert_eq!(python(folder, "verify_series.py", &["log.jsonl", "without.jsonl"]).status.code(), Some(2));
}

#[tokio::test]
async fn a_county_proves_its_draws_once_their_keys_are_public() {
    lives_and_proves(&[]).await;
}

#[tokio::test]
async fn and_so_it_does_on_the_other_database() {
    lives_and_proves(&["--database", &support::postgres_url().await]).await;
}

async fn lives_and_proves(database: &[&str]) {
    let folder = Folder::new();
    let demo = ["demo", "--days", "2", "--teams", "150", "--seed", "1", "--dir", "county", "--no-serve"];
    let output = spotcheck(&folder, &[&demo, database].concat());
    assert!(output.status.success(), "{}", told(&output));
    let dir = folder.0.path().join("county");
    let county = |args: &[&str]| spotcheck(&folder, &[&["--config", "county/spotcheck.toml"], args].concat());

    // The county went on until everything was over, so the keys of all its windows are public.
    let ctx = opened(&dir, "2026-05-29T18:30:00+08:00").await;
    let office = ctx.config.offices[0].id.clone();
    revealed_in_time(&ctx.store.read().await.unwrap().log_entries(&office).await.unwrap());
    // Another day: the keys of its morning are not public, and its afternoon is not drawn.
    assert_eq!(turn(&ctx, true).await.failures.len(), 0);
    drop(ctx);
    let ctx = opened(&dir, "2026-06-01T07:35:00+08:00").await;
    assert_eq!(turn(&ctx, true).await.drawn, 1);
    drop(ctx);

    for (kind, name) in [("auditor", "auditor.jsonl"), ("public", "public.jsonl")] {
        let output = county(&["export", "bundles", "--kind", kind, "--out", name]);
        assert!(output.status.success(), "{}", told(&output));
        assert!(
            told(&output).contains("windows written: 4; drawn, keys not public yet: 1; not drawn yet: 1"),
            "{}",
            told(&output)
        );
    }
    let output = county(&["export", "log", "--office", office.as_str(), "--out", "log.jsonl"]);
    assert!(output.status.success(), "{}", told(&output));

    let first = std::fs::read_to_string(folder.0.path().join("auditor.jsonl")).unwrap();
    let first: Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    let programme: Value = serde_json::from_str(first["log"][0]["entry"].as_str().unwrap()).unwrap();
    let anchor = programme["terms"]["anchors"][0].as_str().unwrap().to_owned();
    for name in ["auditor.jsonl", "public.jsonl"] {
        let (code, text) = folder.verify(&["log.jsonl", name, "--anchor", &anchor]);
        assert_eq!(code, 0, "{name}: {text}");
        let output = python(&folder, "verify.py", &[name, "--anchor", &anchor]);
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        let output = python(&folder, "verify_series.py", &["log.jsonl", name]);
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    }

    finished_visits_were_drawn_again(&folder, &anchor);
    let window = first["window"].as_str().unwrap();
    let place = first["draw"]["frame"][3][0].as_str().unwrap();
    let output = county(&["export", "proof", place, "--window", window]);
    let proof: Value = serde_json::from_slice(&output.stdout).unwrap();
    let seal: Value = serde_json::from_str(first["log"][1]["entry"].as_str().unwrap()).unwrap();
    assert_eq!(proof["root"], seal["root"]);
    assert!(proof["leaf"].as_str().unwrap().starts_with(place), "{proof}");
    let guide = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/VERIFY.md")).unwrap();
    let check = guide.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    folder.write("proof.json", &proof.to_string());
    let output = Command::new("python3").current_dir(folder.0.path()).args(["-c", check]).output().unwrap();
    assert_eq!(told(&output).trim(), "True");
}
