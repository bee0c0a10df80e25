//! Devices that came late, as against punches that were added later (EVIDENCE 1).

use super::case::LateUpload;
use super::coverage::batch_covers;
use crate::model::record::{Batch, Origin, Record, Source, What};
use crate::model::{OfficialId, SourceId};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

/// So many officials of one device make a late upload.
const OFFICIALS: usize = 3;

/// The batches that brought one device's punches of three or more officials which an earlier batch,
/// covering them, lacked. One official's case cannot know this: the caller gives the records of
/// everybody, and hands the answer to every case.
pub fn late_uploads<'a>(
    sources: &[Source],
    batches: &[Batch],
    records: impl IntoIterator<Item = &'a Record>,
    zone: Tz,
) -> BTreeSet<LateUpload> {
    let sources: BTreeMap<&SourceId, &Source> = sources.iter().map(|s| (&s.id, s)).collect();
    let mut by_source: BTreeMap<&SourceId, Vec<&Batch>> = BTreeMap::new();
    for batch in batches {
        by_source.entry(&batch.source).or_default().push(batch);
    }
    let mut added: BTreeMap<LateUpload, BTreeSet<&OfficialId>> = BTreeMap::new();
    for record in records {
        let What::Punch(punch) = &record.what else { continue };
        let (Origin::Device, Some(device)) = (punch.origin, &punch.device) else { continue };
        let (Some(source), Some(batches)) = (sources.get(&record.source), by_source.get(&record.source)) else {
            continue;
        };
        let Some(first) = batches.iter().find(|b| b.id == record.first_batch) else { continue };
        let mut earlier = batches.iter().filter(|b| b.seen < first.seen);
        if earlier.any(|b| batch_covers(b, source.settle_hours, punch.at, zone)) {
            let upload =
                LateUpload { source: record.source.clone(), batch: record.first_batch.clone(), device: device.clone() };
            added.entry(upload).or_default().insert(&record.official);
        }
    }
    added.into_iter().filter(|(_, officials)| officials.len() >= OFFICIALS).map(|(upload, _)| upload).collect()
}
