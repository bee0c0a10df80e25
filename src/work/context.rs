//! Everything that a use case may touch.

use super::backup::Source;
use super::custody::Custodies;
use super::mailbox::Mailboxes;
use super::registers::Registers;
use super::sent_lately::SentLately;
use super::ways::{Way, ways};
use super::{Done, Failure, Secrets, calendars};
use crate::clock::Clock;
use crate::config::{Config, Dns, Office};
use crate::entropy::Entropy;
use crate::mail::{Dkim, Resolver, Signer};
use crate::model::sha::to_hex;
use crate::model::{OfficeId, Timestamp, Trouble};
use crate::said;
use crate::store::Store;
use crate::timing::Calendar;
use chrono::NaiveDate;
use std::sync::atomic::{AtomicBool, AtomicI64};

/// Setting of databases that a simulation made: the seed of its entropy.
pub const SIMULATED: &str = "simulated.seed";

pub struct Context {
    pub config: Config,
    pub store: Store,
    pub clock: Clock,
    pub entropy: Entropy,
    pub calendar: Calendar,
    /// How letters leave, in the order in which that is tried.
    pub ways: Vec<Way>,
    pub signer: Option<Signer>,
    pub secrets: Secrets,
    /// How mail servers are attended to.
    pub mailboxes: Mailboxes,
    /// Verifies signatures of mails, where the configuration says whom to ask for keys.
    pub dkim: Option<Dkim>,
    /// Chains in hand.
    pub custodies: Custodies,
    /// What follows from the register, as it was last read.
    pub registers: Registers,
    /// Assignments whose replies were read, ready for the next.
    pub(super) sent_lately: SentLately,
    /// This daemon's name among others on the same database.
    pub owner: String,
    /// How long a turn may send before other work is looked at again, in milliseconds; none: to the end.
    pub sends_for: Option<i64>,
    /// A daemon does what may take long beside the turns, not in them.
    pub serving: AtomicBool,
    /// When it was last looked what a head has to see to, in milliseconds.
    pub looked_at: AtomicI64,
    /// Told to stop: letters in hand are finished, and no more are taken.
    pub stopping: AtomicBool,
    /// Simulations end: no window after this day is sealed.
    pub last_day: Option<NaiveDate>,
}

impl Context {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn office(&self, id: &OfficeId) -> Done<&Office> {
        self.config.office(id).ok_or_else(|| {
            Failure::from(Trouble::new(said!(
                "the office “{id}” is not in the configuration: add it there, or leave it out here",
                "配置中没有单位“{id}”：请在配置中补上，或在此处删去"
            )))
        })
    }
}

/// What signs letters, as configured.
pub fn signer(config: &Config) -> Done<Option<Signer>> {
    let Some(dkim) = &config.mail.dkim else { return Ok(None) };
    let signer = Signer::new(&dkim.key_file.read_key()?, &dkim.domain, &dkim.selector);
    Ok(Some(signer.map_err(|said| Trouble::new(said).in_file(dkim.key_file.path().display().to_string()))?))
}

/// Who verifies the signatures of mails, if anybody does.
fn dkim(config: &Config) -> Done<Option<Dkim>> {
    let resolver = match config.intake.dns {
        None => return Ok(None),
        Some(Dns::System) => Resolver::System,
        Some(Dns::At(server)) => Resolver::At(server),
    };
    match Dkim::new(resolver) {
        Ok(dkim) => Ok(Some(dkim)),
        // Where the mail server's word is enough, a machine without name servers is no trouble.
        Err(said) if config.intake.authserv_id.is_some() => {
            tracing::warn!(trouble = said.en, "signatures of mails are not verified");
            Ok(None)
        }
        Err(said) => Err(Trouble::new(said).in_field("intake.dns").into()),
    }
}

/// A name that no other process has: two containers may well have the same process number.
fn owner(entropy: &Entropy, config: &Config) -> Done<String> {
    let process = format!("{}@{}", std::process::id(), config.mail.host);
    let random = to_hex(&entropy.bytes("owner", &process)?);
    Ok(format!("{process}/{}", random.get(..16).unwrap_or_default()))
}

impl Context {
    /// Opens an installation for a command; a simulation as if it were another time.
    ///
    /// # Errors
    /// As [`Context::open`]; or a time that is none, or for a real installation.
    pub async fn at(config: Config, now: Option<&str>) -> Result<Context, Trouble> {
        let mut ctx = Context::open(config, Clock::System, Entropy::System).await.map_err(Failure::trouble)?;
        let mut tx = ctx.store.read().await.map_err(|e| Failure::from(e).trouble())?;
        let simulated = tx.setting(SIMULATED).await.map_err(|e| Failure::from(e).trouble())?;
        drop(tx);
        if let Some(seed) = &simulated {
            ctx.entropy = Entropy::seeded(seed.as_bytes());
        }
        if let Some(now) = now {
            let now = Timestamp::parse(now).ok_or_else(|| {
                Trouble::new(said!(
                    "--now takes a time such as 2026-03-12T07:30:00+08:00",
                    "--now应为2026-03-12T07:30:00+08:00这样的时间"
                ))
            })?;
            if simulated.is_none() {
                return Err(Trouble::new(said!(
                    "--now works only on a database of a simulation: a real one has the real time",
                    "--now只能用于模拟数据库：真实数据库使用真实时间"
                )));
            }
            ctx.clock = Clock::simulated(now);
        }
        Ok(ctx)
    }

    /// Opens everything that the configuration names.
    ///
    /// # Errors
    /// The database, calendar or secrets are not there or not readable.
    pub async fn open(config: Config, clock: Clock, entropy: Entropy) -> Done<Context> {
        let url = config.storage.connection()?;
        let store = Store::as_it_is(url.reveal()).await?;
        let before = Source { store: &store, config: &config, entropy: &entropy, now: clock.now() };
        super::backup::before_migration(&before).await?;
        store.migrate().await?;
        if let Some(trouble) = super::lexicons::troubles(&config).into_iter().next() {
            return Err(trouble.into());
        }
        if let Some(trouble) = super::instruments::troubles(&config).into_iter().next() {
            return Err(trouble.into());
        }
        let mut calendar = calendars::calendar(&config)?;
        calendars::name_regions(&mut calendar, &config, &store).await?;
        Ok(Context {
            calendar,
            ways: ways(&config)?,
            signer: signer(&config)?,
            secrets: Secrets::open(&config.keys.dir)?,
            dkim: dkim(&config)?,
            owner: owner(&entropy, &config)?,
            store,
            clock,
            entropy,
            last_day: None,
            mailboxes: Mailboxes::default(),
            sends_for: None,
            serving: AtomicBool::new(false),
            looked_at: AtomicI64::new(i64::MIN),
            stopping: AtomicBool::new(false),
            custodies: Custodies::default(),
            registers: Registers::default(),
            sent_lately: SentLately::default(),
            config,
        })
    }
}
