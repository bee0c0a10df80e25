//! When checks may fall: the calendar of workdays, and cron rules that become windows (DRAW 1).
//!
//! A [`Calendar`] knows the years that were published and no others: a day outside them is an error,
//! never a plain weekday. A [`CronRule`] is the five-field text that people write; a [`WindowRule`]
//! gives it a slot and a length; [`mod@windows`] puts both together in the office's zone.

pub mod calendar;
pub mod cron_rule;
pub mod windows;

pub use calendar::{Calendar, DayKind, OutsideCalendar};
pub use cron_rule::CronRule;
pub use windows::{TimingError, Upcoming, WindowRule, next_windows, windows};
