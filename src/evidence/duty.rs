//! Was the official due at that moment? (EVIDENCE 3)

use super::coverage;
use super::known::View;
use super::moment::in_span;
use crate::model::Timestamp;
use crate::model::record::{DutyRule, SourceKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDuty {
    Due,
    NotDue,
    Unknown,
}

/// Each rule listens to one thing alone: the calendar, the rota rows, or the allowance.
///
/// Under `rota` a missing row means a free day only once the rota covers the moment.
pub fn on_duty(view: &View<'_>, moment: Timestamp) -> OnDuty {
    let duty = &view.case.duty;
    let known = |due: Option<bool>| match due {
        Some(true) => OnDuty::Due,
        Some(false) => OnDuty::NotDue,
        None => OnDuty::Unknown,
    };
    match duty.rule {
        Some(DutyRule::Workdays) => known(duty.workday),
        Some(DutyRule::DaysPerMonth) => known(duty.allowed_absent_days_left.map(|left| left <= 0)),
        Some(DutyRule::Rota) => {
            let rostered = view.shifts.iter().any(|shift| in_span(shift.what.0, shift.what.1, moment));
            let covered = view.sources(SourceKind::Rota).next().is_some()
                && view.sources(SourceKind::Rota).all(|source| coverage::covers(view, source, moment));
            known(if rostered { Some(true) } else { covered.then_some(false) })
        }
        None => OnDuty::Unknown,
    }
}
