//! What is sent while it happens: devices that were heard, and answers to programs.

use super::{Result, Tx, day_text, parsed};
use crate::model::{Sha256, SourceId, Timestamp};
use chrono::NaiveDate;

statements! {
    HEAR = "INSERT INTO device (source, serial, heard_at, late_at, stamp) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (source, serial) DO UPDATE SET heard_at = excluded.heard_at,
            stamp = COALESCE(excluded.stamp, device.stamp), late_at = CASE WHEN excluded.late_at > device.late_at THEN excluded.late_at ELSE device.late_at END";
    HEARD = "SELECT serial, heard_at, late_at, stamp FROM device WHERE source = $1 ORDER BY serial";
    COVERED = "SELECT day FROM device_cover WHERE source = $1";
    COVER = "INSERT INTO device_cover (source, day) VALUES ($1, $2) ON CONFLICT (source) DO UPDATE SET day = excluded.day";
    ANSWERED = "SELECT body_sha, answer FROM api_answer WHERE token = $1 AND idempotency_key = $2";
    ANSWER = "INSERT INTO api_answer (token, idempotency_key, body_sha, answer, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (token, idempotency_key) DO UPDATE SET answer = excluded.answer WHERE api_answer.body_sha = excluded.body_sha";
    FORGET = "DELETE FROM api_answer WHERE at < $1";
}

/// A device of a source, as it was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub serial: String,
    pub at: Timestamp,
    /// When it last sent something of a day before; 0: never.
    pub late: Timestamp,
    /// Its own mark of what it has sent.
    pub stamp: Option<String>,
}

impl Tx {
    pub async fn hear_device(&mut self, source: &SourceId, device: &Heard) -> Result<()> {
        let Heard { serial, at, late, stamp } = device;
        execute!(self, HEAR, source.as_str(), serial.as_str(), at.0, late.0, stamp.as_deref());
        Ok(())
    }

    pub async fn devices_heard(&mut self, source: &SourceId) -> Result<Vec<Heard>> {
        let rows = fetch_all!(self, (String, i64, i64, Option<String>), HEARD, source.as_str());
        let heard = |(serial, at, late, stamp)| Heard { serial, at: Timestamp(at), late: Timestamp(late), stamp };
        Ok(rows.into_iter().map(heard).collect())
    }

    /// The last day that the devices of a source made whole.
    pub async fn devices_covered(&mut self, source: &SourceId) -> Result<Option<NaiveDate>> {
        let row = fetch_optional!(self, (String,), COVERED, source.as_str());
        row.map(|(day,)| parsed("device_cover", "day", source.as_str(), &day)).transpose()
    }

    pub async fn cover_by_devices(&mut self, source: &SourceId, day: NaiveDate) -> Result<()> {
        execute!(self, COVER, source.as_str(), day_text(Some(day)).unwrap_or_default());
        Ok(())
    }

    /// What a program was answered under a key, and to which body.
    pub async fn api_answer(&mut self, token: &str, key: &str) -> Result<Option<(Sha256, String)>> {
        let row = fetch_optional!(self, (String, String), ANSWERED, token, key);
        row.map(|(sha, answer)| Ok((parsed("api_answer", "body_sha", token, &sha)?, answer))).transpose()
    }

    /// What this request was answered last.
    pub async fn add_api_answer(
        &mut self,
        token: &str,
        key: &str,
        body: &Sha256,
        answer: &str,
        now: Timestamp,
    ) -> Result<()> {
        execute!(self, ANSWER, token, key, body.hex(), answer, now.0);
        Ok(())
    }

    /// Answers that nobody asks for again.
    pub async fn forget_api_answers(&mut self, before: Timestamp) -> Result<u64> {
        Ok(execute!(self, FORGET, before.0))
    }
}
