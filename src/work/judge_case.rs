//! The case of one outcome: everything that a verdict depends on, from the register and the records.

use super::{Context, Done};
use crate::config::OfficeSource;
use crate::evidence::late_upload::late_uploads;
use crate::evidence::{Case, Duty, LateUpload, Observation, Workdays};
use crate::model::record::{Batch, Record, SourceKind};
use crate::model::time::DAY;
use crate::model::{Kind, Line, OfficialId, Timestamp};
use crate::store::{AssignmentRow, OutcomeRow, Tx};
use crate::timing::{Calendar, DayKind};
use std::collections::{BTreeMap, BTreeSet};

/// What many cases share: batches, workdays, and which places each source speaks of.
pub struct Known {
    batches: Vec<Batch>,
    workdays: Workdays,
    /// Region and id of each official's village.
    villages: BTreeMap<OfficialId, (String, String)>,
}

impl Known {
    pub async fn load(ctx: &Context, tx: &mut Tx) -> Done<Known> {
        let mut batches = Vec::new();
        for row in tx.batches().await? {
            batches.extend(row.batch()?);
        }
        let villages: BTreeMap<_, _> = tx.villages().await?.into_iter().map(|v| (v.id, v.region)).collect();
        let teams: BTreeMap<_, _> = tx.teams().await?.into_iter().map(|t| (t.id, t.village)).collect();
        let of_official = |team| {
            let village = teams.get(&team)?;
            Some((villages.get(village)?.clone(), village.to_string()))
        };
        let officials = tx.officials().await?;
        let villages = officials.into_iter().filter_map(|o| Some((o.id, of_official(o.team)?))).collect();
        Ok(Known { batches, workdays: workdays(&ctx.calendar), villages })
    }

    /// Whether a source speaks of an official.
    fn speaks_of(&self, source: &OfficeSource, official: &OfficialId) -> bool {
        source.regions.is_empty()
            || self.villages.get(official).is_some_and(|(region, village)| speaks_of_place(source, region, village))
    }
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
pub async fn case(
    ctx: &Context,
    tx: &mut Tx,
    known: &Known,
    row: &AssignmentRow,
    line: &Line,
    outcome: &OutcomeRow,
    now: Timestamp,
) -> Done<Case> {
    let office = ctx.office(&row.office)?;
    let seal = tx.seal(&line.window).await?;
    let (from, to) = seal.map_or((line.from, line.to), |s| (s.window.start, s.window.end));
    let day = line.window.day;
    // A call to somebody in the village speaks of no official: records are not looked at.
    let official = outcome.official.clone();
    let sources: Vec<&OfficeSource> = ctx
        .config
        .sources
        .iter()
        .filter(|s| s.office == office.id && official.as_ref().is_some_and(|o| known.speaks_of(s, o)))
        .collect();
    let names: BTreeSet<_> = sources.iter().map(|s| &s.source.id).collect();
    let batches: Vec<Batch> = known.batches.iter().filter(|b| names.contains(&b.source)).cloned().collect();
    let (records, late_uploads) = match &official {
        Some(official) => records(tx, official, &sources, &batches, from, to, office.zone).await?,
        None => (Vec::new(), BTreeSet::new()),
    };
    Ok(Case {
        judged_at: now,
        zone: office.zone,
        duty: Duty {
            rule: Some(office.duty_rule),
            workday: ctx.calendar.is_workday(day).ok(),
            allowed_absent_days_left: None,
        },
        observation: Observation {
            official: official.unwrap_or_else(nobody),
            kind: Some(line.kind),
            outcome: Some(outcome.outcome),
            from: Some(from),
            to: Some(to),
            at: outcome.stated,
            received: Some(outcome.received),
            said_by: None,
            attempts_used_up: line.kind == Kind::Call && row.closed.is_some(),
        },
        workdays: known.workdays.clone(),
        sources: sources.iter().map(|s| s.source.clone()).collect(),
        batches,
        records: records.into_iter().filter(|r| names.contains(&r.source)).collect(),
        late_uploads,
        sick_leave_grace_hours: u16::try_from(office.sick_leave_grace_hours).unwrap_or(u16::MAX),
    })
}

/// Stands where a call was to somebody who is no official.
fn nobody() -> OfficialId {
    OfficialId::parse("-").unwrap_or_else(|_| unreachable!("a hyphen is an id"))
}

async fn records(
    tx: &mut Tx,
    official: &OfficialId,
    sources: &[&OfficeSource],
    batches: &[Batch],
    from: Timestamp,
    to: Timestamp,
    zone: chrono_tz::Tz,
) -> Done<(Vec<Record>, BTreeSet<LateUpload>)> {
    let (from, to) = (from.minus(DAY), to.plus(DAY));
    let mut records = tx.punches_of(official, from, to).await?;
    // Every version: the verdict looks at what each batch knew.
    records.extend(tx.papers_of(official).await?.into_iter().map(|(_, record)| record));
    // Only where one of the punches came later than a batch that covers it can it be a late upload.
    let model: Vec<_> = sources.iter().map(|s| s.source.clone()).collect();
    let alone = alone_late(&model, batches, &records, zone);
    let mut uploads = BTreeSet::new();
    if alone {
        let mut all = Vec::new();
        for source in model.iter().filter(|s| s.kind == SourceKind::Punch) {
            all.extend(tx.punches_between(&source.id, from, to).await?);
        }
        uploads = late_uploads(&model, batches, &all, zone);
    }
    Ok((records, uploads))
}

/// Whether any punch was lacked by an earlier batch of its source.
fn alone_late(
    sources: &[crate::model::record::Source],
    batches: &[Batch],
    records: &[Record],
    zone: chrono_tz::Tz,
) -> bool {
    records.iter().any(|record| {
        let crate::model::record::What::Punch(punch) = &record.what else { return false };
        let Some(source) = sources.iter().find(|s| s.id == record.source) else { return false };
        let Some(first) = batches.iter().find(|b| b.id == record.first_batch) else { return false };
        batches
            .iter()
            .filter(|b| b.source == record.source && b.seen < first.seen)
            .any(|b| crate::evidence::coverage::batch_covers(b, source.settle_hours, punch.at, zone))
    })
}
