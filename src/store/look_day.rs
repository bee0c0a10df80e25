//! What an office has to do today, in numbers.

use super::register::{Ids, stored_day};
use super::{Result, Tx};
use crate::model::{OfficeId, Timestamp};
use chrono::NaiveDate;
use std::collections::BTreeMap;

macro_rules! sent {
    ($among:ident) => {
        concat!("SELECT message_id, state, done_at FROM letter WHERE ", $among!("message_id", "$1"))
    };
}

statements! {
    SENT = sent!(in_json), postgres = sent!(in_jsonb);
    STUCK = "SELECT COUNT(*) FROM letter WHERE office = $1 AND created_at >= $2 AND state IN ('refused', 'ambiguous', 'held')";
    HELD = "SELECT COUNT(*) FROM import_batch WHERE office = $1 AND seen_at >= $2 AND complete = 0 AND source IS NOT NULL";
    OVERDUE = "SELECT COUNT(*), MIN(deadline) FROM finding WHERE office = $1 AND state = 'open' AND deadline < $2";
    VOIDS = "SELECT COUNT(*) FROM window_void WHERE office = $1 AND day = $2";
    DECIDES = "SELECT COUNT(*) FROM call_task WHERE state = 'office' AND office = $1";
}

/// Letters that did not arrive, and files that cover nothing, are told so long.
const TOLD: i64 = 14 * crate::model::time::DAY;

/// What waits for an office beside its flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Letters refused, held back, or perhaps not arrived.
    pub letters: i64,
    /// Files with far fewer rows than usual.
    pub files: i64,
    /// Findings whose day has passed.
    pub findings: i64,
    pub findings_since: Option<NaiveDate>,
    /// Windows of today that fell.
    pub voids: i64,
    /// Calls of which a person decides.
    pub calls: i64,
}

impl Tx {
    /// State of some letters, and when they were done.
    pub async fn letters_sent(&mut self, letters: &Ids) -> Result<BTreeMap<String, (String, Option<Timestamp>)>> {
        let rows = fetch_among!(self, letters, (String, String, Option<i64>), SENT);
        Ok(rows.into_iter().map(|(id, state, done)| (id, (state, done.map(Timestamp)))).collect())
    }

    pub async fn waiting_of(&mut self, office: &OfficeId, today: NaiveDate, now: Timestamp) -> Result<Waiting> {
        let (id, since) = (office.as_str(), now.minus(TOLD).0);
        let letters = fetch_optional!(self, (i64,), STUCK, id, since).map_or(0, |(n,)| n);
        let files = fetch_optional!(self, (i64,), HELD, id, since).map_or(0, |(n,)| n);
        let (findings, oldest) =
            fetch_optional!(self, (i64, Option<String>), OVERDUE, id, stored_day(today)).unwrap_or_default();
        let voids = fetch_optional!(self, (i64,), VOIDS, id, stored_day(today)).map_or(0, |(n,)| n);
        let calls = fetch_optional!(self, (i64,), DECIDES, id).map_or(0, |(n,)| n);
        let findings_since = super::parsed_day("finding", "deadline", id, oldest.as_deref())?;
        Ok(Waiting { letters, files, findings, findings_since, voids, calls })
    }
}
