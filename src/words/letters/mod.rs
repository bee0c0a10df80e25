//! The texts of outgoing mail, each in both languages by type.
//!
//! A function a text; layout is the business of `letter/`. [`common`] has dates, counts and names of
//! outcomes; [`cases`] what goes out about a flag or a complaint; [`inspector`] what inspectors get; [`office`] what offices get.

pub mod cases;
pub mod common;
pub mod files;
pub mod inspector;
pub mod office;
