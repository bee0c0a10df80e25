//! The calendar changes after the seal: what has not begun becomes void at once (DRAW 3).

use super::house::{EVE, House, Setting, on_both, time, window};
use spotcheck::draw::bundle::{Bundle, BundleKind};
use spotcheck::draw::verify;
use spotcheck::work::bundles::{Selection, bundle, listed};
use spotcheck::work::reveal;

const BEFORE: &str = include_str!("../../config/calendar/cn-2026.csv");

fn two_windows() -> Setting {
    Setting { teams: 2, capacity: 2, afternoon: true, calendar: Some(BEFORE), ..Setting::default() }
}

async fn holiday(house: House) -> House {
    house
        .changed(|folder| {
            std::fs::write(folder.join("calendar.csv"), format!("{BEFORE}2026-03-03,holiday,停工,test\n")).unwrap();
        })
        .await
}

#[tokio::test]
async fn a_drawn_window_that_has_not_begun_is_taken_back_and_everybody_is_told() {
    on_both(two_windows(), |house| async move {
        house.at(EVE).await;
        assert_eq!(house.at("2026-03-03 07:30").await.drawn, 1);
        let letter = house.letter("assignment").await;
        let house = holiday(house).await;
        let morning = house.at("2026-03-03 08:00").await;
        assert_eq!((morning.drawn, morning.void), (0, 2), "both windows of the day, at once");
        let day = "posts/yunling/2026-03-03";
        assert_eq!(house.voids().await, [format!("{day}/am calendar_changed"), format!("{day}/pm calendar_changed")]);
        assert!(house.lines(&window("2026-03-03", "am")).await.iter().all(|line| line.ends_with("void")));
        let change = house.letter("change").await;
        assert_eq!(change.to, letter.to);
        assert!(change.subject.contains(&letter.assignment()), "{change:?}");
        for seen in ["V1", "withdrawn", "no longer a workday"] {
            assert!(change.text.contains(seen), "{seen} is missing in\n{}", change.text);
        }
        let to: Vec<String> = house.letters("void").await.into_iter().map(|letter| letter.to).collect();
        assert!(to.contains(&"desk@yunling.example".to_owned()) && to.contains(&"head@yunling.example".to_owned()));

        let later = house.at("2026-03-18 12:00").await;
        assert_eq!(later.redealt, 0);
        assert!(house.letters("reminder").await.is_empty());
        assert!(house.lines(&window("2026-03-03", "am")).await.iter().all(|line| line.ends_with("void")));
        house.ctx.clock.set(time("2026-03-20 17:00"));
        reveal::reveal_due(&house.ctx).await.unwrap();
        for of in listed(&house.ctx, &Selection::default()).await.unwrap() {
            if of.window.day.to_string() == "2026-03-03" {
                let text = bundle(&house.ctx, &of, BundleKind::Auditor).await.unwrap();
                let bundle: Bundle = serde_json::from_str(&text).unwrap();
                assert_eq!(bundle.draw.is_some(), of.window == window("2026-03-03", "am"));
                let checked = verify::check(&bundle);
                assert!(checked.findings.is_empty(), "{:?}", checked.findings);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_window_that_has_begun_goes_on() {
    let house = House::new(two_windows()).await;
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let house = holiday(house).await;
    let noon = house.at("2026-03-03 10:00").await;
    assert_eq!(noon.void, 1, "the afternoon only");
    assert!(house.lines(&window("2026-03-03", "am")).await.iter().all(|line| line.ends_with("open")));
    assert!(house.letters("change").await.is_empty());
}
