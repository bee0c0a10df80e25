//! The deal: which inspector goes where (DRAW 6).
//!
//! Slots are shuffled like cards and dealt to the targets; a deal with a barred pair is thrown away
//! whole. The first clean one is uniform over all clean deals, whatever the bars are.
//!
//! With two inspectors a target, a first deal counts as clean only if the rest of the pool can still
//! give every target a second, different inspector: that is how the joint feasibility is kept.

use super::compression::TOGETHER;
use super::matching::Matching;
use super::pool::Pool;
use super::{Field, Label, Seed, Ticket, Tickets};
use crate::model::{InspectorId, PlaceId};
use std::ops::Range;

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
    let barred: Vec<Vec<usize>> = kept.iter().map(|target| barred_from(pool, target)).collect();
    let slots = Slots::of(pool);
    let table = Table { seed, round, slots: &slots, pool: pool.name.clone(), targets: &kept, barred: barred.clone() };
    let two = per_target == PerTarget::Two;
    let (attempt, first) = table.deal(&vec![false; slots.owners.len()], two);
    let second = two.then(|| {
        let mut used = vec![false; slots.owners.len()];
        let mut others = barred;
        for (row, slot) in others.iter_mut().zip(&first) {
            used[*slot] = true;
            row.push(slots.owners[*slot]);
            row.sort_unstable();
        }
        let table = Table { pool: format!("{}/2", pool.name), barred: others, ..table.clone() };
        let (attempt, slots_dealt) = table.deal(&used, false);
        hand(pool, &slots, &kept, attempt, &slots_dealt)
    });
    Dealt { first: hand(pool, &slots, &kept, attempt, &first), second, overflow, barred_from_all }
}

fn hand(pool: &Pool, slots: &Slots, targets: &[PlaceId], attempt: Option<u32>, dealt: &[usize]) -> Hand {
    let owner = |slot: &usize| pool.inspectors[slots.owners[*slot]].0.clone();
    Hand { attempt, pairs: targets.iter().cloned().zip(dealt.iter().map(owner)).collect() }
}

/// Those in the pool who must not go, by number and in order: there are few of them, however large the pool.
fn barred_from(pool: &Pool, target: &PlaceId) -> Vec<usize> {
    let number = |who: &InspectorId| pool.inspectors.binary_search_by(|(id, _)| id.cmp(who)).ok();
    pool.bars_of(target).iter().filter_map(|bar| number(&bar.inspector)).collect()
}

/// Goes through `order` and keeps a target iff the kept ones and it can all be served.
fn keep_feasible(pool: &Pool, targets: Vec<PlaceId>, per_target: PerTarget) -> (Vec<PlaceId>, Vec<PlaceId>) {
    let needed = if per_target == PerTarget::Two { 2 } else { 1 };
    let mut matching = Matching::new(pool.inspectors.iter().map(|(_, capacity)| *capacity).collect());
    targets.into_iter().partition(|target| matching.add(barred_from(pool, target), needed))
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

/// What an attempt shuffles.
struct Cards {
    slots: Vec<usize>,
    /// What each one's ticket is drawn with.
    texts: Vec<String>,
    /// So many at the beginning are those that the first target may have.
    for_the_first: usize,
}

impl Cards {
    /// Adds the tickets of some of the slots. Slots stand in byte order, so their numbers break ties as
    /// their bytes would.
    fn draw(&self, some: Range<usize>, tickets: &Tickets, to: &mut Vec<(Ticket, usize)>) {
        let mut slots = self.slots[some.clone()].iter();
        let texts = self.texts[some].iter().map(|text| one_line(text));
        tickets.of_each(texts, |ticket| to.extend(slots.next().map(|slot| (ticket, *slot))));
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
    /// By target: the inspectors barred from it, in order.
    barred: Vec<Vec<usize>>,
}

impl Table<'_> {
    /// A slot for every target. `used` slots stay out. With `leave_second`, what is left must be able
    /// to give every target another inspector. A clean deal is known to exist.
    fn deal(&self, used: &[bool], leave_second: bool) -> (Option<u32>, Vec<usize>) {
        let cards = self.cards(used);
        let mut shuffled: Vec<(Ticket, usize)> = Vec::with_capacity(cards.slots.len());
        for attempt in 0..ATTEMPTS {
            if !self.shuffle(attempt, &cards, &mut shuffled) {
                continue;
            }
            let mut pairs = (0..self.targets.len()).zip(&shuffled);
            if pairs.all(|(target, (_, slot))| self.may_have(target, *slot)) {
                let dealt: Vec<usize> = shuffled.iter().map(|(_, slot)| *slot).take(self.targets.len()).collect();
                if !leave_second || self.completes(&dealt, used, true) {
                    return (Some(attempt), dealt);
                }
            }
        }
        (None, self.fall_back(used, leave_second))
    }

    fn may_have(&self, target: usize, slot: usize) -> bool {
        let barred = self.barred.get(target);
        barred.is_none_or(|barred| barred.binary_search(&self.slots.owners[slot]).is_err())
    }

    /// The slots to be shuffled: first those that the first target may have.
    fn cards(&self, used: &[bool]) -> Cards {
        let free = (0..used.len()).filter(|slot| !used[*slot]);
        let (mut slots, rest): (Vec<usize>, Vec<usize>) = free.partition(|slot| self.may_have(0, *slot));
        let for_the_first = slots.len();
        slots.extend(rest);
        let texts = slots.iter().map(|slot| format!("{} {}", self.pool, self.slots.names[*slot])).collect();
        Cards { slots, texts, for_the_first }
    }

    /// Lays the slots in the order of an attempt, as many as there are targets. False as soon as it is
    /// certain that the first target gets one that it may not have: most hopeless attempts end there.
    fn shuffle(&self, attempt: u32, cards: &Cards, shuffled: &mut Vec<(Ticket, usize)>) -> bool {
        let tickets = self.seed.tickets(self.round.label(attempt));
        shuffled.clear();
        cards.draw(0..cards.for_the_first, &tickets, shuffled);
        let first = shuffled.iter().min().copied();
        for start in (cards.for_the_first..cards.slots.len()).step_by(TOGETHER) {
            let end = cards.slots.len().min(start + TOGETHER);
            cards.draw(start..end, &tickets, shuffled);
            if shuffled[start..].iter().min() < first.as_ref() {
                return false;
            }
        }
        if self.targets.len() < shuffled.len() {
            shuffled.select_nth_unstable(self.targets.len());
            shuffled.truncate(self.targets.len());
        }
        shuffled.sort_unstable();
        true
    }

    /// Targets in id order each take the slot with the smallest ticket that leaves a clean matching.
    fn fall_back(&self, used: &[bool], leave_second: bool) -> Vec<usize> {
        let tickets = self.seed.tickets(Label::Fallback);
        let mut dealt: Vec<usize> = Vec::new();
        for (number, target) in self.targets.iter().enumerate() {
            let free = (0..used.len()).filter(|slot| !used[*slot] && !dealt.contains(slot));
            let mut candidates: Vec<(Ticket, usize)> = free
                .filter(|slot| self.may_have(number, *slot))
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
        self.barred.iter().enumerate().all(|(target, barred)| {
            let own = dealt.get(target).map(|slot| owners[*slot]);
            let mut barred: Vec<usize> = barred.iter().copied().chain(own).collect();
            barred.sort_unstable();
            matching.add(barred, u32::from(own.is_none()) + u32::from(with_second))
        })
    }
}

/// Pools, ids and slots hold no line feed, so what is put together from them holds none.
fn one_line(text: &str) -> Field<'_> {
    Field::new(text).unwrap_or_else(|_| unreachable!("pools and ids are one line each"))
}
