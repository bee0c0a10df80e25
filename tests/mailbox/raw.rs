//! A person's own mail program, as far as tests need one: a line out, lines back.

use super::dovecot::PASSWORD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

pub struct Raw {
    stream: BufReader<TcpStream>,
}

impl Raw {
    /// Logs in; `None` where nobody answers yet.
    pub async fn try_login(port: u16, user: &str) -> Option<Raw> {
        let mut raw = Raw { stream: BufReader::new(TcpStream::connect(("127.0.0.1", port)).await.ok()?) };
        let mut greeting = String::new();
        raw.stream.read_line(&mut greeting).await.ok()?;
        if !greeting.starts_with("* OK") {
            return None;
        }
        raw.say(&format!("LOGIN {user} {PASSWORD}")).await.map(|_| raw)
    }

    pub async fn login(port: u16, user: &str) -> Raw {
        Raw::try_login(port, user).await.unwrap()
    }

    /// Gives a command; what was answered, or `None` where it was refused or the server is gone.
    async fn say(&mut self, command: &str) -> Option<String> {
        self.stream.write_all(format!("t {command}\r\n").as_bytes()).await.ok()?;
        let mut answer = String::new();
        loop {
            let at = answer.len();
            if self.stream.read_line(&mut answer).await.ok()? == 0 {
                return None;
            }
            if answer[at..].starts_with("t ") {
                return answer[at..].starts_with("t OK").then_some(answer);
            }
        }
    }

    pub async fn does(&mut self, command: &str) -> String {
        self.say(command).await.unwrap_or_else(|| panic!("refused: {command}"))
    }
}
