//! The chain that fixes all keys of a programme in one office in advance (DRAW 3).

use super::compression::State;
use crate::model::window::SPACING;
use crate::model::{Said, Sha256, Timestamp};
use crate::said;
use sha2::Digest;
use std::fmt;

/// Links of a chain: fifteen years of half hours.
pub const LENGTH: u32 = 1 << 18;

/// Every so many links one is kept, so that any key is at most this many hashes away.
const STRIDE: u32 = 512;

/// Anchors whose keys everybody knows: those of the specification's vectors (DRAW 8), at the
/// vectors' length of 4 and at the full length.
const TEST_ANCHORS: [&str; 2] = [
    "97338f07a11f8f56f0e810ff69cdb5f107c66004a1adf174fc95006ab360f69e",
    "0208dc22c9dd5afbc6c1c823a255df87b095bd8c987b96550e788d4adbbadcf9",
];

/// No office may serve with such an anchor.
pub fn is_test_anchor(anchor: &Sha256) -> bool {
    TEST_ANCHORS.contains(&anchor.hex().as_str())
}

/// `K_t`, secret until the reveal.
#[derive(Clone, PartialEq, Eq)]
pub struct ChainKey([u8; 32]);

impl ChainKey {
    pub fn from_bytes(bytes: [u8; 32]) -> ChainKey {
        ChainKey(bytes)
    }

    /// The secret itself: for its row in the database, and for anybody after the reveal.
    pub fn reveal(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key of several custodians, in their published order; that of a single one is the link itself.
    /// `None` where there is nobody.
    pub fn joint(keys: &[ChainKey]) -> Option<ChainKey> {
        match keys {
            [] => None,
            [one] => Some(one.clone()),
            several => {
                let hash = several.iter().fold(sha2::Sha256::new(), |hash, key| hash.chain_update(key.0));
                Some(ChainKey(hash.finalize().into()))
            }
        }
    }

    /// Whether this is link `t` of the chain with that anchor: `t` hashes lead to the anchor. No chain has
    /// more than [`LENGTH`] links, and a file of others must not keep us hashing for hours.
    pub fn is_link(&self, t: u32, anchor: &Sha256) -> bool {
        t <= LENGTH && (0..t).fold(self.0, |link, _| hash(&link)) == anchor.0
    }
}

impl fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChainKey(…)")
    }
}

/// Links are of one length, so what is laid out about them is always the same.
fn hash(link: &[u8; 32]) -> [u8; 32] {
    State::hash_of_32(link).0
}

/// A chain from its secret end. Deriving it takes one hash a link, once; a key then at most 512.
#[derive(Clone)]
pub struct Chain {
    length: u32,
    /// `K[length]`, then every link whose number is a multiple of the stride, downwards to `K[0]`.
    kept: Vec<[u8; 32]>,
}

impl Chain {
    /// The chain of the full length.
    pub fn from_end(end: [u8; 32]) -> Chain {
        Chain::with_length(end, LENGTH)
    }

    /// `K[length]` is the end, `K[j-1] = SHA-256(K[j])`.
    pub fn with_length(end: [u8; 32], length: u32) -> Chain {
        let mut kept = vec![end];
        let mut link = end;
        for number in (0..length).rev() {
            link = hash(&link);
            if number % STRIDE == 0 {
                kept.push(link);
            }
        }
        Chain { length, kept }
    }

    /// `K[0]`, published at the seal of the programme.
    pub fn anchor(&self) -> Sha256 {
        Sha256(self.kept.last().copied().unwrap_or_default())
    }

    /// `K[t]`; `None` for 0, the anchor, and beyond the end.
    pub fn key(&self, t: u32) -> Option<ChainKey> {
        if t == 0 || t > self.length {
            return None;
        }
        // Kept links above the anchor, counted from the bottom: STRIDE, 2*STRIDE, …, the end.
        let above = t.div_ceil(STRIDE);
        let from_top = self.kept.len().checked_sub(1 + above as usize)?;
        let number = (above * STRIDE).min(self.length);
        let start = self.kept.get(from_top)?;
        Some(ChainKey((t..number).fold(*start, |link, _| hash(&link))))
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chain({} links, anchor {})", self.length, self.anchor())
    }
}

/// Anchors of several custodians must all differ, else one of them holds the others' keys too.
pub fn all_different(anchors: &[Sha256]) -> bool {
    let distinct: std::collections::BTreeSet<_> = anchors.iter().collect();
    distinct.len() == anchors.len()
}

/// A window that the chain has no link for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoLink {
    #[error("the window starts before the programme was sealed")]
    BeforeSeal,
    #[error("the chain has ended")]
    AfterEnd,
}

impl NoLink {
    pub fn said(self) -> Said {
        match self {
            NoLink::BeforeSeal => {
                said!("the window starts before the programme was sealed", "该时段早于项目封存时间")
            }
            NoLink::AfterEnd => said!(
                "the chain of keys has ended: create the next one and seal the programme again",
                "密钥链已用完：请生成新链并重新封存项目"
            ),
        }
    }
}

/// `t = 1 + floor((window start - sealed at) / 30 min)`: never a counter, so that holidays and missed
/// windows skip links.
pub fn index(window_start: Timestamp, sealed_at: Timestamp) -> Result<u32, NoLink> {
    let since = window_start.0.saturating_sub(sealed_at.0);
    if since < 0 {
        return Err(NoLink::BeforeSeal);
    }
    u32::try_from(1 + since / SPACING).ok().filter(|t| *t <= LENGTH).ok_or(NoLink::AfterEnd)
}
