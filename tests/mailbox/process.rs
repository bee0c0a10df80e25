//! The daemon as a process of its own, at a simulated time.

use super::house::{House, time};
use std::process::{Child, Command, Stdio};

fn spotcheck(house: &House, what: &str, moment: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    command.arg(what).arg("--config").arg(house.path("spotcheck.toml"));
    command.arg("--now").arg(time(moment).to_string()).env("SPOTCHECK_LOG", "info").stdin(Stdio::null());
    command
}

/// Everything that is due, once; nothing may fail.
pub fn tick(house: &House, moment: &str) {
    let done = spotcheck(house, "tick", moment).output().unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
}

/// The same with everything in its log that there can be; the log.
pub fn tick_and_tell_all(house: &House, moment: &str) -> String {
    let done = spotcheck(house, "tick", moment).env("SPOTCHECK_LOG", "trace").output().unwrap();
    String::from_utf8([done.stdout, done.stderr].concat()).unwrap()
}

pub struct Serving(Child);

impl Serving {
    pub fn start(house: &House, moment: &str) -> Serving {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(house.path("serve.log")).unwrap();
        Serving(spotcheck(house, "serve", moment).stdout(Stdio::null()).stderr(log).spawn().unwrap())
    }

    /// Whether the log says so by now.
    pub fn says(house: &House, words: &str) -> bool {
        std::fs::read_to_string(house.path("serve.log")).unwrap().contains(words)
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        assert!(self.0.try_wait().unwrap().is_none(), "it ended before");
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
