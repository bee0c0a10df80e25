//! A daemon that is killed between any two steps of sending: nothing is lost, what may have gone out twice is
//! listed, and copies are the same to the byte.

use crate::office::{Office, smtp, time};
use crate::peer::{Act, Peer};
use spotcheck::letter::LetterKind;
use spotcheck::model::time::HOUR;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use tokio::process::Command;

const LETTERS: usize = 6;
/// Everything that a server hears or does for a letter.
const STEPS: [&str; 8] = ["connect", "EHLO", "MAIL", "RCPT", "DATA", "in content", ".", "answered"];

/// Kills the process that stands in `victim`, and waits until the system has ended it.
fn kill(victim: &AtomicU32) {
    let pid = victim.load(Ordering::SeqCst);
    let sent = std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
    assert!(sent.success());
    // Once its files are closed it can do nothing more, whatever answer reaches it.
    while std::fs::read_dir(format!("/proc/{pid}/fd")).is_ok_and(|open| open.count() > 0) {
        std::thread::yield_now();
    }
}

fn spotcheck(office: &Office, what: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    command.arg(what).arg("--config").arg(office.path("spotcheck.toml")).args(["--lang", "en"]);
    command.env("SPOTCHECK_LOG", "warn").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// One tick as a process of its own; whether it lived to its end.
async fn tick(office: &Office, moment: spotcheck::model::Timestamp, victim: &AtomicU32) -> bool {
    let mut command = spotcheck(office, "tick");
    let mut child = command.args(["--now", &moment.to_string()]).kill_on_drop(true).spawn().unwrap();
    victim.store(child.id().unwrap(), Ordering::SeqCst);
    child.wait().await.unwrap().code().is_some()
}

/// Kills at the n-th time that a step comes. Returns whether it came to that, copies taken over, doubtful ends.
async fn case(step: &'static str, nth: usize, connections: usize, letters: usize) -> (bool, usize, usize) {
    let (victim, times) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicUsize::new(0)));
    let peer = {
        let (victim, times) = (victim.clone(), times.clone());
        Peer::start(true, move |heard| {
            if heard == step && times.fetch_add(1, Ordering::SeqCst) + 1 == nth {
                kill(&victim);
            }
            Act::Go
        })
        .await
    };
    let office = Office::new(&smtp(peer.port, &format!("connections = {connections}"))).await;
    let ids = office.queue(LetterKind::Assignment, 0..letters).await;
    let mut moment = time(crate::office::NOON);
    let killed = !tick(&office, moment, &victim).await;
    // Claims run out first.
    for _ in 0..4 {
        moment = moment.plus(HOUR);
        assert!(tick(&office, moment, &victim).await, "nobody is killed twice");
    }
    let told = format!("{step}, time {nth}, {connections} connections");
    let (taken, mut copies, mut doubtful) = (peer.taken(), 0, 0);
    for id in &ids {
        let row = office.letter(id).await;
        let of_letter = taken.get(id).unwrap_or_else(|| panic!("{told}: a letter was lost"));
        assert_eq!(row.state, "acked", "{told}");
        assert!(of_letter.len() == 1 || row.ambiguous > 0, "{told}: a copy that is not listed");
        assert!(of_letter.len() <= 2, "{told}");
        let bytes = office.bytes(id).await;
        assert!(of_letter.iter().all(|copy| *copy == bytes), "{told}: copies differ");
        copies += of_letter.len();
        doubtful += usize::try_from(row.ambiguous).unwrap();
    }
    (killed, copies, doubtful)
}

/// Asks a process to stop, as a service manager does.
fn terminate(pid: u32) {
    assert!(std::process::Command::new("kill").args(["-TERM", &pid.to_string()]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_daemon_that_is_told_to_stop_finishes_what_it_has_in_hand() {
    let (daemon, times) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicUsize::new(0)));
    let peer = {
        let daemon = daemon.clone();
        Peer::start(true, move |heard| {
            if heard == "." && times.fetch_add(1, Ordering::SeqCst) == 50 {
                terminate(daemon.load(Ordering::SeqCst));
            }
            Act::Go
        })
        .await
    };
    let office = Office::new(&smtp(peer.port, "connections = 4")).await;
    office.queue(LetterKind::Assignment, 0..5000).await;
    let mut child = spotcheck(&office, "serve").kill_on_drop(true).spawn().unwrap();
    daemon.store(child.id().unwrap(), Ordering::SeqCst);
    let ended = tokio::time::timeout(std::time::Duration::from_secs(60), child.wait()).await;
    assert_eq!(ended.expect("it stops").unwrap().code(), Some(0));
    // The real clock has letters of its own for the desk.
    let letters = office.letters(None).await;
    let count = |state: &str| letters.iter().filter(|l| l.kind == "assignment" && l.state == state).count();
    let (sent, doubtful) = (count("acked"), count("data_sent"));
    assert!((50..5000).contains(&sent) && doubtful == 0, "{sent} sent, {doubtful} in doubt");
    assert_eq!((count("queued"), peer.taken().len()), (5000 - sent, sent));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_kill_between_any_two_steps_loses_nothing_and_lists_what_is_in_doubt() {
    let (mut runs, mut kills, mut copies, mut doubtful) = (0, 0, 0, 0);
    for connections in [1, 4] {
        for step in STEPS {
            for nth in [1, 3] {
                let (killed, c, d) = case(step, nth, connections, LETTERS).await;
                assert!(d <= connections, "{step}, {nth}: at most one for each of {connections} connections");
                // One connection is opened once, and greeted with EHLO twice.
                let comes = !(connections == 1 && nth == 3 && matches!(step, "connect" | "EHLO"));
                assert_eq!(killed, comes, "{step}, time {nth}, {connections} connections");
                runs += 1;
                kills += usize::from(killed);
                copies += c;
                doubtful += d;
            }
        }
    }
    let letters = runs * LETTERS;
    println!(
        "{runs} runs, {kills} kills: {letters} letters, 0 lost, {copies} copies, {doubtful} doubtful ends, all listed"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_kill_where_many_letters_wait_lists_what_was_marked_and_not_ended() {
    for connections in [1, 4] {
        for step in ["MAIL", "in content", ".", "answered"] {
            let letters = 200 * connections;
            let (killed, copies, doubtful) = case(step, letters / 2, connections, letters).await;
            assert!(killed, "{step}");
            assert!(doubtful <= 24 * connections, "{step}: {doubtful} for {connections} connections");
            println!("{step}: {letters} letters, 0 lost, {copies} copies, {doubtful} doubtful ends, all listed");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn where_doubtful_letters_wait_for_a_person_none_is_marked_before_its_turn() {
    let (victim, times) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicUsize::new(0)));
    let peer = {
        let (victim, times) = (victim.clone(), times.clone());
        Peer::start(true, move |heard| {
            if heard == "." && times.fetch_add(1, Ordering::SeqCst) == 50 {
                kill(&victim);
            }
            Act::Go
        })
        .await
    };
    let settings = smtp(peer.port, "connections = 2");
    let office = Office::new(&format!("on_ambiguous = \"hold\"\n{settings}")).await;
    office.queue(LetterKind::Assignment, 0..200).await;
    let moment = time(crate::office::NOON);
    assert!(!tick(&office, moment, &victim).await);
    assert!(tick(&office, moment.plus(HOUR), &victim).await);
    let letters = office.letters(None).await;
    let count = |state: &str| letters.iter().filter(|letter| letter.state == state).count();
    let held = count("ambiguous");
    assert!((1..=2).contains(&held), "{held} wait for a person");
    assert_eq!(count("acked"), 200 - held);
}
