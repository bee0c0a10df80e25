//! The built program as a process of its own, in the folder of a house and at a simulated time.

use super::house::{House, time};
use std::process::{Child, Command, Output, Stdio};

fn tick(house: &House, moment: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    command.arg("tick").arg("--config").arg(house.path("spotcheck.toml"));
    command.arg("--now").arg(time(moment).to_string()).args(["--lang", "en"]);
    command.env("SPOTCHECK_LOG", "warn").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What a process did and said.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub said: String,
    /// Warnings and log.
    pub beside: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Ended {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { code: output.status.code(), said: text(output.stdout), beside: text(output.stderr) }
    }
}

impl Ended {
    pub fn drew(&self, windows: usize) -> bool {
        let said = match windows {
            0 => !self.said.contains("windows drawn"),
            _ => self.said.contains(&format!("windows drawn: {windows}")),
        };
        self.code == Some(0) && said
    }

    pub fn stood_by(&self) -> bool {
        self.code == Some(1) && self.said.contains("another daemon leads")
    }
}

/// Does what is due, and ends.
pub fn at(house: &House, moment: &str) -> Ended {
    tick(house, moment).output().unwrap().into()
}

/// The same, with everything in its log that there can be.
pub fn told_all_at(house: &House, moment: &str) -> Ended {
    tick(house, moment).env("SPOTCHECK_LOG", "trace").output().unwrap().into()
}

/// A process that goes on while the test does something else; it does not outlive it.
pub struct Running(Option<Child>);

impl Running {
    pub fn start(house: &House, moment: &str) -> Running {
        Running(Some(tick(house, moment).spawn().unwrap()))
    }

    /// Waits for its end.
    pub fn ended(mut self) -> Ended {
        self.0.take().unwrap().wait_with_output().unwrap().into()
    }

    /// `kill -9`.
    pub fn kill(mut self) -> Ended {
        let mut child = self.0.take().unwrap();
        assert!(child.try_wait().unwrap().is_none(), "it ended before");
        child.kill().unwrap();
        child.wait_with_output().unwrap().into()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
