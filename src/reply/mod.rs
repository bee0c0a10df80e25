//! The room `reply/`.
