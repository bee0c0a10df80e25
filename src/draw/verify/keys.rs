//! Links, times and beacon: what the seed follows from.

use super::{At, Binding, Finding};
use crate::draw::bundle::Evidence;
use crate::draw::{ChainKey, Seed};
use crate::model::{Said, Sha256, Timestamp};
use crate::said;

/// The window's key, if its links can be combined.
pub(super) fn check(binding: &Binding, evidence: &Evidence, findings: &mut Vec<Finding>) -> Option<ChainKey> {
    let Binding { terms, seal, .. } = binding;
    let mut found = |said: Said| findings.push(Finding::new(At::Window, said));
    for (what, shown, sealed) in [("start", &evidence.start, &seal.start), ("end", &evidence.end, &seal.end)] {
        if shown != sealed {
            found(said!("{what} is {shown}, but {sealed} was sealed", "{what}为{shown}，封存的是{sealed}"));
        }
    }
    let (t, sealed_t) = (evidence.t, seal.t);
    if t != sealed_t {
        found(said!("t is {t}, but {sealed_t} was sealed", "t为{t}，封存的是{sealed_t}"));
    }
    match Timestamp::parse(&seal.start).map(|start| terms.link_of(start)) {
        Some(Ok(own)) if own == sealed_t => {}
        Some(Ok(own)) => found(said!(
            "t is {sealed_t}, but the window's start and the programme's seal give {own}",
            "t为{sealed_t}，但按时段开始与项目封存时间应为{own}"
        )),
        Some(Err(none)) => found(none.said()),
        None => found(said!("the window's start is no time", "时段开始时间无法识别")),
    }
    let (shown, custodians) = (evidence.links.len(), terms.anchors.len());
    if shown != custodians {
        found(said!("{shown} links for {custodians} custodians", "{custodians}位保管人，却有{shown}个密钥"));
    }
    let keys: Vec<ChainKey> = evidence.links.iter().map(|link| ChainKey::from_bytes(link.0)).collect();
    for ((key, anchor), name) in keys.iter().zip(&terms.anchors).zip(&terms.custodians) {
        if !key.is_link(t, anchor) {
            found(said!(
                "the link of “{name}” does not lead to the anchor in {t} steps",
                "“{name}”的密钥经{t}步未能到达链首"
            ));
        }
    }
    if let Err(said) = terms.beacon.check(&seal.beacon, &evidence.beacon, evidence.proof.as_deref()) {
        found(said);
    }
    ChainKey::joint(&keys)
}

/// The seed; what keeps it from being computed was found before.
pub(super) fn seed(key: &ChainKey, binding: &Binding, evidence: &Evidence, root: &Sha256) -> Option<Seed> {
    Seed::new(key, &binding.seal.window, root, &evidence.beacon).ok()
}
