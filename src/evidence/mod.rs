//! The room `evidence/`.
