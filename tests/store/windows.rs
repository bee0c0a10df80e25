//! Seals, beacons, draws and voids.

use super::on_both;
use spotcheck::model::{OfficeId, PlaceId, ProgrammeId, Sha256, Timestamp, Window, WindowId};
use spotcheck::store::{DrawRow, HazardRow, SealRow};
use std::collections::BTreeMap;

fn seal(slot: &str, draw_at: i64) -> SealRow {
    let id: WindowId = format!("stationed/yunling/2026-03-03/{slot}").parse().unwrap();
    SealRow {
        window: Window { id, start: Timestamp(draw_at + 90), end: Timestamp(draw_at + 300) },
        draw_at: Timestamp(draw_at),
        chain_index: 40,
        root: Sha256::of(b"root"),
        frame: Sha256::of(b"frame"),
        duty: Sha256::of(b"duty"),
        places: 300,
        sum_p: 7,
        sealed_at: Timestamp(10),
    }
}

#[tokio::test]
async fn a_window_has_one_seal_one_beacon_one_draw() {
    on_both(|store| async move {
        let office: OfficeId = "yunling".parse().unwrap();
        let am = seal("am", 1000);
        let id = am.window.id.clone();
        let draw = DrawRow {
            chain_key: "00".into(),
            seed: "11".into(),
            drawn_at: Timestamp(1000),
            list_mac: "22".into(),
            deals: "[]".into(),
        };
        let mut tx = store.begin().await.unwrap();
        tx.add_seal(&am).await.unwrap();
        tx.add_seal(&seal("pm", 2000)).await.unwrap();
        assert_eq!(tx.seal(&id).await.unwrap().as_ref(), Some(&am));
        assert!(tx.seals_due(&office, Timestamp(999)).await.unwrap().is_empty());
        assert_eq!(tx.seals_due(&office, Timestamp(1000)).await.unwrap(), vec![am.clone()]);
        tx.add_beacon(&id, "local:aa", Timestamp(1000)).await.unwrap();
        tx.add_draw(&id, &draw).await.unwrap();
        assert!(tx.seals_due(&office, Timestamp(1500)).await.unwrap().is_empty(), "drawn is not due");
        assert_eq!(tx.next_draw(&office).await.unwrap(), Some(Timestamp(2000)));
        let pm: WindowId = "stationed/yunling/2026-03-03/pm".parse().unwrap();
        assert!(tx.add_void(&pm, "late", Timestamp(3)).await.unwrap());
        assert!(!tx.add_void(&pm, "other", Timestamp(4)).await.unwrap(), "the first reason stays");
        assert!(tx.seals_due(&office, Timestamp(9999)).await.unwrap().is_empty(), "void is not due");
        assert_eq!(tx.last_settled_day(&id.programme, &office).await.unwrap(), Some(id.day));
        tx.commit().await.unwrap();
        for again in 0..3 {
            let mut tx = store.begin().await.unwrap();
            let refused = match again {
                0 => tx.add_seal(&am).await,
                1 => tx.add_beacon(&id, "local:bb", Timestamp(1001)).await,
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
        let programme: ProgrammeId = "stationed".parse().unwrap();
        let place: PlaceId = "T001".parse().unwrap();
        let never = HazardRow { start_age: 30, eligible: 12, executed: 0, visited: false };
        assert_eq!(never.age(), 42);
        let mut tx = store.begin().await.unwrap();
        tx.put_hazard(&programme, &BTreeMap::from([(place.clone(), never)])).await.unwrap();
        tx.mark_executed(&programme, &place, 10).await.unwrap();
        assert_eq!(tx.hazard(&programme).await.unwrap()[&place].age(), 2);
        tx.mark_executed(&programme, &place, 7).await.unwrap();
        assert_eq!(
            tx.hazard(&programme).await.unwrap()[&place].age(),
            2,
            "an older visit heard of later changes nothing"
        );
    })
    .await;
}
