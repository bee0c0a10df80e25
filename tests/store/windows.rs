//! Seals, beacons, draws and voids.

use super::on_both;
use spotcheck::model::{OfficeId, PlaceId, ProgrammeId, Sha256, Timestamp, Window, WindowId};
use spotcheck::store::{BeaconRow, DrawRow, HazardRow, ProgrammeSealRow, SealRow};

fn seal(slot: &str, draw_at: i64) -> SealRow {
    let id: WindowId = format!("stationed/yunling/2026-03-03/{slot}").parse().unwrap();
    SealRow {
        window: Window { id, start: Timestamp(draw_at + 90), end: Timestamp(draw_at + 300) },
        draw_at: Timestamp(draw_at),
        generation: 1,
        chain_index: 40,
        beacon_prefix: "local:".into(),
        root: Sha256::of(b"root"),
        frame: Sha256::of(b"frame"),
        duty: Sha256::of(b"duty"),
        places: 300,
        sum_p: 7,
        sealed_at: Timestamp(10),
    }
}

fn beacon(text: &str, at: i64) -> BeaconRow {
    BeaconRow { beacon: text.into(), proof: None, entered_by: None, at: Timestamp(at) }
}

#[tokio::test]
async fn a_window_has_one_seal_one_beacon_one_draw() {
    on_both(|store| async move {
        let office: OfficeId = "yunling".parse().unwrap();
        let am = seal("am", 1000);
        let id = am.window.id.clone();
        let draw = DrawRow {
            links: "00".into(),
            seed: "11".into(),
            drawn_at: Timestamp(1000),
            list_mac: "22".into(),
            deals: "[]".into(),
        };
        let mut tx = store.begin().await.unwrap();
        tx.add_seal(&am).await.unwrap();
        tx.add_seal(&seal("pm", 2000)).await.unwrap();
        assert_eq!(tx.seal(&id).await.unwrap().as_ref(), Some(&am));
        assert!(tx.seals_due(Timestamp(999)).await.unwrap().is_empty());
        assert_eq!(tx.seals_due(Timestamp(1000)).await.unwrap(), vec![am.clone()]);
        tx.add_beacon(&id, &beacon("local:aa", 1000)).await.unwrap();
        tx.add_draw(&id, &draw).await.unwrap();
        assert!(tx.seals_due(Timestamp(1500)).await.unwrap().is_empty(), "drawn is not due");
        assert_eq!(tx.next_draw(&office).await.unwrap(), Some(Timestamp(2000)));
        let pm = seal("pm", 2000).window;
        assert!(tx.add_void(&pm, "late", Timestamp(3)).await.unwrap());
        assert!(!tx.add_void(&pm, "other", Timestamp(4)).await.unwrap(), "the first reason stays");
        let untold = tx.untold_voids().await.unwrap();
        assert_eq!(untold.iter().map(|v| (&v.window, v.reason.as_str())).collect::<Vec<_>>(), [(&pm.id, "late")]);
        tx.note_voids_told(&untold, Timestamp(5)).await.unwrap();
        assert!(tx.untold_voids().await.unwrap().is_empty());
        assert!(tx.note_voids_told(&untold, Timestamp(6)).await.is_err(), "another daemon has told them");
        assert!(tx.seals_due(Timestamp(9999)).await.unwrap().is_empty(), "void is not due");
        assert_eq!(tx.count_seals(&id.programme, &office).await.unwrap(), 2);
        assert_eq!(tx.seals_between(&id.programme, &office, id.day, id.day).await.unwrap().len(), 2);
        assert_eq!(tx.last_settled_day(&id.programme, &office).await.unwrap(), Some(id.day));
        tx.commit().await.unwrap();
        for again in 0..3 {
            let mut tx = store.begin().await.unwrap();
            let refused = match again {
                0 => tx.add_seal(&am).await,
                1 => tx.add_beacon(&id, &beacon("local:bb", 1001)).await,
                _ => tx.add_draw(&id, &draw).await,
            };
            assert!(refused.is_err_and(|e| e.is_duplicate()), "{again}");
        }
        assert_eq!(store.read().await.unwrap().beacon(&id).await.unwrap().unwrap().beacon, "local:aa");
    })
    .await;
}

#[tokio::test]
async fn age_counts_from_the_start_and_then_from_the_last_executed_visit() {
    on_both(|store| async move {
        let (programme, office): (ProgrammeId, OfficeId) = ("stationed".parse().unwrap(), "yunling".parse().unwrap());
        let place: PlaceId = "T001".parse().unwrap();
        let never = HazardRow { start_age: 30, missed: 3, executed: 0, visited: false };
        assert_eq!((never.eligible(15), never.age(15)), (12, 42));
        let mut tx = store.begin().await.unwrap();
        tx.put_hazard(&programme, &office, &[(place.clone(), never)]).await.unwrap();
        tx.mark_executed(&[(&programme, &office, &place, 10), (&programme, &office, &place, 9)]).await.unwrap();
        assert_eq!(tx.hazard_of(&programme, &office, &place).await.unwrap().unwrap().age(15), 2);
        let missed = HazardRow { missed: 4, ..never };
        tx.put_hazard(&programme, &office, &[(place.clone(), missed)]).await.unwrap();
        assert_eq!(
            tx.hazard_of(&programme, &office, &place).await.unwrap().unwrap().age(17),
            3,
            "one of two windows was missed"
        );
        tx.mark_executed(&[(&programme, &office, &place, 7)]).await.unwrap();
        let later = tx.hazard_of(&programme, &office, &place).await.unwrap().unwrap().age(17);
        assert_eq!(later, 3, "an older visit heard of later changes nothing");
        let other: OfficeId = "qinghe".parse().unwrap();
        assert!(tx.hazard(&programme, &other).await.unwrap().is_empty(), "each office counts by itself");
    })
    .await;
}

#[tokio::test]
async fn a_programme_is_sealed_once_a_generation_and_its_links_are_revealed_upwards() {
    on_both(|store| async move {
        let (programme, office): (ProgrammeId, OfficeId) = ("stationed".parse().unwrap(), "yunling".parse().unwrap());
        let seal = |generation| ProgrammeSealRow { generation, sealed_at: Timestamp(5), content: "{}".into() };
        let mut tx = store.begin().await.unwrap();
        for generation in [1, 2] {
            tx.add_programme_seal(&programme, &office, &seal(generation)).await.unwrap();
        }
        assert_eq!(tx.programme_seals(&programme, &office).await.unwrap(), [seal(1), seal(2)]);
        assert_eq!(tx.last_reveal(&programme, &office, 1).await.unwrap(), None);
        for t in [40, 44] {
            tx.add_reveal(&programme, &office, 1, t, Timestamp(9)).await.unwrap();
        }
        assert_eq!(tx.last_reveal(&programme, &office, 1).await.unwrap(), Some(44));
        assert_eq!(tx.last_reveal(&programme, &office, 2).await.unwrap(), None);
        tx.commit().await.unwrap();
        let mut tx = store.begin().await.unwrap();
        assert!(tx.add_programme_seal(&programme, &office, &seal(2)).await.is_err_and(|e| e.is_duplicate()));
    })
    .await;
}
