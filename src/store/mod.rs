//! The one storage layer: two databases, one SQL text a statement.
//!
//! [`Store`] is opened once; [`Store::read`] gives a reading transaction, [`Store::begin`] a writing
//! one. All methods live on [`Tx`], one file a table family. Rows are private and become model types
//! here, so nothing above knows what a column is. Not found is `Ok(None)`; a write that touched
//! another number of rows than it meant to is an error.
//!
//! To add a statement: write it in its file's `statements!` block, list the block in `sql.rs`, use
//! it through `fetch_all!`, `fetch_optional!` or `execute!`. A test prepares every text on both
//! databases.

#[macro_use]
mod sql;
mod accounts;
mod answers;
mod assignments;
mod audit;
mod away;
mod back_checks;
mod batches;
mod blackouts;
mod bounces;
mod bulk;
mod calls;
mod cases;
mod failure;
mod findings;
mod handbacks;
mod handed;
mod hazard;
mod inbox;
mod intake;
mod lines;
mod log;
mod look_cases;
mod look_day;
mod look_files;
mod look_findings;
mod look_mails;
mod look_places;
mod look_reports;
mod look_windows;
mod looking;
mod mergers;
mod outbox;
mod outcomes;
mod packed;
mod papers;
mod people;
mod period_reports;
mod person;
mod photos;
mod places;
mod posts;
mod pushed;
mod records;
mod recusals;
mod register;
mod relays;
mod retention;
mod reveals;
mod seals;
mod senders;
mod sessions;
mod settings;
mod signals;
mod state;
mod travel;
mod verdicts;
mod whole;
mod windows;

pub use accounts::{AccountRow, NewAccount, TokenRow};
pub use answers::{AnswerRow, NewAnswer};
pub use assignments::{AssignmentRow, LineRow, NewLine};
pub use audit::AuditRow;
pub use away::{AwayRow, LostLine, RedealRow, Share};
pub use back_checks::{BackCheckRow, BackCheckSealRow, DrawnAgain, FinishedVisit};
pub use batches::{BatchRow, BatchStep};
pub use bounces::{BookedBounce, NewBounce, SentLetter};
pub use bulk::Counted;
pub use calls::{CallTaskRow, CallTryRow, NewTry, NextTry};
pub use cases::{CaseAnswerRow, CaseFileRow, CaseLetterRow, ComplaintRow};
pub use failure::{Ailment, Result, StoreError};
pub use findings::{FindingFilter, FindingRow, FindingStepRow, NewFindingStep};
pub use handed::NewCompanion;
pub use hazard::HazardRow;
pub use inbox::{BounceRow, InboxRow, Reading, RecordedMail};
pub use intake::{Arrival, Look};
pub use log::LogEntry;
pub use look_cases::{FlagFilter, FlagLook, StateCount};
pub use look_day::Waiting;
pub use look_findings::{FindingLook, NO_DEADLINE};
pub use look_places::{NamedPlace, PersonFound, PlaceFound, VisitLook};
pub use look_reports::ReportLook;
pub use look_windows::{LineCount, WindowLook};
pub use looking::{look_again, looking};
pub use mergers::{Moved, OpenLine};
pub use outbox::{Claimed, Hold, LetterEnd, LetterRow, NewLetter, OutboxCounts};
pub use outcomes::{NewOutcome, OutcomeRow};
pub use packed::Packed;
pub use period_reports::{Late, PeriodReportRow};
pub use person::CheckRow;
pub use photos::{NewPhoto, PhotoRow};
pub use places::{ExcludedRow, OnDutyRow, PlaceRow, RegisterCounts};
pub use posts::{Post, Posts};
pub use pushed::Heard;
pub use records::{NewRecord, Punches};
pub use register::Ids;
pub use relays::RelayRow;
pub use retention::{GonePhone, RetentionRow};
pub use reveals::Progress;
pub use seals::SealRow;
pub use senders::TrustRow;
pub use sessions::{SessionRow, SignIns, UploadRow};
pub use settings::Lease;
pub use signals::{Flagged, Noted, VisitCount};
pub use sql::{ALL, Sql};
pub use state::FAMILIES;
pub use verdicts::{FlagRow, FlagStepRow, NewVerdict, VerdictRow};
pub use whole::{Census, Refill, Server, Still, Temporary, newest_schema};
pub use windows::{BeaconRow, CustodyEventRow, DrawRow, ProgrammeSealRow, UntoldVoid, VoidRow};

use crate::fault::{self, Step};
use looking::Held;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgPool, Postgres, SqlitePool, Transaction};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

static SQLITE_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// Compiling a statement takes PostgreSQL longer than running any of ours. Servers before version 11 have no such
/// setting.
const NO_JIT: &str = "SELECT set_config(name, 'off', false) FROM pg_settings WHERE name = 'jit'";
/// What a frozen process has locked is free again after so long: another daemon may be waiting for it.
const IDLE_IN_TRANSACTION: &str = "SELECT set_config('idle_in_transaction_session_timeout', '60s', false)";

/// Who waits for a lock of others gives up after so long, says so, and tries again with the next turn; a role or an
/// address that names another span is followed.
const LOCK_TIMEOUT: &str =
    "SELECT set_config('lock_timeout', '30s', false) WHERE current_setting('lock_timeout') = '0'";

/// A database, opened and migrated.
#[derive(Debug, Clone)]
pub enum Store {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

/// A transaction. Dropping it rolls back.
pub enum Tx {
    Sqlite(Held),
    Postgres(Transaction<'static, Postgres>),
}

impl Store {
    /// Opens `sqlite:FILE` (created if it is not there) or `postgres://…`, and applies migrations.
    ///
    /// # Errors
    /// An address of another kind, a database that is away, or a schema newer than this program.
    pub async fn open(url: &str) -> Result<Store> {
        let store = Store::connect(url).await?;
        store.migrate().await?;
        Ok(store)
    }

    async fn connect(url: &str) -> Result<Store> {
        if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?
                .create_if_missing(true)
                .busy_timeout(Duration::from_secs(10))
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                // A nation's rows come by the hundred thousand: each handed over by itself would cost more than it holds.
                .row_buffer_size(4096)
                // More than there are of ours: each is compiled once a connection.
                .statement_cache_capacity(1_000)
                .foreign_keys(true);
            make_private(options.get_filename());
            // Claims, marks and ends come back to the same pages: read once.
            let writing = options.clone().pragma("cache_size", "-16384");
            // A file does not go away as a server does: asking whether it is there costs as much as what is read from it.
            // What a full disk has undone for SQLite itself counts as open with sqlx for good: such a connection is left.
            let pool = || {
                SqlitePoolOptions::new()
                    .test_before_acquire(false)
                    .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            };
            let write = pool().max_connections(1).connect_with(writing).await?;
            let read = pool().max_connections(4).min_connections(0).connect_lazy_with(options.read_only(true));
            Ok(Store::Sqlite { read, write })
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(url)?;
            let pool = PgPoolOptions::new().max_connections(8).after_connect(|connection, _| {
                Box::pin(async move {
                    for setting in [NO_JIT, LOCK_TIMEOUT, IDLE_IN_TRANSACTION] {
                        sqlx::query(setting).execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            });
            Ok(Store::Postgres(pool.connect_with(options).await?))
        } else {
            // The address may hold a password: only its scheme is told.
            let scheme = url.split(':').next().unwrap_or_default();
            Err(StoreError::UnknownScheme(format!("{scheme}:…")))
        }
    }

    /// A transaction for reading: it sees one state of the database.
    pub async fn read(&self) -> Result<Tx> {
        Ok(match self {
            Store::Sqlite { read, .. } => Tx::Sqlite(Held::for_reading(read).await?),
            Store::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// A transaction for writing. On SQLite it takes the write lock at once, so that it never fails half-way.
    pub async fn begin(&self) -> Result<Tx> {
        look_again();
        Ok(match self {
            Store::Sqlite { write, .. } => Tx::Sqlite(Held::for_writing(write.begin_with("BEGIN IMMEDIATE").await?)),
            Store::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    pub async fn close(&self) {
        match self {
            Store::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Store::Postgres(pool) => pool.close().await,
        }
    }

    /// Whether several daemons may be expected on it.
    pub fn is_shared(&self) -> bool {
        matches!(self, Store::Postgres(_))
    }

    /// The database's words for itself, for `check` and `status`.
    pub fn backend(&self) -> &'static str {
        match self {
            Store::Sqlite { .. } => "SQLite",
            Store::Postgres(_) => "PostgreSQL",
        }
    }
}

tokio::task_local! {
    /// Name and fence of the lease under which this task works.
    static LEAD: (&'static str, i64);
}

/// Does what only the holder of a lease may do: none of its transactions is committed once somebody else has taken
/// it, whatever held this process up meanwhile.
pub async fn leading<F: Future>(name: &'static str, lease: Lease, work: F) -> F::Output {
    LEAD.scope((name, lease.fence), work).await
}

impl Tx {
    /// What only a server needs to be told: a file has one writer at a time anyway.
    async fn on_server(&mut self, sql: Sql) -> Result<()> {
        if let Tx::Postgres(tx) = self {
            sqlx::query(sql.postgres).execute(&mut **tx).await?;
        }
        Ok(())
    }

    pub async fn commit(mut self) -> Result<()> {
        if let Ok((name, fence)) = LEAD.try_with(|lead| *lead) {
            self.still_holds(name, fence).await?;
        }
        match self {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        fault::passed(Step::Commit);
        Ok(())
    }
}

/// A new database is its owner's alone: it holds telephone numbers, letters and their keys. The files
/// that SQLite puts beside it take over its mode.
fn make_private(file: &Path) {
    // Where it cannot be made, SQLite finds out and says why.
    let _ = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
}

/// A write that must have touched exactly this many rows.
fn touched(what: &'static str, touched: u64, meant: u64) -> Result<()> {
    if touched == meant { Ok(()) } else { Err(StoreError::Touched { what, touched, meant }) }
}

/// A column's text as a model value.
fn parsed<T: FromStr>(table: &'static str, column: &'static str, id: &str, text: &str) -> Result<T> {
    text.parse().map_err(|_| StoreError::Inconsistent { table, column, id: id.to_owned(), found: text.to_owned() })
}

fn parsed_day(
    table: &'static str,
    column: &'static str,
    id: &str,
    text: Option<&str>,
) -> Result<Option<chrono::NaiveDate>> {
    text.map(|text| parsed(table, column, id, text)).transpose()
}

fn parsed_json<T: serde::de::DeserializeOwned>(
    table: &'static str,
    column: &'static str,
    id: &str,
    text: &str,
) -> Result<T> {
    serde_json::from_str(text).map_err(|_| StoreError::Inconsistent {
        table,
        column,
        id: id.to_owned(),
        found: format!("{} bytes", text.len()),
    })
}

fn day_text(day: Option<chrono::NaiveDate>) -> Option<String> {
    day.map(|d| d.format("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use crate::store::{Store, Tx};

    #[tokio::test]
    async fn a_transaction_that_sqlite_undid_by_itself_keeps_nobody_from_writing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("one.db").display())).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        tx.put_setting("key", "lost").await.unwrap();
        // As it does when there is no room for what is to be committed.
        let Tx::Sqlite(held) = &mut tx else { unreachable!() };
        sqlx::query("ROLLBACK").execute(&mut **held).await.unwrap();
        tx.commit().await.unwrap_err();
        let mut tx = store.begin().await.unwrap();
        tx.put_setting("key", "kept").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.read().await.unwrap().setting("key").await.unwrap().as_deref(), Some("kept"));
    }
}
