//! An inspector whom several programmes may send in one window: each gets a fixed share of the capacity.

use crate::model::ProgrammeId;

/// The part of `capacity` that `mine` gets among all that share it.
///
/// The parts of all sharers sum to the capacity. What does not divide goes round with `turn`, a number
/// that must be the same for all of them: the day counted from the common era, say.
pub fn split(capacity: u32, sharers: &[ProgrammeId], mine: &ProgrammeId, turn: u32) -> u32 {
    let mut sorted: Vec<&ProgrammeId> = sharers.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let (Ok(number), Ok(place)) = (u32::try_from(sorted.len()), sorted.binary_search(&mine)) else { return 0 };
    let (Ok(place), Some(each)) = (u32::try_from(place), capacity.checked_div(number)) else { return 0 };
    let shifted = (place + number - turn % number) % number;
    each + u32::from(shifted < capacity % number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn programmes(number: usize) -> Vec<ProgrammeId> {
        (0..number).map(|n| ProgrammeId::parse(&format!("p{n:02}")).unwrap()).collect()
    }

    proptest! {
        #[test]
        fn the_parts_sum_to_the_capacity_and_differ_by_one(capacity in 0u32..1000, number in 1usize..8, turn: u32) {
            let sharers = programmes(number);
            let parts: Vec<u32> = sharers.iter().map(|mine| split(capacity, &sharers, mine, turn)).collect();
            prop_assert_eq!(parts.iter().sum::<u32>(), capacity);
            prop_assert!(parts.iter().max().unwrap() - parts.iter().min().unwrap() <= 1);
        }
    }

    #[test]
    fn the_rest_goes_round_and_a_stranger_gets_nothing() {
        let sharers = programmes(3);
        let first: Vec<u32> = (0..3).map(|turn| split(1, &sharers, &sharers[0], turn)).collect();
        assert_eq!(first, [1, 0, 0]);
        let second: Vec<u32> = (0..3).map(|turn| split(1, &sharers, &sharers[1], turn)).collect();
        assert_eq!(second, [0, 1, 0]);
        assert_eq!(split(5, &sharers, &ProgrammeId::parse("other").unwrap(), 0), 0);
        assert_eq!(split(5, &[], &sharers[0], 0), 0);
    }
}
