//! Salts of leaves, so that whoever sees the hash of a leaf cannot guess what stands in it.

use super::compression::{Beginning, Keyed, State};
use super::digits::push_hex;
use crate::model::{PlaceId, sha};
use std::fmt;

/// The salt of one leaf. It stands in the leaf as 32 hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 16]);

impl Salt {
    pub fn from_bytes(bytes: [u8; 16]) -> Salt {
        Salt(bytes)
    }

    /// Reads 32 hex digits.
    pub fn from_hex(text: &str) -> Option<Salt> {
        let mut salt = [0; 16];
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        if pairs.len() != salt.len() {
            return None;
        }
        for (byte, [high, low]) in salt.iter_mut().zip(pairs) {
            let half = |digit: u8| char::from(digit).to_digit(16);
            *byte = (half(*high)? << 4 | half(*low)?) as u8;
        }
        Some(Salt(salt))
    }

    fn beginning(state: State) -> Salt {
        let mut salt = [0; 16];
        salt.iter_mut().zip(state.hash().0).for_each(|(byte, of_hash)| *byte = of_hash);
        Salt(salt)
    }

    pub fn hex(&self) -> String {
        sha::to_hex(&self.0)
    }

    pub(super) fn reveal(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(…)")
    }
}

/// The salts of one window's leaves.
#[derive(Clone)]
pub struct Salts {
    window_salt: [u8; 32],
    shared: Beginning,
}

impl Salts {
    pub fn of_window(window_salt: &[u8; 32]) -> Salts {
        let shared = Keyed::new(window_salt).beginning_with(b"salt\n".to_vec());
        Salts { window_salt: *window_salt, shared }
    }

    /// Reads 64 hex digits, as [`Salts::push_to`] writes them.
    pub(super) fn from_hex(text: &str) -> Option<Salts> {
        let (first, second) = text.split_at_checked(32)?;
        let (first, second) = (Salt::from_hex(first)?, Salt::from_hex(second)?);
        let mut window_salt = [0; 32];
        window_salt.iter_mut().zip(first.0.into_iter().chain(second.0)).for_each(|(byte, of_half)| *byte = of_half);
        Some(Salts::of_window(&window_salt))
    }

    pub(super) fn push_to(&self, text: &mut Vec<u8>) {
        self.window_salt.as_chunks().0.iter().for_each(|half| push_hex(text, half));
    }

    /// The first 16 bytes of `HMAC-SHA256(window salt, "salt" LF id)`.
    pub fn of(&self, id: &PlaceId) -> Salt {
        Salt::beginning(self.shared.of(id.as_str().as_bytes()))
    }

    /// As [`Salts::of`] for many ids, in their order.
    pub fn of_each<'a>(&self, ids: impl IntoIterator<Item = &'a PlaceId>, mut found: impl FnMut(Salt)) {
        self.shared.of_each(ids.into_iter().map(|id| id.as_str().as_bytes()), |state| found(Salt::beginning(state)));
    }
}

impl PartialEq for Salts {
    fn eq(&self, other: &Salts) -> bool {
        self.window_salt == other.window_salt
    }
}

impl Eq for Salts {}

impl fmt::Debug for Salts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salts(…)")
    }
}

/// One leaf's salt; for many, [`Salts`] prepares what they share.
pub fn leaf_salt(window_salt: &[u8; 32], id: &PlaceId) -> Salt {
    Salts::of_window(window_salt).of(id)
}
