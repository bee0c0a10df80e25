//! Links, times and beacon: what the seed follows from.

use super::{At, Binding, Finding};
use crate::draw::beacon::AtSeal;
use crate::draw::bundle::Evidence;
use crate::draw::{BeaconRule, ChainKey, Seed};
use crate::model::{DrawAt, Said, Sha256, Timestamp, time};
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
    if let Err(said) = beacon(binding, evidence) {
        found(said);
    }
    ChainKey::joint(&keys)
}

/// The seed; what keeps it from being computed was found before.
pub(super) fn seed(key: &ChainKey, binding: &Binding, evidence: &Evidence, root: &Sha256) -> Option<Seed> {
    Seed::new(key, &binding.seal.window, root, &evidence.beacon).ok()
}

/// The beacon is the one that the terms await at the time of the draw, which the terms give too.
fn beacon(binding: &Binding, evidence: &Evidence) -> Result<(), Said> {
    let Binding { terms, seal, .. } = binding;
    let (start, draw_at) = (Timestamp::parse(&seal.start), Timestamp::parse(&seal.draw_at));
    let (Some(start), Some(draw_at)) = (start, draw_at) else {
        return Err(said!("the time of the draw is no time", "抽取时间无法识别"));
    };
    let lead = start.minus(i64::from(terms.lead_minutes) * time::MINUTE);
    // With one draw a day, the day's other windows are needed to tell when it is.
    if draw_at > lead || (terms.draw_at == DrawAt::Each && draw_at != lead) {
        return Err(said!("the time of the draw is not that of the terms", "抽取时间与规则不符"));
    }
    let at_seal = AtSeal { t: seal.t, draw_at, digest_at: draw_at, draws: &[] };
    // Which draw of a lottery comes next is known to the lottery only.
    if !matches!(terms.beacon, BeaconRule::Manual(_)) && terms.beacon.prefix(&at_seal)? != seal.beacon {
        return Err(said!("the seal awaits another beacon than the terms do", "封存记录约定的信标与规则不符"));
    }
    terms.beacon.check(&seal.beacon, &evidence.beacon, evidence.proof.as_deref())
}
