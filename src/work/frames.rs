//! The frame of a window: what is known of every place this evening becomes its chances (DRAW 1).

use crate::draw::hazard::{PLAIN, hazards};
use crate::draw::{
    Chance, Detail, Frame, Policy, Pools, Reason, RiskRule, Row, Salts, Seed, Signals, Standing, StartAges,
};
use crate::model::{PlaceId, Said};
use crate::plan::{FrameInput, PlaceInput, PoolDuty, WhyNot};
use crate::store::HazardRow;
use std::collections::BTreeMap;

/// What the frames of one day are made from.
pub(super) struct Frames<'a> {
    input: &'a FrameInput,
    policy: &'a Policy,
    risk: &'a RiskRule,
    signals: &'a BTreeMap<PlaceId, Signals>,
    /// How long each place of the input has been waiting, in its order; goes on with every frame.
    waiting: Vec<Waiting>,
    /// Places that the register no longer has.
    gone: Vec<(PlaceId, HazardRow)>,
    /// Windows of the programme sealed so far.
    sealed: i64,
    /// Windows whose frames were made here.
    made: i64,
}

#[derive(Clone, Copy)]
struct Waiting {
    row: HazardRow,
    /// The stored row is another one.
    changed: bool,
}

impl<'a> Frames<'a> {
    /// `hazard` in the byte order of places.
    pub fn new(
        input: &'a FrameInput,
        policy: &'a Policy,
        (risk, signals): (&'a RiskRule, &'a BTreeMap<PlaceId, Signals>),
        (hazard, sealed): (Vec<(PlaceId, HazardRow)>, i64),
        start: &Seed,
    ) -> Frames<'a> {
        let ages = StartAges::new(policy);
        let mut gone = Vec::new();
        let mut stored = hazard.into_iter().peekable();
        let mut wait = |one: &PlaceInput| {
            while let Some(other) = stored.next_if(|(place, _)| *place < one.place) {
                gone.push(other);
            }
            match stored.next_if(|(place, _)| *place == one.place) {
                Some((_, row)) => Waiting { row, changed: false },
                // One that is new begins with a drawn age, and has missed whatever was sealed before.
                None => {
                    let start_age = i64::from(ages.age_of(start, &one.place));
                    Waiting { row: HazardRow { start_age, missed: sealed, ..HazardRow::default() }, changed: true }
                }
            }
        };
        let waiting = input.places.iter().map(&mut wait).collect();
        gone.extend(stored);
        Frames { input, policy, risk, signals, waiting, gone, sealed, made: 0 }
    }

    /// The next window's frame. Every eligible place grows one window older by it; the others miss one.
    pub fn next(&mut self, salts: Option<Salts>) -> Result<Frame, Said> {
        let before = self.sealed;
        self.sealed += 1;
        self.made += 1;
        let standings: Vec<Standing> = self
            .input
            .places
            .iter()
            .zip(&self.waiting)
            .map(|(one, waiting)| self.standing(one, waiting, before))
            .collect();
        let eligible = self.input.places.iter().zip(&standings).filter(|(one, _)| one.visit.is_ok());
        let eligible: Vec<Standing> = eligible.map(|(_, standing)| *standing).collect();
        let mut chances = hazards(self.policy, &eligible).into_iter();
        let mut pools = Pools::default();
        let number = |pool: &PoolDuty| pools.number_of(&pool.name.parse()?);
        let numbers = self.input.pools.iter().map(number).collect::<Result<Vec<u16>, _>>()?;
        let mut rows = Vec::with_capacity(standings.len());
        for ((one, standing), waiting) in self.input.places.iter().zip(standings).zip(&mut self.waiting) {
            let visit = if one.visit.is_ok() { chances.next().unwrap_or(Chance::ZERO) } else { Chance::ZERO };
            let call = if one.call.is_ok() { self.policy.call } else { Chance::ZERO };
            if one.visit.is_err() {
                waiting.row.missed += 1;
                waiting.changed = true;
            }
            let detail = Detail {
                age: standing.age,
                risk: standing.risk,
                eligible: waiting.row.eligible(self.sealed),
                pool: one.pool.and_then(|pool| numbers.get(pool).copied()).unwrap_or(0),
            };
            let row = Row::new(one.place.clone(), visit, call).with(detail);
            let reason = one.visit.err().or(one.call.err()).map(reason);
            rows.push(Row { reason, ..row });
        }
        self.gone.iter_mut().for_each(|(_, row)| row.missed += 1);
        match salts {
            Some(salts) => Frame::salted(rows, pools, salts),
            None => Frame::with_pools(rows, pools),
        }
        .map_err(|e| e.said())
    }

    fn standing(&self, one: &PlaceInput, waiting: &Waiting, sealed: i64) -> Standing {
        let risk = self.signals.get(&one.place).map_or(PLAIN, |signals| self.risk.risk(signals).0);
        Standing { age: waiting.row.age(sealed), risk }
    }

    /// The rows that are others than the stored ones.
    pub fn changed(self) -> Vec<(PlaceId, HazardRow)> {
        let places = self.input.places.iter().zip(self.waiting).filter(|(_, waiting)| waiting.changed);
        let gone = self.gone.into_iter().filter(|_| self.made > 0);
        places.map(|(one, waiting)| (one.place.clone(), waiting.row)).chain(gone).collect()
    }
}

fn reason(why: WhyNot) -> Reason {
    match why {
        WhyNot::NoPosting => Reason::NoPosting,
        WhyNot::Excluded => Reason::Excluded,
        WhyNot::Blackout => Reason::Blackout,
        WhyNot::NoInspector => Reason::NoInspector,
        WhyNot::NoPhone => Reason::NoPhone,
    }
}

/// How many places stand without a chance, by the code of the reason.
pub(super) fn reasons(frame: &Frame) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for reason in frame.rows().iter().filter_map(|row| row.reason) {
        *counts.entry(reason.code()).or_insert(0) += 1;
    }
    counts
}
