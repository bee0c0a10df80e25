//! Imports as they are kept: what each covers, how much of each day it brought, what people said about it.

use super::bulk::{self, Cell};
use super::{Result, Tx, day_text, parsed};
use crate::model::record::Batch;
use crate::model::{Sha256, SourceId, Timestamp};
use chrono::NaiveDate;

statements! {
    BATCHES_OF_FILE = "SELECT id, office, kind, source, file_name, file_sha, seen_at, covers_from, covers_to, complete, rows_read, rows_new,
        rows_known, rows_rejected, layout FROM import_batch WHERE kind = $1 AND file_sha = $2 AND COALESCE(source, '') = $3 ORDER BY seen_at DESC, id";
    BATCHES = "SELECT id, office, kind, source, file_name, file_sha, seen_at, covers_from, covers_to, complete, rows_read, rows_new,
        rows_known, rows_rejected, layout FROM import_batch WHERE source IS NOT NULL ORDER BY seen_at, id";
    COVERING = "SELECT id, source, seen_at, covers_from, covers_to, complete FROM import_batch
        WHERE source IS NOT NULL AND covers_from IS NOT NULL AND covers_to IS NOT NULL ORDER BY seen_at, id";
    NEWEST = "SELECT COUNT(*), COALESCE(MAX(seen_at), 0), CAST(COALESCE(SUM(complete), 0) AS BIGINT) FROM import_batch WHERE source IS NOT NULL";
    ADD_BATCH = "INSERT INTO import_batch (id, office, kind, source, file_name, file_sha, seen_at, covers_from, covers_to, complete,
        rows_read, rows_new, rows_known, rows_rejected, layout) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    SET_COMPLETE = "UPDATE import_batch SET complete = $2 WHERE id = $1";
    USUAL = "SELECT d.day, MAX(d.records) FROM batch_day d JOIN import_batch b ON b.id = d.batch
        WHERE b.source = $1 AND b.complete = 1 AND b.covers_from IS NOT NULL AND d.day < $2 GROUP BY d.day ORDER BY d.day DESC LIMIT $3";
    PUSHED = "SELECT d.day, CAST(SUM(d.records) AS BIGINT) FROM batch_day d JOIN import_batch b ON b.id = d.batch
        WHERE b.source = $1 AND b.covers_from IS NULL AND d.day BETWEEN $2 AND $3 GROUP BY d.day ORDER BY d.day";
    ONE_AT_A_TIME = "SELECT COUNT(*) FROM import_batch WHERE source = $1",
        postgres = "SELECT COUNT(*) FROM (SELECT pg_advisory_xact_lock(hashtext('source/' || $1))) AS held";
    NEXT_STEP = "SELECT COALESCE(MAX(seq), 0) + 1 FROM batch_step WHERE batch = $1";
    ADD_STEP = "INSERT INTO batch_step (batch, seq, step, actor, reason, at) VALUES ($1, $2, $3, $4, $5, $6)";
    STEPS = "SELECT step, actor, reason, at FROM batch_step WHERE batch = $1 ORDER BY seq";
}

/// One import as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BatchRow {
    pub id: String,
    pub office: Option<String>,
    pub kind: String,
    pub source: Option<String>,
    pub file_name: String,
    pub file_sha: String,
    pub seen_at: i64,
    pub covers_from: Option<String>,
    pub covers_to: Option<String>,
    pub complete: i64,
    pub rows_read: i64,
    pub rows_new: i64,
    pub rows_known: i64,
    pub rows_rejected: i64,
    /// The template or the mapping, with its version, that it was read by.
    pub layout: Option<String>,
}

/// What was decided about a batch, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BatchStep {
    /// held, complete, replaced
    pub step: String,
    pub actor: String,
    pub reason: String,
    pub at: i64,
}

impl BatchRow {
    /// As the verdict needs it; `None` for an import that brought no attendance data or covers nothing.
    pub fn batch(&self) -> Result<Option<Batch>> {
        let (Some(source), Some(from), Some(to)) = (&self.source, &self.covers_from, &self.covers_to) else {
            return Ok(None);
        };
        batch(self.id.clone(), source, self.seen_at, [from.as_str(), to.as_str()], self.complete).map(Some)
    }
}

fn batch(id: String, source: &str, seen: i64, [from, to]: [&str; 2], complete: i64) -> Result<Batch> {
    Ok(Batch {
        source: parsed("import_batch", "source", &id, source)?,
        seen: Timestamp(seen),
        covers_from: parsed("import_batch", "covers_from", &id, from)?,
        covers_to: parsed("import_batch", "covers_to", &id, to)?,
        complete: complete != 0,
        id,
    })
}

impl Tx {
    /// The imports that brought this very file for this source, the newest first.
    pub async fn batches_of_file(
        &mut self,
        kind: &str,
        file: &Sha256,
        source: Option<&SourceId>,
    ) -> Result<Vec<BatchRow>> {
        let source = source.map_or("", SourceId::as_str);
        Ok(fetch_all!(self, BatchRow, BATCHES_OF_FILE, kind, file.hex(), source))
    }

    /// Waits until no other transaction imports for this source: two at once would not see each other's records.
    /// SQLite has one writer anyway.
    pub async fn one_import_at_a_time(&mut self, source: &SourceId) -> Result<()> {
        fetch_all!(self, (i64,), ONE_AT_A_TIME, source.as_str());
        Ok(())
    }

    /// Every import of attendance data, oldest first.
    pub async fn batches(&mut self) -> Result<Vec<BatchRow>> {
        Ok(fetch_all!(self, BatchRow, BATCHES))
    }

    /// Every import of attendance data that covers days, oldest first, as verdicts need it: a year has thousands.
    pub async fn covering_batches(&mut self) -> Result<Vec<Batch>> {
        fetch_all!(self, (String, String, i64, String, String, i64), COVERING)
            .into_iter()
            .map(|(id, source, seen, from, to, complete)| {
                batch(id, &source, seen, [from.as_str(), to.as_str()], complete)
            })
            .collect()
    }

    /// Changes whenever an import of attendance data comes, or is declared complete.
    pub async fn newest_batches(&mut self) -> Result<String> {
        let mark = fetch_optional!(self, (i64, i64, i64), NEWEST).unwrap_or_default();
        Ok(format!("{}/{}/{}", mark.0, mark.1, mark.2))
    }

    pub async fn add_batch(&mut self, b: &BatchRow) -> Result<()> {
        execute!(
            self,
            ADD_BATCH,
            b.id.as_str(),
            b.office.as_deref(),
            b.kind.as_str(),
            b.source.as_deref(),
            b.file_name.as_str(),
            b.file_sha.as_str(),
            b.seen_at,
            b.covers_from.as_deref(),
            b.covers_to.as_deref(),
            b.complete,
            b.rows_read,
            b.rows_new,
            b.rows_known,
            b.rows_rejected,
            b.layout.as_deref()
        );
        Ok(())
    }

    /// Keeps how many records a batch has of each day.
    pub async fn add_batch_days(&mut self, batch: &str, days: &[(NaiveDate, u64)]) -> Result<()> {
        let rows: Vec<[Cell; 3]> = days
            .iter()
            .map(|(day, records)| {
                let day = day_text(Some(*day)).unwrap_or_default();
                [batch.into(), day.into(), i64::try_from(*records).unwrap_or(i64::MAX).into()]
            })
            .collect();
        bulk::insert(self, "INSERT INTO batch_day (batch, day, records) ", &rows, "").await?;
        Ok(())
    }

    /// How many records complete batches of a source had of each of the last days before `day`, the newest first.
    pub async fn usual_days(&mut self, source: &SourceId, day: NaiveDate, most: i64) -> Result<Vec<(NaiveDate, u64)>> {
        let before = day_text(Some(day)).unwrap_or_default();
        fetch_all!(self, (String, i64), USUAL, source.as_str(), before, most)
            .into_iter()
            .map(|(day, records)| {
                Ok((parsed("batch_day", "day", source.as_str(), &day)?, u64::try_from(records).unwrap_or(0)))
            })
            .collect()
    }

    /// How many records came of each day in batches that cover nothing.
    pub async fn pushed_days(
        &mut self,
        source: &SourceId,
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Vec<(NaiveDate, u64)>> {
        let text = |day| day_text(Some(day)).unwrap_or_default();
        fetch_all!(self, (String, i64), PUSHED, source.as_str(), text(from), text(to))
            .into_iter()
            .map(|(day, records)| {
                Ok((parsed("batch_day", "day", source.as_str(), &day)?, u64::try_from(records).unwrap_or(0)))
            })
            .collect()
    }

    /// Whether a batch speaks of what is missing in it.
    pub async fn set_complete(&mut self, id: &str, complete: bool) -> Result<()> {
        super::touched("set_complete", execute!(self, SET_COMPLETE, id, i64::from(complete)), 1)
    }

    /// Journals what was decided about a batch.
    pub async fn add_batch_step(
        &mut self,
        batch: &str,
        step: &str,
        actor: &str,
        reason: &str,
        at: Timestamp,
    ) -> Result<()> {
        let seq = fetch_optional!(self, (i64,), NEXT_STEP, batch).map_or(1, |(seq,)| seq);
        execute!(self, ADD_STEP, batch, seq, step, actor, reason, at.0);
        Ok(())
    }

    pub async fn batch_steps(&mut self, batch: &str) -> Result<Vec<BatchStep>> {
        Ok(fetch_all!(self, BatchStep, STEPS, batch))
    }
}
