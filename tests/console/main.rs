//! The console from outside: a real server on a free port of this machine, and browsers that send what browsers send,
//! and what they never would.

#![cfg(test)]

#[path = "../support/serving.rs"]
mod serving;
#[path = "../support/mod.rs"]
mod support;

#[expect(dead_code, reason = "written for the tests of the flow: not all of it is used here")]
#[path = "../flow/due_process.rs"]
mod due_process;
#[expect(dead_code, reason = "written for the tests of the flow: not all of it is used here")]
#[path = "../flow/house.rs"]
mod house;
#[expect(dead_code, reason = "written for the tests of the flow: not all of it is used here")]
#[path = "../flow/post.rs"]
mod post;
#[path = "../flow/records.rs"]
mod records;

mod actions;
mod audit;
mod by_hand;
mod canary;
mod county;
mod forms;
mod guessing;
mod headers;
mod matrix;
mod payloads;
mod process;
mod second;
mod sessions;
mod site;
