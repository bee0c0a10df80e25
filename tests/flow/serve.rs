//! The daemon as a process: it starts on a fresh installation, leads alone, and stops when it is told to.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

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

/// A daemon and its log.
struct Serving {
    child: Child,
    log: BufReader<ChildStderr>,
}

impl Serving {
    fn start(config: &Path) -> Serving {
        let mut child = spotcheck("serve", config).stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        Serving { child, log }
    }

    /// Reads the log until it says so; the daemon must not end before.
    fn says(&mut self, wanted: &str) {
        let mut seen = String::new();
        loop {
            let length = seen.len();
            assert!(self.log.read_line(&mut seen).unwrap() > 0, "it ended without “{wanted}”:\n{seen}");
            if seen[length..].contains(wanted) {
                return;
            }
        }
    }

    /// Asks it to stop, as a service manager does, and returns its exit code.
    fn stop(mut self) -> Option<i32> {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.says("stopped");
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_leads_alone_hands_over_and_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let config = fresh(folder.path());
    let mut first = Serving::start(&config);
    first.says("leading");
    let mut second = Serving::start(&config);
    second.says("standing by");
    let tick = spotcheck("tick", &config).output().unwrap();
    assert_eq!(tick.status.code(), Some(1), "a tick beside a daemon does nothing");
    assert_eq!(first.stop(), Some(0));
    second.says("leading");
    assert_eq!(second.stop(), Some(0));
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
