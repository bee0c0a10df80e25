//! The room `measure/`.
