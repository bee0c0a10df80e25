//! Use cases, one a file: load → pure function → one transaction. Called by ticks, commands, pages and
//! the demo alike; nothing here waits for a time or decides when it is called.

pub mod answer;
mod back;
pub mod beacon;
pub mod backstop;
pub mod boxes;
pub mod check;
pub mod close;
pub mod context;
pub mod cost;
pub mod custody;
pub mod decide;
pub mod digest;
pub mod dispatch;
pub mod division;
pub mod draw;
pub mod drawn;
pub mod failure;
pub mod flags;
mod frames;
pub mod generation;
pub mod import;
pub mod intake;
pub mod judge;
mod judge_case;
pub mod keys;
pub mod log;
pub mod open;
pub mod places;
pub mod post;
pub mod record;
pub mod records;
pub mod release;
pub mod remind;
pub mod roster;
pub mod seal;
pub mod second;
pub mod secrets;
pub mod sent;
pub mod sheet;
pub mod signals;
pub mod turn;
pub mod windows;

pub use context::Context;
pub use failure::{Done, Failure};
pub use secrets::Secrets;
