//! Use cases, one a file: load → pure function → one transaction. Called by ticks, commands, pages and
//! the demo alike; nothing here waits for a time or decides when it is called.

pub mod failure;
pub mod secrets;

pub use failure::{Done, Failure};
pub use secrets::Secrets;
