//! What careless and hostile people do to the program, seen from outside: it refuses in clear words,
//! loses nothing, and goes on.

#![cfg(test)]

mod files;
mod imports;
mod machine;
mod named;

use spotcheck::store::Store;
use spotcheck::work::context::SIMULATED;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A county that `init` has just made.
struct County {
    folder: tempfile::TempDir,
}

/// How a command ended, and all that it said.
struct Ended {
    code: Option<i32>,
    text: String,
}

impl County {
    fn new() -> County {
        let county = County { folder: tempfile::tempdir().unwrap() };
        let ended = county.init();
        assert_eq!(ended.code, Some(0), "{}", ended.text);
        county
    }

    fn init(&self) -> Ended {
        let answers = ["county=云岭县", "office=yunling", "desk=desk@yunling.example", "head=head@yunling.example"];
        self.run(["init"].into_iter().chain(answers.into_iter().flat_map(|answer| ["--answer", answer])))
    }

    /// Makes it a simulation, so that a command may be told which day it is.
    async fn on_a_workday(self) -> County {
        let store = Store::open(&format!("sqlite:{}", self.path("spotcheck.db").display())).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        tx.put_setting(SIMULATED, "1").await.unwrap();
        tx.commit().await.unwrap();
        store.close().await;
        self
    }

    fn tick(&self) -> Ended {
        self.run(["tick", "--now", "2026-03-05T07:00:00+08:00"])
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn command<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = spotcheck();
        command.args(arguments).arg("--config").arg(self.path("spotcheck.toml")).current_dir(self.folder.path());
        command
    }

    fn run<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Ended {
        ended(self.command(arguments).output().unwrap())
    }

    fn import(&self, kind: &str, content: &str, options: &[&str]) -> Ended {
        let file = self.write(&format!("{kind}.csv"), content);
        self.run(["import", kind, file.to_str().unwrap()].into_iter().chain(options.iter().copied()))
    }
}

fn spotcheck() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    command.env("SPOTCHECK_LANGUAGE", "en").stdin(Stdio::null());
    command
}

fn ended(output: Output) -> Ended {
    let text = [output.stdout, output.stderr].concat();
    Ended { code: output.status.code(), text: String::from_utf8(text).unwrap() }
}

/// Runs a command with something on its standard input.
fn fed(mut command: Command, input: &[u8]) -> Ended {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    ended(child.wait_with_output().unwrap())
}

fn mode_of(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
