//! The room `words/`.
