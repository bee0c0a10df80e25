//! Ways out: which of them take no letters, and what each has carried.

use super::{Result, Tx};
use crate::model::Timestamp;
use crate::model::time::MINUTE;

statements! {
    RELAYS = "SELECT name, failures, since, next_try_at, trouble FROM relay ORDER BY name";
    FAILED = "INSERT INTO relay (name, failures, since, next_try_at, trouble) VALUES ($1, 1, $2, $3, $4)
        ON CONFLICT (name) DO UPDATE SET failures = relay.failures + 1, next_try_at = excluded.next_try_at, trouble = excluded.trouble";
    WORKS = "DELETE FROM relay WHERE name = $1";
    CARRIED = "INSERT INTO relay_use (name, minute, letters) VALUES ($1, $2, $3)
        ON CONFLICT (name, minute) DO UPDATE SET letters = relay_use.letters + excluded.letters";
    CARRIED_SINCE = "SELECT COALESCE(CAST(SUM(letters) AS BIGINT), 0) FROM relay_use WHERE name = $1 AND minute > $2";
    FORGET = "DELETE FROM relay_use WHERE minute <= $1";
}

/// A way out that takes no letters for now.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RelayRow {
    pub name: String,
    /// One after another.
    pub failures: i64,
    pub since: i64,
    pub next_try_at: i64,
    pub trouble: String,
}

impl Tx {
    /// Those that failed and have not worked since.
    pub async fn relays(&mut self) -> Result<Vec<RelayRow>> {
        Ok(fetch_all!(self, RelayRow, RELAYS))
    }

    pub async fn relay_failed(&mut self, name: &str, now: Timestamp, again: Timestamp, trouble: &str) -> Result<()> {
        execute!(self, FAILED, name, now.0, again.0, trouble);
        Ok(())
    }

    pub async fn relay_works(&mut self, name: &str) -> Result<()> {
        execute!(self, WORKS, name);
        Ok(())
    }

    pub async fn relay_carried(&mut self, name: &str, now: Timestamp, letters: i64) -> Result<()> {
        execute!(self, CARRIED, name, now.0.div_euclid(MINUTE), letters);
        Ok(())
    }

    /// How many letters a way took in the last so many minutes, the one that runs included.
    pub async fn carried_in(&mut self, name: &str, now: Timestamp, minutes: i64) -> Result<i64> {
        let since = now.0.div_euclid(MINUTE) - minutes;
        Ok(fetch_optional!(self, (i64,), CARRIED_SINCE, name, since).map_or(0, |(letters,)| letters))
    }

    /// Drops what no quota asks for any more.
    pub async fn forget_carried_before(&mut self, before: Timestamp) -> Result<()> {
        execute!(self, FORGET, before.0.div_euclid(MINUTE));
        Ok(())
    }
}
