//! Pages for people at a desk: what the use cases found, as documents that can be read, printed and filed.
//!
//! A page is one self-contained file: no script, no image, nothing fetched from anywhere. Plots are
//! drawn inline in shades that a grey printer keeps apart, each with its counts and a text that
//! says the same.

pub mod api;
pub mod fairness;
pub mod pages;
pub mod preview;
pub mod report;
pub mod shown;
pub mod web;

mod connections;
mod plots;
mod qr;
mod svg;
