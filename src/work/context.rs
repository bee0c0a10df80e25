//! Everything that a use case may touch.

use super::{Done, Failure, Secrets};
use crate::clock::Clock;
use crate::config::{self, Config, Database, Office};
use crate::entropy::Entropy;
use crate::mail::Transport;
use crate::model::{OfficeId, Timestamp, Trouble};
use crate::said;
use crate::store::Store;
use crate::timing::Calendar;
use chrono::NaiveDate;

pub struct Context {
    pub config: Config,
    pub store: Store,
    pub clock: Clock,
    pub entropy: Entropy,
    pub calendar: Calendar,
    pub transport: Transport,
    pub secrets: Secrets,
    /// This daemon's name among others on the same database.
    pub owner: String,
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

/// The database's address with its password put in.
pub fn database_url(config: &Config) -> Done<String> {
    Ok(match &config.storage.database {
        Database::Sqlite(path) => format!("sqlite:{}", path.display()),
        Database::Postgres(url) => match &config.storage.password_file {
            None => url.clone(),
            Some(file) => with_password(url, file.read()?.reveal()),
        },
    })
}

fn with_password(url: &str, password: &str) -> String {
    let hex: String = password.bytes().map(|b| format!("%{b:02X}")).collect();
    match url.split_once('@') {
        Some((user, rest)) => format!("{user}:{hex}@{rest}"),
        None => url.to_owned(),
    }
}

/// The calendar that the configuration names, or the built-in one.
pub fn calendar(config: &Config) -> Done<Calendar> {
    let _ = config::DEFAULT;
    Ok(Calendar::built_in()?)
}
