//! Encryption before anything is said: certificates that do not fit, and STARTTLS that is taken away.

use crate::certificates::{Certificates, Shows};
use crate::office::Office;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use spotcheck::letter::LetterKind;
use spotcheck::model::Language;
use spotcheck::words::sending;
use spotcheck::work::{dispatch, ways};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// How a server treats STARTTLS.
#[derive(Clone, Copy, PartialEq)]
enum Start {
    Honest,
    /// Somebody on the line took the offer out of the answer.
    Hidden,
    /// Says no when asked.
    Refused,
    /// Somebody on the line adds an answer before encryption begins.
    Injected,
}

type Heard = Arc<Mutex<Vec<String>>>;

struct Server {
    port: u16,
    /// What came in the clear, and what under encryption.
    clear: Heard,
    encrypted: Heard,
}

fn acceptor(certificates: &Certificates, shows: Shows) -> TlsAcceptor {
    let (certificate, key) = certificates.of(shows);
    let chain = CertificateDer::pem_file_iter(certificate).unwrap().map(Result::unwrap).collect();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from_pem_file(key).unwrap())
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

impl Server {
    /// `start` is None for encryption from the first byte.
    async fn start(certificates: &Certificates, shows: Shows, start: Option<Start>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server {
            port: listener.local_addr().unwrap().port(),
            clear: Heard::default(),
            encrypted: Heard::default(),
        };
        let (tls, clear, encrypted) = (acceptor(certificates, shows), server.clear.clone(), server.encrypted.clone());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (tls, clear, encrypted) = (tls.clone(), clear.clone(), encrypted.clone());
                tokio::spawn(async move {
                    let (socket, greeted) = match start {
                        None => (socket, false),
                        Some(start) => (in_the_clear(socket, start, &clear).await?, true),
                    };
                    let mut stream = BufReader::new(tls.accept(socket).await.ok()?);
                    if !greeted {
                        stream.write_all(b"220 server\r\n").await.ok()?;
                    }
                    speak(&mut stream, &encrypted).await
                });
            }
        });
        server
    }

    fn office_settings(&self, host: &str, security: &str, ca: &std::path::Path) -> String {
        format!(
            "transport = \"smtp\"\n[mail.smtp]\nhost = \"{host}\"\nport = {}\nsecurity = \"{security}\"\nca_file = \"{}\"\n\
             user = \"desk\"\npassword_file = \"{}\"\n",
            self.port,
            ca.display(),
            ca.with_file_name("password").display(),
        )
    }
}

/// Up to STARTTLS; None where the client went away or nothing comes of it.
async fn in_the_clear(mut socket: TcpStream, start: Start, clear: &Heard) -> Option<TcpStream> {
    socket.write_all(b"220 server\r\n").await.ok()?;
    loop {
        // Byte by byte: what follows STARTTLS belongs to the handshake.
        let mut line = Vec::new();
        while !line.ends_with(b"\n") {
            let mut byte = [0];
            tokio::io::AsyncReadExt::read_exact(&mut socket, &mut byte).await.ok()?;
            line.push(byte[0]);
        }
        let line = String::from_utf8(line).unwrap();
        clear.lock().unwrap().push(line.trim_end().to_owned());
        let answer = match (line.trim_end(), start) {
            ("STARTTLS", Start::Refused) => "454 4.7.0 not now\r\n",
            ("STARTTLS", Start::Injected) => "220 go on\r\n250 2.0.0 queued\r\n",
            ("STARTTLS", _) => "220 go on\r\n",
            (_, Start::Hidden) => "250-server\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n",
            _ => "250-server\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n",
        };
        socket.write_all(answer.as_bytes()).await.ok()?;
        if line.trim_end() == "STARTTLS" && start != Start::Refused {
            return Some(socket);
        }
    }
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, heard: &Heard) -> Option<()> {
    let mut in_content = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_owned();
        let answer = match line.split(' ').next().unwrap() {
            "." => "250 2.0.0 queued",
            _ if in_content => continue,
            "EHLO" => "250-server\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN",
            "AUTH" => "235 2.7.0 welcome",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 2.0.0 ok",
        };
        in_content = line == "DATA";
        heard.lock().unwrap().push(line);
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
}

/// What becomes of one letter: its state, and the trouble of the way.
async fn send_one(mail: &str) -> (String, i64, Option<String>) {
    let office = Office::new(mail).await;
    let id = office.queue(LetterKind::Assignment, 0..1).await.remove(0);
    dispatch::dispatch(&office.ctx).await.unwrap();
    let row = office.letter(&id).await;
    let trouble = ways::failing(&office.ctx).await.unwrap().pop().map(|way| way.trouble);
    (row.state, row.attempts, trouble)
}

fn prepared() -> (tempfile::TempDir, Certificates) {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::make(folder.path());
    std::fs::write(folder.path().join("password"), "s3cret\n").unwrap();
    (folder, certificates)
}

#[tokio::test]
async fn a_right_certificate_is_taken_and_any_other_keeps_the_letter_waiting() {
    let (_folder, certificates) = prepared();
    let cases = [
        (Shows::Right, "localhost", None),
        (Shows::Right, "127.0.0.1", Some("connect: certificate of another name")),
        (Shows::OtherName, "localhost", Some("connect: certificate of another name")),
        (Shows::Expired, "localhost", Some("connect: certificate expired")),
        (Shows::Stranger, "localhost", Some("connect: certificate not trusted")),
    ];
    for (shows, host, expected) in cases {
        for (security, start) in [("implicit", None), ("starttls", Some(Start::Honest))] {
            let server = Server::start(&certificates, shows, start).await;
            let mail = server.office_settings(host, security, &certificates.authority());
            let (state, attempts, trouble) = send_one(&mail).await;
            let told = format!("{shows:?} as {host} by {security}: {trouble:?}");
            assert_eq!(trouble.as_deref(), expected, "{told}");
            let heard = server.encrypted.lock().unwrap().clone();
            match expected {
                None => {
                    assert_eq!((state.as_str(), attempts), ("acked", 1), "{told}");
                    assert!(heard.iter().any(|line| line.starts_with("AUTH PLAIN ")), "{told}");
                }
                Some(code) => {
                    assert_eq!((state.as_str(), attempts), ("queued", 0), "{told}");
                    assert!(heard.is_empty(), "{told}: nothing was said: {heard:?}");
                    let said = sending::trouble(code);
                    assert!(
                        said.in_language(Language::En).contains("certificate") && said.zh.contains("证书"),
                        "{said:?}"
                    );
                }
            }
            let clear = server.clear.lock().unwrap().clone();
            assert!(clear.iter().all(|line| line == "STARTTLS" || line.starts_with("EHLO ")), "{told}: {clear:?}");
        }
    }
}

#[tokio::test]
async fn where_encryption_is_taken_away_nothing_is_said_in_the_clear() {
    let (_folder, certificates) = prepared();
    for (start, expected) in [
        (Start::Hidden, "connect: server does not offer STARTTLS"),
        (Start::Refused, "connect: 454 4.7.0"),
        (Start::Injected, "connect: server spoke out of turn"),
    ] {
        let server = Server::start(&certificates, Shows::Right, Some(start)).await;
        let mail = server.office_settings("localhost", "starttls", &certificates.authority());
        let (state, attempts, trouble) = send_one(&mail).await;
        assert_eq!((state.as_str(), attempts, trouble.as_deref()), ("queued", 0, Some(expected)));
        let clear = server.clear.lock().unwrap().clone();
        assert!(clear.iter().all(|line| line == "STARTTLS" || line.starts_with("EHLO ")), "{clear:?}");
        assert!(server.encrypted.lock().unwrap().is_empty());
    }
}
