//! The room `evidence/`.

pub mod rows;
