//! What tests of several areas share: fresh databases.
//!
//! Use it with `#[cfg(test)] mod support;` at the top of a test binary.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::sync::atomic::{AtomicU32, Ordering};

/// URL of a new, empty PostgreSQL database that nobody else uses.
///
/// Panics where the server is not named: a test that needs it must not pass without it.
pub async fn postgres_url() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("SPOTCHECK_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!(
            "SPOTCHECK_TEST_POSTGRES is not set: `tests/run` starts a PostgreSQL and sets it; \
             or set it yourself to postgres://USER@HOST/postgres of a server that may create databases"
        )
    });
    let name = format!("spotcheck_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut connection =
        PgConnection::connect(&server).await.unwrap_or_else(|e| panic!("SPOTCHECK_TEST_POSTGRES does not answer: {e}"));
    for statement in
        [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name} TEMPLATE template0")]
    {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    with_database(&server, &name)
}

/// The URL with another database in its path; the host may stand in the query.
fn with_database(server: &str, name: &str) -> String {
    let (address, query) = server.split_once('?').map_or((server, None), |(address, query)| (address, Some(query)));
    let authority = address.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    query.map_or(format!("{authority}/{name}"), |query| format!("{authority}/{name}?{query}"))
}

#[tokio::test]
async fn every_database_is_new_and_named_in_its_url() {
    let urls = [postgres_url().await, postgres_url().await];
    assert_ne!(urls[0], urls[1]);
    for url in &urls {
        let mut connection = PgConnection::connect(url).await.unwrap();
        let (name, tables): (String, i64) =
            sqlx::query_as("SELECT current_database(), (SELECT count(*) FROM pg_tables WHERE schemaname = 'public')")
                .fetch_one(&mut connection)
                .await
                .unwrap();
        assert!(url.contains(&name) && tables == 0, "{url}: {name}, {tables} tables");
    }
}
