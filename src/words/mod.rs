//! Both languages: texts of letters, word tables of outcomes, sentences of verdicts.
//!
//! - [`letters`]: what stands in outgoing mail.
//! - [`outcomes`]: the words that an inspector may use, from `config/words/`.
//! - [`verdicts`]: one sentence for each verdict.

mod evidence_phrases;
pub mod letters;
pub mod outcomes;
pub mod verdicts;
