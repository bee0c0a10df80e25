//! One SMTP connection at a time, reused for a batch of letters.
//!
//! The commands are given one by one: each recipient has an own answer, and `data_sent` is stored
//! after the server's 354 and before the final dot. The socket is opened here, with TCP_NODELAY:
//! without it a kept connection carries 23 letters a second (DESIGN 4).

use super::transport::{Envelope, Parcel, Reason, Refusal, Sent, Stage};
use crate::letter::{Address, Host};
use crate::model::Said;
use crate::said;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, response::Response};
use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte, usually port 465.
    Implicit,
    /// After STARTTLS, which the server must offer; usually port 587.
    StartTls,
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
}

pub struct SmtpTransport {
    settings: SmtpSettings,
    kept: Mutex<Option<Box<AsyncSmtpConnection>>>,
}

impl fmt::Debug for SmtpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpTransport").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What went wrong before the final dot, and whether for good.
struct Failure {
    reason: Reason,
    permanent: bool,
    /// The connection is of no more use.
    broken: bool,
}

impl SmtpTransport {
    /// `Err` where mail would leave this machine in clear text.
    pub fn new(settings: SmtpSettings) -> Result<SmtpTransport, Said> {
        let local = settings.host == "localhost" || settings.host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        if settings.tls == Tls::None && !local {
            return Err(said!(
                "mail to another machine must be encrypted: set tls to \"starttls\" or \"implicit\"",
                "发往其他机器的邮件必须加密：请将 tls 设为 \"starttls\" 或 \"implicit\""
            ));
        }
        Ok(SmtpTransport { settings, kept: Mutex::new(None) })
    }

    pub async fn send<E>(
        &self,
        parcel: Parcel<'_>,
        before_final_dot: impl AsyncFnOnce() -> Result<(), E>,
    ) -> Result<Sent, E> {
        // The connection is put back only after a clean exchange: whoever drops this future midway,
        // or fails in between, leaves none behind.
        let mut kept = self.kept.lock().await;
        let (mut connection, refused) = match self.offer(kept.take(), parcel.envelope).await {
            Ok((connection, refused)) if refused.len() < parcel.envelope.to.len() => (connection, refused),
            Ok((connection, refused)) => {
                *kept = self.reset(connection).await;
                return Ok(Sent::Refused(refused));
            }
            Err((connection, failure)) => {
                if let Some(connection) = connection.filter(|_| !failure.broken) {
                    *kept = self.reset(connection).await;
                }
                return Ok(all_or_retry(parcel.envelope, failure));
            }
        };
        match self.command(&mut connection, Stage::Data, Data).await {
            Ok(response) if response.has_code(354) => {}
            Ok(_) => return Ok(Sent::Retry(Reason { stage: Stage::Data, detail: "no 354".to_owned() })),
            Err(failure) => {
                if !failure.broken {
                    *kept = self.reset(connection).await;
                }
                return Ok(all_or_retry(parcel.envelope, failure));
            }
        }
        before_final_dot().await?;
        let (sent, clean) = self.content(&mut connection, parcel, refused).await;
        if clean {
            *kept = Some(connection);
        }
        Ok(sent)
    }

    /// QUIT, where a connection is kept.
    pub async fn finish(&self) {
        if let Some(mut connection) = self.kept.lock().await.take() {
            // The letters are acked by now; a server that does not say goodbye changes nothing.
            let _ = timeout(self.settings.patience, connection.quit()).await;
        }
    }

    /// MAIL and RCPT on the kept connection, or on a new one where that has gone stale. Gives back
    /// who was refused for good; a recipient that is put off puts off the letter.
    async fn offer(
        &self,
        kept: Option<Box<AsyncSmtpConnection>>,
        envelope: &Envelope,
    ) -> Result<(Box<AsyncSmtpConnection>, Vec<Refusal>), (Option<Box<AsyncSmtpConnection>>, Failure)> {
        let mail = || Ok::<_, Failure>(Mail::new(envelope.from.as_ref().map(library_address).transpose()?, Vec::new()));
        let mut open = None;
        if let Some(mut connection) = kept {
            match self.command(&mut connection, Stage::Sender, mail().map_err(|t| (None, t))?).await {
                Ok(_) => open = Some(connection),
                Err(failure) if failure.broken => {}
                Err(failure) => return Err((Some(connection), failure)),
            }
        }
        let mut connection = match open {
            Some(connection) => connection,
            None => {
                let mut fresh = self.connect().await.map_err(|failure| (None, failure))?;
                let mail = mail().map_err(|t| (None, t))?;
                match self.command(&mut fresh, Stage::Sender, mail).await {
                    Ok(_) => fresh,
                    Err(failure) => return Err((Some(fresh), failure)),
                }
            }
        };
        let mut refused = Vec::new();
        for recipient in &envelope.to {
            let rcpt = match library_address(recipient) {
                Ok(address) => Rcpt::new(address, Vec::new()),
                Err(failure) => return Err((Some(connection), failure)),
            };
            match self.command(&mut connection, Stage::Recipient, rcpt).await {
                Ok(_) => {}
                Err(failure) if failure.permanent => {
                    refused.push(Refusal { recipient: recipient.clone(), reason: failure.reason });
                }
                Err(failure) => return Err((Some(connection), failure)),
            }
        }
        Ok((connection, refused))
    }

    /// The content and the final dot; whether the connection may be kept.
    async fn content(
        &self,
        connection: &mut AsyncSmtpConnection,
        parcel: Parcel<'_>,
        refused: Vec<Refusal>,
    ) -> (Sent, bool) {
        let all_written = AtomicBool::new(false);
        // The final dot brings its own line end.
        let bytes = parcel.bytes.strip_suffix(b"\r\n").unwrap_or(parcel.bytes);
        let content = Content { bytes: Some(bytes), all_written: &all_written };
        let failure = match timeout(self.settings.final_patience, connection.message_iter(content)).await {
            Ok(Ok(_)) => return (Sent::Acked { refused }, true),
            Ok(Err(error)) => {
                let failure = failure(Stage::FinalDot, &error);
                if error.status().is_some() {
                    let usable = !failure.broken;
                    return (all_or_retry(parcel.envelope, failure), usable);
                }
                failure
            }
            Err(_) => timed_out(Stage::FinalDot),
        };
        match all_written.load(Ordering::SeqCst) {
            true => (Sent::Ambiguous(failure.reason), false),
            // The dot never left this machine.
            false => (Sent::Retry(Reason { stage: Stage::Data, ..failure.reason }), false),
        }
    }

    async fn connect(&self) -> Result<Box<AsyncSmtpConnection>, Failure> {
        let settings = &self.settings;
        let hello = ClientId::Domain(settings.hello.as_str().to_owned());
        let mut connection = match timeout(settings.patience, self.open(&hello)).await {
            Ok(opened) => opened?,
            Err(_) => return Err(timed_out(Stage::Connect)),
        };
        if let Some(login) = &settings.login {
            let credentials = Credentials::new(login.user.clone(), login.password.clone());
            let answer = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            match timeout(settings.patience, answer).await {
                Ok(Ok(_)) => {}
                // A wrong password is no fault of the letter: it waits.
                Ok(Err(error)) => {
                    return Err(Failure { permanent: false, broken: true, ..failure(Stage::Login, &error) });
                }
                Err(_) => return Err(timed_out(Stage::Login)),
            }
        }
        Ok(Box::new(connection))
    }

    async fn open(&self, hello: &ClientId) -> Result<AsyncSmtpConnection, Failure> {
        let settings = &self.settings;
        let waits = |error: &Error| Failure { permanent: false, broken: true, ..failure(Stage::Connect, error) };
        let server = (settings.host.as_str(), settings.port);
        let tls = || TlsParameters::new(settings.host.clone()).map_err(|e| waits(&e));
        if settings.tls == Tls::Implicit {
            // The library cannot start TLS on a socket of ours before the greeting.
            return AsyncSmtpConnection::connect_tokio1(server, Some(settings.patience), hello, Some(tls()?), None)
                .await
                .map_err(|e| waits(&e));
        }
        let socket = TcpStream::connect(server).await.map_err(|e| lost(Stage::Connect, &e.kind().to_string()))?;
        socket.set_nodelay(true).map_err(|e| lost(Stage::Connect, &e.kind().to_string()))?;
        let is_local = socket.peer_addr().is_ok_and(|peer| peer.ip().is_loopback());
        if settings.tls == Tls::None && !is_local {
            return Err(lost(Stage::Connect, "not encrypted and not this machine"));
        }
        let mut connection =
            AsyncSmtpConnection::connect_with_transport(Box::new(socket), hello).await.map_err(|e| waits(&e))?;
        if settings.tls == Tls::StartTls {
            if !connection.can_starttls() {
                return Err(lost(Stage::Connect, "server does not offer STARTTLS"));
            }
            connection.starttls(tls()?, hello).await.map_err(|e| waits(&e))?;
        }
        Ok(connection)
    }

    async fn command(
        &self,
        connection: &mut AsyncSmtpConnection,
        stage: Stage,
        command: impl fmt::Display,
    ) -> Result<Response, Failure> {
        match timeout(self.settings.patience, connection.command(command)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(failure(stage, &error)),
            Err(_) => Err(timed_out(stage)),
        }
    }

    /// Forgets a half-given envelope, so that the connection can carry the next letter.
    async fn reset(&self, mut connection: Box<AsyncSmtpConnection>) -> Option<Box<AsyncSmtpConnection>> {
        self.command(&mut connection, Stage::Sender, Rset).await.is_ok().then_some(connection)
    }
}

/// Notes when everything before the final dot has been written.
struct Content<'a> {
    bytes: Option<&'a [u8]>,
    all_written: &'a AtomicBool,
}

impl<'a> Iterator for Content<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let next = self.bytes.take();
        if next.is_none() {
            self.all_written.store(true, Ordering::SeqCst);
        }
        next
    }
}

fn all_or_retry(envelope: &Envelope, failure: Failure) -> Sent {
    if !failure.permanent {
        return Sent::Retry(failure.reason);
    }
    let refusal = |recipient: &Address| Refusal { recipient: recipient.clone(), reason: failure.reason.clone() };
    Sent::Refused(envelope.to.iter().map(refusal).collect())
}

fn lost(stage: Stage, detail: &str) -> Failure {
    Failure { reason: Reason { stage, detail: detail.to_owned() }, permanent: false, broken: true }
}

fn timed_out(stage: Stage) -> Failure {
    lost(stage, "timed out")
}

/// Keeps the codes of an answer and none of its words.
fn failure(stage: Stage, error: &Error) -> Failure {
    let Some(code) = error.status().map(u16::from) else {
        let detail = if error.is_timeout() { "timed out" } else { "connection lost" };
        return lost(stage, detail);
    };
    let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let enhanced = words.split_whitespace().next().filter(|word| {
        let parts: Vec<&str> = word.split('.').collect();
        parts.len() == 3 && parts.iter().all(|p| (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
    });
    let detail = enhanced.map_or_else(|| code.to_string(), |enhanced| format!("{code} {enhanced}"));
    // 421: the server is closing the connection. A missing or wrong login is no fault of the letter.
    let about_login = matches!(code, 530 | 534 | 535 | 538);
    Failure { reason: Reason { stage, detail }, permanent: error.is_permanent() && !about_login, broken: code == 421 }
}

fn library_address(address: &Address) -> Result<lettre::Address, Failure> {
    lettre::Address::new(address.local(), address.host().as_str()).map_err(|_| Failure {
        reason: Reason { stage: Stage::Recipient, detail: "address not accepted".to_owned() },
        permanent: true,
        broken: false,
    })
}
