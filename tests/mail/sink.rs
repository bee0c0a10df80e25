//! Against Postfix's own test server.

use crate::fixtures::*;
use crate::scripted::settings;
use spotcheck::mail::{Sent, SmtpTransport, Transport};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::{TempDir, tempdir};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

const SINK: &str = "/usr/sbin/smtp-sink";

struct Sink {
    _process: Child,
    port: u16,
    folder: TempDir,
}

impl Sink {
    async fn start(options: &[&str]) -> Sink {
        assert!(
            Path::new(SINK).exists(),
            "{SINK} is missing: install the Debian package postfix (apt-get install postfix)"
        );
        let folder = tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        // The sink wants to be told whose privileges to use if, and only if, it starts as root.
        let as_root = std::fs::metadata(folder.path()).unwrap().uid() == 0;
        let privileges: &[&str] = if as_root { &["-u", "root"] } else { &[] };
        let process = Command::new(SINK)
            .args(["-d", "mail."])
            .args(privileges)
            .args(options)
            .args([&format!("inet:127.0.0.1:{port}"), "100"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let up = async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), up).await.unwrap();
        Sink { _process: process, port, folder }
    }

    async fn send(&self, ready: &Ready) -> Sent {
        let transport = Transport::Smtp(Box::new(SmtpTransport::new(settings(self.port)).unwrap()));
        let sent = transport.send(ready.parcel(), None, || None, async || Ok::<_, ()>(())).await.unwrap().0;
        transport.finish().await;
        sent
    }

    /// What arrived, without the lines that the sink puts before it and the empty one after it.
    fn delivered(&self) -> Vec<Vec<u8>> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        let contents = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
        contents
            .filter(|content| content.contains("Message-ID"))
            .map(|content| {
                let own = content
                    .lines()
                    .take_while(|l| l.starts_with("X-") || l.starts_with("Received") || l.starts_with('\t'));
                let own: usize = own.map(|l| l.len() + 1).sum();
                content[own..].strip_suffix('\n').unwrap().replace('\n', "\r\n").into_bytes()
            })
            .collect()
    }
}

#[tokio::test]
async fn the_bytes_arrive_as_they_were_composed() {
    let sink = Sink::start(&[]).await;
    let ready = Ready::to(&["zhaoxin@field.example", "sunli@field.example"]);
    assert_eq!(sink.send(&ready).await, Sent::Acked { refused: vec![] });
    let delivered = sink.delivered();
    assert_eq!(delivered.len(), 1);
    assert_eq!(String::from_utf8_lossy(&delivered[0]), String::from_utf8_lossy(&ready.bytes));
}

#[tokio::test]
async fn refusals_and_delays_are_told_apart() {
    let one = Ready::to(&["zhaoxin@field.example"]);
    let hard = Sink::start(&["-f", "RCPT"]).await.send(&one).await;
    assert!(
        matches!(&hard, Sent::Refused(r) if r.len() == 1 && r[0].reason.to_string() == "RCPT TO: 500 5.3.0"),
        "{hard:?}"
    );
    let soft = Sink::start(&["-r", "RCPT"]).await.send(&one).await;
    assert!(matches!(&soft, Sent::Retry(r) if r.to_string() == "RCPT TO: 450 4.3.0"), "{soft:?}");
    let dropped = Sink::start(&["-q", "DATA"]).await.send(&one).await;
    assert!(matches!(dropped, Sent::Retry(_)), "{dropped:?}");
    let lost = Sink::start(&["-q", "."]).await.send(&one).await;
    assert!(matches!(lost, Sent::Ambiguous(_)), "{lost:?}");
}
