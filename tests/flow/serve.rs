//! The daemon as a process: it starts on a fresh installation, leads alone, and stops when it is told to.

use super::serving::Serving;
use std::path::Path;
use std::process::{Command, Stdio};

fn spotcheck(what: &str, config: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    command.arg(what).arg("--config").arg(config).env_remove("SPOTCHECK_LOG").stdin(Stdio::null());
    command
}

/// An installation as `init` leaves it, without any register.
fn fresh(folder: &Path) -> std::path::PathBuf {
    let config = folder.join("spotcheck.toml");
    let mut init = spotcheck("init", &config);
    for answer in [
        "county=Yunling County",
        "office=yunling",
        "language=en",
        "desk=desk@yunling.example",
        "head=head@yunling.example",
        "authserv-id=mx.yunling.example",
    ] {
        init.args(["--answer", answer]);
    }
    let done = init.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    config
}

#[test]
fn it_leads_alone_hands_over_and_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let config = fresh(folder.path());
    let mut first = Serving::start(spotcheck("serve", &config));
    first.says("leading");
    let mut second = Serving::start(spotcheck("serve", &config));
    second.says("standing by");
    let tick = spotcheck("tick", &config).output().unwrap();
    assert_eq!(tick.status.code(), Some(1), "a tick beside a daemon does nothing");
    assert_eq!(first.stop().0, Some(0));
    second.says("leading");
    assert_eq!(second.stop().0, Some(0));
}

#[test]
fn a_second_init_and_a_missing_configuration_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let config = fresh(folder.path());
    let before = std::fs::read(&config).unwrap();
    assert_eq!(spotcheck("init", &config).output().unwrap().status.code(), Some(2));
    assert_eq!(std::fs::read(&config).unwrap(), before);
    let nowhere = spotcheck("serve", &folder.path().join("none.toml")).output().unwrap();
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("spotcheck init"));
}
