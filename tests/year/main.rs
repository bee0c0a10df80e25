//! A year in an office: backups and restores, upgrades, alerts, and what the machine is told to be.

#![cfg(test)]
#![expect(dead_code, reason = "the house and its mails are shared with other areas, which use more of them")]

#[path = "../support/mod.rs"]
mod support;

#[path = "../flow/house.rs"]
mod house;
#[path = "../flow/post.rs"]
mod post;
#[path = "../flow/records.rs"]
mod records;

mod alerts;
mod backups;
mod calendars;
mod changes;
mod handovers;
mod instants;
mod mergers;
mod previews;
mod regions;
mod service;
mod upgrades;
