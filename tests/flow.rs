//! The house as a whole: sealing, drawing, letters, replies, evidence, flags; nothing is replaced by
//! a double but the clock and the entropy.

#![cfg(test)]

mod support;

#[path = "flow/absent.rs"]
mod absent;
#[path = "flow/custodians.rs"]
mod custodians;
#[path = "flow/demo.rs"]
mod demo;
#[path = "flow/evidence.rs"]
mod evidence;
#[path = "flow/house.rs"]
mod house;
#[path = "flow/outbox.rs"]
mod outbox;
#[path = "flow/post.rs"]
mod post;
#[path = "flow/programmes.rs"]
mod programmes;
#[path = "flow/records.rs"]
mod records;
#[path = "flow/replies.rs"]
mod replies;
#[path = "flow/risk.rs"]
mod risk;
#[path = "flow/secrecy.rs"]
mod secrecy;
#[path = "flow/serve.rs"]
mod serve;
#[path = "flow/windows.rs"]
mod windows;
