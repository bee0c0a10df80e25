//! The room `registry/`.
