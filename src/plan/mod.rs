//! The room `plan/`.
