//! The room `daemon/`.
