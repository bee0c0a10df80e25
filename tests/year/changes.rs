//! What changes over a year: teams move, chains are renewed, days become holidays, places are taken out.

use super::house::{EVE, House, Setting, on_both, time, window};
use spotcheck::table::TemplateKind;
use spotcheck::work::keys;

#[tokio::test]
async fn a_team_that_moves_keeps_its_id_its_age_and_its_record() {
    on_both(Setting { teams: 2, capacity: 2, ..Setting::default() }, |house| async move {
        house.at(EVE).await;
        assert_eq!(house.at("2026-03-03 07:30").await.drawn, 1);
        let before = house.lines(&window("2026-03-03", "am")).await;
        let teams = "id,village,name,name_latin,sending_unit\nT1,V2,驻滨河村1工作队,Binhe team 1,县水利局\n\
                     T2,V2,驻滨河村2工作队,Binhe team 2,县水利局\n";
        let moved = house.import(TemplateKind::Teams, teams).await;
        assert!(moved.rejects.is_empty(), "{moved:?}");
        house.at("2026-03-03 17:30").await;
        assert_eq!(house.at("2026-03-04 07:30").await.drawn, 1);
        let after = house.lines(&window("2026-03-04", "am")).await;
        assert_eq!(
            after.iter().map(|line| &line[..2]).collect::<Vec<_>>(),
            before.iter().map(|line| &line[..2]).collect::<Vec<_>>()
        );
        let letter = house.letters("assignment").await.pop().unwrap();
        assert!(letter.text.contains("滨河村2") && !letter.text.contains("滨河村1 "), "{letter:?}");
        assert_eq!(house.lines(&window("2026-03-03", "am")).await, before, "what was drawn stays");
    })
    .await;
}

#[tokio::test]
async fn chains_are_renewed_by_one_word_and_no_window_is_marked() {
    on_both(Setting { teams: 2, ..Setting::default() }, |house| async move {
        house.at(EVE).await;
        house.ctx.clock.set(time("2026-03-02 20:00"));
        let by = ("posts".parse().unwrap(), super::house::office());
        let terms = keys::renew(&house.ctx, &by.0, &by.1, "a new custodian", "Zhou Min").await.unwrap();
        assert_eq!(terms.generation, 2);
        assert!(keys::renew(&house.ctx, &by.0, &by.1, "again", "Zhou Min").await.is_err(), "not before it served");
        assert_eq!(house.at("2026-03-03 07:30").await.drawn, 1, "what was sealed is drawn as it was sealed");
        house.at("2026-03-03 17:30").await;
        assert_eq!(house.at("2026-03-04 07:30").await.drawn, 1);
        let states = keys::states(&house.ctx).await.unwrap();
        assert!(states.len() == 2 && states.iter().all(|state| state.exposed.is_none() && state.in_place));
        let log = house.log().await;
        assert_eq!(log.iter().filter(|entry| entry.contains("\"kind\":\"key_renewed\"")).count(), 1);
        assert!(!log.iter().any(|entry| entry.contains("Zhou Min") || entry.contains("key_exposed")));
        house.log_is_whole().await;
    })
    .await;
}

#[tokio::test]
async fn a_place_that_was_taken_out_is_named_in_the_digest_of_the_evening() {
    let house = House::new(Setting { teams: 3, ..Setting::default() }).await;
    let out =
        house.import(TemplateKind::Exclusions, "place,reason,from,to\nT2,road closed,2026-03-01,2026-03-31\n").await;
    assert!(out.rejects.is_empty(), "{out:?}");
    house.at(EVE).await;
    house.at("2026-03-02 18:31").await;
    let digest = house.letters("digest").await.remove(0);
    assert!(digest.text.contains("Binhe 2") && digest.text.contains("road closed"), "{digest:?}");
    house.at("2026-03-03 07:30").await;
    assert!(house.lines(&window("2026-03-03", "am")).await.iter().all(|line| !line.starts_with("T2 ")));
}
