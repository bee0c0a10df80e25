//! A real mailbox: fetched, stored, marked or moved; looked through again where that is needed.

use super::common;
use super::common::{look, mail, released, short, stored, until, with_mailbox, with_plain_mailbox};
use super::dovecot::{Dovecot, PASSWORD};
use super::house::{House, Setting, on_both};
use super::proxy::{Point, Proxy};
use super::raw::Raw;
use spotcheck::work::{answer, mailbox, mailbox_watch, turn::turn};
use tokio::sync::Notify;

fn ca(server: &Dovecot) -> String {
    format!("ca_file = \"{}\"\n", server.authority().display())
}

fn deliver(server: &Dovecot, folder: &str, numbers: std::ops::Range<usize>) {
    for number in numbers {
        server.deliver("desk", folder, &mail(number));
    }
}

#[tokio::test]
async fn mails_come_in_by_tls_in_batches_and_are_marked() {
    let server = Dovecot::start("").await;
    deliver(&server, "INBOX", 0..250);
    // What looks like a literal is a person's text.
    let odd = [mail(250), b"{12}\r\n* 1 EXISTS\r\n{4294967295}\r\n".to_vec()].concat();
    server.deliver("desk", "INBOX", &odd);
    let house = with_mailbox(House::new(Setting::default()).await, server.tls_port, &ca(&server)).await;
    let done = turn(&house.ctx, true).await;
    assert!(done.failures.is_empty(), "{:?}", done.failures);
    assert_eq!((done.mails, done.answers), (251, 251));
    assert_eq!(server.counts("desk", "INBOX"), (251, 251), "marked as read, and there");
    assert_eq!(house.inbox().await, ["251 quarantine no_key"]);
    assert_eq!(look(&house).await, Ok((0, 0, 0)), "nothing is fetched twice");
    let ids = house.ctx.store.read().await.unwrap().mails(None, 1000).await.unwrap();
    let odd = spotcheck::model::Sha256::of(&odd).hex();
    assert!(ids.iter().any(|row| row.id == odd && row.source == "imap" && row.authenticated == 0));
    // What a person read before us comes in all the same, and what they mark as unread does no harm.
    server.deliver("desk", "INBOX", &mail(900));
    let mut person = Raw::login(server.port, "desk").await;
    person.does("SELECT INBOX").await;
    person.does("UID STORE 252 +FLAGS (\\Seen)").await;
    person.does("UID STORE 1 -FLAGS (\\Seen)").await;
    assert_eq!(look(&house).await, Ok((1, 1, 0)));
    assert_eq!(server.counts("desk", "INBOX"), (252, 252));
}

#[tokio::test]
async fn sheets_in_a_desks_own_mailbox_stay_unread_for_the_desk() {
    let server = Dovecot::start("").await;
    let house = with_mailbox(House::new(Setting::default()).await, server.tls_port, &ca(&server)).await;
    house.at(super::house::EVE).await;
    house.at("2026-03-03 07:30").await;
    let mut tx = house.ctx.store.read().await.unwrap();
    let sheet = tx.letters(None, 10).await.unwrap().into_iter().next().unwrap();
    let bytes = tx.blob(&sheet.bytes.parse().unwrap()).await.unwrap().unwrap();
    drop(tx);
    server.deliver("desk", "INBOX", &bytes);
    deliver(&server, "INBOX", 0..1);
    assert_eq!(look(&house).await, Ok((1, 0, 0)), "only what others sent comes in");
    assert_eq!(server.counts("desk", "INBOX"), (2, 1), "and nothing else is marked");
    assert_eq!(look(&house).await, Ok((0, 0, 0)));
    assert_eq!(server.counts("desk", "INBOX"), (2, 1));
}

#[tokio::test]
async fn starttls_is_taken_and_a_server_without_it_gets_no_password() {
    let server = Dovecot::start("").await;
    deliver(&server, "INBOX", 0..2);
    let lines = format!("security = \"starttls\"\n{}", ca(&server));
    let house = with_mailbox(House::new(Setting::default()).await, server.port, &lines).await;
    assert_eq!(look(&house).await, Ok((2, 0, 0)));
    let plain = Dovecot::start("ssl = no").await;
    let proxy = Proxy::before(plain.port).await;
    let lines = format!("security = \"starttls\"\n{}", ca(&server));
    let house = with_mailbox(House::new(Setting::default()).await, proxy.port, &lines).await;
    let (en, zh) = look(&house).await.unwrap_err();
    assert!(en.contains("STARTTLS") && zh.contains("密码未发送"), "{en}\n{zh}");
    assert!(proxy.heard("STARTTLS", 1).await && !proxy.heard("LOGIN", 1).await);
}

#[tokio::test]
async fn a_wrong_certificate_and_a_wrong_password_are_told_and_nothing_is_given_away() {
    let server = Dovecot::start("").await;
    deliver(&server, "INBOX", 0..1);
    let house = with_mailbox(House::new(Setting::default()).await, server.tls_port, "").await;
    let (en, zh) = look(&house).await.unwrap_err();
    assert!(en.contains("certificate") && en.contains("ca_file") && zh.contains("证书"), "{en}\n{zh}");
    let house = house
        .changed(|folder| {
            std::fs::write(folder.join("other.pem"), std::fs::read(server.authority()).unwrap()).unwrap();
            let config = folder.join("spotcheck.toml");
            let text = std::fs::read_to_string(&config).unwrap() + "ca_file = \"other.pem\"\n";
            std::fs::write(config, text).unwrap();
            std::fs::write(folder.join("secret"), "hunter2-wrong\n").unwrap();
        })
        .await;
    let (en, zh) = look(&house).await.unwrap_err();
    assert!(en.contains("password_file") && zh.contains("授权码"), "{en}\n{zh}");
    assert!(!en.contains("hunter2") && !zh.contains("hunter2"));
    assert_eq!(server.counts("desk", "INBOX"), (1, 0));
    // A changed password needs no restart.
    std::fs::write(house.path("secret"), format!("{PASSWORD}\n")).unwrap();
    assert_eq!(look(&house).await, Ok((1, 0, 0)));
    std::fs::write(house.path("other.pem"), "no certificate\n").unwrap();
    assert!(look(&house).await.unwrap_err().0.contains("PEM"));
}

#[tokio::test]
async fn mails_are_moved_by_whatever_the_server_can() {
    for (capabilities, moved) in [
        ("", true),
        ("imap_capability = IMAP4rev1 UIDPLUS", true),
        // Neither: a copy would stay behind, so they are marked only.
        ("imap_capability = IMAP4rev1", false),
    ] {
        let server = Dovecot::start(capabilities).await;
        deliver(&server, "INBOX", 0..3);
        let lines = format!("after = \"move\"\nmove_to = \"已处理\"\n{}", ca(&server));
        let house = with_mailbox(House::new(Setting::default()).await, server.tls_port, &lines).await;
        assert_eq!(look(&house).await, Ok((3, 0, 0)), "{capabilities}");
        // 已处理 in the words of RFC 3501.
        let target = server.counts("desk", "&XfJZBHQG-").0;
        let expected = if moved { (0, 3) } else { (3, 0) };
        assert_eq!((server.counts("desk", "INBOX").0, target), expected, "{capabilities}");
        assert_eq!(look(&house).await, Ok((0, 0, 0)));
    }
}

#[tokio::test]
async fn several_folders_and_one_made_anew_count_each_mail_once() {
    let server = Dovecot::start("").await;
    server.make_folder("desk", "Replies");
    deliver(&server, "INBOX", 0..2);
    deliver(&server, "Replies", 2..5);
    // The same mail in both.
    deliver(&server, "Replies", 0..1);
    let lines = format!("folders = [\"INBOX\", \"Replies\"]\n{}", ca(&server));
    let house = with_mailbox(House::new(Setting::default()).await, server.tls_port, &lines).await;
    assert_eq!(look(&house).await, Ok((5, 1, 0)));
    let mut person = Raw::login(server.port, "desk").await;
    let before = person.does("STATUS Replies (UIDVALIDITY)").await;
    person.does("DELETE Replies").await;
    person.does("CREATE Replies").await;
    assert_ne!(before, person.does("STATUS Replies (UIDVALIDITY)").await);
    // Restored from a backup, read marks and all; the UIDs begin anew, and one mail is new.
    deliver(&server, "Replies", 2..6);
    person.does("SELECT Replies").await;
    person.does("UID STORE 1:4 +FLAGS (\\Seen)").await;
    assert_eq!(look(&house).await, Ok((1, 3, 0)));
    assert_eq!(stored(&house).await, 6);
}

#[tokio::test]
async fn a_mail_that_vanishes_before_it_is_fetched_keeps_no_other_waiting() {
    let server = Dovecot::start("").await;
    deliver(&server, "INBOX", 0..5);
    let proxy = Proxy::before(server.port).await;
    let house = with_plain_mailbox(proxy.port, "").await;
    proxy.hold_at(Point::Said("BODY.PEEK")).await;
    let removing = async {
        proxy.reached().await;
        let mut person = Raw::login(server.port, "desk").await;
        person.does("SELECT INBOX").await;
        person.does("UID STORE 3 +FLAGS (\\Deleted)").await;
        person.does("EXPUNGE").await;
        proxy.release();
    };
    let (looked, ()) = tokio::join!(look(&house), removing);
    let first = looked.unwrap();
    let again = look(&house).await.unwrap();
    assert_eq!((first.0 + again.0, stored(&house).await), (4, 4), "{first:?} {again:?}");
    assert_eq!(server.counts("desk", "INBOX"), (4, 4));
}

#[tokio::test]
async fn two_daemons_on_one_mailbox_record_each_mail_once() {
    let server = Dovecot::start("").await;
    deliver(&server, "INBOX", 0..300);
    on_both(Setting::default(), |house| {
        let lines = ca(&server);
        let port = server.tls_port;
        async move {
            let house = with_mailbox(house, port, &lines).await;
            let other = house.other_daemon().await;
            let (one, two) = tokio::join!(mailbox::collect(&house.ctx), mailbox::collect(&other));
            let new = |mut done: Vec<(&str, spotcheck::work::Done<spotcheck::work::intake::TakenIn>)>| {
                done.remove(0).1.unwrap().new
            };
            assert_eq!(new(one) + new(two), 300, "each is new to one of them");
            assert_eq!(stored(&house).await, 300);
            let (one, two) = tokio::join!(answer::answer_new(&house.ctx), answer::answer_new(&other));
            assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
            assert_eq!(house.inbox().await, ["300 quarantine no_key"]);
        }
    })
    .await;
}

#[tokio::test]
async fn idle_wakes_at_once_and_a_half_dead_connection_is_given_up() {
    let server = Dovecot::start("").await;
    let proxy = Proxy::before(server.port).await;
    // No poll within the test: what comes in was told of.
    let mut house = with_plain_mailbox(proxy.port, "poll_seconds = 3600").await;
    let wake = Notify::new();
    let checks = async {
        until("it waits", || proxy.heard("IDLE\r\n", 1)).await;
        server.deliver("desk", "INBOX", &mail(1));
        wake.notified().await;
        assert_eq!(stored(&house).await, 1);
        until("it is marked", || async { server.counts("desk", "INBOX") == (1, 1) }).await;
    };
    tokio::select! {
        () = mailbox_watch::watch(&house.ctx, &wake) => unreachable!(),
        () = checks => {}
    }
    // From now on nobody answers at the other end of the connection that waits.
    house.ctx.mailboxes.patience = short();
    let checks = async {
        proxy.hold_at(Point::Said("DONE")).await;
        proxy.reached().await;
        server.deliver("desk", "INBOX", &mail(2));
        wake.notified().await;
        assert_eq!(stored(&house).await, 2);
    };
    tokio::select! {
        () = mailbox_watch::watch(&house.ctx, &wake) => unreachable!(),
        () = checks => {}
    }
}

#[tokio::test]
async fn a_server_that_hangs_holds_up_neither_draw_nor_letters_nor_the_other_source() {
    let server = Dovecot::start("").await;
    deliver(&server, "INBOX", 0..1);
    let proxy = Proxy::before(server.port).await;
    let house = with_plain_mailbox(proxy.port, "").await;
    house.ctx.mailboxes.watched.store(true, std::sync::atomic::Ordering::SeqCst);
    proxy.hold_at(Point::Answered("BODY.PEEK", 20)).await;
    let wake = Notify::new();
    let day = async {
        proxy.reached().await;
        let letter = released(&house).await;
        house.ctx.clock.set(super::house::time("2026-03-03 10:30"));
        house.deliver(&common::answer(&letter, "a", "V1.1 absent")).await;
        let turn = house.at("2026-03-03 10:30").await;
        assert_eq!((turn.mails, turn.answers), (1, 1));
        assert_eq!(house.recorded(&letter.assignment()).await, ["V1.1 absent"]);
        assert_eq!(house.letters("receipt").await.len(), 1);
        proxy.release();
        wake.notified().await;
        assert_eq!(stored(&house).await, 2);
    };
    tokio::select! {
        () = mailbox_watch::watch(&house.ctx, &wake) => unreachable!(),
        () = day => {}
    }
}
