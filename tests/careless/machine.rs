//! Pipes that close, terminals, mail servers that hang.

use super::{County, ended, spotcheck};
use spotcheck::model::{OfficeId, Timestamp};
use spotcheck::store::{NewLetter, Packed, Store};
use std::io::Read;
use std::net::TcpListener;
use std::process::{Command, Stdio};

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    for arguments in [&["completions", "bash"][..], &["completions", "fish"], &["man"]] {
        let mut child = spotcheck().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut complaint = String::new();
        child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
        assert_eq!((child.wait().unwrap().code(), complaint.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

/// As Debian is before `ca-certificates` is installed.
#[tokio::test]
async fn a_machine_that_trusts_no_authority_works_until_it_has_to() {
    let county = County::new().on_a_workday().await;
    let run = |arguments: &[&str]| {
        let mut command = county.command(arguments.iter().copied());
        ended(command.env("SSL_CERT_FILE", "/nowhere").env("SSL_CERT_DIR", "/nowhere").output().unwrap())
    };
    let ticked = run(&["tick", "--now", "2026-03-05T07:00:00+08:00"]);
    assert_eq!(ticked.code, Some(0), "{}", ticked.text);
    let known = std::fs::read_to_string(county.path("spotcheck.toml")).unwrap();
    let known = known.replace("transport = \"folder\"", "transport = \"smtp\"");
    county.write("spotcheck.toml", format!("{known}\n[mail.smtp]\nhost = \"mail.yunling.example\"\n"));
    let checked = run(&["check"]);
    assert_eq!(checked.code, Some(2), "{}", checked.text);
    assert!(checked.text.contains("install the package ca-certificates"), "{}", checked.text);
}

#[test]
fn a_state_that_is_none_is_not_an_empty_list() {
    let county = County::new();
    for list in ["inbox", "outbox"] {
        let ended = county.run([list, "list", "--state", "quarantined"]);
        assert_eq!(ended.code, Some(2), "{list}: {}", ended.text);
        assert!(ended.text.contains("possible values"), "{}", ended.text);
    }
}

#[test]
fn texts_from_outside_do_not_steer_the_terminal() {
    let county = County { folder: tempfile::tempdir().unwrap() };
    county.write("spotcheck.toml", "[mail]\nfrom = \"a\\u001b[2J@b\\u0007\"\n");
    let ended = county.run(["check"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.text.contains("mail.from") && !ended.text.contains(['\u{1b}', '\u{7}']), "{:?}", ended.text);
}

async fn queue_a_letter(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let letter = NewLetter {
        message_id: "<1@yunling.example>".into(),
        kind: "digest".into(),
        office: OfficeId::parse("yunling").unwrap(),
        assignment: None,
        inspector: None,
        sender: "desk@yunling.example".into(),
        recipients: vec!["head@yunling.example".into()],
        bytes: Packed::new(b"Subject: x\r\n\r\nx\r\n").unwrap(),
        priority: 9,
        created: Timestamp(1000),
    };
    assert_eq!(tx.queue_letters(&[letter]).await.unwrap(), 1);
    tx.commit().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_mail_server_that_hangs_does_not_keep_the_daemon_from_stopping() {
    let county = County::new();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let config = std::fs::read_to_string(county.path("spotcheck.toml")).unwrap();
    let smtp = format!("[mail.smtp]\nhost = \"127.0.0.1\"\nsecurity = \"none\"\nport = {port}\n[intake]");
    let config = config.replace("transport = \"folder\"", "transport = \"smtp\"").replace("[intake]", &smtp);
    county.write("spotcheck.toml", config);
    let url = format!("sqlite:{}", county.path("spotcheck.db").display());
    queue_a_letter(&Store::open(&url).await.unwrap()).await;

    let mut daemon = county.command(["serve"]);
    let daemon = daemon.env("SPOTCHECK_LOG", "info").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // The daemon is in the middle of its turn now, and nobody will ever greet it.
    let _connection = silent.accept().unwrap();
    let pid = daemon.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let ended = super::ended(daemon.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(0), "{}", ended.text);
    assert!(ended.text.contains("broken off") && ended.text.contains("stopped"), "{}", ended.text);
    let letters = county.run(["outbox", "list", "--state", "queued"]).text;
    assert!(letters.contains("digest"), "the letter waits for the next start: {letters}");
}
