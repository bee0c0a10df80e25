//! Whether the draw behaves as its published chances say, and what a watcher can gain (DRAW 5).
//!
//! Windows of a programme go in one after the other, in the order of their draws ([`Watch::add`]);
//! what is kept grows with the places and not with the windows, so that a nation's year fits. At the end
//! come checks ([`check`]), each with its number of cases, and the series behind the plots. All
//! of it rests on the sealed chances and the tickets' own decisions, never on who was reached.
//!
//! Figures here are floating point: they judge draws, and no draw hangs on them.

pub mod check;
pub mod report;
pub mod tally;

mod checks;
mod gaps;
mod places;
mod said;
mod scores;
mod series;
mod tails;
mod watch;

pub use check::{Check, Verdict};
pub use report::{Programme, Report};
pub use series::{Day, Series};
pub use watch::Watch;

use super::{Chance, Reason};
use crate::model::{PlaceId, Said};
use chrono::NaiveDate;

/// A place in a window.
#[derive(Debug, Clone)]
pub struct Unit {
    pub id: PlaceId,
    /// Chance of a visit as it was sealed; zero where the place was not eligible.
    pub sealed: Chance,
    /// Chance of being taken: the sealed one, or the exact inclusion where a number of visits is demanded.
    pub p: f64,
    /// What the ticket says, whatever was done about it later.
    pub hit: bool,
    pub reason: Option<Reason>,
    pub came: Came,
}

/// What the list of the window says of a place, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// Not listed for a visit.
    Nothing,
    Executed,
    NotExecuted,
    /// The visit became a call: no inspector or no time was left.
    Downgraded,
    /// Still to be answered.
    Open,
}

/// Whether a window was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Drawn,
    /// Declared void, with the reason's code. Its tickets are known only where link and beacon are.
    Void {
        reason: String,
        tickets_known: bool,
    },
}

/// The uniform number that the window's own seed gives a place, from 0 to 1: label `pit`.
pub type Pit = Box<dyn Fn(&PlaceId) -> f64 + Send>;

/// A window as it is checked.
pub struct Observed {
    pub day: NaiveDate,
    pub slot: String,
    /// Greatest chance that the terms allow in this window.
    pub hi: Chance,
    pub standing: Standing,
    /// False where a number of visits is demanded, so that one visit makes another less likely.
    pub independent: bool,
    /// In the byte order of the ids. Empty for a void that was never sealed.
    pub units: Vec<Unit>,
    /// For each score that the watch was told of: one entry a unit, fixed before the draw.
    pub scores: Vec<Vec<Option<f64>>>,
    pub pit: Pit,
}

/// A score that comes with the windows, beside those that follow from the draws themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predictor {
    pub code: &'static str,
    pub name: Said,
}
