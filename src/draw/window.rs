//! The whole draw of a window: from frame, key and beacon to who is visited, who is called, who goes.

use super::deal::{Dealt, PerTarget, Round, deal};
use super::order::{decide, odds_key, select};
use super::{ChainKey, Chance, Decision, Frame, Label, Limits, LineFeed, Pool, Seed, Ticket};
use crate::model::{PlaceId, Said, Sha256};
use crate::said;
use std::collections::BTreeSet;

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
    /// Who makes the visits. Without a pool nobody is dealt.
    pub pool: Option<(&'a Pool, PerTarget)>,
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
}

impl Origin {
    pub fn code(self) -> &'static str {
        match self {
            Origin::Ticket => "ticket",
            Origin::Overflow => "overflow",
            Origin::Exact => "exact",
            Origin::Route => "route",
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

#[derive(Debug, Clone)]
pub struct Drawn {
    pub root: Sha256,
    pub seed: Seed,
    /// Visits in `order`, then calls in `order`, then what is not executed in `order`.
    pub targets: Vec<Target>,
    pub visits: Option<Dealt>,
    pub calls: Option<Dealt>,
}

/// Draws a window. The same inputs give the same answer anywhere, for ever.
pub fn draw(inputs: &Inputs<'_>) -> Result<Drawn, LineFeed> {
    let seed = Seed::new(inputs.key, inputs.window, inputs.frame.root(), inputs.beacon)?;
    let rows = inputs.frame.rows();
    let tickets = seed.tickets(Label::Ticket);
    let units: Vec<(Ticket, Chance)> = rows.iter().map(|row| (tickets.of(&row.id), row.visit)).collect();
    let mut taken = vec![false; units.len()];
    select(&units, inputs.limits).into_iter().for_each(|index| taken[index] = true);
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
            minute: minutes.of(&row.id).scaled(inputs.length_minutes),
        });
    }
    let root = *inputs.frame.root();
    let mut drawn = Drawn { root, seed, targets, visits: None, calls: None };
    drawn.arrange();
    if let Some((pool, per_target)) = inputs.pool {
        drawn.deal_visits(pool, per_target);
    }
    Ok(drawn)
}

impl Drawn {
    pub fn with_fate(&self, fate: Fate) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(move |target| target.fate == fate)
    }

    /// A route that does not fit the window makes a visit a call (DRAW 6). False where the place has
    /// no visit.
    pub fn move_to_calls(&mut self, place: &PlaceId) -> bool {
        let visit = self.targets.iter_mut().find(|target| target.id == *place && target.fate == Fate::Visit);
        let Some(target) = visit else { return false };
        target.fate = Fate::Call;
        target.origin = Origin::Route;
        self.arrange();
        true
    }

    fn deal_visits(&mut self, pool: &Pool, per_target: PerTarget) {
        let dealt = self.deal_to(Fate::Visit, pool, per_target);
        self.refate(&dealt.overflow, Fate::Call, Some(Origin::Overflow));
        self.refate(&dealt.barred_from_all, Fate::NotDone(NotDone::BarredFromAll), None);
        self.visits = Some(dealt);
        self.arrange();
    }

    /// Deals the calls, after the routes are known; `pool` is named `calls/OFFICE`.
    pub fn deal_calls(&mut self, pool: &Pool) {
        let dealt = self.deal_to(Fate::Call, pool, PerTarget::One);
        self.refate(&dealt.overflow, Fate::NotDone(NotDone::NobodyLeft), None);
        self.refate(&dealt.barred_from_all, Fate::NotDone(NotDone::BarredFromAll), None);
        self.calls = Some(dealt);
        self.arrange();
    }

    fn deal_to(&self, fate: Fate, pool: &Pool, per_target: PerTarget) -> Dealt {
        let targets: Vec<PlaceId> = self.with_fate(fate).map(|target| target.id.clone()).collect();
        deal(&self.seed, pool, Round::First, &targets, per_target)
    }

    fn refate(&mut self, places: &[PlaceId], fate: Fate, origin: Option<Origin>) {
        let places: BTreeSet<&PlaceId> = places.iter().collect();
        for target in self.targets.iter_mut().filter(|target| places.contains(&target.id)) {
            target.fate = fate;
            target.origin = origin.unwrap_or(target.origin);
        }
    }

    fn arrange(&mut self) {
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
