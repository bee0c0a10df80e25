//! Backups: the whole database in one locked file, and back.
//!
//! What is not in it: the chains with their marks, the secrets of replies, passwords, the key of the
//! backups itself. The mark must never be older than the database: whoever brings an old mark back can
//! draw a window twice. So keys live with their custodians, and a restored database is held against
//! the marks that are there (DRAW 3): what they know and it does not is lost, and published as lost.

mod key;
pub mod locked;
pub mod restore;

pub use key::BackupKey;

use super::post::at_clock;
use super::{Context, Done, Failure};
use crate::config::{Config, Database};
use crate::entropy::Entropy;
use crate::files::{self, Draft, How};
use crate::model::sha::to_hex;
use crate::model::time::{DAY, HOUR};
use crate::model::{Said, Timestamp, Trouble};
use crate::said;
use crate::store::{Server, Store, newest_schema};
use chrono_tz::Tz;
use locked::Header;
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};

/// Settings in which the database remembers its backups.
const LAST: &str = "backup.last";
const FAILED: &str = "backup.failed";
const TRIED: &str = "backup.tried";
/// After a failure it is tried again so much later.
const AGAIN: i64 = HOUR;

/// A database, and what is needed to copy it.
pub struct Source<'a> {
    pub store: &'a Store,
    pub config: &'a Config,
    pub entropy: &'a Entropy,
    pub now: Timestamp,
}

impl Context {
    pub fn to_back_up(&self) -> Source<'_> {
        Source { store: &self.store, config: &self.config, entropy: &self.entropy, now: self.now() }
    }
}

/// A backup that was written.
#[derive(Debug, Clone)]
pub struct Made {
    pub file: PathBuf,
    pub bytes: u64,
    pub header: Header,
}

/// Writes a backup into a folder: whole, or not at all. Others go on writing into the database meanwhile.
///
/// # Errors
/// The key or the folder is not there, the disk is full, or PostgreSQL's own programs are missing.
pub async fn make(source: &Source<'_>, folder: &Path) -> Done<Made> {
    let Source { store, config, entropy, now } = source;
    let key = BackupKey::read(&config.backup.key_file)?;
    let server = Server::of(&config.storage)?;
    let utc = now.local(Tz::UTC);
    let salt = to_hex(&entropy.bytes("backup", &now.0.to_string())?);
    let name = format!("{PREFIX}{}-{}{SUFFIX}", utc.format("%Y%m%d-%H%M%SZ"), salt.get(..6).unwrap_or_default());
    let file = folder.join(&name);
    sweep(folder, *now);
    // What is not locked yet lies beside the database, where it is no worse off.
    let scratch = match &config.storage.database {
        Database::Sqlite(path) => path.with_file_name(format!(".{}.{name}", std::process::id())),
        Database::Postgres(_) => PathBuf::new(),
    };
    if let Some(beside) = scratch.parent().filter(|_| server.is_none()) {
        sweep(beside, *now);
    }
    let still = store.hold_still(&scratch).await?;
    let census = &still.census;
    let header = Header {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema: census.schema,
        created_at: now.rfc3339(Tz::UTC),
        database: kind(&config.storage.database).to_owned(),
        rows: census.rows.clone(),
        heads: census.heads.iter().map(|(office, seq, head)| (office.clone(), *seq, head.hex())).collect(),
        salt,
        key: key.name(),
    };
    let mut content = still.bytes(server.as_ref()).map_err(|e| no_program("pg_dump", &e))?;
    let draft = Draft::begin(&file, How { force: false, private: true })?;
    let (told, shown) = (header.clone(), file.clone());
    // Locking a nation's database takes minutes: other work goes on beside it.
    let written = tokio::task::spawn_blocking(move || {
        let mut draft = draft;
        let unwritable = |e: io::Error| files::unwritable(&shown, &e);
        locked::write(&mut draft, &key, &told, &mut content).map_err(unwritable)?;
        content.finish().map_err(|e| no_program("pg_dump", &e))?;
        Ok::<_, Failure>(draft.finish()?)
    });
    written.await.map_err(|e| Failure::File("the backup was not finished", io::Error::other(e)))??;
    drop(still);
    let bytes = std::fs::metadata(&file).map_or(0, |about| about.len());
    Ok(Made { file, bytes, header })
}

const PREFIX: &str = "spotcheck-";
const SUFFIX: &str = ".backup";

pub(super) fn kind(database: &Database) -> &'static str {
    match database {
        Database::Sqlite(_) => "sqlite",
        Database::Postgres(_) => "postgres",
    }
}

/// Backups of a folder, oldest first: their names begin with their time.
fn kept(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = |name: &str| name.starts_with(PREFIX) && name.ends_with(SUFFIX);
    let mut kept: Vec<PathBuf> =
        entries.filter(|e| ours(&e.file_name().to_string_lossy())).map(|entry| entry.path()).collect();
    kept.sort();
    kept
}

/// Deletes what a process that was killed left half done.
fn sweep(folder: &Path, now: Timestamp) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let half = name.starts_with('.') && name.contains(PREFIX) && name.ends_with(SUFFIX);
        let since_1970 = entry.metadata().and_then(|about| about.modified()).ok().and_then(|at| {
            let since = at.duration_since(std::time::UNIX_EPOCH).ok()?;
            i64::try_from(since.as_millis()).ok()
        });
        if half && since_1970.is_some_and(|at| at < now.minus(DAY).0) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn no_program(name: &str, e: &io::Error) -> Failure {
    let said = if e.kind() == io::ErrorKind::NotFound {
        said!(
            "{name} is not on this machine: install PostgreSQL's client programs (Debian: postgresql-client) of the server's version or later",
            "本机没有{name}：请安装PostgreSQL客户端程序（Debian：postgresql-client），版本不低于服务器"
        )
    } else {
        said!("{name} did not do it: {e}", "{name}未能完成：{e}")
    };
    Trouble::new(said).into()
}

/// What the database knows of its last backup, and of failures since.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remembered {
    pub last: Option<Timestamp>,
    /// Name of its file.
    pub file: String,
    /// When one was last tried.
    pub rehearsed: Option<Timestamp>,
    /// Since when none succeeds, when it was tried last, and why.
    pub failing: Option<(Timestamp, Timestamp, Said)>,
}

/// # Errors
/// The database.
pub async fn remembered(ctx: &Context) -> Done<Remembered> {
    let mut tx = ctx.store.read().await?;
    let mut json = async |name| {
        Ok::<Value, Failure>(tx.setting(name).await?.and_then(|t| serde_json::from_str(&t).ok()).unwrap_or_default())
    };
    let (last, failed, tried) = (json(LAST).await?, json(FAILED).await?, json(TRIED).await?);
    let at = |value: &Value| value.as_i64().map(Timestamp);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(Remembered {
        last: at(&last["at"]),
        file: text(&last["file"]),
        rehearsed: at(&tried["at"]),
        failing: at(&failed["since"])
            .zip(at(&failed["at"]))
            .map(|(since, tried)| (since, tried, Said::new(text(&failed["en"]), text(&failed["zh"])))),
    })
}

/// Makes a backup by a person's word, and remembers it.
///
/// # Errors
/// As [`make`].
pub async fn make_now(ctx: &Context, folder: &Path) -> Done<Made> {
    let made = make(&ctx.to_back_up(), folder).await?;
    note(ctx, &made).await?;
    Ok(made)
}

/// Remembers that a backup was tried, and was whole.
///
/// # Errors
/// The database.
pub async fn note_trial(ctx: &Context) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    tx.put_setting(TRIED, &json!({"at": ctx.now().0}).to_string()).await?;
    Ok(tx.commit().await?)
}

async fn note(ctx: &Context, made: &Made) -> Done<()> {
    let name = made.file.file_name().map(|name| name.to_string_lossy().into_owned());
    let last = json!({"at": ctx.now().0, "file": name, "bytes": made.bytes});
    let mut tx = ctx.store.begin().await?;
    tx.put_setting(LAST, &last.to_string()).await?;
    tx.put_setting(FAILED, "").await?;
    Ok(tx.commit().await?)
}

/// Makes the night's backup once its hour has come, and deletes those that are too many.
///
/// # Errors
/// As [`make`]; the database remembers it, so that the head is told.
pub async fn due(ctx: &Context) -> Done<bool> {
    let settings = &ctx.config.backup;
    let (Some(folder), Some(office)) = (&settings.folder, ctx.config.offices.first()) else { return Ok(false) };
    let now = ctx.now();
    let known = remembered(ctx).await?;
    let mut at = at_clock(office, now.day(office.zone), settings.at);
    if now < at {
        at = at.minus(DAY);
    }
    let waits = known.failing.as_ref().is_some_and(|(_, tried, _)| *tried <= now && now < tried.plus(AGAIN));
    if known.last.is_some_and(|last| last >= at) || waits {
        return Ok(false);
    }
    match make(&ctx.to_back_up(), folder).await {
        Ok(made) => {
            note(ctx, &made).await?;
            let all = kept(folder);
            let keep = usize::try_from(settings.keep).unwrap_or(usize::MAX);
            for old in all.iter().take(all.len().saturating_sub(keep)) {
                let _ = std::fs::remove_file(old);
            }
            Ok(true)
        }
        Err(failure) => {
            let trouble = failure.trouble();
            let since = known.failing.map_or(now, |(since, ..)| since);
            let (en, zh) = (&trouble.said.en, &trouble.said.zh);
            let failed = json!({"since": since.0, "at": now.0, "en": en, "zh": zh});
            let mut tx = ctx.store.begin().await?;
            tx.put_setting(FAILED, &failed.to_string()).await?;
            tx.commit().await?;
            Err(trouble.into())
        }
    }
}

/// Before an older database is brought to this program's schema: a backup where backups are set up, else
/// a copy beside the file.
///
/// # Errors
/// It cannot be written: then nothing is changed. Or the schema is newer than this program.
pub async fn before_migration(source: &Source<'_>) -> Done<Option<PathBuf>> {
    let schema = source.store.read().await?.schema().await?;
    let newest = newest_schema();
    if schema > newest {
        return Err(Trouble::new(said!(
            "this database was brought to schema {schema} by a later version of spotcheck; this one knows {newest}. Use that later version again, or restore a backup from before the change",
            "此数据库已被较新版本升级到结构{schema}，本版本只认识到{newest}：请继续使用较新版本，或恢复升级前的备份"
        ))
        .into());
    }
    if schema == 0 || schema == newest {
        return Ok(None);
    }
    let (config, now) = (source.config, source.now);
    let path = match (&config.backup.folder, &config.storage.database) {
        (Some(folder), _) => make(source, folder).await?.file,
        (None, Database::Sqlite(path)) => {
            let mut name = path.file_name().map(|name| name.to_os_string()).unwrap_or_default();
            name.push(format!(".schema-{schema}-{}", now.local(Tz::UTC).format("%Y%m%d-%H%M%SZ")));
            let copy = path.with_file_name(name);
            source.store.copy_into(&copy).await?;
            copy
        }
        // Whoever runs a server has its own backups.
        (None, Database::Postgres(_)) => return Ok(None),
    };
    tracing::info!(schema, newest, "the database is brought to a later schema; it was copied before");
    Ok(Some(path))
}
