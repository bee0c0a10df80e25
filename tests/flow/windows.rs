//! Windows that were missed, broken off, restored or overtaken by the calendar (DRAW 3).

use super::house::{EVE, House, Setting, office, on_both, time, window};
use spotcheck::custody::CommittedBeacon;
use spotcheck::draw::Beacon;
use spotcheck::store::BeaconRow;
use spotcheck::work::draw::draw_due;
use std::collections::BTreeSet;

fn two_windows() -> Setting {
    Setting { teams: 3, afternoon: true, ..Setting::default() }
}

async fn void_letters(house: &House) -> Vec<(String, String)> {
    house.letters("void").await.into_iter().map(|l| (l.to, l.text)).collect()
}

#[tokio::test]
async fn a_window_that_was_not_sealed_in_time_is_void_published_and_told() {
    on_both(two_windows(), |house| async move {
        house.at("2026-03-02 10:00").await;
        // Down over the evening of the seal: the morning is lost, the afternoon is not.
        let back = house.at("2026-03-03 08:00").await;
        assert_eq!((back.sealed, back.void, back.drawn), (1, 1, 0));
        assert_eq!(house.voids().await, ["posts/yunling/2026-03-03/am not_sealed"]);
        assert!(house.log().await.iter().any(|e| e.contains("not_sealed") && e.contains("2026-03-03/am")));
        let told = void_letters(&house).await;
        let to: BTreeSet<_> = told.iter().map(|(to, _)| to.as_str()).collect();
        assert_eq!(to, BTreeSet::from(["desk@yunling.example", "head@yunling.example"]));
        assert!(told[0].1.contains("not sealed in time"), "{}", told[0].1);
        let digest = house.letters("digest").await.pop().unwrap();
        let root = house.ctx.store.read().await.unwrap().seal(&window("2026-03-03", "pm")).await.unwrap().unwrap().root;
        assert!(digest.whole.contains(&root.hex()[..16]), "the root is witnessed before its draw: {}", digest.text);
        assert_eq!(house.at("2026-03-03 12:30").await.drawn, 1);
        assert_eq!(house.at("2026-03-03 12:30").await.void, 0, "said once");
    })
    .await;
}

#[tokio::test]
async fn every_window_of_the_sealed_calendar_is_drawn_or_void_after_days_of_silence() {
    let house = House::new(two_windows()).await;
    house.at(EVE).await;
    // Tuesday was sealed; back on Friday afternoon.
    house.at("2026-03-06 15:00").await;
    let mut voids = vec!["posts/yunling/2026-03-03/am late".to_owned(), "posts/yunling/2026-03-03/pm late".to_owned()];
    for day in ["04", "05", "06"] {
        voids.extend(["am", "pm"].map(|slot| format!("posts/yunling/2026-03-{day}/{slot} not_sealed")));
    }
    assert_eq!(house.voids().await, voids);
    assert!(house.log().await.iter().filter(|e| e.contains("\"late\",\"uncheckable\":true")).count() == 2);
    let told = void_letters(&house).await;
    assert_eq!(told.len(), 2, "desk and head are told of all of them in one letter");
    assert!(told.iter().all(|(_, text)| text.contains("8 windows are void")), "{}", told[0].1);
    house.at("2026-03-06 17:30").await;
    assert_eq!(house.at("2026-03-09 07:30").await.drawn, 1, "Monday is drawn again");
}

#[tokio::test]
async fn a_daemon_that_comes_late_draws_while_it_is_still_useful() {
    on_both(two_windows(), |house| async move {
        house.at(EVE).await;
        let late = house.at("2026-03-03 10:30").await;
        assert_eq!((late.drawn, late.void), (1, 0), "ninety minutes are left");
        assert_eq!(house.letters("assignment").await.len(), 1);
        let other = House::new(two_windows()).await;
        other.at(EVE).await;
        let too_late = other.at("2026-03-03 10:31").await;
        assert_eq!((too_late.drawn, too_late.void), (0, 1));
        assert_eq!(other.voids().await, ["posts/yunling/2026-03-03/am late"]);
        assert!(other.letters("assignment").await.is_empty());
    })
    .await;
}

/// The list as it is proved, and the places in it.
async fn list(house: &House) -> (String, Vec<String>) {
    let am = window("2026-03-03", "am");
    let draw = house.ctx.store.read().await.unwrap().draw(&am).await.unwrap().unwrap();
    (draw.list_mac, house.lines(&am).await)
}

#[tokio::test]
async fn a_crash_between_beacon_and_draw_gives_the_same_list_later() {
    on_both(two_windows(), |house| async move {
        house.at(EVE).await;
        let undisturbed = House::new(two_windows()).await;
        undisturbed.at(EVE).await;
        undisturbed.at("2026-03-03 07:30").await;
        let (mac, places) = list(&undisturbed).await;
        let am = window("2026-03-03", "am");

        let bytes = house.ctx.entropy.bytes("beacon", &am.to_string()).unwrap();
        let beacon = Beacon::Local(bytes).to_string();
        let mut tx = house.ctx.store.begin().await.unwrap();
        let row = BeaconRow { beacon: beacon.clone(), proof: None, entered_by: None, at: time("2026-03-03 07:30") };
        tx.add_beacon(&am, &row).await.unwrap();
        tx.commit().await.unwrap();
        let t = house.ctx.store.read().await.unwrap().seal(&am).await.unwrap().unwrap().chain_index;
        let committed = CommittedBeacon { window: am.clone(), beacon };
        let links = house.ctx.links(&house.chains().await, t, &committed).await.unwrap();
        assert!(links.is_some(), "the link is marked as used, and nothing is drawn");

        let house = house.restarted().await;
        let late = house.at("2026-03-03 11:00").await;
        assert_eq!((late.drawn, late.void), (1, 0), "the list was determined: it is not void");
        let (late_mac, late_lines) = list(&house).await;
        let place = |line: &String| line.split(' ').next().unwrap().to_owned();
        assert_eq!(late_mac, mac);
        assert_eq!(late_lines.iter().map(place).collect::<Vec<_>>(), places.iter().map(place).collect::<Vec<_>>());
        assert!(late_lines.iter().all(|l| l.ends_with("not_dispatched")), "{late_lines:?}");
        assert!(house.letters("assignment").await.is_empty(), "nobody is sent on a way that cannot be made");
    })
    .await;
}

#[tokio::test]
async fn a_restored_backup_never_draws_again() {
    let house = House::new(two_windows()).await;
    house.at(EVE).await;
    let keep = |folder: &std::path::Path| {
        for file in ["spotcheck.db", "spotcheck.db-wal"] {
            let _ = std::fs::copy(folder.join(file), folder.join(format!("{file}.kept")));
        }
    };
    let house = house.changed(keep).await;
    house.at("2026-03-03 07:30").await;
    let drawn = list(&house).await;
    let (_, head) = house.ctx.store.read().await.unwrap().log_head(&office()).await.unwrap().unwrap();
    let house = house
        .changed(|folder| {
            for file in ["spotcheck.db", "spotcheck.db-wal"] {
                let _ = std::fs::remove_file(folder.join(file));
                let _ = std::fs::copy(folder.join(format!("{file}.kept")), folder.join(file));
            }
        })
        .await;
    let before = house.log().await.len();
    let again = house.at("2026-03-03 11:30").await;
    assert_eq!((again.drawn, again.void), (0, 1));
    assert_eq!(house.voids().await, ["posts/yunling/2026-03-03/am lost_in_restore"]);
    let log = house.log().await;
    let first = &log[before];
    assert!(first.contains("\"restored\"") && first.contains(&head.hex()), "{first}");
    assert!(house.ctx.store.read().await.unwrap().draw(&window("2026-03-03", "am")).await.unwrap().is_none());
    assert!(
        void_letters(&house).await[0]
            .1
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .contains("restored from a backup")
    );
    assert_eq!(house.at("2026-03-03 12:30").await.drawn, 1, "what was not drawn before is drawn");
    assert!(!drawn.1.is_empty());
    let entries = house.log().await;
    assert_eq!(entries.iter().filter(|e| e.contains("\"restored\"")).count(), 1, "said once");
}

#[tokio::test]
async fn a_calendar_that_changes_after_the_seal_makes_the_window_void() {
    let before = include_str!("../../config/calendar/cn-2026.csv");
    let house = House::new(Setting { calendar: Some(before), ..two_windows() }).await;
    house.at(EVE).await;
    let house = house
        .changed(|folder| {
            let after = format!("{before}2026-03-03,holiday,停工,test\n");
            std::fs::write(folder.join("calendar.csv"), after).unwrap();
        })
        .await;
    let morning = house.at("2026-03-03 07:30").await;
    assert_eq!((morning.drawn, morning.void), (0, 2), "the afternoon too, though its draw is later");
    let day = "posts/yunling/2026-03-03";
    assert_eq!(house.voids().await, [format!("{day}/am calendar_changed"), format!("{day}/pm calendar_changed")]);
    assert!(void_letters(&house).await[0].1.contains("no longer a workday"));
    assert!(house.letters("assignment").await.is_empty());
}

#[tokio::test]
async fn a_window_is_drawn_once_by_many_at_once() {
    on_both(two_windows(), |house| async move {
        house.at(EVE).await;
        house.ctx.clock.set(time("2026-03-03 07:30"));
        let many = (draw_due(&house.ctx), draw_due(&house.ctx), draw_due(&house.ctx));
        let (a, b, c) = tokio::join!(many.0, many.1, many.2);
        let drawn: usize = [&a, &b, &c].iter().filter_map(|r| r.as_ref().ok()).map(|o| o.drawn.len()).sum();
        assert_eq!(drawn, 1, "{a:?} {b:?} {c:?}");
        house.at("2026-03-03 07:31").await;
        assert_eq!(house.letters("assignment").await.len(), 1);
        assert_eq!(house.log().await.iter().filter(|e| e.contains("\"kind\":\"draw\"")).count(), 1);
    })
    .await;
}
