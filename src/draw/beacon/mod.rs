//! The beacon: what nobody could know when the frame was sealed (DRAW 3).
//!
//! Its text goes into the seed, so each beacon has one spelling: lower-case hex, numbers without leading
//! zeros, no spaces. The [`rule`] of a programme says at the seal how the beacon of a window must begin,
//! and afterwards whether a beacon is the one that was awaited; [`drand`] checks the signature of a public
//! network, [`lottery`] the result of a lottery. [`find`] looks for beacons in the text of a mail.

pub mod drand;
pub mod find;
pub mod lottery;
pub mod rule;

pub use drand::Drand;
pub use lottery::{Lottery, LotteryDraw};
pub use rule::{AtSeal, BeaconRule};

use crate::model::sha::{from_hex, to_hex};
use crate::model::{Said, Sha256};
use crate::said;
use std::fmt;
use std::str::FromStr;

/// A beacon, by the rule that the seal names.
#[derive(Clone, PartialEq, Eq)]
pub enum Beacon {
    /// `local:HEX`: 32 bytes of fresh entropy at draw time. Needs no network.
    Local([u8; 32]),
    /// `second:ANCHOR:t:HEX`: link `t` of another office's chain.
    Second { anchor: Sha256, t: u32, link: [u8; 32] },
    /// `drand:CHAINHASH:ROUND:RANDOMNESSHEX`: a round of a public network.
    Drand { chain: Sha256, round: u64, randomness: Sha256 },
    /// `manual:DRAWNO:RESULT`: what a lottery drew.
    Manual { number: String, result: String },
}

impl Beacon {
    /// The word of its rule.
    pub fn kind(&self) -> &'static str {
        match self {
            Beacon::Local(_) => "local",
            Beacon::Second { .. } => "second",
            Beacon::Drand { .. } => "drand",
            Beacon::Manual { .. } => "manual",
        }
    }
}

impl fmt::Display for Beacon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        match self {
            Beacon::Local(bytes) => write!(f, "{kind}:{}", to_hex(bytes)),
            Beacon::Second { anchor, t, link } => write!(f, "{kind}:{anchor}:{t}:{}", to_hex(link)),
            Beacon::Drand { chain, round, randomness } => write!(f, "{kind}:{chain}:{round}:{randomness}"),
            Beacon::Manual { number, result } => write!(f, "{kind}:{number}:{result}"),
        }
    }
}

impl fmt::Debug for Beacon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Beacon({}:…)", self.kind())
    }
}

impl FromStr for Beacon {
    type Err = Said;

    fn from_str(text: &str) -> Result<Beacon, Said> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        let fields: Vec<&str> = rest.split(':').collect();
        match (kind, &fields[..]) {
            ("local", [bytes]) => hash(bytes).map(|hash| Beacon::Local(hash.0)),
            ("second", [anchor, t, link]) => second(anchor, t, link),
            ("drand", [chain, round, randomness]) => self::drand(chain, round, randomness),
            ("manual", [draw, result]) => manual(draw, result),
            _ => None,
        }
        .ok_or_else(|| no_beacon(kind))
    }
}

fn no_beacon(kind: &str) -> Said {
    match kind {
        "local" => said!(
            "this is not a beacon: expected local: and 64 lower-case hex digits",
            "这不是信标：应为 local: 加64位小写十六进制数"
        ),
        "second" => said!(
            "this is not a beacon: expected second:ANCHOR:t:LINK, anchor and link of 64 lower-case hex digits, without spaces",
            "这不是信标：应为 second:锚点:t:链环，锚点和链环各为64位小写十六进制数，不含空格"
        ),
        "drand" => said!(
            "this is not a beacon: expected drand:CHAIN:ROUND:RANDOMNESS, chain and randomness of 64 lower-case hex digits, without spaces",
            "这不是信标：应为 drand:链哈希:轮次:随机数，链哈希和随机数各为64位小写十六进制数，不含空格"
        ),
        "manual" => said!(
            "this is not a beacon: expected manual:DRAWNUMBER:RESULT, without spaces and further colons",
            "这不是信标：应为 manual:期号:开奖结果，不含空格，也不多用冒号"
        ),
        _ => said!(
            "this is not a beacon: it must begin with local:, second:, drand: or manual:",
            "这不是信标：须以 local:、second:、drand: 或 manual: 开头"
        ),
    }
}

fn second(anchor: &str, t: &str, link: &str) -> Option<Beacon> {
    let t = u32::try_from(number(t)?).ok()?;
    Some(Beacon::Second { anchor: hash(anchor)?, t, link: hash(link)?.0 })
}

fn drand(chain: &str, round: &str, randomness: &str) -> Option<Beacon> {
    Some(Beacon::Drand { chain: hash(chain)?, round: number(round)?, randomness: hash(randomness)? })
}

fn manual(number: &str, result: &str) -> Option<Beacon> {
    let fits = lottery::is_number(number) && lottery::is_result(result);
    fits.then(|| Beacon::Manual { number: number.to_owned(), result: result.to_owned() })
}

/// 64 lower-case hex digits.
fn hash(text: &str) -> Option<Sha256> {
    is_lower_hex(text, 32).then(|| text.parse().ok()).flatten()
}

/// A whole number from 1, without leading zeros.
fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits && !text.starts_with('0'))
}

/// The hex digits of so many bytes, in their one spelling.
fn is_lower_hex(text: &str, bytes: usize) -> bool {
    text.len() == 2 * bytes && !text.bytes().any(|b| b.is_ascii_uppercase()) && from_hex(text).is_some()
}
