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
    AfterTheAnswer,
    /// It goes on, but what came behind the first content is thrown away.
    Forgets,
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
        let (sent, _) = transport
            .send(
                ready.parcel(),
                None,
                || None,
                async || {
                    noted = true;
                    self.seen.lock().unwrap().push("noted".to_owned());
                    Ok::<_, ()>(())
                },
            )
            .await
            .unwrap();
        (sent, noted)
    }

    /// Sends letters one after the other, each told which one follows.
    async fn send_in_a_row(&self, transport: &SmtpTransport, letters: &[Ready]) -> Vec<Sent> {
        let (mut ahead, mut all) = (None, Vec::new());
        for (n, ready) in letters.iter().enumerate() {
            let next = || letters.get(n + 1).map(|next| next.envelope.clone());
            let note = async || {
                self.seen.lock().unwrap().push("noted".to_owned());
                Ok::<_, ()>(())
            };
            let (sent, went) = transport.send(ready.parcel(), ahead.take(), next, note).await.unwrap();
            ahead = went;
            all.push(sent);
        }
        all
    }

    fn connections(&self) -> usize {
        self.seen().iter().filter(|s| *s == "connected").count()
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
            let first = !seen.lock().unwrap().iter().any(|s| s.contains("Subject"));
            seen.lock().unwrap().push(String::from_utf8(content).unwrap());
            if cut == Cut::Forgets && first {
                let mut thrown_away = String::new();
                while !thrown_away.ends_with("DATA\r\n") {
                    stream.read_line(&mut thrown_away).await?;
                }
            }
            if cut == Cut::AfterTheDot {
                return Ok(());
            }
            let after =
                answers.iter().find(|(start, _)| *start == ".").map_or("250 2.0.0 queued", |(_, answer)| answer);
            stream.write_all(format!("{after}\r\n").as_bytes()).await?;
            if cut == Cut::AfterTheAnswer {
                return Ok(());
            }
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
    let failed = transport.send(ready.parcel(), None, || None, async || Err("database is full")).await;
    assert_eq!(failed.err(), Some("database is full"));
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
        transport.send(ready.parcel(), None, || None, async || Ok::<_, ()>(())).await.map(|(sent, _)| sent)
    });
    assert_eq!(sent.await.unwrap(), Ok(Sent::Acked { refused: vec![] }));
}

const TOGETHER: (&str, &str) = ("EHLO", "250-test\r\n250 PIPELINING");

fn letters(addresses: &[&str]) -> Vec<Ready> {
    addresses.iter().map(|address| Ready::to(&[*address])).collect()
}

/// No content without a note before it.
fn all_noted(seen: &[String]) -> bool {
    let is_content = |s: &String| s.contains("Subject");
    (0..seen.len())
        .filter(|at| is_content(&seen[*at]))
        .all(|at| seen[..at].iter().rev().take_while(|s| !is_content(s)).any(|s| s == "noted"))
}

#[tokio::test]
async fn the_next_envelope_goes_out_with_a_content_and_no_content_without_a_note() {
    let three = letters(&["a@field.example", "b@field.example", "c@field.example"]);
    for answers in [&[TOGETHER][..], &[]] {
        let server = Server::start(Cut::Never, answers).await;
        let sent = server.send_in_a_row(&server.transport(), &three).await;
        assert_eq!(sent, vec![Sent::Acked { refused: vec![] }; 3]);
        let seen = server.seen();
        assert!(all_noted(&seen) && server.connections() == 1, "{seen:?}");
        assert_eq!(seen.iter().filter(|s| *s == "noted").count(), 3);
    }
    // Nothing goes ahead of a letter that belongs on another connection.
    let server = Server::start(Cut::Never, &[TOGETHER]).await;
    let one_each = SmtpTransport::new(SmtpSettings { letters_a_connection: 1, ..settings(server.port) }).unwrap();
    assert_eq!(server.send_in_a_row(&one_each, &three).await, vec![Sent::Acked { refused: vec![] }; 3]);
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn what_becomes_of_one_letter_is_not_taken_for_its_neighbours() {
    let mixed = letters(&["a@field.example", "gone@field.example", "b@field.example"]);
    let shapes = |sent: Vec<Sent>| -> Vec<String> {
        let shape = |sent: Sent| match sent {
            Sent::Acked { refused } => format!("acked {}", refused.len()),
            Sent::Refused(refused) => format!("refused {}", refused[0].reason),
            Sent::Retry(reason) => format!("retry {reason}"),
            Sent::Unreached(reason) => format!("unreached {reason}"),
            Sent::Ambiguous(_) => "ambiguous".to_owned(),
        };
        sent.into_iter().map(shape).collect()
    };
    let server = Server::start(Cut::Never, &[TOGETHER, ("RCPT TO:<gone@", "550 5.1.1 no")]).await;
    let sent = server.send_in_a_row(&server.transport(), &mixed).await;
    assert_eq!(shapes(sent), ["acked 0", "refused RCPT TO: 550 5.1.1", "acked 0"]);

    // A content that is refused says nothing of the letter whose envelope came with it.
    let server = Server::start(Cut::Never, &[TOGETHER, (".", "554 5.7.1 spam")]).await;
    let sent = server.send_in_a_row(&server.transport(), &mixed).await;
    assert_eq!(shapes(sent), ["refused final dot: 554 5.7.1"; 3]);
    assert!(all_noted(&server.seen()) && server.connections() == 1);

    // A connection that is lost after the dot leaves that one letter in doubt; the next goes by another.
    let server = Server::start(Cut::AfterTheDot, &[TOGETHER]).await;
    let sent = server.send_in_a_row(&server.transport(), &mixed).await;
    assert_eq!(shapes(sent), ["ambiguous"; 3]);
    assert!(all_noted(&server.seen()) && server.connections() == 3);

    // One that is lost after the answer leaves none.
    let server = Server::start(Cut::AfterTheAnswer, &[TOGETHER]).await;
    let sent = server.send_in_a_row(&server.transport(), &mixed).await;
    assert_eq!(shapes(sent), ["acked 0"; 3]);
    assert!(all_noted(&server.seen()) && server.connections() == 3);
}

#[tokio::test]
async fn a_server_that_throws_away_what_comes_behind_a_content_is_served_one_by_one() {
    let server = Server::start(Cut::Forgets, &[TOGETHER]).await;
    let patience = Duration::from_millis(300);
    let transport = SmtpTransport::new(SmtpSettings { patience, ..settings(server.port) }).unwrap();
    let four = letters(&["a@field.example", "b@field.example", "c@field.example", "d@field.example"]);
    assert_eq!(server.send_in_a_row(&transport, &four).await, vec![Sent::Acked { refused: vec![] }; 4]);
    assert!(all_noted(&server.seen()) && server.connections() == 2);
}
