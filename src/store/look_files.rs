//! Imports as a list shows them: the newest first, a page at a time.

use super::batches::BatchRow;
use super::register::Ids;
use super::{Result, Tx, parsed_day};
use crate::model::Timestamp;
use chrono::NaiveDate;
use std::collections::BTreeMap;

macro_rules! page {
    ($offices:expr) => {
        concat!(
            "SELECT id, office, kind, source, file_name, file_sha, seen_at, covers_from, covers_to, complete, rows_read, rows_new, rows_known,
            rows_rejected, layout FROM import_batch WHERE ", $offices, " AND (seen_at < $2 OR (seen_at = $2 AND id < $3)) ORDER BY seen_at DESC, id DESC LIMIT $4"
        )
    };
}

macro_rules! batches {
    ($among:ident) => {
        concat!(
            "SELECT id, office, kind, source, file_name, file_sha, seen_at, covers_from, covers_to, complete, rows_read, rows_new, rows_known,
            rows_rejected, layout FROM import_batch WHERE ", $among!("id", "$1"), " ORDER BY seen_at, id"
        )
    };
}

macro_rules! covered {
    ($among:ident) => {
        concat!(
            "SELECT source, MAX(covers_to), MAX(seen_at) FROM import_batch WHERE complete = 1 AND ",
            $among!("source", "$1"),
            " GROUP BY source"
        )
    };
}

statements! {
    PAGE = page!(in_json!("office", "$1")), postgres = page!(in_jsonb!("office", "$1"));
    PAGE_OF_ALL = page!("CAST($1 AS TEXT) IS NULL");
    AMONG = batches!(in_json), postgres = batches!(in_jsonb);
    COVERED = covered!(in_json), postgres = covered!(in_jsonb);
}

impl Tx {
    /// Imports before the last one of the page before, the newest first.
    pub async fn look_imports(
        &mut self,
        offices: Option<&Ids>,
        before: Option<(Timestamp, &str)>,
        most: i64,
    ) -> Result<Vec<BatchRow>> {
        let (at, id) = before.map_or((i64::MAX, ""), |(at, id)| (at.0, id));
        let sql = if offices.is_some() { PAGE } else { PAGE_OF_ALL };
        Ok(fetch_all!(self, BatchRow, sql, offices.map(Ids::json), at, id, most))
    }

    pub async fn batches_among(&mut self, ids: &Ids) -> Result<Vec<BatchRow>> {
        Ok(fetch_among!(self, ids, BatchRow, AMONG))
    }

    /// Up to which day complete files of some sources speak, and when the last of them was seen.
    pub async fn covered_until(
        &mut self,
        sources: &Ids,
    ) -> Result<BTreeMap<String, (Option<NaiveDate>, Option<Timestamp>)>> {
        let rows = fetch_among!(self, sources, (String, Option<String>, Option<i64>), COVERED);
        rows.into_iter()
            .map(|(source, day, seen)| {
                let day = parsed_day("import_batch", "covers_to", &source, day.as_deref())?;
                Ok((source, (day, seen.map(Timestamp))))
            })
            .collect()
    }
}
