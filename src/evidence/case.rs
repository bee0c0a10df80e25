//! A case: one observation and everything that is known of its moment.

use super::Workdays;
use crate::model::record::{Batch, Cadence, DutyRule, Record, Source, SourceKind};
use crate::model::{Kind, OfficialId, Outcome, SourceId, Timestamp};
use chrono_tz::Tz;
use std::collections::BTreeSet;

/// Everything that a verdict depends on, and nothing else.
///
/// `records` are this official's alone. Records whose batch is unknown, or was seen after
/// `judged_at`, do not exist for the verdict (EVIDENCE 9).
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub judged_at: Timestamp,
    /// The office's zone: it says where a day begins.
    pub zone: Tz,
    pub duty: Duty,
    pub observation: Observation,
    /// Holidays and make-up workdays: they count the days of grace.
    pub workdays: Workdays,
    pub sources: Vec<Source>,
    pub batches: Vec<Batch>,
    pub records: Vec<Record>,
    /// Device and batch pairs that are late uploads; from [`super::late_upload::late_uploads`].
    pub late_uploads: BTreeSet<LateUpload>,
    /// Sick leave filed within so many hours after the observation is to be checked, not late. 0: none.
    pub sick_leave_grace_hours: u16,
}

impl Case {
    /// Whether the office has any leave source; `never` is none.
    pub fn has_leave_source(&self) -> bool {
        self.sources.iter().any(|s| s.kind == SourceKind::Leave && s.cadence != Cadence::Never)
    }
}

/// What is known of the official's duty on the day of the observation. `None` is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Duty {
    pub rule: Option<DutyRule>,
    /// Whether the observation's day is a workday; counts under `workdays` alone.
    pub workday: Option<bool>,
    /// Days of absence still allowed in the month or year; counts under `days_per_month` alone.
    pub allowed_absent_days_left: Option<i64>,
}

/// An outcome as evidence. Every field may be unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    pub official: OfficialId,
    pub kind: Option<Kind>,
    pub outcome: Option<Outcome>,
    /// The window's start and end.
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// The time that the inspector stated; for `absent` the arrival.
    pub at: Option<Timestamp>,
    /// When the reply was received.
    pub received: Option<Timestamp>,
    /// Who gave the claimed reason. Kept beside the verdict and never put into its sentence: that
    /// one travels into letters and exports, where a villager's name must not be (EVIDENCE 5).
    pub said_by: Option<String>,
    /// Whether a call has no attempts left; unknown counts as attempts still open.
    pub attempts_used_up: bool,
}

/// A batch that brought one device's punches of three or more officials late (EVIDENCE 1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LateUpload {
    pub source: SourceId,
    pub batch: String,
    pub device: String,
}
