//! One place of a frame: what its leaf binds, and what is told about it beside the leaf.

use super::digits::{push_hex, push_number};
use super::hazard::PLAIN;
use super::{Chance, Reason, Salt, merkle};
use crate::model::{PlaceId, Sha256};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub id: PlaceId,
    pub visit: Chance,
    pub call: Chance,
    pub reason: Option<Reason>,
    /// Where the programme salts its leaves.
    pub salt: Option<Salt>,
    pub detail: Detail,
}

/// Whence a row's probability comes, and where its visit is dealt. Not in the leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detail {
    /// Eligible windows since the last executed visit, as known at the seal.
    pub age: u32,
    /// In thousandths: 1000 is plain.
    pub risk: u32,
    /// The place's eligible windows up to this one.
    pub eligible: i64,
    /// Number of the pool in the frame's [`Pools`](super::Pools); 0 is none.
    pub pool: u16,
}

impl Default for Detail {
    fn default() -> Detail {
        Detail { age: 0, risk: PLAIN, eligible: 0, pool: 0 }
    }
}

impl Row {
    pub fn new(id: PlaceId, visit: Chance, call: Chance) -> Row {
        Row { id, visit, call, reason: None, salt: None, detail: Detail::default() }
    }

    /// In the frame, but never drawn.
    pub fn ineligible(id: PlaceId, reason: Reason) -> Row {
        Row { reason: Some(reason), ..Row::new(id, Chance::ZERO, Chance::ZERO) }
    }

    #[must_use]
    pub fn salted(self, salt: Salt) -> Row {
        Row { salt: Some(salt), ..self }
    }

    #[must_use]
    pub fn with(self, detail: Detail) -> Row {
        Row { detail, ..self }
    }

    /// Hash of the row's leaf: `SHA-256(00 || "id LF p_visit LF p_call")`, with `LF salt` if salted.
    pub fn leaf(&self) -> Sha256 {
        merkle::leaf(self.leaf_text().as_bytes())
    }

    /// As [`Row::leaf`], of many rows.
    pub fn leaves(rows: &[Row]) -> Vec<Sha256> {
        // Neighbours mostly have the same chances.
        let (mut known, mut digits) = (None, Vec::new());
        merkle::leaves(rows, |row, text| {
            if known != Some((row.visit, row.call)) {
                known = Some((row.visit, row.call));
                digits.clear();
                row.push_chances(&mut digits);
            }
            text.extend_from_slice(row.id.as_str().as_bytes());
            text.extend_from_slice(&digits);
            row.push_salt(text);
        })
    }

    /// The text of the leaf.
    pub fn leaf_text(&self) -> String {
        let mut text = Vec::new();
        self.push_chances(&mut text);
        self.push_salt(&mut text);
        format!("{}{}", self.id, String::from_utf8_lossy(&text))
    }

    fn push_chances(&self, text: &mut Vec<u8>) {
        for chance in [self.visit, self.call] {
            text.push(b'\n');
            push_number(text, chance.get());
        }
    }

    fn push_salt(&self, text: &mut Vec<u8>) {
        if let Some(salt) = &self.salt {
            text.push(b'\n');
            push_hex(text, salt.reveal());
        }
    }
}
