//! Answers to letters about flags that are not what they should be: each has a clear end.

use super::due_process::{Answer, LEAD, OFFICIAL, answer, answered, flagged, shown, step};
use super::house::{House, Setting};
use spotcheck::evidence::flag::Step;
use spotcheck::model::FlagState;
use spotcheck::work::quarantine::{self, Sorted};
use spotcheck::work::senders;

#[tokio::test]
async fn hostile_answers_have_a_clear_end() {
    let house = House::new(Setting::default()).await;
    let case = flagged(&house, OFFICIAL, LEAD).await;
    step(&house, &case, Step::Ask, "Li Hua", "nobody there").await.unwrap();
    house.at("2026-03-04 08:00").await;
    let letter = house.letter("explain").await;
    let said = "I was at the clinic.";

    // A stranger, and a forger.
    answered(&house, "2026-03-04 09:00", answer(&letter, "x@elsewhere.example", "s", said)).await;
    answered(&house, "2026-03-04 09:01", Answer { proven: false, ..answer(&letter, OFFICIAL, "f", said) }).await;
    // A key of another flag, a key that is none, and two keys at once.
    let text = String::from_utf8(answer(&letter, OFFICIAL, "o", said).bytes()).unwrap();
    let other = text.replace(case.as_str(), "F-00000000").replace(&case.as_str().to_lowercase(), "f-00000000");
    let key = letter.message_id.split('.').nth(2).unwrap().split('@').next().unwrap();
    let wrong = text.replace(key, "0000000000000000").replace("<o@", "<w@");
    let wrong: String = wrong.lines().filter(|l| !l.starts_with("> Ref")).map(|l| format!("{l}\r\n")).collect();
    let two = text.replacen("I was", "Ref F-00000000-0000-0000-0000-0000\r\nI was", 1).replace("<o@", "<t@");
    for mail in [other, wrong, two] {
        house.deliver(mail.as_bytes()).await;
        house.at("2026-03-04 09:02").await;
    }
    // Larger than is read.
    let huge = "a line of a scan that is far too large\n".repeat(600_000).into_bytes();
    let files = [("huge.pdf", huge.as_slice())];
    answered(&house, "2026-03-04 09:03", Answer { files: &files, ..answer(&letter, OFFICIAL, "h", said) }).await;
    assert!(house.letters("receipt").await.iter().all(|r| r.to == "zhaoxin@field.example"), "no oracle");
    let inbox = house.inbox().await;
    for expected in ["1 quarantine wrong_sender", "1 quarantine unauthenticated", "3 quarantine bad_key"] {
        assert!(inbox.contains(&expected.to_owned()), "{expected}: {inbox:?}");
    }
    assert!(inbox.iter().any(|line| line.ends_with("over_caps") || line.ends_with("too_large")), "{inbox:?}");
    assert_eq!(shown(&house, &case).await.standing.flag.state, FlagState::Asked);

    // Nothing in it: told, not filed.
    answered(&house, "2026-03-04 09:04", answer(&letter, OFFICIAL, "n", "\nSent from my phone")).await;
    let told = house.letters("receipt").await.into_iter().find(|r| r.to == OFFICIAL).unwrap();
    assert!(told.text.contains("held neither text nor files") && told.text.contains("没有文字"), "{}", told.text);
    assert!(shown(&house, &case).await.dossier.answers.is_empty());

    // An automatic reply is no answer.
    let auto = text
        .replace("Subject: Re: explain", "Subject: Re: explain\r\nAuto-Submitted: auto-replied")
        .replace("<o@", "<au@");
    house.deliver(auto.as_bytes()).await;
    house.at("2026-03-04 09:05").await;
    assert!(shown(&house, &case).await.dossier.answers.is_empty());

    // A person who knows the sender files the stranger's mail; the address is no secret to the office.
    let waiting = quarantine::mails(&house.ctx, Some("quarantine")).await.unwrap();
    let of = |reason: &str| waiting.iter().find(|m| m.reason.as_deref() == Some(reason)).unwrap().id.clone();
    assert_eq!(
        quarantine::accept(&house.ctx, &of("wrong_sender"), "Chen Fang", None).await.unwrap(),
        Sorted::Done("answer".into())
    );
    let accepted = shown(&house, &case).await;
    assert_eq!(accepted.standing.flag.state, FlagState::Explained);
    assert_eq!(accepted.dossier.answers[0].entered_by.as_deref(), Some("Chen Fang"));
    let still = quarantine::accept(&house.ctx, &of("bad_key"), "Chen Fang", None).await.unwrap();
    assert_eq!(still, Sorted::StillWaits("bad_key".into()));

    // Where the official's provider signs nothing, the head names the relay.
    let trusted =
        senders::Decision { address: OFFICIAL, relay: "mail.town.example", by: "Sun Mei", reason: "unsigned" };
    assert!(senders::trust(&house.ctx, trusted).await.is_ok());

    // Many mails: every one is kept, five a day are answered.
    for n in 0..7 {
        let (name, body) = (format!("m{n}"), format!("More: {n}"));
        answered(&house, "2026-03-04 10:00", answer(&letter, OFFICIAL, &name, &body)).await;
    }
    assert_eq!(shown(&house, &case).await.dossier.answers.len(), 8);
    assert!(house.letters("receipt").await.iter().filter(|r| r.to == OFFICIAL).count() <= 6);
}
