//! `spotcheck reply`: the dry run and its JSON form (REPLIES 8).

use super::common::{assignment_json, mail};
use clap::Parser;
use spotcheck::cli::{self, Cli, Exit, Terminal};
use spotcheck::model::Language;
use std::path::Path;

fn run(arguments: &[&str], input: &[u8]) -> (Exit, String, String) {
    let cli = Cli::try_parse_from([&["spotcheck", "reply"], arguments].concat()).unwrap();
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let mut input = input;
    let mut terminal = Terminal { input: &mut input, output: &mut output, errors: &mut errors, language: Language::En };
    let exit = cli::run(&cli, &mut terminal);
    (exit, String::from_utf8(output).unwrap(), String::from_utf8(errors).unwrap())
}

fn put(dir: &Path, name: &str, bytes: &[u8]) -> String {
    let path = dir.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

#[test]
fn a_mail_is_read_as_the_specification_prints_it() {
    let dir = tempfile::tempdir().unwrap();
    let assignment = put(dir.path(), "A.json", assignment_json().as_bytes());
    let (exit, output, _) =
        run(&["--assignment", &assignment], &mail("V1.1 10:42 在岗；入户\nC1 busy\nC3 busy\nC3 reached\n"));
    assert_eq!(exit, Exit::Done);
    let printed: serde_json::Value = serde_json::from_str(&output).unwrap();
    let expected = serde_json::json!({
        "disposition": "partial", "reason": "ok", "answer": "receipt",
        "results": [{"line": "V1", "person": "王建国", "outcome": "present", "remark": "入户", "at": "10:42"},
                    {"line": "C1", "outcome": "busy"}],
        "problems": [{"line": "C3", "why": "conflict"}],
        "open": ["V1.2", "V2", "C2", "C3"]});
    assert_eq!(printed, expected);
}

#[test]
fn earlier_mails_and_the_time_of_receipt() {
    let dir = tempfile::tempdir().unwrap();
    let assignment = put(dir.path(), "A.json", assignment_json().as_bytes());
    let first = mail("V1 在岗\nV2 在岗\n");
    let earlier = put(dir.path(), "1.eml", &first);
    let (_, output, _) = run(&["--assignment", &assignment, "--after", &earlier], &first);
    assert!(output.contains(r#""disposition":"ignored","reason":"duplicate","answer":"none""#), "{output}");
    let second = String::from_utf8(mail("其余占线\n")).unwrap().replace("a1@", "a2@");
    let (_, output, _) = run(&["--assignment", &assignment, "--after", &earlier], second.as_bytes());
    assert!(output.contains(r#""disposition":"accepted""#) && output.contains(r#""open":[]"#), "{output}");
    let (_, output, _) = run(&["--assignment", &assignment, "--now", "2026-03-26T00:00:00+08:00"], &first);
    assert!(output.contains(r#""reason":"closed""#), "{output}");
    let unserved = String::from_utf8(first).unwrap().replace("Received", "X-Received");
    let (_, output, _) = run(&["--assignment", &assignment], unserved.as_bytes());
    assert!(output.contains(r#""reason":"ok""#), "{output}");
}

#[test]
fn without_an_authserv_id_a_sender_is_only_flagged() {
    let dir = tempfile::tempdir().unwrap();
    let json = assignment_json().replace("\"trusted_authserv_id\"", "\"other\"");
    let assignment = put(dir.path(), "A.json", json.as_bytes());
    let unproven = String::from_utf8(mail("C1 busy")).unwrap().replace("dmarc=pass", "dmarc=fail");
    let (_, output, _) = run(&["--assignment", &assignment], unproven.as_bytes());
    assert!(output.contains(r#""reason":"ok""#), "{output}");
}

#[test]
fn what_cannot_be_read_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let broken = put(dir.path(), "A.json", b"{\"assignment\": 1}");
    let (exit, output, errors) = run(&["--assignment", &broken], b"");
    assert_eq!((exit, output.as_str()), (Exit::NotDone, ""));
    assert!(errors.contains("A.json") && errors.contains("line 1"), "{errors}");
    let (exit, _, errors) = run(&["--assignment", "/nowhere/A.json"], b"");
    assert!(exit == Exit::NotDone && errors.contains("/nowhere/A.json"));
    let good = put(dir.path(), "B.json", assignment_json().as_bytes());
    let (exit, _, errors) = run(&["--assignment", &good, "--now", "noon"], b"");
    assert!(exit == Exit::NotDone && errors.contains("--now"), "{errors}");
    let (exit, output, _) = run(&["--assignment", &good], b"");
    assert!(exit == Exit::Done && output.contains("no_key"), "{output}");
    let too_large = vec![b'x'; 20 * 1024 * 1024 + 1];
    let (exit, output, _) = run(&["--assignment", &good], &too_large);
    assert!(exit == Exit::Done && output.contains(r#""disposition":"rejected","reason":"no_text""#), "{output}");
}

#[test]
fn words_of_an_office() {
    let dir = tempfile::tempdir().unwrap();
    let assignment = put(dir.path(), "A.json", assignment_json().as_bytes());
    let own =
        put(dir.path(), "own.toml", "[no_answer]\nzh = [\"摇不通\"]\n[present]\nen = [\"in place\"]\n".as_bytes());
    let said = mail("C1 摇不通\nV2 in place\nC2 busy");
    let (_, without, _) = run(&["--assignment", &assignment], &said);
    assert!(without.contains("unknown_outcome") && !without.contains("no_answer"), "{without}");
    let (_, with, _) = run(&["--assignment", &assignment, "--words", &own], &said);
    assert!(with.contains("no_answer") && with.contains(r#""problems":[]"#) && with.contains("busy"), "{with}");
    let twice = put(dir.path(), "twice.toml", "# ours\n\n[busy]\nzh = [\"忙\",\n  \"摇不通\"]\n".as_bytes());
    let (exit, _, errors) = run(&["--assignment", &assignment, "--words", &own, "--words", &twice], &said);
    assert_eq!(exit, Exit::NotDone);
    for part in ["twice.toml", "row 5", "摇不通", "no_answer", "busy"] {
        assert!(errors.contains(part), "{part}: {errors}");
    }
}
