//! The checks of DRAW 5: honest draws pass, every other way of sending inspectors is found out.

#![expect(clippy::unwrap_used, reason = "a test may fail this way")]

mod command;
mod honest;
mod laws;
mod pages;
mod schedules;
mod world;
