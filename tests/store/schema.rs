//! Statements, migrations and append-only tables.

use super::{on_both, support};
use spotcheck::model::{OfficeId, Sha256, Timestamp};
use spotcheck::store::{ALL, LogEntry, Store, Tx};
use sqlx::{AssertSqlSafe, Executor, Row, SqlSafeStr};
use std::collections::BTreeSet;

#[tokio::test]
async fn every_statement_can_be_prepared_on_both() {
    on_both(|store| async move {
        let mut broken = Vec::new();
        for sql in ALL.iter().flat_map(|family| family.iter()) {
            let done = match &mut store.begin().await.unwrap() {
                Tx::Sqlite(tx) => (&mut **tx).prepare(AssertSqlSafe(sql.sqlite).into_sql_str()).await.map(|_| ()),
                Tx::Postgres(tx) => (&mut **tx).prepare(AssertSqlSafe(sql.postgres).into_sql_str()).await.map(|_| ()),
            };
            if let Err(e) = done {
                broken.push(format!("{}: {e}", sql.name));
            }
        }
        assert!(broken.is_empty(), "{} on {}", broken.join("\n"), store.backend());
    })
    .await;
}

/// (table, column, may be null)
async fn columns(store: &Store) -> BTreeSet<(String, String, bool)> {
    match store.begin().await.unwrap() {
        Tx::Sqlite(mut tx) => sqlx::query(
            "SELECT m.name, p.name, p.\"notnull\" = 0 FROM sqlite_master m, pragma_table_info(m.name) p
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations'",
        )
        .fetch_all(&mut *tx)
        .await
        .unwrap()
        .into_iter()
        .map(|row| (row.get(0), row.get(1), row.get::<i64, _>(2) != 0))
        .collect(),
        Tx::Postgres(mut tx) => sqlx::query(
            "SELECT table_name::TEXT, column_name::TEXT, is_nullable = 'YES' FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'",
        )
        .fetch_all(&mut *tx)
        .await
        .unwrap()
        .into_iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect(),
    }
}

#[tokio::test]
async fn both_migration_folders_yield_the_same_tables() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Store::open(&format!("sqlite:{}", folder.path().join("store.db").display())).await.unwrap();
    let postgres = Store::open(&support::postgres_url().await).await.unwrap();
    let (a, b) = (columns(&sqlite).await, columns(&postgres).await);
    assert!(a.len() > 150, "tables were found: {}", a.len());
    assert_eq!(a.difference(&b).collect::<Vec<_>>(), Vec::<&(String, String, bool)>::new(), "only in SQLite");
    assert_eq!(b.difference(&a).collect::<Vec<_>>(), Vec::<&(String, String, bool)>::new(), "only in PostgreSQL");
}

#[tokio::test]
async fn a_second_opening_migrates_nothing_and_keeps_everything() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("store.db").display());
    let store = Store::open(&url).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.put_setting("colour", "green").await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    let again = Store::open(&url).await.unwrap();
    assert_eq!(again.read().await.unwrap().setting("colour").await.unwrap().as_deref(), Some("green"));
}

#[tokio::test]
async fn an_address_of_another_kind_is_refused_and_its_password_not_told() {
    let error = Store::open("mysql://root:geheim@db/x").await.unwrap_err().to_string();
    assert!(error.contains("sqlite:FILE") && !error.contains("geheim"), "{error}");
}

#[tokio::test]
async fn what_only_grows_cannot_be_changed_or_taken_away() {
    on_both(|store| async move {
        let office: OfficeId = "yunling".parse().unwrap();
        let entry = LogEntry { seq: 1, at: Timestamp(5), entry: "{}".into(), head: Sha256::of(b"x") };
        let mut tx = store.begin().await.unwrap();
        tx.append_log(&office, &entry).await.unwrap();
        tx.commit().await.unwrap();
        for harm in ["UPDATE log SET entry = 'other'", "DELETE FROM log"] {
            let done = match &mut store.begin().await.unwrap() {
                Tx::Sqlite(tx) => sqlx::query(harm).execute(&mut **tx).await.map(|_| ()),
                Tx::Postgres(tx) => sqlx::query(harm).execute(&mut **tx).await.map(|_| ()),
            };
            assert!(done.is_err_and(|e| e.to_string().contains("append-only")), "{harm} on {}", store.backend());
        }
        let mut tx = store.begin().await.unwrap();
        assert!(tx.append_log(&office, &entry).await.is_err_and(|e| e.is_duplicate()), "no second entry 1");
        drop(tx);
        assert_eq!(store.read().await.unwrap().log_entries(&office).await.unwrap(), vec![entry]);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing() {
    on_both(|store| async move {
        let mut tx = store.begin().await.unwrap();
        tx.put_setting("a", "1").await.unwrap();
        drop(tx);
        assert_eq!(store.read().await.unwrap().setting("a").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn blobs_come_back_byte_for_byte() {
    on_both(|store| async move {
        let bytes: Vec<u8> = (0..50_000u32).map(|i| (i * i % 251) as u8).collect();
        let mut tx = store.begin().await.unwrap();
        let sha = tx.put_blob(&bytes).await.unwrap();
        assert_eq!(tx.put_blob(&bytes).await.unwrap(), sha, "twice is once");
        tx.commit().await.unwrap();
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.blob(&sha).await.unwrap(), Some(bytes));
        assert_eq!(tx.blob(&Sha256::of(b"nothing")).await.unwrap(), None);
    })
    .await;
}
