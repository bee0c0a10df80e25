//! A mail server, and a bounded set of kept connections to it.
//!
//! Letters are handed over one by one and travel side by side. A connection is put back only after a
//! clean exchange: whoever fails midway, or is dropped there, leaves none behind.

mod connection;
mod failure;
mod socket;
mod tls;

pub use tls::{trusting, why_unencrypted};

use super::transport::{Envelope, Parcel, Reason, Sent, Stage};
use crate::clock::Stopwatch;
use crate::letter::{Address, Host};
use crate::model::Said;
use crate::said;
use connection::{Connection, Ended, Offered};
use failure::{Failure, all_or_retry};
use rustls::ClientConfig;
use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// A connection that lay aside so long is closed: servers close theirs after some minutes.
const IDLE: i64 = 30_000;

#[derive(Debug, Clone)]
pub enum Tls {
    /// From the first byte, usually port 465.
    Implicit(Arc<ClientConfig>),
    /// After STARTTLS, which the server must offer; usually port 587.
    StartTls(Arc<ClientConfig>),
    /// Only to this machine itself.
    None,
}

/// AUTH PLAIN or LOGIN. The password is the content of a secret; `Debug` does not show it.
#[derive(Clone)]
pub struct Login {
    pub user: String,
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

#[derive(Debug, Clone)]
pub struct SmtpSettings {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    pub login: Option<Login>,
    /// How we name ourselves in EHLO.
    pub hello: Host,
    /// For connecting and for each command.
    pub patience: Duration,
    /// For the answer to the final dot: servers scan mail before they answer (RFC 5321: 10 minutes).
    pub final_patience: Duration,
    /// How many connections at most.
    pub connections: usize,
    /// A connection that carried so many letters is replaced: servers limit it.
    pub letters_a_connection: u32,
}

/// Boxed, as each goes from hand to hand with every letter, and is large.
type Kept = Vec<Box<Connection>>;

pub struct SmtpTransport {
    settings: SmtpSettings,
    places: Semaphore,
    kept: Mutex<Kept>,
    /// The server lost an envelope that came right behind a content: none goes ahead any more.
    one_by_one: AtomicBool,
}

/// A letter's envelope that went out behind the content of the one before it; the answers to it are still
/// to be read. Dropping it hangs up, which takes it back.
pub struct Ahead {
    connection: Box<Connection>,
    stages: Vec<Stage>,
}

impl fmt::Debug for SmtpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpTransport").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl SmtpTransport {
    /// `Err` where mail would leave this machine in clear text.
    pub fn new(settings: SmtpSettings) -> Result<SmtpTransport, Said> {
        let local = settings.host == "localhost" || settings.host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        if matches!(settings.tls, Tls::None) && !local {
            return Err(said!(
                "mail to another machine must be encrypted: set security to \"starttls\" or \"implicit\"",
                "发往其他机器的邮件必须加密：请将security设为\"starttls\"或\"implicit\""
            ));
        }
        let places = Semaphore::new(settings.connections);
        Ok(SmtpTransport { settings, places, kept: Mutex::default(), one_by_one: AtomicBool::new(false) })
    }

    /// Makes sure that a connection is there, before any letter is taken in hand.
    pub async fn reach(&self) -> Result<(), Reason> {
        if self.take().await.map(|connection| self.keep(connection)).is_none() {
            let connection = Connection::open(&self.settings).await.map_err(|failure| failure.reason)?;
            self.keep(connection);
        }
        Ok(())
    }

    /// One letter. `ahead`: its envelope, where that went out before. `next` is asked for the envelope of the
    /// letter that follows on the same connection: where the server takes that (RFC 2920, 3.1) it goes out
    /// together with this letter's content, and comes back to be handed over with its own letter.
    pub async fn send<E>(
        &self,
        parcel: Parcel<'_>,
        ahead: Option<Ahead>,
        next: impl FnOnce() -> Option<Envelope>,
        before_final_dot: impl AsyncFnOnce() -> Result<(), E>,
    ) -> Result<(Sent, Option<Ahead>), E> {
        let Some(flight) = flight(parcel.bytes) else {
            let reason = Reason { stage: Stage::Data, detail: "not in the form of mail".to_owned() };
            return Ok((all_or_retry(parcel.envelope, Failure { reason, permanent: true, broken: false }), None));
        };
        let _place = self.places.acquire().await;
        let (mut connection, refused) = match self.offer(parcel, ahead).await {
            Ok((connection, Offered::Wanted(refused))) => (connection, refused),
            Ok((connection, Offered::Unwanted(refused))) => {
                self.keep_reset(connection).await;
                return Ok((Sent::Refused(refused), None));
            }
            Err(sent) => return Ok((sent, None)),
        };
        before_final_dot().await?;
        let goes_on = connection.letters < self.settings.letters_a_connection;
        let next = if goes_on && !self.one_by_one.load(Ordering::Relaxed) { next() } else { None };
        let (ended, stages) = connection.content(flight, next.as_ref()).await;
        let (sent, broken) = match ended {
            Ended::Taken => (Sent::Acked { refused }, false),
            Ended::Unknown(failure) => (Sent::Ambiguous(failure.reason), true),
            Ended::Failed(failure) => {
                let broken = failure.broken;
                (all_or_retry(parcel.envelope, failure), broken)
            }
        };
        if broken {
            return Ok((sent, None));
        }
        if !stages.is_empty() {
            return Ok((sent, Some(Ahead { connection, stages })));
        }
        self.put_back(connection).await;
        Ok((sent, None))
    }

    /// QUIT on all that are kept.
    pub async fn finish(&self) {
        let kept = std::mem::take(&mut *self.kept());
        for connection in kept {
            connection.quit().await;
        }
    }

    /// The envelope on a kept connection, or on a new one where that has gone stale.
    async fn offer(&self, parcel: Parcel<'_>, ahead: Option<Ahead>) -> Result<(Box<Connection>, Offered), Sent> {
        if let Some(Ahead { mut connection, stages }) = ahead {
            match connection.hear(parcel.envelope, &stages).await {
                Ok(offered) => return Ok((connection, offered)),
                // A server may throw away what comes behind a content, or a part of it, whatever it promises:
                // a sender that it did not take is named once more, and nothing goes ahead from now on.
                Err(failure) if failure.reason.stage == Stage::Sender => {
                    let closing = failure.reason.detail.starts_with("421");
                    self.one_by_one.fetch_or(!closing, Ordering::Relaxed);
                    if !failure.broken {
                        self.keep_reset(connection).await;
                    }
                }
                Err(failure) => return Err(self.not_offered(parcel, connection, failure).await),
            }
        }
        if let Some(mut connection) = self.take().await {
            match connection.offer(parcel.envelope).await {
                Ok(offered) => return Ok((connection, offered)),
                Err(failure) if failure.broken && failure.reason.stage == Stage::Sender => {}
                Err(failure) => return Err(self.not_offered(parcel, connection, failure).await),
            }
        }
        let mut connection =
            Connection::open(&self.settings).await.map_err(|failure| Sent::Unreached(failure.reason))?;
        match connection.offer(parcel.envelope).await {
            Ok(offered) => Ok((connection, offered)),
            Err(failure) => Err(self.not_offered(parcel, connection, failure).await),
        }
    }

    async fn not_offered(&self, parcel: Parcel<'_>, connection: Box<Connection>, failure: Failure) -> Sent {
        if !failure.broken {
            self.keep_reset(connection).await;
        }
        all_or_retry(parcel.envelope, failure)
    }

    /// A kept connection, if there is one. Those that lay aside too long are closed.
    async fn take(&self) -> Option<Box<Connection>> {
        let stale: Kept = self.kept().extract_if(.., |one| one.idle.milliseconds() > IDLE).collect();
        for connection in stale {
            connection.quit().await;
        }
        self.kept().pop()
    }

    fn keep(&self, mut connection: Box<Connection>) {
        connection.idle = Stopwatch::start();
        self.kept().push(connection);
    }

    async fn keep_reset(&self, mut connection: Box<Connection>) {
        if connection.reset().await {
            self.put_back(connection).await;
        }
    }

    async fn put_back(&self, connection: Box<Connection>) {
        if connection.letters >= self.settings.letters_a_connection {
            connection.quit().await;
        } else {
            self.keep(connection);
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        // Nothing is ever half done under this lock.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The content as it travels: dots at the beginning of lines doubled (RFC 5321, 4.5.2), the final dot
/// behind it. None where it is not ASCII with CRLF at the end of every line: servers disagree about the
/// rest, and a line end that only one of them sees can smuggle a second mail.
fn flight(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii())?;
    let mut flight = String::with_capacity(text.len() + text.len() / 64 + 5);
    let mut lines = text.strip_suffix("\r\n").unwrap_or(text).split('\n').peekable();
    while let Some(line) = lines.next() {
        let line = if lines.peek().is_some() { line.strip_suffix('\r')? } else { line };
        if line.contains('\r') {
            return None;
        }
        if line.starts_with('.') {
            flight.push('.');
        }
        flight.push_str(line);
        flight.push_str("\r\n");
    }
    flight.push_str(".\r\n");
    Some(flight)
}

fn library_address(address: &Address) -> Result<lettre::Address, Failure> {
    lettre::Address::new(address.local(), address.host().as_str()).map_err(|_| Failure {
        reason: Reason { stage: Stage::Recipient, detail: "address not accepted".to_owned() },
        permanent: true,
        broken: false,
    })
}

#[cfg(test)]
mod tests {
    use super::flight;

    #[test]
    fn dots_are_doubled_and_bare_line_ends_refused() {
        assert_eq!(flight(b"a\r\n.\r\n..b\r\n").as_deref(), Some("a\r\n..\r\n...b\r\n.\r\n"));
        assert_eq!(flight(b"a").as_deref(), Some("a\r\n.\r\n"));
        for smuggled in
            ["a\n", "\n", "a\r", "\r\n\r", "a\n.\r\nMAIL FROM:<x@y.example>\r\n", "a\r.\r\n", "a\r\r\n", "\u{e4}\r\n"]
        {
            assert_eq!(flight(smuggled.as_bytes()), None, "{smuggled:?}");
        }
    }
}
