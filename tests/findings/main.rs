//! Findings, gaps in the records, records of one person or team: what an office sees of them.

#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod commands;
mod gaps;
mod house;
mod ledger;
mod life;
mod person;
mod retention;
mod retention_cases;
mod world;
