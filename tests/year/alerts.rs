//! What a head has to see to: told by mail once a day and when it is over, and the same by status, check and digest.

use super::backups::new_key;
use super::house::{House, Setting, time};
use super::post::Read;
use spotcheck::work::health;
use spotcheck::work::turn::turn;
use std::path::Path;
use std::process::Command;

/// Alerts so far, oldest first; each went to the head alone.
async fn alerts(house: &House) -> Vec<Read> {
    let letters = house.letters("alert").await;
    assert!(letters.iter().all(|letter| letter.to == "head@yunling.example"), "{letters:?}");
    letters
}

async fn codes(house: &House) -> Vec<String> {
    health::look(&house.ctx).await.unwrap().into_iter().map(|cause| cause.code).collect()
}

fn said(house: &House, command: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
        .args(command)
        .arg("--config")
        .arg(house.path("spotcheck.toml"))
        .args(["--now", &house.ctx.now().to_string(), "--lang", "en"])
        .output()
        .unwrap();
    String::from_utf8(done.stdout).unwrap()
}

const YEAR: &str = include_str!("../../config/calendar/cn-2026.csv");

async fn november() -> House {
    House::new(Setting { calendar: Some(YEAR), cadence: "never", ..Setting::default() }).await
}

#[tokio::test]
async fn a_cause_is_told_once_a_day_and_once_more_when_it_is_over() {
    let house = november().await;
    house.at("2026-11-01 10:00").await;
    assert!(alerts(&house).await.is_empty(), "60 more days: {:?}", codes(&house).await);
    house.at("2026-11-02 10:00").await;
    let first = alerts(&house).await;
    assert_eq!(first.len(), 1);
    assert!(first[0].subject.contains("calendar ends"), "{:?}", first[0]);
    assert!(first[0].text.contains("goes to 2026-12-31, 59 more days"), "{:?}", first[0]);
    house.at("2026-11-02 15:00").await;
    house.at("2026-11-03 09:59").await;
    assert_eq!(alerts(&house).await.len(), 1, "at most once a day");
    house.at("2026-11-03 10:10").await;
    assert_eq!(alerts(&house).await.len(), 2);

    house.at("2026-11-03 17:30").await;
    house.at("2026-11-03 18:31").await;
    let digest = house.letters("digest").await.pop().unwrap();
    assert!(digest.text.contains("goes to 2026-12-31"), "{digest:?}");
    house.simulated().await;
    for command in [&["status"][..], &["status", "--json"], &["check"]] {
        let told = said(&house, command);
        assert_eq!(told.matches("2026-12-31, 58 more days. After that").count(), 1, "{command:?}: {told}");
    }

    let house = house
        .changed(|folder| {
            let file = folder.join("calendar.csv");
            let holidays = YEAR.lines().filter(|line| line.contains(",holiday,"));
            let next: String = holidays.map(|line| format!("{}\n", line.replace("2026-", "2027-"))).collect();
            std::fs::write(file, format!("{YEAR}{next}")).unwrap();
        })
        .await;
    house.at("2026-11-04 09:00").await;
    let over = alerts(&house).await;
    assert_eq!(over.len(), 3);
    assert!(over[2].subject.contains("over: calendar ends") && over[2].text.contains("This is over"), "{:?}", over[2]);
    house.at("2026-11-05 09:00").await;
    assert_eq!(alerts(&house).await.len(), 3, "and nothing more");
}

#[tokio::test]
async fn a_way_out_that_fails_for_half_an_hour_is_told_when_it_can_be() {
    const SMTP: &str = "transport = \"smtp\"\nsmtp = { host = \"127.0.0.1\", security = \"none\", port = 9 }";
    fn transport(folder: &Path, from: &str, to: &str) {
        let file = folder.join("spotcheck.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from));
        std::fs::write(&file, text.replace(from, to)).unwrap();
    }
    let house = House::new(Setting { cadence: "never", ..Setting::default() }).await;
    let house = house.changed(|folder| transport(folder, "transport = \"folder\"", SMTP)).await;
    for moment in ["2026-03-02 17:30", "2026-03-02 17:49"] {
        house.ctx.clock.set(time(moment));
        turn(&house.ctx, true).await;
    }
    assert_eq!(codes(&house).await, Vec::<String>::new(), "19 minutes are nothing");
    house.ctx.clock.set(time("2026-03-02 18:05"));
    turn(&house.ctx, true).await;
    assert_eq!(codes(&house).await, ["relay/mail.smtp"]);
    let house = house.changed(|folder| transport(folder, SMTP, "transport = \"folder\"")).await;
    house.at("2026-03-02 18:16").await;
    assert_eq!(codes(&house).await, Vec::<String>::new());
    house.at("2026-03-02 18:27").await;
    let told: Vec<String> = alerts(&house).await.into_iter().map(|letter| letter.subject).collect();
    assert!(told.len() == 2 && told[0].contains("takes no letters") && told[1].contains("over: "), "{told:?}");
}

#[tokio::test]
async fn sources_backups_and_chains_are_looked_after() {
    let house = House::new(Setting::default()).await;
    let house = house
        .changed(|folder| {
            let file = folder.join("spotcheck.toml");
            let text = std::fs::read_to_string(&file).unwrap();
            std::fs::write(&file, format!("[backup]\nfolder = \"copies\"\n{text}")).unwrap();
        })
        .await;
    new_key(&house);
    house.ctx.clock.set(time("2026-03-02 17:30"));
    turn(&house.ctx, true).await;
    assert_eq!(codes(&house).await, ["backup"], "the folder is not there");
    std::fs::create_dir(house.path("copies")).unwrap();
    house.at("2026-03-02 18:40").await;
    assert_eq!(codes(&house).await, Vec::<String>::new());
    house.at("2026-03-09 17:30").await;
    assert_eq!(codes(&house).await, Vec::<String>::new(), "five workdays of grace");
    house.at("2026-03-10 07:00").await;
    assert_eq!(codes(&house).await, ["source/leave", "source/punches"]);
    let letter = alerts(&house).await.pop().unwrap();
    assert!(letter.subject.contains("2 matters") && letter.text.contains("nothing of it came yet"), "{letter:?}");
    std::fs::rename(house.path("keys/posts@yunling.mark"), house.path("kept.mark")).unwrap();
    assert!(codes(&house).await.contains(&"chain/posts/yunling".to_owned()));
}

#[tokio::test]
async fn a_mailbox_is_remembered_from_its_first_failure_to_its_next_answer() {
    let house = House::new(Setting::default()).await;
    let house = house
        .changed(|folder| {
            let file = folder.join("spotcheck.toml");
            let text = std::fs::read_to_string(&file).unwrap().replace("maildir = \"mailbox\"\n", "");
            let imap = "[intake.imap]\nid = \"desk\"\nhost = \"127.0.0.1\"\nsecurity = \"none\"\nport = 9\nuser = \"x\"\n\
                        password_file = \"imap\"\n[[office]]\nid";
            std::fs::write(&file, text.replacen("[[office]]\nid", imap, 1)).unwrap();
            std::fs::write(folder.join("imap"), "x\n").unwrap();
        })
        .await;
    for moment in ["2026-03-02 10:00", "2026-03-02 10:20", "2026-03-02 10:31"] {
        house.ctx.clock.set(time(moment));
        let done = turn(&house.ctx, true).await;
        assert_eq!(done.failures.len(), 1, "nobody listens there: {:?}", done.failures);
    }
    assert_eq!(codes(&house).await, ["mailbox/desk"]);
    health::note_mailbox(&house.ctx, "desk", None).await.unwrap();
    assert_eq!(codes(&house).await, Vec::<String>::new());
}
