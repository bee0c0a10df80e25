//! Letters on their way out: crashes, folders that cannot be written, letters that are held (DESIGN 6).

use super::house::{EVE, House, Setting, on_both, time, window};
use spotcheck::daemon::{Daemon, Outcome};
use spotcheck::store::Hold;
use spotcheck::work::{dispatch, outbox};
use std::os::unix::fs::PermissionsExt;

/// A county in which an assignment was drawn and queued; its letter is claimed, and the process dies.
async fn claimed(house: House, data_sent: bool) -> (House, String, Vec<u8>) {
    house.at(EVE).await;
    house.ctx.clock.set(time("2026-03-03 07:30"));
    spotcheck::work::draw::draw_due(&house.ctx).await.unwrap();
    let now = house.ctx.now();
    let mut tx = house.ctx.store.begin().await.unwrap();
    let claimed =
        tx.claim_letters(Hold::Claimed, "another daemon", (now, now.plus(15 * 60_000)), 1, i64::MAX).await.unwrap();
    let letter = claimed.first().unwrap().clone();
    assert_eq!(letter.kind, "assignment", "assignments go first");
    if data_sent {
        let mark = [(letter.message_id.clone(), letter.fence)];
        assert_eq!(tx.mark_data_sent(&mark).await.unwrap().len(), 1);
    }
    tx.commit().await.unwrap();
    let name = outbox::letter_name(&letter.message_id);
    let bytes = outbox::raw_letter(&house.ctx, &name).await.unwrap().unwrap();
    (house.restarted().await, letter.message_id, bytes)
}

#[tokio::test]
async fn a_letter_whose_end_nobody_knows_is_listed_and_sent_again_with_the_same_bytes() {
    on_both(Setting::default(), |house| async move {
        let (house, message_id, bytes) = claimed(house, true).await;
        // Whoever takes the lead does not wait for claims to run out: the other can end no letter any more.
        assert!(matches!(Daemon::default().tick(&house.ctx).await.unwrap(), Outcome::Turn(_)));
        assert_eq!(house.ctx.store.read().await.unwrap().count_ambiguous().await.unwrap(), 1);
        let sent = house.letter("assignment").await;
        assert_eq!(format!("<{}>", sent.message_id), message_id);
        let again = outbox::raw_letter(&house.ctx, &outbox::letter_name(&message_id)).await.unwrap().unwrap();
        assert_eq!(again, bytes);
    })
    .await;
}

#[tokio::test]
async fn a_letter_that_was_only_claimed_is_sent_without_being_ambiguous() {
    let (house, ..) = claimed(House::new(Setting::default()).await, false).await;
    house.ctx.clock.set(time("2026-03-03 07:46"));
    Daemon::default().tick(&house.ctx).await.unwrap();
    assert_eq!(house.ctx.store.read().await.unwrap().count_ambiguous().await.unwrap(), 0);
    house.letter("assignment").await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_delays_letters_and_loses_none() {
    let house = House::new(Setting::default()).await;
    // A file stands where the folder should be: this stops even who may write everywhere.
    std::fs::write(house.path("letters"), "in the way").unwrap();
    house.at(EVE).await;
    let morning = house.at("2026-03-03 07:30").await;
    assert_eq!((morning.drawn, morning.sent), (1, 0));
    let waiting = outbox::letters(&house.ctx, Some("queued")).await.unwrap();
    assert!(waiting.iter().any(|l| l.kind == "assignment" && l.trouble.is_some()), "{waiting:?}");
    assert!(waiting.iter().all(|l| l.next_try_at > house.ctx.now().0));
    std::fs::remove_file(house.path("letters")).unwrap();
    let later = house.at("2026-03-03 07:31").await;
    assert!(later.sent >= 2, "assignment and sheet: {later:?}");
    house.letter("assignment").await;
    house.at("2026-03-04 06:00").await;
    assert_eq!(outbox::letters(&house.ctx, Some("queued")).await.unwrap().len(), 0, "nothing is left behind");
}

#[tokio::test]
async fn an_assignment_that_closes_before_its_letter_could_leave_was_not_dispatched() {
    let house = House::new(Setting::default()).await;
    std::fs::write(house.path("letters"), "in the way").unwrap();
    house.at(EVE).await;
    assert_eq!(house.at("2026-03-03 07:30").await.drawn, 1);
    let waiting = outbox::letters(&house.ctx, Some("queued")).await.unwrap();
    let id = waiting.into_iter().find(|l| l.kind == "assignment").unwrap().message_id;
    house.at("2026-03-17 00:01").await;
    assert_eq!(house.lines(&window("2026-03-03", "am")).await, ["T1 visit not_dispatched"]);
    std::fs::remove_file(house.path("letters")).unwrap();
    house.at("2026-03-17 08:00").await;
    let expired = outbox::letters(&house.ctx, Some("expired")).await.unwrap();
    assert!(expired.iter().any(|l| l.message_id == id), "listed, and not sent any more: {expired:?}");
    let sent = house.letters("assignment").await;
    assert!(sent.iter().all(|letter| format!("<{}>", letter.message_id) != id), "{sent:?}");
}

#[tokio::test]
async fn a_letter_is_held_and_let_go_by_a_person() {
    let house = House::new(Setting::default()).await;
    house.at(EVE).await;
    house.ctx.clock.set(time("2026-03-03 07:30"));
    spotcheck::work::draw::draw_due(&house.ctx).await.unwrap();
    let queued = outbox::letters(&house.ctx, Some("queued")).await.unwrap();
    let name = outbox::letter_name(&queued.iter().find(|l| l.kind == "assignment").unwrap().message_id);
    assert!(outbox::set_letter(&house.ctx, &name, true).await.unwrap());
    dispatch::dispatch(&house.ctx).await.unwrap();
    assert!(house.letters("assignment").await.is_empty());
    assert!(outbox::set_letter(&house.ctx, &name, false).await.unwrap());
    dispatch::dispatch(&house.ctx).await.unwrap();
    house.letter("assignment").await;
    assert!(!outbox::set_letter(&house.ctx, &name, false).await.unwrap(), "a letter that arrived is not sent again");
}

#[tokio::test]
async fn secrets_and_chains_are_for_their_owner_alone() {
    let house = House::new(Setting::default()).await;
    house.at(EVE).await;
    for file in ["reply.keys", "posts@yunling.chain", "posts@yunling.mark"] {
        let mode = std::fs::metadata(house.path("keys").join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file}: {mode:o}");
    }
}
