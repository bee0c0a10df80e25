//! The room `draw/`.
