//! Habits of officials, counted from their punches alone (EVIDENCE 4).
//!
//! Four habits that machines, friends and managers leave and people at their posts rarely do: the same
//! second day after day, a telephone that is mostly somebody else's, punches out of range, days that were
//! corrected by hand. A day counts once, whatever happened on it. Records name no coordinates, so that “far” is
//! what the source itself calls out of range. What is counted here accuses nobody: whether it is more than
//! others do is asked elsewhere, of all at once.

use crate::model::record::{Origin, Punch, Record, What};
use crate::model::{OfficialId, Timestamp};
use chrono::{NaiveDate, Timelike};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

/// Days on which something was seen, of the days on which it could have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Of {
    pub seen: u64,
    pub days: u64,
}

impl Of {
    fn add(&mut self, seen: bool) {
        self.days += 1;
        self.seen += u64::from(seen);
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Habit {
    /// By the second of the minute: first and last punch of each day that no person entered.
    pub seconds: [u64; 60],
    /// Days with a punch that a person entered or changed.
    pub corrected: Of,
    /// Days with a punch out of range, of those on which a range is known.
    pub far: Of,
    /// Days on a telephone that is another official's on more days.
    pub borrowed: Of,
}

impl Default for Habit {
    fn default() -> Habit {
        Habit { seconds: [0; 60], corrected: Of::default(), far: Of::default(), borrowed: Of::default() }
    }
}

/// A day of one official.
#[derive(Default)]
struct Day<'a> {
    /// First and last punch that no person entered.
    raw: Option<(Timestamp, Timestamp)>,
    corrected: bool,
    far: Option<bool>,
    telephones: BTreeSet<&'a str>,
}

/// The habits of everybody in the punches of one source.
pub fn habits(records: &[Record], zone: Tz) -> BTreeMap<&OfficialId, Habit> {
    let mut days: BTreeMap<(&OfficialId, NaiveDate), Day<'_>> = BTreeMap::new();
    for record in records {
        if let What::Punch(punch) = &record.what {
            days.entry((&record.official, punch.at.day(zone))).or_default().add(punch);
        }
    }
    let owners = owners(&days);
    let mut habits: BTreeMap<&OfficialId, Habit> = BTreeMap::new();
    for ((official, _), day) in &days {
        let habit = habits.entry(official).or_default();
        habit.corrected.add(day.corrected);
        if let Some(far) = day.far {
            habit.far.add(far);
        }
        if !day.telephones.is_empty() {
            habit.borrowed.add(day.telephones.iter().any(|one| owners.get(one).is_some_and(|owner| owner != official)));
        }
        let Some((first, last)) = day.raw else { continue };
        let both = if first == last { vec![first] } else { vec![first, last] };
        for at in both {
            let second = at.local(zone).second() as usize;
            if let Some(count) = habit.seconds.get_mut(second) {
                *count += 1;
            }
        }
    }
    habits
}

impl<'a> Day<'a> {
    fn add(&mut self, punch: &'a Punch) {
        match punch.origin {
            Origin::Edited | Origin::Correction => self.corrected = true,
            Origin::Device | Origin::Phone => {
                let (first, last) = self.raw.unwrap_or((punch.at, punch.at));
                self.raw = Some((first.min(punch.at), last.max(punch.at)));
            }
        }
        if let Some(inside) = punch.in_range {
            self.far = Some(self.far.unwrap_or(false) || !inside);
        }
        if punch.origin == Origin::Phone {
            self.telephones.extend(punch.device.as_deref());
        }
    }
}

/// Whose a telephone is: who punches with it on most days; among equals the first by id.
fn owners<'a>(days: &BTreeMap<(&'a OfficialId, NaiveDate), Day<'a>>) -> BTreeMap<&'a str, &'a OfficialId> {
    let mut used: BTreeMap<(&str, &OfficialId), u64> = BTreeMap::new();
    for ((official, _), day) in days {
        for telephone in &day.telephones {
            *used.entry((telephone, official)).or_default() += 1;
        }
    }
    let mut owners: BTreeMap<&str, (&OfficialId, u64)> = BTreeMap::new();
    for ((telephone, official), n) in used {
        let owner = owners.entry(telephone).or_insert((official, n));
        if n > owner.1 {
            *owner = (official, n);
        }
    }
    owners.into_iter().map(|(telephone, (official, _))| (telephone, official)).collect()
}
