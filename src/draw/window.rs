//! The whole draw of a window: from frame, key and beacon to who is visited, who is called, who goes.

use super::deal::{Dealt, PerTarget, Round, deal};
use super::order::{decide, odds_key, select};
use super::{ChainKey, Chance, Decision, Frame, Label, Limits, LineFeed, Pool, Row, Seed, Ticket};
use crate::model::{InspectorId, PlaceId, Said, Sha256};
use crate::said;
use std::collections::{BTreeMap, BTreeSet};

/// What a draw follows from.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    pub frame: &'a Frame,
    pub key: &'a ChainKey,
    /// PROGRAMME/OFFICE/YYYY-MM-DD/SLOT; an opaque text here.
    pub window: &'a str,
    /// The beacon's text; opaque here.
    pub beacon: &'a str,
    pub limits: Limits,
    pub length_minutes: u64,
    /// Who makes the visits. `None`: nobody is dealt.
    pub dealing: Option<Dealing<'a>>,
}

/// The pools that visits or calls are dealt in.
#[derive(Clone, Copy)]
pub struct Dealing<'a> {
    /// Ordered by name.
    pub pools: &'a [Pool],
    pub per_target: PerTarget,
    /// The pool of a place, by its place in `pools`; a place without one has nobody who could go.
    pub pool_of: &'a dyn Fn(&PlaceId) -> Option<usize>,
}

impl<'a> Dealing<'a> {
    /// One pool for every place.
    pub fn one(pool: &'a Pool, per_target: PerTarget) -> Dealing<'a> {
        Dealing { pools: std::slice::from_ref(pool), per_target, pool_of: &|_| Some(0) }
    }
}

impl std::fmt::Debug for Dealing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dealing({} pools, {:?})", self.pools.len(), self.per_target)
    }
}

/// What is to be done about a drawn place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Visit,
    Call,
    /// Drawn, and not executed.
    NotDone(NotDone),
}

impl Fate {
    /// `visit`, `call` or `none`.
    pub fn code(self) -> &'static str {
        match self {
            Fate::Visit => "visit",
            Fate::Call => "call",
            Fate::NotDone(_) => "none",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDone {
    /// Every inspector of the pool is barred from the place.
    BarredFromAll,
    /// A call that nobody is left for.
    NobodyLeft,
}

impl NotDone {
    pub fn said(self) -> Said {
        match self {
            NotDone::BarredFromAll => {
                said!(
                    "not executed: every inspector of the pool is barred from this place",
                    "未执行：本组检查员均须回避该地点"
                )
            }
            NotDone::NobodyLeft => {
                said!("not executed: no inspector has room for another call", "未执行：没有检查员还能接电话任务")
            }
        }
    }
}

/// How a place came to its fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Its own ticket.
    Ticket,
    /// A visit that the most visits or the inspectors on hand had no room for: it became a call.
    Overflow,
    /// A visit without a visit hit, because a number of visits is demanded.
    Exact,
    /// A visit that the route had no room for: it became a call.
    Route,
    /// A visit that no chance brought, because a rule demands a number in a period.
    Announced,
}

impl Origin {
    pub fn code(self) -> &'static str {
        match self {
            Origin::Ticket => "ticket",
            Origin::Overflow => "overflow",
            Origin::Exact => "exact",
            Origin::Route => "route",
            Origin::Announced => "announced",
        }
    }
}

/// A drawn place, with what estimates need of it (DRAW 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub id: PlaceId,
    pub fate: Fate,
    pub origin: Origin,
    pub ticket: Ticket,
    /// What the ticket alone says.
    pub decision: Decision,
    pub visit: Chance,
    pub call: Chance,
    /// Its place in `order`.
    pub key: u128,
    /// The moment inside the window, in whole minutes after its start.
    pub minute: u64,
}

/// What was dealt in one pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolDealt {
    pub pool: String,
    pub dealt: Dealt,
}

#[derive(Debug, Clone)]
pub struct Drawn {
    pub root: Sha256,
    pub seed: Seed,
    /// Visits in `order`, then calls in `order`, then what is not executed in `order`.
    pub targets: Vec<Target>,
    /// Pools with targets only, in the order of their names.
    pub visits: Vec<PoolDealt>,
    pub calls: Vec<PoolDealt>,
    /// Who goes or rings, by place: one, or two for a visit of two.
    pub(super) hands: BTreeMap<PlaceId, Vec<InspectorId>>,
}

/// Draws a window. The same inputs give the same answer anywhere, for ever.
pub fn draw(inputs: &Inputs<'_>) -> Result<Drawn, LineFeed> {
    let seed = Seed::new(inputs.key, inputs.window, inputs.frame.root(), inputs.beacon)?;
    let mut drawn = Drawn::of(seed, *inputs.frame.root(), inputs.frame.rows(), inputs.limits, inputs.length_minutes);
    if let Some(dealing) = inputs.dealing {
        drawn.deal_visits(dealing);
    }
    Ok(drawn)
}

/// What the tickets of a frame's rows say, in the byte order of the ids.
fn targets(seed: &Seed, rows: &[Row], limits: Limits, length_minutes: u64) -> Vec<Target> {
    let tickets = seed.tickets(Label::Ticket);
    let mut units: Vec<(Ticket, Chance)> = Vec::with_capacity(rows.len());
    let mut chances = rows.iter().map(|row| row.visit);
    tickets.of_each(rows.iter().map(|row| &row.id), |ticket| units.extend(chances.next().map(|p| (ticket, p))));
    let mut taken = vec![false; units.len()];
    select(&units, limits).into_iter().for_each(|index| taken[index] = true);
    let minutes = seed.tickets(Label::Minute);
    let mut targets = Vec::new();
    for ((row, (ticket, _)), taken) in rows.iter().zip(&units).zip(taken) {
        let decision = decide(*ticket, row.visit, row.call);
        let (fate, origin) = match (taken, decision) {
            (true, Decision::Visit) => (Fate::Visit, Origin::Ticket),
            (true, _) => (Fate::Visit, Origin::Exact),
            (false, Decision::Visit) => (Fate::Call, Origin::Overflow),
            (false, Decision::Call) => (Fate::Call, Origin::Ticket),
            (false, Decision::Nothing) => continue,
        };
        targets.push(Target {
            id: row.id.clone(),
            fate,
            origin,
            ticket: *ticket,
            decision,
            visit: row.visit,
            call: row.call,
            key: odds_key(*ticket, row.visit),
            minute: minutes.of(&row.id).scaled(length_minutes),
        });
    }
    targets
}

impl Drawn {
    /// What the tickets alone say; nobody is dealt yet. The drawn rows of a frame tell the same of
    /// themselves without the others, so that a public bundle can be checked.
    pub fn of(seed: Seed, root: Sha256, rows: &[Row], limits: Limits, length_minutes: u64) -> Drawn {
        let targets = targets(&seed, rows, limits, length_minutes);
        let mut drawn = Drawn { root, seed, targets, visits: Vec::new(), calls: Vec::new(), hands: BTreeMap::new() };
        drawn.arrange();
        drawn
    }

    pub fn with_fate(&self, fate: Fate) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(move |target| target.fate == fate)
    }

    /// Who was dealt to a place; empty where nobody goes.
    pub fn inspectors_of(&self, place: &PlaceId) -> &[InspectorId] {
        self.hands.get(place).map_or(&[], Vec::as_slice)
    }

    /// A route that does not fit the window makes a visit a call (DRAW 6). False where the place has
    /// no visit.
    pub fn move_to_calls(&mut self, place: &PlaceId) -> bool {
        let visit = self.targets.iter_mut().find(|target| target.id == *place && target.fate == Fate::Visit);
        let Some(target) = visit else { return false };
        target.fate = Fate::Call;
        target.origin = Origin::Route;
        self.hands.remove(place);
        self.arrange();
        true
    }

    /// Deals the visits, before any route is known.
    pub fn deal_visits(&mut self, dealing: Dealing<'_>) {
        let (dealt, without) = self.deal_to(Fate::Visit, dealing);
        let (overflow, barred) = left_over(&dealt, without);
        self.refate(&overflow, Fate::Call, Some(Origin::Overflow));
        self.refate(&barred, Fate::NotDone(NotDone::BarredFromAll), None);
        self.visits = dealt;
        self.arrange();
    }

    /// Deals the calls, after the routes are known; pools are named `calls/OFFICE`.
    pub fn deal_calls(&mut self, dealing: Dealing<'_>) {
        let (dealt, without) = self.deal_to(Fate::Call, dealing);
        let (overflow, barred) = left_over(&dealt, without);
        self.refate(&overflow, Fate::NotDone(NotDone::NobodyLeft), None);
        self.refate(&barred, Fate::NotDone(NotDone::BarredFromAll), None);
        self.calls = dealt;
        self.arrange();
    }

    /// Deals in every pool that has targets; with the targets that have no pool.
    fn deal_to(&mut self, fate: Fate, dealing: Dealing<'_>) -> (Vec<PoolDealt>, Vec<PlaceId>) {
        let mut by_pool: BTreeMap<usize, Vec<PlaceId>> = BTreeMap::new();
        let mut without = Vec::new();
        for target in self.with_fate(fate) {
            match (dealing.pool_of)(&target.id).filter(|pool| *pool < dealing.pools.len()) {
                Some(pool) => by_pool.entry(pool).or_default().push(target.id.clone()),
                None => without.push(target.id.clone()),
            }
        }
        let mut all = Vec::with_capacity(by_pool.len());
        for (index, targets) in by_pool {
            let pool = &dealing.pools[index];
            let dealt = deal(&self.seed, pool, Round::First, &targets, dealing.per_target);
            for (place, inspector) in dealt.first.pairs.iter().chain(dealt.second.iter().flat_map(|hand| &hand.pairs)) {
                self.hands.entry(place.clone()).or_default().push(inspector.clone());
            }
            all.push(PoolDealt { pool: pool.name().to_owned(), dealt });
        }
        (all, without)
    }

    fn refate(&mut self, places: &[PlaceId], fate: Fate, origin: Option<Origin>) {
        if places.is_empty() {
            return;
        }
        let places: BTreeSet<&PlaceId> = places.iter().collect();
        for target in self.targets.iter_mut().filter(|target| places.contains(&target.id)) {
            target.fate = fate;
            target.origin = origin.unwrap_or(target.origin);
        }
    }

    pub(super) fn arrange(&mut self) {
        let rank = |target: &Target| match target.fate {
            Fate::Visit => 0,
            Fate::Call => 1,
            Fate::NotDone(_) => 2,
        };
        self.targets.sort_by(|a, b| {
            let order = |t: &Target| (rank(t), t.key, t.ticket);
            order(a).cmp(&order(b)).then_with(|| a.id.cmp(&b.id))
        });
    }
}

/// Targets of all pools, and of none, that nobody is left for; and those that everybody is barred from.
fn left_over(dealt: &[PoolDealt], without: Vec<PlaceId>) -> (Vec<PlaceId>, Vec<PlaceId>) {
    let (mut overflow, mut barred) = (without, Vec::new());
    for PoolDealt { dealt, .. } in dealt {
        overflow.extend(dealt.overflow.iter().cloned());
        barred.extend(dealt.barred_from_all.iter().cloned());
    }
    (overflow, barred)
}
