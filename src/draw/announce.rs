//! Announced visits: where a rule demands a number of visits that chance has not brought (DRAW 1).
//!
//! They go to places that were sealed for it and not drawn, by slots that the drawn visits leave, and count
//! for the rule alone: never in estimates, gaps or tests. Who goes is shuffled like any other deal, in
//! pools named `announced/OFFICE`.

use super::deal::{Round, deal};
use super::order::{decide, odds_key};
use super::pool::Pool;
use super::window::{Dealing, Drawn, Fate, Origin, Target};
use super::{Frame, Label};
use crate::model::{InspectorId, PlaceId};
use std::collections::{BTreeMap, BTreeSet};

/// A place that is visited because a rule says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    pub target: Target,
    pub inspectors: Vec<InspectorId>,
}

impl Drawn {
    /// The announced visits of the window to `places` of its frame; whom no slot is left for waits for a
    /// later window.
    pub fn announce(
        &self,
        frame: &Frame,
        places: &[PlaceId],
        length_minutes: u64,
        dealing: Dealing<'_>,
    ) -> Vec<Announced> {
        let drawn: BTreeSet<&PlaceId> = self.targets.iter().map(|target| &target.id).collect();
        let mut by_pool: BTreeMap<usize, Vec<PlaceId>> = BTreeMap::new();
        for place in places.iter().filter(|place| !drawn.contains(place)) {
            if let Some(pool) = (dealing.pool_of)(place).filter(|pool| *pool < dealing.pools.len()) {
                by_pool.entry(pool).or_default().push(place.clone());
            }
        }
        let mut all = Vec::new();
        for (index, places) in by_pool {
            let pool = &dealing.pools[index];
            let served: Vec<PlaceId> = self
                .with_fate(Fate::Visit)
                .filter(|target| (dealing.pool_of)(&target.id) == Some(index))
                .map(|target| target.id.clone())
                .collect();
            let free = self.free(pool, &BTreeSet::new(), &served, &places);
            let free = Pool { name: format!("announced/{}", pool.name), ..free };
            let dealt = deal(&self.seed, &free, Round::First, &places, dealing.per_target);
            for (place, first) in &dealt.first.pairs {
                let second = dealt.second.as_ref().and_then(|hand| hand.inspector_of(place));
                let inspectors = std::iter::once(first).chain(second).cloned().collect();
                if let Some(target) = self.target_of(frame, place, length_minutes) {
                    all.push(Announced { target, inspectors });
                }
            }
        }
        all
    }

    fn target_of(&self, frame: &Frame, place: &PlaceId, length_minutes: u64) -> Option<Target> {
        let row = frame.row(place)?;
        let ticket = self.seed.ticket(Label::Ticket, place);
        Some(Target {
            id: place.clone(),
            fate: Fate::Visit,
            origin: Origin::Announced,
            ticket,
            decision: decide(ticket, row.visit, row.call),
            visit: row.visit,
            call: row.call,
            key: odds_key(ticket, row.visit),
            minute: self.seed.ticket(Label::Minute, place).scaled(length_minutes),
        })
    }
}
