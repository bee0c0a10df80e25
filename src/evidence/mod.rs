//! Evidence: what an outcome means when it is held against attendance and leave.
//!
//! An outcome is an observation of one official at a moment ([`moment`]). The [`Case`] holds it
//! together with every record, batch and source that speaks of that moment; [`judge`] is a pure
//! function of the case. It asks four things in turn: was the official due ([`duty`]), have all
//! sources arrived ([`coverage`]), what do the papers say ([`paper`]), what do the punches say
//! ([`punch`]); and the table of EVIDENCE 4 ([`verdict`]) takes the first row that matches. Where
//! the moment is only known as an interval, every state in which the records can be within it is
//! judged, and the weakest verdict is taken.
//!
//! A verdict of medium strength or more opens a flag; [`flag`] is its life, [`deadline`] how long people have to
//! answer, [`ladder`] what a confirmed one leads to; [`rejudge`] says what to record when late records change a
//! verdict. [`finding`] is the life of what is to be rectified, [`gaps`] what is missing in the records, [`person`]
//! what a record may tell, [`unnamed`] who is not named in it; [`retention`] says when something is deleted. [`rows`] makes records of files, [`pushed`]
//! rows of what systems and devices send, [`who`] says whose they are. The machine confirms nothing. [`dry_run`] reads and writes the JSON form of EVIDENCE 9.
//! [`pattern`] counts habits, and [`mod@photo`] holds photos against visits: neither accuses anybody.

pub mod back_check;
pub mod case;
pub mod coverage;
pub mod deadline;
pub mod dry_run;
mod dry_run_records;
pub mod duty;
pub mod finding;
pub mod flag;
pub mod gaps;
mod json_fields;
mod known;
pub mod ladder;
pub mod late_upload;
pub mod moment;
pub mod paper;
pub mod pattern;
pub mod person;
pub mod photo;
pub mod punch;
pub mod pushed;
mod record;
pub mod rejudge;
pub mod retention;
pub mod rows;
pub mod unnamed;
pub mod verdict;
pub mod who;
pub mod workdays;

pub use case::{Case, Duty, LateUpload, Observation};
pub use verdict::{Judgement, judge};
pub use workdays::Workdays;
