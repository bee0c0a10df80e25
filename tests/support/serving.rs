//! The built program as a daemon, and what it says.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Whatever is not said by then is never said.
const PATIENCE: Duration = Duration::from_secs(60);

/// Stopped with the test, whatever becomes of it.
pub struct Serving {
    child: Child,
    log: Receiver<String>,
    seen: String,
}

impl Serving {
    pub fn start(mut command: Command) -> Serving {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (send, log) = channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| send.send(line)));
        Serving { child, log, seen: String::new() }
    }

    /// Reads the log until it says so; it must neither end nor be silent before.
    pub fn says(&mut self, wanted: &str) {
        loop {
            let next = self.log.recv_timeout(PATIENCE);
            let line = next.unwrap_or_else(|why| panic!("“{wanted}” was never said ({why}):\n{}", self.seen));
            self.seen.push_str(&line);
            self.seen.push('\n');
            if line.contains(wanted) {
                return;
            }
        }
    }

    /// Asks it to stop, as a service manager does, and returns its exit code and everything that it said.
    pub fn stop(mut self) -> (Option<i32>, String) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.says("stopped");
        (self.child.wait().unwrap().code(), std::mem::take(&mut self.seen))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
