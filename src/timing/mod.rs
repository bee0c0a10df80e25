//! The room `timing/`.
