//! The texts of outgoing mail, each in both languages by type.
//!
//! A function a text; layout is the business of `letter/`. [`answer_sheet`] is what inspectors fill in; [`common`] has dates, counts and names of
//! outcomes; [`cases`] what goes out about a flag or a complaint; [`inspector`] what inspectors get; [`office`] what offices get;
//! [`questions`] what stands around a questionnaire.

pub mod answer_sheet;
pub mod away;
pub mod cases;
pub mod common;
pub mod files;
pub mod inspector;
pub mod office;
pub mod questions;
pub mod travel;
