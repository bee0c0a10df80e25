//! The one place that asks the system for random bytes.

use hmac::{Hmac, Mac};
use std::sync::Arc;

/// Random bytes for a purpose and a natural key. From the system in production; in simulations
/// from a seed, so that the same seed gives the same run whatever happened in between.
#[derive(Clone)]
pub enum Entropy {
    System,
    Seeded(Arc<[u8]>),
}

/// The system gave no random bytes: nothing that needs them may go on.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no random bytes: {0}")]
pub struct NoEntropy(String);

impl Entropy {
    pub fn seeded(seed: &[u8]) -> Entropy {
        Entropy::Seeded(seed.into())
    }

    /// 32 bytes. The key names what they are for, e.g. (`beacon`, window id).
    #[expect(clippy::disallowed_methods, reason = "this is the place that asks")]
    pub fn bytes(&self, purpose: &str, natural_key: &str) -> Result<[u8; 32], NoEntropy> {
        match self {
            Entropy::System => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes).map_err(|e| NoEntropy(e.to_string()))?;
                Ok(bytes)
            }
            Entropy::Seeded(seed) => Ok(derived(seed, purpose, natural_key)),
        }
    }
}

/// `HMAC-SHA256(seed, purpose LF key)`: what a simulation has in place of chance (DESIGN 6).
pub fn derived(seed: &[u8], purpose: &str, natural_key: &str) -> [u8; 32] {
    let mut mac = <Hmac<sha2::Sha256> as Mac>::new_from_slice(seed)
        .unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"));
    mac.update(purpose.as_bytes());
    mac.update(b"\n");
    mac.update(natural_key.as_bytes());
    mac.finalize().into_bytes().into()
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Entropy::System => "Entropy::System",
            Entropy::Seeded(_) => "Entropy::Seeded(…)",
        })
    }
}
