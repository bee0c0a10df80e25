//! What tomorrow's mail will be, in numbers: nothing drawn is told, and what can be seen to tonight is.

use super::house::{EVE, House, Setting, ZONE, on_both, time, window};
use spotcheck::model::InspectorId;
use spotcheck::model::register::Name;
use spotcheck::work::Failure;
use spotcheck::work::away::{Absence, note};
use spotcheck::work::preview::{Preview, preview};
use std::process::Command;

async fn of(house: &House) -> Preview {
    preview(&house.ctx, None, None).await.unwrap().remove(0)
}

fn said(preview: &Preview) -> String {
    preview.to_see_to.iter().map(|said| format!("{}|{}\n", said.en, said.zh)).collect()
}

#[tokio::test]
async fn numbers_before_the_seal_and_after_it_are_the_same() {
    on_both(Setting { teams: 4, capacity: 6, ..Setting::default() }, |house| async move {
        house.ctx.clock.set(time("2026-03-02 16:00"));
        let before = of(&house).await;
        assert_eq!((before.day.to_string(), before.workday, before.windows.len()), ("2026-03-03".into(), true, 1));
        let am = &before.windows[0];
        assert_eq!((am.window.clone(), am.eligible, am.places, &am.sealed), (window("2026-03-03", "am"), 4, 4, &None));
        let pool = &am.pools[0];
        assert!((pool.visits.mean - 4.0).abs() < 0.01 && pool.visits.room == 6 && pool.inspectors == 1, "{pool:?}");
        assert!((pool.letters - 1.0).abs() < 0.01 && !pool.visits.may_be_too_many(), "{pool:?}");
        house.at(EVE).await;
        let after = of(&house).await;
        assert!(after.windows[0].sealed.is_some() && after.windows[0].pools == am.pools, "{after:?}");
        // A wrong look at a day that is over.
        let past = preview(&house.ctx, None, Some("2026-03-01".parse().unwrap())).await;
        let trouble = past.map_err(Failure::trouble).err().unwrap();
        assert_eq!(trouble.field.as_deref(), Some("--day"));
        assert!(preview(&house.ctx, Some(&"nowhere".parse().unwrap()), None).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_told_while_it_can_be_mended() {
    on_both(Setting { teams: 4, capacity: 1, ..Setting::default() }, |house| async move {
        house.ctx.clock.set(time("2026-03-02 16:00"));
        let told = said(&of(&house).await);
        assert!(told.contains("posts am: up to 4.0 visits") && told.contains("人手只够1次"), "{told}");
        let mut tx = house.ctx.store.begin().await.unwrap();
        let mut other = tx.inspectors().await.unwrap().remove(0);
        (other.id, other.name, other.addresses) = ("I2".parse().unwrap(), Name::new("孙立", "Sun Li"), Vec::new());
        tx.put_inspectors(&[other]).await.unwrap();
        tx.commit().await.unwrap();
        let day = "2026-03-03".parse().unwrap();
        let who: InspectorId = "I1".parse().unwrap();
        let absence = Absence { inspector: &who, from: day, to: day, half: None, reason: "ill", by: "Zhou Min" };
        note(&house.ctx, &absence).await.unwrap();
        let found = of(&house).await;
        assert_eq!(found.away.iter().map(|one| one.inspector.as_str()).collect::<Vec<_>>(), ["I1"]);
        let told = said(&found);
        for wanted in ["孙立 Sun Li has no mail address", "4 places have no inspector", "4个地点没有可派的检查员"]
        {
            assert!(told.contains(wanted), "{wanted}: {told}");
        }
        assert!(!told.contains("ill"), "why somebody is away is told to nobody");
    })
    .await;
}

#[tokio::test]
async fn the_command_names_no_place_and_no_time_of_a_window_that_is_not_sealed() {
    let house = House::new(Setting { teams: 3, capacity: 2, ..Setting::default() }).await;
    house.ctx.clock.set(time("2026-03-02 16:00"));
    house.simulated().await;
    let run = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
        command.arg("preview").args(more).arg("--config").arg(house.path("spotcheck.toml"));
        let done = command.args(["--now", &house.ctx.now().rfc3339(ZONE)]).output().unwrap();
        String::from_utf8(done.stdout).unwrap()
    };
    let (en, zh, json) = (run(&["--lang", "en"]), run(&["--lang", "zh"]), run(&["--json"]));
    assert!(en.contains("posts am (not sealed yet): 3 of 3 places") && en.contains("visits about 3.0"), "{en}");
    assert!(zh.contains("尚未封存") && zh.contains("走访约3.0次"), "{zh}");
    let told: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&told["windows"][0]["sealed"], &told["windows"][0]["from"]), (&false.into(), &serde_json::Value::Null));
    for text in [&en, &zh, &json] {
        assert!(!["T1", "T2", "V1", "滨河", "Binhe", "09:00"].iter().any(|word| text.contains(word)), "{text}");
    }
    house.at(EVE).await;
    assert!(run(&["--lang", "en"]).contains("09:00"), "the digest tells it too by then");
}
