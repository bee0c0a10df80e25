//! Both languages: texts of letters, word tables of outcomes, sentences of verdicts.
//!
//! - [`calls`]: calls that come back.
//! - [`findings`]: what is to be rectified, and the columns of its ledger.
//! - [`instruments`]: what visits look at and calls ask, from `config/instruments/`.
//! - [`letters`]: what stands in outgoing mail.
//! - [`outcomes`]: the words that an inspector may use, from `config/words/`.
//! - [`person`]: the record of one official or team.
//! - [`photos`]: how photos fit the visits they came with.
//! - [`retention`]: what is deleted, and why not yet.
//! - [`sending`]: why a letter did not leave.
//! - [`states`]: how lists call the codes of mails, letters, lines and verdicts.
//! - [`verdicts`]: one sentence for each verdict.

pub mod calls;
mod evidence_phrases;
pub mod findings;
pub mod instruments;
pub mod letters;
pub mod outcomes;
pub mod person;
pub mod photos;
pub mod retention;
pub mod sending;
pub mod states;
pub mod verdicts;
