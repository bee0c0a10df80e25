//! Inspectors who cannot go: their lines are dealt again, and nobody else's move (DRAW 6).

use super::house::{EVE, House, Setting, office, on_both, time, window};
use super::post::reply;
use spotcheck::draw::bundle::{Bundle, BundleKind};
use spotcheck::draw::verify;
use spotcheck::model::{AssignmentId, InspectorId, WindowId};
use spotcheck::table::TemplateKind;
use spotcheck::work::away::{Absence, Moved, note, redeal_due};
use spotcheck::work::bundles::{Selection, bundle, listed};
use spotcheck::work::{explain_window, reveal};
use std::collections::BTreeMap;

const DAY: &str = "2026-03-03";

pub fn am() -> WindowId {
    window(DAY, "am")
}

pub fn four() -> Setting {
    Setting { teams: 4, ..Setting::default() }
}

/// Three inspectors, each with room for so many visits.
pub async fn staff(house: &House, visits: u32) {
    let csv = format!(
        "id,name,name_latin,email,language,visits,calls\nI1,赵新,Zhao Xin,zhaoxin@field.example,en,{visits},20\n\
         I2,钱进,Qian Jin,qianjin@field.example,en,{visits},20\nI3,孙立,Sun Li,sunli@field.example,zh,{visits},20\n"
    );
    assert!(house.import(TemplateKind::Inspectors, &csv).await.rejects.is_empty());
}

async fn absent(house: &House, inspector: &str) {
    let day = DAY.parse().unwrap();
    let inspector: InspectorId = inspector.parse().unwrap();
    let absence = Absence { inspector: &inspector, from: day, to: day, half: None, reason: "ill", by: "desk" };
    note(&house.ctx, &absence).await.unwrap();
}

/// Who has which place: `T1` → `I1`, or `I1 I2` where two go.
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

async fn mac(house: &House) -> String {
    house.ctx.store.read().await.unwrap().draw(&am()).await.unwrap().unwrap().list_mac
}

/// What went to whom since a moment: `change qianjin@field.example`, sorted.
async fn letters_since(house: &House, moment: &str) -> Vec<String> {
    let rows = house.ctx.store.read().await.unwrap().letters(None, 1000).await.unwrap();
    let since = time(moment).0;
    let mut all: Vec<String> = rows
        .iter()
        .filter(|row| row.created_at >= since)
        .map(|row| format!("{} {}", row.kind, row.recipients))
        .collect();
    all.sort();
    all
}

/// The bundle of the window, once everything is over, holds what was dealt again, and it follows.
async fn verified(house: &House, kind: BundleKind) -> Bundle {
    house.ctx.clock.set(time("2026-03-20 17:00"));
    reveal::reveal_due(&house.ctx).await.unwrap();
    let all = listed(&house.ctx, &Selection::default()).await.unwrap();
    let of = all.iter().find(|listed| listed.window == am()).unwrap();
    let bundle: Bundle = serde_json::from_str(&bundle(&house.ctx, of, kind).await.unwrap()).unwrap();
    let checked = verify::check(&bundle);
    assert!(checked.findings.is_empty(), "{:?}", checked.findings);
    bundle
}

#[tokio::test]
async fn lines_of_an_inspector_who_falls_ill_go_to_others_at_once() {
    on_both(four(), |house| async move {
        staff(&house, 4).await;
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        let before = holders(&house).await;
        let ill = before["T1"].clone();
        let address = [("I1", "zhaoxin"), ("I2", "qianjin"), ("I3", "sunli")].into_iter().find(|(id, _)| *id == ill);
        let address = format!("{}@field.example", address.unwrap().1);
        let first = house.letters("assignment").await.into_iter().find(|letter| letter.to == address).unwrap();

        house.ctx.clock.set(time("2026-03-03 08:00"));
        absent(&house, &ill).await;
        let moved = redeal_due(&house.ctx).await.unwrap();
        let mine = before.values().filter(|who| **who == ill).count();
        assert_eq!(moved, Moved { given: mine, left: 0 });
        let after = holders(&house).await;
        for (place, who) in &before {
            if *who == ill {
                assert_ne!(after[place], ill, "{place}");
            } else {
                assert_eq!(&after[place], who, "{place}: nobody else's line moves");
            }
        }
        assert_eq!(redeal_due(&house.ctx).await.unwrap(), Moved::default(), "said again, nothing changes");

        house.at("2026-03-03 08:05").await;
        let letters = letters_since(&house, "2026-03-03 08:00").await;
        assert!(letters.contains(&format!("change {address}")), "{letters:?}");
        assert!(letters.contains(&"sheet desk@yunling.example".to_owned()), "{letters:?}");
        assert!(!letters.contains(&format!("assignment {address}")), "{letters:?}");
        let told = house.letter("change").await;
        assert!(told.subject.contains(&first.assignment()) && !told.whole.contains("Binhe"), "{told:?}");
        let gets = house.letters("assignment").await.into_iter().next_back().unwrap();
        assert!(gets.text.contains("V1 VISIT"), "{gets:?}");
        let log = house.log().await;
        assert!(log.last().unwrap().contains("\"kind\":\"redeal\"") && log.last().unwrap().contains("\"round\":1"));

        let place = "T1".parse().unwrap();
        let explained = explain_window::window(&house.ctx, &place, &am(), Some(&ill.parse().unwrap())).await.unwrap();
        let why: Vec<&str> =
            explained.json["dealt_again"].as_array().unwrap().iter().map(|a| a["why"].as_str().unwrap()).collect();
        assert!(why.contains(&"fell_out") && why.contains(&"goes"), "{}", explained.json);
        let page: Vec<&str> = explained.page.iter().map(|said| said.en.as_str()).collect();
        assert!(page.join("\n").contains("round 1: by shuffle number"), "{page:?}");

        // Nothing is asked any more of an assignment that has no line left.
        house.at("2026-03-10 12:00").await;
        house.at("2026-03-18 12:00").await;
        assert!(house.letters("reminder").await.iter().all(|letter| letter.to != address));
        let old = AssignmentId::parse(&first.assignment()).unwrap();
        assert!(house.ctx.store.read().await.unwrap().assignment(&old).await.unwrap().unwrap().closed.is_some());
        assert!(house.lines(&am()).await.iter().all(|line| line.ends_with("no_reply")));
        let auditor = verified(&house, BundleKind::Auditor).await;
        assert_eq!(auditor.draw.unwrap().redeals.len(), 1);
        verified(&house, BundleKind::Public).await;
    })
    .await;
}

#[tokio::test]
async fn an_absence_known_before_the_draw_sends_no_letter_and_the_list_is_the_same() {
    on_both(four(), |house| async move {
        staff(&house, 4).await;
        house.at(EVE).await;
        let undisturbed = House::new(four()).await;
        staff(&undisturbed, 4).await;
        undisturbed.at(EVE).await;
        undisturbed.at("2026-03-03 07:30").await;
        let before = holders(&undisturbed).await;
        let ill = before["T1"].clone();

        absent(&house, &ill).await;
        house.at("2026-03-03 07:30").await;
        assert_eq!(mac(&house).await, mac(&undisturbed).await, "the deal ran as sealed");
        let after = holders(&house).await;
        assert!(after.values().all(|who| *who != ill && !who.is_empty()), "{after:?}");
        assert!(before.iter().all(|(place, who)| *who == ill || after[place] == *who), "{before:?} {after:?}");
        let entries = house.log().await;
        let at = |kind: &str| entries.iter().position(|e| e.contains(&format!("\"kind\":\"{kind}\""))).unwrap();
        assert!(at("draw") < at("redeal"));
        assert!(house.letters("change").await.is_empty());
        let people: Vec<String> = house.letters("assignment").await.into_iter().map(|letter| letter.to).collect();
        assert_eq!(people.len(), after.values().collect::<std::collections::BTreeSet<_>>().len(), "{people:?}");
        // The same tickets give the same hands, whenever it becomes known.
        undisturbed.ctx.clock.set(time("2026-03-03 08:00"));
        absent(&undisturbed, &ill).await;
        redeal_due(&undisturbed.ctx).await.unwrap();
        assert_eq!(holders(&undisturbed).await, after);
        verified(&house, BundleKind::Auditor).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_reported_stays_and_what_nobody_can_do_is_not_dispatched() {
    on_both(Setting { teams: 2, capacity: 2, ..Setting::default() }, |house| async move {
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        let letter = house.letter("assignment").await;
        house.ctx.clock.set(time("2026-03-03 09:40"));
        house.deliver(&reply(&letter, "first", "V1.1 09:30 present\nV1.2 present").bytes()).await;
        house.at("2026-03-03 09:40").await;
        absent(&house, "I1").await;
        let moved = house.at("2026-03-03 10:00").await;
        assert_eq!(moved.redealt, 1);
        let change = house.letter("change").await;
        assert!(change.text.contains("V2 of your assignment"), "{change:?}");
        house.at("2026-03-18 12:00").await;
        let mut states: Vec<String> =
            house.lines(&am()).await.iter().map(|line| line.rsplit(' ').next().unwrap().to_owned()).collect();
        states.sort();
        assert_eq!(states, ["answered", "not_dispatched"]);
        let redeals = verified(&house, BundleKind::Auditor).await.draw.unwrap().redeals;
        assert_eq!((redeals[0].done.len(), redeals[0].lines.len()), (1, 1));
        assert_eq!(redeals[0].lines[0].1, "none");
        // Too late for the way there: nothing moves, and it is not said that it did.
        let late = House::new(Setting { teams: 2, capacity: 2, ..Setting::default() }).await;
        late.at(EVE).await;
        late.at("2026-03-03 07:30").await;
        absent(&late, "I1").await;
        assert_eq!(late.at("2026-03-03 11:00").await.redealt, 0);
        assert!(late.log().await.iter().all(|entry| !entry.contains("redeal")));
    })
    .await;
}

#[tokio::test]
async fn of_two_who_go_together_only_the_missing_one_is_dealt() {
    let two = "inspectors_a_visit = 2\n";
    on_both(Setting { teams: 2, programme: two, ..Setting::default() }, |house| async move {
        staff(&house, 2).await;
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        let before = holders(&house).await;
        let ill = before.values().find(|who| who.contains(' ')).unwrap().split(' ').next_back().unwrap().to_owned();
        house.ctx.clock.set(time("2026-03-03 08:00"));
        absent(&house, &ill).await;
        redeal_due(&house.ctx).await.unwrap();
        let after = holders(&house).await;
        let mut changed = 0;
        for (place, who) in before.iter().filter(|(_, who)| who.contains(' ')) {
            let stays: Vec<&str> = who.split(' ').filter(|one| *one != ill).collect();
            assert!(stays.iter().all(|one| after[place].contains(one)) && !after[place].contains(&ill), "{after:?}");
            changed += usize::from(who.contains(&ill));
        }
        assert!(changed > 0);
        house.at("2026-03-03 08:05").await;
        let told = house.letters("change").await;
        assert!(told.iter().any(|letter| letter.text.contains("you go")), "the other one is told: {told:?}");
        verified(&house, BundleKind::Auditor).await;
    })
    .await;
}

#[tokio::test]
async fn an_absence_that_cannot_be_is_refused_with_the_field() {
    let house = House::new(four()).await;
    let (day, before) = (DAY.parse().unwrap(), "2026-03-01".parse().unwrap());
    let (known, stranger) = ("I1".parse().unwrap(), "I9".parse().unwrap());
    let cases = [(&stranger, day, "ill", "INSPECTOR"), (&known, before, "ill", "--to"), (&known, day, " ", "--reason")];
    for (inspector, to, reason, field) in cases {
        let refused =
            note(&house.ctx, &Absence { inspector, from: day, to, half: None, reason, by: "desk" }).await.unwrap_err();
        let trouble = refused.trouble();
        assert_eq!(trouble.field.as_deref(), Some(field), "{trouble:?}");
    }
    assert!(house.ctx.store.read().await.unwrap().log_entries(&office()).await.unwrap().is_empty());
}
