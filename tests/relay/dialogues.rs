//! Whatever a server does at whatever step: the letter ends in the right state, none is lost, every end that
//! nobody can know is listed, and a letter that goes out again has the same bytes.

use crate::office::{Office, time};
use crate::peer::{Act, Peer};
use spotcheck::letter::LetterKind;
use spotcheck::store::Tx;
use spotcheck::work::dispatch;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Long enough for a machine that does many things, short enough for servers that say nothing.
const PATIENCE: Duration = Duration::from_secs(4);
/// Cases side by side.
const ROOM: usize = 12;

/// Before the letter is offered, while it is, after 354 and after the dot.
const STEPS: [&str; 6] = ["connect", "EHLO", "MAIL", "RCPT", "DATA", "."];

/// What a letter shall have become after a failure at a step.
fn expected(step: &str, act: Act) -> (&'static str, i64, i64) {
    // (state, attempts, ends that nobody knows)
    let before = matches!(step, "connect" | "EHLO");
    match act {
        Act::Say(words) if words.starts_with('5') && !before => ("refused", 1, 0),
        _ if before => ("queued", 0, 0),
        Act::Say(_) => ("queued", 1, 0),
        // What the system took over for sending may have left this machine, dot and all.
        _ if matches!(step, "." | "in content") => ("queued", 1, 1),
        _ => ("queued", 1, 0),
    }
}

/// Fails once, at one step, for one letter of three; then the server is well again.
async fn case(pipelining: bool, step: &'static str, what: Act) -> (usize, usize) {
    let ill = Arc::new(AtomicBool::new(true));
    let peer = {
        let ill = ill.clone();
        Peer::start(pipelining, move |verb| if verb == step && ill.load(Ordering::SeqCst) { what } else { Act::Go })
            .await
    };
    let told = format!("{step} {what:?}, pipelining {pipelining}");
    let mut office = Office::with_server(peer.port).await;
    office.hurry(peer.port, PATIENCE);
    let ids = office.queue(LetterKind::Assignment, 0..1).await;
    let bytes = office.bytes(&ids[0]).await;
    dispatch::dispatch(&office.ctx).await.unwrap();
    let row = office.letter(&ids[0]).await;
    assert_eq!((row.state.as_str(), row.attempts, row.ambiguous), expected(step, what), "{told}: {row:?}");
    if row.state == "queued" {
        let trouble = row.trouble.clone().or(office
            .ctx
            .store
            .read()
            .await
            .unwrap()
            .relays()
            .await
            .unwrap()
            .pop()
            .map(|r| r.trouble));
        assert!(trouble.is_some_and(|text| !text.contains('@')), "{told}: why it waits is told, and no address");
    }
    ill.store(false, Ordering::SeqCst);
    office.ctx.clock.set(time("2026-03-01 12:10"));
    dispatch::dispatch(&office.ctx).await.unwrap();
    let row = office.letter(&ids[0]).await;
    let taken = peer.taken();
    let copies = taken.get(&ids[0]).map_or(0, Vec::len);
    for copy in taken.values().flatten() {
        assert_eq!(String::from_utf8_lossy(copy), String::from_utf8_lossy(&bytes), "{told}");
    }
    if row.state == "refused" {
        assert_eq!(copies, 0, "{told}");
    } else {
        assert_eq!(row.state, "acked", "{told}: {row:?}");
        let twice = row.ambiguous > 0 && step != "in content";
        assert_eq!(copies, 1 + usize::from(twice), "{told}");
        let listed = office.ctx.store.read().await.unwrap().ambiguous_letters(10).await.unwrap();
        assert_eq!(listed.len(), usize::from(row.ambiguous > 0), "{told}");
    }
    (copies, usize::try_from(row.ambiguous).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_failure_at_every_step_ends_in_the_right_state() {
    let room = Arc::new(Semaphore::new(ROOM));
    let limited = |pipelining, step, what| {
        let room = room.clone();
        tokio::spawn(async move {
            let _place = room.acquire().await.unwrap();
            case(pipelining, step, what).await
        })
    };
    let mut cases = Vec::new();
    for pipelining in [false, true] {
        for step in STEPS {
            for what in [
                Act::Say("421 4.3.2 closing"),
                Act::Say("450 4.7.1 greylisted, come back"),
                Act::Say("451-4.3.0 more\r\n451 4.3.0 than one line"),
                Act::Say("452 4.2.2 full"),
                Act::Say("454 4.7.0 throttled"),
                Act::Say("500 5.5.2 what"),
                Act::Say("550 5.1.1 nobody@field.example"),
                Act::Say("552 5.3.4 too large"),
                Act::Say("554 5.7.1 no"),
                Act::Cut,
                Act::Stall,
                Act::Garbage,
                Act::HalfClose,
            ] {
                cases.push(limited(pipelining, step, what));
            }
        }
        cases.push(limited(pipelining, "in content", Act::Cut));
    }
    let number = cases.len();
    let (mut copies, mut doubtful) = (0, 0);
    for case in cases {
        let (c, d) = case.await.unwrap();
        copies += c;
        doubtful += d;
    }
    println!(
        "{number} dialogues: {copies} copies taken over, {doubtful} doubtful ends, all listed, all with the same bytes"
    );
}

#[tokio::test]
async fn a_letter_in_doubt_can_be_held_for_a_person() {
    let lost = Arc::new(AtomicBool::new(true));
    let script = {
        let lost = lost.clone();
        move |verb: &str| if verb == "." && lost.load(Ordering::SeqCst) { Act::Cut } else { Act::Go }
    };
    let peer = Peer::start(true, script).await;
    let mail = format!("on_ambiguous = \"hold\"\n{}", crate::office::smtp(peer.port, ""));
    let office = Office::new(&mail).await;
    let id = office.queue(LetterKind::Assignment, 0..1).await.remove(0);
    dispatch::dispatch(&office.ctx).await.unwrap();
    assert_eq!(office.letter(&id).await.state, "ambiguous");
    office.at("2026-03-02 12:00");
    lost.store(false, Ordering::SeqCst);
    dispatch::dispatch(&office.ctx).await.unwrap();
    assert_eq!(peer.taken()[&id].len(), 1, "nobody decided yet");
    let name = spotcheck::work::outbox::letter_name(&id);
    assert!(spotcheck::work::outbox::set_letter(&office.ctx, &name, false).await.unwrap());
    dispatch::dispatch(&office.ctx).await.unwrap();
    let copies = &peer.taken()[&id];
    assert_eq!((office.letter(&id).await.state.as_str(), copies.len()), ("acked", 2));
    assert_eq!(copies[0], copies[1]);
}

#[tokio::test]
async fn who_is_refused_stands_in_the_bounce_book_with_letter_and_reason() {
    let peer = Peer::start(true, |verb| if verb == "RCPT" { Act::Say("550 5.1.1 gone") } else { Act::Go }).await;
    let office = Office::with_server(peer.port).await;
    let id = office.queue(LetterKind::Assignment, 7..8).await.remove(0);
    assert_eq!(dispatch::dispatch(&office.ctx).await.unwrap().refused, 1);
    let Tx::Sqlite(mut tx) = office.ctx.store.read().await.unwrap() else { panic!("a file") };
    let book: Vec<(String, String)> = sqlx::query_as("SELECT address, reason FROM bounce WHERE message_id = $1")
        .bind(&id)
        .fetch_all(&mut *tx)
        .await
        .unwrap();
    assert_eq!(book, [("inspector7@field.example".to_owned(), "RCPT TO: 550 5.1.1".to_owned())]);
}

#[tokio::test]
async fn connections_are_bounded_renewed_and_closed_politely() {
    let peer = Peer::start(true, |_| Act::Go).await;
    let office = Office::new(&crate::office::smtp(peer.port, "connections = 3\nletters_a_connection = 5")).await;
    office.queue(LetterKind::Assignment, 0..50).await;
    assert_eq!(dispatch::dispatch(&office.ctx).await.unwrap().acked, 50);
    let seen = peer.seen.lock().unwrap();
    assert!(seen.most_open <= 3, "{}", seen.most_open);
    assert!((10..=13).contains(&seen.connections), "{} connections for 50 letters of 5 each", seen.connections);
    assert_eq!(seen.quits, seen.connections, "each is told goodbye");
}

#[tokio::test]
async fn a_server_that_allows_fewer_connections_gets_its_letters_by_those() {
    let open = Arc::new(AtomicBool::new(false));
    let script = move |verb: &str| match verb {
        "connect" if open.swap(true, Ordering::SeqCst) => Act::Say("421 4.7.0 too many connections"),
        _ => Act::Go,
    };
    let peer = Peer::start(true, script).await;
    let office = Office::new(&crate::office::smtp(peer.port, "connections = 4")).await;
    let ids = office.queue(LetterKind::Assignment, 0..40).await;
    assert_eq!(dispatch::dispatch(&office.ctx).await.unwrap().acked, 40);
    for id in ids {
        let row = office.letter(&id).await;
        assert_eq!((row.state.as_str(), row.attempts), ("acked", 1), "no letter paid for it");
    }
}
