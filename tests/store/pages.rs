//! Punches of databases that kept each as a row of its own.

use super::support;
use spotcheck::model::Timestamp;
use spotcheck::model::record::{Direction, Origin, What};
use spotcheck::store::Store;
use sqlx::migrate::Migrator;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
/// The last version that did.
const ROWS: i64 = 8;

const PUNCHES: &str = "INSERT INTO punch (official, source, key, at, direction, origin, in_range, device, filed_at, filed_by, first_batch, last_batch, file_row) VALUES
    ('O1', 'punches', 'a', 1772411465000, 'in', 'device', NULL, 'A1', NULL, 'unknown', 'b1', 'b1', 2),
    ('O1', 'punches', 'b', 1772446000000, 'out', 'phone', 1, NULL, 1772446001000, 'machine', 'b1', 'b1', 3),
    ('O1', 'punches', 'c', 1772411465000, 'in', 'edited', 0, NULL, 1772500000000, 'machine', 'b2', 'b2', 9),
    ('O2', 'punches', 'd', 1772411466000, 'none', 'correction', NULL, NULL, NULL, 'unknown', 'b1', 'b1', 4)";

async fn are_all_there(url: &str) {
    let store = Store::open(url).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let mut of = async |id: &str| tx.punches_of(&[id].into(), Timestamp(0), Timestamp(i64::MAX)).await.unwrap();
    let (first, second) = (of("O1").await, of("O2").await);
    let shown: Vec<_> = first
        .iter()
        .map(|record| {
            let What::Punch(punch) = &record.what else { panic!("{record:?}") };
            (punch.at.0, punch.origin, punch.in_range, punch.device.as_deref(), record.first_batch.as_str(), record.row)
        })
        .collect();
    assert_eq!(
        shown,
        [
            (1_772_411_465_000, Origin::Device, None, Some("A1"), "b1", 2),
            (1_772_411_465_000, Origin::Edited, Some(false), None, "b2", 9),
            (1_772_446_000_000, Origin::Phone, Some(true), None, "b1", 3),
        ],
        "{}",
        store.backend()
    );
    assert_eq!(first[2].filed.at, Some(Timestamp(1_772_446_001_000)));
    let What::Punch(punch) = &second[0].what else { panic!("{second:?}") };
    assert_eq!((second.len(), punch.direction), (1, Direction::None));
    drop(tx);
    store.close().await;
}

#[tokio::test]
async fn an_upgrade_moves_them_into_pages() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("store.db").display());
    let mut connection = SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    SQLITE.run_to(ROWS, &mut connection).await.unwrap();
    connection.execute(PUNCHES).await.unwrap();
    connection.close().await.unwrap();
    are_all_there(&url).await;

    let url = support::postgres_url().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    POSTGRES.run_to(ROWS, &mut connection).await.unwrap();
    connection.execute(PUNCHES).await.unwrap();
    connection.close().await.unwrap();
    are_all_there(&url).await;
}
