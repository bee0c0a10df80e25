//! A small world: places, workdays, and ways of choosing whom to visit.

use chrono::{Datelike, NaiveDate, Weekday};
use spotcheck::draw::Chance;
use spotcheck::draw::fairness::{Came, Observed, Predictor, Programme, Standing, Unit, Watch};
use spotcheck::model::{PlaceId, Said};

/// A small generator whose stream never changes.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.share() * n as f64) as usize
    }

    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for i in (1..all.len()).rev() {
            all.swap(i, self.below(i + 1));
        }
    }
}

fn mixed(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Whom to visit on a day; `p` is what the frame claims.
pub trait Schedule {
    /// Claimed chance of every place on this day, and who is visited.
    fn day(&mut self, day: usize, dice: &mut Dice) -> (Vec<f64>, Vec<bool>);
}

/// Each place by its own ticket, at two levels.
pub struct Band {
    pub lo: f64,
    pub hi: f64,
    pub m: u32,
    pub ages: Vec<u32>,
}

impl Band {
    pub fn new(places: usize, lo: f64, hi: f64, m: u32) -> Band {
        Band { lo, hi, m, ages: (0..places as u32).map(|i| i * 7 % (m + 5)).collect() }
    }
}

impl Schedule for Band {
    fn day(&mut self, _: usize, dice: &mut Dice) -> (Vec<f64>, Vec<bool>) {
        let p: Vec<f64> = self.ages.iter().map(|age| if *age < self.m { self.lo } else { self.hi }).collect();
        let hits: Vec<bool> = p.iter().map(|p| dice.share() < *p).collect();
        for (age, hit) in self.ages.iter_mut().zip(&hits) {
            *age = if *hit { 0 } else { *age + 1 };
        }
        (p, hits)
    }
}

pub struct World {
    pub places: usize,
    pub days: usize,
    pub seed: u64,
}

pub fn sealed(p: f64) -> Chance {
    Chance::new((p * 4_294_967_296.0) as u64).unwrap()
}

pub fn place(i: usize) -> PlaceId {
    PlaceId::parse(&format!("T{i:05}")).unwrap()
}

pub fn workdays() -> impl Iterator<Item = NaiveDate> {
    let start = NaiveDate::from_ymd_opt(2025, 1, 6).unwrap();
    start.iter_days().filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
}

/// The window of one day, every visit carried out.
pub fn observed(day: NaiveDate, hi: f64, p: &[f64], hits: &[bool], seed: u64) -> Observed {
    let unit = |(i, (p, hit)): (usize, (&f64, &bool))| {
        let came = if *hit { Came::Executed } else { Came::Nothing };
        Unit { id: place(i), sealed: sealed(*p), p: sealed(*p).as_f64(), hit: *hit, reason: None, came }
    };
    Observed {
        day,
        slot: "am".to_owned(),
        hi: sealed(hi),
        standing: Standing::Drawn,
        independent: true,
        units: p.iter().zip(hits).enumerate().map(unit).collect(),
        scores: Vec::new(),
        pit: Box::new(move |id| {
            let key = id.as_str().bytes().fold(seed, |h, b| mixed(h ^ u64::from(b)));
            (mixed(key) >> 11) as f64 / (1u64 << 53) as f64
        }),
    }
}

pub fn leak() -> Predictor {
    Predictor { code: "present", name: Said::new("Present before arrival", "到达前在岗") }
}

impl World {
    /// A period under watch; `change` may spoil a window before it is looked at.
    pub fn watch(
        &self,
        schedule: &mut dyn Schedule,
        given: Vec<Predictor>,
        mut change: impl FnMut(usize, &mut Observed, &mut Dice),
    ) -> Programme {
        let mut dice = Dice::new(self.seed);
        let mut watch = Watch::new("visits", given);
        for (i, day) in workdays().take(self.days).enumerate() {
            let (p, hits) = schedule.day(i, &mut dice);
            let hi = p.iter().copied().fold(0.0, f64::max);
            let mut window = observed(day, hi, &p, &hits, dice.next());
            change(i, &mut window, &mut dice);
            watch.add(window);
        }
        watch.finish()
    }

    pub fn honest(&self) -> Programme {
        let mut band = Band::new(self.places, 0.008, 0.04, 125);
        self.watch(&mut band, Vec::new(), |_, _, _| {})
    }
}
