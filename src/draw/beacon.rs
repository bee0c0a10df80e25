//! The beacon: what nobody could know when the frame was sealed (DRAW 3).

use crate::model::{Said, sha};
use crate::said;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Where a programme's beacons come from, fixed in its seal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum BeaconRule {
    /// Fresh entropy of the drawing machine.
    #[default]
    Local,
}

/// A beacon, by the rule that the seal names.
#[derive(Clone, PartialEq, Eq)]
pub enum Beacon {
    /// `local:HEX`: 32 bytes of fresh entropy at draw time. Needs no network.
    Local([u8; 32]),
}

impl fmt::Display for Beacon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Beacon::Local(bytes) => write!(f, "local:{}", sha::to_hex(bytes)),
        }
    }
}

impl fmt::Debug for Beacon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Beacon::Local(_) => f.write_str("Beacon::Local(…)"),
        }
    }
}

impl FromStr for Beacon {
    type Err = Said;

    /// Lower-case hex only: a beacon has one spelling, since its text goes into the seed.
    fn from_str(text: &str) -> Result<Beacon, Said> {
        text.strip_prefix("local:")
            .filter(|hex| !hex.bytes().any(|b| b.is_ascii_uppercase()))
            .and_then(sha::from_hex)
            .and_then(|bytes| bytes.try_into().ok())
            .map(Beacon::Local)
            .ok_or_else(|| {
                said!(
                    "this is not a beacon: expected local: and 64 lower-case hex digits",
                    "这不是信标：应为 local: 加64位小写十六进制数"
                )
            })
    }
}
