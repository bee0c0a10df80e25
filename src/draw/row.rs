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
        merkle::leaves(rows, Row::leaf_into)
    }

    /// The text of the leaf.
    pub fn leaf_text(&self) -> String {
        let mut text = String::new();
        self.leaf_into(&mut text);
        text
    }

    fn leaf_into(&self, text: &mut String) {
        text.push_str(self.id.as_str());
        text.push('\n');
        push_number(text, self.visit.get());
        text.push('\n');
        push_number(text, self.call.get());
        if let Some(salt) = &self.salt {
            text.push('\n');
            push_hex(text, salt.reveal());
        }
    }
}
