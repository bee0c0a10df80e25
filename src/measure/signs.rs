//! Signs in what inspectors write: lines done faster than anybody can go, times rounder than people round, one remark
//! at many places, most lines filled by "rest", photos that belong elsewhere (EVIDENCE 8).
//!
//! A sign is a reason to look, and never a finding: each has an innocent explanation. Thresholds are set so that
//! honest writing hardly ever shows one; a test counts how often it does.

use crate::model::photo::{PhotoFit, PlaceFit, TimeFit};
use std::collections::{BTreeMap, BTreeSet};

/// What one inspector wrote of visits in a period.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// Stated times, in minutes of the local clock since any beginning, with the place.
    pub times: Vec<(i64, String)>,
    /// Remarks with their place.
    pub remarks: Vec<(String, String)>,
    /// Results, and how many of them were filled by "rest".
    pub results: u64,
    pub by_rest: u64,
    pub photos: Vec<Photo>,
}

/// A photo that came with the report of a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// The same for all photos of a visit.
    pub visit: String,
    pub fit: Option<PhotoFit>,
    /// The very same photo came with another visit, too.
    pub alike: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignKind {
    TooFast,
    TooRound,
    Copied,
    ByRest,
    SamePhoto,
    PhotoOtherDay,
    PhotoAway,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    pub kind: SignKind,
    pub n: u64,
    pub of: u64,
}

/// Between two places nobody gets in less.
const FASTEST: i64 = 15;
/// One such pair may be a slip of the pen.
const FAST_PAIRS: u64 = 2;
const DAY: i64 = 24 * 60;
const FEWEST_TIMES: u64 = 12;
/// People who write quarters of an hour write a full or half hour every other time.
const ROUND: f64 = 0.5;
const FEWEST_RESULTS: u64 = 20;
/// The usual share of results by "rest", where the others of the office give none.
const USUAL_REST: f64 = 0.25;
const COPIED_PLACES: u64 = 5;
/// Shorter ones are words that everybody uses.
const COPIED_LENGTH: usize = 8;
/// Of one visit, a photo from the gallery or a camera with a wrong clock.
const PHOTO_VISITS: u64 = 2;
/// How rarely chance alone may show a sign.
const RARELY: f64 = 0.000_5;

/// The signs of each of `all`, in their order.
pub fn signs(all: &[Written]) -> Vec<Vec<Sign>> {
    let (results, rest) = all.iter().fold((0, 0), |(n, rest), one| (n + one.results, rest + one.by_rest));
    all.iter()
        .map(|one| {
            let others = (results - one.results, rest - one.by_rest);
            let written = [too_fast(&one.times), too_round(&one.times), copied(&one.remarks), by_rest(one, others)];
            let photos = [same_photo(&one.photos), photo_other_day(&one.photos), photo_away(&one.photos)];
            written.into_iter().chain(photos).flatten().collect()
        })
        .collect()
}

/// Pairs of neighbouring times of one day at two places.
pub fn too_fast(times: &[(i64, String)]) -> Option<Sign> {
    // Everybody of a visit has its time: places, not people, are counted.
    let times: BTreeSet<&(i64, String)> = times.iter().collect();
    let times: Vec<_> = times.into_iter().collect();
    let pairs =
        times.windows(2).filter(|two| two[0].1 != two[1].1 && two[0].0.div_euclid(DAY) == two[1].0.div_euclid(DAY));
    let (mut n, mut of) = (0, 0);
    for two in pairs {
        of += 1;
        n += u64::from(two[1].0 - two[0].0 < FASTEST);
    }
    (n >= FAST_PAIRS).then_some(Sign { kind: SignKind::TooFast, n, of })
}

/// Full and half hours.
pub fn too_round(times: &[(i64, String)]) -> Option<Sign> {
    let times: BTreeSet<&(i64, String)> = times.iter().collect();
    let of = times.len() as u64;
    let n = times.iter().filter(|(minute, _)| minute.rem_euclid(30) == 0).count() as u64;
    (of >= FEWEST_TIMES && tail(n, of, ROUND) < RARELY).then_some(Sign { kind: SignKind::TooRound, n, of })
}

/// The remark that stands at most places.
pub fn copied(remarks: &[(String, String)]) -> Option<Sign> {
    let mut places: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut of = BTreeSet::new();
    for (place, remark) in remarks {
        let plain: String = remark.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let width: usize = plain.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
        if width >= COPIED_LENGTH {
            of.insert(place.as_str());
            places.entry(plain).or_default().insert(place);
        }
    }
    let (n, of) = (places.values().map(BTreeSet::len).max().unwrap_or(0) as u64, of.len() as u64);
    (n >= COPIED_PLACES && 2 * n > of).then_some(Sign { kind: SignKind::Copied, n, of })
}

/// Against the `others` of the office: results, and how many by "rest".
pub fn by_rest(one: &Written, (others, theirs): (u64, u64)) -> Option<Sign> {
    let usual = if others == 0 { USUAL_REST } else { (theirs as f64 / others as f64).max(USUAL_REST) };
    let (n, of) = (one.by_rest, one.results);
    // Lines of one mail are filled together, so half of it must be beyond what is usual as well.
    let most = of >= FEWEST_RESULTS && n as f64 > 0.5 * (1.0 + usual) * of as f64;
    (most && tail(n, of, usual.min(0.99)) < RARELY).then_some(Sign { kind: SignKind::ByRest, n, of })
}

/// Photos that were sent for more than one visit.
pub fn same_photo(photos: &[Photo]) -> Option<Sign> {
    let n = photos.iter().filter(|photo| photo.alike).count() as u64;
    (n > 0).then_some(Sign { kind: SignKind::SamePhoto, n, of: photos.len() as u64 })
}

/// Visits of which every photo with a time in it was taken on another day.
pub fn photo_other_day(photos: &[Photo]) -> Option<Sign> {
    all_of(SignKind::PhotoOtherDay, photos, |fit| match fit.time {
        TimeFit::Nothing => None,
        TimeFit::OtherDay => Some(true),
        TimeFit::Fits | TimeFit::OtherHour => Some(false),
    })
}

/// Visits of which every photo with a place in it was taken elsewhere.
pub fn photo_away(photos: &[Photo]) -> Option<Sign> {
    all_of(SignKind::PhotoAway, photos, |fit| match fit.place {
        PlaceFit::Nothing | PlaceFit::Unlocated => None,
        PlaceFit::Away => Some(true),
        PlaceFit::Fits => Some(false),
    })
}

fn all_of(kind: SignKind, photos: &[Photo], differs: impl Fn(&PhotoFit) -> Option<bool>) -> Option<Sign> {
    let mut visits: BTreeMap<&str, bool> = BTreeMap::new();
    for (photo, differs) in photos.iter().filter_map(|photo| Some((photo, differs(photo.fit.as_ref()?)?))) {
        *visits.entry(&photo.visit).or_insert(true) &= differs;
    }
    let (n, of) = (visits.values().filter(|all| **all).count() as u64, visits.len() as u64);
    (n >= PHOTO_VISITS).then_some(Sign { kind, n, of })
}

/// Chance of `n` or more of `of`, each with `p`.
fn tail(n: u64, of: u64, p: f64) -> f64 {
    let mut log = of as f64 * (1.0 - p).ln();
    let mut sum = 0.0;
    for k in 0..=of {
        if k >= n {
            sum += log.exp();
        }
        log += ((of - k) as f64 / (k + 1) as f64).ln() + (p / (1.0 - p)).ln();
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_that_of_the_binomial() {
        assert!((tail(2, 2, 0.5) - 0.25).abs() < 1e-12);
        assert!((tail(0, 9, 0.3) - 1.0).abs() < 1e-12);
        assert!((tail(9, 10, 0.5) - 11.0 / 1024.0).abs() < 1e-12);
        assert_eq!(tail(4, 3, 0.5), 0.0);
    }
}
