//! Use cases, one a file: load → pure function → one transaction. Called by ticks, commands, pages and
//! the demo alike; nothing here waits for a time or decides when it is called.

pub mod context;
pub mod custody;
pub mod dispatch;
pub mod division;
pub mod draw;
pub mod failure;
pub mod import;
pub mod intake;
pub mod log;
pub mod places;
pub mod post;
pub mod records;
pub mod release;
pub mod roster;
pub mod seal;
pub mod secrets;
pub mod windows;

pub use context::Context;
pub use failure::{Done, Failure};
pub use secrets::Secrets;
