//! A database out of a backup: proved whole first, put in its place last.
//!
//! What happened after the backup is unknown to it, and the restore says so in the database: letters that
//! were not finished then may have left since, so each is noted as ambiguous and sent again with its
//! very bytes, or held (DESIGN 6.3). What was drawn since is in the marks of the chains.

use super::locked::{Header, Locked};
use super::{BackupKey, kind, no_program};
use crate::config::{Config, Database, OnAmbiguous, Storage};
use crate::draw::log::{EMPTY, next_head};
use crate::files;
use crate::model::{OfficeId, Timestamp, Trouble};
use crate::said;
use crate::store::{Census, Refill, Server, Store, Temporary, Tx, newest_schema};
use crate::work::{Done, Failure, setback};
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

/// Settings that tell of the last restore.
pub(in crate::work) const AT: &str = "restored.at";
const FROM: &str = "restored.from";

/// When the database was restored, and the time of the backup that it came from.
///
/// # Errors
/// The database.
pub async fn known(tx: &mut Tx) -> Done<Option<(Timestamp, Timestamp)>> {
    let at = tx.setting(AT).await?.and_then(|text| text.parse().ok()).map(Timestamp);
    let from = tx.setting(FROM).await?.and_then(|text| Timestamp::parse(&text));
    Ok(at.zip(from))
}

/// What a backup proved to hold.
#[derive(Debug, Clone)]
pub struct Checked {
    pub header: Header,
    pub bytes: u64,
    /// Entries of public logs, each head recomputed.
    pub entries: usize,
}

#[derive(Debug, Clone)]
pub struct Restored {
    pub checked: Checked,
    /// Letters of which nobody knows whether they left after the backup.
    pub letters: u64,
    pub held: bool,
    /// Files of keys that are not in their place.
    pub missing: Vec<PathBuf>,
}

/// Opens a backup, restores it where nobody is disturbed, looks it over, and leaves nothing behind.
///
/// # Errors
/// It is no whole backup of this key, or what is in it is not sound.
pub async fn verify(config: &Config, backup: &Path) -> Done<Checked> {
    let locked = open(config, backup)?;
    match &config.storage.database {
        Database::Sqlite(path) => {
            let half = Half::beside(path);
            let done = fill_file(locked, half).await?;
            done.store.close().await;
            Ok(done.checked)
        }
        Database::Postgres(_) => {
            let server = server(&config.storage)?;
            let other = Temporary::create(config.storage.connection()?.reveal()).await.map_err(|e| {
                Failure::from(Trouble::new(said!(
                    "to try a backup, a temporary database is made beside this one, and the server refused ({e}): give the role the right with ALTER ROLE … CREATEDB, or verify on another server by --config",
                    "试恢复需要在同一服务器上建一个临时数据库，服务器未允许（{e}）：请用ALTER ROLE … CREATEDB授权，或用--config在另一台服务器上核验"
                )))
            })?;
            let done = fill_server(locked, server.with_database(&other.name), other.url()).await;
            if let Ok(done) = &done {
                done.store.close().await;
            }
            other.drop().await?;
            Ok(done?.checked)
        }
    }
}

/// Restores a backup into the database that the configuration names, which must not be there yet, or be empty.
///
/// # Errors
/// As [`verify`], or there is something in the database.
pub async fn restore(config: &Config, backup: &Path, now: Timestamp, hold: bool) -> Done<Restored> {
    let locked = open(config, backup)?;
    let held = hold || config.mail.on_ambiguous == OnAmbiguous::Hold;
    let (checked, letters) = match &config.storage.database {
        Database::Sqlite(path) => {
            if path.exists() {
                return Err(in_use().in_file(path.display().to_string()).into());
            }
            let half = Half::beside(path);
            let filled = fill_file(locked, half).await?;
            let letters = settle(&filled, now, held).await?;
            filled.store.close().await;
            filled.half.into_place(path)?;
            (filled.checked, letters)
        }
        Database::Postgres(_) => {
            let server = server(&config.storage)?;
            let url = config.storage.connection()?;
            let there = Store::as_it_is(url.reveal()).await?;
            let empty = there.read().await?.is_empty().await;
            there.close().await;
            if !empty? {
                return Err(in_use().in_field("storage.url").into());
            }
            let filled = fill_server(locked, server, url.reveal().to_owned()).await?;
            let letters = settle(&filled, now, held).await?;
            filled.store.close().await;
            (filled.checked, letters)
        }
    };
    let keys = ["reply.keys"].map(|name| config.keys.dir.join(name));
    let missing = keys.into_iter().filter(|path| !path.exists()).collect();
    Ok(Restored { checked, letters, held, missing })
}

fn in_use() -> Trouble {
    Trouble::new(said!(
        "there is a database already, and a restore never overwrites one: move it away first, or name another place with --to",
        "此处已有数据库，恢复时绝不覆盖：请先移走，或用--to指定另一位置"
    ))
}

/// A backup whose header says that this program, this key and this kind of database can take it.
fn open(config: &Config, backup: &Path) -> Done<(Locked<BufReader<File>>, BackupKey, PathBuf)> {
    let named = |trouble: Trouble| trouble.in_file(backup.display().to_string());
    let locked = Locked::open(BufReader::new(files::open(backup)?)).map_err(named)?;
    let Header { schema, database, key: name, .. } = &locked.header;
    let (here, newest) = (kind(&config.storage.database), newest_schema());
    if *schema > newest {
        let said = said!(
            "this backup has schema {schema}, made by a later version; this one knows {newest}: restore it with that later version",
            "此备份的结构为{schema}，由较新版本生成，本版本只认识到{newest}：请用较新版本恢复"
        );
        return Err(named(Trouble::new(said)).into());
    }
    if database != here {
        let said = said!(
            "this is a backup of {database}, but storage.url names {here}: name a database of the same kind with --to",
            "这是{database}的备份，而storage.url为{here}：请用--to指定同类数据库"
        );
        return Err(named(Trouble::new(said)).into());
    }
    let key = BackupKey::read(&config.backup.key_file)?;
    if *name != key.name() {
        let (wanted, here) = (name, key.name());
        let said = said!(
            "this backup was locked with key {wanted}, and backup.key_file holds key {here}: bring the older key back",
            "此备份用密钥{wanted}加密，而backup.key_file是密钥{here}：请取回原密钥"
        );
        return Err(named(Trouble::new(said)).into());
    }
    Ok((locked, key, backup.to_owned()))
}

fn server(storage: &Storage) -> Done<Server> {
    Server::of(storage)?.ok_or_else(|| Failure::from(Trouble::new(said!("this is no server", "不是服务器数据库"))))
}

/// A database that came out of a backup, and was looked over.
struct Filled {
    store: Store,
    checked: Checked,
    half: Half,
}

async fn fill_file(locked: (Locked<BufReader<File>>, BackupKey, PathBuf), half: Half) -> Done<Filled> {
    let path = half.0.clone();
    let unwritable = |e: io::Error| files::unwritable(&path, &e);
    let (header, bytes) = unlock(locked, Refill::file(&half.0).map_err(unwritable)?).await?;
    let store = Store::as_it_is(&format!("sqlite:{}", half.0.display())).await?;
    look_over(store, header, bytes, half).await
}

async fn fill_server(
    locked: (Locked<BufReader<File>>, BackupKey, PathBuf),
    server: Server,
    url: String,
) -> Done<Filled> {
    let into = Refill::server(&server).map_err(|e| no_program("pg_restore", &e))?;
    let (header, bytes) = unlock(locked, into).await?;
    let store = Store::as_it_is(&url).await?;
    look_over(store, header, bytes, Half(PathBuf::new())).await
}

async fn unlock(
    (locked, key, backup): (Locked<BufReader<File>>, BackupKey, PathBuf),
    mut into: Refill,
) -> Done<(Header, u64)> {
    let header = locked.header.clone();
    let done = tokio::task::spawn_blocking(move || {
        let unlocked = locked.unlock(&key, &mut into).and_then(|told| into.flush().map(|()| told));
        let (bytes, _) = unlocked.map_err(|e| Failure::from(damaged(&backup, &e)))?;
        into.finish().map_err(|e| no_program("pg_restore", &e))?;
        Ok::<_, Failure>(bytes)
    });
    let bytes = done.await.map_err(|e| Failure::File("the backup was not read", io::Error::other(e)))??;
    Ok((header, bytes))
}

fn damaged(backup: &Path, e: &io::Error) -> Trouble {
    match e.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => Trouble::new(said!(
            "this backup was changed or cut off: nothing of it is used; take another one",
            "此备份已被改动或不完整，未使用其中任何内容：请换用另一份备份"
        ))
        .in_file(backup.display().to_string()),
        _ => files::unreadable(backup, e),
    }
}

async fn look_over(store: Store, header: Header, bytes: u64, half: Half) -> Done<Filled> {
    let unsound = |said| Err(Failure::from(Trouble::new(said)));
    if !store.is_sound().await? {
        return unsound(said!(
            "the database in this backup is damaged: take another one",
            "备份中的数据库已损坏：请换用另一份备份"
        ));
    }
    let mut tx = store.read().await?;
    let Census { schema, rows, heads } = tx.census().await?;
    let heads_told: Vec<_> = heads.iter().map(|(office, seq, head)| (office.clone(), *seq, head.hex())).collect();
    if (schema, &rows, &heads_told) != (header.schema, &header.rows, &header.heads) {
        return unsound(said!(
            "what came out of this backup is not what its header counts: take another one",
            "恢复出的内容与备份文件头的计数不符：请换用另一份备份"
        ));
    }
    let mut entries = 0;
    for (office, ..) in &heads {
        let Ok(id) = office.parse::<OfficeId>() else { continue };
        let mut head = EMPTY;
        for entry in tx.log_entries(&id).await? {
            head = next_head(&head, entry.entry.as_bytes());
            entries += 1;
            if head != entry.head {
                let n = entry.seq;
                return unsound(said!(
                    "entry {n} of the public log of {office} does not follow from those before it: take another backup",
                    "{office}公开日志第{n}条与之前的不衔接：请换用另一份备份"
                ));
            }
        }
    }
    drop(tx);
    Ok(Filled { store, checked: Checked { header, bytes, entries }, half })
}

/// Brings it to this program's schema, and writes down that it was restored.
async fn settle(filled: &Filled, now: Timestamp, hold: bool) -> Done<u64> {
    filled.store.migrate().await?;
    let mut tx = filled.store.begin().await?;
    tx.end_leases().await?;
    let letters = tx.doubt_letters(hold, now).await?;
    tx.put_setting(AT, &now.0.to_string()).await?;
    tx.put_setting(FROM, &filled.checked.header.created_at).await?;
    setback::keep_timeline(&mut tx).await?;
    tx.commit().await?;
    Ok(letters)
}

/// A database file that is not whole yet; it is gone unless it gets into its place.
struct Half(PathBuf);

impl Half {
    fn beside(path: &Path) -> Half {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Half(path.with_file_name(format!(".{}.{name}.restoring", std::process::id())))
    }

    fn into_place(self, path: &Path) -> Result<(), Trouble> {
        // Never over a file that somebody put there meanwhile.
        std::fs::hard_link(&self.0, path).map_err(|e| files::unwritable(path, &e))
    }
}

impl Drop for Half {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let mut name = self.0.clone().into_os_string();
            name.push(end);
            let _ = std::fs::remove_file(name);
        }
    }
}
