//! The deal: which inspector goes where (DRAW 6).
//!
//! Slots are shuffled like cards and dealt to the targets; a deal with a barred pair is thrown away
//! whole. The first clean one is uniform over all clean deals, whatever the bars are.
//!
//! With two inspectors a target, a first deal counts as clean only if the rest of the pool can still
//! give every target a second, different inspector: that is how the joint feasibility is kept.

use super::matching::Matching;
use super::pool::Pool;
use super::{Field, Label, Seed, Ticket};
use crate::model::{InspectorId, PlaceId};

/// Unclean attempts before the fallback.
pub const ATTEMPTS: u32 = 1 << 16;

/// The deal at the draw, or one after an inspector fell out, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    First,
    Again(u32),
}

impl Round {
    fn label(self, attempt: u32) -> Label {
        match self {
            Round::First => Label::Deal(attempt),
            Round::Again(round) => Label::DealAgain(round, attempt),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PerTarget {
    One,
    Two,
}

/// One deal: each kept target with its inspector, in the byte order of the targets' ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// The first clean attempt; `None` where none of 2^16 was clean and the fallback dealt, which is
    /// not uniform.
    pub attempt: Option<u32>,
    pub pairs: Vec<(PlaceId, InspectorId)>,
}

impl Hand {
    pub fn inspector_of(&self, place: &PlaceId) -> Option<&InspectorId> {
        self.pairs.iter().find(|(id, _)| id == place).map(|(_, inspector)| inspector)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dealt {
    pub first: Hand,
    /// Where two inspectors go to each target.
    pub second: Option<Hand>,
    /// Targets that nobody is left for, in the order given.
    pub overflow: Vec<PlaceId>,
    /// Targets that every inspector of the pool is barred from, in the order given.
    pub barred_from_all: Vec<PlaceId>,
}

/// Deals a pool's slots to `targets`, which stand in `order`: the earlier ones are kept first where
/// not all can be served. `targets` hold no id twice.
pub fn deal(seed: &Seed, pool: &Pool, round: Round, targets: &[PlaceId], per_target: PerTarget) -> Dealt {
    let (barred_from_all, able): (Vec<PlaceId>, Vec<PlaceId>) =
        targets.iter().cloned().partition(|target| pool.bars_everybody(target));
    let (mut kept, overflow) = keep_feasible(pool, able, per_target);
    kept.sort_unstable();
    let clean: Vec<Vec<bool>> = kept.iter().map(|target| clean_with(pool, target)).collect();
    let slots = Slots::of(pool);
    let table = Table { seed, round, slots: &slots, pool: pool.name.clone(), targets: &kept, clean: clean.clone() };
    let two = per_target == PerTarget::Two;
    let (attempt, first) = table.deal(&vec![false; slots.owners.len()], two);
    let second = two.then(|| {
        let mut used = vec![false; slots.owners.len()];
        let mut others = clean;
        for (row, slot) in others.iter_mut().zip(&first) {
            used[*slot] = true;
            row[slots.owners[*slot]] = false;
        }
        let table = Table { pool: format!("{}/2", pool.name), clean: others, ..table.clone() };
        let (attempt, slots_dealt) = table.deal(&used, false);
        hand(pool, &slots, &kept, attempt, &slots_dealt)
    });
    Dealt { first: hand(pool, &slots, &kept, attempt, &first), second, overflow, barred_from_all }
}

fn hand(pool: &Pool, slots: &Slots, targets: &[PlaceId], attempt: Option<u32>, dealt: &[usize]) -> Hand {
    let owner = |slot: &usize| pool.inspectors[slots.owners[*slot]].0.clone();
    Hand { attempt, pairs: targets.iter().cloned().zip(dealt.iter().map(owner)).collect() }
}

fn clean_with(pool: &Pool, target: &PlaceId) -> Vec<bool> {
    pool.inspectors.iter().map(|(id, _)| !pool.is_barred(target, id)).collect()
}

fn allowed(clean: &[bool]) -> Vec<usize> {
    clean.iter().enumerate().filter(|(_, clean)| **clean).map(|(inspector, _)| inspector).collect()
}

/// Goes through `order` and keeps a target iff the kept ones and it can all be served.
fn keep_feasible(pool: &Pool, targets: Vec<PlaceId>, per_target: PerTarget) -> (Vec<PlaceId>, Vec<PlaceId>) {
    let needed = if per_target == PerTarget::Two { 2 } else { 1 };
    let mut matching = Matching::new(pool.inspectors.iter().map(|(_, capacity)| *capacity).collect());
    targets.into_iter().partition(|target| matching.add(allowed(&clean_with(pool, target)), needed))
}

/// All slots `insp#1`, `insp#2`, … in byte order.
struct Slots {
    names: Vec<String>,
    /// Index of the inspector, by slot.
    owners: Vec<usize>,
}

impl Slots {
    fn of(pool: &Pool) -> Slots {
        let each = pool.inspectors.iter().enumerate();
        let mut slots: Vec<(String, usize)> = each
            .flat_map(|(owner, (id, capacity))| (1..=*capacity).map(move |number| (format!("{id}#{number}"), owner)))
            .collect();
        slots.sort_unstable();
        let (names, owners) = slots.into_iter().unzip();
        Slots { names, owners }
    }
}

#[derive(Clone)]
struct Table<'a> {
    seed: &'a Seed,
    round: Round,
    slots: &'a Slots,
    pool: String,
    /// In byte order.
    targets: &'a [PlaceId],
    /// By target and inspector.
    clean: Vec<Vec<bool>>,
}

impl Table<'_> {
    /// A slot for every target. `used` slots stay out. With `leave_second`, what is left must be able
    /// to give every target another inspector. A clean deal is known to exist.
    fn deal(&self, used: &[bool], leave_second: bool) -> (Option<u32>, Vec<usize>) {
        let free: Vec<usize> = (0..self.slots.owners.len()).filter(|slot| !used[*slot]).collect();
        let texts: Vec<String> = free.iter().map(|slot| format!("{} {}", self.pool, self.slots.names[*slot])).collect();
        let mut shuffled: Vec<(Ticket, usize)> = Vec::with_capacity(free.len());
        for attempt in 0..ATTEMPTS {
            let tickets = self.seed.tickets(self.round.label(attempt));
            shuffled.clear();
            // Slots stand in byte order, so their number breaks ties as their bytes would.
            shuffled.extend(free.iter().zip(&texts).map(|(slot, text)| (tickets.of(one_line(text)), *slot)));
            shuffled.sort_unstable();
            let pairs = self.clean.iter().zip(&shuffled);
            if pairs.clone().all(|(clean, (_, slot))| clean[self.slots.owners[*slot]]) {
                let dealt: Vec<usize> = pairs.map(|(_, (_, slot))| *slot).collect();
                if !leave_second || self.completes(&dealt, used, true) {
                    return (Some(attempt), dealt);
                }
            }
        }
        (None, self.fall_back(used, leave_second))
    }

    /// Targets in id order each take the slot with the smallest ticket that leaves a clean matching.
    fn fall_back(&self, used: &[bool], leave_second: bool) -> Vec<usize> {
        let tickets = self.seed.tickets(Label::Fallback);
        let mut dealt: Vec<usize> = Vec::new();
        for (target, clean) in self.targets.iter().zip(&self.clean) {
            let free = (0..used.len()).filter(|slot| !used[*slot] && !dealt.contains(slot));
            let mut candidates: Vec<(Ticket, usize)> = free
                .filter(|slot| clean[self.slots.owners[*slot]])
                .map(|slot| {
                    let text = format!("{} {target} {}", self.pool, self.slots.names[slot]);
                    (tickets.of(one_line(&text)), slot)
                })
                .collect();
            candidates.sort_unstable();
            let taken = candidates.into_iter().map(|(_, slot)| slot).find(|slot| {
                dealt.push(*slot);
                let leaves = self.completes(&dealt, used, leave_second);
                dealt.pop();
                leaves
            });
            dealt.extend(taken);
        }
        dealt
    }

    /// Whether a deal that starts like this can be completed, with a second one after it if asked.
    fn completes(&self, dealt: &[usize], used: &[bool], with_second: bool) -> bool {
        let owners = &self.slots.owners;
        let inspectors = owners.iter().max().map_or(0, |last| last + 1);
        let mut left = vec![0; inspectors];
        for (slot, owner) in owners.iter().enumerate() {
            left[*owner] += u32::from(!used[slot] && !dealt.contains(&slot));
        }
        let mut matching = Matching::new(left);
        self.clean.iter().enumerate().all(|(target, clean)| {
            let own = dealt.get(target).map(|slot| owners[*slot]);
            let others = allowed(clean).into_iter().filter(|i| Some(*i) != own && *i < inspectors).collect();
            matching.add(others, u32::from(own.is_none()) + u32::from(with_second))
        })
    }
}

/// Pools, ids and slots hold no line feed, so what is put together from them holds none.
fn one_line(text: &str) -> Field<'_> {
    Field::new(text).unwrap_or_else(|_| unreachable!("pools and ids are one line each"))
}
