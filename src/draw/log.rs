//! The log's chain of heads, and what an entry says of a list before the reveal (DRAW 3).

use super::ticket::{Field, LineFeed, Seed, mac};
use crate::model::{InspectorId, PlaceId, Sha256};
use sha2::Digest;

/// The head before the first entry: 32 zero bytes.
pub const EMPTY: Sha256 = Sha256([0; 32]);

/// `head_n = SHA-256(head_{n-1} || SHA-256(entry))`, over the entry's exact stored bytes.
pub fn next_head(head: &Sha256, entry: &[u8]) -> Sha256 {
    let hash = sha2::Sha256::new().chain_update(head.0).chain_update(Sha256::of(entry).0);
    Sha256(hash.finalize().into())
}

/// One line of a drawn list: `kind SP id SP inspector`, with nothing behind the second space where nobody
/// goes, and `SP inspector` once more where two go together.
pub fn list_line(kind: &str, id: &PlaceId, inspectors: &[InspectorId]) -> String {
    let names: Vec<&str> = inspectors.iter().map(InspectorId::as_str).collect();
    format!("{kind} {id} {}", names.join(" "))
}

/// `mac(seed, "list", l1..ln)` over the lines in `drawn` order: binds the list, and nobody without
/// the seed can guess the list from it, as they could from a plain hash.
pub fn list_mac(seed: &Seed, lines: &[String]) -> Result<Sha256, LineFeed> {
    let mut fields = vec![Field::new("list")?];
    for line in lines {
        fields.push(Field::new(line)?);
    }
    Ok(Sha256(mac(seed.reveal(), fields)))
}
