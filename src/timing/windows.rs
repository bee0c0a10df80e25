//! Rules and calendar become the row of windows of a programme in an office (DRAW 1).

use super::{Calendar, CronRule, DayKind, OutsideCalendar};
use crate::model::window::SPACING;
use crate::model::{OfficeId, ProgrammeId, Said, SlotName, Timestamp, Window, WindowId, time};
use crate::said;
use chrono::{Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use std::collections::BTreeSet;

/// Longest window: a day.
const LONGEST_MINUTES: u32 = 24 * 60;

/// A slot of the day, when it starts, and how long it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowRule {
    pub slot: SlotName,
    pub cron: CronRule,
    pub length_minutes: u32,
}

impl WindowRule {
    pub fn parse(slot: &str, cron: &str, length_minutes: u32) -> Result<WindowRule, Said> {
        let rule = WindowRule { slot: slot.parse()?, cron: cron.parse()?, length_minutes };
        if !rule.cron.is_once_a_day() {
            return Err(said!(
                "“{cron}” fires more than once a day: a slot is one window a day, so make a rule with its own slot for each time",
                "“{cron}”一天触发多次：每个时段名每天只能有一个时段，请为每个时间各写一条规则"
            ));
        }
        if !(1..=LONGEST_MINUTES).contains(&length_minutes) {
            return Err(said!(
                "a window of {length_minutes} minutes: expected 1 to {LONGEST_MINUTES}",
                "时段长度{length_minutes}分钟无效：应为1到{LONGEST_MINUTES}"
            ));
        }
        Ok(rule)
    }
}

/// Why there are no windows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimingError {
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
    #[error("the rule {cron} has no event within 400 days")]
    Never { slot: SlotName, cron: String },
    #[error("windows {} and {} start less than 30 minutes apart", .0[0], .0[1])]
    TooClose(Box<[WindowId; 2]>),
    #[error("two rules make the window {0}")]
    SlotTwice(WindowId),
}

impl TimingError {
    pub fn said(&self) -> Said {
        match self {
            TimingError::Outside(outside) => outside.said(),
            TimingError::Never { slot, cron } => said!(
                "the rule “{cron}” of slot “{slot}” has no event within 400 days: correct it or remove it",
                "时段“{slot}”的规则“{cron}”400天内都不会触发：请更正或删除"
            ),
            TimingError::TooClose(two) => said!(
                "the windows {} and {} start less than 30 minutes apart: move one of the rules",
                "时段{}与{}的开始时间相隔不足30分钟：请调整其中一条规则",
                two[0],
                two[1]
            ),
            TimingError::SlotTwice(id) => said!(
                "two rules make the window {id}: give one of them another slot name",
                "两条规则产生同一时段{id}：请为其中一条改用其他时段名"
            ),
        }
    }
}

impl WindowRule {
    /// The rule's window on one day, if the day is worked and the rule fires.
    fn on(
        &self,
        programme: &ProgrammeId,
        office: &OfficeId,
        zone: Tz,
        calendar: &Calendar,
        day: NaiveDate,
    ) -> Result<Option<Window>, OutsideCalendar> {
        let local = match calendar.day_kind(day)? {
            DayKind::Workday => self.cron.on(day),
            DayKind::Makeup => self.cron.on_makeup(day),
            DayKind::Weekend | DayKind::Holiday => None,
        };
        Ok(local.map(|local| {
            let id = WindowId { programme: programme.clone(), office: office.clone(), day, slot: self.slot.clone() };
            let start = Timestamp::from_local(local, zone);
            Window { id, start, end: start.plus(i64::from(self.length_minutes) * time::MINUTE) }
        }))
    }

    fn check_fires(&self, from: NaiveDate) -> Result<(), TimingError> {
        match self.cron.on(from).or_else(|| self.cron.after(from.and_time(NaiveTime::MIN))) {
            Some(_) => Ok(()),
            None => Err(TimingError::Never { slot: self.slot.clone(), cron: self.cron.to_string() }),
        }
    }
}

/// All windows of a programme in an office that begin on workdays from `from` to `to`, both inclusive,
/// by time. They start at least 30 minutes apart, the grain of the chain of keys (DRAW 3).
pub fn windows(
    rules: &[WindowRule],
    programme: &ProgrammeId,
    office: &OfficeId,
    zone: Tz,
    calendar: &Calendar,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<Window>, TimingError> {
    let mut windows = Vec::new();
    for rule in rules {
        rule.check_fires(from)?;
        for day in from.iter_days().take_while(|day| *day <= to) {
            windows.extend(rule.on(programme, office, zone, calendar, day)?);
        }
    }
    windows.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
    for two in windows.windows(2) {
        if two[1].start.0 - two[0].start.0 < SPACING {
            return Err(TimingError::TooClose(Box::new([two[0].id.clone(), two[1].id.clone()])));
        }
    }
    let mut seen = BTreeSet::new();
    if let Some(window) = windows.iter().find(|window| !seen.insert(&window.id)) {
        return Err(TimingError::SlotTwice(window.id.clone()));
    }
    Ok(windows)
}

/// The next windows of one rule, for `check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upcoming {
    pub windows: Vec<Window>,
    /// Set where the calendar ended before enough windows were found: the first day not covered.
    pub calendar_ends: Option<OutsideCalendar>,
}

/// The next `n` windows of a rule that start after a moment.
pub fn next_windows(
    rule: &WindowRule,
    programme: &ProgrammeId,
    office: &OfficeId,
    zone: Tz,
    calendar: &Calendar,
    after: Timestamp,
    n: usize,
) -> Result<Upcoming, TimingError> {
    let today = after.day(zone);
    rule.check_fires(today)?;
    let mut upcoming = Upcoming { windows: Vec::new(), calendar_ends: None };
    let mut day = today;
    while upcoming.windows.len() < n {
        match rule.on(programme, office, zone, calendar, day) {
            Ok(window) => upcoming.windows.extend(window.filter(|window| window.start > after)),
            Err(outside) => {
                upcoming.calendar_ends = Some(outside);
                break;
            }
        }
        let Some(next) = day.checked_add_days(Days::new(1)) else { break };
        day = next;
    }
    Ok(upcoming)
}
