//! What pages have in common: names, moments and spans as people write them, and the choice of an office.

use super::draft::Draft;
use super::form::{Choice, Field, Form};
use crate::config::Office;
use crate::model::register::Name;
use crate::model::time::{DAY, HOUR, MINUTE};
use crate::model::{AccountRole, Said, Timestamp};
use crate::said;
use crate::words::letters::common;
use crate::work::look;
use chrono::NaiveDate;
use chrono_tz::Tz;

/// More offices than this are typed, not chosen from a list.
pub const OFFICES: usize = 120;

pub fn plain(text: impl Into<String>) -> Said {
    let text = text.into();
    Said::new(text.clone(), text)
}

/// As the readers of each language write it.
pub fn named(name: &Name) -> Said {
    let latin = if name.latin.is_empty() { &name.own } else { &name.latin };
    Said::new(latin, &name.own)
}

/// Two names, the larger place first where Chinese does so.
pub fn within(place: &Name, larger: &Name) -> Said {
    let (place, larger) = (named(place), named(larger));
    match larger.zh.is_empty() {
        true => place,
        false => Said::new(format!("{}, {}", place.en, larger.en), format!("{}{}", larger.zh, place.zh)),
    }
}

/// A team by its name, and by its village where the name does not say it.
pub fn team_of(team: &Name, village: &Name) -> Said {
    match team.own.starts_with(&village.own) {
        true => named(team),
        false => within(team, village),
    }
}

/// `Mon 23 Nov 08:31`, `11月23日 周一 08:31`.
pub fn moment(at: Timestamp, zone: Tz) -> Said {
    let (day, clock) = (common::day(at.day(zone)), at.clock(zone));
    Said::new(format!("{} {clock}", day.en), format!("{} {clock}", day.zh))
}

/// The clock alone on the day itself.
pub fn clock_or_moment(at: Timestamp, day: NaiveDate, zone: Tz) -> Said {
    if at.day(zone) == day { plain(at.clock(zone)) } else { moment(at, zone) }
}

/// With its year.
pub fn full_day(day: NaiveDate) -> Said {
    use chrono::Datelike;
    let (said, year) = (common::day(day), day.year());
    Said::new(format!("{} {year}", said.en), format!("{year}年{}", said.zh))
}

/// How long until then, in the two largest units.
pub fn in_how_long(now: Timestamp, then: Timestamp) -> Said {
    let left = (then.0 - now.0).max(0);
    let (days, hours, minutes) = (left / DAY, left % DAY / HOUR, left % HOUR / MINUTE);
    match (days, hours) {
        (0, 0) => said!("in {minutes} min", "{minutes}分钟后"),
        (0, _) => said!("in {hours} h {minutes} min", "{hours}小时{minutes}分后"),
        (1, _) => said!("in 1 day {hours} h", "1天{hours}小时后"),
        _ => said!("in {days} days", "{days}天后"),
    }
}

/// `3 days`, `今天`: how long something has been waiting.
pub fn age(since: Timestamp, now: Timestamp) -> Said {
    match (now.0 - since.0).max(0) / DAY {
        0 => said!("today", "今天"),
        1 => said!("1 day", "1天"),
        days => said!("{days} days", "{days}天"),
    }
}

pub fn joined(all: &[Said]) -> Said {
    let en: Vec<&str> = all.iter().map(|said| said.en.as_str()).collect();
    let zh: Vec<&str> = all.iter().map(|said| said.zh.as_str()).collect();
    Said::new(en.join(", "), zh.join("、"))
}

/// Whether somebody sees who is to be visited and rung while that is still to be done.
pub fn sees_targets(role: AccountRole) -> bool {
    matches!(role, AccountRole::Dispatcher | AccountRole::Head)
}

/// Whether somebody sees who people are and what is held against them.
pub fn sees_people(role: AccountRole) -> bool {
    matches!(role, AccountRole::Dispatcher | AccountRole::Head | AccountRole::Auditor)
}

impl Draft<'_> {
    /// Somebody who sees more than one office chooses; `more` are choices beside it.
    pub(super) fn choose(&mut self, address: &str, office: Option<&Office>, more: Vec<Field>) {
        let seen = look::in_sight(self.asked.ctx, &self.asked.viewer.scope);
        let mut form = Form::choose(said!("What is shown", "显示范围"), address);
        if let Some(office) = office.filter(|_| seen.len() > 1) {
            let label = said!("Office", "单位");
            form = form.field(match seen.len() {
                0..=OFFICES => {
                    let one =
                        |one: &&Office| Choice::new(one.id.as_str(), named(&one.name)).chosen_if(one.id == office.id);
                    Field::select("office", label, seen.iter().map(one).collect())
                }
                _ => Field::text("office", label)
                    .value(office.id.as_str())
                    .hint(said!("The id of an office.", "填单位编号。")),
            });
        } else if more.is_empty() {
            return;
        }
        self.form(more.into_iter().fold(form, Form::field));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_as_people_tell_them() {
        let now = Timestamp(0);
        let said = |ms| in_how_long(now, Timestamp(ms)).en;
        assert_eq!(said(5 * MINUTE), "in 5 min");
        assert_eq!(said(13 * HOUR + 12 * MINUTE), "in 13 h 12 min");
        assert_eq!(said(3 * DAY + HOUR), "in 3 days");
        assert_eq!(age(now, Timestamp(DAY + HOUR)).zh, "1天");
    }
}
