//! A house with a mailbox on a mail server, and mails for it.

use super::dovecot::PASSWORD;
use super::house::{EVE, House, Setting};
use super::post::{self, Read};
use spotcheck::mail::imap::Patience;
use spotcheck::work::mailbox;
use std::future::Future;
use std::io::Write;
use std::time::Duration;

/// Adds a mailbox to the configuration: `port` on this machine, and more lines.
pub async fn with_mailbox(house: House, port: u16, lines: &str) -> House {
    let lines = lines.to_owned();
    house
        .changed(move |folder| {
            std::fs::write(folder.join("secret"), format!("{PASSWORD}\n")).unwrap();
            let mut config = std::fs::OpenOptions::new().append(true).open(folder.join("spotcheck.toml")).unwrap();
            write!(
                config,
                "[intake.imap]\nhost = \"localhost\"\nport = {port}\nuser = \"desk\"\npassword_file = \"secret\"\n{lines}\n"
            )
            .unwrap();
        })
        .await
}

/// The same without TLS, as scripted servers and proxies have it.
pub async fn with_plain_mailbox(port: u16, lines: &str) -> House {
    with_mailbox(House::new(Setting::default()).await, port, &format!("security = \"none\"\n{lines}")).await
}

/// Servers get this long in tests of servers that hang.
pub fn short() -> Patience {
    Patience { step: Duration::from_secs(2), idle: Duration::from_millis(500) }
}

/// A mail that answers nothing: it ends in quarantine, once.
pub fn mail(number: usize) -> Vec<u8> {
    format!(
        "From: someone@field.example\r\nTo: desk@yunling.example\r\nSubject: {number}\r\n\
         Message-ID: <{number}@field.example>\r\n\r\nMail number {number}\r\n"
    )
    .into_bytes()
}

/// How many mails are stored, whatever became of them.
pub async fn stored(house: &House) -> i64 {
    let counts = house.ctx.store.read().await.unwrap().inbox_counts().await.unwrap();
    counts.iter().map(|(_, _, n)| n).sum()
}

/// One look through the one mailbox: what came in, or what a person is told, in both languages.
pub async fn look(house: &House) -> Result<(usize, usize, usize), (String, String)> {
    let (_, done) = mailbox::collect(&house.ctx).await.into_iter().next().unwrap();
    match done {
        Ok(taken) => Ok((taken.new, taken.known, taken.left)),
        Err(failure) => {
            let said = failure.trouble().said;
            Err((said.en, said.zh))
        }
    }
}

/// Waits until something is so.
pub async fn until<F: Future<Output = bool>>(what: &str, so: impl Fn() -> F) {
    for _ in 0..1200 {
        if so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came to this: {what}");
}

/// The letter of the first morning, and the house after it.
pub async fn released(house: &House) -> Read {
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    house.letter("assignment").await
}

/// A reply from the inspector that says this.
pub fn answer(letter: &Read, name: &str, body: &str) -> Vec<u8> {
    post::reply(letter, name, body).bytes()
}
