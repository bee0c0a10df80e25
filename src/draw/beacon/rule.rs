//! The rule of a programme's beacons: how the one of a window must begin, and whether it came.

use super::{Beacon, Drand, Lottery, LotteryDraw};
use crate::draw::chain::{ChainKey, LENGTH, is_test_anchor};
use crate::model::{Said, Sha256, Timestamp};
use crate::said;
use serde::{Deserialize, Serialize};

/// Where a programme's beacons come from, fixed in its seal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum BeaconRule {
    /// Fresh entropy of the drawing machine.
    #[default]
    Local,
    /// Links of a chain that another office holds.
    Second {
        anchor: Sha256,
    },
    Drand(Drand),
    Manual(Lottery),
}

/// What is known of a window when it is sealed.
#[derive(Debug, Clone, Copy)]
pub struct AtSeal<'a> {
    /// The window's own link number.
    pub t: u32,
    /// When the window is drawn: `lead` before it opens, or before the day's first one does.
    pub draw_at: Timestamp,
    /// When the digest with the sealed root goes out.
    pub digest_at: Timestamp,
    /// Coming draws of the lottery, where the rule is one.
    pub draws: &'a [LotteryDraw],
}

impl BeaconRule {
    /// The word with which its beacons begin.
    pub fn kind(&self) -> &'static str {
        match self {
            BeaconRule::Local => "local",
            BeaconRule::Second { .. } => "second",
            BeaconRule::Drand(_) => "drand",
            BeaconRule::Manual(_) => "manual",
        }
    }

    /// Whether the rule itself can be relied on; a programme is not sealed with another.
    pub fn sound(&self) -> Result<(), Said> {
        match self {
            BeaconRule::Local => Ok(()),
            BeaconRule::Second { anchor } if is_test_anchor(anchor) => Err(said!(
                "the second office's anchor is that of the published test vectors, whose links everybody knows",
                "第二单位的锚点是公开测试向量的锚点，其链环人人皆知"
            )),
            BeaconRule::Second { .. } => Ok(()),
            BeaconRule::Drand(network) => network.sound(),
            BeaconRule::Manual(lottery) => lottery.sound(),
        }
    }

    /// Whether the rule can follow others of the same or another programme. A chain of a second office
    /// serves once: its links, numbered from another seal, would be known already.
    pub fn may_follow<'r>(&self, others: impl IntoIterator<Item = &'r BeaconRule>) -> Result<(), Said> {
        let used = matches!(self, BeaconRule::Second { .. }) && others.into_iter().any(|other| other == self);
        match used {
            false => Ok(()),
            true => Err(said!(
                "the second office's chain served before, so its links are known: ask that office for a new chain (`spotcheck beacon create`) and write its anchor",
                "第二单位的密钥链已用过，其链环已为人知：请该单位另建新链（“spotcheck beacon create”）并填写新锚点"
            )),
        }
    }

    /// What the beacon of a window must begin with, so that nobody can choose it later.
    pub fn prefix(&self, window: &AtSeal<'_>) -> Result<String, Said> {
        self.sound()?;
        Ok(match self {
            BeaconRule::Local => "local:".to_owned(),
            BeaconRule::Second { anchor } => format!("second:{anchor}:{}:", window.t),
            BeaconRule::Drand(network) => format!("drand:{}:{}:", network.chain, network.round_at(window.draw_at)),
            BeaconRule::Manual(lottery) => {
                format!("manual:{}:", lottery.awaited(window.draws, window.digest_at, window.draw_at)?.number)
            }
        })
    }

    /// Whether a beacon is the one that the seal awaited with this prefix. The proof is the signature of a
    /// round of drand, in hex; the other rules have none.
    pub fn check(&self, prefix: &str, beacon: &str, proof: Option<&str>) -> Result<(), Said> {
        self.sound()?;
        let is: Beacon = beacon.parse()?;
        if is.kind() != self.kind() || !ends_a_field(prefix) || !beacon.starts_with(prefix) {
            return Err(said!(
                "this is not the beacon that the seal awaits: it must begin with {prefix}",
                "这不是封存时约定的信标：须以{prefix}开头"
            ));
        }
        match (self, &is, proof) {
            (BeaconRule::Local, Beacon::Local(_), None) => Ok(()),
            (BeaconRule::Second { anchor: named }, Beacon::Second { anchor, t, link }, None) => {
                if anchor == named && is_link(anchor, *t, link) {
                    return Ok(());
                }
                Err(said!(
                    "this is not link {t} of the second office's chain: ask that office to send its line again",
                    "这不是第二单位密钥链的第{t}环：请该单位重新发送"
                ))
            }
            (BeaconRule::Drand(network), Beacon::Drand { chain, round, randomness }, Some(signature)) => {
                if *chain == network.chain && network.randomness(*round, signature)? == *randomness {
                    return Ok(());
                }
                Err(said!(
                    "the randomness is not that of round {round} of the sealed network",
                    "该随机数不是约定网络第{round}轮的结果"
                ))
            }
            (BeaconRule::Drand(_), _, None) => Err(said!(
                "the signature of the round is missing, so nobody can tell whether the round is genuine",
                "缺少该轮的签名，无法核实其真实性"
            )),
            (BeaconRule::Manual(lottery), Beacon::Manual { result, .. }, None) => {
                if lottery.fits(result) {
                    return Ok(());
                }
                let pattern = &lottery.pattern;
                Err(said!(
                    "the result has another form than was sealed: expected {pattern}, 9 standing for any digit",
                    "开奖结果与约定格式不符：应为{pattern}，其中9代表任一数字"
                ))
            }
            _ => Err(said!("a beacon of this kind has no proof", "此类信标没有证明")),
        }
    }

    /// What somebody who verifies must look into, since the bundle alone cannot prove it.
    pub fn to_look_into(&self) -> Option<Said> {
        match self {
            BeaconRule::Second { anchor } => Some(said!(
                "ask the second office whether {anchor} is the anchor of its chain",
                "请向第二单位核实{anchor}是否为其密钥链的锚点"
            )),
            BeaconRule::Drand(network) if *network != Drand::quicknet() => Some(said!(
                "the network is not quicknet of the League of Entropy: find out who holds the key of {chain}",
                "该网络不是熵联盟的quicknet：请查明{chain}的密钥由谁持有",
                chain = network.chain
            )),
            BeaconRule::Manual(Lottery { lottery, bits, .. }) => Some(said!(
                "look up the result where {lottery} publishes it, and whether it is worth {bits} bits",
                "请在{lottery}的公布渠道核对开奖结果，并核实其是否有{bits}比特"
            )),
            BeaconRule::Local | BeaconRule::Drand(_) => None,
        }
    }
}

/// A prefix ends with a colon, else round 12 would do where round 1 was sealed.
fn ends_a_field(prefix: &str) -> bool {
    prefix.ends_with(':')
}

/// Whether a link proves itself: `t` hashes lead to the anchor.
pub(super) fn is_link(anchor: &Sha256, t: u32, link: &[u8; 32]) -> bool {
    (1..=LENGTH).contains(&t) && ChainKey::from_bytes(*link).is_link(t, anchor)
}
