//! Whether a source has spoken of a moment yet, and when it is overdue (EVIDENCE 1).

use super::Workdays;
use super::known::View;
use crate::model::record::{Batch, Cadence, DutyRule, Source, SourceKind};
use crate::model::time::HOUR;
use crate::model::{SourceId, Timestamp};
use chrono::{Datelike, Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;

/// A source with more grace than this is never overdue.
const END_OF_TIME: i32 = 10_000;

/// Where a source stands for a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Covers,
    Pending,
    Overdue,
}

/// Whether a batch covers a moment: the moment's day lies in its span, it is complete, and the
/// source has had its hours to settle before the batch was seen.
pub fn batch_covers(batch: &Batch, settle_hours: u32, moment: Timestamp, zone: Tz) -> bool {
    // Asked first: a year's batches are thousands, and most were seen before the moment.
    batch.complete && moment.plus(i64::from(settle_hours) * HOUR) <= batch.seen && {
        let day = moment.day(zone);
        batch.covers_from <= day && day <= batch.covers_to
    }
}

/// The instant from which a source is overdue for a moment: the start of workday `grace_days` + 1
/// after the last day of the moment's period. `None`: never.
pub fn overdue_from(source: &Source, moment: Timestamp, zone: Tz, workdays: &Workdays) -> Option<Timestamp> {
    overdue_of_day(source, moment.day(zone), zone, workdays)
}

/// The same for anything of a day, such as the first that a source does not speak of yet.
pub fn overdue_of_day(source: &Source, day: NaiveDate, zone: Tz, workdays: &Workdays) -> Option<Timestamp> {
    let last_day = last_day_of_period(source.cadence, day)?;
    let day = workdays.nth_after(last_day, source.grace_days.checked_add(1)?).filter(|day| day.year() < END_OF_TIME)?;
    Some(Timestamp::from_local(day.and_time(NaiveTime::MIN), zone))
}

/// The day itself, the Sunday of its week, the last of its month; `None` if the source never reports.
fn last_day_of_period(cadence: Cadence, day: NaiveDate) -> Option<NaiveDate> {
    match cadence {
        Cadence::Daily => Some(day),
        Cadence::Weekly => day.checked_add_days(Days::new(u64::from(6 - day.weekday().num_days_from_monday()))),
        Cadence::Monthly => {
            let (year, month) = if day.month() == 12 { (day.year() + 1, 1) } else { (day.year(), day.month() + 1) };
            NaiveDate::from_ymd_opt(year, month, 1)?.pred_opt()
        }
        Cadence::Never => None,
    }
}

/// Whether any batch that exists covers the moment for this source.
pub fn covers(view: &View<'_>, source: &Source, moment: Timestamp) -> bool {
    let mut batches = view.batches_of(&source.id).iter();
    batches.any(|batch| batch_covers(batch, source.settle_hours, moment, view.case.zone))
}

/// Whether a batch of the source seen before `first_seen` covered the moment: it spoke of the
/// moment and lacked the record.
pub fn lacked_before(view: &View<'_>, source: &SourceId, first_seen: Timestamp, moment: Timestamp) -> bool {
    let Some(source) = view.source(source) else { return false };
    let mut earlier = view.batches_of(&source.id).iter().filter(|batch| batch.seen < first_seen);
    earlier.any(|batch| batch_covers(batch, source.settle_hours, moment, view.case.zone))
}

pub fn standing(view: &View<'_>, source: &Source, moment: Timestamp) -> Standing {
    let case = view.case;
    if covers(view, source, moment) {
        Standing::Covers
    } else if overdue_from(source, moment, case.zone, &case.workdays).is_some_and(|from| from <= case.judged_at) {
        Standing::Overdue
    } else {
        Standing::Pending
    }
}

/// The sources that a verdict waits for: leave, trip, training, meeting, punch; rota only where it
/// says who is on duty. Errands come with no promise, and what never reports is not waited for.
pub fn waited_for<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Source> {
    let rota = view.case.duty.rule == Some(DutyRule::Rota);
    view.case.sources.iter().filter(move |source| {
        source.cadence != Cadence::Never
            && match source.kind {
                SourceKind::Leave | SourceKind::Trip | SourceKind::Training => true,
                SourceKind::Meeting | SourceKind::Punch => true,
                SourceKind::Errand => false,
                SourceKind::Rota => rota,
                SourceKind::WorkLog | SourceKind::HealthCheck | SourceKind::Insurance | SourceKind::Allowance => false,
            }
    })
}
