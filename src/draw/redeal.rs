//! The deal again, after an inspector fell out: their lines go to free slots, everybody else's stay (DRAW 6).
//!
//! The deal of the draw stands as it was; this one is recorded beside it, with its own labels. An
//! inspector's free slots are counted anew from 1. Where nobody is free, a line is not executed, and of
//! two inspectors the other goes alone.

use super::deal::{PerTarget, Round, deal};
use super::pool::{Bar, Pool};
use super::window::{Dealing, Drawn, Fate, NotDone, PoolDealt};
use crate::model::{Ground, InspectorId, PlaceId};
use std::collections::{BTreeMap, BTreeSet};

impl Drawn {
    /// Deals the lines of those who are `gone`, for the `round`-th time counted from 1; `gone` names
    /// everybody who fell out so far. What they had `done` by then stays theirs. Returns what was dealt,
    /// visits first.
    pub fn deal_again(
        &mut self,
        round: u32,
        gone: &BTreeSet<InspectorId>,
        done: &[PlaceId],
        visits: Dealing<'_>,
        calls: Dealing<'_>,
    ) -> Vec<PoolDealt> {
        let mut all = Vec::new();
        for (fate, dealing) in [(Fate::Visit, visits), (Fate::Call, calls)] {
            for (index, pool) in dealing.pools.iter().enumerate() {
                let of_pool = |place: &PlaceId| (dealing.pool_of)(place) == Some(index);
                let served: Vec<PlaceId> =
                    self.with_fate(fate).filter(|t| of_pool(&t.id)).map(|t| t.id.clone()).collect();
                let lost = |place: &&PlaceId| !done.contains(*place) && self.is_with(place, gone);
                let places: Vec<PlaceId> = served.iter().filter(lost).cloned().collect();
                if places.is_empty() {
                    continue;
                }
                let free = self.free(pool, gone, &served, &places);
                let dealt = deal(&self.seed, &free, Round::Again(round), &places, PerTarget::One);
                for place in &places {
                    let next = dealt.first.inspector_of(place);
                    let why = if dealt.barred_from_all.contains(place) {
                        NotDone::BarredFromAll
                    } else {
                        NotDone::NobodyLeft
                    };
                    self.replace(place, gone, next, why);
                }
                all.push(PoolDealt { pool: pool.name().to_owned(), dealt });
            }
        }
        self.arrange();
        all
    }

    /// Whether one of these goes to a place or rings there.
    pub fn is_with(&self, place: &PlaceId, people: &BTreeSet<InspectorId>) -> bool {
        self.inspectors_of(place).iter().any(|who| people.contains(who))
    }

    /// The pool without those who are gone and without the slots that are taken; whoever goes to a place
    /// already is barred from being the second there.
    pub(super) fn free(
        &self,
        pool: &Pool,
        gone: &BTreeSet<InspectorId>,
        served: &[PlaceId],
        places: &[PlaceId],
    ) -> Pool {
        let mut taken: BTreeMap<&InspectorId, u32> = BTreeMap::new();
        for who in served.iter().flat_map(|place| self.inspectors_of(place)) {
            *taken.entry(who).or_default() += 1;
        }
        let slots = pool.inspectors.iter().filter(|(who, _)| !gone.contains(who));
        let slots = slots.map(|(who, capacity)| (who.clone(), capacity.saturating_sub(*taken.get(who).unwrap_or(&0))));
        let mut bars = Vec::new();
        for place in places {
            bars.extend(pool.bars_of(place).iter().cloned());
            let there = self.inspectors_of(place).iter().filter(|who| !pool.is_barred(place, who));
            bars.extend(there.map(|who| Bar { place: place.clone(), inspector: who.clone(), ground: Ground::Listed }));
        }
        pool.with(slots.collect(), bars)
    }

    fn replace(&mut self, place: &PlaceId, gone: &BTreeSet<InspectorId>, next: Option<&InspectorId>, why: NotDone) {
        let Some(hands) = self.hands.get_mut(place) else { return };
        let mut next = next;
        *hands = hands
            .iter()
            .filter_map(|who| if gone.contains(who) { next.take().cloned() } else { Some(who.clone()) })
            .collect();
        if hands.is_empty() {
            self.hands.remove(place);
            if let Some(target) = self.targets.iter_mut().find(|target| target.id == *place) {
                target.fate = Fate::NotDone(why);
            }
        }
    }
}
