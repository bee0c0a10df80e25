//! What goes wrong in a year and is nobody's fault: a function of the seed and the time.

use super::county::{County, ZONE};
use super::dice::Dice;
use crate::model::time::HOUR;
use crate::model::{InspectorId, Timestamp, VillageId};
use chrono::{Days, NaiveDate, NaiveTime, Timelike};

/// Of 1000 days, those on which it begins.
const RELAY: u64 = 40;
const MAILBOX: u64 = 40;
const STORM: u64 = 12;
const ABSENCE: u64 = 60;
const MERGER: u64 = 120;
/// Of 1000 files, those that come late, and of 1000 moments, those before which the program is killed.
const LATE: u64 = 60;
const KILLED: u64 = 15;
/// The hour at which tomorrow's storm is announced: today's frames for it are sealed by then.
const ANNOUNCED: u32 = 18;

/// Of one run; none where it goes smoothly.
#[derive(Debug, Clone, Copy)]
pub struct Mishaps<'a> {
    dice: Option<&'a Dice>,
}

/// An inspector who will not be there, as the desk hears it in time.
pub struct Away<'a> {
    pub inspector: &'a InspectorId,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl<'a> Mishaps<'a> {
    pub fn new(dice: &'a Dice, any: bool) -> Mishaps<'a> {
        Mishaps { dice: any.then_some(dice) }
    }

    /// Letters cannot leave.
    pub fn relay_is_away(&self, at: Timestamp) -> bool {
        self.lasts("relay away", RELAY, at)
    }

    /// Mails cannot be read.
    pub fn mailbox_is_away(&self, at: Timestamp) -> bool {
        self.lasts("mailbox away", MAILBOX, at)
    }

    /// Up to a day and a half from some hour on.
    fn lasts(&self, what: &str, per_mille: u64, at: Timestamp) -> bool {
        let Some(dice) = self.dice else { return false };
        let today = at.day(ZONE);
        (0..3).filter_map(|back| today.checked_sub_days(Days::new(back))).any(|day| {
            let key = day.to_string();
            if !dice.chance(what, &key, per_mille) {
                return false;
            }
            let from = Timestamp::from_local(day.and_time(NaiveTime::MIN), ZONE)
                .plus(dice.between(&format!("{what} from"), &key, 0, 23) * HOUR);
            let to = from.plus(dice.between(&format!("{what} for"), &key, 1, 36) * HOUR);
            (from..to).contains(&at)
        })
    }

    /// The program was killed since the moment before.
    pub fn killed_before(&self, at: Timestamp) -> bool {
        self.dice.is_some_and(|dice| dice.chance("killed", &at.0.to_string(), KILLED))
    }

    /// Days by which a file comes too late.
    pub fn late_by(&self, file: &str) -> i64 {
        match self.dice {
            Some(dice) if dice.chance("late file", file, LATE) => dice.between("late by days", file, 1, 6),
            _ => 0,
        }
    }

    /// Whether a storm closes this day; everybody hears of it the evening before.
    pub fn storm(&self, day: NaiveDate) -> bool {
        self.dice.is_some_and(|dice| dice.chance("storm", &day.to_string(), STORM))
    }

    /// The day whose storm is known since this moment.
    pub fn announces(&self, at: Timestamp) -> Option<NaiveDate> {
        let evening = at.local(ZONE).hour() >= ANNOUNCED;
        at.day(ZONE).succ_opt().filter(|tomorrow| evening && self.storm(*tomorrow))
    }

    /// The village that becomes part of another one, as it is decided today.
    pub fn merger<'c>(&self, day: NaiveDate, county: &'c County) -> Option<(&'c VillageId, &'c VillageId)> {
        let (dice, key) = (self.dice?, day.to_string());
        let village = |what| {
            let number = dice.below(what, &key, county.villages.len() as u64);
            county.villages.get(usize::try_from(number).ok()?).map(|village| &village.id)
        };
        let (part, into) = (village("village merged")?, village("merged into")?);
        (part != into && dice.chance("merger", &key, MERGER)).then_some((part, into))
    }

    /// Who says today that they will not be there from the day after tomorrow on.
    pub fn away<'c>(&self, day: NaiveDate, county: &'c County) -> Option<Away<'c>> {
        let (dice, key) = (self.dice?, day.to_string());
        if !dice.chance("away", &key, ABSENCE) {
            return None;
        }
        let who = dice.below("who is away", &key, county.inspectors.len() as u64);
        let inspector = &county.inspectors.get(usize::try_from(who).ok()?)?.id;
        let from = day.checked_add_days(Days::new(2))?;
        let to = from.checked_add_days(Days::new(dice.below("away for", &key, 8)))?;
        Some(Away { inspector, from, to })
    }
}
