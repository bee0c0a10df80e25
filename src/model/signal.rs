//! What a person registers about a place that makes a check likelier (DRAW 1).

use super::register::Posting;
use super::{PlaceId, Said};
use crate::said;
use serde::Serialize;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignalKind {
    /// A registered complaint; no report that nobody answers for.
    Complaint,
    /// A pattern in the attendance records.
    Pattern,
    Remote,
}

impl SignalKind {
    pub const ALL: [SignalKind; 3] = [SignalKind::Complaint, SignalKind::Pattern, SignalKind::Remote];

    pub fn code(self) -> &'static str {
        match self {
            SignalKind::Complaint => "complaint",
            SignalKind::Pattern => "pattern",
            SignalKind::Remote => "remote",
        }
    }

    pub fn said(self) -> Said {
        match self {
            SignalKind::Complaint => said!("complaint", "投诉"),
            SignalKind::Pattern => said!("pattern", "异常"),
            SignalKind::Remote => said!("remote", "偏远"),
        }
    }
}

impl FromStr for SignalKind {
    type Err = ();
    fn from_str(text: &str) -> Result<SignalKind, ()> {
        SignalKind::ALL.into_iter().find(|kind| kind.code() == text).ok_or(())
    }
}

impl Serialize for SignalKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// One registered signal, for a span of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceSignal {
    pub place: PlaceId,
    pub kind: SignalKind,
    pub reason: String,
    pub span: Posting,
}
