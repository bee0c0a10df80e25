//! A day of the demo's county as a process that may be killed, with mail servers that are not.

use super::mailbox::Mailbox;
use super::sink::{Answer, Sink};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use tempfile::TempDir;

/// One workday, and what follows from it until every assignment is closed and the month's papers are there.
const DAY: [&str; 14] = [
    "demo",
    "--teams",
    "20",
    "--days",
    "1",
    "--start",
    "2026-03-31",
    "--cadence",
    "daily",
    "--step",
    "180",
    "--seed",
    "3",
    "--json",
];

/// What is tested; `SPOTCHECK_PROGRAM` names another build of it, such as a fast one with debug assertions.
pub fn program() -> String {
    std::env::var("SPOTCHECK_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_spotcheck").to_owned())
}

pub struct Rig {
    pub folder: TempDir,
    pub sink: Sink,
    pub mailbox: Mailbox,
    pub database: Option<String>,
}

impl Rig {
    pub fn new() -> Rig {
        Rig::with(None, |_| Answer::Takes)
    }

    pub fn with(database: Option<String>, mood: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Rig {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("password"), "t\n").unwrap();
        let day = folder.path().join("day");
        let (sink, mailbox) = (Sink::start(&day.join("letters"), mood), Mailbox::start(&day.join("mailbox")));
        Rig { folder, sink, mailbox, database }
    }

    pub fn day(&self) -> PathBuf {
        self.folder.path().join("day")
    }

    pub fn url(&self) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite:{}", self.day().join("spotcheck.db").display()))
    }

    /// The program, in this place.
    pub fn command(&self) -> Command {
        let mut command = Command::new(program());
        command.args(DAY).arg("--dir").arg(self.day()).args(["--lang", "en"]);
        if let Some(url) = &self.database {
            command.args(["--database", url]);
        }
        let mut set = |name: &str, value: String| {
            command.env(format!("SPOTCHECK__{name}"), value);
        };
        set("MAIL__TRANSPORT", "smtp".into());
        set("MAIL__SMTP__HOST", "127.0.0.1".into());
        set("MAIL__SMTP__PORT", self.sink.port.to_string());
        set("MAIL__SMTP__SECURITY", "none".into());
        // Some of everything for so few teams, and a quick end.
        set("PROGRAMME__STATIONED__LO", "0.15".into());
        set("PROGRAMME__STATIONED__HI", "0.3".into());
        set("PROGRAMME__STATIONED__P_CALL", "0.15".into());
        set("OFFICE__YUNLING__CLOSE_DAYS", "2".into());
        set("INTAKE__MAILDIR", self.folder.path().join("spare").display().to_string());
        set("INTAKE__IMAP__HOST", "localhost".into());
        set("INTAKE__IMAP__PORT", self.mailbox.port.to_string());
        set("INTAKE__IMAP__SECURITY", "none".into());
        set("INTAKE__IMAP__USER", "desk".into());
        set("INTAKE__IMAP__PASSWORD_FILE", self.folder.path().join("password").display().to_string());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Plays until it ends, or until right after its n-th durable step.
    pub fn until(&self, step: u64) -> ExitStatus {
        self.command().env("SPOTCHECK_FAULT_AT", step.to_string()).output().unwrap().status
    }

    pub fn spawn(&self) -> Child {
        self.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Whether the day says of itself that it is over.
    pub fn is_finished(&self) -> bool {
        let run = std::fs::read(self.day().join("demo.json")).unwrap_or_default();
        serde_json::from_slice::<serde_json::Value>(&run).is_ok_and(|run| run["finished"] == true)
    }

    /// Plays to the end, whatever was played before.
    pub fn to_the_end(&self) -> Output {
        let done = self.command().output().unwrap();
        assert!(done.status.success(), "{:?}: {}", done.status, String::from_utf8_lossy(&done.stderr));
        done
    }

    /// Plays to the end and returns the durable steps on the way, in order.
    pub fn traced(&self) -> Vec<String> {
        let trace = self.folder.path().join("steps");
        let done = self.command().env("SPOTCHECK_FAULT_TRACE", &trace).output().unwrap();
        assert!(done.status.success(), "{:?}: {}", done.status, String::from_utf8_lossy(&done.stderr));
        std::fs::read_to_string(trace).unwrap().lines().map(str::to_owned).collect()
    }
}
