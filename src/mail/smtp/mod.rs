//! A mail server, and a bounded set of kept connections to it.
//!
//! Letters are handed over one by one and travel side by side. A connection is put back only after a
//! clean exchange: whoever fails midway, or is dropped there, leaves none behind.

mod connection;
mod failure;
mod socket;
mod tls;

pub use tls::{trusting, why_unencrypted};

use super::transport::{Parcel, Reason, Sent, Stage};
use crate::clock::Stopwatch;
use crate::letter::{Address, Host};
use crate::model::Said;
use crate::said;
use connection::{Connection, Ended, Offered};
use failure::{Failure, all_or_retry};
use rustls::ClientConfig;
use std::fmt;
use std::net::IpAddr;
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

pub struct SmtpTransport {
    settings: SmtpSettings,
    places: Semaphore,
    kept: Mutex<Vec<Connection>>,
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
        Ok(SmtpTransport { settings, places, kept: Mutex::default() })
    }

    /// Makes sure that a connection is there, before any letter is taken in hand.
    pub async fn reach(&self) -> Result<(), Reason> {
        if self.take().await.map(|connection| self.keep(connection)).is_none() {
            let connection = Connection::open(&self.settings).await.map_err(|failure| failure.reason)?;
            self.keep(connection);
        }
        Ok(())
    }

    pub async fn send<E>(
        &self,
        parcel: Parcel<'_>,
        before_final_dot: impl AsyncFnOnce() -> Result<(), E>,
    ) -> Result<Sent, E> {
        let Some(flight) = flight(parcel.bytes) else {
            let reason = Reason { stage: Stage::Data, detail: "not in the form of mail".to_owned() };
            return Ok(all_or_retry(parcel.envelope, Failure { reason, permanent: true, broken: false }));
        };
        let _place = self.places.acquire().await;
        let (mut connection, refused) = match self.offer(parcel).await {
            Ok((connection, Offered::Wanted(refused))) => (connection, refused),
            Ok((connection, Offered::Unwanted(refused))) => {
                self.keep_reset(connection).await;
                return Ok(Sent::Refused(refused));
            }
            Err(sent) => return Ok(sent),
        };
        before_final_dot().await?;
        let failure = match connection.content(&flight).await {
            Ended::Taken => {
                self.put_back(connection).await;
                return Ok(Sent::Acked { refused });
            }
            Ended::Unknown(failure) => return Ok(Sent::Ambiguous(failure.reason)),
            Ended::Failed(failure) => failure,
        };
        if !failure.broken {
            self.put_back(connection).await;
        }
        Ok(all_or_retry(parcel.envelope, failure))
    }

    /// QUIT on all that are kept.
    pub async fn finish(&self) {
        let kept = std::mem::take(&mut *self.kept());
        for connection in kept {
            connection.quit().await;
        }
    }

    /// The envelope on a kept connection, or on a new one where that has gone stale.
    async fn offer(&self, parcel: Parcel<'_>) -> Result<(Connection, Offered), Sent> {
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

    async fn not_offered(&self, parcel: Parcel<'_>, connection: Connection, failure: Failure) -> Sent {
        if !failure.broken {
            self.keep_reset(connection).await;
        }
        all_or_retry(parcel.envelope, failure)
    }

    /// A kept connection, if there is one. Those that lay aside too long are closed.
    async fn take(&self) -> Option<Connection> {
        let stale: Vec<Connection> = self.kept().extract_if(.., |one| one.idle.milliseconds() > IDLE).collect();
        for connection in stale {
            connection.quit().await;
        }
        self.kept().pop()
    }

    fn keep(&self, mut connection: Connection) {
        connection.idle = Stopwatch::start();
        self.kept().push(connection);
    }

    async fn keep_reset(&self, mut connection: Connection) {
        if connection.reset().await {
            self.put_back(connection).await;
        }
    }

    async fn put_back(&self, connection: Connection) {
        if connection.letters >= self.settings.letters_a_connection {
            connection.quit().await;
        } else {
            self.keep(connection);
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
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
    for line in text.strip_suffix("\r\n").unwrap_or(text).split("\r\n") {
        if line.contains(['\r', '\n']) {
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
        for smuggled in ["a\n.\r\nMAIL FROM:<x@y.example>\r\n", "a\r.\r\n", "a\r\r\n", "\u{e4}\r\n"] {
            assert_eq!(flight(smuggled.as_bytes()), None, "{smuggled:?}");
        }
    }
}
