//! `spotcheck report fairness` and `spotcheck plan` as a person runs them.

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

#[test]
fn a_county_that_lived_some_days_is_fair_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let played = spotcheck(folder.path(), "demo --teams 60 --days 5 --seed 2 --no-serve --json --dir county");
    assert!(played.status.success(), "{}", text(&played.stderr));
    let played: Value = serde_json::from_slice(&played.stdout).unwrap();
    let dir = folder.path().join("county");

    let done = spotcheck(&dir, "report fairness --to 2026-04-30 --json --html fair.html");
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let report: Value = serde_json::from_slice(&done.stdout).unwrap();
    let programme = &report["programmes"][0];
    assert_eq!(programme["windows"], played["windows"]);
    let check =
        |code: &str| programme["checks"].as_array().unwrap().iter().find(|c| c["check"] == code).unwrap().clone();
    assert_eq!(check("lists")["figures"]["unexplained"], 0.0);
    assert_eq!(check("lists")["figures"]["listed"], check("number")["figures"]["visits"]);
    assert_eq!(check("bound")["verdict"], "fine");
    let html = std::fs::read_to_string(dir.join("fair.html")).unwrap();
    assert!(html.contains("<svg") && html.contains("lang=\"en\""));

    let zh = spotcheck(&dir, "--lang zh report fairness --to 2026-04-30");
    assert!(text(&zh.stdout).starts_with("任何人猜中某地当天被查的概率不超过"), "{}", text(&zh.stdout));
    let early = spotcheck(&dir, "report fairness --from 2026-01-01 --to 2026-01-31");
    assert!(text(&early.stdout).starts_with("No window was drawn"));
    for (bad, told) in [
        ("report fairness --programme nothing", "no programme"),
        ("report fairness --from 2026-02-01 --to 2026-01-31", "is no period"),
        ("report fairness --from yesterday", "is no day"),
    ] {
        let refused = spotcheck(&dir, bad);
        assert_eq!(refused.status.code(), Some(2), "{bad}");
        assert!(text(&refused.stderr).contains(told), "{bad}: {}", text(&refused.stderr));
    }

    let plan = spotcheck(&dir, "plan --json");
    let plan: Value = serde_json::from_str(text(&plan.stdout).lines().next().unwrap()).unwrap();
    let ways: Vec<&str> = plan["alternatives"].as_array().unwrap().iter().map(|w| w["way"].as_str().unwrap()).collect();
    assert_eq!(ways, ["policy", "constant", "quota", "cool_down", "round", "interval", "roster"]);
}

#[test]
fn weights_that_leave_places_safe_or_are_too_large_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("large.csv", "id,weight\nA,18446744073709551615\nB,1\n");
    write("plain.csv", "id,weight\nA,1\nB,3\n");
    let run = |file: &str, lo: &str| {
        spotcheck(folder.path(), &format!("plan --weights {file} --total 4294967296 --lo {lo} --hi 4294967296 --json"))
    };
    let large = run("large.csv", "0");
    assert_eq!(large.status.code(), Some(1));
    let p: Value = serde_json::from_slice(&large.stdout).unwrap();
    assert_eq!(p["p"][1][1], 0);
    let told = text(&large.stderr);
    assert!(told.contains("places have p = 0"), "{told}");
    let plain = run("plain.csv", "1000");
    assert_eq!(plain.status.code(), Some(0), "{}", text(&plain.stderr));
    assert!(plain.stderr.is_empty());
}
