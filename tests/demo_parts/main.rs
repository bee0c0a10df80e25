//! The simulated county: the same for ever, and true to the rules that it is to test.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod files;
mod mails;
mod world;
