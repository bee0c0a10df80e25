//! Mails that are read together: each as if the others before it had been read alone.

use super::house::{EVE, House, Setting, on_both, time};
use super::post::{Read, reply};
use spotcheck::table::TemplateKind;
use spotcheck::work::answer::answer_new;
use spotcheck::work::intake::{self, Piece, Way};

const WAY: Way = Way { source: "imap", authenticated: false };

/// Stored in one transaction, in this order, and then read.
async fn together(house: &House, mails: &[Vec<u8>]) {
    house.ctx.clock.set(time("2026-03-03 10:30"));
    let pieces: Vec<Piece> = mails.iter().cloned().map(Piece::Mail).collect();
    assert_eq!(intake::store(&house.ctx, WAY, &pieces, None).await.unwrap().new, mails.len());
    assert_eq!(answer_new(&house.ctx).await.unwrap(), mails.len());
}

async fn released(house: &House) -> Vec<Read> {
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    house.letters("assignment").await
}

#[tokio::test]
async fn the_last_of_one_inspectors_mails_counts() {
    on_both(Setting { teams: 3, ..Setting::default() }, |house| async move {
        let letter = released(&house).await.remove(0);
        let mut mails: Vec<Vec<u8>> = (0..8)
            .map(|n| {
                let said = if n % 2 == 0 { "correction V1.1 absent" } else { "correction V1.1 present" };
                reply(&letter, &format!("m{n}"), said).bytes()
            })
            .collect();
        mails.push(reply(&letter, "rest", "rest absent").bytes());
        // A copy that took another way, and another text under a Message-ID that was used.
        let copy = String::from_utf8(mails[0].clone()).unwrap();
        mails.push(copy.replacen("Received: from", "Received: by other; Received: from", 1).into_bytes());
        mails.push(reply(&letter, "m7", "C1 busy").bytes());
        together(&house, &mails).await;
        let id = letter.assignment();
        assert_eq!(house.recorded(&id).await, ["C1 busy", "C2 absent", "V1.1 present", "V1.2 absent"]);
        let current = house.ctx.store.read().await.unwrap().outcomes_of(&id.parse().unwrap()).await.unwrap();
        assert_eq!(current.iter().map(|o| o.seq).collect::<Vec<_>>(), [2, 1, 8, 1], "nothing is overwritten");
        assert_eq!(house.inbox().await, ["1 done duplicate", "10 done ok"]);
        house.at("2026-03-03 10:31").await;
        let receipts = house.letters("receipt").await;
        assert_eq!(receipts.len(), 5, "a day");
        let first = receipts.iter().filter(|r| !r.text.contains("replaces")).count();
        let replacing = receipts.iter().filter(|r| r.text.contains("replaces “absent”")).count();
        assert_eq!((first, replacing), (1, 2), "each receipt says what its own mail replaced");
    })
    .await;
}

#[tokio::test]
async fn mails_of_many_lots_are_read_once_and_in_their_order() {
    on_both(Setting { teams: 3, ..Setting::default() }, |house| async move {
        let letter = released(&house).await.remove(0);
        let mail = |n: usize| {
            let said = if n.is_multiple_of(2) { "correction V1.1 absent" } else { "correction V1.1 present" };
            reply(&letter, &format!("m{n}"), said).bytes()
        };
        let mut mails: Vec<Vec<u8>> = (0..700).map(mail).collect();
        // Copies of what an earlier lot holds.
        let copy = |mail: &Vec<u8>, way: &str| {
            let text = String::from_utf8(mail.clone()).unwrap();
            text.replacen("Received: from", &format!("Received: by {way}; Received: from"), 1).into_bytes()
        };
        mails.extend([copy(&mails[0], "other"), copy(&mails[600], "other")]);
        together(&house, &mails).await;
        let id = letter.assignment();
        let current = house.ctx.store.read().await.unwrap().outcomes_of(&id.parse().unwrap()).await.unwrap();
        assert_eq!(current.iter().map(|o| o.seq).collect::<Vec<_>>(), [700]);
        assert_eq!(house.recorded(&id).await, ["V1.1 present"]);
        assert_eq!(house.inbox().await, ["2 done duplicate", "700 done ok"]);
        assert_eq!(answer_new(&house.ctx).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn what_changes_between_two_replies_counts_for_the_second() {
    let house = House::new(Setting { teams: 3, ..Setting::default() }).await;
    let letter = released(&house).await.remove(0);
    let from = |address: &'static str, name: &str, said: &str| {
        let mut mail = reply(&letter, name, said);
        mail.from = address;
        mail.bytes()
    };
    let new = "zhao.xin@field.example";
    together(&house, &[from("zhaoxin@field.example", "a", "V1.1 present"), from(new, "b", "C1 present")]).await;
    assert_eq!(house.recorded(&letter.assignment()).await, ["V1.1 present"]);
    let moved = "id,name,name_latin,email,language,visits,calls\nI1,赵新,Zhao Xin,zhao.xin@field.example,en,1,20\n";
    house.import(TemplateKind::Inspectors, moved).await;
    together(&house, &[from(new, "c", "C2 present")]).await;
    assert_eq!(house.recorded(&letter.assignment()).await, ["C2 present", "V1.1 present"]);
    assert_eq!(house.inbox().await, ["2 done ok", "1 quarantine wrong_sender"]);
}

#[tokio::test]
async fn helps_are_counted_within_one_look_too() {
    let house = House::new(Setting { teams: 3, ..Setting::default() }).await;
    let letter = released(&house).await.remove(0);
    let mails: Vec<Vec<u8>> =
        (0..4).map(|n| reply(&letter, &format!("h{n}"), "Hello, all is fine here today").bytes()).collect();
    together(&house, &mails).await;
    house.at("2026-03-03 10:31").await;
    assert_eq!(house.letters("help").await.len(), 1);
}

#[tokio::test]
async fn one_mail_that_cannot_be_dealt_with_keeps_no_other_from_being_read() {
    use sqlx::Connection as _;
    let house = House::new(Setting { teams: 4, ..Setting::default() }).await;
    let inspectors = "id,name,name_latin,email,language,visits,calls\n\
        I1,赵新,Zhao Xin,zhaoxin@field.example,en,1,20\nI2,孙丽,Sun Li,sunli@field.example,en,1,20\n";
    house.import(TemplateKind::Inspectors, inspectors).await;
    let letters = released(&house).await;
    let of = |address: &str| letters.iter().find(|letter| letter.to == address).unwrap();
    let (broken, whole) = (of("zhaoxin@field.example"), of("sunli@field.example"));
    let url = format!("sqlite:{}", house.path("spotcheck.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let damage = "UPDATE line SET detail = '{' WHERE assignment = $1";
    let damaged = sqlx::query(damage).bind(broken.assignment()).execute(&mut connection).await.unwrap();
    assert!(damaged.rows_affected() > 0);
    let sunli = |name: &str, said: &str| {
        let mut mail = reply(whole, name, said);
        mail.from = "sunli@field.example";
        mail.bytes()
    };
    together(
        &house,
        &[sunli("a", "V1.1 absent"), reply(broken, "b", "V1.1 present").bytes(), sunli("c", "correction V1.1 present")],
    )
    .await;
    assert_eq!(house.recorded(&whole.assignment()).await, ["V1.1 present"]);
    assert!(house.recorded(&broken.assignment()).await.is_empty());
    assert_eq!(house.inbox().await, ["2 done ok", "1 quarantine failure"]);
    // Nor does it keep the other one from its end, or anything else from being done.
    house.ctx.clock.set(time("2026-03-25 09:00"));
    let done = spotcheck::work::turn::turn(&house.ctx, true).await;
    let failed: Vec<&str> = done.failures.iter().map(|(step, _)| *step).collect();
    assert_eq!(failed, ["closing"]);
    let mut tx = house.ctx.store.read().await.unwrap();
    let ended = async |tx: &mut spotcheck::store::Tx, id: String| {
        tx.assignment(&spotcheck::model::AssignmentId::parse(&id).unwrap()).await.unwrap().unwrap().closed.is_some()
    };
    assert!(ended(&mut tx, whole.assignment()).await && !ended(&mut tx, broken.assignment()).await);
    assert!(done.void > 0 && done.sent > 0, "{done:?}");
}
