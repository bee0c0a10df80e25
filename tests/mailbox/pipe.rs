//! `spotcheck receive`, as mail programs call it.

use super::common::{mail, released, stored};
use super::house::{House, Setting};
use super::post::{Reply, reply};
use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Stdio};

/// What a mail program is told.
fn receive(house: &House, arguments: &[&OsStr], input: &[u8]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    command.arg("receive").args(arguments).arg("--config").arg(house.path("spotcheck.toml")).args(["--lang", "en"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that fails at once does not read.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn a_pipe_answers_as_mail_programs_expect() {
    let house = House::new(Setting::default()).await;
    let file = |number: usize| {
        let path = house.path(&format!("{number}.eml"));
        std::fs::write(&path, mail(number)).unwrap();
        path
    };
    let (one, two, missing) = (file(1), file(2), house.path("3.eml"));
    assert_eq!(receive(&house, &[], &mail(0)).0, Some(0));
    let (code, said) = receive(&house, &[one.as_ref(), two.as_ref(), one.as_ref()], b"");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("stored: 2, known before: 1"), "{said}");
    let (code, said) = receive(&house, &[missing.as_ref(), two.as_ref()], b"");
    assert_eq!(code, Some(66), "{said}");
    assert!(said.contains("3.eml") && said.contains("known before: 1"), "the other is taken: {said}");
    assert_eq!(receive(&house, &[], b"").0, Some(65));
    assert_eq!(stored(&house).await, 3);
    // No database, no configuration: the mail program keeps the mail and tries again.
    house.ctx.store.close().await;
    std::fs::rename(house.path("spotcheck.db"), house.path("away.db")).unwrap();
    std::fs::create_dir(house.path("spotcheck.db")).unwrap();
    assert_eq!(receive(&house, &[], &mail(5)).0, Some(75));
    std::fs::remove_file(house.path("spotcheck.toml")).unwrap();
    assert_eq!(receive(&house, &[], &mail(5)).0, Some(75));
}

#[tokio::test]
async fn who_submitted_with_a_password_needs_no_other_proof() {
    let house = House::new(Setting::default()).await;
    let letter = released(&house).await;
    house.simulated().await;
    let unproven = Reply { proof: "none", ..reply(&letter, "a", "V1.1 absent") };
    let file = house.path("reply.eml");
    std::fs::write(&file, unproven.bytes()).unwrap();
    let now = super::house::time("2026-03-03 10:30").to_string();
    let arguments: Vec<&OsStr> = vec!["--authenticated".as_ref(), file.as_ref(), "--now".as_ref(), now.as_ref()];
    let (code, said) = receive(&house, &arguments, b"");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(house.recorded(&letter.assignment()).await, ["V1.1 absent"]);
}
