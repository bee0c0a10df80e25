//! Leave, trips, training, meetings, errands, rota rows and notes: every version that a file brought.

use super::bulk::{self, Cell, Counted};
use super::records::{NewRecord, row_number, word};
use super::register::Ids;
use super::{Result, Tx, parsed};
use crate::model::record::{Filed, FiledBy, Note, NoteKind, Paper, PaperKind, PaperStatus, Record, SourceKind, What};
use crate::model::{OfficialId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

statements! {
    PAPERS_OF = "SELECT official, source, key, version, kind, from_at, to_at, status, approved_at, cancelled_at, sick, label, filed_at, filed_by,
        first_batch, last_batch, file_row FROM paper WHERE official IN (SELECT value FROM json_each($1))
        AND kind NOT IN ('work_log', 'health_check', 'insurance', 'allowance') ORDER BY official, source, key, version",
    postgres = "SELECT official, source, key, version, kind, from_at, to_at, status, approved_at, cancelled_at, sick, label, filed_at, filed_by,
        first_batch, last_batch, file_row FROM paper WHERE official = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))
        AND kind NOT IN ('work_log', 'health_check', 'insurance', 'allowance') ORDER BY official, source, key, version";
    HELD = "SELECT official, from_at, to_at FROM paper p WHERE kind = $1 AND to_at >= $2 AND from_at < $3 AND source IN (SELECT value FROM json_each($4))
        AND kind IN ('work_log', 'health_check', 'insurance', 'allowance', 'training', 'meeting') AND COALESCE(status, 'approved') = 'approved'
        AND version = (SELECT MAX(version) FROM paper q WHERE q.official = p.official AND q.source = p.source AND q.key = p.key)
        ORDER BY official, from_at, to_at",
    postgres = "SELECT official, from_at, to_at FROM paper p WHERE kind = $1 AND to_at >= $2 AND from_at < $3
        AND source = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($4 AS JSONB))))
        AND kind IN ('work_log', 'health_check', 'insurance', 'allowance', 'training', 'meeting') AND COALESCE(status, 'approved') = 'approved'
        AND version = (SELECT MAX(version) FROM paper q WHERE q.official = p.official AND q.source = p.source AND q.key = p.key)
        ORDER BY official, from_at, to_at";
}

/// Every version of the papers that a list of keys names.
const KNOWN: &str = "SELECT official, source, key, version, kind, from_at, to_at, status, approved_at, cancelled_at, sick, label, filed_at,
    filed_by, first_batch, last_batch, file_row FROM paper WHERE (official, source, key) IN (";

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

impl PaperRow {
    fn record(self) -> Result<Record> {
        let id = self.official;
        let (from, to) = (Timestamp(self.from_at), Timestamp(self.to_at));
        let what = if self.kind == ROTA {
            What::Rota { from, to }
        } else if let Ok(kind) = NoteKind::parse(&self.kind) {
            What::Note(Note { kind, from, to, label: self.label })
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

type Key = (String, String, String);

fn key_of(new: &NewRecord) -> Key {
    let record = &new.record;
    (record.official.to_string(), record.source.to_string(), new.key.clone())
}

impl Tx {
    /// Keeps papers and rota rows: new ones, and new versions of those that changed. `touched` counts both; the
    /// others were known, and their batch is noted.
    pub async fn add_papers(&mut self, records: &[NewRecord]) -> Result<Counted> {
        let keys: BTreeSet<Key> = records.iter().map(key_of).collect();
        let keys: Vec<[Cell; 3]> =
            keys.into_iter().map(|(official, source, key)| [official.into(), source.into(), key.into()]).collect();
        let mut latest: BTreeMap<Key, (i64, Record)> = BTreeMap::new();
        for row in bulk::select::<PaperRow, 3>(self, KNOWN, &keys, ")").await? {
            let (key, version) = ((row.official.clone(), row.source.clone(), row.key.clone()), row.version);
            if latest.get(&key).is_none_or(|(known, _)| *known < version) {
                latest.insert(key, (version, row.record()?));
            }
        }
        let (mut new, mut seen) = (Vec::new(), BTreeMap::new());
        for record in records {
            let key = key_of(record);
            let version = match latest.get(&key) {
                Some((version, before)) if before.what == record.record.what && before.filed == record.record.filed => {
                    seen.insert((key, *version), record.record.last_batch.clone());
                    continue;
                }
                Some((version, _)) => version + 1,
                None => 1,
            };
            if let Some(row) = row(record, version) {
                new.push(row);
                latest.insert(key, (version, record.record.clone()));
            }
        }
        let head = "INSERT INTO paper (official, source, key, version, kind, from_at, to_at, status, approved_at, cancelled_at, sick, label, \
                    filed_at, filed_by, first_batch, last_batch, file_row) ";
        let counted = bulk::insert(self, head, &new, "").await?;
        self.seen_again(seen).await?;
        Ok(Counted { given: records.len() as u64, touched: counted.touched })
    }

    /// Notes the last batch that had a version.
    async fn seen_again(&mut self, seen: BTreeMap<(Key, i64), String>) -> Result<()> {
        let rows: Vec<[Cell; 17]> = seen
            .into_iter()
            .map(|(((official, source, key), version), batch)| {
                let blank = || Cell::from("");
                let zero = || Cell::from(0);
                [
                    official.into(),
                    source.into(),
                    key.into(),
                    version.into(),
                    blank(),
                    zero(),
                    zero(),
                    blank(),
                    zero(),
                    zero(),
                    zero(),
                    blank(),
                    zero(),
                    blank(),
                    batch.as_str().into(),
                    batch.into(),
                    zero(),
                ]
            })
            .collect();
        // The row is there: of what is offered only the batch is taken.
        let head = "INSERT INTO paper (official, source, key, version, kind, from_at, to_at, status, approved_at, cancelled_at, sick, label, \
                    filed_at, filed_by, first_batch, last_batch, file_row) ";
        let tail = " ON CONFLICT (official, source, key, version) DO UPDATE SET last_batch = excluded.last_batch";
        bulk::insert(self, head, &rows, tail).await?;
        Ok(())
    }

    /// What officials have of a kind, from these sources, in `[from, to)`: whose, from when to when; what was taken back is left out.
    pub async fn held(
        &mut self,
        kind: SourceKind,
        sources: &Ids,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(OfficialId, Timestamp, Timestamp)>> {
        fetch_all!(self, (String, i64, i64), HELD, kind.code(), from.0, to.0, sources.json())
            .into_iter()
            .map(|(official, from, to)| {
                Ok((parsed("paper", "official", &official, &official)?, Timestamp(from), Timestamp(to)))
            })
            .collect()
    }

    /// Papers and rota rows of officials with their keys: all versions, oldest first within a key.
    pub async fn papers_of(&mut self, officials: &Ids) -> Result<Vec<(String, Record)>> {
        fetch_among!(self, officials, PaperRow, PAPERS_OF)
            .into_iter()
            .map(|row| Ok((row.key.clone(), row.record()?)))
            .collect()
    }
}

/// A version as it is stored; `None` for what is no paper.
fn row(new: &NewRecord, version: i64) -> Option<[Cell; 17]> {
    let record = &new.record;
    let (kind, from, to, paper, label) = match &record.what {
        What::Paper(paper) => (paper.kind.code(), paper.from, paper.to, Some(paper), paper.label.as_str()),
        What::Rota { from, to } => (ROTA, *from, *to, None, ""),
        What::Note(note) => (note.kind.code(), note.from, note.to, None, note.label.as_str()),
        What::Punch(_) => return None,
    };
    Some([
        record.official.as_str().into(),
        record.source.as_str().into(),
        new.key.as_str().into(),
        version.into(),
        kind.into(),
        from.0.into(),
        to.0.into(),
        paper.and_then(|p| p.status).map(|s| s.code().to_owned()).into(),
        paper.and_then(|p| p.approved_at).map(|t| t.0).into(),
        paper.and_then(|p| p.cancelled_at).map(|t| t.0).into(),
        i64::from(paper.is_some_and(|p| p.sick)).into(),
        label.into(),
        record.filed.at.map(|t| t.0).into(),
        record.filed.by.code().into(),
        record.first_batch.as_str().into(),
        record.last_batch.as_str().into(),
        i64::try_from(record.row).unwrap_or(i64::MAX).into(),
    ])
}
