//! Servers that are away for a while, and second ones.

use crate::office::{Office, smtp, time};
use crate::peer::{Act, Peer};
use spotcheck::letter::LetterKind;
use spotcheck::model::time::{HOUR, MINUTE};
use spotcheck::work::dispatch;
use std::net::TcpListener;

/// A port on which nobody listens for now.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Turns of the daemon, one a minute.
async fn turns(office: &Office, minutes: i64) {
    for _ in 0..minutes {
        dispatch::dispatch(&office.ctx).await.unwrap();
        office.ctx.clock.set(office.ctx.now().plus(MINUTE));
    }
}

#[tokio::test]
async fn after_an_hour_without_server_everything_leaves_at_once_in_its_order() {
    let port = free_port();
    let office = Office::new(&smtp(port, "connections = 1")).await;
    let digests = office.queue(LetterKind::Digest, 0..5).await;
    let receipts = office.queue(LetterKind::Receipt, 5..10).await;
    let assignments = office.queue(LetterKind::Assignment, 10..20).await;
    turns(&office, 60).await;
    for row in office.letters(None).await {
        assert_eq!((row.state.as_str(), row.attempts), ("queued", 0), "an outage burns no attempt");
    }
    let failing = spotcheck::work::ways::failing(&office.ctx).await.unwrap();
    assert_eq!(
        (failing[0].since, failing[0].trouble.as_str()),
        (time("2026-03-01 12:00").0, "connect: connection refused")
    );
    let peer = Peer::on(&format!("127.0.0.1:{port}"), true, |_| Act::Go).await;
    turns(&office, 6).await;
    assert_eq!(peer.seen.lock().unwrap().order, [assignments, receipts, digests].concat());
    assert!(spotcheck::work::ways::failing(&office.ctx).await.unwrap().is_empty());
}

#[tokio::test]
async fn days_without_server_lose_nothing() {
    let port = free_port();
    let office = Office::new(&smtp(port, "")).await;
    let ids = office.queue(LetterKind::Assignment, 0..30).await;
    for _ in 0..9 * 24 {
        dispatch::dispatch(&office.ctx).await.unwrap();
        office.ctx.clock.set(office.ctx.now().plus(HOUR));
    }
    assert_eq!(office.count("queued").await, ids.len());
    let peer = Peer::on(&format!("127.0.0.1:{port}"), false, |_| Act::Go).await;
    turns(&office, 6).await;
    assert_eq!((office.count("acked").await, peer.taken().len()), (30, 30));
}

#[tokio::test]
async fn the_second_server_helps_out_and_the_first_takes_over_again() {
    let port = free_port();
    let second = Peer::start(true, |_| Act::Go).await;
    let mail =
        format!("{}[mail.second]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n", smtp(port, ""), second.port);
    let office = Office::new(&mail).await;
    office.queue(LetterKind::Assignment, 0..10).await;
    dispatch::dispatch(&office.ctx).await.unwrap();
    assert_eq!(second.taken().len(), 10, "at once");
    let first = Peer::on(&format!("127.0.0.1:{port}"), true, |_| Act::Go).await;
    turns(&office, 6).await;
    office.queue(LetterKind::Assignment, 10..15).await;
    dispatch::dispatch(&office.ctx).await.unwrap();
    assert_eq!((first.taken().len(), second.taken().len()), (5, 10));
    assert_eq!(office.count("acked").await, 15);
}

#[tokio::test]
async fn a_server_that_puts_everything_off_is_left_for_the_second() {
    for puts_off in ["421 4.3.2 not now", "451 4.3.2 not accepting", "454 4.7.0 throttled"] {
        let verb_of = move |verb: &str| verb == "MAIL";
        let first = Peer::start(true, move |verb| if verb_of(verb) { Act::Say(puts_off) } else { Act::Go }).await;
        let second = Peer::start(true, |_| Act::Go).await;
        let mail = format!(
            "{}[mail.second]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n",
            smtp(first.port, "connections = 2"),
            second.port
        );
        let office = Office::new(&mail).await;
        office.queue(LetterKind::Assignment, 0..20).await;
        dispatch::dispatch(&office.ctx).await.unwrap();
        assert_eq!((office.count("acked").await, second.taken().len()), (20, 20), "{puts_off}");
        let tried = office.letters(None).await.iter().filter(|row| row.attempts > 1).count();
        assert!(tried <= 2, "only what the first was asked for pays: {tried}");
    }
}

#[tokio::test]
async fn a_letter_that_is_put_off_holds_up_no_other() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let asked = AtomicUsize::new(0);
    // Greylisting: each recipient's first try is put off.
    let peer = Peer::start(true, move |verb| match verb {
        "RCPT" if asked.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) => Act::Say("450 4.2.0 greylisted"),
        _ => Act::Go,
    })
    .await;
    let office = Office::new(&smtp(peer.port, "connections = 1")).await;
    office.queue(LetterKind::Assignment, 0..10).await;
    let done = dispatch::dispatch(&office.ctx).await.unwrap();
    assert_eq!((done.acked, done.again), (5, 5));
    assert!(spotcheck::work::ways::failing(&office.ctx).await.unwrap().is_empty(), "the server is not to blame");
    turns(&office, 60).await;
    assert_eq!(office.count("acked").await, 10);
}

#[tokio::test]
async fn a_turn_sends_only_so_long_and_the_next_goes_on() {
    let peer = Peer::start(true, |_| Act::Go).await;
    let mut office = Office::new(&smtp(peer.port, "connections = 1")).await;
    office.ctx.sends_for = Some(0);
    office.queue(LetterKind::Assignment, 0..500).await;
    let first = dispatch::dispatch(&office.ctx).await.unwrap().acked;
    assert!((1..500).contains(&first), "{first}: draws must not wait for a slow server");
    let mut sent = first;
    while sent < 500 {
        let more = dispatch::dispatch(&office.ctx).await.unwrap().acked;
        assert!(more > 0, "each turn gets on");
        sent += more;
    }
    assert_eq!((office.count("acked").await, peer.taken().len()), (500, 500));
}
