//! The demo's county, played by the program itself and served on this machine until the test ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

pub struct County {
    program: Child,
    /// `http://127.0.0.1:8080`
    pub address: String,
    /// Where the head sets a first password, once.
    pub first: String,
    pub folder: TempDir,
}

impl County {
    /// Some days of a small county; panics with what the program said where it never serves.
    pub fn play() -> County {
        let folder = tempfile::tempdir().unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
            .args(["--lang", "en", "demo", "--days", "12", "--seed", "7", "--dir"])
            .arg(folder.path().join("county"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = Vec::new();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let first = loop {
            let line = lines.next().unwrap_or_else(|| panic!("the demo ended:\n{}", said.join("\n"))).unwrap();
            if line.contains("/first/") {
                break line.trim().to_owned();
            }
            said.push(line);
        };
        std::thread::spawn(move || lines.for_each(drop));
        let address = first.split("/first/").next().unwrap().to_owned();
        County { program, address, first, folder }
    }
}

impl Drop for County {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
