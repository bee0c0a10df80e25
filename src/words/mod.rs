//! The room `words/`.

mod evidence_phrases;
pub mod verdicts;
