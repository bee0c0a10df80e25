//! The windows of a programme, as its configuration has them.

use super::{Context, Done, Failure};
use crate::config::{Office, Programme};
use crate::draw::{Policy, PolicyWords};
use crate::model::{DrawAt, Said, Timestamp, Trouble, Window};
use crate::timing::{self, WindowRule};
use chrono::NaiveDate;

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
    let windows = timing::windows(
        &rules(programme)?,
        &programme.id,
        &office.id,
        office.zone,
        ctx.calendar.of(&office.region),
        day,
        day,
    );
    windows.map_err(|e| Failure::from(Trouble::new(e.said()).in_field(format!("programme {}", programme.id))))
}

/// When a window is drawn: `lead` before it opens, or before the first of its day does.
pub fn draw_at(programme: &Programme, window: &Window, first_of_day: &Window) -> Timestamp {
    let opens = match programme.draw_at {
        DrawAt::Each => window.start,
        DrawAt::Morning => first_of_day.start,
    };
    opens.minus(i64::from(programme.lead_minutes) * crate::model::time::MINUTE)
}

/// A day outside the calendar, as a trouble of planning.
pub fn outside(e: &crate::timing::OutsideCalendar) -> Failure {
    Failure::from(Trouble::new(e.said()))
}
