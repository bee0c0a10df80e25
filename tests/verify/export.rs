//! From a county that lived some days to a proof: reveal, export, verify, by both verifiers.

use crate::python::python;
use crate::series::Folder;
use crate::support;
use serde_json::Value;
use spotcheck::clock::Clock;
use spotcheck::config::Config;
use spotcheck::entropy::Entropy;
use spotcheck::model::Timestamp;
use spotcheck::work::{Context, reveal};
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

async fn opened(dir: &Path, now: &str) -> Context {
    let config = Config::load(&dir.join("spotcheck.toml"), &[]).unwrap();
    let clock = Clock::simulated(Timestamp::parse(now).unwrap());
    Context::open(config, clock, Entropy::seeded(b"1")).await.unwrap()
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
    let demo = ["demo", "--days", "4", "--teams", "60", "--seed", "1", "--dir", "county", "--no-serve"];
    let output = spotcheck(&folder, &[&demo, database].concat());
    assert!(output.status.success(), "{}", told(&output));
    let dir = folder.0.path().join("county");
    let county = |args: &[&str]| spotcheck(&folder, &[&["--config", "county/spotcheck.toml"], args].concat());

    // Nothing is public before its time, and a proof of a place needs no key.
    let output = county(&["export", "bundles", "--out", "early.jsonl"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(
        told(&output).contains("0 windows written; 8 are drawn and their keys not public yet"),
        "{}",
        told(&output)
    );

    let ctx = opened(&dir, "2026-03-05T12:00:00+08:00").await;
    assert_eq!(reveal::reveal_due(&ctx).await.unwrap(), 0, "lines are open or the delay has not passed");
    drop(ctx);
    let ctx = opened(&dir, "2026-05-01T12:00:00+08:00").await;
    assert_eq!(reveal::reveal_due(&ctx).await.unwrap(), 1, "one link shows all before it");
    assert_eq!(reveal::reveal_due(&ctx).await.unwrap(), 0);
    let office = ctx.config.offices[0].id.to_string();
    drop(ctx);

    for (kind, name) in [("auditor", "auditor.jsonl"), ("public", "public.jsonl")] {
        let output = county(&["export", "bundles", "--kind", kind, "--out", name]);
        assert!(output.status.success(), "{}", told(&output));
        assert!(told(&output).contains("8 windows written; 0 are drawn"), "{}", told(&output));
    }
    let output = county(&["export", "log", "--office", &office, "--out", "log.jsonl"]);
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
