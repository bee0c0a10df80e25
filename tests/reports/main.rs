//! The report of an office's period: golden pages, every way of looking at it, and how it is closed. And the page of
//! patterns in attendance.

#![expect(clippy::unwrap_used, reason = "a test may fail this way")]

mod county;
mod pages;
mod patterns;
mod period;
#[path = "../measure/stream.rs"]
mod stream;
