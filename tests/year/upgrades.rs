//! Databases of earlier programs: copied, brought up to date with what is in them, or refused.

use super::backups::new_key;
use super::house::{House, Setting, on_both, time};
use super::support;
use spotcheck::clock::Clock;
use spotcheck::config::Config;
use spotcheck::entropy::Entropy;
use spotcheck::store::{Ids, Store, Tx, newest_schema};
use spotcheck::work::Context;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Row};
use std::borrow::Cow;
use std::path::Path;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// The migrations up to a number, as an earlier program had them.
fn up_to(all: &Migrator, number: i64) -> Migrator {
    let earlier = all.iter().filter(|m| m.version <= number).cloned().collect::<Vec<_>>();
    Migrator { migrations: Cow::Owned(earlier), ..Migrator::DEFAULT }
}

async fn migrate_up_to(store: &Store, number: i64) {
    match store {
        Store::Sqlite { write, .. } => up_to(&SQLITE, number).run(write).await.unwrap(),
        Store::Postgres(pool) => up_to(&POSTGRES, number).run(pool).await.unwrap(),
    }
}

/// Columns of a table that must be filled: (name, whether it holds text).
async fn must_be_filled(store: &Store, table: &str) -> Vec<(String, String)> {
    match store {
        Store::Sqlite { write, .. } => {
            let sql = format!(
                "SELECT name, lower(type) FROM pragma_table_info('{table}') WHERE \"notnull\" = 1 AND dflt_value IS NULL"
            );
            let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(write).await.unwrap();
            rows.iter().map(|row| (row.get(0), row.get(1))).collect()
        }
        Store::Postgres(pool) => {
            let sql = format!(
                "SELECT column_name::TEXT, data_type::TEXT FROM information_schema.columns WHERE table_schema = 'public'
                 AND table_name = '{table}' AND is_nullable = 'NO' AND column_default IS NULL"
            );
            let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(pool).await.unwrap();
            rows.iter().map(|row| (row.get(0), row.get(1))).collect()
        }
    }
}

async fn execute(store: &Store, sql: String) -> Result<(), sqlx::Error> {
    match store {
        Store::Sqlite { write, .. } => sqlx::query(AssertSqlSafe(sql)).execute(write).await.map(drop),
        Store::Postgres(pool) => sqlx::query(AssertSqlSafe(sql)).execute(pool).await.map(drop),
    }
}

/// Three rows in every table that this schema has; returns how many each holds then. Where a table does not take
/// made-up rows (it refers to others, or checks what it is told), it stays empty.
async fn filled(store: &Store) -> Vec<(String, i64)> {
    let tables = store.read().await.unwrap().census().await.unwrap().rows;
    for (table, _) in &tables {
        for n in 1..=3 {
            let columns = must_be_filled(store, table).await;
            let names: Vec<String> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            let values = columns.iter().map(|(name, kind)| match kind.as_str() {
                "text" if name == "head" => format!("'{}'", "0".repeat(64)),
                "text" if name.contains("day") => format!("'2026-03-0{n}'"),
                "text" => format!("'made up {n}'"),
                "blob" => format!("X'0{n}'"),
                "bytea" => format!("'\\x0{n}'"),
                _ => n.to_string(),
            });
            let values: Vec<String> = values.collect();
            let sql = format!("INSERT INTO \"{table}\" ({}) VALUES ({})", names.join(", "), values.join(", "));
            let _ = execute(store, sql).await;
        }
    }
    store.read().await.unwrap().census().await.unwrap().rows
}

/// From every schema that there ever was, with rows in it, to today's: nothing is lost on the way.
async fn from_every_schema(url: impl AsyncFn(i64) -> String) {
    for earlier in SQLITE.iter().map(|m| m.version).filter(|version| *version < newest_schema()) {
        let store = Store::as_it_is(&url(earlier).await).await.unwrap();
        migrate_up_to(&store, earlier).await;
        let before = filled(&store).await;
        let held = before.iter().filter(|(_, n)| *n > 0).count();
        assert!(held * 3 >= before.len() * 2, "schema {earlier}: only {held} of {} tables took rows", before.len());
        assert_eq!(store.read().await.unwrap().schema().await.unwrap(), earlier);
        store.migrate().await.unwrap_or_else(|e| panic!("schema {earlier} on {}: {e}", store.backend()));
        let after = store.read().await.unwrap().census().await.unwrap();
        assert_eq!(after.schema, newest_schema());
        for (table, n) in &before {
            let now = after.rows.iter().find(|(name, _)| name == table);
            assert!(now.is_none_or(|(_, now)| now >= n), "schema {earlier}: {table} had {n} rows, now {now:?}");
        }
        assert!(store.is_sound().await.unwrap(), "schema {earlier}");
        store.close().await;
    }
}

#[tokio::test]
async fn every_earlier_schema_becomes_todays_with_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    from_every_schema(async |n| format!("sqlite:{}", folder.path().join(format!("{n}.db")).display())).await;
    from_every_schema(async |_| support::postgres_url().await).await;
}

#[tokio::test]
async fn a_later_schema_is_refused_and_left_as_it_is() {
    on_both(Setting::default(), |house| async move {
        let later = newest_schema() + 5;
        let mut tx = house.ctx.store.begin().await.unwrap();
        let sql = format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT {later}, 'later', success, checksum, 1 FROM _sqlx_migrations WHERE version = 1"
        );
        match &mut tx {
            Tx::Sqlite(tx) => sqlx::query(AssertSqlSafe(sql)).execute(&mut **tx).await.map(drop).unwrap(),
            Tx::Postgres(tx) => sqlx::query(AssertSqlSafe(sql)).execute(&mut **tx).await.map(drop).unwrap(),
        }
        tx.commit().await.unwrap();
        assert!(house.path("spotcheck.toml").exists(), "the house stands as long as this is running");
        let config = house.ctx.config.clone();
        let refused = Context::open(config, Clock::simulated(house.ctx.now()), Entropy::System).await.err().unwrap();
        let told = format!("{refused:?}");
        assert!(told.contains(&format!("schema {later}")) && told.contains("later version"), "{told}");
    })
    .await;
}

fn copies(folder: &Path, wanted: &str) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.contains(wanted)).collect()
}

/// A house as an earlier program left it: its database had fewer migrations.
async fn earlier(folder: &Path, settings: &str) -> Config {
    let file = folder.join("spotcheck.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{settings}{text}")).unwrap();
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("spotcheck.db{end}")));
    }
    let url = format!("sqlite:{}", folder.join("spotcheck.db").display());
    let store = Store::as_it_is(&url).await.unwrap();
    migrate_up_to(&store, newest_schema() - 1).await;
    let mut tx = store.begin().await.unwrap();
    tx.put_setting("colour", "green").await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    Config::load(&file, &[]).unwrap()
}

#[tokio::test]
async fn before_a_migration_the_database_is_copied() {
    let house = House::new(Setting::default()).await;
    new_key(&house);
    house.ctx.store.close().await;
    let folder = house.folder.path();
    let open = async |config| {
        let ctx = Context::open(config, Clock::simulated(time("2026-03-02 10:00")), Entropy::System).await.unwrap();
        assert_eq!(ctx.store.read().await.unwrap().setting("colour").await.unwrap().as_deref(), Some("green"));
        ctx.store.close().await;
    };
    let config = earlier(folder, "").await;
    open(config.clone()).await;
    let kept = copies(folder, &format!(".schema-{}-", newest_schema() - 1));
    assert_eq!(kept.len(), 1, "a copy beside the file");
    let copy = Store::as_it_is(&format!("sqlite:{}", folder.join(&kept[0]).display())).await.unwrap();
    assert_eq!(copy.read().await.unwrap().schema().await.unwrap(), newest_schema() - 1);
    copy.close().await;
    open(config).await;
    assert_eq!(
        copies(folder, ".schema-").iter().filter(|name| !name.contains("-wal") && !name.contains("-shm")).count(),
        1,
        "once"
    );

    let config = earlier(folder, "[backup]\nfolder = \"copies\"\n").await;
    let refused = Context::open(config.clone(), Clock::simulated(time("2026-03-02 10:00")), Entropy::System).await;
    assert!(refused.is_err(), "no backup, no migration: the folder is not there");
    let store = Store::as_it_is(&format!("sqlite:{}", folder.join("spotcheck.db").display())).await.unwrap();
    assert_eq!(store.read().await.unwrap().schema().await.unwrap(), newest_schema() - 1);
    store.close().await;
    std::fs::create_dir(folder.join("copies")).unwrap();
    open(config).await;
    assert_eq!(copies(&folder.join("copies"), ".backup").len(), 1);
}

/// Calls of an assignment as the program before 16 left them: place, its words one after the other, and whether closed.
const LEFT: [(&str, &[&str], Option<&str>); 7] = [
    ("T1", &["present"], None),
    ("T2", &["no_answer"], None),
    ("T3", &["busy", "present"], None),
    ("T4", &["present", "callback"], None),
    ("T5", &["wrong_number"], Some("answered")),
    ("T6", &["unreachable"], Some("attempts_used_up")),
    ("T7", &[], None),
];

#[tokio::test]
async fn calls_that_were_open_before_they_came_back_are_carried_over() {
    let folder = tempfile::tempdir().unwrap();
    for url in [format!("sqlite:{}", folder.path().join("calls.db").display()), support::postgres_url().await] {
        let store = Store::as_it_is(&url).await.unwrap();
        migrate_up_to(&store, 15).await;
        let told = async |sql: String| execute(&store, sql).await.unwrap();
        for (id, closed) in [("K7Q2M", "NULL"), ("M2Q7K", "900")] {
            let sql = "INSERT INTO assignment (id, office, inspector, released_at, reply_by, closes_at, kid, message_id, closed_at)";
            told(format!(
                "{sql} VALUES ('{id}', 'yunling', 'I1', {}, 5, 900, 1, '<{id}@x>', {closed})",
                id.len() + closed.len()
            ))
            .await;
        }
        for (number, (place, words, state)) in (1..).zip(LEFT) {
            let assignment = if state.is_some() { "M2Q7K" } else { "K7Q2M" };
            let state = state.map_or("NULL".to_owned(), |state| format!("'{state}'"));
            let sql = "INSERT INTO line (id, place, kind, origin, ticket, minute, p_visit, p_call, eligible, assignment, code, detail, state)";
            let window = "posts/yunling/2026-03-03/am";
            told(format!("{sql} VALUES ('{window}', '{place}', 'call', 'ticket', '0', 0, 0, 1, 1, '{assignment}', 'C{number}', '{{}}', {state})")).await;
            for (seq, word) in (1..).zip(words) {
                let sql = "INSERT INTO outcome (assignment, line, person, seq, outcome, remark, by, received_at)";
                told(format!(
                    "{sql} VALUES ('{assignment}', 'C{number}', 'C{number}', {seq}, '{word}', '', 'code', {seq})"
                ))
                .await;
            }
        }
        store.migrate().await.unwrap();
        let mut tx = store.read().await.unwrap();
        let window = "posts/yunling/2026-03-03/am".parse().unwrap();
        let lines = tx.lines_of_window(&window).await.unwrap();
        let kept: Vec<_> = lines.iter().map(|line| (line.place.as_str(), line.state.as_deref())).collect();
        assert_eq!(kept, LEFT.map(|(place, _, state)| (place, state)), "no line is lost, none changes its state");
        // What its last word does not settle comes back; everything else has one state, and that is its line's.
        let to_plan: Vec<String> =
            tx.calls_to_plan().await.unwrap().iter().map(|task| task.place.to_string()).collect();
        assert_eq!(to_plan, ["T2", "T4"], "on {}", store.backend());
        let open = tx.open_calls(&Ids::new(["yunling"])).await.unwrap();
        assert_eq!(open.len(), 2, "what is closed stays closed");
        let tries = tx.call_tries(lines.iter().map(|line| (&window, &line.place))).await.unwrap();
        assert!(tries.len() == 7 && tries.values().all(|tries| tries.len() == 1), "each has the one try it had");
        drop(tx);
        let tasks = store.read().await.unwrap().census().await.unwrap().rows;
        assert_eq!(tasks.iter().find(|(table, _)| table == "call_task").unwrap().1, 4);
        store.close().await;
    }
}
