//! Photos with reports of visits: held against time and place, told to the desk, and to nobody else.

use super::house::{EVE, House, Setting, on_both, time, window};
use super::photo::Note;
use super::post::{Read, reply};
use spotcheck::model::Days;
use spotcheck::table::TemplateKind;
use spotcheck::work::{explain_window, period_report, quarantine};
use std::process::Command;

const HERE: Note<'_> =
    Note { taken: Some("2026:03:03 09:50:00"), offset: None, place: Some((106.61, 26.6)), big: true };

/// Every village lies at the same place.
async fn placed(house: &House) {
    let file = "place,longitude,latitude,datum\nV1,106.6,26.6,wgs84\nV2,106.6,26.6,wgs84\nV3,106.6,26.6,wgs84\n";
    assert_eq!(house.import(TemplateKind::Positions, file).await.new, 3);
}

/// One visit (V1) and two calls.
fn three() -> Setting {
    Setting { teams: 3, ..Setting::default() }
}

fn with_photos(to: &Read, name: &str, body: &str, photos: &[Vec<u8>]) -> Vec<u8> {
    let raw = String::from_utf8(reply(to, name, body).bytes()).unwrap();
    let (head, text) = raw.split_once("Content-Type: text/plain").unwrap();
    let photo = |bytes: &Vec<u8>| {
        let hex: String = bytes.iter().map(|byte| format!("={byte:02X}")).collect();
        let lines: Vec<&str> = hex.as_bytes().chunks(72).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let bytes = lines.join("=\r\n");
        format!(
            "--B\r\nContent-Type: image/jpeg\r\nContent-Disposition: attachment; filename=\"IMG_1.jpg\"\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n{bytes}\r\n"
        )
    };
    let photos: String = photos.iter().map(photo).collect();
    format!(
        "{head}Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain{text}\r\n{photos}--B--\r\n"
    )
    .into_bytes()
}

#[tokio::test]
async fn a_photo_is_held_against_its_visit_and_told_to_the_desk_alone() {
    on_both(three(), |house| async move {
        placed(&house).await;
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        let letter = house.letter("assignment").await;
        let far = Note { taken: Some("2026:03:01 09:50:00"), place: Some((106.9, 26.6)), ..HERE }.png();
        let bare = Note::default().webp();
        house
            .deliver(&with_photos(&letter, "a", "V1 09:50 present", &[HERE.jpeg(), far, bare, b"no photo".to_vec()]))
            .await;
        house.at("2026-03-03 10:30").await;
        let mail = house.ctx.store.read().await.unwrap().mails(Some("done"), 9).await.unwrap().remove(0);
        let shown = quarantine::show(&house.ctx, &mail.id).await.unwrap().unwrap();
        let told: Vec<String> = shown
            .files
            .iter()
            .map(|file| file.photo.as_ref().map_or("-".to_owned(), |photo| spotcheck::work::photos::said(photo).en))
            .collect();
        assert_eq!(
            told,
            [
                "taken at the time of the visit; at the place (within 5 km)",
                "taken on another day; 30 km away from the place",
                "no time or place in it (telephones and mail programs often take them out)",
                "-"
            ]
        );
        let place = house.lines(&window("2026-03-03", "am")).await;
        let place = place.iter().find(|line| line.contains(" visit ")).unwrap().split(' ').next().unwrap().to_owned();
        let why = explain_window::window(&house.ctx, &place.parse().unwrap(), &window("2026-03-03", "am"), None).await;
        let why = why.unwrap();
        assert!(
            why.page.iter().any(|line| line.zh.contains("照片：不是走访当天拍摄；距该地点30公里")),
            "{:?}",
            why.page
        );
        assert_eq!(why.json["photos"].as_array().unwrap().len(), 3);
        // No letter tells of it, and it judges nobody.
        for kind in ["receipt", "sheet", "assignment"] {
            for letter in house.letters(kind).await {
                assert!(!letter.text.contains(" km") && !letter.text.contains("公里"), "{}", letter.text);
            }
        }
        assert!(house.verdicts().await.iter().all(|verdict| !verdict.contains("photo")));
    })
    .await;
}

#[tokio::test]
async fn the_same_photo_with_two_visits_is_a_sign_and_with_a_correction_it_is_none() {
    let house = House::new(three()).await;
    placed(&house).await;
    house.simulated().await;
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let first = house.letter("assignment").await;
    house.deliver(&with_photos(&first, "a", "V1 09:50 present", &[HERE.jpeg()])).await;
    house.at("2026-03-03 10:30").await;
    house.deliver(&with_photos(&first, "b", "correction V1.1 absent", &[HERE.jpeg()])).await;
    house.at("2026-03-03 11:30").await;
    let signs = async |house: &House| {
        let days = Days::parse("2026-03").unwrap();
        let report = period_report::show(&house.ctx, &"yunling".parse().unwrap(), days, None).await.unwrap();
        let found = report.document.sections.into_iter().find(|section| section.code == "signs");
        found.map(|section| format!("{:?}", section.table.unwrap().rows)).unwrap_or_default()
    };
    assert_eq!(signs(&house).await, "");
    house.at("2026-03-03 17:30").await;
    house.at("2026-03-04 07:30").await;
    let second = house.letters("assignment").await.pop().unwrap();
    assert_ne!(second.assignment(), first.assignment());
    house.ctx.clock.set(time("2026-03-04 10:30"));
    house.deliver(&with_photos(&second, "c", "V1 09:50 present", &[HERE.jpeg()])).await;
    house.at("2026-03-04 10:30").await;
    let found = signs(&house).await;
    assert!(found.contains("photos that came with another visit, too") && found.contains("Count(3)"), "{found}");
    // The desk reads it with the mail.
    let mails = house.ctx.store.read().await.unwrap().mails(Some("done"), 9).await.unwrap();
    let inbox = |language: &str, more: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
            .args(["--lang", language, "--now", &time("2026-03-04 12:00").to_string(), "--config"])
            .arg(house.path("spotcheck.toml"))
            .args(["inbox", "show", &mails[0].id])
            .args(more)
            .env("SPOTCHECK_LOG", "error")
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let shown = inbox("en", &[]);
    assert!(shown.contains("V1 taken on another day; at the place (within 5 km); the very same photo came"), "{shown}");
    assert!(inbox("zh", &[]).contains("同一张照片也随另一次走访提交过"));
    let json: serde_json::Value = serde_json::from_str(&inbox("en", &["--json"])).unwrap();
    let photo = &json["files"][0]["photo"];
    assert_eq!((photo["time"].as_str(), photo["alike"].as_bool()), (Some("other_day"), Some(true)), "{json}");
}

#[tokio::test]
async fn a_photo_whose_sender_is_not_proven_is_held_against_nothing() {
    let house = House::new(three()).await;
    placed(&house).await;
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let letter = house.letter("assignment").await;
    let forged = String::from_utf8(with_photos(&letter, "a", "V1 09:50 present", &[HERE.heif()])).unwrap();
    let forged = forged.replace("dkim=pass header.d=field.example; dmarc=pass", "dkim=none; dmarc=fail");
    house.deliver(forged.as_bytes()).await;
    house.at("2026-03-03 10:30").await;
    let noted = async || {
        let mail = house.ctx.store.read().await.unwrap().mails(None, 9).await.unwrap().remove(0);
        (house.ctx.store.read().await.unwrap().photos_of_mail(&mail.id).await.unwrap().len(), mail.id)
    };
    let (none, mail) = noted().await;
    assert_eq!(none, 0);
    quarantine::accept(&house.ctx, &mail, "Chen Fang", None).await.unwrap();
    assert_eq!(noted().await.0, 1);
}
