//! A server of a few lines that answers as told and hangs up where told.

use crate::fixtures::*;
use spotcheck::letter::Host;
use spotcheck::mail::{Login, Sent, SmtpSettings, SmtpTransport, Tls, trusting};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub fn settings(port: u16) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: Tls::None,
        login: None,
        hello: Host::parse("daemon.example").unwrap(),
        patience: Duration::from_secs(20),
        final_patience: Duration::from_secs(20),
        connections: 1,
        letters_a_connection: 100,
    }
}

/// Where the server hangs up.
#[derive(Clone, Copy, PartialEq)]
enum Cut {
    Never,
    AtConnect,
    At(&'static str),
    InTheMiddleOfTheContent,
    AfterTheDot,
}

/// Everything the server saw, one entry a command line; the content is one entry.
type Seen = Arc<Mutex<Vec<String>>>;

struct Server {
    port: u16,
    seen: Seen,
}

impl Server {
    async fn start(cut: Cut, answers: &'static [(&'static str, &'static str)]) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server { port: listener.local_addr().unwrap().port(), seen: Seen::default() };
        let seen = server.seen.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                seen.lock().unwrap().push("connected".to_owned());
                // One connection at a time is all that a batch opens.
                let _ = serve(socket, cut, answers, &seen).await;
            }
        });
        server
    }

    fn transport(&self) -> SmtpTransport {
        SmtpTransport::new(settings(self.port)).unwrap()
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// Sends one letter; what became of it and whether `data_sent` was noted.
    async fn send(&self, transport: &SmtpTransport, ready: &Ready) -> (Sent, bool) {
        let mut noted = false;
        let sent = transport
            .send(ready.parcel(), async || {
                noted = true;
                self.seen.lock().unwrap().push("noted".to_owned());
                Ok::<_, ()>(())
            })
            .await
            .unwrap();
        (sent, noted)
    }
}

async fn serve(socket: TcpStream, cut: Cut, answers: &[(&str, &str)], seen: &Seen) -> std::io::Result<()> {
    if cut == Cut::AtConnect {
        return Ok(());
    }
    let mut stream = BufReader::new(socket);
    stream.write_all(b"220 test ESMTP\r\n").await?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        seen.lock().unwrap().push(line.clone());
        if matches!(cut, Cut::At(command) if line.starts_with(command)) {
            return Ok(());
        }
        let scripted = answers.iter().find(|(start, _)| line.starts_with(start)).map(|(_, answer)| *answer);
        let answer = scripted.unwrap_or(match line.split(' ').next().unwrap() {
            "EHLO" => "250-test\r\n250 AUTH PLAIN LOGIN",
            "DATA" => "354 go on",
            "AUTH" => "235 2.7.0 welcome",
            "QUIT" => "221 bye",
            _ => "250 2.0.0 ok",
        });
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        if answer.starts_with("421") {
            return Ok(());
        }
        if answer.starts_with("354") {
            if cut == Cut::InTheMiddleOfTheContent {
                stream.read_exact(&mut [0; 1000]).await?;
                return Ok(());
            }
            let mut content = Vec::new();
            while !content.ends_with(b"\r\n.\r\n") {
                if stream.read_until(b'\n', &mut content).await? == 0 {
                    seen.lock().unwrap().push("content without end".to_owned());
                    return Ok(());
                }
            }
            seen.lock().unwrap().push(String::from_utf8(content).unwrap());
            if cut == Cut::AfterTheDot {
                return Ok(());
            }
            let after =
                answers.iter().find(|(start, _)| *start == ".").map_or("250 2.0.0 queued", |(_, answer)| answer);
            stream.write_all(format!("{after}\r\n").as_bytes()).await?;
        }
    }
}

fn recipient() -> Ready {
    Ready::to(&["zhaoxin@field.example"])
}

#[tokio::test]
async fn data_sent_is_noted_after_354_and_before_the_content() {
    let server = Server::start(Cut::Never, &[]).await;
    let transport = server.transport();
    let (sent, noted) = server.send(&transport, &recipient()).await;
    assert_eq!((sent, noted), (Sent::Acked { refused: vec![] }, true));
    transport.finish().await;
    let seen = server.seen();
    let stuffed = String::from_utf8(recipient().bytes).unwrap().replace("\r\n.", "\r\n..") + ".\r\n";
    assert_eq!(
        seen,
        [
            "connected",
            "EHLO daemon.example",
            "EHLO daemon.example",
            "MAIL FROM:<desk@inspect.example>",
            "RCPT TO:<zhaoxin@field.example>",
            "DATA",
            "noted",
            &stuffed,
            "QUIT",
        ]
    );
}

#[tokio::test]
async fn a_cut_before_the_dot_is_a_retry_and_after_it_ambiguous() {
    for (cut, expected, noted_expected) in [
        (Cut::AtConnect, "unreached", false),
        (Cut::At("EHLO"), "unreached", false),
        (Cut::At("MAIL"), "retry", false),
        (Cut::At("RCPT"), "retry", false),
        (Cut::At("DATA"), "retry", false),
        (Cut::InTheMiddleOfTheContent, "retry", true),
        (Cut::AfterTheDot, "ambiguous", true),
    ] {
        let server = Server::start(cut, &[]).await;
        let mut ready = recipient();
        if cut == Cut::InTheMiddleOfTheContent {
            // More than socket buffers hold, so that the end can never have left this machine.
            ready.bytes = b"0123456789abcdef0123456789abcdef0123456789abcdef\r\n".repeat(700_000);
        }
        let (sent, noted) = server.send(&server.transport(), &ready).await;
        let shape = match sent {
            Sent::Retry(_) => "retry",
            Sent::Unreached(_) => "unreached",
            Sent::Ambiguous(_) => "ambiguous",
            _ => "other",
        };
        assert_eq!((shape, noted), (expected, noted_expected));
    }
}

#[tokio::test]
async fn nothing_is_sent_where_data_sent_cannot_be_noted() {
    let server = Server::start(Cut::Never, &[]).await;
    let transport = server.transport();
    let ready = recipient();
    let failed = transport.send(ready.parcel(), async || Err("database is full")).await;
    assert_eq!(failed, Err("database is full"));
    let (sent, _) = server.send(&transport, &ready).await;
    assert_eq!(sent, Sent::Acked { refused: vec![] }, "the next letter gets a connection of its own");
    let seen = server.seen();
    assert_eq!(seen.iter().filter(|s| *s == "connected").count(), 2);
    assert_eq!(seen.iter().filter(|s| s.contains("走访") || s.contains("Subject")).count(), 1, "{seen:?}");
}

#[tokio::test]
async fn answers_are_told_apart_by_their_codes() {
    let cases: [(&[(&str, &str)], &str); 8] = [
        (&[("MAIL", "450 4.7.1 zhaoxin is greylisted")], "retry MAIL FROM: 450 4.7.1"),
        (&[("MAIL", "530 5.7.0 log in first")], "retry MAIL FROM: 530 5.7.0"),
        (&[("MAIL", "552 too large")], "refused 1 MAIL FROM: 552"),
        (&[("RCPT", "451-4.3.0 wait\r\n451 4.3.0 zhaoxin@field.example")], "retry RCPT TO: 451 4.3.0"),
        (&[("RCPT", "550 5.1.1 <zhaoxin@field.example> unknown")], "refused 1 RCPT TO: 550 5.1.1"),
        (&[("DATA", "421 4.3.2 going down")], "retry DATA: 421 4.3.2"),
        (&[(".", "452 4.2.2 mailbox full")], "retry final dot: 452 4.2.2"),
        (&[(".", "554 5.7.1 spam")], "refused 1 final dot: 554 5.7.1"),
    ];
    for (answers, expected) in cases {
        let server = Server::start(Cut::Never, answers).await;
        let shape = match server.send(&server.transport(), &recipient()).await.0 {
            Sent::Retry(reason) => format!("retry {reason}"),
            Sent::Refused(refusals) => format!("refused {} {}", refusals.len(), refusals[0].reason),
            other => format!("{other:?}"),
        };
        assert_eq!(shape, expected, "no word of the server's is kept");
    }
}

#[tokio::test]
async fn one_refused_recipient_does_not_hold_up_another() {
    let server = Server::start(Cut::Never, &[("RCPT TO:<gone@", "550 5.1.1 no")]).await;
    let transport = server.transport();
    let both = Ready::to(&["gone@field.example", "zhaoxin@field.example"]);
    let Sent::Acked { refused } = server.send(&transport, &both).await.0 else { panic!("not acked") };
    assert_eq!(refused.iter().map(|r| r.recipient.to_string()).collect::<Vec<_>>(), ["gone@field.example"]);
    let nobody = Ready::to(&["gone@field.example"]);
    assert!(matches!(server.send(&transport, &nobody).await.0, Sent::Refused(r) if r.len() == 1));
    assert_eq!(server.send(&transport, &recipient()).await.0, Sent::Acked { refused: vec![] });
    assert_eq!(server.seen().iter().filter(|s| *s == "connected").count(), 1, "one connection for the batch");
}

#[tokio::test]
async fn a_connection_that_went_stale_is_replaced() {
    let server = Server::start(Cut::Never, &[(".", "421 4.4.2 queued elsewhere, closing")]).await;
    let transport = server.transport();
    assert!(
        matches!(server.send(&transport, &recipient()).await.0, Sent::Retry(_)),
        "an answer of 4xx is no ambiguity"
    );
    let (_, noted) = server.send(&transport, &recipient()).await;
    assert!(noted, "the second letter got as far as the first");
    assert_eq!(server.seen().iter().filter(|s| *s == "connected").count(), 2);
}

#[tokio::test]
async fn receipts_have_no_sender_and_logins_are_plain() {
    let server = Server::start(Cut::Never, &[]).await;
    let mut with_login = settings(server.port);
    with_login.login = Some(Login { user: "desk".to_owned(), password: "s3cret".to_owned() });
    assert!(!format!("{with_login:?}").contains("s3cret"));
    let transport = SmtpTransport::new(with_login).unwrap();
    let mut ready = recipient();
    ready.envelope.from = None;
    assert_eq!(server.send(&transport, &ready).await.0, Sent::Acked { refused: vec![] });
    let seen = server.seen();
    assert!(seen.contains(&"AUTH PLAIN AGRlc2sAczNjcmV0".to_owned()), "{seen:?}");
    assert!(seen.contains(&"MAIL FROM:<>".to_owned()));
}

#[tokio::test]
async fn a_wrong_password_waits_and_tells_no_letter() {
    let server = Server::start(Cut::Never, &[("AUTH", "535 5.7.8 wrong")]).await;
    let mut with_login = settings(server.port);
    with_login.login = Some(Login { user: "desk".to_owned(), password: "s3cret".to_owned() });
    let transport = SmtpTransport::new(with_login).unwrap();
    let (sent, noted) = server.send(&transport, &recipient()).await;
    assert!(matches!(sent, Sent::Unreached(ref reason) if reason.to_string() == "login: 535 5.7.8"), "{sent:?}");
    assert!(!noted && !server.seen().iter().any(|s| s.starts_with("MAIL")));
}

#[tokio::test]
async fn without_the_encryption_asked_for_nothing_is_said() {
    let server = Server::start(Cut::Never, &[]).await;
    let wants_tls =
        SmtpTransport::new(SmtpSettings { tls: Tls::StartTls(trusting(None).unwrap()), ..settings(server.port) })
            .unwrap();
    let (sent, noted) = server.send(&wants_tls, &recipient()).await;
    assert!(matches!(sent, Sent::Unreached(_)) && !noted);
    assert!(!server.seen().iter().any(|s| s.starts_with("MAIL")));
    let elsewhere = SmtpSettings { host: "mail.example".to_owned(), ..settings(25) };
    assert!(SmtpTransport::new(elsewhere).is_err(), "clear text leaves this machine never");
}

#[tokio::test]
async fn sending_can_be_handed_to_another_task() {
    let server = Server::start(Cut::Never, &[]).await;
    let transport = Arc::new(server.transport());
    let sent = tokio::spawn(async move {
        let ready = recipient();
        transport.send(ready.parcel(), async || Ok::<_, ()>(())).await
    });
    assert_eq!(sent.await.unwrap(), Ok(Sent::Acked { refused: vec![] }));
}
