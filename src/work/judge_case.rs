//! The case of one outcome: everything that a verdict depends on, from the register and the records.

use super::judge_facts::{AROUND, Facts, Seen};
use super::{Context, Done};
use crate::config::OfficeSource;
use crate::evidence::coverage::batch_covers;
use crate::evidence::late_upload::late_uploads;
use crate::evidence::{Case, Duty, LateUpload, Observation, Workdays};
use crate::model::record::{Batch, Cadence, Record, Source, What};
use crate::model::time::DAY;
use crate::model::{OfficialId, SourceId, Timestamp};
use crate::store::{OutcomeRow, Post, Tx};
use crate::timing::{Calendar, DayKind};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

/// What all cases share: batches.
pub(super) struct Known {
    /// In the order in which they were seen.
    batches: BTreeMap<SourceId, Vec<Batch>>,
}

impl Known {
    pub async fn load(tx: &mut Tx) -> Done<Known> {
        let mut batches: BTreeMap<SourceId, Vec<Batch>> = BTreeMap::new();
        for batch in tx.covering_batches().await? {
            batches.entry(batch.source.clone()).or_default().push(batch);
        }
        Ok(Known { batches })
    }

    /// The batches that brought any of these punches although an earlier one of the source covers it.
    pub fn may_be_late(&self, ctx: &Context, punches: &[Record]) -> BTreeSet<String> {
        let sources: BTreeMap<&SourceId, &OfficeSource> =
            ctx.config.sources.iter().map(|s| (&s.source.id, s)).collect();
        let late = |record: &&Record| {
            let source = sources.get(&record.source)?;
            let zone = ctx.config.office(&source.office)?.zone;
            self.is_late(&source.source, record, zone).then_some(())
        };
        punches.iter().filter(|record| late(record).is_some()).map(|record| record.first_batch.clone()).collect()
    }

    /// Whether a punch was lacked by an earlier batch of its source that covers it.
    fn is_late(&self, source: &Source, record: &Record, zone: Tz) -> bool {
        let (What::Punch(punch), Some(batches)) = (&record.what, self.batches.get(&record.source)) else {
            return false;
        };
        let Some(first) = batches.iter().find(|b| b.id == record.first_batch) else { return false };
        batches.iter().filter(|b| b.seen < first.seen).any(|b| batch_covers(b, source.settle_hours, punch.at, zone))
    }

    /// Batches that speak of a window's days, and those that brought the records: no other can move a verdict.
    fn batches(&self, sources: &[&OfficeSource], records: &[Record], seen: &Seen<'_>, zone: Tz) -> Vec<Batch> {
        let (first, last) = (seen.from.minus(2 * DAY).day(zone), seen.to.plus(2 * DAY).day(zone));
        let brought: BTreeSet<&str> =
            records.iter().flat_map(|r| [r.first_batch.as_str(), r.last_batch.as_str()]).collect();
        let of_sources = sources.iter().filter_map(|s| self.batches.get(&s.source.id)).flatten();
        let counts = |b: &&Batch| (b.covers_from <= last && first <= b.covers_to) || brought.contains(b.id.as_str());
        of_sources.filter(counts).cloned().collect()
    }
}

/// Whether a source speaks of an official whose post is known.
fn speaks_of(source: &OfficeSource, post: Option<&Post>) -> bool {
    source.regions.is_empty() || post.is_some_and(|post| speaks_of_place(source, &post.region, &post.village))
}

/// Whether a source speaks of a village, by its region and id.
pub(super) fn speaks_of_place(source: &OfficeSource, region: &str, village: &str) -> bool {
    let begins_so = |prefix: &String| region.starts_with(prefix.as_str()) || village.starts_with(prefix.as_str());
    source.regions.is_empty() || source.regions.iter().any(begins_so)
}

/// Holidays and make-up workdays, as verdicts and deadlines count them.
pub(super) fn workdays(calendar: &Calendar) -> Workdays {
    let days = |kind| calendar.years().flat_map(move |year| calendar.days_of(year, kind)).collect();
    Workdays { holidays: days(DayKind::Holiday), makeup_workdays: days(DayKind::Makeup) }
}

/// Builds the case of one outcome.
pub(super) fn case(
    ctx: &Context,
    known: &Known,
    facts: &Facts,
    seen: &Seen<'_>,
    outcome: &OutcomeRow,
    now: Timestamp,
) -> Done<Case> {
    let office = ctx.office(&seen.row.office)?;
    // A call to somebody in the village speaks of no official: records are not looked at.
    let official = outcome.official.clone();
    let post = official.as_ref().and_then(|official| facts.posts.on(official, seen.line.window.day));
    let of_office: Vec<&OfficeSource> =
        ctx.config.sources.iter().filter(|s| s.office == office.id && official.is_some()).collect();
    let names: BTreeSet<&SourceId> = of_office.iter().map(|s| &s.source.id).collect();
    let records: Vec<Record> = official
        .iter()
        .flat_map(|official| facts.records(official, seen))
        .filter(|record| names.contains(&record.source))
        .cloned()
        .collect();
    let has_record = |source: &OfficeSource| records.iter().any(|record| record.source == source.source.id);
    let sources: Vec<&OfficeSource> =
        of_office.into_iter().filter(|source| speaks_of(source, post) || has_record(source)).collect();
    // The days of the place; of the office where nobody's post is known.
    let calendar = ctx.calendar.of(post.map_or(office.region.as_str(), |post| post.region.as_str()));
    let batches = known.batches(&sources, &records, seen, office.zone);
    // What speaks of other places is evidence where it names the official, and not waited for.
    let awaited = |s: &&OfficeSource| if speaks_of(s, post) { s.source.cadence } else { Cadence::Never };
    let sources: Vec<Source> = sources.iter().map(|s| Source { cadence: awaited(s), ..s.source.clone() }).collect();
    Ok(Case {
        judged_at: now,
        zone: office.zone,
        duty: Duty {
            rule: Some(office.duty_rule),
            workday: calendar.is_workday(seen.line.window.day).ok(),
            allowed_absent_days_left: None,
        },
        observation: Observation {
            official: official.unwrap_or_else(nobody),
            kind: Some(seen.line.kind),
            outcome: Some(outcome.outcome),
            from: Some(seen.from),
            to: Some(seen.to),
            at: outcome.stated,
            received: Some(outcome.received),
            said_by: None,
            attempts_used_up: seen.attempts_used_up,
        },
        workdays: workdays(calendar),
        late_uploads: uploads(known, facts, seen, &sources, &batches, &records, office.zone),
        sources,
        batches,
        records,
        sick_leave_grace_hours: u16::try_from(office.sick_leave_grace_hours).unwrap_or(u16::MAX),
    })
}

/// Stands where a call was to somebody who is no official.
fn nobody() -> OfficialId {
    OfficialId::parse("-").unwrap_or_else(|_| unreachable!("a hyphen is an id"))
}

/// Only where one of the punches came later than a batch that covers it can it be a late upload.
fn uploads(
    known: &Known,
    facts: &Facts,
    seen: &Seen<'_>,
    sources: &[Source],
    batches: &[Batch],
    records: &[Record],
    zone: Tz,
) -> BTreeSet<LateUpload> {
    let of = |record: &Record| sources.iter().find(|source| source.id == record.source);
    if !records.iter().any(|record| of(record).is_some_and(|source| known.is_late(source, record, zone))) {
        return BTreeSet::new();
    }
    let (from, to) = (seen.from.minus(AROUND), seen.to.plus(AROUND));
    let near = |record: &&Record| matches!(&record.what, What::Punch(punch) if from <= punch.at && punch.at <= to);
    late_uploads(sources, batches, facts.brought.iter().filter(near), zone)
}
