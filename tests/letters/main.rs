//! What offices and inspectors get to read: golden letters, and rules that hold for all of them.
//!
//! The golden letters stand in `tests/snapshots/letters/`. After a wanted change run this test with
//! `UPDATE_GOLDEN=1` and read the difference.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

mod calendar;
mod calls;
mod fixtures;
mod golden;
mod rules;
mod travel;
