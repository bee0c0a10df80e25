//! The room `letter/`.
