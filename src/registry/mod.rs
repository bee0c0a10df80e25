//! Rows of the register's files → villages, teams, officials, contacts, inspectors, recusals,
//! exclusions and risk signals, and what a new roster changes.
//!
//! [`roster`] drives every kind: a good row becomes a value of `model::register`, a bad one a
//! [`Reject`](crate::table::Reject) that names file, row and column, and neither stops the other.
//! How the rows of one kind are read is said in [`places`], [`people`], [`bars`], [`signals`], [`absences`] and [`ways`]
//! ([`gcj02`]: coordinates of Chinese maps). [`change`]
//! compares a roster with the present register; nothing is ever deleted, what is gone gets an end
//! date, and [`merger`] makes one village of several ([`merged`]: files that still name the parts). [`check`] looks across people for numbers that stand there twice. [`phone`] and [`latin`]
//! parse numbers and romanise names; [`china_division`] reads the national list of villages.

pub mod absences;
pub mod bars;
pub mod change;
pub mod check;
pub mod china_division;
pub mod gcj02;
pub mod latin;
pub mod merged;
pub mod merger;
pub mod people;
pub mod phone;
pub mod places;
pub mod roster;
pub mod signals;
pub mod ways;

mod cells;

pub use change::{Changes, Mode, Registered, changes};
pub use china_division::{Area, Files, read_division};
pub use phone::parse_phone;
pub use places::VillageRow;
pub use roster::{Entry, Known, Parsed, RosterRow, Setting, parse_roster};
