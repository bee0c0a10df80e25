//! The ways by which letters leave: a folder, or one mail server and perhaps a second.
//!
//! A server that cannot be reached, or that takes nothing from anybody, is a failure of the way and not of
//! its letters: they stay queued as they are, and the way is left alone for some minutes.

use super::{Context, Done};
use crate::config::{self, Config};
use crate::files;
use crate::letter::{Host, LetterKind};
use crate::mail::{FolderTransport, Login, SmtpSettings, SmtpTransport, Tls, Transport, trusting};
use crate::model::time::{DAY, MINUTE, SECOND};
use crate::model::{Timestamp, Trouble};
use crate::said;
use crate::store::{RelayRow, Tx};
use std::sync::Arc;
use std::time::Duration;

/// Between tries of a way that failed; the last one repeats, so that letters leave soon after it is back.
const PAUSES: [i64; 4] = [30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE];
/// How many letters are written into a folder side by side.
const WRITERS: usize = 4;
/// For each command; and for the answer to the final dot (RFC 5321, 4.5.3.2).
const PATIENCE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(600));
const A_DAY: i64 = DAY / MINUTE;
/// The last kind for which a part of the quota is kept: after it come receipts, reminders, lists.
const KEPT_FOR: LetterKind = LetterKind::Change;

#[derive(Debug)]
pub struct Way {
    /// Its section in the configuration.
    pub name: &'static str,
    pub transport: Arc<Transport>,
    /// Letters side by side.
    pub width: usize,
    pub caps: Caps,
}

/// What the provider allows, and how much of a day is for assignments and what changes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Caps {
    pub per_minute: Option<i64>,
    pub per_day: Option<i64>,
    pub for_assignments: i64,
}

/// How many letters a way may take now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    pub letters: i64,
    /// The last priority that may go.
    pub lowest: i64,
    /// Nothing goes before tomorrow, so another way may help out.
    pub day_is_over: bool,
}

impl Caps {
    /// `in_minute` and `in_day` letters have been carried.
    pub fn allow(&self, in_minute: i64, in_day: i64) -> Allowance {
        let minute = self.per_minute.map_or(i64::MAX, |cap| (cap - in_minute).max(0));
        let Some(per_day) = self.per_day else {
            return Allowance { letters: minute, lowest: i64::MAX, day_is_over: false };
        };
        let day = (per_day - in_day).max(0);
        let free = (day - self.for_assignments).max(0);
        // What is kept is touched by those alone for whom it is kept.
        let (day, lowest) = if free > 0 { (free, i64::MAX) } else { (day, KEPT_FOR as i64) };
        Allowance { letters: minute.min(day), lowest, day_is_over: free == 0 }
    }
}

impl Way {
    /// Whether it is to be tried now. Nobody leaves a way alone for a day, but a clock that was wrong.
    pub fn is_open(&self, relays: &[RelayRow], now: Timestamp) -> bool {
        let waits = |row: &RelayRow| (now.0 + 1..=now.plus(DAY).0).contains(&row.next_try_at);
        !relays.iter().any(|row| row.name == self.name && waits(row))
    }

    /// `in_hand` letters count as carried already.
    pub async fn allowance(&self, tx: &mut Tx, now: Timestamp, in_hand: i64) -> Done<Allowance> {
        let in_minute = if self.caps.per_minute.is_some() { tx.carried_in(self.name, now, 1).await? } else { 0 };
        let in_day = if self.caps.per_day.is_some() { tx.carried_in(self.name, now, A_DAY).await? } else { 0 };
        Ok(self.caps.allow(in_minute + in_hand, in_day + in_hand))
    }
}

/// Leaves a way alone for a while.
pub async fn pause(tx: &mut Tx, name: &str, now: Timestamp, trouble: &str) -> Done<()> {
    let failures = tx.relays().await?.into_iter().find(|row| row.name == name).map_or(0, |row| row.failures);
    let pause = usize::try_from(failures).ok().and_then(|n| PAUSES.get(n)).or(PAUSES.last()).copied();
    Ok(tx.relay_failed(name, now, now.plus(pause.unwrap_or(MINUTE)), trouble).await?)
}

/// All ways, in the order in which they are tried.
///
/// # Errors
/// A password or certificate that cannot be read; a setting that would send in the clear.
pub fn ways(config: &Config) -> Done<Vec<Way>> {
    let first = match &config.mail.transport {
        config::Transport::Folder(folder) => {
            let transport = Arc::new(Transport::Folder(FolderTransport::new(folder)));
            return Ok(vec![Way { name: "mail.folder", transport, width: WRITERS, caps: Caps::default() }]);
        }
        config::Transport::Smtp(smtp) => smtp,
    };
    let named = [("mail.smtp", Some(first)), ("mail.second", config.mail.second.as_ref())];
    named.into_iter().filter_map(|(name, smtp)| Some(by_smtp(config, name, smtp?))).collect()
}

fn by_smtp(config: &Config, name: &'static str, smtp: &config::Smtp) -> Done<Way> {
    let login = smtp.login.as_ref().map(|login| {
        let password = login.password.read()?.reveal().to_owned();
        Ok::<_, Trouble>(Login { user: login.user.clone(), password })
    });
    let encrypted = || {
        let own = smtp.ca_file.as_ref().map(|path| {
            files::read(path, files::SETTINGS).map_err(|trouble| trouble.in_field(format!("{name}.ca_file")))
        });
        trusting(own.transpose()?.as_deref()).map_err(|said| Trouble::new(said).in_field(format!("{name}.ca_file")))
    };
    let settings = SmtpSettings {
        host: smtp.host.clone(),
        port: smtp.port,
        tls: match smtp.security {
            config::Security::Implicit => Tls::Implicit(encrypted()?),
            config::Security::StartTls => Tls::StartTls(encrypted()?),
            config::Security::None => Tls::None,
        },
        login: login.transpose()?,
        hello: Host::parse(&config.mail.host)
            .ok_or_else(|| Trouble::new(said!("mail.host is no host name", "mail.host不是主机名")))?,
        patience: PATIENCE.0,
        final_patience: PATIENCE.1,
        connections: usize::try_from(smtp.connections).unwrap_or(1),
        letters_a_connection: smtp.letters_a_connection,
    };
    let caps = Caps {
        per_minute: smtp.per_minute.map(i64::from),
        per_day: smtp.per_day.map(i64::from),
        for_assignments: i64::from(smtp.per_day_for_assignments),
    };
    let width = settings.connections;
    let transport = SmtpTransport::new(settings).map_err(|said| Trouble::new(said).in_field(name))?;
    Ok(Way { name, transport: Arc::new(Transport::Smtp(Box::new(transport))), width, caps })
}

/// Ways that take no letters now, with since when and why.
pub async fn failing(ctx: &Context) -> Done<Vec<RelayRow>> {
    let known: Vec<&str> = ctx.ways.iter().map(|way| way.name).collect();
    let mut rows = ctx.store.read().await?.relays().await?;
    rows.retain(|row| known.contains(&row.name.as_str()));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_day_is_for_assignments_alone() {
        let caps = Caps { per_minute: Some(60), per_day: Some(100), for_assignments: 20 };
        let all = |letters, day_is_over| Allowance { letters, lowest: i64::MAX, day_is_over };
        assert_eq!(caps.allow(0, 0), all(60, false));
        assert_eq!(caps.allow(50, 75), all(5, false), "digests may take what is not kept");
        let kept = Allowance { letters: 20, lowest: LetterKind::Change as i64, day_is_over: true };
        assert_eq!(caps.allow(0, 80), kept);
        assert_eq!(caps.allow(60, 80).letters, 0);
        assert_eq!(caps.allow(0, 130).letters, 0, "a quota that was lowered");
        assert_eq!(Caps::default().allow(1000, 100_000), all(i64::MAX, false));
    }
}
