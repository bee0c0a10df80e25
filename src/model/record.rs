//! Records of attendance and leave, with their three times (EVIDENCE 1): happened, filed, first seen.

use super::{OfficialId, Said, SourceId, Timestamp};
use crate::said;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

macro_rules! word {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $(#[serde(rename = $code)] $variant),* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code),* }
            }

            pub fn parse(text: &str) -> Result<$name, Said> {
                $name::ALL.iter().copied().find(|v| v.code() == text).ok_or_else(|| {
                    let known = [$($code),*].join(", ");
                    said!("“{text}” is none of: {known}", "“{text}”不在可选值之内：{known}")
                })
            }
        }
    };
}

word! {
    /// What a source brings.
    SourceKind {
        Punch = "punch", Leave = "leave", Trip = "trip", Training = "training",
        Meeting = "meeting", Errand = "errand", Rota = "rota", WorkLog = "work_log", HealthCheck = "health_check",
        Insurance = "insurance", Allowance = "allowance",
    }
}

impl SourceKind {
    /// What such a source notes, where no verdict asks for it.
    pub fn note(self) -> Option<NoteKind> {
        NoteKind::ALL.iter().copied().find(|note| note.code() == self.code())
    }
}

word! {
    /// What is noted of an official and says nothing of where anybody was.
    NoteKind { WorkLog = "work_log", HealthCheck = "health_check", Insurance = "insurance", Allowance = "allowance" }
}

word! {
    /// How often a source is due. `never`: it does not exist in this office.
    Cadence { Daily = "daily", Weekly = "weekly", Monthly = "monthly", Never = "never" }
}

word! { Direction { In = "in", Out = "out", None = "none" } }
word! { Origin { Device = "device", Phone = "phone", Edited = "edited", Correction = "correction" } }
word! { PaperKind { Leave = "leave", Trip = "trip", Training = "training", Meeting = "meeting", Errand = "errand" } }
word! { PaperStatus { Approved = "approved", Pending = "pending", Rejected = "rejected", Cancelled = "cancelled" } }
word! {
    /// How the filing time is known.
    FiledBy { Machine = "machine", Written = "written", Unknown = "unknown" }
}
word! { DutyRule { Workdays = "workdays", Rota = "rota", DaysPerMonth = "days_per_month" } }

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub id: SourceId,
    pub kind: SourceKind,
    pub cadence: Cadence,
    pub grace_days: u32,
    pub settle_hours: u32,
}

/// One import: what it covers and when it was first seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub id: String,
    pub source: SourceId,
    pub seen: Timestamp,
    /// Inclusive days in the office's zone.
    pub covers_from: NaiveDate,
    pub covers_to: NaiveDate,
    /// False where it has far fewer rows than usual and nobody has said yet that this is right.
    pub complete: bool,
}

/// When a record was entered at its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filed {
    pub at: Option<Timestamp>,
    pub by: FiledBy,
}

/// A record of one official. `first_batch` is when we first saw it, `last_batch` when last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub official: OfficialId,
    pub source: SourceId,
    pub first_batch: String,
    pub last_batch: String,
    /// Row of the file that brought it first.
    pub row: u64,
    pub filed: Filed,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Punch(Punch),
    Paper(Paper),
    /// Rostered for this span.
    Rota {
        from: Timestamp,
        to: Timestamp,
    },
    Note(Note),
}

/// A work log, a health check, an insurance, an allowance; both ends belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub kind: NoteKind,
    pub from: Timestamp,
    pub to: Timestamp,
    pub label: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Punch {
    pub at: Timestamp,
    pub direction: Direction,
    pub origin: Origin,
    pub in_range: Option<bool>,
    pub device: Option<String>,
}

/// Leave, trip, training, meeting or errand; both ends belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub kind: PaperKind,
    pub from: Timestamp,
    pub to: Timestamp,
    pub status: Option<PaperStatus>,
    pub approved_at: Option<Timestamp>,
    pub cancelled_at: Option<Timestamp>,
    pub sick: bool,
    /// As the file has it, e.g. 年休假.
    pub label: String,
}
