//! Mails that wait for a person, by the offices that they may concern.

use super::inbox::InboxRow;
use super::register::Ids;
use super::{Result, Tx};
use crate::model::Timestamp;

/// Of an assignment or an inspector of these offices.
macro_rules! concerning {
    ($among:ident) => {
        concat!(
            " FROM inbox i LEFT JOIN assignment a ON a.id = i.assignment LEFT JOIN inspector p ON p.id = i.inspector
            WHERE (CAST($1 AS TEXT) IS NULL OR ",
            $among!("a.office", "$1"),
            " OR ",
            $among!("p.office", "$1"),
            ")"
        )
    };
}

macro_rules! columns {
    () => {
        "SELECT i.id, i.source, i.authenticated, i.received_at, i.state, i.disposition, i.reason, i.assignment, i.inspector, i.message_id,
            i.content_sha, i.text_sha, i.recorded, i.dkim"
    };
}

statements! {
    WAITING = concat!(columns!(), concerning!(in_json), " AND i.state = 'quarantine' AND (i.received_at > $2 OR (i.received_at = $2 AND i.id > $3))
        ORDER BY i.received_at, i.id LIMIT $4"),
    postgres = concat!(columns!(), concerning!(in_jsonb), " AND i.state = 'quarantine' AND (i.received_at > $2 OR (i.received_at = $2 AND i.id > $3))
        ORDER BY i.received_at, i.id LIMIT $4");
    ONE = concat!(columns!(), concerning!(in_json), " AND i.id = $2"),
    postgres = concat!(columns!(), concerning!(in_jsonb), " AND i.id = $2");
    COUNT = concat!("SELECT COUNT(*), MIN(i.received_at)", concerning!(in_json), " AND i.state = 'quarantine'"),
    postgres = concat!("SELECT COUNT(*), MIN(i.received_at)", concerning!(in_jsonb), " AND i.state = 'quarantine'");
}

impl Tx {
    /// Longest waiting first, after the last one of the page before.
    pub async fn waiting_mails(
        &mut self,
        offices: Option<&Ids>,
        after: Option<(Timestamp, &str)>,
        most: i64,
    ) -> Result<Vec<InboxRow>> {
        let (at, id) = after.map_or((i64::MIN, ""), |(at, id)| (at.0, id));
        Ok(fetch_all!(self, InboxRow, WAITING, offices.map(Ids::json), at, id, most))
    }

    /// A mail in whatever state, if these offices may see it.
    pub async fn mail_of(&mut self, offices: Option<&Ids>, id: &str) -> Result<Option<InboxRow>> {
        Ok(fetch_optional!(self, InboxRow, ONE, offices.map(Ids::json), id))
    }

    /// How many wait, and since when.
    pub async fn count_waiting_mails(&mut self, offices: Option<&Ids>) -> Result<(i64, Option<Timestamp>)> {
        let row = fetch_optional!(self, (i64, Option<i64>), COUNT, offices.map(Ids::json)).unwrap_or_default();
        Ok((row.0, row.1.map(Timestamp)))
    }
}
