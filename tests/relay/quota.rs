//! What a provider allows: by the minute, by the day, and a part of the day for assignments.

use crate::office::{Office, smtp};
use crate::peer::{Act, Peer};
use spotcheck::letter::LetterKind;
use spotcheck::model::time::{HOUR, MINUTE};
use spotcheck::work::dispatch::dispatch;

#[tokio::test]
async fn no_minute_carries_more_than_its_cap() {
    let peer = Peer::start(true, |_| Act::Go).await;
    let office = Office::new(&smtp(peer.port, "per_minute = 7")).await;
    office.queue(LetterKind::Assignment, 0..25).await;
    let mut sent = Vec::new();
    for _ in 0..4 {
        // Twice a minute, as the daemon looks often.
        let first = dispatch(&office.ctx).await.unwrap().acked;
        let again = dispatch(&office.ctx).await.unwrap().acked;
        sent.push(first + again);
        office.ctx.clock.set(office.ctx.now().plus(MINUTE));
    }
    assert_eq!(sent, [7, 7, 7, 4]);
    assert_eq!(office.letters(None).await.iter().map(|row| row.attempts).max(), Some(1));
}

#[tokio::test]
async fn a_day_has_its_quota_and_a_part_of_it_is_for_assignments() {
    let peer = Peer::start(true, |_| Act::Go).await;
    let office = Office::new(&smtp(peer.port, "per_day = 20\nper_day_for_assignments = 8")).await;
    office.queue(LetterKind::Digest, 0..30).await;
    assert_eq!(dispatch(&office.ctx).await.unwrap().acked, 12, "digests leave alone what is kept");
    office.ctx.clock.set(office.ctx.now().plus(HOUR));
    let assignments = office.queue(LetterKind::Assignment, 100..110).await;
    assert_eq!(dispatch(&office.ctx).await.unwrap().acked, 8);
    assert_eq!(dispatch(&office.ctx).await.unwrap().acked, 0, "the day is over");
    office.ctx.clock.set(office.ctx.now().plus(22 * HOUR));
    assert_eq!(dispatch(&office.ctx).await.unwrap().acked, 0, "a day has 24 hours");
    office.ctx.clock.set(office.ctx.now().plus(HOUR));
    assert_eq!(
        dispatch(&office.ctx).await.unwrap().acked,
        4,
        "what went a day ago is free again, but for what is kept"
    );
    assert_eq!(peer.seen.lock().unwrap().order[20..22], assignments[8..10], "assignments first");
}

#[tokio::test]
async fn the_second_server_takes_what_the_day_of_the_first_does_not() {
    let (first, second) = (Peer::start(true, |_| Act::Go).await, Peer::start(true, |_| Act::Go).await);
    let mail = format!(
        "{}[mail.second]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n",
        smtp(first.port, "per_day = 10"),
        second.port
    );
    let office = Office::new(&mail).await;
    office.queue(LetterKind::Assignment, 0..25).await;
    assert_eq!(dispatch(&office.ctx).await.unwrap().acked, 25);
    assert_eq!((first.taken().len(), second.taken().len()), (10, 15));
}
