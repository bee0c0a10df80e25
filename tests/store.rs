//! One behaviour suite for both databases.

#![cfg(test)]

mod support;

#[path = "store/cases.rs"]
mod cases;
#[path = "store/claims.rs"]
mod claims;
#[path = "store/console.rs"]
mod console;
#[path = "store/journals.rs"]
mod journals;
#[path = "store/look.rs"]
mod look;
#[path = "store/pages.rs"]
mod pages;
#[path = "store/places.rs"]
mod places;
#[path = "store/register.rs"]
mod register;
#[path = "store/schema.rs"]
mod schema;
#[path = "store/windows.rs"]
mod windows;

use spotcheck::store::Store;
use std::future::Future;

/// Runs one closure on SQLite and on PostgreSQL, each with a fresh database of its own.
async fn on_both<F: Future<Output = ()>>(case: impl Fn(Store) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Store::open(&format!("sqlite:{}", folder.path().join("store.db").display())).await.unwrap();
    case(sqlite.clone()).await;
    sqlite.close().await;
    let postgres = Store::open(&support::postgres_url().await).await.unwrap();
    case(postgres.clone()).await;
    postgres.close().await;
}
