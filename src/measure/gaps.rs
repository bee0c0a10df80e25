//! How long places wait between drawn visits, against the law that the sealed policy gives.
//!
//! After every executed visit each workday has its chance: `lo` up to `m` workdays, then `hi`. What was to be expected
//! at an age is the number of places that reached it times that chance. Places that still wait count as far as they
//! have waited, so that a short history does not look like short gaps.

/// A place over the workdays that are looked at, counted from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Track {
    /// Workdays with a drawn visit, ascending, and whether it was carried out.
    pub visits: Vec<(u32, bool)>,
}

/// The designed chance of a drawn visit on a workday.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Law {
    pub lo: f64,
    pub hi: f64,
    pub m: u32,
}

impl Law {
    /// On the workday that comes so many after an executed visit.
    pub fn chance(&self, age: u32) -> f64 {
        if age <= self.m { self.lo } else { self.hi }
    }
}

/// Gaps from one length to another, both inclusive, in workdays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    pub from: u32,
    pub to: u32,
    pub seen: u64,
    pub expected: f64,
    /// One standard deviation of what chance gives.
    pub spread: f64,
}

/// At most so many bins.
const BINS: u32 = 14;
/// A bin is a week of workdays at least.
const WEEK: u32 = 5;

/// Gaps that ended in a drawn visit within `days` workdays. Empty where no place reached any age.
pub fn gaps(tracks: &[Track], days: u32, law: Law) -> Vec<Bin> {
    let length = days as usize + 1;
    let (mut reached, mut seen) = (vec![0u64; length], vec![0u64; length]);
    for track in tracks {
        // The workday of the last executed visit.
        let mut last: Option<u32> = None;
        let mut from = 0;
        for (day, executed) in track.visits.iter().copied().filter(|(day, _)| *day < days) {
            if let Some(last) = last {
                reach(&mut reached, (from.max(last + 1), day), last);
                if let Some(at) = seen.get_mut((day - last) as usize).filter(|_| day > last) {
                    *at += 1;
                }
            }
            from = day + 1;
            if executed {
                last = Some(day);
            }
        }
        if let Some(last) = last.filter(|_| from < days) {
            reach(&mut reached, (from.max(last + 1), days - 1), last);
        }
    }
    let Some(oldest) = reached.iter().rposition(|n| *n > 0).and_then(|age| u32::try_from(age).ok()) else {
        return Vec::new();
    };
    let width = oldest.div_ceil(BINS).div_ceil(WEEK).max(1) * WEEK;
    let bin = |from: u32| {
        let to = from + width - 1;
        let ages = || (from..=to.min(oldest)).map(|age| (age, age as usize));
        let cases = |at: usize| reached.get(at).copied().unwrap_or(0) as f64;
        let variance: f64 = ages().map(|(age, at)| cases(at) * law.chance(age) * (1.0 - law.chance(age))).sum();
        Bin {
            from,
            to,
            seen: ages().map(|(_, at)| seen.get(at).copied().unwrap_or(0)).sum(),
            expected: ages().map(|(age, at)| cases(at) * law.chance(age)).sum(),
            spread: variance.sqrt(),
        }
    };
    (1..=oldest).step_by(width as usize).map(bin).collect()
}

/// Every workday from one to another was one at which something could be drawn.
fn reach(reached: &mut [u64], (from, to): (u32, u32), last: u32) {
    for day in from..=to {
        if let Some(at) = reached.get_mut((day - last) as usize) {
            *at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAT: Law = Law { lo: 0.1, hi: 0.1, m: 10 };

    #[test]
    fn what_still_waits_counts_as_far_as_it_has_waited() {
        let tracks = [Track { visits: vec![(0, true), (3, true)] }, Track { visits: vec![(8, false)] }];
        let bins = gaps(&tracks, 10, FLAT);
        // Ages 1, 2, 3 up to the second visit, then 1 to 6; the other place was never visited, so it has no age.
        let total: f64 = bins.iter().map(|bin| bin.expected).sum();
        assert!((total - 0.9).abs() < 1e-12, "{bins:?}");
        assert_eq!((bins[0].from, bins[0].to, bins[0].seen), (1, 5, 1));
        assert_eq!(bins.iter().map(|bin| bin.seen).sum::<u64>(), 1);
    }

    #[test]
    fn a_visit_not_carried_out_ends_a_gap_and_starts_none() {
        let bins = gaps(&[Track { visits: vec![(0, true), (4, false), (6, true)] }], 7, FLAT);
        assert_eq!(bins.iter().map(|bin| bin.seen).collect::<Vec<_>>(), [1, 1]);
        assert!(gaps(&[Track::default()], 30, FLAT).is_empty());
    }

    #[test]
    fn the_law_has_two_levels() {
        let law = Law { lo: 0.01, hi: 0.04, m: 50 };
        assert_eq!((law.chance(50), law.chance(51)), (0.01, 0.04));
    }

    /// A long history of a memoryless draw lies within what chance gives.
    #[test]
    fn a_draw_that_keeps_the_law_looks_like_it() {
        let mut state = 7u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let track = |_| Track { visits: (0..500).filter(|_| next() < 0.1).map(|day| (day, true)).collect() };
        let tracks: Vec<Track> = (0..200).map(track).collect();
        for bin in gaps(&tracks, 500, FLAT) {
            assert!((bin.seen as f64 - bin.expected).abs() < 5.0 * bin.spread.max(1.0), "{bin:?}");
        }
    }
}
