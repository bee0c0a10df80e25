//! Photos: when and where they were taken, as far as the camera wrote it down and nobody took it out (EVIDENCE 5).
//!
//! Only what is asked for is looked at, where it lies in the bytes: nothing is copied and nothing is unpacked, so
//! that a file made to hurt costs no more than its own length.

mod container;
mod exif;

use crate::model::photo::PhotoNote;

/// What a photo says of itself; `None` where these bytes are no photo of a kind that is known (JPEG, PNG, WebP, HEIF).
pub fn photo(bytes: &[u8]) -> Option<PhotoNote> {
    Some(container::find(bytes)?.and_then(exif::read).unwrap_or_default())
}
