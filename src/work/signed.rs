//! The name under which somebody takes a step, refused in the words of the field in which it was given.

use crate::model::{Trouble, signature};

/// # Errors
/// Nobody, not one line, or the machine itself (`model/signature.rs`).
pub fn signed(by: &str, field: &str) -> Result<String, Trouble> {
    signature(by).map_err(|said| Trouble::new(said).in_field(field))
}
