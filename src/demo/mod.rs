//! The room `demo/`.
