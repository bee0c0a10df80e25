//! What one paper (leave, trip, training, meeting, errand) says at a moment (EVIDENCE 1 and 3).

use super::coverage::lacked_before;
use super::known::{Known, View, newer_versions, older_versions};
use super::moment::{in_span, not_after_minute};
use crate::model::Timestamp;
use crate::model::record::{FiledBy, Paper, PaperKind, PaperStatus};
use crate::model::time::HOUR;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    Nothing,
    /// Approved leave, filed before.
    Excuses,
    /// Something registered, or a doubtful paper: somebody should look.
    Verify,
    /// Filed after the observation.
    Late,
}

/// When a paper was filed, seen from a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filing {
    Before,
    /// A written date, or no time at all: neither proven before nor proven late.
    Doubtful,
    /// Sick leave within the hours that the office grants.
    Grace,
    After,
}

/// What had been decided of a paper by a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Approved,
    /// Pending, approved later, or perhaps cancelled by then.
    Open,
    /// Rejected, or cancelled by then.
    Void,
}

/// How far a version speaks for a moment once there are newer ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Force {
    Full,
    /// It was replaced, and whether before the moment is unknown.
    Doubtful,
    None,
}

type KnownPaper<'a> = Known<'a, &'a Paper>;

pub fn says(view: &View<'_>, paper: &KnownPaper<'_>, moment: Timestamp) -> Says {
    if !covers(paper, moment) {
        return Says::Nothing;
    }
    let force = force(view, paper, moment);
    let decision = decision(view, paper, moment);
    if force == Force::None || decision == Decision::Void {
        return Says::Nothing;
    }
    match (filing(view, paper, moment), decision, paper.what.kind) {
        (Filing::After, ..) => Says::Late,
        (Filing::Before, Decision::Approved, PaperKind::Leave) if force == Force::Full => Says::Excuses,
        _ => Says::Verify,
    }
}

/// Whether the official was on approved leave at the moment, as far as anybody could know then.
pub fn on_leave(view: &View<'_>, paper: &KnownPaper<'_>, moment: Timestamp) -> bool {
    paper.what.kind == PaperKind::Leave
        && covers(paper, moment)
        && force(view, paper, moment) == Force::Full
        && decision(view, paper, moment) == Decision::Approved
        && matches!(filing(view, paper, moment), Filing::Before | Filing::Doubtful)
}

fn covers(paper: &KnownPaper<'_>, moment: Timestamp) -> bool {
    in_span(paper.what.from, paper.what.to, moment)
}

/// A newer version that speaks of the moment too replaces this one. A newer version whose span has
/// lost the moment voids this one from the time of the change.
fn force(view: &View<'_>, paper: &KnownPaper<'_>, moment: Timestamp) -> Force {
    if newer_versions(view, paper).iter().any(|newer| covers(newer, moment)) {
        return Force::None;
    }
    match newer_versions(view, paper).first() {
        Some(newer) if newer.first_seen <= moment => Force::None,
        Some(_) if paper.last_seen < moment => Force::Doubtful,
        _ => Force::Full,
    }
}

fn filing(view: &View<'_>, paper: &KnownPaper<'_>, moment: Timestamp) -> Filing {
    let grace = i64::from(if paper.what.sick { view.case.sick_leave_grace_hours } else { 0 }) * HOUR;
    let zone = view.case.zone;
    let late_unless_sick = |in_grace: bool| if grace > 0 && in_grace { Filing::Grace } else { Filing::After };
    let stamped = match (paper.record.filed.at, paper.record.filed.by) {
        (Some(filed), FiledBy::Machine) if not_after_minute(filed, moment) => Filing::Before,
        (Some(filed), FiledBy::Machine) => late_unless_sick(filed <= moment.plus(grace)),
        (Some(filed), FiledBy::Written) if filed.day(zone) <= moment.day(zone) => Filing::Doubtful,
        (Some(filed), FiledBy::Written) => late_unless_sick(filed.day(zone) <= moment.plus(grace).day(zone)),
        (None, _) | (_, FiledBy::Unknown) => {
            if lacked_before(view, &paper.record.source, paper.first_seen, moment) {
                late_unless_sick(paper.first_seen <= moment.plus(grace))
            } else {
                Filing::Doubtful
            }
        }
    };
    if stamped == Filing::After {
        return stamped;
    }
    // An edit that brought the moment into the span counts as filed when it was made: between the
    // last sight of the old version and the first of this one.
    let mut had_it_already = false;
    let mut changed_after = None;
    for older in older_versions(view, paper) {
        had_it_already |= covers(older, moment);
        changed_after = Some(older.last_seen);
    }
    match changed_after {
        Some(after) if !had_it_already && moment <= after => late_unless_sick(paper.first_seen <= moment.plus(grace)),
        Some(_) if !had_it_already && moment < paper.first_seen => Filing::Doubtful,
        _ => stamped,
    }
}

fn decision(view: &View<'_>, paper: &KnownPaper<'_>, moment: Timestamp) -> Decision {
    let what = paper.what;
    if what.status == Some(PaperStatus::Rejected) || what.cancelled_at.is_some_and(|at| at <= moment) {
        return Decision::Void;
    }
    let versions = older_versions(view, paper);
    let older = versions.last();
    if what.status == Some(PaperStatus::Cancelled) && what.cancelled_at.is_none() {
        // Cancelled, nobody says when: after the last sight of the uncancelled version, before the first of this.
        let stood = older.is_some_and(|o| o.what.status != Some(PaperStatus::Cancelled) && moment <= o.last_seen);
        if !stood {
            return if paper.first_seen <= moment { Decision::Void } else { Decision::Open };
        }
    }
    let approved = match what.status {
        Some(PaperStatus::Approved | PaperStatus::Cancelled) => true,
        // Leave must be approved by somebody; a trip or a meeting that is registered stands.
        None => what.kind != PaperKind::Leave || what.approved_at.is_some(),
        Some(PaperStatus::Pending | PaperStatus::Rejected) => false,
    };
    let by_then = match what.approved_at {
        Some(at) => not_after_minute(at, moment),
        None => !older.is_some_and(|o| o.what.status == Some(PaperStatus::Pending) && moment <= o.last_seen),
    };
    if approved && by_then { Decision::Approved } else { Decision::Open }
}
