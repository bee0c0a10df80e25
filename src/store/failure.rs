//! What can go wrong with a database: whether to try again, and what a person can see to.

use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;

/// What can go wrong with the database, and whether trying again can help.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database address {0:?} is neither sqlite:FILE nor postgres://…")]
    UnknownScheme(String),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("migration: {0}")]
    Migration(#[from] MigrateError),
    #[error("row {id} of {table} does not parse in column {column}: {found:?}")]
    Inconsistent { table: &'static str, column: &'static str, id: String, found: String },
    #[error("{what} touched {touched} rows instead of {meant}")]
    Touched { what: &'static str, touched: u64, meant: u64 },
    #[error("another daemon leads by now: nothing of this was written")]
    Overtaken,
}

/// Codes of what passes by itself: SQLite's BUSY and LOCKED families; PostgreSQL's shutdowns, serialization failures, locks
/// that others hold, sessions that were frozen for too long, and copies that have not taken over yet.
const PASSING: [&str; 13] =
    ["5", "6", "261", "517", "57P01", "57P02", "57P03", "40001", "40P01", "55P03", "25P03", "25006", "55000"];

impl StoreError {
    /// Whether the same call may succeed later: the database was away or busy.
    pub fn may_retry(&self) -> bool {
        match self {
            StoreError::Database(e) => {
                matches!(
                    e,
                    sqlx::Error::Io(_)
                        | sqlx::Error::Tls(_)
                        | sqlx::Error::PoolTimedOut
                        | sqlx::Error::PoolClosed
                        | sqlx::Error::WorkerCrashed
                ) || e.as_database_error().is_some_and(|e| e.code().is_some_and(|code| PASSING.contains(&&*code)))
            }
            // By whoever leads now.
            StoreError::Overtaken => true,
            _ => false,
        }
    }

    /// What ails the database, where a person can see to it.
    pub fn ailment(&self) -> Option<Ailment> {
        let e = match self {
            StoreError::Database(e) => e,
            StoreError::Migration(MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _)) => e,
            _ => return None,
        };
        let e = e.as_database_error()?;
        if e.code().as_deref() == Some("55P03") {
            return Some(Ailment::Locked);
        }
        // The primary result code stands in the low byte of the extended one.
        let code = e.try_downcast_ref::<sqlx::sqlite::SqliteError>()?.code()?.parse::<i32>().ok()?;
        match code & 0xff {
            5 | 6 => Some(Ailment::Busy),
            8 => Some(Ailment::ReadOnly),
            10 | 14 => Some(Ailment::Unreachable),
            11 | 26 => Some(Ailment::Damaged),
            13 => Some(Ailment::Full),
            _ => None,
        }
    }

    /// Whether somebody else held a lock for longer than is waited.
    pub fn is_held_up(&self) -> bool {
        matches!(self.ailment(), Some(Ailment::Locked | Ailment::Busy))
    }

    /// Whether a row with the same key was there already.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, StoreError::Database(e) if e.as_database_error().is_some_and(|e| e.is_unique_violation()))
    }
}

/// What is wrong with a database: with the file of an SQLite, or with who else uses a PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ailment {
    /// Another session of the server holds a lock, and did not end in time.
    Locked,
    /// Somebody else writes, and did not end in time.
    Busy,
    ReadOnly,
    /// Its folder is not there, or it cannot be opened, read or written.
    Unreachable,
    /// It is no database, or a broken one.
    Damaged,
    /// The disk is full.
    Full,
}

pub type Result<T> = std::result::Result<T, StoreError>;
