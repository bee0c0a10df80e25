//! Letters that come back, and two houses that write to each other (REPLIES 3 and 7).

use super::house::{EVE, House, Setting, on_both};
use super::post::{Read, reply};

async fn released(house: &House) -> Read {
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    house.letter("assignment").await
}

fn report(letter_id: &str, action: &str, status: &str, recipient: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.field.example\nTo: desk@yunling.example\nSubject: Undelivered Mail Returned to Sender\n\
         Message-ID: <{action}{status}@mx.field.example>\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"B\"\n\n--B\n\nIt did not arrive.\n--B\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.field.example\n\n\
         Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\n--B\n\
         Content-Type: text/rfc822-headers\n\nMessage-ID: <{letter_id}>\nSubject: x\n--B--\n"
    )
    .replace('\n', "\r\n")
    .into_bytes()
}

async fn todo(house: &House, moment: &str) -> String {
    house.at(moment).await;
    house.letters("digest").await.pop().unwrap().text
}

#[tokio::test]
async fn a_letter_that_came_back_is_in_the_digest_with_what_to_do() {
    on_both(Setting { teams: 3, ..Setting::default() }, |house| async move {
        let letter = released(&house).await;
        house.deliver(&report(&letter.message_id, "failed", "5.2.2", "ZhaoXin@field.example")).await;
        let digest = todo(&house, "2026-03-03 18:30").await;
        for said in ["Zhao Xin come back", "mailbox is full (5.2.2)", "ring them"] {
            assert!(digest.replace("\n", " ").contains(said), "{said}: {digest}");
        }
        assert_eq!(house.inbox().await, ["1 done bounce"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_of_a_letter_of_ours_is_only_noted() {
    let house = House::new(Setting { teams: 3, ..Setting::default() }).await;
    let letter = released(&house).await;
    house.deliver(&report("somebody.elses@field.example", "failed", "5.1.1", "zhaoxin@field.example")).await;
    house.deliver(&report(&letter.message_id, "delayed", "4.4.1", "zhaoxin@field.example")).await;
    let digest = todo(&house, "2026-03-03 18:30").await;
    assert!(!digest.contains("come back"), "{digest}");
    assert_eq!(house.inbox().await, ["1 done bounce", "1 done delayed"]);
}

#[tokio::test]
async fn prose_in_chinese_is_tied_by_the_headers_that_it_quotes() {
    let house = House::new(Setting { teams: 3, ..Setting::default() }).await;
    let letter = released(&house).await;
    let body = format!(
        "抱歉，您的邮件被退回来了……\n收件人邮件地址（zhaoxin@field.example）不存在，邮件无法送达。\n\
         host mx.field.example said: 550 User not found\n原始邮件：\nMessage-ID: <{}>\n",
        letter.message_id
    );
    let mail = format!(
        "From: PostMaster@field.example\nTo: desk@yunling.example\nSubject: =?UTF-8?B?57O757uf6YCA5L+h?=\n\
         Message-ID: <b1@field.example>\nContent-Type: text/plain; charset=utf-8\n\n{body}"
    );
    house.deliver(mail.replace('\n', "\r\n").as_bytes()).await;
    let digest = todo(&house, "2026-03-03 18:30").await.replace('\n', " ");
    assert!(digest.contains("there is no such mailbox") && digest.contains("inspectors' list"), "{digest}");
}

/// Whatever one sends, the other takes for a reply from its inspector; and the other way round.
#[tokio::test]
async fn two_houses_that_write_to_each_other_fall_silent() {
    let (one, other) = (House::new(Setting::default()).await, House::new(Setting::default()).await);
    let letters = [released(&one).await, released(&other).await];
    // Each gets a mail of the other's machine that looks like an answer, without what marks it as ours.
    for (house, letter) in [(&one, &letters[0]), (&other, &letters[1])] {
        house.deliver(&reply(letter, "start", "this is not understood by anybody").bytes()).await;
    }
    let mut seen = [0, 0];
    for round in 0..12 {
        let moment = format!("2026-03-03 10:{:02}", 10 + round);
        for (index, (house, back)) in [(&one, &other), (&other, &one)].into_iter().enumerate() {
            house.at(&moment).await;
            let mut written = house.letters("help").await;
            written.extend(house.letters("receipt").await);
            for letter in written.iter().skip(seen[index]) {
                // As it went out; and as a server delivers it that strips what it does not know.
                back.deliver(letter.raw.as_bytes()).await;
                let bare: String = letter
                    .raw
                    .split_inclusive("\r\n")
                    .filter(|l| !l.starts_with("X-Loop") && !l.starts_with("Auto-Submitted"))
                    .collect();
                let reply_to_us = bare.replace("desk@yunling.example", "zhaoxin@field.example");
                let proof = "Authentication-Results: mx.yunling.example; dmarc=pass header.from=field.example\r\n";
                back.deliver(format!("{proof}{reply_to_us}").as_bytes()).await;
            }
            seen[index] = written.len();
        }
    }
    assert!(seen.iter().all(|n| *n <= 1), "one help each, then silence: {seen:?}");
    for house in [&one, &other] {
        assert!(house.inbox().await.iter().any(|line| line.contains("done own")), "{:?}", house.inbox().await);
    }
}
