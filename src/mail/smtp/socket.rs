//! Sockets of our own, as the mail library takes them.
//!
//! With TCP_NODELAY: without it a kept connection carries 23 letters a second (DESIGN 4). STARTTLS is
//! spoken here and not by the library, so that nothing said in the clear can pass for something said
//! under encryption.

use super::failure::{Failure, by_code, lost, no_socket};
use super::{SmtpSettings, Tls, tls};
use crate::mail::transport::Stage;
use lettre::transport::smtp::client::AsyncTokioStream;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::client::TlsStream;

/// Longest answer that is read before encryption.
const LONGEST_ANSWER: usize = 16 * 1024;
/// What the library hears first where the server gave its greeting before encryption.
const GREETING: &[u8] = b"220 encrypted\r\n";

#[derive(Debug)]
enum Line {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

#[derive(Debug)]
pub struct Socket {
    line: Line,
    greeting: &'static [u8],
    taken: Arc<AtomicU64>,
}

impl Socket {
    /// Connected, and encrypted as the settings ask for; nothing has been said in the clear but EHLO
    /// and STARTTLS.
    pub async fn open(settings: &SmtpSettings) -> Result<Socket, Failure> {
        let found = lookup_host((settings.host.as_str(), settings.port)).await;
        let addresses: Vec<SocketAddr> = found.map_err(|_| lost(Stage::Connect, "no such host"))?.collect();
        let mut socket = TcpStream::connect(&addresses[..]).await.map_err(|e| no_socket(&e))?;
        socket.set_nodelay(true).map_err(|e| no_socket(&e))?;
        let (line, greeting) = match &settings.tls {
            Tls::None => {
                if !socket.peer_addr().is_ok_and(|peer| peer.ip().is_loopback()) {
                    return Err(lost(Stage::Connect, "not encrypted and not this machine"));
                }
                (Line::Plain(socket), &b""[..])
            }
            Tls::Implicit(trust) => {
                (Line::Tls(Box::new(tls::handshake(trust, &settings.host, socket).await?)), &b""[..])
            }
            Tls::StartTls(trust) => {
                ask_for_encryption(&mut socket, settings.hello.as_str()).await?;
                (Line::Tls(Box::new(tls::handshake(trust, &settings.host, socket).await?)), GREETING)
            }
        };
        Ok(Socket { line, greeting, taken: Arc::default() })
    }

    /// Counts the bytes that the system has taken over for sending.
    pub fn taken(&self) -> Arc<AtomicU64> {
        self.taken.clone()
    }
}

/// Greeting, EHLO, STARTTLS. A server that does not offer it is left.
async fn ask_for_encryption(socket: &mut TcpStream, hello: &str) -> Result<(), Failure> {
    expect(&answer(socket).await?, "220")?;
    socket.write_all(format!("EHLO {hello}\r\n").as_bytes()).await.map_err(|e| no_socket(&e))?;
    let offered = answer(socket).await?;
    expect(&offered, "250")?;
    let offers = |line: &str| line.get(4..).is_some_and(|word| word.trim().eq_ignore_ascii_case("STARTTLS"));
    if !offered.lines().any(offers) {
        return Err(lost(Stage::Connect, "server does not offer STARTTLS"));
    }
    socket.write_all(b"STARTTLS\r\n").await.map_err(|e| no_socket(&e))?;
    expect(&answer(socket).await?, "220")
}

fn expect(answer: &str, code: &str) -> Result<(), Failure> {
    if answer.starts_with(code) {
        return Ok(());
    }
    let last = answer.lines().last().unwrap_or_default();
    let given = last.get(..3).and_then(|digits| digits.parse().ok()).ok_or_else(|| lost(Stage::Connect, "no SMTP"))?;
    Err(Failure { permanent: false, broken: true, ..by_code(Stage::Connect, given, last.get(4..).unwrap_or_default()) })
}

/// One answer, and nothing behind it.
async fn answer(socket: &mut TcpStream) -> Result<String, Failure> {
    let mut read = Vec::new();
    loop {
        let mut piece = [0; 1024];
        let length = socket.read(&mut piece).await.map_err(|e| no_socket(&e))?;
        read.extend_from_slice(piece.get(..length).unwrap_or_default());
        if length == 0 || read.len() > LONGEST_ANSWER {
            return Err(lost(Stage::Connect, "connection lost"));
        }
        let text = String::from_utf8_lossy(&read);
        let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        // `250-` goes on, `250 ` ends.
        if lines.by_ref().any(|line| line.as_bytes().get(3) != Some(&b'-')) {
            return match lines.next().is_none() && text.ends_with('\n') {
                true => Ok(text.into_owned()),
                false => Err(lost(Stage::Connect, "server spoke out of turn")),
            };
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.greeting.is_empty() {
            let (now, later) = self.greeting.split_at(self.greeting.len().min(into.remaining()));
            into.put_slice(now);
            self.greeting = later;
            return Poll::Ready(Ok(()));
        }
        match &mut self.line {
            Line::Plain(line) => Pin::new(line).poll_read(cx, into),
            Line::Tls(line) => Pin::new(line).poll_read(cx, into),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = match &mut self.line {
            Line::Plain(line) => Pin::new(line).poll_write(cx, bytes),
            Line::Tls(line) => Pin::new(line).poll_write(cx, bytes),
        };
        if let Poll::Ready(Ok(length)) = written {
            self.taken.fetch_add(length as u64, Ordering::SeqCst);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.line {
            Line::Plain(line) => Pin::new(line).poll_flush(cx),
            Line::Tls(line) => Pin::new(line).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.line {
            Line::Plain(line) => Pin::new(line).poll_shutdown(cx),
            Line::Tls(line) => Pin::new(line).poll_shutdown(cx),
        }
    }
}

impl AsyncTokioStream for Socket {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        match &self.line {
            Line::Plain(line) => line.peer_addr(),
            Line::Tls(line) => line.get_ref().0.peer_addr(),
        }
    }
}
