//! The draw of a window again: tickets, visits dealt, routes, calls dealt.

use super::Binding;
use crate::draw::bundle::{BundlePool, DealLine, DrawnLine, Evidence, RedealLine};
use crate::draw::{Bar, Dealing, Drawn, Fate, Frame, Ground, Origin, PerTarget, Pool, PoolDealt, Seed};
use crate::model::{InspectorId, PlaceId, Said, Sha256, Timestamp, time};
use std::collections::{BTreeSet, HashMap};

/// What must stand in the list.
pub(super) struct Played {
    pub drawn: Drawn,
    /// What a route had no room for, with the inspectors that it was dealt to.
    pub routed: Vec<(PlaceId, Vec<InspectorId>)>,
    /// What was dealt again, and the whole list after each time.
    pub redeals: Vec<(RedealLine, Vec<DrawnLine>)>,
}

/// Plays the window. Which visits a route had no room for is taken from the list, since no ticket tells.
pub(super) fn play(
    binding: &Binding,
    evidence: &Evidence,
    seed: &Seed,
    (frame, root): (&Frame, Sha256),
) -> Result<Played, (String, Said)> {
    let Binding { terms, seal, .. } = binding;
    let visits = pools(evidence, "", |pool| &pool.visits)?;
    let calls = pools(evidence, "calls/", |pool| &pool.calls)?;
    let numbers: HashMap<&str, usize> = evidence.pools.iter().map(|pool| pool.name.as_str()).zip(0..).collect();
    let pool_of = |place: &PlaceId| numbers.get(frame.pool_of(frame.row(place)?)).copied();
    let length = match (Timestamp::parse(&seal.start), Timestamp::parse(&seal.end)) {
        (Some(start), Some(end)) => u64::try_from((end.0 - start.0) / time::MINUTE).unwrap_or(0),
        _ => 0,
    };
    let per_target = if terms.inspectors_a_visit == 2 { PerTarget::Two } else { PerTarget::One };
    let mut drawn = Drawn::of(seed.clone(), root, frame.rows(), terms.limits().unwrap_or_default(), length);
    drawn.deal_visits(Dealing { pools: &visits, per_target, pool_of: &pool_of });
    let mut routed = Vec::new();
    for line in evidence.drawn.iter().filter(|line| line.origin == Origin::Route.code()) {
        let inspectors = drawn.inspectors_of(&line.id).to_vec();
        if drawn.move_to_calls(&line.id) {
            routed.push((line.id.clone(), inspectors));
        }
    }
    let calls = Dealing { pools: &calls, per_target: PerTarget::One, pool_of: &pool_of };
    drawn.deal_calls(calls);
    let mut later = drawn.clone();
    let visits = Dealing { pools: &visits, per_target, pool_of: &pool_of };
    let mut gone = BTreeSet::new();
    let again = |shown: &RedealLine| {
        gone.extend(shown.out.iter().cloned());
        redeal(&mut later, (shown.round, &shown.out, &shown.done), &gone, (visits, calls))
    };
    let redeals = evidence.redeals.iter().map(again).collect();
    Ok(Played { drawn, routed, redeals })
}

/// The pools of one kind of work; an error names the pool.
fn pools(
    evidence: &Evidence,
    prefix: &str,
    slots: impl Fn(&BundlePool) -> &Vec<(InspectorId, u32)>,
) -> Result<Vec<Pool>, (String, Said)> {
    let pool = |one: &BundlePool| {
        let bars = one.bars.iter().map(|bar| {
            let (place, inspector) = bar.pair();
            Bar { place: place.clone(), inspector: inspector.clone(), ground: Ground::Listed }
        });
        Pool::new(&format!("{prefix}{}", one.name), slots(one).clone(), bars.collect())
            .map_err(|said| (one.name.clone(), said))
    };
    evidence.pools.iter().map(pool).collect()
}

/// Deals again, and tells it as a bundle shows it, with the whole list as it stands then. `gone` are all who
/// fell out so far, `out` those of them who fell out now; `done` may name more than what is theirs.
pub fn redeal(
    drawn: &mut Drawn,
    (round, out, done): (u32, &[InspectorId], &[PlaceId]),
    gone: &BTreeSet<InspectorId>,
    (visits, calls): (Dealing<'_>, Dealing<'_>),
) -> (RedealLine, Vec<DrawnLine>) {
    let before = lines(drawn);
    let mut done: Vec<PlaceId> = done.iter().filter(|place| drawn.is_with(place, gone)).cloned().collect();
    done.sort_unstable();
    done.dedup();
    let dealt = drawn.deal_again(round, gone, &done, visits, calls);
    let after = lines(drawn);
    let differs = |line: &&DrawnLine| {
        !before.iter().any(|b| b.id == line.id && b.kind == line.kind && b.inspectors == line.inspectors)
    };
    let changed = after.iter().filter(differs).map(|l| (l.id.clone(), l.kind.clone(), l.inspectors.clone())).collect();
    (RedealLine { round, out: out.to_vec(), done, deals: hands(&dealt), lines: changed }, after)
}

/// The list as a bundle shows it.
pub fn lines(drawn: &Drawn) -> Vec<DrawnLine> {
    let line = |target: &crate::draw::Target| DrawnLine {
        id: target.id.clone(),
        kind: target.fate.code().to_owned(),
        origin: target.origin.code().to_owned(),
        ticket: target.ticket.to_string(),
        key: target.key.to_string(),
        minute: target.minute,
        inspectors: match target.fate {
            Fate::Visit | Fate::Call => drawn.inspectors_of(&target.id).to_vec(),
            Fate::NotDone(_) => Vec::new(),
        },
    };
    drawn.targets.iter().map(line).collect()
}

/// The attempts as a bundle shows them: of every hand that was dealt.
pub fn deals(drawn: &Drawn) -> Vec<DealLine> {
    [hands(&drawn.visits), hands(&drawn.calls)].concat()
}

fn hands(pools: &[PoolDealt]) -> Vec<DealLine> {
    let one = |PoolDealt { pool, dealt }: &PoolDealt| {
        let first = (pool.clone(), &dealt.first);
        let second = dealt.second.as_ref().map(|hand| (format!("{pool}/2"), hand));
        let both = std::iter::once(first).chain(second).filter(|(_, hand)| !hand.pairs.is_empty());
        both.map(|(pool, hand)| DealLine { pool, attempt: hand.attempt }).collect::<Vec<_>>()
    };
    pools.iter().flat_map(one).collect()
}
