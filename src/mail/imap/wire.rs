//! Sockets: connected with a deadline, encrypted as configured, read through a guard.

use super::failure::{ImapFailure, Kind, Step, of_io};
use crate::config::{Imap, Security};
use crate::mail::{LARGEST_MAIL, trusting};
use crate::said;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, BufStream, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

const READ_BUFFER: usize = 64 * 1024;
const WRITE_BUFFER: usize = 4 * 1024;

pub trait Duplex: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug> Duplex for T {}

/// What a session talks over.
pub type Wire = Guarded<Box<dyn Duplex>>;

pub async fn connect(settings: &Imap, patience: Duration) -> Result<TcpStream, ImapFailure> {
    let failed = |why: String| ImapFailure::new(Step::Connect, Kind::Unreachable(why));
    let dial = TcpStream::connect((settings.host.as_str(), settings.port));
    let socket = match timeout(patience, dial).await {
        Ok(connected) => connected.map_err(|e| failed(e.to_string()))?,
        Err(_) => return Err(ImapFailure::new(Step::Connect, Kind::TimedOut)),
    };
    socket.set_nodelay(true).map_err(|e| failed(e.to_string()))?;
    Ok(socket)
}

pub async fn encrypt(settings: &Imap, socket: TcpStream, patience: Duration) -> Result<Wire, ImapFailure> {
    let failed = |kind| ImapFailure::new(Step::Tls, kind);
    let name = ServerName::try_from(settings.host.clone()).map_err(|e| failed(Kind::Unreachable(e.to_string())))?;
    let connector = TlsConnector::from(trust(settings)?);
    match timeout(patience, connector.connect(name, socket)).await {
        Ok(Ok(stream)) => Ok(guarded(stream)),
        Ok(Err(e)) => Err(failed(of_io(&e))),
        Err(_) => Err(failed(Kind::TimedOut)),
    }
}

pub fn guarded(stream: impl Duplex + 'static) -> Wire {
    let inner: Box<dyn Duplex> = Box::new(BufStream::with_capacity(READ_BUFFER, WRITE_BUFFER, stream));
    Guarded { inner, watch: Watch::Line(Vec::new()) }
}

fn trust(settings: &Imap) -> Result<Arc<ClientConfig>, ImapFailure> {
    let failed = |said| ImapFailure::new(Step::Tls, Kind::Authority(said));
    let own = settings.ca_file.as_ref().map(std::fs::read).transpose();
    let own = own.map_err(|e| failed(said!("this file cannot be read ({e})", "文件无法读取（{e}）")))?;
    trusting(own.as_deref()).map_err(failed)
}

/// Whether encryption begins with the first byte.
pub fn at_once(settings: &Imap) -> bool {
    settings.security == Security::Implicit
}

/// Reads what the server sends, and ends the connection before a literal larger than any mail that was
/// asked for is waited for: the parser would make room for all of it first.
#[derive(Debug)]
pub struct Guarded<S> {
    inner: S,
    watch: Watch,
}

#[derive(Debug)]
enum Watch {
    /// The end of the line so far: as much of it as the head of a literal takes.
    Line(Vec<u8>),
    /// So many bytes of a literal are still to come.
    Literal(u64),
}

/// `{20971520}` and a line end, with room to spare.
const LONGEST_HEAD: usize = 32;

impl Watch {
    fn look(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self {
                Watch::Literal(left) => {
                    let now = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                    bytes = bytes.get(now..).unwrap_or_default();
                    *left -= now as u64;
                    if *left == 0 {
                        *self = Watch::Line(Vec::new());
                    }
                }
                Watch::Line(end) => {
                    let line = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1);
                    let (piece, rest) = bytes.split_at(line);
                    bytes = rest;
                    end.extend_from_slice(piece.get(piece.len().saturating_sub(LONGEST_HEAD)..).unwrap_or_default());
                    end.drain(..end.len().saturating_sub(LONGEST_HEAD));
                    if end.last() == Some(&b'\n') {
                        let length = literal(end);
                        if length.is_some_and(|n| n > LARGEST_MAIL) {
                            return Err(io::Error::new(io::ErrorKind::InvalidData, "a literal beyond every mail"));
                        }
                        *self = length.filter(|n| *n > 0).map_or_else(|| Watch::Line(Vec::new()), Watch::Literal);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The length in `{…}` at the end of a line.
fn literal(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"}\r\n")?;
    let open = line.iter().rposition(|b| *b == b'{')?;
    let digits = line.get(open + 1..)?;
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    // More digits than fit are more bytes than fit.
    is_number.then(|| std::str::from_utf8(digits).ok()?.parse().ok().or(Some(u64::MAX))).flatten()
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let this = &mut *self;
        match Pin::new(&mut this.inner).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => Poll::Ready(this.watch.look(buf.filled().get(before..).unwrap_or_default())),
            other => other,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a conversation is stopped, handed over in pieces of so many bytes.
    fn stopped(text: &str, piece: usize) -> bool {
        let mut watch = Watch::Line(Vec::new());
        text.as_bytes().chunks(piece).any(|bytes| watch.look(bytes).is_err())
    }

    #[test]
    fn only_literals_beyond_every_mail_are_stopped() {
        for piece in [1, 2, 3, 7, 1000] {
            for fair in [
                "* 1 FETCH (UID 1 BODY[] {5}\r\nhello)\r\na1 OK\r\n",
                "* 1 FETCH (UID 1 BODY[] {20971520}\r\n",
                // Inside a literal stands whatever a person wrote.
                "* 1 FETCH (BODY[] {14}\r\n{4294967296}\r\n)\r\na1 OK\r\n",
                "* OK {99999999999} is no literal here\r\n",
                "* 1 FETCH (BODY[] {0}\r\n)\r\n",
            ] {
                assert!(!stopped(fair, piece), "{fair} by {piece}");
            }
            for rude in [
                "* 1 FETCH (UID 1 BODY[] {20971521}\r\n",
                "* 1 FETCH (BODY[] {5}\r\nhello BODY[] {4294967296}\r\n",
                "* 1 FETCH (BODY[] {99999999999999999999999}\r\n",
            ] {
                assert!(stopped(rude, piece), "{rude} by {piece}");
            }
        }
    }
}
