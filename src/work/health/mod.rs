//! How the house stands: facts from the database, the configuration and the disk; what of them is a
//! person's matter is said in one place (`causes`), and told by status, check, digest and mail.

pub mod causes;
pub mod tell;

pub use causes::{Cause, causes};

use super::custody::Chains;
use super::judge_case::workdays;
use super::{Context, Done, Failure, backup, setback, ways};
use crate::clock::Clock;
use crate::config::{Database, Office, Transport};
use crate::draw::Terms;
use crate::draw::chain::LENGTH;
use crate::evidence::coverage::overdue_of_day;
use crate::files;
use crate::model::window::SPACING;
use crate::model::{OfficeId, Said, Timestamp, Trouble};
use crate::said;
use crate::store::Ids;
use crate::words::sending;
use causes::{Chain, Disk, Facts, Failing};
use serde_json::{Value, json};
use std::path::Path;

/// Settings that remember what only a daemon notices.
const MAILBOX: &str = "mailbox.failing/";
const CLOCK: &str = "clock.jumped";

/// What a person has to see to now.
///
/// # Errors
/// The database.
pub async fn look(ctx: &Context) -> Done<Vec<Cause>> {
    Ok(causes(&facts(ctx).await?))
}

impl Cause {
    /// Whether it is this office's matter.
    pub fn concerns(&self, office: &Office) -> bool {
        concerns(office, self.office.as_ref().map(OfficeId::as_str))
    }
}

/// The machine is the matter of the offices that have none above them.
fn concerns(office: &Office, of: Option<&str>) -> bool {
    of.map_or(office.parent.is_none(), |of| of == office.id.as_str())
}

async fn facts(ctx: &Context) -> Done<Facts> {
    let now = ctx.now();
    let mut facts = Facts { now, disks: disks(ctx), ..Facts::default() };
    let calendar = ctx.config.offices.iter().map(|office| {
        let today = now.day(office.zone);
        (office.id.clone(), today, ctx.calendar.covered_until(today))
    });
    facts.calendars = calendar.collect();
    facts.relays = ways::failing(ctx)
        .await?
        .into_iter()
        .map(|row| Failing { name: row.name, since: Timestamp(row.since), why: sending::trouble(&row.trouble) })
        .collect();
    if ctx.config.backup.folder.is_some() {
        let known = backup::remembered(ctx).await?;
        let failing = known.failing.map(|(since, _, why)| (since, why));
        facts.backup = Some(causes::Backup { last: known.last, failing });
    }
    let mut tx = ctx.store.read().await?;
    facts.set_back = setback::known(&mut tx).await?;
    if let Some(value) = read(tx.setting(CLOCK).await?) {
        facts.clock = value["at"].as_i64().map(|at| (Timestamp(at), value["minutes"].as_i64().unwrap_or(0)));
    }
    for imap in &ctx.config.intake.imap {
        let Some(value) = read(tx.setting(&format!("{MAILBOX}{}", imap.id)).await?) else { continue };
        let Some(since) = value["since"].as_i64().map(Timestamp) else { continue };
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        facts.mailboxes.push(Failing { name: imap.id.clone(), since, why: Said::new(text("en"), text("zh")) });
    }
    for content in tx.newest_programme_seals().await? {
        let newest = Terms::read(&content).map_err(Trouble::new)?;
        let chains = Chains::of(&newest)?;
        if !ctx.config.programmes.iter().any(|p| p.id == chains.programme && p.office == chains.office) {
            continue;
        }
        facts.chains.push(Chain {
            ends: newest.sealed_at().unwrap_or(now).plus(i64::from(LENGTH) * SPACING),
            in_place: ctx.keepings(&chains).iter().all(crate::custody::is_complete),
            programme: chains.programme,
            office: chains.office,
        });
    }
    let sources = Ids::new(ctx.config.sources.iter().map(|one| one.source.id.as_str()));
    let (covered, sealed) = (tx.covered_until(&sources).await?, tx.first_seals().await?);
    for one in &ctx.config.sources {
        let Some(office) = ctx.config.office(&one.office) else { continue };
        // Of a simulation that has come to its end nothing is expected any more.
        if ctx.last_day.is_some_and(|last| now.day(office.zone) > last) {
            continue;
        }
        let until = covered.get(one.source.id.as_str()).and_then(|(until, _)| *until);
        let workdays = workdays(ctx.calendar.of(&office.region));
        let of_day = |day| overdue_of_day(&one.source, day, office.zone, &workdays);
        let overdue = match until {
            Some(until) => until.succ_opt().and_then(of_day),
            // Of a source that never spoke, something is expected from the first seal on.
            None => sealed.get(office.id.as_str()).and_then(|first| of_day(first.day(office.zone))),
        };
        if let Some(since) = overdue {
            facts.sources.push((office.id.clone(), one.source.id.clone(), until, since));
        }
    }
    Ok(facts)
}

/// Room where the house writes; a simulation has no disk of its own.
fn disks(ctx: &Context) -> Vec<Disk> {
    let mut disks = Vec::new();
    if matches!(ctx.clock, Clock::Simulated(_)) {
        return disks;
    }
    let mut look = |holds: Said, code: &'static str, path: &Path, needs: u64| {
        if let Some(free) = files::room(path) {
            disks.push(Disk { holds, code, free, needs });
        }
    };
    let size = match &ctx.config.storage.database {
        Database::Sqlite(path) => {
            let size = std::fs::metadata(path).map_or(0, |about| about.len());
            // A backup puts a copy beside it for a while.
            look(said!("the database", "数据库"), "database", path, size);
            size
        }
        Database::Postgres(_) => 0,
    };
    look(said!("the keys", "密钥"), "keys", &ctx.config.keys.dir, 0);
    if let Some(folder) = &ctx.config.backup.folder {
        look(said!("the backups", "备份"), "backup", folder, size);
    }
    if let Transport::Folder(folder) = &ctx.config.mail.transport {
        look(said!("the letters", "信件"), "letters", folder, 0);
    }
    disks
}

fn read(setting: Option<String>) -> Option<Value> {
    setting.and_then(|text| serde_json::from_str(&text).ok())
}

/// Remembers since when a mailbox fails, and forgets it when it answers.
///
/// # Errors
/// The database.
pub async fn note_mailbox(ctx: &Context, id: &str, trouble: Option<&Said>) -> Done<()> {
    let key = format!("{MAILBOX}{id}");
    let known = ctx.store.read().await?.setting(&key).await?.unwrap_or_default();
    let value = match (trouble, read(Some(known.clone()))) {
        (None, _) => String::new(),
        (Some(_), Some(_)) => return Ok(()),
        (Some(Said { en, zh }), None) => json!({"since": ctx.now().0, "en": en, "zh": zh}).to_string(),
    };
    put(ctx, &key, &known, &value).await
}

/// The clock jumped by so many minutes, or is trusted again.
///
/// # Errors
/// The database.
pub async fn note_clock(ctx: &Context, jumped: Option<i64>) -> Done<()> {
    let known = ctx.store.read().await?.setting(CLOCK).await?.unwrap_or_default();
    let value = jumped.map(|minutes| json!({"at": ctx.now().0, "minutes": minutes}).to_string()).unwrap_or_default();
    put(ctx, CLOCK, &known, &value).await
}

async fn put(ctx: &Context, key: &str, known: &str, value: &str) -> Done<()> {
    if known == value {
        return Ok(());
    }
    let mut tx = ctx.store.begin().await?;
    tx.put_setting(key, value).await?;
    Ok::<_, Failure>(tx.commit().await?)
}
