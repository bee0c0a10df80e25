//! The room `words/`.

pub mod letters;
