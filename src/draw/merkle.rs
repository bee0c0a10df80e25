//! The Merkle tree of RFC 9162 over SHA-256.

use crate::model::Sha256;
use sha2::Digest;

/// Hash of a leaf: `SHA-256(00 || bytes)`.
pub(super) fn leaf(bytes: &[u8]) -> Sha256 {
    let mut hash = sha2::Sha256::new();
    hash.update([0]);
    hash.update(bytes);
    Sha256(hash.finalize().into())
}

fn node(left: &Sha256, right: &Sha256) -> Sha256 {
    let mut hash = sha2::Sha256::new();
    hash.update([1]);
    hash.update(left.0);
    hash.update(right.0);
    Sha256(hash.finalize().into())
}

/// Root over the leaves' hashes; of none, the hash of the empty text.
///
/// Pairing neighbours level by level, the odd one rising alone, is the tree that the RFC defines
/// by halving at the largest power of two.
pub(super) fn root(mut level: Vec<Sha256>) -> Sha256 {
    while level.len() > 1 {
        let pairs = level.len().div_ceil(2);
        for i in 0..pairs {
            level[i] = match level.get(2 * i + 1) {
                Some(right) => node(&level[2 * i], right),
                None => level[2 * i],
            };
        }
        level.truncate(pairs);
    }
    level.first().copied().unwrap_or_else(|| Sha256::of(b""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_the_rfc(leaves: &[Sha256]) -> Sha256 {
        match leaves {
            [] => Sha256::of(b""),
            [one] => *one,
            many => {
                let half = many.len().next_power_of_two() / 2;
                node(&by_the_rfc(&many[..half]), &by_the_rfc(&many[half..]))
            }
        }
    }

    #[test]
    fn the_tree_is_that_of_the_rfc() {
        for size in 0..70u32 {
            let leaves: Vec<Sha256> = (0..size).map(|i| leaf(&i.to_be_bytes())).collect();
            assert_eq!(root(leaves.clone()), by_the_rfc(&leaves), "{size} leaves");
        }
    }
}
