//! What exists at the time of judging: records with the times they were seen, and their versions.

use super::Case;
use crate::model::record::{Batch, Cadence, Paper, Punch, Record, Source, SourceKind, What};
use crate::model::{SourceId, Timestamp};
use std::collections::BTreeMap;

/// A record that we had when the case was judged.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a, T> {
    /// Its place in the case's records.
    pub index: usize,
    pub record: &'a Record,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    pub what: T,
}

/// A case with everything dropped that did not exist at `judged_at`.
#[derive(Debug)]
pub struct View<'a> {
    pub case: &'a Case,
    pub batches: BTreeMap<&'a SourceId, Vec<&'a Batch>>,
    pub papers: Vec<Known<'a, &'a Paper>>,
    /// By time.
    pub punches: Vec<Known<'a, &'a Punch>>,
    /// Rostered spans, both ends included.
    pub shifts: Vec<Known<'a, (Timestamp, Timestamp)>>,
}

impl<'a> View<'a> {
    pub fn new(case: &'a Case) -> View<'a> {
        let mut batches: BTreeMap<&SourceId, Vec<&Batch>> = BTreeMap::new();
        let mut seen_at: BTreeMap<(&SourceId, &str), Timestamp> = BTreeMap::new();
        for batch in &case.batches {
            seen_at.insert((&batch.source, &batch.id), batch.seen);
            if batch.seen <= case.judged_at {
                batches.entry(&batch.source).or_default().push(batch);
            }
        }
        let mut view = View { case, batches, papers: Vec::new(), punches: Vec::new(), shifts: Vec::new() };
        for (index, record) in case.records.iter().enumerate() {
            let Some(&first_seen) = seen_at.get(&(&record.source, record.first_batch.as_str())) else { continue };
            if first_seen > case.judged_at {
                continue;
            }
            let last = seen_at.get(&(&record.source, record.last_batch.as_str())).copied();
            let last_seen = last.unwrap_or(first_seen).clamp(first_seen, case.judged_at);
            match &record.what {
                What::Punch(what) => view.punches.push(Known { index, record, first_seen, last_seen, what }),
                What::Paper(what) => view.papers.push(Known { index, record, first_seen, last_seen, what }),
                // It says nothing of where anybody was.
                What::Note(_) => {}
                What::Rota { from, to } => {
                    view.shifts.push(Known { index, record, first_seen, last_seen, what: (*from, *to) });
                }
            }
        }
        view.punches.sort_by_key(|punch| punch.what.at);
        view
    }

    /// The sources of a kind that exist in this office.
    pub fn sources(&self, kind: SourceKind) -> impl Iterator<Item = &'a Source> {
        self.case.sources.iter().filter(move |s| s.kind == kind && s.cadence != Cadence::Never)
    }

    pub fn source(&self, id: &SourceId) -> Option<&'a Source> {
        self.case.sources.iter().find(|s| s.id == *id)
    }

    pub fn batches_of(&self, source: &SourceId) -> &[&'a Batch] {
        self.batches.get(source).map_or(&[], Vec::as_slice)
    }
}

/// Whether two records are one application, seen at different times with different content.
///
/// Versions carry no link in an office's files. Two rows are taken for one where source, kind and
/// filing time are the same and the spans overlap; where the filing time is unknown, only the same
/// span makes them one.
fn same_paper(a: &Known<'_, &Paper>, b: &Known<'_, &Paper>) -> bool {
    let spans_fit = match a.record.filed.at {
        Some(_) => a.what.from <= b.what.to && b.what.from <= a.what.to,
        None => a.what.from == b.what.from && a.what.to == b.what.to,
    };
    spans_fit && a.record.source == b.record.source && a.what.kind == b.what.kind && a.record.filed == b.record.filed
}

/// Versions of the same paper that were gone when this one was first seen; the newest last.
pub fn older_versions<'v, 'a>(view: &'v View<'a>, paper: &Known<'a, &'a Paper>) -> Vec<&'v Known<'a, &'a Paper>> {
    let is_older = |other: &&Known<'a, &'a Paper>| other.last_seen < paper.first_seen && same_paper(other, paper);
    let mut older: Vec<_> = view.papers.iter().filter(is_older).collect();
    // All content is in the key, so that the order of the records cannot matter.
    let content = |p: &Paper| (p.from, p.to, p.status, p.approved_at, p.cancelled_at);
    older.sort_by_key(|other| (other.last_seen, other.first_seen, content(other.what)));
    older
}

/// Versions of the same paper that came when this one was gone; the next one first.
pub fn newer_versions<'v, 'a>(view: &'v View<'a>, paper: &Known<'a, &'a Paper>) -> Vec<&'v Known<'a, &'a Paper>> {
    let is_newer = |other: &&Known<'a, &'a Paper>| paper.last_seen < other.first_seen && same_paper(other, paper);
    let mut newer: Vec<_> = view.papers.iter().filter(is_newer).collect();
    newer.sort_by_key(|other| other.first_seen);
    newer
}
