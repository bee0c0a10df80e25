//! Three daemons on one PostgreSQL: one leads, and whoever leads may be killed or frozen at any moment.

use super::office::{Office, smtp};
use super::rig::program;
use super::sink::{Answer, Sink};
use super::support;
use spotcheck::clock::Stopwatch;
use spotcheck::letter::LetterKind;
use spotcheck::store::Store;
use sqlx::{Connection, PgConnection};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

const LETTERS: usize = 1500;

/// Every change of a letter, with whose it was and who led when it was committed.
const LEDGER: &str = "
    CREATE TABLE written (app TEXT NOT NULL, leader TEXT NOT NULL, zombie BOOLEAN NOT NULL);
    CREATE FUNCTION note_writer() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE leader TEXT;
    BEGIN
        SELECT owner INTO leader FROM lease WHERE name = 'daemon';
        INSERT INTO written SELECT current_setting('application_name'), leader,
            leader NOT LIKE (SELECT pid || '@%' FROM daemon_pid WHERE app = current_setting('application_name'));
        RETURN NULL;
    END $$;
    CREATE TABLE daemon_pid (app TEXT PRIMARY KEY, pid TEXT NOT NULL);
    CREATE CONSTRAINT TRIGGER note_writer AFTER UPDATE ON letter DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (current_setting('application_name') LIKE 'daemon-%') EXECUTE FUNCTION note_writer();";

pub struct Daemon {
    child: Child,
    log: Arc<Mutex<String>>,
    name: String,
}

impl Daemon {
    /// A daemon with a name of its own in the database.
    async fn start(office: &Office, url: &str, number: usize, db: &mut PgConnection) -> Daemon {
        let name = format!("daemon-{number}");
        let with_name = format!("{url}{}application_name={name}", if url.contains('?') { '&' } else { '?' });
        let mut command = Command::new(program());
        command.arg("serve").arg("--config").arg(office.path("spotcheck.toml"));
        command.env("SPOTCHECK__STORAGE__URL", with_name).env("SPOTCHECK_LOG", "info");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let registered = "INSERT INTO daemon_pid VALUES ($1, $2)";
        sqlx::query(registered).bind(&name).bind(child.id().to_string()).execute(db).await.unwrap();
        let (log, lines) = (Arc::new(Mutex::new(String::new())), BufReader::new(child.stderr.take().unwrap()).lines());
        let written = log.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                written.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        Daemon { child, log, name }
    }

    pub fn says(&self, what: &str) -> bool {
        self.log.lock().unwrap().contains(what)
    }

    pub fn count(&self, what: &str) -> usize {
        self.log.lock().unwrap().matches(what).count()
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success(), "{signal}");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks again and again until it is so; how long it took.
pub async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) -> Duration {
    let begun = Stopwatch::start();
    while !so().await {
        assert!(begun.milliseconds() < 120_000, "it did not come to that: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Duration::from_millis(begun.milliseconds().unsigned_abs())
}

pub struct Team {
    pub office: Office,
    pub url: String,
    pub db: PgConnection,
    sink: Sink,
    /// Of the sink.
    _folder: TempDir,
    pub daemons: Vec<Daemon>,
    started: usize,
}

impl Team {
    async fn new(letters: usize) -> Team {
        Team::on(support::postgres_url().await, letters).await
    }

    /// An office on that database, with so many letters to send.
    pub async fn on(url: String, letters: usize) -> Team {
        let folder = tempfile::tempdir().unwrap();
        // Slow enough that a kill falls into the middle of it.
        let sink = Sink::start(folder.path(), |_| {
            std::thread::sleep(Duration::from_millis(4));
            Answer::Takes
        });
        let mail = smtp(sink.port, "connections = 2");
        let office = Office::new(&format!("on_ambiguous = \"resend\"\n{mail}\n[storage]\nurl = \"{url}\"")).await;
        office.queue(LetterKind::Assignment, 0..letters).await;
        let mut db = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(LEDGER).execute(&mut db).await.unwrap();
        Team { office, url, db, sink, _folder: folder, daemons: Vec::new(), started: 0 }
    }

    pub async fn start(&mut self) {
        self.started += 1;
        let daemon = Daemon::start(&self.office, &self.url, self.started, &mut self.db).await;
        self.daemons.push(daemon);
    }

    async fn leader(&mut self) -> Option<usize> {
        let leads = "SELECT app FROM daemon_pid, lease WHERE name = 'daemon' AND owner LIKE pid || '@%'";
        let found: Option<(String,)> = sqlx::query_as(leads).fetch_optional(&mut self.db).await.unwrap();
        let (name,) = found?;
        self.daemons.iter().position(|daemon| daemon.name == name)
    }

    pub async fn in_hand(&mut self) -> i64 {
        let count = "SELECT count(*) FROM letter WHERE state IN ('claimed', 'data_sent')";
        sqlx::query_as::<_, (i64,)>(count).fetch_one(&mut self.db).await.unwrap().0
    }

    pub async fn sends(&mut self, more: usize) -> Duration {
        let wanted = self.sink.copies() + more;
        let sink = self.sink.clone();
        until("letters go out", async || sink.copies() >= wanted).await
    }

    /// Every letter came, the same to the byte, and more than once only where that is listed: (copies, listed).
    pub async fn ends_well(&mut self) -> (usize, usize) {
        let store = Store::as_it_is(&self.url).await.unwrap();
        let rows = async || {
            let rows = store.read().await.unwrap().letters(None, 100_000).await.unwrap();
            rows.into_iter().filter(|row| row.kind == "assignment").collect::<Vec<_>>()
        };
        until("all is sent", async || rows().await.iter().all(|row| row.state == "acked")).await;
        let (taken, mut copies, mut listed) = (self.sink.taken(), 0, 0);
        for row in rows().await {
            let of_letter = taken.get(&row.message_id).unwrap_or_else(|| panic!("a letter was lost"));
            let ambiguous = usize::try_from(row.ambiguous).unwrap();
            assert!(of_letter.len() <= 1 + ambiguous, "{} copies, {ambiguous} listed", of_letter.len());
            assert!(of_letter.iter().all(|copy| *copy == of_letter[0]), "copies differ");
            (copies, listed) = (copies + of_letter.len(), listed + ambiguous);
        }
        store.close().await;
        (copies, listed)
    }

    /// Changes of letters that were committed, and those by a daemon that did not lead.
    pub async fn written(&mut self) -> (i64, i64) {
        let count = "SELECT count(*), count(*) FILTER (WHERE zombie) FROM written";
        sqlx::query_as(count).fetch_one(&mut self.db).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_leader_is_killed_and_another_sends_on() {
    let mut team = Team::new(LETTERS).await;
    team.start().await;
    team.sends(30).await;
    team.start().await;
    team.start().await;
    let two_more = async |team: &mut Team| {
        let daemons = &team.daemons[team.daemons.len() - 2..];
        until("they stand by", async || daemons.iter().all(|daemon| daemon.says("standing by"))).await;
    };
    two_more(&mut team).await;
    let mut waits = Vec::new();
    for _ in 0..3 {
        let leader = team.leader().await.expect("somebody leads");
        let mut killed = team.daemons.remove(leader);
        killed.child.kill().unwrap();
        killed.child.wait().unwrap();
        // What is on its way at this moment still arrives.
        tokio::time::sleep(Duration::from_millis(20)).await;
        waits.push(team.sends(1).await);
        team.start().await;
        team.sends(20).await;
    }
    let status = Command::new(program())
        .args(["status", "--lang", "en", "--config"])
        .arg(team.office.path("spotcheck.toml"))
        .output()
        .unwrap();
    let status = String::from_utf8(status.stdout).unwrap();
    let count = |what: &str| status.lines().filter(|line| line.starts_with("Daemon ") && line.contains(what)).count();
    assert_eq!(count("leads"), 1, "{status}");
    let (copies, listed) = team.ends_well().await;
    let (written, zombies) = team.written().await;
    assert!(written > 0 && zombies == 0, "{zombies} of {written} changes by daemons that did not lead");
    println!(
        "3 leaders killed: next letter after {waits:?}; {LETTERS} letters, 0 lost, {copies} copies, {listed} listed; {written} changes, {zombies} by daemons that did not lead"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_was_frozen_writes_nothing_when_it_wakes() {
    let mut team = Team::new(LETTERS).await;
    team.start().await;
    team.sends(30).await;
    team.start().await;
    let frozen = team.leader().await.expect("it leads");
    // In the middle of its letters, so that it has something to write when it wakes.
    loop {
        team.daemons[frozen].signal("-STOP");
        if team.in_hand().await > 0 {
            break;
        }
        team.daemons[frozen].signal("-CONT");
        team.sends(1).await;
    }
    // More than the frozen one has on its way.
    let wait = team.sends(20).await;
    team.daemons[frozen].signal("-CONT");
    until("it stands by", async || team.daemons[frozen].says("standing by")).await;
    let (copies, listed) = team.ends_well().await;
    let (written, zombies) = team.written().await;
    assert!(written > 0 && zombies == 0, "{zombies} of {written} changes by daemons that did not lead");
    println!(
        "frozen, followed after {wait:?}, woken: {LETTERS} letters, 0 lost, {copies} copies, {listed} listed; {written} changes, {zombies} by the one that did not lead"
    );
}
