//! The house as a whole: sealing, drawing, letters, replies, evidence, flags; nothing is replaced by
//! a double but the clock and the entropy.

#![cfg(test)]

#[path = "support/serving.rs"]
mod serving;
mod support;

#[path = "flow/absent.rs"]
mod absent;
#[path = "flow/answers.rs"]
mod answers;
#[path = "flow/back_checks.rs"]
mod back_checks;
#[path = "flow/bounces.rs"]
mod bounces;
#[path = "flow/calls.rs"]
mod calls;
#[path = "flow/calls_month.rs"]
mod calls_month;
#[path = "flow/canary.rs"]
mod canary;
#[path = "flow/complaints.rs"]
mod complaints;
#[path = "flow/custodians.rs"]
mod custodians;
#[path = "flow/daemons.rs"]
mod daemons;
#[path = "flow/demo.rs"]
mod demo;
#[path = "flow/drand.rs"]
mod drand;
#[path = "flow/due_process.rs"]
mod due_process;
#[path = "flow/evidence.rs"]
mod evidence;
#[path = "flow/fallen.rs"]
mod fallen;
#[path = "flow/files.rs"]
mod files;
#[path = "flow/flags.rs"]
mod flags;
#[path = "flow/flags_cli.rs"]
mod flags_cli;
#[path = "flow/given_back.rs"]
mod given_back;
#[path = "flow/house.rs"]
mod house;
#[path = "flow/inbox.rs"]
mod inbox;
#[path = "flow/late.rs"]
mod late;
#[path = "flow/names.rs"]
mod names;
#[path = "flow/outbox.rs"]
mod outbox;
#[path = "flow/overtaken.rs"]
mod overtaken;
#[path = "flow/paper.rs"]
mod paper;
#[path = "support/photo.rs"]
mod photo;
#[path = "flow/photos.rs"]
mod photos;
#[path = "flow/post.rs"]
mod post;
#[path = "flow/process.rs"]
mod process;
#[path = "flow/programmes.rs"]
mod programmes;
#[path = "flow/questions.rs"]
mod questions;
#[path = "flow/records.rs"]
mod records;
#[path = "flow/replies.rs"]
mod replies;
#[path = "flow/reports.rs"]
mod reports;
#[path = "flow/restore.rs"]
mod restore;
#[path = "flow/risk.rs"]
mod risk;
#[path = "flow/secrecy.rs"]
mod secrecy;
#[path = "flow/senders.rs"]
mod senders;
#[path = "flow/serve.rs"]
mod serve;
#[path = "flow/together.rs"]
mod together;
#[path = "flow/typed.rs"]
mod typed;
#[path = "flow/visits.rs"]
mod visits;
#[path = "flow/windows.rs"]
mod windows;
