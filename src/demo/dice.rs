//! Chance in the simulated world: a function of the seed, a purpose and a natural key, never a stream.
//! Whatever is asked first, and however often, the answer is the same.

use crate::entropy::derived;
use std::sync::Arc;

#[derive(Clone)]
pub struct Dice(Arc<[u8]>);

impl Dice {
    pub fn new(seed: &[u8]) -> Dice {
        Dice(seed.into())
    }

    /// 64 bits, uniform. The purpose is marked as the demo's, so that no key of the house shares it.
    pub fn roll(&self, purpose: &str, key: &str) -> u64 {
        let bytes = derived(&self.0, &format!("demo/{purpose}"), key);
        bytes.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
    }

    /// In `0..n`; 0 for `n` = 0.
    pub fn below(&self, purpose: &str, key: &str, n: u64) -> u64 {
        let wide = u128::from(self.roll(purpose, key)) * u128::from(n);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// In `low..=high`.
    pub fn between(&self, purpose: &str, key: &str, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low + 1).unwrap_or(0);
        low + i64::try_from(self.below(purpose, key, width)).unwrap_or(0)
    }

    /// True in `per_mille` of 1000 cases.
    pub fn chance(&self, purpose: &str, key: &str, per_mille: u64) -> bool {
        self.below(purpose, key, 1000) < per_mille
    }

    /// One of a table that is never empty.
    pub fn pick<T: Copy, const N: usize>(&self, purpose: &str, key: &str, table: &[T; N]) -> T {
        const { assert!(N > 0) };
        table[usize::try_from(self.below(purpose, key, N as u64)).unwrap_or(0)]
    }

    /// The value into whose share the roll falls; shares are of 1000, what they leave over is `other`.
    pub fn share<T: Copy>(&self, purpose: &str, key: &str, shares: &[(T, u64)], other: T) -> T {
        let mut left = self.below(purpose, key, 1000);
        for (value, per_mille) in shares {
            if left < *per_mille {
                return *value;
            }
            left -= per_mille;
        }
        other
    }
}

impl std::fmt::Debug for Dice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dice(…)")
    }
}
