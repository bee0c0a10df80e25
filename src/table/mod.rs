//! The room `table/`.
