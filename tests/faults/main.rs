//! Faults: the process is killed wherever it hurts, machines fail, and an auditor looks at what is left (DESIGN 6.7).

#![cfg(test)]
#![expect(dead_code, reason = "databases and the office are shared with other areas, which use more of them")]

#[path = "../support/mod.rs"]
mod support;

#[path = "../relay/office.rs"]
mod office;

#[path = "../flow/house.rs"]
mod house;
#[path = "../flow/post.rs"]
mod post;

mod auditor;
mod clock;
mod disk;
mod failover;
mod locks;
mod mailbox;
mod rig;
mod servers;
mod several;
mod sink;
mod steps;
mod syscalls;
mod year;
