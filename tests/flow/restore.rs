//! Databases that were restored from a backup: nothing is drawn again, and everybody is told (DRAW 3).

use super::custodians::{TWO, terms};
use super::house::{EVE, House, Setting, office, on_both, window};
use spotcheck::model::Sha256;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::path::Path;

fn two_windows() -> Setting {
    Setting { teams: 3, afternoon: true, ..Setting::default() }
}

const FILES: [&str; 2] = ["spotcheck.db", "spotcheck.db-wal"];

/// Name of the house's database on the server; `None` where it is a file.
fn on_server(house: &House) -> Option<String> {
    let url = house.ctx.config.storage.connection().unwrap().reveal().to_owned();
    let (_, path) = url.strip_prefix("postgres://")?.split_once('/')?;
    Some(path.split('?').next()?.to_owned())
}

async fn on_the_server(statements: &[String]) {
    let server = std::env::var("SPOTCHECK_TEST_POSTGRES").unwrap();
    let mut connection = PgConnection::connect(&server).await.unwrap();
    for statement in statements {
        sqlx::query(AssertSqlSafe(statement.clone())).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

/// Copies the database, and nothing beside it.
async fn backed_up(house: House) -> House {
    let database = on_server(&house);
    let copy = async |folder: &Path| match &database {
        Some(name) => on_the_server(&[format!("CREATE DATABASE {name}_kept TEMPLATE {name}")]).await,
        None => {
            for file in FILES {
                let _ = std::fs::copy(folder.join(file), folder.join(format!("{file}.kept")));
            }
        }
    };
    house.changed_by(copy).await
}

/// Puts the copy in the database's place; chains and marks stay as they are.
async fn restored(house: House) -> House {
    let database = on_server(&house);
    let put_back = async |folder: &Path| match &database {
        Some(name) => {
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            on_the_server(&[drop, format!("CREATE DATABASE {name} TEMPLATE {name}_kept")]).await;
        }
        None => {
            for file in FILES {
                let _ = std::fs::remove_file(folder.join(file));
                let _ = std::fs::copy(folder.join(format!("{file}.kept")), folder.join(file));
            }
        }
    };
    house.changed_by(put_back).await
}

async fn head(house: &House) -> Sha256 {
    house.ctx.store.read().await.unwrap().log_head(&office()).await.unwrap().unwrap().1
}

/// Entry number `before + 1` tells the restore and the head that was lost; it is told once.
async fn is_told(house: &House, before: usize, lost: Sha256) {
    let log = house.log().await;
    assert!(log[before].contains("\"kind\":\"restored\"") && log[before].contains(&lost.hex()), "{}", log[before]);
    assert_eq!(log[before..].iter().filter(|entry| entry.contains("\"kind\":\"restored\"")).count(), 1);
    house.log_is_whole().await;
}

async fn never_drawn_again(house: &House, day: &str, slot: &str) {
    let mut tx = house.ctx.store.read().await.unwrap();
    assert!(tx.draw(&window(day, slot)).await.unwrap().is_none());
    assert!(tx.beacon(&window(day, slot)).await.unwrap().is_none(), "no second beacon");
    drop(tx);
    assert!(house.lines(&window(day, slot)).await.is_empty());
}

#[tokio::test]
async fn a_second_restore_is_told_like_the_first_and_draws_nothing_again() {
    on_both(two_windows(), |house| async move {
        house.at(EVE).await;
        let house = backed_up(house).await;
        let kept = house.log().await.len();
        house.at("2026-03-03 07:30").await;
        let lost = head(&house).await;

        let house = restored(house).await;
        house.at("2026-03-03 11:30").await;
        is_told(&house, kept, lost).await;
        assert_eq!(house.at("2026-03-03 12:30").await.drawn, 1);
        let lost = head(&house).await;

        let house = restored(house).await;
        let again = house.at("2026-03-03 13:00").await;
        assert_eq!((again.drawn, again.void), (0, 2));
        is_told(&house, kept, lost).await;
        let voids = ["am", "pm"].map(|slot| format!("posts/yunling/2026-03-03/{slot} lost_in_restore"));
        assert_eq!(house.voids().await, voids);
        for slot in ["am", "pm"] {
            never_drawn_again(&house, "2026-03-03", slot).await;
        }
        let house = house.restarted().await;
        house.at("2026-03-03 17:30").await;
        is_told(&house, kept, lost).await;
        assert_eq!(house.at("2026-03-04 07:30").await.drawn, 1, "the next day is as any other");
    })
    .await;
}

#[tokio::test]
async fn the_mark_of_one_custodian_is_enough_to_refuse_a_second_draw() {
    on_both(Setting { programme: TWO, ..two_windows() }, |house| async move {
        house.at(EVE).await;
        let mark = house.path("keys/posts@yunling@office.mark");
        let old = std::fs::read(&mark).unwrap();
        let house = backed_up(house).await;
        let kept = house.log().await.len();
        house.at("2026-03-03 07:30").await;
        let lost = head(&house).await;
        // The office restores its mark together with the database; that of the other custodian is not its to restore.
        std::fs::write(&mark, old).unwrap();
        let house = restored(house).await;
        let after = house.at("2026-03-03 08:00").await;
        assert_eq!((after.drawn, after.void), (0, 1));
        is_told(&house, kept, lost).await;
        assert_eq!(house.voids().await, ["posts/yunling/2026-03-03/am lost_in_restore"]);
        never_drawn_again(&house, "2026-03-03", "am").await;
        assert_eq!(house.at("2026-03-03 12:30").await.drawn, 1);
    })
    .await;
}

#[tokio::test]
async fn a_window_whose_seal_was_forgotten_too_is_published_as_lost() {
    on_both(two_windows(), |house| async move {
        house.at(EVE).await;
        for moment in ["2026-03-03 07:30", "2026-03-03 12:30"] {
            assert_eq!(house.at(moment).await.drawn, 1);
        }
        let house = backed_up(house).await;
        let kept = house.log().await.len();
        house.at("2026-03-03 17:30").await;
        assert_eq!(house.at("2026-03-04 07:30").await.drawn, 1);
        let lost = head(&house).await;
        let house = restored(house).await;
        let after = house.at("2026-03-04 08:00").await;
        assert_eq!((after.sealed, after.drawn, after.void), (1, 0, 1), "the afternoon can still be sealed");
        is_told(&house, kept, lost).await;
        assert_eq!(house.voids().await, ["posts/yunling/2026-03-04/am lost_in_restore"]);
        never_drawn_again(&house, "2026-03-04", "am").await;
        assert_eq!(house.at("2026-03-04 12:30").await.drawn, 1);
    })
    .await;
}

/// The office changes its terms, so that the next seal begins a generation.
async fn with_other_terms(house: House) -> House {
    let change = |folder: &Path| {
        let file = folder.join("spotcheck.toml");
        let text = std::fs::read_to_string(&file).unwrap().replace("p_call = 0.0000001", "p_call = 0.00000009");
        std::fs::write(file, text).unwrap();
    };
    house.changed(change).await
}

async fn a_generation_is_forgotten(house: House, drawn_with_it: bool) {
    house.at(EVE).await;
    for moment in ["2026-03-03 07:30", "2026-03-03 12:30"] {
        assert_eq!(house.at(moment).await.drawn, 1);
    }
    let house = with_other_terms(backed_up(house).await).await;
    let kept = house.log().await.len();
    house.at("2026-03-03 17:30").await;
    if drawn_with_it {
        assert_eq!(house.at("2026-03-04 07:30").await.drawn, 1);
    }
    let forgotten = terms(&house).await.pop().unwrap();
    assert_eq!(forgotten.generation, 2);
    let mark = house.path("keys/posts@yunling.2.mark");
    let used = |mark: &Path| std::fs::read_to_string(mark).unwrap().matches("used ").count();
    let (lost, before) = (head(&house).await, used(&mark));
    assert_eq!(before, usize::from(drawn_with_it));

    let house = restored(house).await;
    house.at(if drawn_with_it { "2026-03-04 07:40" } else { "2026-03-03 18:00" }).await;
    is_told(&house, kept, lost).await;
    let known: Vec<_> = terms(&house).await;
    assert_eq!(known.iter().map(|terms| terms.generation).collect::<Vec<_>>(), [1, 3], "2 was published and is lost");
    assert!(known.iter().all(|terms| terms.anchors != forgotten.anchors));
    if drawn_with_it {
        never_drawn_again(&house, "2026-03-04", "am").await;
    } else {
        assert_eq!(house.at("2026-03-04 07:30").await.drawn, 1);
    }
    assert_eq!(house.at("2026-03-04 12:30").await.drawn, 1);
    assert_eq!(used(&mark), before, "no link of a forgotten generation serves again");
    let house = house.restarted().await;
    house.at("2026-03-04 17:30").await;
    is_told(&house, kept, lost).await;
    assert_eq!(terms(&house).await.len(), 2, "nothing changed since");
}

#[tokio::test]
async fn a_generation_that_the_backup_forgot_never_serves_again() {
    on_both(two_windows(), |house| a_generation_is_forgotten(house, true)).await;
}

#[tokio::test]
async fn a_generation_that_was_sealed_and_forgotten_before_its_first_draw_never_serves_either() {
    a_generation_is_forgotten(House::new(two_windows()).await, false).await;
}
