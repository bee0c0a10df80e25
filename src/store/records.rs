//! Batches of attendance and leave data, punches and papers: append-only, with what was known when.

use super::bulk::{self, Cell, Counted};
use super::{Result, StoreError, Tx, parsed, parsed_day};
use crate::model::record::{
    Batch, Direction, Filed, FiledBy, Origin, Paper, PaperKind, PaperStatus, Punch, Record, What,
};
use crate::model::{OfficialId, Sha256, SourceId, Timestamp};

statements! {
    BATCH_BY_FILE = "SELECT id, office, kind, source, file_name, file_sha, seen_at, covers_from, covers_to, complete, rows_read, rows_new,
        rows_known, rows_rejected FROM import_batch WHERE kind = $1 AND file_sha = $2 AND COALESCE(source, '') = $3";
    BATCHES = "SELECT id, office, kind, source, file_name, file_sha, seen_at, covers_from, covers_to, complete, rows_read, rows_new,
        rows_known, rows_rejected FROM import_batch WHERE source IS NOT NULL ORDER BY seen_at, id";
    ADD_BATCH = "INSERT INTO import_batch (id, office, kind, source, file_name, file_sha, seen_at, covers_from, covers_to, complete,
        rows_read, rows_new, rows_known, rows_rejected) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    COMPLETE_BATCH = "UPDATE import_batch SET complete = 1 WHERE id = $1";
    PUNCHES_OF = "SELECT official, source, at, direction, origin, in_range, device, filed_at, filed_by, first_batch, last_batch, file_row
        FROM punch WHERE official = $1 AND at BETWEEN $2 AND $3 ORDER BY source, key";
    PUNCHES_BETWEEN = "SELECT official, source, at, direction, origin, in_range, device, filed_at, filed_by, first_batch, last_batch, file_row
        FROM punch WHERE source = $1 AND at BETWEEN $2 AND $3 ORDER BY official, key";
    PAPERS_OF = "SELECT official, source, key, version, kind, from_at, to_at, status, approved_at, cancelled_at, sick, label, filed_at, filed_by,
        first_batch, last_batch, file_row FROM paper WHERE official = $1 ORDER BY source, key, version";
    LATEST_PAPER = "SELECT official, source, key, version, kind, from_at, to_at, status, approved_at, cancelled_at, sick, label, filed_at, filed_by,
        first_batch, last_batch, file_row FROM paper WHERE official = $1 AND source = $2 AND key = $3 ORDER BY version DESC LIMIT 1";
    ADD_PAPER = "INSERT INTO paper (official, source, key, version, kind, from_at, to_at, status, approved_at, cancelled_at, sick, label,
        filed_at, filed_by, first_batch, last_batch, file_row)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    SEEN_AGAIN = "UPDATE paper SET last_batch = $5 WHERE official = $1 AND source = $2 AND key = $3 AND version = $4";
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
}

/// A record to be kept, with the key under which the same record is known again.
#[derive(Debug, Clone)]
pub struct NewRecord {
    pub key: String,
    pub record: Record,
}

#[derive(sqlx::FromRow)]
struct PunchRow {
    official: String,
    source: String,
    at: i64,
    direction: String,
    origin: String,
    in_range: Option<i64>,
    device: Option<String>,
    filed_at: Option<i64>,
    filed_by: String,
    first_batch: String,
    last_batch: String,
    file_row: i64,
}

#[derive(sqlx::FromRow)]
struct PaperRow {
    official: String,
    source: String,
    key: String,
    version: i64,
    kind: String,
    from_at: i64,
    to_at: i64,
    status: Option<String>,
    approved_at: Option<i64>,
    cancelled_at: Option<i64>,
    sick: i64,
    label: String,
    filed_at: Option<i64>,
    filed_by: String,
    first_batch: String,
    last_batch: String,
    file_row: i64,
}

/// The word stored for a rota row among the papers.
const ROTA: &str = "rota";

fn word<T>(
    table: &'static str,
    column: &'static str,
    id: &str,
    text: &str,
    parse: impl Fn(&str) -> std::result::Result<T, crate::model::Said>,
) -> Result<T> {
    parse(text).map_err(|_| StoreError::Inconsistent { table, column, id: id.to_owned(), found: text.to_owned() })
}

fn row_number(row: i64) -> u64 {
    u64::try_from(row).unwrap_or(0)
}

impl PunchRow {
    fn record(self) -> Result<Record> {
        let id = self.official;
        Ok(Record {
            source: parsed("punch", "source", &id, &self.source)?,
            filed: Filed {
                at: self.filed_at.map(Timestamp),
                by: word("punch", "filed_by", &id, &self.filed_by, FiledBy::parse)?,
            },
            what: What::Punch(Punch {
                at: Timestamp(self.at),
                direction: word("punch", "direction", &id, &self.direction, Direction::parse)?,
                origin: word("punch", "origin", &id, &self.origin, Origin::parse)?,
                in_range: self.in_range.map(|b| b != 0),
                device: self.device,
            }),
            official: parsed("punch", "official", &id, &id)?,
            first_batch: self.first_batch,
            last_batch: self.last_batch,
            row: row_number(self.file_row),
        })
    }
}

impl PaperRow {
    fn record(self) -> Result<Record> {
        let id = self.official;
        let (from, to) = (Timestamp(self.from_at), Timestamp(self.to_at));
        let what = if self.kind == ROTA {
            What::Rota { from, to }
        } else {
            What::Paper(Paper {
                kind: word("paper", "kind", &id, &self.kind, PaperKind::parse)?,
                from,
                to,
                status: self.status.map(|s| word("paper", "status", &id, &s, PaperStatus::parse)).transpose()?,
                approved_at: self.approved_at.map(Timestamp),
                cancelled_at: self.cancelled_at.map(Timestamp),
                sick: self.sick != 0,
                label: self.label,
            })
        };
        Ok(Record {
            source: parsed("paper", "source", &id, &self.source)?,
            filed: Filed {
                at: self.filed_at.map(Timestamp),
                by: word("paper", "filed_by", &id, &self.filed_by, FiledBy::parse)?,
            },
            what,
            official: parsed("paper", "official", &id, &id)?,
            first_batch: self.first_batch,
            last_batch: self.last_batch,
            row: row_number(self.file_row),
        })
    }
}

impl BatchRow {
    /// As the verdict needs it; `None` for an import that brought no attendance data or covers nothing.
    pub fn batch(&self) -> Result<Option<Batch>> {
        let Some(source) = &self.source else { return Ok(None) };
        let from = parsed_day("import_batch", "covers_from", &self.id, self.covers_from.as_deref())?;
        let to = parsed_day("import_batch", "covers_to", &self.id, self.covers_to.as_deref())?;
        let (Some(covers_from), Some(covers_to)) = (from, to) else { return Ok(None) };
        Ok(Some(Batch {
            id: self.id.clone(),
            source: parsed("import_batch", "source", &self.id, source)?,
            seen: Timestamp(self.seen_at),
            covers_from,
            covers_to,
            complete: self.complete != 0,
        }))
    }
}

impl Tx {
    /// The import that brought this very file for this source; `None` if it is new.
    pub async fn batch_of_file(
        &mut self,
        kind: &str,
        file: &Sha256,
        source: Option<&SourceId>,
    ) -> Result<Option<BatchRow>> {
        let source = source.map_or("", SourceId::as_str);
        Ok(fetch_optional!(self, BatchRow, BATCH_BY_FILE, kind, file.hex(), source))
    }

    /// Every import of attendance data, oldest first.
    pub async fn batches(&mut self) -> Result<Vec<BatchRow>> {
        Ok(fetch_all!(self, BatchRow, BATCHES))
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
            b.rows_rejected
        );
        Ok(())
    }

    /// A person says that a batch with few rows is complete all the same.
    pub async fn complete_batch(&mut self, id: &str) -> Result<bool> {
        Ok(execute!(self, COMPLETE_BATCH, id) == 1)
    }

    /// Keeps punches that are not known yet. `touched` counts the new ones.
    pub async fn add_punches(&mut self, records: &[NewRecord]) -> Result<Counted> {
        let rows: Vec<[Cell; 13]> = records
            .iter()
            .filter_map(|NewRecord { key, record }| {
                let What::Punch(punch) = &record.what else { return None };
                Some([
                    record.official.as_str().into(),
                    record.source.as_str().into(),
                    key.as_str().into(),
                    punch.at.0.into(),
                    punch.direction.code().into(),
                    punch.origin.code().into(),
                    punch.in_range.map(i64::from).into(),
                    punch.device.clone().into(),
                    record.filed.at.map(|t| t.0).into(),
                    record.filed.by.code().into(),
                    record.first_batch.as_str().into(),
                    record.last_batch.as_str().into(),
                    i64::try_from(record.row).unwrap_or(i64::MAX).into(),
                ])
            })
            .collect();
        bulk::insert(
            self,
            "INSERT INTO punch (official, source, key, at, direction, origin, in_range, device, filed_at, filed_by, first_batch, last_batch, file_row) ",
            &rows,
            " ON CONFLICT (official, source, key) DO NOTHING",
        )
        .await
    }

    /// Keeps a paper or rota row: new, a new version of one that changed, or known already (`false`).
    pub async fn add_paper(&mut self, new: &NewRecord) -> Result<bool> {
        let record = &new.record;
        let known = fetch_optional!(
            self,
            PaperRow,
            LATEST_PAPER,
            record.official.as_str(),
            record.source.as_str(),
            new.key.as_str()
        );
        let version = match known {
            Some(row) => {
                let version = row.version;
                let before = row.record()?;
                if before.what == record.what && before.filed == record.filed {
                    execute!(
                        self,
                        SEEN_AGAIN,
                        record.official.as_str(),
                        record.source.as_str(),
                        new.key.as_str(),
                        version,
                        record.last_batch.as_str()
                    );
                    return Ok(false);
                }
                version + 1
            }
            None => 1,
        };
        let (kind, from, to, paper) = match &record.what {
            What::Paper(paper) => (paper.kind.code(), paper.from, paper.to, Some(paper)),
            What::Rota { from, to } => (ROTA, *from, *to, None),
            What::Punch(_) => return Ok(false),
        };
        execute!(
            self,
            ADD_PAPER,
            record.official.as_str(),
            record.source.as_str(),
            new.key.as_str(),
            version,
            kind,
            from.0,
            to.0,
            paper.and_then(|p| p.status).map(PaperStatus::code),
            paper.and_then(|p| p.approved_at).map(|t| t.0),
            paper.and_then(|p| p.cancelled_at).map(|t| t.0),
            i64::from(paper.is_some_and(|p| p.sick)),
            paper.map_or("", |p| p.label.as_str()),
            record.filed.at.map(|t| t.0),
            record.filed.by.code(),
            record.first_batch.as_str(),
            record.last_batch.as_str(),
            i64::try_from(record.row).unwrap_or(i64::MAX)
        );
        Ok(true)
    }

    pub async fn punches_of(&mut self, official: &OfficialId, from: Timestamp, to: Timestamp) -> Result<Vec<Record>> {
        fetch_all!(self, PunchRow, PUNCHES_OF, official.as_str(), from.0, to.0)
            .into_iter()
            .map(PunchRow::record)
            .collect()
    }

    /// Every official's punches of one source in a span: to tell a late upload from a late correction.
    pub async fn punches_between(&mut self, source: &SourceId, from: Timestamp, to: Timestamp) -> Result<Vec<Record>> {
        fetch_all!(self, PunchRow, PUNCHES_BETWEEN, source.as_str(), from.0, to.0)
            .into_iter()
            .map(PunchRow::record)
            .collect()
    }

    /// Papers and rota rows of an official with their keys: all versions, oldest first within a key.
    pub async fn papers_of(&mut self, official: &OfficialId) -> Result<Vec<(String, Record)>> {
        fetch_all!(self, PaperRow, PAPERS_OF, official.as_str())
            .into_iter()
            .map(|row| Ok((row.key.clone(), row.record()?)))
            .collect()
    }
}
