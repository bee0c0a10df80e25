//! `spotcheck inbox` as the desk uses it: what waits, what it says, what is decided, in both languages.

use super::house::{EVE, House, Setting, time};
use super::post::{Reply, reply};
use std::process::Command;

/// Exit code, what it said and what it said beside.
fn inbox(house: &House, language: &str, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
        .args(["--lang", language, "--now", &time("2026-03-03 12:00").to_string(), "--config"])
        .arg(house.path("spotcheck.toml"))
        .arg("inbox")
        .args(arguments)
        .env("SPOTCHECK_LOG", "error")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const HTML: &str =
    "<p>V1.1 absent</p><script>alert(1)</script><img src=\"https://x.example/t.png\"><p>V1.2 present</p>";

#[tokio::test]
async fn a_mail_that_waits_is_listed_shown_and_decided() {
    let house = House::new(Setting { teams: 3, ..Setting::default() }).await;
    house.simulated().await;
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let letter = house.letter("assignment").await;
    let forged = Reply { proof: "dmarc=fail", ..reply(&letter, "html", HTML) }.bytes();
    let forged = String::from_utf8(forged).unwrap().replace("Content-Type: text/plain", "Content-Type: text/html");
    // Plain quotes make no lines in HTML.
    let (forged, _) = forged.split_once("\r\n\r\nOn Tue").unwrap();
    house.deliver(forged.as_bytes()).await;
    house.deliver(&Reply { proof: "dmarc=fail", ..reply(&letter, "second", "C1 busy\u{1b}[2J") }.bytes()).await;
    house.at("2026-03-03 10:30").await;

    let (code, listed, hint) = inbox(&house, "en", &["quarantine"]);
    assert_eq!((code, listed.lines().count()), (0, 3), "{listed}");
    assert!(listed.contains("waits for a person  sender not proven") && hint.contains("inbox show"), "{listed}{hint}");
    let listed = inbox(&house, "zh", &["list"]).1;
    assert!(
        listed.contains("待人工处理  发件人未能核实") && listed.contains("发件人") && listed.contains("主题"),
        "{listed}"
    );
    assert!(listed.contains("赵新") || listed.contains("***@"), "{listed}");
    let (_, json, _) = inbox(&house, "en", &["quarantine", "--json"]);
    let mails: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((mails.len(), mails[0]["reason"].as_str()), (2, Some("unauthenticated")));
    let ids: Vec<&str> = mails.iter().map(|mail| mail["id"].as_str().unwrap()).collect();
    let shown: Vec<String> = ids.iter().map(|id| inbox(&house, "en", &["show", &id[..16]]).1).collect();
    let (html, other) = if shown[0].contains("V1.1 absent") { (0, 1) } else { (1, 0) };
    assert!(shown[html].contains("V1.1 absent\nV1.2 present"), "{}", shown[html]);
    for never in ["alert", "<p>", "t.png"] {
        assert!(!shown[html].contains(never), "{never} in {}", shown[html]);
    }
    assert!(shown[html].contains("From: zhaoxin@field.example") && !shown[other].contains('\u{1b}'));
    let (_, raw, _) = inbox(&house, "en", &["show", ids[html], "--raw"]);
    assert!(raw.contains("<script>"));
    let (_, json, _) = inbox(&house, "zh", &["show", ids[html], "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["text"].as_str().unwrap().starts_with("V1.1 absent\n") && json["state"] == "quarantine", "{json}");

    let (code, done, _) = inbox(&house, "en", &["accept", ids[html], "--by", "Chen Fang"]);
    assert_eq!((code, done.trim()), (0, "recorded"));
    assert_eq!(house.recorded(&letter.assignment()).await, ["V1.1 absent", "V1.2 present"]);
    let (code, done, _) = inbox(&house, "zh", &["discard", ids[other], "--by", "Chen Fang", "--json"]);
    assert!(code == 0 && done.contains("\"reason\":\"discarded\""), "{done}");
    let (code, _, trouble) = inbox(&house, "zh", &["accept", ids[other], "--by", "Chen Fang"]);
    assert!(code == 2 && trouble.contains("不在待人工处理之列"), "{trouble}");
    let (code, _, trouble) = inbox(&house, "en", &["show", "0000000000000000"]);
    assert!(code == 2 && trouble.contains("inbox list --state all"), "{trouble}");
}

#[tokio::test]
async fn a_mail_without_a_key_can_be_accepted_for_an_assignment() {
    let house = House::new(Setting { teams: 3, ..Setting::default() }).await;
    house.simulated().await;
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let letter = house.letter("assignment").await;
    let mail = "Return-Path: <zhaoxin@field.example>\nAuthentication-Results: mx.yunling.example; dmarc=pass header.from=field.example\n\
        From: zhaoxin@field.example\nTo: desk@yunling.example\nSubject: today\nMessage-ID: <nokey@field.example>\n\nV1.1 absent\n";
    house.deliver(mail.replace('\n', "\r\n").as_bytes()).await;
    house.at("2026-03-03 10:30").await;
    assert_eq!(house.inbox().await, ["1 quarantine no_key"]);
    assert!(house.letters("help").await.is_empty(), "nobody knows what it is about");
    // With the id in the subject its sender is told what is missing.
    let named =
        mail.replace("Subject: today", &format!("Subject: today [{}]", letter.assignment())).replace("nokey", "named");
    house.deliver(named.replace('\n', "\r\n").as_bytes()).await;
    house.at("2026-03-03 10:31").await;
    assert_eq!(house.letters("help").await.len(), 1);
    let (_, json, _) = inbox(&house, "en", &["list", "--json"]);
    let ids: Vec<String> = json
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|mail| mail["assignment"].is_null())
        .map(|mail| mail["id"].as_str().unwrap().to_owned())
        .collect();
    let by = ["--by", "Chen Fang"];
    let (code, _, still) = inbox(&house, "en", &[&["accept", &ids[0]], &by[..]].concat());
    assert!(code == 2 && still.contains("belongs to no assignment") && still.contains("--assignment ID"), "{still}");
    let (code, _, none) = inbox(&house, "zh", &[&["accept", &ids[0], "--assignment", "22222"], &by[..]].concat());
    assert!(code == 2 && none.contains("没有这项任务"), "{none}");
    let assignment = letter.assignment().to_lowercase();
    let (code, done, _) = inbox(&house, "en", &[&["accept", &ids[0], "--assignment", &assignment], &by[..]].concat());
    assert_eq!((code, done.trim()), (0, "recorded"));
    assert_eq!(house.recorded(&letter.assignment()).await, ["V1.1 absent"]);
}

#[tokio::test]
async fn trust_is_given_listed_and_taken_back() {
    let house = House::new(Setting::default()).await;
    house.simulated().await;
    let address = "zhaoxin@field.example";
    let why = ["--relay", "relay.field.example", "--by", "Chen Fang", "--reason", "signs nothing"];
    let (code, given, _) = inbox(&house, "en", &[&["trust", address], &why[..]].concat());
    assert_eq!((code, given.trim()), (0, "trusted until 2026-06-01 12:00"));
    let (_, listed, _) = inbox(&house, "zh", &["trusted"]);
    assert!(listed.contains("relay.field.example  信任至  2026-06-01 12:00  Chen Fang  signs nothing"), "{listed}");
    assert_eq!(inbox(&house, "en", &[&["untrust", address], &why[..]].concat()).0, 0);
    let (_, listed, _) = inbox(&house, "en", &["trusted", "--json"]);
    assert!(listed.contains("\"state\":\"revoked\""), "{listed}");
    let (code, _, trouble) = inbox(&house, "zh", &[&["untrust", address], &why[..]].concat());
    assert!(code == 2 && trouble.contains("未经该主机受信任"), "{trouble}");
    let (code, _, trouble) = inbox(&house, "en", &[&["trust", "x@field.example"], &why[..]].concat());
    assert!(code == 2 && trouble.contains("no inspector and no official has this address"), "{trouble}");
}

#[tokio::test]
async fn photos_are_kept_and_counted() {
    let house = House::new(Setting { teams: 3, ..Setting::default() }).await;
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let letter = house.letter("assignment").await;
    let raw = String::from_utf8(reply(&letter, "photo", "V1.1 present").bytes()).unwrap();
    let (head, body) = raw.split_once("Content-Type: text/plain").unwrap();
    let photo = "--B\r\nContent-Type: image/jpeg; name=\"1.jpg\"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nSlBFRw==\r\n";
    let whole = format!(
        "{head}Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain{body}\r\n{photo}{photo}--B--\r\n"
    );
    house.deliver(whole.as_bytes()).await;
    house.at("2026-03-03 10:30").await;
    let receipt = house.letter("receipt").await;
    assert!(receipt.text.contains("Files received: 2"), "{}", receipt.text);
    assert!(!receipt.raw.contains("SlBFRw") && !receipt.text.contains("1.jpg"), "nothing goes on in mail");
    let mut tx = house.ctx.store.read().await.unwrap();
    let mail = tx.mails(Some("done"), 10).await.unwrap().remove(0);
    let kept = tx.attachments_of(&mail.id).await.unwrap();
    assert_eq!(kept.len(), 2);
    let sha = spotcheck::model::Sha256::of(b"JPEG");
    assert_eq!(kept[0], ("image/jpeg".to_owned(), sha.hex(), 4));
    assert_eq!(tx.blob(&sha).await.unwrap().as_deref(), Some(&b"JPEG"[..]));
}
