//! PostgreSQL servers of a test's own: one to work with, and a copy of it that follows and may take over.

use sqlx::{Connection, PgConnection};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Programs of the newest PostgreSQL here.
fn bin() -> PathBuf {
    let of = |entry: std::fs::DirEntry| {
        let number = entry.file_name().to_str()?.parse::<u32>().ok()?;
        Some((number, entry.path().join("bin"))).filter(|(_, bin)| bin.join("initdb").exists())
    };
    let all = std::fs::read_dir("/usr/lib/postgresql").unwrap().filter_map(|entry| of(entry.unwrap()));
    all.max().expect("a PostgreSQL is installed").1
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

/// Nobody who is root may run a PostgreSQL.
fn program(name: &str) -> Command {
    if !is_root() {
        return Command::new(bin().join(name));
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(bin().join(name));
    command
}

fn done(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Where servers live, and the one address under which whoever is in charge is found.
pub struct Servers {
    folder: TempDir,
}

pub struct Server {
    folder: PathBuf,
    process: Child,
}

/// Where a server's socket is: a copy of its folder must not bring it along.
fn sockets(folder: &Path) -> PathBuf {
    folder.with_extension("at")
}

impl Servers {
    pub fn new() -> Servers {
        let folder = tempfile::tempdir().unwrap();
        if is_root() {
            done(Command::new("chown").arg("postgres:").arg(folder.path()));
        }
        Servers { folder }
    }

    /// A server with an empty database, under the address.
    pub async fn primary(&self) -> Server {
        let folder = self.folder.path().join("primary");
        let mut initdb = program("initdb");
        initdb.args(["-U", "spotcheck", "-A", "trust", "-E", "UTF8", "-N"]);
        done(initdb.args(["--locale-provider=icu", "--icu-locale=en-US", "-D"]).arg(&folder));
        let server = Server::start(folder).await;
        self.lead_to(&server);
        server
    }

    /// A copy that follows a server, some moments behind.
    pub async fn copy_of(&self, server: &Server) -> Server {
        let folder = self.folder.path().join("copy");
        let mut copy = program("pg_basebackup");
        copy.args(["-U", "spotcheck", "-R", "-X", "stream", "-c", "fast", "-h"]).arg(sockets(&server.folder));
        done(copy.arg("-D").arg(&folder));
        Server::start(folder).await
    }

    /// From now on the address leads to this one.
    pub fn lead_to(&self, server: &Server) {
        let address = self.folder.path().join("address");
        let _ = std::fs::remove_file(&address);
        std::os::unix::fs::symlink(sockets(&server.folder), address).unwrap();
    }

    pub fn url(&self) -> String {
        url(&self.folder.path().join("address"))
    }
}

fn url(folder: &Path) -> String {
    format!("postgres://spotcheck@localhost/postgres?host={}", folder.display())
}

impl Server {
    async fn start(folder: PathBuf) -> Server {
        let sockets = sockets(&folder);
        if !sockets.exists() {
            std::fs::create_dir(&sockets).unwrap();
            if is_root() {
                done(Command::new("chown").arg("postgres:").arg(&sockets));
            }
        }
        let process = program("postgres")
            .arg("-D")
            .arg(&folder)
            .arg("-k")
            .arg(&sockets)
            // The machine outlives the test, so nothing has to reach a disk.
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=60"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Server { folder, process };
        for _ in 0..3000 {
            if PgConnection::connect(&server.url()).await.is_ok() {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("a PostgreSQL did not start");
    }

    /// The server itself, whatever the address leads to.
    pub fn url(&self) -> String {
        url(&sockets(&self.folder))
    }

    pub async fn asked<T>(&self, sql: &'static str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        let mut connection = PgConnection::connect(&self.url()).await.unwrap();
        sqlx::query_scalar::<_, T>(sql).fetch_one(&mut connection).await.unwrap()
    }

    /// Waits until the copy knows everything that this server knows now.
    pub async fn is_known_to(&self, copy: &Server) {
        let here: String = self.asked("SELECT CAST(pg_current_wal_lsn() AS TEXT)").await;
        let behind = "SELECT COALESCE(pg_last_wal_replay_lsn() >= CAST($1 AS pg_lsn), FALSE)";
        let mut connection = PgConnection::connect(&copy.url()).await.unwrap();
        for _ in 0..6000 {
            if sqlx::query_scalar::<_, bool>(behind).bind(&here).fetch_one(&mut connection).await.unwrap() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("the copy does not follow");
    }

    /// From now on this copy hears of nothing more.
    pub async fn hears_no_more(&self) {
        let mut connection = PgConnection::connect(&self.url()).await.unwrap();
        sqlx::raw_sql("ALTER SYSTEM SET primary_conninfo = ''").execute(&mut connection).await.unwrap();
        sqlx::raw_sql("SELECT pg_reload_conf()").execute(&mut connection).await.unwrap();
        while self.asked::<i64>("SELECT count(*) FROM pg_stat_wal_receiver WHERE pid IS NOT NULL").await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// This copy is in charge.
    pub async fn takes_over(&self) {
        assert!(self.asked::<bool>("SELECT pg_promote(TRUE, 60)").await);
    }

    /// Every process of the server is killed at once, as when its machine loses power.
    pub fn dies(&mut self) {
        let own = self.process.id().to_string();
        let children = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap_or_default();
        let all = std::iter::once(own.as_str()).chain(children.split_whitespace());
        // Who is gone by then is dead as well.
        let _ = Command::new("kill").arg("-9").args(all).stderr(Stdio::null()).status();
        self.process.wait().unwrap();
    }

    /// The machine is there again, with its disk.
    pub async fn comes_back(mut self) -> Server {
        let folder = std::mem::take(&mut self.folder);
        drop(self);
        Server::start(folder).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            self.dies();
        }
    }
}
