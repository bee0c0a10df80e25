//! The pages of the console, one a file: what an office sees at a glance. Every page reads, and none changes anything.
//!
//! Facts come from `work::look`; here they get their words and their order. What has to be done stands first; an empty
//! list says what comes next. A page is written as a `Draft`, whose tables are workbooks at the same address.

pub mod audit;
pub mod case;
pub mod coverage;
pub mod draws;
pub mod findings;
pub mod flags;
pub mod imports;
pub mod quarantine;
pub mod record;
pub mod reports;
pub mod setup;
pub mod shell;
pub mod today;
pub mod users;

mod draft;
mod form;
mod lines;
mod listing;
mod map;
mod parts;
mod words;
