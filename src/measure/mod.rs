//! What the results amount to, for reports upward and for the offices themselves.
//!
//! A list of absences is no rate: places are drawn with unequal probabilities and calls go
//! unanswered. So every rate here weighs a unit by the probability with which it was drawn, says how
//! sure it is, and says nothing where the results carry nothing.
//!
//! - [`units`]: what an estimate starts from: stratum, p, share absent, known totals.
//! - [`estimate`]: totals and rates by stratum and over all (EVIDENCE 7).
//! - [`taken`]: how lines were taken: all hits, the first of them, or exactly n (DRAW 7).
//! - [`inclusion`]: exact probabilities to be among the first n.
//! - [`interval`]: the range of a rate.
//! - [`counties`]: many small counties beside each other; [`patterns`]: habits of officials beside those of others.
//! - [`document`]: a report before anybody has chosen how to look at it; [`period`]: that of an office.
//! - [`absence`]: the report of a period: absence and how far calls reached.
//! - [`questions`]: answers to the questions of visits and calls.
//! - [`aapor`]: how calls ended, and the response rates (EVIDENCE 6).

pub mod aapor;
pub mod absence;
pub mod back_checks;
pub mod counties;
pub mod document;
pub mod estimate;
pub mod gaps;
pub mod inclusion;
pub mod interval;
pub mod patterns;
pub mod period;
pub mod questions;
pub mod signs;
pub mod taken;
pub mod units;
