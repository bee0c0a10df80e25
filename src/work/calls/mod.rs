//! Calls that come back (EVIDENCE 6): what was reported leads to the next try, which goes out as a line of a new
//! assignment, in the morning's letter or in one of its own.
//!
//! - [`note`]: within the transaction that records outcomes: which calls are to be planned, who is left alone.
//! - [`history`]: the tries of a call with what was said of each.
//! - [`plan`]: tries → next try, a person of the office, or the end.
//! - [`give`]: tries whose slot comes → lines and letters.
//! - `take_back`: tries that are not to be made any more.
//! - [`told`]: what sheets, digests and lists say of calls that are not over.

pub mod give;
pub mod history;
pub mod note;
pub mod plan;
mod take_back;
pub mod told;

pub use give::calls_due;
pub use plan::plan_due;
