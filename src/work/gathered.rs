//! What a file of records brings, gathered until it is worth a write: the next is gathered while some is written.

use super::Done;
use super::import::Imported;
use crate::evidence::rows::{FiledRow, Item, times};
use crate::model::record::{Record, What};
use crate::model::{OfficialId, SourceId, Timestamp};
use crate::store::{Counted, NewRecord, Punches, Tx};
use crate::table::Reject;
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::BTreeMap;
use tokio::sync::mpsc;

/// Papers and rota rows that are written together.
const PAPERS: usize = 4_000;
/// Records that a preview shows.
const PREVIEW: usize = 5;
/// Rejected rows that are kept: who has forgotten the roster has a nation's rows rejected.
const MOST_REJECTS: usize = 50_000;

/// Records as they were read.
pub(super) type Chunks = mpsc::Receiver<Vec<Item>>;

/// The time of which a file's records speak, by official.
pub(super) type SpeaksOf = BTreeMap<OfficialId, (Timestamp, Timestamp)>;

/// Which of a file's records are told by official. What a source of everybody says within the days that the file
/// covers is judged again with those days.
pub(super) struct TellsOf {
    pub everybody: bool,
    pub covers: Option<(NaiveDate, NaiveDate)>,
    pub zone: Tz,
}

impl TellsOf {
    fn one(&self, from: Timestamp, to: Timestamp) -> bool {
        let beyond = |(first, last): (NaiveDate, NaiveDate)| from.day(self.zone) < first || last < to.day(self.zone);
        !self.everybody || self.covers.is_some_and(beyond)
    }
}

/// What the rows said beside what is kept of them.
#[derive(Default)]
pub(super) struct Told {
    pub speaks_of: SpeaksOf,
    pub rejects: Vec<Reject>,
    pub preview: Vec<FiledRow>,
}

/// Records of one batch that wait to be written.
struct Gathered {
    source: SourceId,
    batch: String,
    punches: Punches,
    papers: Vec<NewRecord>,
}

/// Stores what is read, and counts it. On an error what was written is to be taken back.
pub(super) async fn store(
    tx: &mut Tx,
    source: &SourceId,
    mut chunks: Chunks,
    tells_of: &TellsOf,
    out: &mut Imported,
) -> Done<Told> {
    let mut told = Told::default();
    let (mut full, mut next) = (Gathered::new(source, &out.batch), Gathered::new(source, &out.batch));
    let mut more = full.gather(&mut chunks, tells_of, &mut told).await;
    while more {
        let (written, gathered) = tokio::join!(full.write(tx), next.gather(&mut chunks, tells_of, &mut told));
        count(out, written?);
        more = gathered;
        std::mem::swap(&mut full, &mut next);
    }
    count(out, full.write(tx).await?);
    Ok(told)
}

fn count(out: &mut Imported, counted: Counted) {
    out.new += counted.touched;
    out.known += counted.given - counted.touched;
}

impl Gathered {
    fn new(source: &SourceId, batch: &str) -> Gathered {
        let (source, batch) = (source.clone(), batch.to_owned());
        Gathered { punches: Punches::new(&source, &batch), source, batch, papers: Vec::new() }
    }

    /// Takes chunks until it is time to write; false where there are no more.
    async fn gather(&mut self, chunks: &mut Chunks, tells_of: &TellsOf, told: &mut Told) -> bool {
        while !self.punches.is_full() && self.papers.len() < PAPERS {
            let Some(chunk) = chunks.recv().await else { return false };
            // Nearly all are punches, of which nothing need be moved.
            for item in &chunk {
                match item {
                    Item::Record(row) => self.take(row, tells_of, told),
                    Item::Reject(reject) if told.rejects.len() < MOST_REJECTS => told.rejects.push(reject.clone()),
                    Item::Reject(_) => {}
                }
            }
        }
        true
    }

    fn take(&mut self, row: &FiledRow, tells_of: &TellsOf, told: &mut Told) {
        let (from, to) = times(&row.what);
        if tells_of.one(from, to) {
            let days = told.speaks_of.entry(row.official.clone()).or_insert((from, to));
            *days = (days.0.min(from), days.1.max(to));
        }
        if told.preview.len() < PREVIEW {
            told.preview.push(row.clone());
        }
        if let What::Punch(punch) = &row.what {
            self.punches.add(&row.official, punch, row.filed, row.row);
            return;
        }
        self.papers.push(NewRecord {
            key: row.key(&self.source),
            record: Record {
                official: row.official.clone(),
                source: self.source.clone(),
                first_batch: self.batch.clone(),
                last_batch: self.batch.clone(),
                row: row.row,
                filed: row.filed,
                what: row.what.clone(),
            },
        });
    }

    /// Punches lie in pages; papers and rota rows each for itself.
    async fn write(&mut self, tx: &mut Tx) -> Done<Counted> {
        let mut counted = tx.add_punches(&mut self.punches).await?;
        if !self.papers.is_empty() {
            let papers = tx.add_papers(&std::mem::take(&mut self.papers)).await?;
            counted.given += papers.given;
            counted.touched += papers.touched;
        }
        Ok(counted)
    }
}
