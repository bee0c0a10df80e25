//! The room `work/`.
