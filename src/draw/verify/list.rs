//! The list: who is visited, who is called, who goes, and the hash that was logged of it.

use super::play::{Played, deals, lines, play};
use super::{At, Binding, Finding};
use crate::draw::bundle::{BundleBar, BundlePool, DealLine, DrawnLine, Evidence};
use crate::draw::log::{list_line, list_mac};
use crate::draw::{Fate, Frame, Ground, Seed, Target};
use crate::model::{InspectorId, Said, Sha256};
use crate::said;
use std::collections::BTreeMap;

pub(super) fn check(
    binding: &Binding,
    evidence: &Evidence,
    seed: &Seed,
    (frame, root): (&Frame, Sha256),
    findings: &mut Vec<Finding>,
) {
    duty(binding, evidence, findings);
    let played = match play(binding, evidence, seed, (frame, root)) {
        Ok(played) => played,
        Err((pool, said)) => {
            findings.push(Finding::new(At::Pool(pool), said));
            return;
        }
    };
    routes(&played, findings);
    compare(&lines(&played.drawn), evidence, findings);
    let own = deals(&played.drawn);
    if evidence.deals != own {
        let (shown, own) = (attempts(&evidence.deals), attempts(&own));
        found(findings, said!("the deals are “{shown}”, computed: “{own}”", "分派记录为“{shown}”，计算得“{own}”"));
    }
    if binding.list.is_some_and(|sealed| mac_of(seed, &evidence.drawn) != Some(sealed)) {
        found(
            findings,
            said!(
                "the hash of the list is not the one that was logged at the draw",
                "抽取结果的校验值与抽取时日志记录的不同"
            ),
        );
    }
    redeals(binding, evidence, seed, &played, findings);
}

/// What was dealt again must follow too, and each list have the hash that was logged of it.
fn redeals(binding: &Binding, evidence: &Evidence, seed: &Seed, played: &Played, findings: &mut Vec<Finding>) {
    let (shown, logged) = (evidence.redeals.len(), binding.redeals.len());
    if shown != logged {
        found(
            findings,
            said!("dealt again {shown} times, logged {logged} times", "重新分派{shown}次，日志记录{logged}次"),
        );
    }
    for (at, ((own, list), shown)) in played.redeals.iter().zip(&evidence.redeals).enumerate() {
        let round = at + 1;
        let logged = binding
            .redeals
            .get(at)
            .is_some_and(|(number, hash)| *number as usize == round && mac_of(seed, list) == Some(*hash));
        if own != shown || shown.round as usize != round || !logged {
            found(
                findings,
                said!("what was dealt again the {round}. time does not follow", "第{round}次重新分派的结果不符"),
            );
        }
    }
}

fn attempts(deals: &[DealLine]) -> String {
    let attempt = |deal: &DealLine| deal.attempt.map_or_else(|| "fallback".to_owned(), |a| a.to_string());
    deals.iter().map(|deal| format!("{} {}", deal.pool, attempt(deal))).collect::<Vec<_>>().join(", ")
}

fn found(findings: &mut Vec<Finding>, said: Said) {
    findings.push(Finding::new(At::Window, said));
}

/// Who was on duty and barred, against the digests of the seal.
fn duty(binding: &Binding, evidence: &Evidence, findings: &mut Vec<Finding>) {
    let seal = &binding.seal;
    let pools = &evidence.pools;
    let each = |text: fn(&BundlePool) -> String| Sha256::of(pools.iter().map(text).collect::<String>().as_bytes());
    let announced: String = evidence.announced.iter().map(|place| format!("{place}\n")).collect();
    let parts = [
        (each(bars_text), seal.bars, said!("barred pairs", "回避名单")),
        (each(|pool| slots_text(&pool.name, &pool.visits)), seal.slots, said!("slots for visits", "走访名额")),
        (each(|pool| slots_text(&pool.name, &pool.calls)), seal.call_slots, said!("slots for calls", "电话名额")),
        (Sha256::of(announced.as_bytes()), seal.announced, said!("announced places", "预告地点")),
    ];
    for (_, _, what) in parts.into_iter().filter(|(own, sealed, _)| own != sealed) {
        let what =
            Said::new(format!("the {} are not those that were sealed", what.en), format!("{}与封存的不同", what.zh));
        found(findings, what);
    }
    for pool in pools {
        for bar in &pool.bars {
            if let BundleBar::WithGround(place, inspector, ground) = bar
                && !Ground::ALL.iter().any(|known| known.code() == ground)
            {
                let said = said!(
                    "“{ground}” is no known ground ({place}, {inspector})",
                    "“{ground}”不是已知回避原因（{place}，{inspector}）"
                );
                findings.push(Finding::new(At::Pool(pool.name.clone()), said));
            }
        }
    }
}

/// `pool LF place LF inspector LF` of every barred pair.
fn bars_text(pool: &BundlePool) -> String {
    let name = &pool.name;
    pool.bars.iter().map(BundleBar::pair).map(|(place, inspector)| format!("{name}\n{place}\n{inspector}\n")).collect()
}

/// `pool LF inspector LF capacity LF` of everybody on duty.
fn slots_text(name: &str, slots: &[(InspectorId, u32)]) -> String {
    slots.iter().map(|(inspector, capacity)| format!("{name}\n{inspector}\n{capacity}\n")).collect()
}

fn mac_of(seed: &Seed, lines: &[DrawnLine]) -> Option<Sha256> {
    let lines: Vec<String> = lines.iter().map(|line| list_line(&line.kind, &line.id, &line.inspectors)).collect();
    list_mac(seed, &lines).ok()
}

/// A route gives up an inspector's last visits in `order`, never an earlier one.
fn routes(played: &Played, findings: &mut Vec<Finding>) {
    let Played { drawn, routed, .. } = played;
    let mut last: BTreeMap<&InspectorId, (u128, u64)> = BTreeMap::new();
    let order = |target: &Target| (target.key, target.ticket.0);
    for target in drawn.with_fate(Fate::Visit) {
        for inspector in drawn.inspectors_of(&target.id) {
            let latest = last.entry(inspector).or_default();
            *latest = (*latest).max(order(target));
        }
    }
    for (place, inspectors) in routed {
        let Some(target) = drawn.targets.iter().find(|t| t.id == *place) else { continue };
        if inspectors.iter().all(|i| last.get(i).is_some_and(|latest| *latest > order(target))) {
            found(
                findings,
                said!(
                    "{place} was given up for a route, but a visit later in order was kept",
                    "{place}因路线放弃，但保留了次序更后的走访"
                ),
            );
        }
    }
}

/// Line by line; the first differences are told, and how many there are.
fn compare(own: &[DrawnLine], evidence: &Evidence, findings: &mut Vec<Finding>) {
    let longest = own.len().max(evidence.drawn.len());
    let differ: Vec<usize> = (0..longest).filter(|i| own.get(*i) != evidence.drawn.get(*i)).collect();
    for i in differ.iter().take(MOST_DIFFERENCES) {
        let (id, said) = match (evidence.drawn.get(*i), own.get(*i)) {
            (Some(shown), Some(own)) => {
                let (what, shown_as, own_as) = difference(shown, own);
                (
                    &shown.id,
                    Said::new(
                        format!("{} is “{shown_as}”, computed: “{own_as}”", what.en),
                        format!("{}为“{shown_as}”，计算得“{own_as}”", what.zh),
                    ),
                )
            }
            (Some(shown), None) => (&shown.id, said!("was not drawn", "并未抽中")),
            (None, Some(own)) => (&own.id, said!("was drawn and is missing", "已抽中，但未列出")),
            (None, None) => continue,
        };
        findings.push(Finding::new(At::Line(i + 1, id.clone()), said));
    }
    if differ.len() > MOST_DIFFERENCES {
        let more = differ.len() - MOST_DIFFERENCES;
        found(findings, said!("{more} more lines of the list differ", "另有{more}行抽取结果不同"));
    }
}

/// More say no more: usually one cause changes them all.
const MOST_DIFFERENCES: usize = 3;

/// The first field that differs, as shown and as computed.
fn difference(shown: &DrawnLine, own: &DrawnLine) -> (Said, String, String) {
    let people = |line: &DrawnLine| line.inspectors.iter().map(InspectorId::as_str).collect::<Vec<_>>().join(" ");
    let fields = [
        (said!("the place", "地点"), shown.id.to_string(), own.id.to_string()),
        (said!("the kind", "类别"), shown.kind.clone(), own.kind.clone()),
        (said!("the origin", "来源"), shown.origin.clone(), own.origin.clone()),
        (said!("the ticket", "签号"), shown.ticket.clone(), own.ticket.clone()),
        (said!("the key", "次序值"), shown.key.clone(), own.key.clone()),
        (said!("the minute", "分钟"), shown.minute.to_string(), own.minute.to_string()),
        (said!("the inspector", "检查员"), people(shown), people(own)),
    ];
    let different = fields.into_iter().find(|(_, shown, own)| shown != own);
    different.unwrap_or_else(|| (said!("the line", "该行"), String::new(), String::new()))
}
