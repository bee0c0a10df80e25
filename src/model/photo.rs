//! What a photo says of itself, and how that fits the visit it came with.

use super::position::Position;
use chrono::NaiveDateTime;
use serde::Serialize;

/// Nearer than this is at the place, in metres: villages reach over some kilometres, and maps are shifted by some
/// hundred metres.
pub const NEAR: i64 = 5_000;

/// What the camera wrote into a photo. Phones and mail programs often take it out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PhotoNote {
    pub taken: Option<Taken>,
    /// WGS-84, as the format demands.
    pub place: Option<Position>,
}

/// By the camera's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    pub clock: NaiveDateTime,
    /// Of that clock before UTC, where the camera wrote it down.
    pub offset_minutes: Option<i32>,
}

/// A photo's time beside that of the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeFit {
    Fits,
    /// That day, at another hour.
    OtherHour,
    OtherDay,
    /// There is no time in it.
    Nothing,
}

/// A photo's place beside that of the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceFit {
    Fits,
    Away,
    /// Nobody knows where the place lies.
    Unlocated,
    /// There is no place in it.
    Nothing,
}

impl TimeFit {
    pub const ALL: [TimeFit; 4] = [TimeFit::Fits, TimeFit::OtherHour, TimeFit::OtherDay, TimeFit::Nothing];

    pub fn code(self) -> &'static str {
        match self {
            TimeFit::Fits => "fits",
            TimeFit::OtherHour => "other_hour",
            TimeFit::OtherDay => "other_day",
            TimeFit::Nothing => "nothing",
        }
    }

    pub fn parse(code: &str) -> Option<TimeFit> {
        TimeFit::ALL.into_iter().find(|one| one.code() == code)
    }
}

impl PlaceFit {
    pub const ALL: [PlaceFit; 4] = [PlaceFit::Fits, PlaceFit::Away, PlaceFit::Unlocated, PlaceFit::Nothing];

    pub fn code(self) -> &'static str {
        match self {
            PlaceFit::Fits => "fits",
            PlaceFit::Away => "away",
            PlaceFit::Unlocated => "unlocated",
            PlaceFit::Nothing => "nothing",
        }
    }

    pub fn parse(code: &str) -> Option<PlaceFit> {
        PlaceFit::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// How a photo fits its visit. It changes no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhotoFit {
    pub time: TimeFit,
    pub place: PlaceFit,
    /// From the place of the visit, where both are known.
    pub metres: Option<i64>,
}
