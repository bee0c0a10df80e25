//! The moment of an observation, and the instants at which anything can change within it (EVIDENCE 3).

use super::case::Observation;
use super::known::View;
use crate::model::record::FiledBy;
use crate::model::time::{HOUR, MINUTE, SECOND};
use crate::model::{Outcome, Timestamp};
use crate::words::verdicts::NoVerdict;
use chrono::{Days, NaiveTime};
use std::collections::BTreeSet;

/// When an observation was made: both ends the same where the time was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Moment {
    /// The stated time, or else the window's start to its end or the receipt, whichever is first.
    ///
    /// An `Err` is no verdict: the desk asks back.
    pub fn of(observation: &Observation, judged_at: Timestamp) -> Result<Moment, NoVerdict> {
        let Observation { from, to, at, received, .. } = *observation;
        if let Some(at) = at {
            if from.is_some_and(|from| at < from) || to.is_some_and(|to| to < at) {
                return Err(NoVerdict::OutsideWindow);
            }
            if received.is_some_and(|received| received < at) {
                return Err(NoVerdict::AfterReceipt);
            }
            return Ok(Moment { from: at, to: at });
        }
        let from = from.ok_or(NoVerdict::NoTime)?;
        let to = [to, received].into_iter().flatten().min().unwrap_or(judged_at);
        if to < from { Err(NoVerdict::NoTime) } else { Ok(Moment { from, to }) }
    }

    pub fn is_stated(self) -> bool {
        self.from == self.to
    }

    /// Instants that together show every state of the records within this moment: each end, and
    /// just before, at and just after everything that can change an answer.
    pub fn instants(self, view: &View<'_>) -> BTreeSet<Timestamp> {
        let mut instants = BTreeSet::from([self.from, self.to]);
        if self.is_stated() {
            return instants;
        }
        for change in changes(view).into_iter().chain(self.midnights(view)) {
            let around = [change.minus(1), change, change.plus(1)];
            instants.extend(around.into_iter().filter(|t| self.from < *t && *t < self.to));
        }
        instants
    }

    fn midnights(self, view: &View<'_>) -> Vec<Timestamp> {
        let zone = view.case.zone;
        let last = self.to.day(zone);
        let days = std::iter::successors(Some(self.from.day(zone)), |day| day.checked_add_days(Days::new(1)));
        days.take_while(|day| *day <= last)
            .map(|day| Timestamp::from_local(day.and_time(NaiveTime::MIN), zone))
            .collect()
    }
}

fn changes(view: &View<'_>) -> Vec<Timestamp> {
    let case = view.case;
    let mut changes = Vec::new();
    for batch in &case.batches {
        let settle = view.source(&batch.source).map_or(0, |source| source.settle_hours);
        changes.extend([batch.seen, batch.seen.minus(i64::from(settle) * HOUR)]);
    }
    for punch in &view.punches {
        let at = punch.what.at;
        changes.extend([at.minus(super::punch::REACH), at, at.plus(super::punch::REACH)]);
        changes.extend(punch.record.filed.at.map(minute));
    }
    for paper in &view.papers {
        let grace = i64::from(case.sick_leave_grace_hours) * HOUR;
        changes.extend([paper.what.from, last_of_second(paper.what.to)]);
        changes.extend(paper.what.approved_at.map(minute));
        changes.extend(paper.what.cancelled_at);
        changes.extend([paper.first_seen, paper.last_seen, paper.first_seen.minus(grace)]);
        if let Some(filed) = paper.record.filed.at {
            changes.extend([minute(filed), filed.minus(grace)]);
            if paper.record.filed.by == FiledBy::Written {
                let day = Timestamp::from_local(filed.day(case.zone).and_time(NaiveTime::MIN), case.zone);
                changes.push(day.minus(grace));
            }
        }
    }
    changes.extend(view.shifts.iter().flat_map(|shift| [shift.what.0, last_of_second(shift.what.1)]));
    changes
}

/// Both ends of a span belong to it. A span's end is written in whole seconds and lasts through its
/// last one, so that a day's leave up to 23:59:59 meets the next day's without a gap.
pub fn in_span(from: Timestamp, to: Timestamp, moment: Timestamp) -> bool {
    from <= moment && moment <= last_of_second(to)
}

fn last_of_second(at: Timestamp) -> Timestamp {
    at.minus(at.0.rem_euclid(SECOND)).plus(SECOND - 1)
}

fn minute(at: Timestamp) -> Timestamp {
    at.minus(at.0.rem_euclid(MINUTE))
}

/// Filed at the very minute is before (EVIDENCE 1).
pub fn not_after_minute(filed: Timestamp, moment: Timestamp) -> bool {
    minute(filed) <= minute(moment)
}

/// Outcomes of a visit that say something of the official's presence.
pub fn speaks_of_presence(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Present | Outcome::Absent | Outcome::NotMet) || outcome.is_claimed()
}
