//! A database as a whole: what it holds, one state of it as bytes, and a new one from such bytes.
//!
//! SQLite is copied while others write, into a file of its own that is gone afterwards; PostgreSQL is
//! handed over by its own `pg_dump`, bound to the very snapshot that was counted.

use super::{POSTGRES_MIGRATIONS, Result, SQLITE_MIGRATIONS, Store, Tx, make_private, parsed};
use crate::config::{Database, Secret, Storage};
use crate::model::Sha256;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

statements! {
    SCHEMA = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";
    TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> '_sqlx_migrations' ORDER BY name",
    postgres = "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_sqlx_migrations' ORDER BY 1";
    HEADS = "SELECT office, seq, head FROM log AS l WHERE seq = (SELECT MAX(seq) FROM log AS m WHERE m.office = l.office) ORDER BY office";
    IS_MIGRATED = "SELECT CAST(COUNT(*) AS BIGINT) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'",
    postgres = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = '_sqlx_migrations'";
}

const VACUUM: &str = "VACUUM INTO ?1";
const NEVER_TOO_IDLE: &str = "SET LOCAL idle_in_transaction_session_timeout = 0";
const SNAPSHOT: &str = "SELECT pg_export_snapshot()";
const INTEGRITY: &str = "PRAGMA integrity_check(1)";
const FOREIGN_KEYS: &str = "SELECT COUNT(*) FROM pragma_foreign_key_check";

/// What a database holds, as far as it can be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Census {
    /// Number of the newest migration.
    pub schema: i64,
    /// Rows a table, by its name.
    pub rows: Vec<(String, i64)>,
    /// Of every office: number and head of the newest entry of its public log.
    pub heads: Vec<(String, i64, Sha256)>,
}

/// The newest schema that this program knows.
pub fn newest_schema() -> i64 {
    SQLITE_MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

impl Tx {
    /// Number of the newest migration; 0 for a database in which nothing is yet.
    pub async fn schema(&mut self) -> Result<i64> {
        match fetch_optional!(self, (i64,), IS_MIGRATED) {
            Some((n,)) if n > 0 => Ok(fetch_optional!(self, (i64,), SCHEMA).map_or(0, |(schema,)| schema)),
            _ => Ok(0),
        }
    }

    /// Whether there is no table in it at all.
    pub async fn is_empty(&mut self) -> Result<bool> {
        Ok(self.schema().await? == 0 && fetch_all!(self, (String,), TABLES).is_empty())
    }

    pub async fn census(&mut self) -> Result<Census> {
        let schema = self.schema().await?;
        let mut rows = Vec::new();
        for (table,) in fetch_all!(self, (String,), TABLES) {
            // A name from the database's own list.
            let count = AssertSqlSafe(format!("SELECT COUNT(*) FROM \"{table}\""));
            let (n,): (i64,) = match self {
                Tx::Sqlite(tx) => sqlx::query_as(count).fetch_one(&mut **tx).await?,
                Tx::Postgres(tx) => sqlx::query_as(count).fetch_one(&mut **tx).await?,
            };
            rows.push((table, n));
        }
        let heads = fetch_all!(self, (String, i64, String), HEADS);
        let head = |(office, seq, head): (String, i64, String)| {
            let head = parsed("log", "head", &office, &head)?;
            Ok((office, seq, head))
        };
        Ok(Census { schema, rows, heads: heads.into_iter().map(head).collect::<Result<_>>()? })
    }
}

/// How a PostgreSQL is reached by its own programs.
#[derive(Debug, Clone)]
pub struct Server {
    /// Without a password.
    url: String,
    password: Option<Secret>,
}

impl Server {
    /// None for a database that is a file.
    ///
    /// # Errors
    /// The password cannot be read.
    pub fn of(storage: &Storage) -> std::result::Result<Option<Server>, crate::model::Trouble> {
        let Database::Postgres(url) = &storage.database else { return Ok(None) };
        let password = storage.password_file.as_ref().map(|file| file.read()).transpose()?;
        Ok(Some(Server { url: url.clone(), password }))
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(installed(name));
        command.arg("--no-password").arg("--dbname").arg(&self.url).stdin(Stdio::null());
        if let Some(password) = &self.password {
            command.env("PGPASSWORD", password.reveal());
        }
        command
    }
}

/// On the path, or where Debian keeps the programs of each version.
fn installed(name: &str) -> PathBuf {
    let on_path =
        std::env::var_os("PATH").into_iter().flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    let found = on_path.chain(versions.into_iter().rev()).map(|folder| folder.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| PathBuf::from(name))
}

impl Server {
    /// The same server, another database.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Server {
        Server { url: with_database(&self.url, name), password: self.password.clone() }
    }
}

/// The URL with another database in its path; the host may stand in the query.
fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, None), |(address, query)| (address, Some(query)));
    let authority = address.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    query.map_or(format!("{authority}/{name}"), |query| format!("{authority}/{name}?{query}"))
}

/// A database of its own beside another one, for as long as it is needed.
pub struct Temporary {
    pub name: String,
    /// Of the other one.
    beside: String,
}

impl Temporary {
    pub async fn create(url: &str) -> Result<Temporary> {
        let mut connection = PgConnection::connect(url).await?;
        let name = format!("spotcheck_verify_{}", std::process::id());
        let create = AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0"));
        sqlx::query(create).execute(&mut connection).await?;
        connection.close().await?;
        Ok(Temporary { name, beside: url.to_owned() })
    }

    /// With the password that the other one has.
    pub fn url(&self) -> String {
        with_database(&self.beside, &self.name)
    }

    pub async fn drop(self) -> Result<()> {
        let mut connection = PgConnection::connect(&self.beside).await?;
        let drop = AssertSqlSafe(format!("DROP DATABASE IF EXISTS {}", self.name));
        sqlx::query(drop).execute(&mut connection).await?;
        Ok(connection.close().await?)
    }
}

/// One state of a database, held still while it is copied.
pub struct Still {
    pub census: Census,
    held: Held,
}

enum Held {
    File(Scratch),
    /// The transaction keeps the snapshot alive.
    Server {
        _tx: Tx,
        snapshot: String,
    },
}

/// A file that is gone with this value.
#[derive(Debug)]
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Store {
    /// Connects to a database as it is: nothing is migrated.
    pub async fn as_it_is(url: &str) -> Result<Store> {
        Store::connect(url).await
    }

    /// Brings it to this program's schema.
    ///
    /// # Errors
    /// A database that is away, or a schema newer than this program.
    pub async fn migrate(&self) -> Result<()> {
        match self {
            Store::Sqlite { write, .. } => SQLITE_MIGRATIONS.run(write).await?,
            Store::Postgres(pool) => {
                // Without the limit on locks: another daemon may be at it, and a nation's takes its time.
                let patient = (*pool.connect_options()).clone();
                let patient = PgPoolOptions::new().max_connections(1).connect_with(patient).await?;
                let done = POSTGRES_MIGRATIONS.run(&patient).await;
                patient.close().await;
                done?;
            }
        }
        Ok(())
    }

    /// Holds the present state still. A file is copied to `scratch`, which goes when it has been read.
    pub async fn hold_still(&self, scratch: &Path) -> Result<Still> {
        match self {
            Store::Sqlite { .. } => {
                let _ = std::fs::remove_file(scratch);
                let file = Scratch(scratch.to_owned());
                self.copy_into(scratch).await?;
                let copy = Store::unchanging(scratch).await?;
                let census = copy.read().await?.census().await;
                copy.close().await;
                Ok(Still { census: census?, held: Held::File(file) })
            }
            Store::Postgres(_) => {
                let mut tx = self.read().await?;
                let census = tx.census().await?;
                let Tx::Postgres(open) = &mut tx else { return Err(sqlx::Error::WorkerCrashed.into()) };
                // It is idle for as long as others read from its snapshot.
                sqlx::query(NEVER_TOO_IDLE).execute(&mut **open).await?;
                let (snapshot,): (String,) = sqlx::query_as(SNAPSHOT).fetch_one(&mut **open).await?;
                Ok(Still { census, held: Held::Server { _tx: tx, snapshot } })
            }
        }
    }

    /// Copies an SQLite database while others go on writing: one state of it, in a new file.
    pub async fn copy_into(&self, path: &Path) -> Result<()> {
        if let Store::Sqlite { read, .. } = self {
            make_private(path);
            let mut connection = read.acquire().await?;
            sqlx::query(VACUUM).bind(path.display().to_string()).execute(&mut *connection).await?;
        }
        Ok(())
    }

    /// A file that nobody writes any more, and that looking at does not change.
    async fn unchanging(path: &Path) -> Result<Store> {
        let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
        let read = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        Ok(Store::Sqlite { write: read.clone(), read })
    }

    /// Whether the database finds itself whole; PostgreSQL sees to that at every restore.
    pub async fn is_sound(&self) -> Result<bool> {
        let Store::Sqlite { read, .. } = self else { return Ok(true) };
        let mut connection = read.acquire().await?;
        let (said,): (String,) = sqlx::query_as(INTEGRITY).fetch_one(&mut *connection).await?;
        let (orphans,): (i64,) = sqlx::query_as(FOREIGN_KEYS).fetch_one(&mut *connection).await?;
        Ok(said == "ok" && orphans == 0)
    }
}

impl Still {
    /// Its bytes. For a server, `pg_dump` must be there.
    pub fn bytes(&self, server: Option<&Server>) -> io::Result<Bytes> {
        match (&self.held, server) {
            (Held::File(file), _) => Ok(Bytes::File(File::open(&file.0)?)),
            (Held::Server { snapshot, .. }, Some(server)) => {
                let mut dump = server.program("pg_dump");
                dump.args(["--format=custom", "--compress=0", "--no-owner", "--no-privileges"]);
                dump.arg("--snapshot").arg(snapshot).stdout(Stdio::piped()).stderr(Stdio::piped());
                let mut child = Running(dump.spawn()?);
                let out = child.0.stdout.take().ok_or_else(|| io::Error::other("pg_dump"))?;
                Ok(Bytes::Program { child, out })
            }
            (Held::Server { .. }, None) => Err(io::Error::other("pg_dump")),
        }
    }
}

/// A program of ours: it does not outlive the work that it was started for.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Waits for its end.
    fn ended(mut self) -> io::Result<()> {
        let mut told = String::new();
        if let Some(errors) = self.0.stderr.take() {
            errors.take(64 << 10).read_to_string(&mut told)?;
        }
        if self.0.wait()?.success() { Ok(()) } else { Err(io::Error::other(told.trim().to_owned())) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A database on its way out.
#[derive(Debug)]
pub enum Bytes {
    File(File),
    Program { child: Running, out: ChildStdout },
}

impl Read for Bytes {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Bytes::File(file) => file.read(into),
            Bytes::Program { out, .. } => out.read(into),
        }
    }
}

impl Bytes {
    /// Whether that was all of it.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Bytes::File(_) => Ok(()),
            Bytes::Program { child, .. } => child.ended(),
        }
    }
}

/// A database on its way in: a new file, or a database of a server that has nothing in it.
#[derive(Debug)]
pub enum Refill {
    File(File),
    Program { child: Running, into: ChildStdin },
}

impl Refill {
    pub fn file(path: &Path) -> io::Result<Refill> {
        make_private(path);
        Ok(Refill::File(File::options().write(true).truncate(true).open(path)?))
    }

    pub fn server(server: &Server) -> io::Result<Refill> {
        let mut restore = server.program("pg_restore");
        restore.args(["--format=custom", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]);
        restore.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = Running(restore.spawn()?);
        let into = child.0.stdin.take().ok_or_else(|| io::Error::other("pg_restore"))?;
        Ok(Refill::Program { child, into })
    }

    /// Everything came; now it counts.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Refill::File(file) => file.sync_all(),
            Refill::Program { child, into } => {
                drop(into);
                child.ended()
            }
        }
    }
}

impl Write for Refill {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Refill::File(file) => file.write(bytes),
            Refill::Program { into, .. } => into.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
