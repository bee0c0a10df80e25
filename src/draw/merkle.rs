//! The Merkle tree of RFC 9162 over SHA-256: its root, and proofs that a leaf stands in it.

use super::compression::{State, hash_each, hash_pairs};
use crate::model::Sha256;

/// Leaves of a frame are shorter.
const SHORT: usize = 119;
const LEAF: u8 = 0;
const NODE: u8 = 1;

/// Hash of a leaf: `SHA-256(00 || bytes)`.
pub fn leaf(bytes: &[u8]) -> Sha256 {
    if bytes.len() <= SHORT {
        let mut text = [LEAF; SHORT + 1];
        text[1..=bytes.len()].copy_from_slice(bytes);
        State::START.finish(0, &text[..=bytes.len()]).hash()
    } else {
        State::START.finish(0, &[&[LEAF], bytes].concat()).hash()
    }
}

/// The hash of each item's leaf, whose text `write` appends.
pub(super) fn leaves<T>(items: &[T], mut write: impl FnMut(&T, &mut Vec<u8>)) -> Vec<Sha256> {
    hash_each(items, |item, text| {
        text.push(LEAF);
        write(item, text);
    })
}

fn node(left: &Sha256, right: &Sha256) -> Sha256 {
    let mut text = [NODE; 65];
    text[1..33].copy_from_slice(&left.0);
    text[33..].copy_from_slice(&right.0);
    State::START.finish(0, &text).hash()
}

/// Root over the leaves' hashes; of none, the hash of the empty text.
///
/// Pairing neighbours level by level, the odd one rising alone, is the tree that the RFC defines
/// by halving at the largest power of two.
pub fn root(mut level: Vec<Sha256>) -> Sha256 {
    while level.len() > 1 {
        hash_pairs(NODE, &mut level);
    }
    level.first().copied().unwrap_or_else(|| Sha256::of(b""))
}

/// The hashes that lead from the leaf at `index` to the root, the nearest first (RFC 9162 2.1.3.1).
/// `None` where there is no such leaf.
pub fn proof(mut level: Vec<Sha256>, mut index: usize) -> Option<Vec<Sha256>> {
    level.get(index)?;
    let mut path = Vec::new();
    while level.len() > 1 {
        // The odd one at the end has no neighbour, and rises alone.
        path.extend(level.get(index ^ 1));
        hash_pairs(NODE, &mut level);
        index /= 2;
    }
    Some(path)
}

/// The root to which a proof leads (RFC 9162 2.1.3.2). `None` where the proof has not the length that
/// a tree of `size` leaves gives the one at `index`.
pub fn root_from_proof(leaf: &Sha256, index: usize, size: usize, proof: &[Sha256]) -> Option<Sha256> {
    let (mut at, mut last) = (index, size.checked_sub(1)?);
    if at > last {
        return None;
    }
    let mut hash = *leaf;
    let mut proof = proof.iter();
    while last > 0 {
        if at % 2 == 1 {
            hash = node(proof.next()?, &hash);
        } else if at < last {
            hash = node(&hash, proof.next()?);
        }
        (at, last) = (at / 2, last / 2);
    }
    proof.next().is_none().then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leaves(size: u32) -> Vec<Sha256> {
        (0..size).map(|i| leaf(&i.to_be_bytes())).collect()
    }

    fn half(size: usize) -> usize {
        size.next_power_of_two() / 2
    }

    fn root_by_the_rfc(leaves: &[Sha256]) -> Sha256 {
        match leaves {
            [] => Sha256::of(b""),
            [one] => *one,
            many => {
                let (left, right) = many.split_at(half(many.len()));
                Sha256::of(&[&[1], &root_by_the_rfc(left).0[..], &root_by_the_rfc(right).0].concat())
            }
        }
    }

    fn proof_by_the_rfc(index: usize, leaves: &[Sha256]) -> Vec<Sha256> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let (left, right) = leaves.split_at(half(leaves.len()));
        let (mut path, other) = match index.checked_sub(left.len()) {
            None => (proof_by_the_rfc(index, left), right),
            Some(index) => (proof_by_the_rfc(index, right), left),
        };
        path.push(root_by_the_rfc(other));
        path
    }

    #[test]
    fn the_tree_is_that_of_the_rfc() {
        for size in 0..70 {
            assert_eq!(root(leaves(size)), root_by_the_rfc(&leaves(size)), "{size} leaves");
        }
        let long = vec![7; 500];
        for length in [0, 1, SHORT - 1, SHORT, SHORT + 1, 500] {
            assert_eq!(leaf(&long[..length]), Sha256::of(&[&[0], &long[..length]].concat()), "{length} bytes");
        }
    }

    #[test]
    fn no_leaf_no_proof() {
        assert_eq!(proof(leaves(5), 5), None);
        assert_eq!(proof(Vec::new(), 0), None);
        assert_eq!(root_from_proof(&leaf(b""), 0, 0, &[]), None);
        assert_eq!(root_from_proof(&leaf(b""), 0, 1, &[]), Some(leaf(b"")));
    }

    proptest! {
        #[test]
        fn a_proof_is_that_of_the_rfc_and_leads_to_the_root(size in 1u32..300, at in any::<prop::sample::Index>()) {
            let leaves = leaves(size);
            let index = at.index(leaves.len());
            let path = proof(leaves.clone(), index).unwrap();
            prop_assert_eq!(&path, &proof_by_the_rfc(index, &leaves));
            prop_assert_eq!(root_from_proof(&leaves[index], index, leaves.len(), &path), Some(root(leaves)));
        }

        #[test]
        fn a_false_proof_leads_elsewhere(
            size in 2u32..100, at in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(), bit in 0usize..256,
        ) {
            let leaves = leaves(size);
            let (index, other, size) = (at.index(leaves.len()), other.index(leaves.len()), leaves.len());
            let top = Some(root(leaves.clone()));
            let path = proof(leaves.clone(), index).unwrap();
            let leads = |leaf: &Sha256, path: &[Sha256]| root_from_proof(leaf, index, size, path);
            prop_assert_eq!(leads(&leaves[other], &path) == top, other == index);
            let mut bent = path.clone();
            bent[other % path.len()].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert_ne!(leads(&leaves[index], &bent), top);
            prop_assert_eq!(leads(&leaves[index], &path[1..]), None);
            prop_assert_eq!(leads(&leaves[index], &[&path[..], &path[..1]].concat()), None);
            prop_assert_eq!(root_from_proof(&leaves[index], size, size, &path), None);
        }
    }
}
