//! Bundles under each rule of beacons.

use crate::county::{County, hash};
use crate::one::texts;
use crate::python::python;
use crate::series::Folder;
use serde_json::{Value, json};
use spotcheck::draw::Chain;
use spotcheck::model::{Sha256, Timestamp};

/// Round 1000 of quicknet, as its network published it.
const ROUND_1000: &str =
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";
const RANDOMNESS_1000: &str = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd";
const QUICKNET: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
const QUICKNET_KEY: &str = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";

fn second_office() -> Chain {
    Chain::with_length(hash("the other office").0, 400)
}

fn second(_: &str, t: u32) -> (String, String, Option<String>) {
    let prefix = format!("second:{}:{t}:", second_office().anchor());
    let link = Sha256(*second_office().key(t).unwrap().reveal());
    (prefix.clone(), format!("{prefix}{link}"), None)
}

fn drand(_: &str, _: u32) -> (String, String, Option<String>) {
    let prefix = format!("drand:{QUICKNET}:1000:");
    (prefix.clone(), format!("{prefix}{RANDOMNESS_1000}"), Some(ROUND_1000.to_owned()))
}

fn manual(_: &str, _: u32) -> (String, String, Option<String>) {
    ("manual:2026023:".to_owned(), "manual:2026023:0391-7712-8450-2".to_owned(), None)
}

/// A bundle under a rule passes with us and with the independent verifier, and another beacon does not.
fn holds(rule: &Value, source: crate::county::Source, others: &[&str]) {
    let mut county = County::with_beacons(false, rule, source);
    let bundle = json!(county.draw("2026-03-02", "am").auditor);
    assert_eq!(texts(&bundle), Vec::<String>::new());
    let folder = Folder::new();
    folder.write("true.jsonl", &bundle.to_string());
    let output = python(&folder, "verify.py", &["true.jsonl"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    for other in others {
        let mut changed = bundle.clone();
        changed["draw"]["beacon"] = json!(other);
        assert!(!texts(&changed).is_empty(), "{other}");
        folder.write("other.jsonl", &changed.to_string());
        assert_eq!(python(&folder, "verify.py", &["other.jsonl"]).status.code(), Some(2), "{other}");
    }
}

#[test]
fn links_of_a_second_office() {
    let t = 35;
    let (_, own, _) = second("", t);
    let (_, next, _) = second("", t + 1);
    let rule = json!({"rule": "second", "anchor": second_office().anchor()});
    holds(&rule, second, &[&next, &own.replace(':', ""), &format!("{}00", &own[..own.len() - 2])]);
}

#[test]
fn rounds_of_drand() {
    // A clock by which the first round after the draw's time is one that was published.
    let draw_at = Timestamp::parse("2026-03-01T23:30:00Z").unwrap();
    let rule = json!({
        "rule": "drand", "chain": QUICKNET, "public_key": QUICKNET_KEY, "period": 3,
        "genesis": draw_at.unix_seconds() - 2997,
    });
    let other = RANDOMNESS_1000.replace("fe29", "fe28");
    holds(
        &rule,
        drand,
        &[&format!("drand:{QUICKNET}:1001:{RANDOMNESS_1000}"), &format!("drand:{QUICKNET}:1000:{other}")],
    );

    let mut later = rule.clone();
    later["genesis"] = json!(draw_at.unix_seconds() - 3000);
    let bundle = json!(County::with_beacons(false, &later, drand).draw("2026-03-02", "am").auditor);
    assert_eq!(texts(&bundle), ["the seal awaits another beacon than the terms do"]);
}

#[test]
fn results_of_a_lottery() {
    let rule = json!({"rule": "manual", "lottery": "Sports lottery", "pattern": "9999-9999-9999-9", "bits": 43});
    holds(&rule, manual, &["manual:2026024:0391-7712-8450-2", "manual:2026023:0391-7712-8450-3", "local:00"]);
}
