//! What a person types beside an act: the name under which it is done, why, and in which words. Refused in the
//! words of the field in which it was given.

use crate::model::typed::{self, LONGEST_REASON, LONGEST_WHO};
use crate::model::{Trouble, signature};
use crate::said;

/// # Errors
/// Nobody, not one line, or the machine itself (`model/signature.rs`).
pub fn signed(by: &str, field: &str) -> Result<String, Trouble> {
    signature(by).map_err(|said| Trouble::new(said).in_field(field))
}

/// Why, on one line.
///
/// # Errors
/// Empty, too long, or control characters.
pub fn reason(text: &str, field: &str) -> Result<String, Trouble> {
    let reason = remark(text, field)?;
    if reason.is_empty() {
        return Err(Trouble::new(said!("this must not be empty", "不能为空")).in_field(field));
    }
    Ok(reason)
}

/// Who wrote or said something, on one line; may be nobody.
///
/// # Errors
/// Too long, or control characters.
pub fn who(text: &str, field: &str) -> Result<String, Trouble> {
    typed::line(text, LONGEST_WHO).map_err(|said| Trouble::new(said).in_field(field))
}

/// A remark on one line; may be empty.
///
/// # Errors
/// Too long, or control characters.
pub fn remark(text: &str, field: &str) -> Result<String, Trouble> {
    typed::line(text, LONGEST_REASON).map_err(|said| Trouble::new(said).in_field(field))
}

/// A text of several lines; may be empty.
///
/// # Errors
/// Too long, or control characters.
pub fn words(text: &str, field: &str) -> Result<String, Trouble> {
    typed::text(text).map_err(|said| Trouble::new(said).in_field(field))
}
