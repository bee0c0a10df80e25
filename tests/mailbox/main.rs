//! Mailboxes on mail servers: a real Dovecot, a rude one of the tests' own, kills at every step, a whole day.
//!
//! Needs Debian's `dovecot-imapd` and `openssl`; for the whole day also `postfix` and `swaks`. Servers run on
//! free ports of this machine, as root or as an ordinary user, and end with the test.

#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

#[expect(dead_code, reason = "written for the tests of the flow: not all of it is used here")]
#[path = "../flow/house.rs"]
mod house;
#[path = "../flow/post.rs"]
mod post;

mod check;
mod common;
mod crash;
mod day;
mod dovecot;
mod fetch;
mod pipe;
mod process;
mod proxy;
mod raw;
mod rude;
mod rudeness;
