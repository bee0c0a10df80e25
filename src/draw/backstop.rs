//! Announced visits: where a rule demands a number of visits in a period, the last windows of the period
//! are for the places that chance has left behind (DRAW 1).
//!
//! No cap below certainty can promise a visit by a deadline, so these are not drawn and not secret. They
//! count for the rule, and never in estimates, gaps or Z: a report says “x random, y announced”.

use crate::model::PlaceId;
use std::collections::BTreeSet;

/// A place that lacks visits, and how many.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lacking {
    pub place: PlaceId,
    pub visits: u32,
}

/// Where a day stands in the end of its period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remaining {
    pub windows_today: usize,
    /// All that are left in the period, today's included.
    pub windows: usize,
    /// Visits that one window can hold beside those that are drawn.
    pub spare: usize,
}

/// The announced visits of each of the day's windows, in byte order.
///
/// What is lacking is spread evenly over the windows that are left. Who lacks most goes first, then by the
/// bytes of the id, beginning elsewhere in every window, so that no place is always the first. A place
/// gets at most one a day.
pub fn announced(lacking: &[Lacking], remaining: Remaining) -> Vec<Vec<PlaceId>> {
    let mut lacking: Vec<Lacking> = lacking.iter().filter(|l| l.visits > 0).cloned().collect();
    lacking.sort();
    let mut today: BTreeSet<PlaceId> = BTreeSet::new();
    (0..remaining.windows_today.min(remaining.windows))
        .map(|passed| {
            let left = remaining.windows - passed;
            let mut chosen = of_window(&lacking, &today, left, remaining.spare);
            for one in lacking.iter_mut().filter(|one| chosen.contains(&one.place)) {
                one.visits -= 1;
            }
            lacking.retain(|one| one.visits > 0);
            today.extend(chosen.iter().cloned());
            chosen.sort();
            chosen
        })
        .collect()
}

/// `lacking` stands in byte order.
fn of_window(lacking: &[Lacking], today: &BTreeSet<PlaceId>, left: usize, spare: usize) -> Vec<PlaceId> {
    let total: usize = lacking.iter().map(|one| one.visits as usize).sum();
    let share = total.div_ceil(left.max(1)).min(spare);
    let mut order: Vec<&Lacking> = lacking.iter().filter(|one| !today.contains(&one.place)).collect();
    if order.is_empty() {
        return Vec::new();
    }
    let begin = left % order.len();
    order.rotate_left(begin);
    order.sort_by_key(|one| std::cmp::Reverse(one.visits));
    order.into_iter().take(share).map(|one| one.place.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lacking(visits: &[u32]) -> Vec<Lacking> {
        let place = |i: usize| PlaceId::parse(&format!("V{i:03}")).unwrap();
        visits.iter().enumerate().map(|(i, n)| Lacking { place: place(i), visits: *n }).collect()
    }

    /// Day after day until the period ends, every announced visit carried out; the number of each window.
    fn live(mut lacks: Vec<Lacking>, days: usize, a_day: usize, spare: usize) -> (Vec<Lacking>, Vec<usize>) {
        let mut numbers = Vec::new();
        for day in 0..days {
            let windows = (days - day) * a_day;
            for places in announced(&lacks, Remaining { windows_today: a_day, windows, spare }) {
                numbers.push(places.len());
                for place in places {
                    lacks.iter_mut().find(|l| l.place == place).unwrap().visits -= 1;
                }
            }
        }
        (lacks, numbers)
    }

    #[test]
    fn seven_places_in_three_days_of_one_window() {
        let (left, numbers) = live(lacking(&[1; 7]), 3, 1, 9);
        assert_eq!(numbers, [3, 2, 2]);
        assert!(left.iter().all(|l| l.visits == 0));
    }

    #[test]
    fn the_first_of_the_alphabet_is_not_always_the_first() {
        let first = |windows| announced(&lacking(&[1; 5]), Remaining { windows_today: 1, windows, spare: 1 });
        let firsts: BTreeSet<_> = (5..10).map(first).collect();
        assert_eq!(firsts.len(), 5);
    }

    #[test]
    fn without_room_or_need_nobody_is_announced() {
        let remaining = Remaining { windows_today: 2, windows: 4, spare: 0 };
        assert_eq!(announced(&lacking(&[1, 2]), remaining), [Vec::new(), Vec::new()]);
        assert_eq!(announced(&lacking(&[0, 0]), Remaining { spare: 9, ..remaining }), [Vec::new(), Vec::new()]);
        assert_eq!(announced(&lacking(&[1]), Remaining { windows: 0, ..remaining }), Vec::<Vec<PlaceId>>::new());
    }

    proptest! {
        #[test]
        fn what_can_be_fulfilled_is_fulfilled_evenly(
            visits in prop::collection::vec(0u32..4, 1..40), days in 4usize..12, a_day in 1usize..3,
        ) {
            let total: usize = visits.iter().map(|n| *n as usize).sum();
            let (left, numbers) = live(lacking(&visits), days, a_day, usize::MAX);
            if a_day == 1 {
                prop_assert!(left.iter().all(|l| l.visits == 0), "{:?}", left);
                prop_assert!(numbers.iter().all(|n| *n == total / days || *n == total.div_ceil(days)), "{:?}", numbers);
            }
        }

        #[test]
        fn nobody_twice_a_day_nobody_without_need_never_above_the_room(
            visits in prop::collection::vec(0u32..4, 1..40), windows in 1usize..12, today in 1usize..4, spare in 0usize..6,
        ) {
            let lacks = lacking(&visits);
            let remaining = Remaining { windows_today: today, windows, spare };
            let given = announced(&lacks, remaining);
            prop_assert_eq!(given.len(), today.min(windows));
            prop_assert!(given.iter().all(|places| places.len() <= spare && places.is_sorted()));
            let all: Vec<&PlaceId> = given.iter().flatten().collect();
            let once: BTreeSet<&PlaceId> = all.iter().copied().collect();
            prop_assert_eq!(once.len(), all.len());
            prop_assert!(lacks.iter().filter(|l| l.visits == 0).all(|l| !once.contains(&l.place)));
            let mut turned = lacks;
            turned.reverse();
            prop_assert_eq!(announced(&turned, remaining), given, "the order of the list says nothing");
        }
    }
}
