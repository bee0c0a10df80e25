//! The day of a visit: its order by the way, inspectors who cannot go, lines that are given back, weather.

use super::fallen::{am, four, staff};
use super::house::{EVE, House, Setting, on_both, time, window};
use super::post::{Read, reply};
use spotcheck::draw::bundle::{Bundle, BundleKind};
use spotcheck::draw::verify;
use spotcheck::table::TemplateKind;
use spotcheck::work::bundles::{Selection, bundle, listed};
use spotcheck::work::quarantine::{self, Sorted};
use spotcheck::work::reveal;
use std::collections::BTreeMap;

const PROVEN: &str = "dkim=pass header.d=field.example; dmarc=pass header.from=field.example";
const FORGED: &str = "dkim=none; dmarc=fail header.from=field.example";

fn address(inspector: &str) -> &'static str {
    match inspector {
        "I1" => "zhaoxin@field.example",
        "I2" => "qianjin@field.example",
        _ => "sunli@field.example",
    }
}

/// A mail that answers nothing.
fn mail(from: &str, name: &str, proof: &str, subject: &str, body: &str) -> Vec<u8> {
    let mail = format!(
        "Received: from mail.field.example by mx.yunling.example; Tue, 03 Mar 2026 06:50:00 +0800\n\
         Authentication-Results: mx.yunling.example; {proof}\nFrom: <{from}>\nTo: desk@yunling.example\n\
         Subject: {subject}\nDate: Tue, 03 Mar 2026 06:49:58 +0800\nMessage-ID: <{name}@field.example>\n\
         MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}\n"
    );
    mail.replace('\n', "\r\n").into_bytes()
}

/// Who has which place: `T1` → `I1`; nothing where nobody has it.
async fn holders(house: &House) -> BTreeMap<String, String> {
    let mut tx = house.ctx.store.read().await.unwrap();
    let mut all = BTreeMap::new();
    for line in tx.lines_of_window(&am()).await.unwrap() {
        let shares = tx.shares_of(&am(), &line.place).await.unwrap();
        let people: Vec<&str> = shares.iter().map(|share| share.inspector.as_str()).collect();
        all.insert(line.place.to_string(), people.join(" "));
    }
    all
}

async fn states(house: &House) -> Vec<String> {
    let lines = house.lines(&am()).await;
    let mut states: Vec<String> = lines.iter().map(|line| line.rsplit(' ').next().unwrap().to_owned()).collect();
    states.sort();
    states
}

async fn to(house: &House, kind: &str, address: &str) -> Vec<Read> {
    house.letters(kind).await.into_iter().filter(|letter| letter.to == address).collect()
}

/// Without the breaks that a mail's width makes.
fn flat(letter: &Read) -> String {
    letter.text.replace('|', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The bundle of the window, once everything is over, holds what was dealt again, and it follows.
pub async fn verified(house: &House, rounds: usize) {
    house.at("2026-03-18 12:00").await;
    house.ctx.clock.set(time("2026-03-20 17:00"));
    reveal::reveal_due(&house.ctx).await.unwrap();
    let all = listed(&house.ctx, &Selection::default()).await.unwrap();
    let of = all.iter().find(|listed| listed.window == am()).unwrap();
    for kind in [BundleKind::Auditor, BundleKind::Public] {
        let bundle: Bundle = serde_json::from_str(&bundle(&house.ctx, of, kind).await.unwrap()).unwrap();
        let checked = verify::check(&bundle);
        assert!(checked.findings.is_empty(), "{:?}", checked.findings);
        assert_eq!(bundle.draw.unwrap().redeals.len(), rounds);
    }
}

#[tokio::test]
async fn one_falls_ill_before_the_draw_and_one_after_it() {
    on_both(four(), |house| async move {
        staff(&house, 4).await;
        house.at(EVE).await;
        // Whoever would go to the first place falls ill.
        let undisturbed = House::new(four()).await;
        staff(&undisturbed, 4).await;
        undisturbed.at(EVE).await;
        undisturbed.at("2026-03-03 07:30").await;
        let early = holders(&undisturbed).await["T1"].clone();
        let early = early.as_str();
        house.deliver(&mail(address(early), "early", PROVEN, "today", "I am ill today and cannot come")).await;
        house.at("2026-03-03 06:50").await;
        assert_eq!(house.inbox().await, ["1 done away"]);
        let noted = house.letter("receipt").await;
        assert_eq!(noted.to, address(early));
        assert!(noted.text.contains("Noted: you are not available on Tue 3 Mar."), "{noted:?}");

        house.at("2026-03-03 07:30").await;
        let drawn = holders(&house).await;
        assert!(drawn.values().all(|who| !who.is_empty() && who != early), "{drawn:?}");
        assert!(to(&house, "assignment", address(early)).await.is_empty());

        let late = drawn["T1"].clone();
        let rest = ["I1", "I2", "I3"].into_iter().find(|who| *who != early && *who != late).unwrap();
        let names = BTreeMap::from([("I1", "Zhao Xin"), ("I2", "Qian Jin"), ("I3", "Sun Li")]);
        house.deliver(&mail(address(&late), "late", PROVEN, "请假", "今天生病，请假")).await;
        let moved = house.at("2026-03-03 08:10").await;
        assert_eq!(moved.redealt, drawn.values().filter(|who| **who == late).count());
        assert!(holders(&house).await.values().all(|who| who == rest), "{:?}", holders(&house).await);
        let noted = to(&house, "receipt", address(&late)).await;
        assert!(noted[0].text.contains("已登记：您3月3日 周二不能到岗"), "{noted:?}");
        let change = house.letter("change").await;
        assert_eq!(change.to, address(&late));

        // What goes to those who cannot come says nothing of places, and nothing of anybody else; subjects and the
        // log say nothing to anybody.
        let mut said: Vec<String> = vec![change.whole.clone()];
        said.extend(house.letters("receipt").await.into_iter().map(|letter| letter.whole));
        for text in &said {
            for secret in ["Binhe", "滨河", "Qingshan", "青山", "王建国", names[rest]] {
                assert!(!text.contains(secret), "{secret} in\n{text}");
            }
        }
        for letter in house.letters("sheet").await.iter().chain(&house.letters("assignment").await) {
            assert!(!letter.subject.contains("Binhe") && !letter.subject.contains("滨河"), "{}", letter.subject);
        }
        for entry in house.log().await {
            assert!(!entry.contains("滨河") && !entry.contains(early) && !entry.contains("sick"), "{entry}");
        }
        house.log_is_whole().await;
        house.at("2026-03-18 12:00").await;
        assert!(states(&house).await.iter().all(|state| state == "no_reply"));
        verified(&house, 2).await;
    })
    .await;
}

#[tokio::test]
async fn where_nobody_is_left_a_line_ends_as_not_dispatched() {
    on_both(Setting { teams: 2, capacity: 2, ..Setting::default() }, |house| async move {
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        house.deliver(&mail(address("I1"), "ill", PROVEN, "", "unavailable 3-5 Mar; ill")).await;
        let moved = house.at("2026-03-03 08:10").await;
        assert_eq!(moved.redealt, 2);
        assert_eq!(states(&house).await, ["not_dispatched", "not_dispatched"]);
        // The days after it are sealed without the only inspector there is.
        house.at("2026-03-03 17:30").await;
        let sealed = house.log().await.into_iter().rfind(|entry| entry.contains("\"kind\":\"seal\"")).unwrap();
        assert!(sealed.contains("\"no_inspector\":2"), "{sealed}");
        verified(&house, 1).await;
    })
    .await;
}

#[tokio::test]
async fn an_absence_that_is_not_certain_is_asked_back_and_nothing_is_noted() {
    on_both(four(), |house| async move {
        staff(&house, 4).await;
        house.at(EVE).await;
        let unclear = mail(address("I1"), "unclear", PROVEN, "leave", "王建国3月3日请假");
        house.deliver(&unclear).await;
        house.deliver(&mail(address("I2"), "forged", FORGED, "", "unavailable 3 Mar")).await;
        house.deliver(&mail("stranger@field.example", "stranger", PROVEN, "", "unavailable 3 Mar")).await;
        house.at("2026-03-03 06:50").await;
        assert_eq!(
            house.inbox().await,
            ["1 quarantine away_unclear", "1 quarantine no_key", "1 quarantine unauthenticated"]
        );
        let asked = house.letter("receipt").await;
        assert_eq!(asked.to, address("I1"));
        assert!(asked.text.contains("3月4日至3月5日请假"), "an example: {asked:?}");
        assert!(house.ctx.store.read().await.unwrap().all_away().await.unwrap().is_empty());

        // A person who knows the voice accepts the one that was not proven.
        let rows = quarantine::mails(&house.ctx, Some("quarantine")).await.unwrap();
        let forged = rows.iter().find(|row| row.reason.as_deref() == Some("unauthenticated")).unwrap();
        let sorted = quarantine::accept(&house.ctx, &forged.id, "Li Dan", None).await.unwrap();
        assert_eq!(sorted, Sorted::Done("away".into()));
        let away = house.ctx.store.read().await.unwrap().all_away().await.unwrap();
        assert_eq!(away.iter().map(|one| one.inspector.as_str()).collect::<Vec<_>>(), ["I2"]);
        // The same mail again says nothing new.
        house.deliver(&mail(address("I2"), "again", PROVEN, "", "unavailable 3 Mar")).await;
        house.at("2026-03-03 07:30").await;
        assert!(to(&house, "assignment", address("I2")).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn half_a_day_and_days_from_a_file() {
    on_both(Setting { teams: 2, capacity: 2, afternoon: true, ..Setting::default() }, |house| async move {
        house.deliver(&mail(address("I1"), "half", PROVEN, "", "3月3日下午请假")).await;
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        assert_eq!(holders(&house).await.values().collect::<Vec<_>>(), ["I1", "I1"], "the morning stays");
        house.at("2026-03-03 12:30").await;
        let pm = house.lines(&window("2026-03-03", "pm")).await;
        assert!(pm.iter().all(|line| line.ends_with("not_dispatched")), "{pm:?}");
        // A mail adds, and takes nothing away.
        house.deliver(&mail(address("I1"), "more", PROVEN, "", "3月3日至4日请假")).await;
        house.deliver(&mail(address("I1"), "less", PROVEN, "", "3月3日上午请假")).await;
        house.at("2026-03-03 13:00").await;
        let away = house.ctx.store.read().await.unwrap().all_away().await.unwrap();
        let told: Vec<String> = away.iter().map(|one| format!("{:?} {:?}", one.span.to, one.half)).collect();
        assert_eq!(told, ["Some(2026-03-04) None"]);

        let file = "inspector,from,to,half,reason\nI1,2026-03-09,,am,培训\nI1,2026-03-10,2026-03-11,,\nI9,2026-03-09,,,\n\
                    I1,2026-03-12,2026-03-13,pm,\n";
        let imported = house.import(TemplateKind::Away, file).await;
        assert_eq!((imported.new, imported.rejected), (2, 2));
        let again = house.import(TemplateKind::Away, file).await;
        assert_eq!((again.new, again.known), (0, 2));
        house.at("2026-03-09 17:30").await;
        let sealed = house.log().await.into_iter().rfind(|entry| entry.contains("\"kind\":\"seal\"")).unwrap();
        assert!(sealed.contains("2026-03-10") && sealed.contains("\"no_inspector\":2"), "{sealed}");
    })
    .await;
}

#[tokio::test]
async fn a_line_that_is_given_back_goes_to_somebody_who_is_free() {
    on_both(four(), |house| async move {
        staff(&house, 4).await;
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        let before = holders(&house).await;
        let letter = house.letters("assignment").await.into_iter().find(|l| l.text.contains("V2 VISIT")).unwrap();
        let giver = ["I1", "I2", "I3"].into_iter().find(|who| address(who) == letter.to).unwrap();
        let back = super::post::Reply { from: &letter.to, ..reply(&letter, "back", "hand back V1; car broken") };
        house.deliver(&back.bytes()).await;
        let moved = house.at("2026-03-03 09:10").await;
        assert_eq!(moved.redealt, 1);
        let after = holders(&house).await;
        let gone: Vec<&String> = before.keys().filter(|place| before[*place] != after[*place]).collect();
        assert_eq!(gone.len(), 1, "one line moves: {before:?} {after:?}");
        assert!(before[gone[0]] == giver && !after[gone[0]].is_empty());
        let recorded = house.recorded(&letter.assignment()).await;
        assert_eq!(recorded, ["V1.1 not_done", "V1.2 not_done"]);
        let receipt = to(&house, "receipt", &letter.to).await.remove(0);
        assert!(flat(&receipt).contains("handed back: nothing to do for you") && receipt.text.contains("car broken"));
        let change = house.letters("change").await;
        assert!(change.is_empty(), "the receipt has told: {change:?}");

        // Another one falls ill: what the giver kept stays with the giver, and nothing comes to them.
        let ill = ["I1", "I2", "I3"].into_iter().find(|who| *who != giver && after.values().any(|a| a == who)).unwrap();
        house.deliver(&mail(address(ill), "ill", PROVEN, "", "I am ill today")).await;
        house.at("2026-03-03 09:15").await;
        let last = holders(&house).await;
        for (place, who) in &after {
            assert!(if who == ill { last[place] != ill && last[place] != giver } else { last[place] == *who });
        }
        house.at("2026-03-03 18:30").await;
        let digest = &house.letters("digest").await.into_iter().next_back().unwrap();
        assert!(flat(digest).contains("handed back, somebody else has it: car broken"), "{}", digest.text);
        verified(&house, 2).await;
    })
    .await;
}

#[tokio::test]
async fn where_nobody_is_free_it_ends_as_not_done_with_its_reason() {
    on_both(Setting { teams: 2, capacity: 2, ..Setting::default() }, |house| async move {
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        let letter = house.letter("assignment").await;
        house.deliver(&reply(&letter, "back", "交回 V1 车坏了\nV2 在岗").bytes()).await;
        house.at("2026-03-03 10:00").await;
        assert_eq!(holders(&house).await.values().collect::<Vec<_>>(), ["I1", "I1"]);
        house.at("2026-03-03 18:30").await;
        let digest = house.letters("digest").await.into_iter().next_back().unwrap();
        assert!(flat(&digest).contains("handed back, nobody was free: 车坏了"), "{}", digest.text);
        house.at("2026-03-18 12:00").await;
        assert_eq!(states(&house).await, ["answered", "not_done"]);
        verified(&house, 1).await;
        // Too late for anybody to go: nothing is dealt, and it ends the same way.
        let late = House::new(Setting { teams: 2, capacity: 2, ..Setting::default() }).await;
        late.at(EVE).await;
        late.at("2026-03-03 07:30").await;
        let letter = late.letter("assignment").await;
        late.deliver(&reply(&letter, "late", "hand back V1; car broken").bytes()).await;
        assert_eq!(late.at("2026-03-03 11:30").await.redealt, 0);
        assert!(late.log().await.iter().all(|entry| !entry.contains("redeal")));
    })
    .await;
}

#[tokio::test]
async fn a_region_that_is_not_visited_has_no_chance_or_is_not_executed() {
    let declare = "region,reason,from,to\n520699001,大雪封山,2026-03-03,2026-03-03\n";
    // Known before the seal.
    on_both(four(), |house| async move {
        let imported = house.import(TemplateKind::Blackouts, declare).await;
        assert_eq!((imported.new, imported.rejected, imported.warnings.len()), (1, 0, 0));
        house.at(EVE).await;
        let sealed = house.log().await.into_iter().rfind(|entry| entry.contains("\"kind\":\"seal\"")).unwrap();
        assert!(sealed.contains("\"blackout\":4"), "{sealed}");
        house.at("2026-03-02 18:30").await;
        let digest = house.letters("digest").await.remove(0);
        assert!(digest.text.contains("大雪封山"), "{}", digest.text);
        house.at("2026-03-03 07:30").await;
        assert!(house.lines(&am()).await.is_empty() && house.letters("assignment").await.is_empty());
        let typo = house.import(TemplateKind::Blackouts, "region,reason,from,to\n99,雪,2026-03-09,2026-03-09\n").await;
        assert_eq!(typo.warnings.len(), 1, "no village there");
    })
    .await;
    // Known after the seal: nobody goes, and it is counted.
    on_both(four(), |house| async move {
        staff(&house, 4).await;
        house.at(EVE).await;
        house.import(TemplateKind::Blackouts, declare).await;
        house.at("2026-03-03 07:30").await;
        assert_eq!(states(&house).await, ["blackout"; 4]);
        assert!(house.letters("assignment").await.is_empty());
        verified(&house, 0).await;
    })
    .await;
    // Known after the draw.
    on_both(four(), |house| async move {
        staff(&house, 4).await;
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        let told = house.letters("assignment").await.len();
        let letter = house.letters("assignment").await.remove(0);
        let first = super::post::Reply { from: &letter.to, ..reply(&letter, "first", "V1 present") };
        house.deliver(&first.bytes()).await;
        house.at("2026-03-03 09:30").await;
        house.import(TemplateKind::Blackouts, declare).await;
        assert_eq!(house.at("2026-03-03 09:35").await.withdrawn, 3, "what was reported stays");
        let changes = house.letters("change").await;
        assert!(!changes.is_empty() && changes.len() <= told);
        assert!(changes.iter().all(|letter| !letter.whole.contains("Binhe")), "{changes:?}");
        house.at("2026-03-03 18:30").await;
        let digest = house.letters("digest").await.into_iter().next_back().unwrap();
        assert!(flat(&digest).contains("weather or season: 大雪封山"), "{}", digest.text);
        house.at("2026-03-18 12:00").await;
        assert_eq!(states(&house).await, ["answered", "blackout", "blackout", "blackout"]);
        verified(&house, 0).await;
    })
    .await;
}

#[tokio::test]
async fn visits_stand_in_the_order_of_the_way() {
    on_both(Setting { capacity: 4, ..four() }, |house| async move {
        // A road to the east: the office, then V4, V3, V2, V1. By a Chinese map, and one of them measured.
        let positions = "place,longitude,latitude,datum\nyunling,106.60,26.60,wgs84\nV1,106.76,26.60,wgs84\n\
                         V2,106.72,26.60,wgs84\nV3,106.68,26.60,wgs84\nV4,106.64,26.60,gcj02\nV9,106,26,\nV1,190,26,\n";
        let imported = house.import(TemplateKind::Positions, positions).await;
        assert_eq!((imported.new, imported.rejected), (5, 2));
        let distances = "from_place,to_place,minutes,km\nyunling,V1,100,60\n";
        assert_eq!(house.import(TemplateKind::Distances, distances).await.new, 1);
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        let letter = house.letter("assignment").await;
        assert!(letter.text.contains("Way, as reckoned:"), "{}", letter.text);
        let sheet = house.letters("sheet").await.into_iter().next_back().unwrap();
        assert!(sheet.text.contains("Way, as reckoned:"), "{}", sheet.text);
        // Each span is kept or named, and the letter is still read as before.
        house.deliver(&reply(&letter, "all", "V1-V4 present").bytes()).await;
        house.at("2026-03-03 11:59").await;
        assert_eq!(house.recorded(&letter.assignment()).await.len(), 8);
        verified(&house, 0).await;
    })
    .await;
}
