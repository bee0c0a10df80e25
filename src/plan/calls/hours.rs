//! Working hours as slots: each stretch between two breaks, in two halves where it is long enough.

use crate::model::Timestamp;
use crate::model::time::MINUTE;
use chrono::{NaiveDate, NaiveTime, Timelike};
use chrono_tz::Tz;

/// A stretch is halved where each half is at least this long.
const LEAST_HALF: i64 = 60;
/// No try is given out with less of its slot left.
pub const LEAST_SPAN: i64 = 10 * MINUTE;
/// Spans begin on such minutes.
pub const STEP: i64 = 5;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// From and to, in order and without overlap: what lies between them is a break.
    stretches: Vec<(NaiveTime, NaiveTime)>,
    /// The same in halves.
    parts: Vec<(NaiveTime, NaiveTime)>,
    pub zone: Tz,
}

/// A part of a working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Which part of the day, from 0: the same on every day.
    pub part: usize,
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Hours {
    pub fn new(stretches: impl IntoIterator<Item = (NaiveTime, NaiveTime)>, zone: Tz) -> Hours {
        let minutes = |time: NaiveTime| i64::from(time.num_seconds_from_midnight() / 60);
        let at = |minute: i64| {
            let minute = u32::try_from(minute).unwrap_or(0);
            NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap_or(NaiveTime::MIN)
        };
        let halves = |(from, to): (NaiveTime, NaiveTime)| {
            let (first, last) = (minutes(from), minutes(to));
            if last - first < 2 * LEAST_HALF {
                return vec![(from, to)];
            }
            let middle = (first + last) / 2 / STEP * STEP;
            vec![(from, at(middle)), (at(middle), to)]
        };
        let stretches: Vec<_> = stretches.into_iter().collect();
        let parts = stretches.iter().copied().flat_map(halves).collect();
        Hours { stretches, parts, zone }
    }

    /// The slots of a day, in order.
    pub fn slots(&self, day: NaiveDate) -> impl Iterator<Item = Slot> {
        let at = move |time| Timestamp::from_local(day.and_time(time), self.zone);
        self.parts.iter().enumerate().map(move |(part, (from, to))| Slot { part, from: at(*from), to: at(*to) })
    }

    /// How many slots a day has.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// The part of the day at a moment; where none is, the one before.
    pub fn part_at(&self, at: Timestamp) -> usize {
        let clock = at.local(self.zone).time();
        self.parts.iter().filter(|(from, _)| *from <= clock).count().saturating_sub(1)
    }

    /// The first stretch of a span in which people may be rung; the whole span where an office's own window lies
    /// outside its hours.
    pub fn within(&self, from: Timestamp, to: Timestamp) -> (Timestamp, Timestamp) {
        let day = from.day(self.zone);
        let at = |time| Timestamp::from_local(day.and_time(time), self.zone);
        let cut = |(first, last): &(NaiveTime, NaiveTime)| (at(*first).max(from), at(*last).min(to));
        self.stretches.iter().map(cut).find(|(from, to)| from.plus(LEAST_SPAN) <= *to).unwrap_or((from, to))
    }
}

/// The first moment from here on that spans begin with.
pub fn on_step(at: Timestamp) -> Timestamp {
    let step = STEP * MINUTE;
    Timestamp((at.0 + step - 1).div_euclid(step) * step)
}
