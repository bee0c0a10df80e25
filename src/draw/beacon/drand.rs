//! A public network of randomness (drand): which round a window awaits, and whether a round is genuine.
//!
//! Of drand's schemes the unchained one with short signatures is read (`bls-unchained-g1-rfc9380`, that of
//! the network quicknet): the signature of a round signs the round's number alone.

use super::is_lower_hex;
use crate::model::sha::{Sha256, from_hex};
use crate::model::time::SECOND;
use crate::model::{Said, Timestamp};
use crate::said;
use drand_verify::{G2PubkeyRfc, Pubkey};
use serde::{Deserialize, Serialize};

/// The network that the League of Entropy runs under the name quicknet.
pub const QUICKNET_CHAIN: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
pub const QUICKNET_KEY: &str = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";
pub const QUICKNET_GENESIS: i64 = 1_692_803_367;
pub const QUICKNET_PERIOD: u32 = 3;

const KEY_BYTES: usize = 96;
const SIGNATURE_BYTES: usize = 48;
/// In the first byte of a compressed point: the point at infinity. Under such a key everybody can sign.
const INFINITY: u8 = 0x40;

/// A network as the programme's seal names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drand {
    pub chain: Sha256,
    /// 192 lower-case hex digits.
    pub public_key: String,
    /// Second of round 1, since 1970.
    pub genesis: i64,
    /// Seconds from round to round.
    pub period: u32,
}

impl Drand {
    /// The network quicknet of the League of Entropy.
    pub fn quicknet() -> Drand {
        let chain = Sha256(from_hex(QUICKNET_CHAIN).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default());
        let public_key = QUICKNET_KEY.to_owned();
        Drand { chain, public_key, genesis: QUICKNET_GENESIS, period: QUICKNET_PERIOD }
    }

    /// Whether key and clock of this network can be used at all.
    pub fn sound(&self) -> Result<(), Said> {
        self.key()?;
        if self.period == 0 {
            return Err(said!("the period of drand is 0: expected 3 for quicknet", "drand的周期为0：quicknet应为3"));
        }
        Ok(())
    }

    /// The first round at or after an instant.
    pub fn round_at(&self, instant: Timestamp) -> u64 {
        let period = i128::from(self.period.max(1)) * i128::from(SECOND);
        let since = i128::from(instant.0) - i128::from(self.genesis) * i128::from(SECOND);
        let periods = since.div_euclid(period) + i128::from(since.rem_euclid(period) != 0);
        u64::try_from(periods + 1).unwrap_or(0).max(1)
    }

    /// Whether a signature is that of a round, and what randomness follows from it.
    pub fn randomness(&self, round: u64, signature: &str) -> Result<Sha256, Said> {
        let wrong = || {
            said!(
                "the signature of drand's round {round} is not genuine: take the round from another server",
                "drand第{round}轮的签名不真实：请从另一服务器获取该轮"
            )
        };
        let bytes = from_hex(signature).filter(|_| is_lower_hex(signature, SIGNATURE_BYTES)).ok_or_else(wrong)?;
        match self.key()?.verify(round, b"", &bytes) {
            Ok(true) => Ok(Sha256::of(&bytes)),
            Ok(false) | Err(_) => Err(wrong()),
        }
    }

    fn key(&self) -> Result<G2PubkeyRfc, Said> {
        let bytes = from_hex(&self.public_key).filter(|_| is_lower_hex(&self.public_key, KEY_BYTES));
        bytes
            .and_then(|bytes| <[u8; KEY_BYTES]>::try_from(bytes).ok())
            .filter(|bytes| bytes.first().is_some_and(|first| first & INFINITY == 0))
            .and_then(|bytes| G2PubkeyRfc::from_fixed(bytes).ok())
            .ok_or_else(|| {
                said!(
                    "this is no public key of drand: expected the 192 lower-case hex digits of a network of the scheme bls-unchained-g1-rfc9380",
                    "这不是drand公钥：应为bls-unchained-g1-rfc9380方案网络的192位小写十六进制数"
                )
            })
    }
}
