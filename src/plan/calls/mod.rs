//! Calls that come back (EVIDENCE 6): from what was tried so far to the next try, or the end.
//!
//! A *call task* is one drawn call. Its tries are lines of assignments: the first is the drawn line, the others
//! follow from what was reported. Nothing here knows who rings or how a letter is written.
//!
//! - [`hours`]: working hours as slots; nobody is rung outside them or in a break.
//! - [`mod@next`]: tries so far → the next one, its span, and whether the same person is rung.
//! - [`contacts`]: whom one may ring about a place; who is first, and who follows.

pub mod contacts;
pub mod hours;
pub mod next;

pub use hours::{Hours, Slot};
pub use next::{Circumstances, End, Next, Reported, Rule, Try, Whom, next};
