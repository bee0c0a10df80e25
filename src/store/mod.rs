//! The room `store/`.
