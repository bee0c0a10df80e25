//! Takes windows in, one after the other, and keeps what the checks need of them.

use super::gaps::{Gap, Gaps};
use super::places::Places;
use super::scores::Score;
use super::series::{Days, Series};
use super::tally::{ByChance, Tally};
use super::{Came, Check, Observed, Pit, Predictor, Programme, Standing, Unit, checks, said};
use crate::draw::Reason;
use crate::model::PlaceId;
use chrono::{Datelike, NaiveDate, Weekday};
use std::collections::{BTreeMap, HashMap};

/// Windows after a place's visit in which its neighbours in the list count as near a visit.
const NEAR: u32 = 10;

/// A programme under watch.
pub struct Watch {
    name: String,
    predictors: Vec<Predictor>,
    scores: Vec<Score>,
    index: HashMap<PlaceId, usize>,
    gaps_of: Vec<Gap>,
    past_of: Vec<Past>,
    gaps: Gaps,
    places: Places,
    excluded: BTreeMap<Reason, u64>,
    bound: Bound,
    entropy: Entropy,
    by_chance: ByChance,
    by_weekday: BTreeMap<u8, (Weekday, Tally)>,
    by_slot: BTreeMap<String, Tally>,
    days: Days,
    voids: Voids,
    lines: Lines,
    is_independent: bool,
    /// One a drawn window: for gaps that are open at the end.
    pits: Vec<Pit>,
}

/// What came before at a place, in its eligible windows.
#[derive(Debug, Clone, Copy, Default)]
struct Past {
    eligible: u32,
    visits: u32,
    /// Count of eligible windows at the last drawn visit.
    last: Option<u32>,
    /// Number of the window of the last drawn visit.
    last_window: Option<u32>,
}

/// The greatest chances.
#[derive(Debug, Clone, Default)]
pub(super) struct Bound {
    pub cases: u64,
    pub above: u64,
    pub greatest: f64,
    pub promised: f64,
    /// Chance of a visit on one day by all its windows together, at the place where it was greatest.
    pub of_a_day: f64,
    day: Option<NaiveDate>,
    /// Chance of no visit today, a place.
    today: HashMap<usize, f64>,
}

/// Uncertainty that the sealed chances leave, in bits.
#[derive(Debug, Clone, Default)]
pub(super) struct Entropy {
    pub cases: u64,
    bits: f64,
    chances: f64,
}

impl Entropy {
    fn add(&mut self, p: f64) {
        self.cases += 1;
        self.bits += bits(p);
        self.chances += p;
    }

    /// Mean of the bits over the bits of the mean: 1 where nothing can be told beforehand.
    pub fn score(&self) -> f64 {
        let n = (self.cases as f64).max(1.0);
        let most = bits(self.chances / n);
        if most > 0.0 { self.bits / n / most } else { 0.0 }
    }
}

fn bits(p: f64) -> f64 {
    let part = |p: f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
    part(p) + part(1.0 - p)
}

#[derive(Debug, Clone, Default)]
pub(super) struct Voids {
    pub windows: u64,
    pub reasons: BTreeMap<String, u64>,
    /// Over the voids whose tickets are known.
    pub tickets: Tally,
}

/// The lists held against the tickets.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    pub listed: u64,
    pub unexplained: u64,
    pub executed: u64,
    pub not_executed: u64,
}

/// Everything that the checks look at.
pub(super) struct Kept<'a> {
    pub bound: &'a Bound,
    pub entropy: &'a Entropy,
    pub by_chance: Vec<Tally>,
    pub by_weekday: Vec<(Weekday, Tally)>,
    pub by_slot: &'a BTreeMap<String, Tally>,
    pub days: &'a Days,
    pub gaps: &'a Gaps,
    pub scores: Vec<(&'a Predictor, &'a Score)>,
    pub voids: &'a Voids,
    pub drawn: u64,
    pub places: &'a Places,
    pub lines: &'a Lines,
    pub is_independent: bool,
}

impl Watch {
    /// `given` are the scores that every window brings, in this order.
    pub fn new(name: &str, given: Vec<Predictor>) -> Watch {
        let predictors: Vec<Predictor> = said::own_predictors().into_iter().chain(given).collect();
        Watch {
            name: name.to_owned(),
            scores: vec![Score::default(); predictors.len()],
            predictors,
            index: HashMap::new(),
            gaps_of: Vec::new(),
            past_of: Vec::new(),
            gaps: Gaps::default(),
            places: Places::default(),
            excluded: BTreeMap::new(),
            bound: Bound::default(),
            entropy: Entropy::default(),
            by_chance: ByChance::default(),
            by_weekday: BTreeMap::new(),
            by_slot: BTreeMap::new(),
            days: Days::default(),
            voids: Voids::default(),
            lines: Lines::default(),
            is_independent: true,
            pits: Vec::new(),
        }
    }

    /// The next window, in the order of their draws.
    pub fn add(&mut self, window: Observed) {
        match &window.standing {
            Standing::Void { reason, tickets_known } => {
                self.voids.windows += 1;
                *self.voids.reasons.entry(reason.clone()).or_default() += 1;
                self.days.void(window.day);
                if *tickets_known {
                    let units = window.units.iter().filter(|unit| unit.p > 0.0);
                    units.for_each(|unit| self.voids.tickets.add(unit.p, unit.hit));
                }
            }
            Standing::Drawn => self.add_drawn(window),
        }
    }

    fn add_drawn(&mut self, window: Observed) {
        let places: Vec<usize> = window.units.iter().map(|unit| self.place(&unit.id)).collect();
        self.is_independent &= window.independent;
        let number = u32::try_from(self.pits.len()).unwrap_or(u32::MAX);
        let own = self.own_scores(&places, number);
        for (score, s) in self.scores.iter_mut().zip(own.iter().chain(&window.scores)) {
            score.add(&window.units, s, window.independent);
        }
        self.bound.turn_to(window.day);
        let mut of_window = Tally::default();
        for (unit, place) in window.units.iter().zip(&places) {
            self.lines.add(unit);
            self.places.add(*place, unit);
            if let Some(reason) = unit.reason {
                *self.excluded.entry(reason).or_default() += 1;
            }
            if unit.p <= 0.0 {
                continue;
            }
            of_window.add(unit.p, unit.hit);
            self.bound.add(unit.sealed.as_f64(), window.hi.as_f64(), *place);
            self.entropy.add(unit.p);
            self.by_chance.add(unit.sealed.get(), unit.p, unit.hit);
            if let (Some(gap), Some(past)) = (self.gaps_of.get_mut(*place), self.past_of.get_mut(*place)) {
                self.gaps.pass(gap, number, unit.p, unit.hit, || (window.pit)(&unit.id));
                past.eligible += 1;
                if unit.hit {
                    *past =
                        Past { visits: past.visits + 1, last: Some(past.eligible), last_window: Some(number), ..*past };
                }
            }
        }
        let weekday = window.day.weekday();
        let of_weekday = self.by_weekday.entry(weekday.num_days_from_monday() as u8);
        of_weekday.or_insert((weekday, Tally::default())).1.merge(&of_window);
        self.by_slot.entry(window.slot).or_default().merge(&of_window);
        self.days.drawn(window.day, &of_window);
        self.pits.push(window.pit);
    }

    fn place(&mut self, id: &PlaceId) -> usize {
        if let Some(index) = self.index.get(id) {
            return *index;
        }
        let next = self.index.len();
        self.index.insert(id.clone(), next);
        self.gaps_of.push(Gap::default());
        self.past_of.push(Past::default());
        next
    }

    /// In the order of [`said::own_predictors`]; all of it known before this window's draw.
    fn own_scores(&self, places: &[usize], number: u32) -> [Vec<Option<f64>>; 5] {
        let past: Vec<Past> = places.iter().map(|p| self.past_of.get(*p).copied().unwrap_or_default()).collect();
        let of = |score: &dyn Fn(&Past) -> Option<f64>| past.iter().map(score).collect::<Vec<_>>();
        let yes = |b: bool| Some(f64::from(u8::from(b)));
        let near = |past: Option<&Past>| past.and_then(|p| p.last_window).is_some_and(|last| number - last <= NEAR);
        let beside = |i: usize| near(i.checked_sub(1).and_then(|i| past.get(i))) || near(past.get(i + 1));
        [
            of(&|past| past.last.map(|last| f64::from(past.eligible - last))),
            of(&|past| Some(f64::from(past.visits))),
            of(&|past| yes(past.last_window.is_some_and(|last| last + 1 == number))),
            (0..past.len()).map(|i| yes(beside(i))).collect(),
            (0..past.len()).map(|i| Some(i as f64 / past.len() as f64)).collect(),
        ]
    }

    /// The checks and the series behind the plots.
    pub fn finish(mut self) -> Programme {
        for (id, place) in &self.index {
            if let Some(gap) = self.gaps_of.get(*place) {
                self.gaps.end(gap, |window| self.pits.get(window as usize).map_or(0.5, |pit| pit(id)));
            }
        }
        self.bound.close_day();
        let drawn = self.pits.len() as u64;
        let kept = Kept {
            bound: &self.bound,
            entropy: &self.entropy,
            by_chance: self.by_chance.levels(),
            by_weekday: self.by_weekday.values().copied().collect(),
            by_slot: &self.by_slot,
            days: &self.days,
            gaps: &self.gaps,
            scores: self.predictors.iter().zip(&self.scores).collect(),
            voids: &self.voids,
            drawn,
            places: &self.places,
            lines: &self.lines,
            is_independent: self.is_independent,
        };
        let checks: Vec<Check> = checks::all(&kept);
        let series = Series::of(&kept);
        Programme {
            name: self.name,
            windows: drawn + self.voids.windows,
            voids: self.voids.windows,
            places: self.index.len(),
            of_a_day: self.bound.of_a_day,
            void_reasons: self.voids.reasons,
            excluded: self.excluded,
            checks,
            series,
        }
    }
}

impl Bound {
    fn turn_to(&mut self, day: NaiveDate) {
        if self.day != Some(day) {
            self.close_day();
            self.day = Some(day);
        }
    }

    fn add(&mut self, p: f64, hi: f64, place: usize) {
        self.cases += 1;
        self.above += u64::from(p > hi);
        self.greatest = self.greatest.max(p);
        self.promised = self.promised.max(hi);
        *self.today.entry(place).or_insert(1.0) *= 1.0 - p;
    }

    fn close_day(&mut self) {
        let least = self.today.drain().map(|(_, none)| none).fold(1.0, f64::min);
        self.of_a_day = self.of_a_day.max(1.0 - least);
    }
}

impl Lines {
    fn add(&mut self, unit: &Unit) {
        let listed = unit.came != Came::Nothing;
        self.listed += u64::from(listed);
        self.unexplained += u64::from(listed != unit.hit);
        self.executed += u64::from(unit.came == Came::Executed);
        self.not_executed += u64::from(unit.came == Came::NotExecuted);
    }
}
