//! What a frame is made from: every place with its pool and what speaks against it (DRAW 1, 6).
//!
//! Nothing of people is needed here but ids, so that a country fits into little memory.

use super::eligible::WhyNot;
use super::pools::PoolMap;
use super::sealed::PoolDuty;
use super::split::split;
use crate::model::{Ground, InspectorId, OfficeId, PlaceId, ProgrammeId};
use std::collections::{BTreeMap, BTreeSet};

/// Who is at a place on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is closed, or nobody is posted there.
    Nobody,
    /// Somebody is posted, and nobody who may be rung has a number.
    Posted,
    /// Somebody is posted, and somebody can be rung.
    Reachable,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceFacts {
    pub place: PlaceId,
    /// Code of its township.
    pub region: String,
    pub presence: Presence,
}

/// An inspector on duty on the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    pub inspector: InspectorId,
    pub office: OfficeId,
    pub visits: u32,
    pub calls: u32,
}

/// The register on one day, as a frame needs it.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub places: Vec<PlaceFacts>,
    pub excluded: BTreeSet<PlaceId>,
    /// Codes of regions that are not visited: all that begins so.
    pub blackouts: Vec<String>,
    pub on_duty: Vec<OnDuty>,
    /// Inspectors barred from everything whose region code begins with this one.
    pub barred_regions: Vec<(String, InspectorId, Ground)>,
    /// Single barred pairs.
    pub barred_pairs: Vec<(PlaceId, InspectorId, Ground)>,
}

/// A place of a window's frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceInput {
    pub place: PlaceId,
    /// Index of its pool; none where nobody is on duty for it.
    pub pool: Option<usize>,
    pub visit: Result<(), WhyNot>,
    pub call: Result<(), WhyNot>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FrameInput {
    /// In byte order of ids.
    pub places: Vec<PlaceInput>,
    pub pools: Vec<PoolDuty>,
    office_of: BTreeMap<InspectorId, OfficeId>,
}

impl FrameInput {
    pub fn new(facts: Facts, map: &PoolMap) -> FrameInput {
        let Facts { mut places, excluded, blackouts, mut on_duty, barred_regions, barred_pairs } = facts;
        places.sort_unstable_by(|a, b| a.place.cmp(&b.place));
        on_duty.sort_unstable_by(|a, b| a.inspector.cmp(&b.inspector));
        let pool_of: Vec<Option<usize>> = places.iter().map(|one| map.of_region(&one.region)).collect();
        let mut pools: Vec<PoolDuty> =
            map.names().iter().map(|name| PoolDuty { name: name.clone(), ..PoolDuty::default() }).collect();
        let mut member_of = BTreeMap::new();
        for one in &on_duty {
            if let Some(pool) = map.of_office(&one.office) {
                pools[pool].visits.push((one.inspector.clone(), one.visits));
                pools[pool].calls.push((one.inspector.clone(), one.calls));
                member_of.insert(one.inspector.clone(), pool);
            }
        }
        let mut bar = |at: usize, inspector: &InspectorId, pool: usize, ground| {
            if pool_of[at] == Some(pool) {
                pools[pool].bars.push((places[at].place.clone(), inspector.clone(), ground));
            }
        };
        for (place, inspector, ground) in &barred_pairs {
            let at = places.binary_search_by(|one| one.place.cmp(place));
            if let (Ok(at), Some(pool)) = (at, member_of.get(inspector)) {
                bar(at, inspector, *pool, *ground);
            }
        }
        let mut by_region: Vec<usize> = (0..places.len()).collect();
        by_region.sort_unstable_by(|a, b| places[*a].region.cmp(&places[*b].region));
        for (prefix, inspector, ground) in barred_regions.iter().filter(|(prefix, ..)| !prefix.is_empty()) {
            let Some(pool) = member_of.get(inspector) else { continue };
            let first = by_region.partition_point(|at| places[*at].region.as_str() < prefix.as_str());
            for at in by_region[first..].iter().take_while(|at| places[**at].region.starts_with(prefix.as_str())) {
                bar(*at, inspector, *pool, *ground);
            }
        }
        for pool in &mut pools {
            pool.bars.sort_unstable();
            pool.bars.dedup_by(|later, first| (&later.0, &later.1) == (&first.0, &first.1));
        }
        let input = |(one, pool): (PlaceFacts, Option<usize>)| {
            let standing = match one.presence {
                Presence::Nobody => Err(WhyNot::NoPosting),
                _ if excluded.contains(&one.place) => Err(WhyNot::Excluded),
                _ if blackouts.iter().any(|region| one.region.starts_with(region)) => Err(WhyNot::Blackout),
                _ => Ok(()),
            };
            let reachable = if one.presence == Presence::Reachable { Ok(()) } else { Err(WhyNot::NoPhone) };
            PlaceInput { place: one.place, pool, visit: standing, call: standing.and(reachable) }
        };
        let mut made = FrameInput {
            places: places.into_iter().zip(pool_of).map(input).collect(),
            pools,
            office_of: on_duty.into_iter().map(|one| (one.inspector, one.office)).collect(),
        };
        made.find_inspectors();
        made
    }

    /// The same window where other programmes send these inspectors too: `sharers` by office, `mine`
    /// among them. `turn` as in [`split`].
    pub fn shared(&self, sharers: &BTreeMap<OfficeId, Vec<ProgrammeId>>, mine: &ProgrammeId, turn: u32) -> FrameInput {
        let mut made = self.clone();
        for pool in &mut made.pools {
            for (inspector, capacity) in pool.visits.iter_mut().chain(&mut pool.calls) {
                if let Some(all) = self.office_of.get(inspector).and_then(|office| sharers.get(office)) {
                    *capacity = split(*capacity, all, mine, turn);
                }
            }
        }
        made.find_inspectors();
        made
    }

    /// Takes the chance of every place for which no inspector with room is clean.
    fn find_inspectors(&mut self) {
        let able = |of: &[(InspectorId, u32)]| of.iter().filter(|(_, capacity)| *capacity > 0).count();
        let rooms: Vec<(usize, usize)> = self.pools.iter().map(|p| (able(&p.visits), able(&p.calls))).collect();
        for one in &mut self.places {
            let (visits, calls) = one.pool.map_or((0, 0), |pool| rooms[pool]);
            refuse_if(visits == 0, &mut one.visit);
            refuse_if(calls == 0, &mut one.call);
        }
        for (pool, (visits, calls)) in self.pools.iter().zip(rooms) {
            for bars in pool.bars.chunk_by(|a, b| a.0 == b.0) {
                let Some(place) = bars.first().map(|(place, ..)| place) else { continue };
                let barred = |of: &[(InspectorId, u32)]| {
                    let has_room = |who| of.binary_search_by(|(id, _)| id.cmp(who)).is_ok_and(|at| of[at].1 > 0);
                    bars.iter().filter(|(_, who, _)| has_room(who)).count()
                };
                let Ok(at) = self.places.binary_search_by(|one| one.place.cmp(place)) else { continue };
                refuse_if(barred(&pool.visits) == visits, &mut self.places[at].visit);
                refuse_if(barred(&pool.calls) == calls, &mut self.places[at].call);
            }
        }
    }
}

/// A reason that stands before this one is kept; a missing number comes after it.
fn refuse_if(nobody: bool, verdict: &mut Result<(), WhyNot>) {
    if nobody && matches!(verdict, Ok(()) | Err(WhyNot::NoPhone)) {
        *verdict = Err(WhyNot::NoInspector);
    }
}
