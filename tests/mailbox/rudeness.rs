//! What rude servers do harms one mail at most: the others come in, and nothing hangs or counts twice.

use super::common::{look, mail, short, stored, until, with_plain_mailbox};
use super::house::House;
use super::process::{Serving, tick_and_tell_all};
use super::rude::{Habit, Rude};
use spotcheck::work::mailbox;

async fn with(habit: Habit) -> (Rude, House) {
    let mut mails: Vec<Vec<u8>> = (1..=5).map(mail).collect();
    // No mail should hold NUL, and some do.
    mails[1].extend_from_slice(b"before\0after\r\n");
    let server = Rude::start(habit, mails).await;
    let mut house = with_plain_mailbox(server.port, "idle = true").await;
    house.ctx.mailboxes.patience = short();
    (server, house)
}

#[tokio::test]
async fn servers_that_want_to_know_who_asks_are_told() {
    let (server, house) = with(Habit::WantsId).await;
    assert_eq!(look(&house).await, Ok((5, 0, 0)));
    assert_eq!(server.seen(), [1, 2, 3, 4, 5]);
    assert_eq!(server.heard("BODY[]"), 0, "reading is not marked by accident");
    let second = [mail(2), b"before\0after\r\n".to_vec()].concat();
    let id = spotcheck::model::Sha256::of(&second);
    assert_eq!(house.ctx.store.read().await.unwrap().blob(&id).await.unwrap(), Some(second));
}

#[tokio::test]
async fn what_is_no_imap_is_told_in_both_languages() {
    for (greeting, words) in [
        ("HTTP/1.1 400 Bad Request\r\n\r\n", "no IMAP"),
        ("* BYE too busy\r\n", "broke off"),
        ("* PREAUTH welcome\r\n", "no IMAP"),
        ("", "in time"),
        ("\0\u{1}\r\n", "no IMAP"),
    ] {
        let (_server, house) = with(Habit::Greets(greeting)).await;
        let (en, zh) = look(&house).await.unwrap_err();
        assert!(en.contains(words), "{greeting:?}: {en}");
        assert!(zh.contains("问候"), "{zh}");
    }
    let nobody = super::dovecot::free_port();
    let house = with_plain_mailbox(nobody, "").await;
    let (en, zh) = look(&house).await.unwrap_err();
    assert!(en.contains("cannot be reached") && zh.contains("无法连接"), "{en}\n{zh}");
}

#[tokio::test]
async fn one_mail_that_cannot_be_had_keeps_no_other_waiting() {
    for habit in [Habit::Garbles(3), Habit::Boasts(3), Habit::Refuses(3)] {
        let (server, house) = with(habit).await;
        assert_eq!(look(&house).await, Ok((4, 0, 1)), "{habit:?}: nor is any fetched twice");
        assert_eq!(house.inbox().await, ["4 new ", "1 quarantine unreadable"], "{habit:?}");
        assert_eq!(server.seen(), [1, 2, 3, 4, 5], "{habit:?}");
        assert_eq!(look(&house).await, Ok((0, 0, 0)), "{habit:?}");
    }
}

#[tokio::test]
async fn a_mail_without_bytes_is_asked_for_again_and_then_left() {
    let (server, house) = with(Habit::Nil(3)).await;
    let server_port = server.port;
    let mut watched = mailbox::Mailbox::new(&house.ctx, &house.ctx.config.intake.imap[0], None);
    let mut seen = Vec::new();
    for _ in 0..4 {
        let taken = watched.look().await.unwrap();
        seen.push((taken.new, taken.known, taken.left));
    }
    assert_eq!(seen, [(4, 0, 0), (0, 2, 0), (0, 2, 1), (0, 0, 0)], "on port {server_port}");
    assert_eq!(server.seen(), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_server_that_leaves_midway_is_visited_again() {
    let (server, house) = with(Habit::Leaves(4, 2)).await;
    let settings = &house.ctx.config.intake.imap[0];
    let mut watched = mailbox::Mailbox::new(&house.ctx, settings, None);
    assert!(watched.look().await.is_err());
    assert_eq!(stored(&house).await, 3, "what came before is kept");
    assert!(server.seen().is_empty(), "and nothing is marked that may not be stored");
    assert!(watched.look().await.is_err(), "at the mail that breaks it");
    let taken = watched.look().await.unwrap();
    assert_eq!((stored(&house).await, taken.left), (5, 0));
    assert_eq!(server.seen(), [1, 2, 3, 4, 5]);
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn a_server_that_always_leaves_at_one_mail_is_given_up_on_for_that_mail() {
    let (server, house) = with(Habit::Leaves(2, usize::MAX)).await;
    let settings = &house.ctx.config.intake.imap[0];
    let mut watched = mailbox::Mailbox::new(&house.ctx, settings, None);
    let mut looks = 0;
    while watched.look().await.is_err() {
        looks += 1;
        assert!(looks < 20);
    }
    assert_eq!(house.inbox().await, ["4 new ", "1 quarantine unreadable"]);
    assert_eq!(server.seen(), [1, 2, 3, 4, 5]);
    assert!(looks >= 6, "a network that fails a few times must cost no reply: {looks}");
}

#[tokio::test]
async fn servers_that_hang_or_never_stop_talking_are_left() {
    for habit in [Habit::Hangs(5), Habit::FloodsForEver] {
        let (_server, house) = with(habit).await;
        let (en, zh) = look(&house).await.unwrap_err();
        assert!(en.contains("in time") && zh.contains("未及时"), "{habit:?}: {en}");
    }
    let (server, house) = with(Habit::Hangs(5)).await;
    let _ = look(&house).await;
    assert_eq!((stored(&house).await, server.seen().len()), (4, 0), "what came is kept");
    let (server, house) = with(Habit::Floods(5000)).await;
    assert_eq!(look(&house).await, Ok((5, 0, 0)));
    assert_eq!(server.seen(), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn uids_that_mean_nothing_are_believed_in_nothing() {
    let (server, house) = with(Habit::Renumbers).await;
    assert_eq!(look(&house).await, Ok((5, 0, 0)));
    assert_eq!(look(&house).await, Ok((0, 5, 0)), "looked through anew, known by their bytes");
    assert_eq!((stored(&house).await, server.seen()), (5, vec![1, 2, 3, 4, 5]));
    let (server, house) = with(Habit::Forgets(2)).await;
    assert_eq!(look(&house).await, Ok((4, 0, 0)));
    assert_eq!(server.seen(), [1, 3, 4, 5]);
}

#[tokio::test]
async fn a_mailbox_that_cannot_be_marked_is_fetched_once() {
    let (server, house) = with(Habit::ReadOnly).await;
    assert_eq!(look(&house).await, Ok((5, 0, 0)));
    assert_eq!(look(&house).await, Ok((0, 0, 0)), "how far it was looked through is remembered");
    assert_eq!(server.heard("STORE"), 0);
    let (server, house) = with(Habit::KeepsFlags).await;
    let (en, _) = look(&house).await.unwrap_err();
    assert!(en.contains("marking"), "{en}");
    assert_eq!((stored(&house).await, server.seen().len()), (5, 0), "told, and stored all the same");
    let (server, house) = with(Habit::KeepsFlags).await;
    let mut watched = mailbox::Mailbox::new(&house.ctx, &house.ctx.config.intake.imap[0], None);
    let first = watched.look().await.unwrap();
    let again = watched.look().await.unwrap();
    assert_eq!(
        (first.new, again.known, server.heard("BODY.PEEK")),
        (5, 0, 1),
        "nor is all of it fetched at every look"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_password_nor_mail_nor_address_stands_in_any_log() {
    for habit in [Habit::Floods(1), Habit::Garbles(2), Habit::WantsId] {
        let (_server, house) = with(habit).await;
        house.simulated().await;
        std::fs::write(house.path("secret"), "hunter2-secret\n").unwrap();
        let log = tick_and_tell_all(&house, "2026-03-02 11:00");
        assert!(log.contains("mails read"), "{log}");
        for secret in ["hunter2", "Mail number", "someone@", "LOGIN"] {
            assert!(!log.contains(secret), "{secret} with {habit:?} in\n{log}");
        }
        assert!(stored(&house).await >= 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_daemon_that_leads_looks_into_mailboxes() {
    let (server, house) = with(Habit::Floods(0)).await;
    house.simulated().await;
    let now = house.ctx.now();
    let mut tx = house.ctx.store.begin().await.unwrap();
    tx.take_lease("daemon", "another", now, now.plus(600_000)).await.unwrap();
    tx.commit().await.unwrap();
    let _serving = Serving::start(&house, "2026-03-02 10:00");
    until("it stands by", || async { Serving::says(&house, "standing by") }).await;
    assert_eq!(server.connections(), 0);
    let mut tx = house.ctx.store.begin().await.unwrap();
    tx.release_lease("daemon", "another").await.unwrap();
    tx.commit().await.unwrap();
    until("it leads and takes them in", || async { stored(&house).await == 5 }).await;
}
