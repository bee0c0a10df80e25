//! Replies through the whole house: from a file in the mailbox to the journal and what goes back.

use super::house::{EVE, House, Setting, on_both, time, window};
use super::post::{Read, Reply, reply};
use spotcheck::model::{AssignmentId, Outcome};
use spotcheck::work::quarantine::{self, Sorted};
use spotcheck::work::record::{Entry, record};

/// One visit (V1) and two calls (C1, C2) are out with the inspector.
fn busy() -> Setting {
    Setting { teams: 3, ..Setting::default() }
}

async fn released(house: &House) -> Read {
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let letter = house.letter("assignment").await;
    assert!(["V1.1", "V1.2", "C1 CALL", "C2 CALL"].iter().all(|code| letter.text.contains(code)), "{letter:?}");
    letter
}

async fn answered(house: &House, moment: &str, mail: Reply<'_>) {
    house.ctx.clock.set(time(moment));
    house.deliver(&mail.bytes()).await;
    house.at(moment).await;
}

const ALL: &str = "V1.1 absent\nV1.2 present\nC1 present\nC2 no answer";

#[tokio::test]
async fn the_same_mail_again_counts_once_and_a_correction_replaces() {
    on_both(busy(), |house| async move {
        let letter = released(&house).await;
        let id = letter.assignment();
        answered(&house, "2026-03-03 10:30", reply(&letter, "a", ALL)).await;
        assert_eq!(house.recorded(&id).await, ["C1 present", "C2 no_answer", "V1.1 absent", "V1.2 present"]);
        // The same bytes once more, and a copy that took another way.
        let first = reply(&letter, "a", ALL).bytes();
        house.deliver(&first).await;
        house.at("2026-03-03 10:31").await;
        let copy =
            String::from_utf8(first).unwrap().replacen("Received: from", "Received: by other; Received: from", 1);
        house.deliver(copy.as_bytes()).await;
        house.at("2026-03-03 10:32").await;
        assert_eq!(house.letters("receipt").await.len(), 1);
        assert_eq!(house.inbox().await, ["1 done duplicate", "1 done ok"]);

        answered(&house, "2026-03-03 10:40", reply(&letter, "b", "correction V1.1 present")).await;
        assert_eq!(house.recorded(&id).await[2], "V1.1 present");
        let receipts = house.letters("receipt").await;
        assert!(receipts[1].text.contains("replaces “absent”"), "{}", receipts[1].text);
        let log = house.verdicts().await;
        assert!(log.iter().all(|v| !v.contains("waiting")), "nobody is said to be absent any more: {log:?}");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_in_one_way_is_asked_back_and_the_rest_counts() {
    let house = House::new(busy()).await;
    let letter = released(&house).await;
    answered(
        &house,
        "2026-03-03 10:30",
        reply(&letter, "a", "V1.1 在岗，V1.2 请假\nC1 busy then later present\nC9 busy"),
    )
    .await;
    assert_eq!(house.recorded(&letter.assignment()).await, ["V1.1 present", "V1.2 on_leave"]);
    let receipt = house.letter("receipt").await;
    for seen in ["C1", "C2", "C9", "=>"] {
        assert!(receipt.text.contains(seen), "{seen} in {}", receipt.text);
    }
}

#[tokio::test]
async fn a_forged_mail_waits_and_a_person_who_accepts_it_is_journalled() {
    let house = House::new(busy()).await;
    let letter = released(&house).await;
    let forged = Reply { proof: "dkim=none; dmarc=fail header.from=field.example", ..reply(&letter, "f", ALL) };
    let stranger = Reply { from: "somebody@elsewhere.example", proof: "dmarc=pass", ..reply(&letter, "s", ALL) };
    answered(&house, "2026-03-03 10:30", forged).await;
    answered(&house, "2026-03-03 10:31", stranger).await;
    assert!(house.recorded(&letter.assignment()).await.is_empty());
    assert!(house.letters("receipt").await.is_empty() && house.letters("help").await.is_empty(), "no oracle");
    assert_eq!(house.inbox().await, ["1 quarantine unauthenticated", "1 quarantine wrong_sender"]);
    house.at("2026-03-03 18:30").await;
    let digest = house.letters("digest").await.pop().unwrap();
    assert!(digest.text.contains("mails of unproven senders that wait: 2;"), "{}", digest.text);

    // The real mail is not shadowed by the forged one that came first.
    answered(&house, "2026-03-03 18:31", reply(&letter, "f", "V1.1 present")).await;
    assert_eq!(house.recorded(&letter.assignment()).await, ["V1.1 present"]);
    let waiting = quarantine::mails(&house.ctx, Some("quarantine")).await.unwrap();
    let of = |reason: &str| waiting.iter().find(|m| m.reason.as_deref() == Some(reason)).unwrap().id.clone();
    let accepted = quarantine::accept(&house.ctx, &of("wrong_sender"), "Chen Fang", None).await.unwrap();
    assert_eq!(accepted, Sorted::Done("ok".to_owned()));
    assert_eq!(house.recorded(&letter.assignment()).await.len(), 4);
    assert_eq!(
        quarantine::discard(&house.ctx, &of("unauthenticated"), "Chen Fang").await.unwrap(),
        Sorted::Done("discarded".into())
    );
    assert_eq!(
        quarantine::accept(&house.ctx, &of("wrong_sender"), "Chen Fang", None).await.unwrap(),
        Sorted::NotWaiting
    );
    assert_eq!(decisions(&house).await, ["accept Chen Fang", "discard Chen Fang"]);
    house.at("2026-03-03 18:32").await;
    let receipts = house.letters("receipt").await;
    assert!(receipts.iter().all(|r| r.to == "zhaoxin@field.example"), "{receipts:?}");
}

/// What people decided about mails, straight from the journal.
async fn decisions(house: &House) -> Vec<String> {
    use sqlx::Connection as _;
    let url = format!("sqlite:{}", house.path("spotcheck.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let rows: Vec<(String, String)> = sqlx::query_as("SELECT decision, actor FROM inbox_decision ORDER BY decision")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    rows.into_iter().map(|(decision, actor)| format!("{decision} {actor}")).collect()
}

#[tokio::test]
async fn help_goes_out_once_a_day_and_says_what_to_do() {
    let house = House::new(busy()).await;
    let letter = released(&house).await;
    for (n, moment) in ["2026-03-03 10:30", "2026-03-03 10:40", "2026-03-03 17:00"].into_iter().enumerate() {
        answered(&house, moment, reply(&letter, &format!("h{n}"), "Hello, all is fine here today")).await;
    }
    assert!(house.letter("help").await.text.contains("Nothing could be recorded"));
    answered(&house, "2026-03-04 10:41", reply(&letter, "h9", "Hello again, fine here")).await;
    assert_eq!(house.letters("help").await.len(), 2, "a day later");
    assert!(house.recorded(&letter.assignment()).await.is_empty());
}

#[tokio::test]
async fn five_receipts_a_day_and_every_mail_counts() {
    on_both(busy(), |house| async move {
        let letter = released(&house).await;
        for n in 0..7 {
            let said = if n % 2 == 0 { "correction V1.1 absent" } else { "correction V1.1 present" };
            answered(
                &house,
                &format!("2026-03-03 11:{n}0").replace(":60", ":59"),
                reply(&letter, &format!("c{n}"), said),
            )
            .await;
        }
        assert_eq!(house.letters("receipt").await.len(), 5);
        assert_eq!(house.recorded(&letter.assignment()).await, ["V1.1 absent"], "the seventh counts too");
        answered(&house, "2026-03-04 12:00", reply(&letter, "d", "V1.2 present")).await;
        assert_eq!(house.letters("receipt").await.len(), 6, "the next day there are receipts again");
    })
    .await;
}

#[tokio::test]
async fn a_late_answer_is_reminded_once_and_then_closed() {
    on_both(busy(), |house| async move {
        let letter = released(&house).await;
        answered(&house, "2026-03-03 10:30", reply(&letter, "a", "V1.1 present\nV1.2 present\nC1 no answer")).await;
        house.at("2026-03-03 18:14").await;
        assert!(house.letters("reminder").await.is_empty());
        for moment in ["2026-03-03 18:15", "2026-03-03 18:16", "2026-03-04 09:00"] {
            house.at(moment).await;
        }
        let again = house.letters("assignment").await.into_iter().find(|l| l.text.contains("try 2")).unwrap();
        let line = again.text.lines().find(|line| line.starts_with('C') && line.contains("try 2")).unwrap();
        let said = format!("{} no answer", line.split(' ').next().unwrap());
        answered(&house, "2026-03-04 10:00", reply(&again, "b", &said)).await;
        house.at("2026-03-10 09:00").await;
        let of_day: Vec<Read> =
            house.letters("reminder").await.into_iter().filter(|r| r.assignment() == letter.assignment()).collect();
        let [reminder] = of_day.as_slice() else { panic!("{of_day:?}") };
        assert!(reminder.text.contains("C2 CALL") && !reminder.text.contains("V1 VISIT"), "{}", reminder.text);
        assert_eq!(reminder.to, "zhaoxin@field.example");

        house.at("2026-03-16 23:59").await;
        let am = window("2026-03-03", "am");
        assert!(house.lines(&am).await.iter().all(|l| l.ends_with("open")));
        let states = async || {
            let lines = house.lines(&am).await;
            let mut states: Vec<String> = lines.iter().map(|l| l.split(' ').next_back().unwrap().to_owned()).collect();
            states.sort();
            states
        };
        house.at("2026-03-17 00:00").await;
        assert_eq!(states().await, ["answered", "no_reply", "open"], "the call that came back can still be answered");

        answered(&house, "2026-03-17 08:00", reply(&letter, "z", "C2 present")).await;
        let help = house.letter("help").await;
        assert!(help.text.contains("closed"), "{}", help.text);
        assert_eq!(house.recorded(&letter.assignment()).await.len(), 3, "nothing more is recorded");

        house.at("2026-03-24 09:00").await;
        assert_eq!(states().await, ["answered", "attempts_used_up", "no_reply"]);
        house.at("2026-03-24 09:01").await;
        let verdicts = house.verdicts().await;
        assert!(verdicts.iter().any(|v| v.ends_with("unreachable low")), "{verdicts:?}");
    })
    .await;
}

#[tokio::test]
async fn the_desk_enters_a_result_and_the_inspector_gets_the_receipt() {
    on_both(busy(), |house| async move {
        let letter = released(&house).await;
        house.ctx.clock.set(time("2026-03-03 11:00"));
        let id = AssignmentId::parse(&letter.assignment()).unwrap();
        let entry = Entry {
            assignment: &id,
            code: "V1",
            outcome: Outcome::Absent,
            at: Some("10:20"),
            remark: "by phone",
            said_by: "Zhao Xin",
            typed_by: "Chen Fang",
        };
        assert_eq!(record(&house.ctx, &entry).await.unwrap(), ["V1.1", "V1.2"], "V1 alone means everybody");
        let wrong = record(&house.ctx, &Entry { outcome: Outcome::Busy, ..entry }).await.unwrap_err();
        assert!(wrong.to_string().contains("busy"), "{wrong}");
        assert!(record(&house.ctx, &Entry { code: "V7", ..entry }).await.is_err());
        house.at("2026-03-03 11:01").await;
        assert_eq!(house.recorded(id.as_str()).await, ["V1.1 absent", "V1.2 absent"]);
        let receipt = house.letter("receipt").await;
        assert_eq!(receipt.to, "zhaoxin@field.example");
        for seen in ["2 recorded, 2 still open", "| V1.1", "10:20", "by phone", "C1 CALL"] {
            assert!(receipt.text.contains(seen), "{seen} in\n{}", receipt.text);
        }
        let outcomes = house.ctx.store.read().await.unwrap().outcomes_of(&id).await.unwrap();
        assert!(outcomes.iter().all(|o| o.by == "desk: Zhao Xin / Chen Fang"));

        // Also after the end: what a person enters then is no “no reply”.
        house.at("2026-03-17 00:00").await;
        let call = Entry { code: "C1", outcome: Outcome::Present, at: None, ..entry };
        record(&house.ctx, &call).await.unwrap();
        let lines = house.lines(&window("2026-03-03", "am")).await;
        assert_eq!(lines.iter().filter(|l| l.ends_with("no_reply")).count(), 1, "{lines:?}");
    })
    .await;
}

#[tokio::test]
async fn bounces_and_automatic_mails_are_no_answers() {
    let house = House::new(busy()).await;
    let letter = released(&house).await;
    let plain = String::from_utf8(reply(&letter, "auto", ALL).bytes()).unwrap();
    for (n, header) in
        ["Auto-Submitted: auto-replied\r\nSubject:", "X-Autoreply: yes\r\nSubject:"].into_iter().enumerate()
    {
        house.ctx.clock.set(time("2026-03-03 10:30"));
        let mail = plain.replacen("Subject:", header, 1).replace("<auto@", &format!("<auto{n}@"));
        house.deliver(mail.as_bytes()).await;
        house.at("2026-03-03 10:30").await;
    }
    assert_eq!(house.inbox().await, ["2 done auto_reply"]);
    assert!(house.recorded(&letter.assignment()).await.is_empty());
    assert!(house.letters("receipt").await.is_empty());
}
