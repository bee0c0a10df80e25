//! The room `words/`.

pub mod letters;
pub mod outcomes;
