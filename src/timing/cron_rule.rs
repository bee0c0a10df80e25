//! The five-field cron text that people write.
//!
//! The `cron` crate counts Sunday as 1, wants seconds, and misreads clock changes. So weekdays are
//! written by name only, the seconds are ours, and rules are evaluated on the office's wall clock as
//! if it were UTC; the conversion to an instant comes after, in [`crate::model::Timestamp::from_local`].

use crate::model::Said;
use crate::said;
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use cron::{Schedule, TimeUnitSpec};
use std::fmt;
use std::str::FromStr;

/// A rule that does nothing for so many days is taken for a mistake.
const LONGEST_SILENCE_DAYS: u64 = 400;

/// A rule such as `0 9 * * Mon-Fri`: minute, hour, day of the month, month, weekday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CronRule {
    text: String,
    schedule: Schedule,
    /// The same with any weekday.
    any_weekday: Schedule,
}

impl FromStr for CronRule {
    type Err = Said;

    fn from_str(text: &str) -> Result<CronRule, Said> {
        let [minute, hour, day, month, weekday] = text.split_whitespace().collect::<Vec<_>>()[..] else {
            return Err(said!(
                "“{text}” needs five fields: minute, hour, day, month, weekday, such as 0 9 * * Mon-Fri",
                "“{text}”应有五个字段：分、时、日、月、星期，例如 0 9 * * Mon-Fri"
            ));
        };
        if weekday.bytes().any(|b| b.is_ascii_digit()) {
            return Err(said!(
                "weekdays are written by name in “{text}”: Mon,Tue,Wed,Thu,Fri,Sat,Sun or Mon-Fri, because programs disagree on what 1 means",
                "“{text}”中的星期请用英文名：Mon,Tue,Wed,Thu,Fri,Sat,Sun 或 Mon-Fri，因为各程序对数字1的理解不同"
            ));
        }
        let is_any = |field: &str| matches!(field, "*" | "?");
        if !is_any(day) && !is_any(weekday) {
            return Err(said!(
                "“{text}” sets both day of the month and weekday: put * in one of them and make two rules if you need both",
                "“{text}”同时设定了日期和星期：请将其中一个写成*，两者都需要时请写两条规则"
            ));
        }
        let schedule = |weekday: &str| {
            let seconds = format!("0 {minute} {hour} {day} {month} {weekday}");
            Schedule::from_str(&seconds).map_err(|_| {
                said!(
                    "“{text}” cannot be read as a time rule: expected e.g. 30 14 * * Mon,Wed,Fri (a range does not run over the end of the week: write Sat,Sun)",
                    "“{text}”不是可识别的时间规则：应如 30 14 * * Mon,Wed,Fri（范围不能跨越周末：请写Sat,Sun）"
                )
            })
        };
        Ok(CronRule { text: text.to_owned(), schedule: schedule(weekday)?, any_weekday: schedule("*")? })
    }
}

impl CronRule {
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it names one time of the day, as a rule for windows must.
    pub fn is_once_a_day(&self) -> bool {
        self.schedule.hours().count() == 1 && self.schedule.minutes().count() == 1
    }

    /// The first event on a day, on the wall clock.
    pub fn on(&self, day: NaiveDate) -> Option<NaiveDateTime> {
        first_on(&self.schedule, day)
    }

    /// The same on a make-up workday. It stands for a day of the working week, whichever: a rule that
    /// names any of Monday to Friday fires at its time.
    pub fn on_makeup(&self, day: NaiveDate) -> Option<NaiveDateTime> {
        // The crate numbers Sunday 1, so Monday to Friday are 2 to 6.
        let names_a_weekday = (2..=6).any(|number| self.schedule.days_of_week().includes(number));
        first_on(if names_a_weekday { &self.any_weekday } else { &self.schedule }, day)
    }

    /// The next event after a moment of the wall clock; `None` where none comes within 400 days.
    pub fn after(&self, moment: NaiveDateTime) -> Option<NaiveDateTime> {
        let next = self.schedule.after(&moment.and_utc()).next()?.naive_utc();
        let limit = moment.checked_add_days(Days::new(LONGEST_SILENCE_DAYS))?;
        (next <= limit).then_some(next)
    }
}

impl fmt::Display for CronRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn first_on(schedule: &Schedule, day: NaiveDate) -> Option<NaiveDateTime> {
    let midnight: DateTime<Utc> = day.and_time(NaiveTime::MIN).and_utc();
    if schedule.includes(midnight) {
        return Some(midnight.naive_utc());
    }
    schedule.after(&midnight).next().map(|at| at.naive_utc()).filter(|at| at.date() == day)
}
