//! The frame of a window: what is known of every place this evening becomes its chances (DRAW 1).

use crate::draw::hazard::hazards;
use crate::draw::{
    Chance, Detail, Frame, Policy, Pools, Reason, RiskRule, Row, Salts, Seed, Signals, Standing, StartAges,
};
use crate::model::{PlaceId, Said};
use crate::plan::{FrameInput, PlaceInput, PoolDuty, WhyNot};
use crate::store::HazardRow;
use std::collections::BTreeMap;

/// What the frames of one day are made from.
pub(super) struct Frames<'a> {
    pub input: &'a FrameInput,
    pub policy: &'a Policy,
    pub risk: &'a RiskRule,
    pub signals: &'a BTreeMap<PlaceId, Signals>,
    /// How long each place has been waiting; goes on with every frame.
    pub hazard: BTreeMap<PlaceId, HazardRow>,
    /// Rows of `hazard` that changed.
    pub touched: BTreeMap<PlaceId, HazardRow>,
    /// Windows of the programme sealed so far.
    pub sealed: i64,
    ages: StartAges,
    start: &'a Seed,
}

impl<'a> Frames<'a> {
    pub fn new(
        input: &'a FrameInput,
        policy: &'a Policy,
        (risk, signals): (&'a RiskRule, &'a BTreeMap<PlaceId, Signals>),
        (hazard, sealed): (BTreeMap<PlaceId, HazardRow>, i64),
        start: &'a Seed,
    ) -> Frames<'a> {
        let ages = StartAges::new(policy);
        Frames { input, policy, risk, signals, hazard, touched: BTreeMap::new(), sealed, ages, start }
    }

    /// The next window's frame. Every eligible place grows one window older by it; the others miss one.
    pub fn next(&mut self, salts: Option<&Salts>) -> Result<Frame, Said> {
        let before = self.sealed;
        self.sealed += 1;
        let standings: Vec<Standing> = self.input.places.iter().map(|one| self.standing(one, before)).collect();
        let eligible = self.input.places.iter().zip(&standings).filter(|(one, _)| one.visit.is_ok());
        let eligible: Vec<Standing> = eligible.map(|(_, standing)| *standing).collect();
        let mut chances = hazards(self.policy, &eligible).into_iter();
        let mut pools = Pools::default();
        let number = |pool: &PoolDuty| pools.number_of(&pool.name.parse()?);
        let numbers = self.input.pools.iter().map(number).collect::<Result<Vec<u16>, _>>()?;
        let mut rows = Vec::with_capacity(standings.len());
        let mut leaf_salts = Vec::new();
        if let Some(salts) = salts {
            leaf_salts.reserve_exact(standings.len());
            salts.of_each(self.input.places.iter().map(|one| &one.place), |salt| leaf_salts.push(salt));
        }
        let mut leaf_salts = leaf_salts.into_iter();
        for (one, standing) in self.input.places.iter().zip(standings) {
            let visit = if one.visit.is_ok() { chances.next().unwrap_or(Chance::ZERO) } else { Chance::ZERO };
            let call = if one.call.is_ok() { self.policy.call } else { Chance::ZERO };
            let detail = Detail {
                age: standing.age,
                risk: standing.risk,
                eligible: self.grow(one),
                pool: one.pool.and_then(|pool| numbers.get(pool).copied()).unwrap_or(0),
            };
            let row = Row::new(one.place.clone(), visit, call).with(detail);
            let reason = one.visit.err().or(one.call.err()).map(reason);
            rows.push(Row { reason, salt: leaf_salts.next(), ..row });
        }
        self.miss_those_that_are_gone();
        Frame::with_pools(rows, pools).map_err(|e| e.said())
    }

    /// Where a place stands; one that is new begins with a drawn age.
    fn standing(&mut self, one: &PlaceInput, sealed: i64) -> Standing {
        let row = match self.hazard.get(&one.place) {
            Some(row) => *row,
            None => {
                let start_age = i64::from(self.ages.age_of(self.start, &one.place));
                let row = HazardRow { start_age, missed: sealed, ..HazardRow::default() };
                self.hazard.insert(one.place.clone(), row);
                self.touched.insert(one.place.clone(), row);
                row
            }
        };
        let risk = self.signals.get(&one.place).map_or(crate::draw::hazard::PLAIN, |signals| self.risk.risk(signals).0);
        Standing { age: row.age(sealed), risk }
    }

    /// Counts the window for a place, and returns its count of eligible ones.
    fn grow(&mut self, one: &PlaceInput) -> i64 {
        let Some(row) = self.hazard.get_mut(&one.place) else { return 0 };
        if one.visit.is_err() {
            row.missed += 1;
            self.touched.insert(one.place.clone(), *row);
        }
        row.eligible(self.sealed)
    }

    /// Places that the register no longer has miss every window.
    fn miss_those_that_are_gone(&mut self) {
        let mut known = self.input.places.iter().map(|one| &one.place).peekable();
        for (place, row) in &mut self.hazard {
            while known.next_if(|next| *next < place).is_some() {}
            if known.peek() != Some(&place) {
                row.missed += 1;
                self.touched.insert(place.clone(), *row);
            }
        }
    }
}

fn reason(why: WhyNot) -> Reason {
    match why {
        WhyNot::NoPosting => Reason::NoPosting,
        WhyNot::Excluded => Reason::Excluded,
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
