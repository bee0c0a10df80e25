//! The windows of a programme, and the terms under which it was sealed.

use super::{Context, Done, Failure};
use crate::config::{Office, Programme};
use crate::draw::{Chance, Policy, PolicyWords};
use crate::model::{Said, Timestamp, Trouble, Window};
use crate::timing::{self, WindowRule};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What the programme seal fixes, as it is stored and logged (DRAW 3). Integers of 2^32 a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub programme: String,
    pub office: String,
    pub anchor: String,
    pub sealed_at: String,
    pub zone: String,
    pub place: String,
    pub lo: u64,
    pub hi: u64,
    pub m: u32,
    pub p_call: u64,
    pub min_visits: u32,
    pub max_visits: Option<u32>,
    pub windows: Vec<(String, String, u32)>,
    pub lead_minutes: u32,
    pub beacon: String,
    pub risk: String,
    pub reveal_delay_days: u32,
    pub calendar_years: Vec<i32>,
}

impl Terms {
    pub fn policy(&self) -> Done<Policy> {
        let chance = |p: u64| Chance::new(p).ok_or_else(|| damaged("probability"));
        Ok(Policy { lo: chance(self.lo)?, hi: chance(self.hi)?, low_windows: self.m, call: chance(self.p_call)? })
    }

    pub fn read(content: &str) -> Done<Terms> {
        serde_json::from_str(content).map_err(|_| damaged("programme seal"))
    }
}

pub(super) fn damaged(what: &'static str) -> Failure {
    Failure::from(Trouble::new(Said::new(
        format!("the stored {what} cannot be read: restore the database from its backup"),
        format!("保存的{what}无法读取：请从备份恢复数据库"),
    )))
}

/// The configured rules, parsed; the trouble names the programme's window.
pub fn rules(programme: &Programme) -> Done<Vec<WindowRule>> {
    programme
        .windows
        .iter()
        .map(|w| {
            WindowRule::parse(w.slot.as_str(), &w.rule, w.length_minutes).map_err(|said| {
                Failure::from(Trouble::new(said).in_field(format!("programme {} window {}", programme.id, w.slot)))
            })
        })
        .collect()
}

/// The hazard band in integers of a window, from the configured words.
pub fn policy(programme: &Programme) -> Done<Policy> {
    let words = PolicyWords {
        lo: programme.lo.to_string(),
        hi: programme.hi.to_string(),
        low_workdays: programme.m,
        call: programme.p_call.to_string(),
        windows_a_day: u32::try_from(programme.windows.len()).unwrap_or(u32::MAX),
    };
    Ok(Policy::from_words(&words)?)
}

/// The windows of one day; none on a day that is not worked.
pub fn of_day(ctx: &Context, programme: &Programme, office: &Office, day: NaiveDate) -> Done<Vec<Window>> {
    let windows = timing::windows(&rules(programme)?, &programme.id, &office.id, office.zone, &ctx.calendar, day, day);
    windows.map_err(|e| Failure::from(Trouble::new(e.said()).in_field(format!("programme {}", programme.id))))
}

/// When a window is drawn: by itself, `lead` before it opens.
pub fn draw_at(programme: &Programme, window: &Window) -> Timestamp {
    window.start.minus(i64::from(programme.lead_minutes) * crate::model::time::MINUTE)
}

/// A day outside the calendar, as a trouble of planning.
pub fn outside(e: &crate::timing::OutsideCalendar) -> Failure {
    Failure::from(Trouble::new(e.said()))
}
