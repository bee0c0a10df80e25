//! `beacon` of a programme and the section of its rule: what nobody can foresee comes from there (DRAW 3).

use super::reader::Section;
use super::{shapes, storage};
use crate::model::{Said, Sha256};
use crate::said;
use std::path::PathBuf;

/// Public servers of quicknet, each run by another member of the League of Entropy.
const SERVERS: [&str; 4] =
    ["https://api.drand.sh", "https://api2.drand.sh", "https://api3.drand.sh", "https://drand.cloudflare.com"];
/// A result with fewer could be tried out beforehand.
const LEAST_DIGITS: usize = 13;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum BeaconSettings {
    /// Fresh entropy of this machine at draw time.
    #[default]
    Local,
    /// Links of the chain of another office, whose anchor this is.
    Second {
        anchor: Sha256,
    },
    Drand(DrandSettings),
    Manual(ManualSettings),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrandSettings {
    /// Asked in this order.
    pub urls: Vec<String>,
    /// Another network than quicknet.
    pub network: Option<Network>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    pub chain: Sha256,
    /// Hex digits.
    pub public_key: String,
    /// Second of round 1, since 1970.
    pub genesis: u32,
    /// Seconds.
    pub period: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManualSettings {
    pub lottery: String,
    /// 9 is any digit, everything else stands for itself.
    pub pattern: String,
    /// What a result is worth.
    pub bits: u32,
    /// A CSV file of coming draws: `at,number`.
    pub draws: PathBuf,
}

/// Servers for those who name none.
pub fn public_servers() -> Vec<String> {
    SERVERS.map(str::to_owned).to_vec()
}

impl BeaconSettings {
    /// Reads the choice and the sections of all rules, so that one can be prepared before it is chosen.
    pub(super) fn read(programme: &mut Section<'_>) -> Option<BeaconSettings> {
        let chosen = programme.choice("beacon", &[("local", 0), ("second", 1), ("drand", 2), ("manual", 3)]);
        let second = second(programme.section("second"));
        let drand = drand(programme.section("drand"));
        let manual = manual(programme.section("manual"));
        let missing = |said: Said| programme.trouble("beacon", said);
        match chosen.unwrap_or(0) {
            0 => Some(BeaconSettings::Local),
            1 => second.or_else(|| {
                missing(said!(
                    "add the section [programme.second] with the anchor that the second office published",
                    "请补上[programme.second]一节，写明第二单位公布的锚点anchor"
                ));
                None
            }),
            2 => drand,
            _ => manual.or_else(|| {
                missing(said!(
                    "add the section [programme.manual] with lottery, pattern, bits and draws",
                    "请补上[programme.manual]一节，写明lottery、pattern、bits、draws"
                ));
                None
            }),
        }
    }

    /// The file that it names, to be found from the configuration's folder.
    pub(super) fn file(&mut self) -> Option<&mut PathBuf> {
        match self {
            BeaconSettings::Manual(manual) => Some(&mut manual.draws),
            _ => None,
        }
    }
}

fn second(mut section: Section<'_>) -> Option<BeaconSettings> {
    let anchor = section.parsed("anchor", hash);
    section.finish();
    anchor.map(|anchor| BeaconSettings::Second { anchor })
}

fn drand(mut section: Section<'_>) -> Option<BeaconSettings> {
    let given = section.list("urls", url);
    let urls = given.unwrap_or_else(public_servers);
    if urls.is_empty() {
        section.trouble("urls", said!("name at least one server", "请至少写明一个服务器"));
    }
    let chain = section.parsed("chain", hash);
    let public_key = section.parsed("public_key", hex);
    let genesis = section.maybe_number("genesis", 1..=u32::MAX);
    let period = section.maybe_number("period", 1..=86_400);
    let network = match (chain, public_key, genesis, period) {
        (None, None, None, None) => Some(None),
        (Some(chain), Some(public_key), Some(genesis), Some(period)) => {
            Some(Some(Network { chain, public_key, genesis, period }))
        }
        _ => {
            section.trouble(
                "chain",
                said!(
                    "a network is named by chain, public_key, genesis and period together: write all four, or none for quicknet",
                    "网络须由chain、public_key、genesis、period四项共同写明：请写全，或全不写（即quicknet）"
                ),
            );
            None
        }
    };
    section.finish();
    network.map(|network| BeaconSettings::Drand(DrandSettings { urls, network }))
}

fn manual(mut section: Section<'_>) -> Option<BeaconSettings> {
    let lottery = section.parsed("lottery", shapes::line);
    let pattern = section.parsed("pattern", pattern);
    let bits = section.maybe_number("bits", 40..=126);
    let draws = section.parsed("draws", storage::path);
    section.finish();
    let settings = || Some(ManualSettings { lottery: lottery?, pattern: pattern?, bits: bits?, draws: draws? });
    settings().map(BeaconSettings::Manual)
}

fn hash(text: &str) -> Result<Sha256, Said> {
    text.parse().map_err(|_| said!("expected 64 hex digits", "此处应为64位十六进制数"))
}

fn hex(text: &str) -> Result<String, Said> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(said!("expected hex digits", "此处应为十六进制数"))
    }
}

fn pattern(text: &str) -> Result<String, Said> {
    let digits = text.matches('9').count();
    if digits >= LEAST_DIGITS && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-,+/".contains(c)) {
        return Ok(text.to_owned());
    }
    Err(said!(
        "“{text}” is no form of a result: write 9 for each digit, at least {LEAST_DIGITS} of them, and letters or . _ - , + / between",
        "“{text}”不是开奖结果格式：每位数字写9，至少{LEAST_DIGITS}位，其间可用字母和 . _ - , + /"
    ))
}

/// `https://api.drand.sh`: scheme, host and perhaps a path, without a slash at its end.
fn url(text: &str) -> Result<String, Said> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-:/[]~".contains(c);
    if !rest.is_empty() && !rest.starts_with('/') && !rest.ends_with('/') && rest.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err(said!(
            "“{text}” is no address of a server: expected such as https://api.drand.sh",
            "“{text}”不是服务器地址：应如https://api.drand.sh"
        ))
    }
}
