//! What it costs to send letters: `benches/send.sh` starts the servers and runs this.
//!
//! Ours keeps the states of every letter durably in an SQLite file: claimed, `data_sent` before the final
//! dot, acked. lettre's own transport and smtp-source keep nothing. smtp-source sends the same letter to recipients
//! that differ as ours do: Postfix asks itself about each. It has delivered all before the next run begins, and the two
//! take turns. A word among the arguments picks the rows that hold it.

#![expect(clippy::unwrap_used, reason = "a benchmark may fail this way")]

use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use spotcheck::clock::{Clock, Stopwatch};
use spotcheck::config::Config;
use spotcheck::entropy::Entropy;
use spotcheck::letter::{Auto, HeaderText, Host, Letter, LetterKind, MessageId};
use spotcheck::model::key::KeyUse;
use spotcheck::model::{AssignmentId, InspectorId, Timestamp};
use spotcheck::store::NewLetter;
use spotcheck::work::post::{About, Direction};
use spotcheck::work::side_by_side::side_by_side;
use spotcheck::work::{Context, Secrets, dispatch};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The fastest of so many.
const RUNS: usize = 5;
const COMPOSED: usize = 50_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let [sink, postfix, queue, words @ ..] = &arguments[..] else {
        println!("run benches/send.sh: it starts the servers");
        return;
    };
    let bench = Measured {
        runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
        words: words.to_vec(),
        letter: tempfile::NamedTempFile::new().unwrap(),
        queue: queue.into(),
    };
    let (sink, postfix) = (sink.parse().unwrap(), postfix.parse().unwrap());
    let letter = bench.runtime.block_on(async { Bench::new(1, 1).await.with_bytes(1).await.remove(0).1 });
    println!("letters of {} bytes; the fastest of {RUNS} runs", letter.len());
    let lines: Vec<u8> = letter.into_iter().filter(|byte| *byte != b'\r').collect();
    std::fs::write(bench.letter.path(), lines).unwrap();
    println!("{:<44} {:>11} {:>8} {:>10}", "", "connections", "letters", "letters/s");
    if bench.wanted("composed") {
        bench.runtime.block_on(compose());
    }
    for connections in [1, 4, 16] {
        let number = 60 * connections;
        bench.row("lettre's own transport -> smtp-sink", connections, number, &|| {
            bench.runtime.block_on(theirs(sink, connections, number))
        });
    }
    for connections in [1, 4, 16] {
        bench.beside("smtp-sink", sink, connections, 10_000 + 2_000 * connections);
    }
    for connections in [4, 16] {
        bench.beside("Postfix", postfix, connections, 3_000);
    }
}

struct Measured {
    runtime: tokio::runtime::Runtime,
    /// Of the rows that are asked for.
    words: Vec<String>,
    /// One of ours, for smtp-source.
    letter: tempfile::NamedTempFile,
    /// The folder of Postfix's queue.
    queue: PathBuf,
}

impl Measured {
    /// Whether the arguments ask for such a row.
    fn wanted(&self, row: &str) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| row.contains(word.as_str()))
    }

    fn row(&self, what: &str, connections: usize, letters: usize, run: &dyn Fn() -> f64) {
        if self.wanted(&format!("{what} {connections}")) {
            let seconds = (0..RUNS).map(|_| run()).fold(f64::INFINITY, f64::min);
            told(what, connections, letters, seconds);
        }
    }

    /// Ours and smtp-source, by turns.
    fn beside(&self, server: &str, port: u16, connections: usize, number: usize) {
        let whats = [format!("ours, durable -> {server}"), format!("smtp-source -> {server}")];
        if !whats.iter().any(|what| self.wanted(&format!("{what} {connections}"))) {
            return;
        }
        let mut best = [f64::INFINITY; 2];
        for _ in 0..RUNS {
            self.settled();
            best[0] = best[0].min(self.runtime.block_on(ours(port, connections, number)));
            self.settled();
            best[1] = best[1].min(self.source(port, connections, number));
        }
        for (what, seconds) in whats.iter().zip(best) {
            told(what, connections, number, seconds);
        }
        println!("{:<44} {:>11} {:>8} {:>9.0}%", "of it", "", "", 100.0 * best[1] / best[0]);
    }

    /// Waits until Postfix has delivered what it took.
    fn settled(&self) {
        let holds = |folder: &str| std::fs::read_dir(self.queue.join(folder)).is_ok_and(|mut all| all.next().is_some());
        while holds("active") || holds("incoming") {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Postfix's own generator, on connections that it keeps.
    fn source(&self, port: u16, connections: usize, number: usize) -> f64 {
        let watch = Stopwatch::start();
        let done = Command::new("smtp-source")
            .args(["-d", "-N", "-s", &connections.to_string(), "-m", &number.to_string(), "-F"])
            .arg(self.letter.path())
            .args(["-f", "desk@yunling.example", "-t", "inspector@field.example", &format!("127.0.0.1:{port}")])
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(done.success());
        watch.milliseconds() as f64 / 1e3
    }
}

fn told(what: &str, connections: usize, letters: usize, seconds: f64) {
    println!("{what:<44} {connections:>11} {letters:>8} {:>10.0}", letters as f64 / seconds);
}

struct Bench {
    ctx: Context,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn new(port: u16, connections: usize) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "[mail]\nfrom = \"desk@yunling.example\"\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\n\
             security = \"none\"\nconnections = {connections}\nletters_a_connection = 100000\n\
             [[office]]\nid = \"yunling\"\nname = \"云岭县督查办\"\nzone = \"Asia/Shanghai\"\n\
             desk = \"desk@yunling.example\"\nhead = \"head@yunling.example\"\n"
        );
        std::fs::write(folder.path().join("spotcheck.toml"), text).unwrap();
        let config = Config::load(&folder.path().join("spotcheck.toml"), &[]).unwrap();
        std::fs::DirBuilder::new().mode(0o700).create(&config.keys.dir).unwrap();
        let entropy = Entropy::seeded(b"bench");
        Secrets::create(&config.keys.dir, &entropy).unwrap();
        let clock = Clock::simulated(Timestamp::parse("2026-03-12T07:30:00+08:00").unwrap());
        Bench { ctx: Context::open(config, clock, entropy).await.unwrap(), folder }
    }

    fn letters(&self, number: usize) -> Vec<NewLetter> {
        let lines: String = (1..12)
            .map(|n| format!("C{n} CALL 李娜 Li Na, 村民 villager, about 滨河村 team, 010-5550-01{n:02} =>\n"))
            .collect();
        let host = Host::parse("yunling.example").unwrap();
        let inspector = InspectorId::parse("I1").unwrap();
        let closes = Timestamp::parse("2026-03-26T00:00:00+08:00").unwrap();
        let numbers: Vec<usize> = (0..number).collect();
        side_by_side(&numbers, |number| {
            let id = AssignmentId::parse(&format!("{:06}", 100_000 + number)).unwrap();
            let key = |used_for| self.ctx.secrets.key(1, used_for, &id, &inspector, closes).unwrap();
            let (reply, bounce) = (key(KeyUse::Reply), key(KeyUse::Bounce));
            let letter = Letter {
                subject: HeaderText::of(&format!("督查 Inspection [{id}] 03-12: visits 走访1 calls 电话11")),
                text: format!("{lines}Ref {id}\n"),
                html: None,
                kind: LetterKind::Assignment,
            };
            let direction = Direction {
                office: &self.ctx.config.offices[0],
                to: &format!("inspector{number}@field.example"),
                message_id: MessageId::assignment(&id, 1, &reply, &host),
                auto: Auto::Generated,
                in_reply_to: None,
                references: Vec::new(),
                about: Some(About { assignment: &id, inspector: &inspector, reply: &reply, bounce: &bounce }),
                null_sender: false,
            };
            self.ctx.write(&letter, direction)
        })
        .unwrap()
    }

    /// Letters with their whole messages, for senders that know no outbox.
    async fn with_bytes(&self, number: usize) -> Vec<(NewLetter, Vec<u8>)> {
        let letters = self.letters(number);
        self.queue(&letters).await;
        let mut tx = self.ctx.store.read().await.unwrap();
        let mut all = Vec::new();
        for letter in letters {
            let bytes = tx.blob(&letter.bytes.sha()).await.unwrap().unwrap();
            all.push((letter, bytes));
        }
        all
    }

    async fn queue(&self, letters: &[NewLetter]) {
        let mut tx = self.ctx.store.begin().await.unwrap();
        assert_eq!(tx.queue_letters(letters).await.unwrap(), letters.len() as u64);
        tx.commit().await.unwrap();
    }
}

/// Letters written and in the outbox, in one commit.
async fn compose() {
    let (mut best, mut written) = (f64::INFINITY, 0.0);
    for _ in 0..RUNS {
        let bench = Bench::new(1, 1).await;
        let watch = Stopwatch::start();
        let letters = bench.letters(COMPOSED);
        let composed = watch.milliseconds() as f64 / 1e3;
        bench.queue(&letters).await;
        let all = watch.milliseconds() as f64 / 1e3;
        if all < best {
            (best, written) = (all, composed);
        }
    }
    let what = format!("composed ({written:.2} s) and committed in {best:.2} s");
    println!("{what:<44} {:>11} {COMPOSED:>8} {:>10.0}", "", COMPOSED as f64 / best);
}

async fn ours(port: u16, connections: usize, number: usize) -> f64 {
    let bench = Bench::new(port, connections).await;
    bench.queue(&bench.letters(number)).await;
    let watch = Stopwatch::start();
    let done = dispatch::dispatch(&bench.ctx).await.unwrap();
    let seconds = watch.milliseconds() as f64 / 1e3;
    assert_eq!((done.acked, done.ambiguous), (number, 0));
    bench.ctx.store.close().await;
    drop(bench.folder);
    seconds
}

async fn theirs(port: u16, connections: usize, number: usize) -> f64 {
    let bench = Bench::new(port, connections).await;
    let letters = Arc::new(bench.with_bytes(number).await);
    let transport: AsyncSmtpTransport<Tokio1Executor> =
        AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
            .port(port)
            .pool_config(PoolConfig::new().max_size(u32::try_from(connections).unwrap()))
            .build();
    let next = Arc::new(AtomicUsize::new(0));
    let watch = Stopwatch::start();
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let (transport, letters, next) = (transport.clone(), letters.clone(), next.clone());
        senders.spawn(async move {
            while let Some((letter, bytes)) = letters.get(next.fetch_add(1, Ordering::Relaxed)) {
                let (from, to) = (letter.sender.parse().unwrap(), letter.recipients[0].parse().unwrap());
                let envelope = lettre::address::Envelope::new(Some(from), vec![to]).unwrap();
                transport.send_raw(&envelope, bytes).await.unwrap();
            }
        });
    }
    while let Some(sent) = senders.join_next().await {
        sent.unwrap();
    }
    watch.milliseconds() as f64 / 1e3
}
