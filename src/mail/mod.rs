//! The room `mail/`.
