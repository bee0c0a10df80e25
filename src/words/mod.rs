//! The room `words/`.

pub mod outcomes;
