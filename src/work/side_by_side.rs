//! Work of one kind on all processors: a country's letters are thousands.

use super::Done;
use std::num::NonZero;
use std::thread::{available_parallelism, scope};

/// Below this many, starting a thread costs more than it saves.
const WORTH_A_THREAD: usize = 16;

/// What `work` makes of each item, in the order of the items.
///
/// # Errors
/// The first failure by that order.
pub fn side_by_side<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> Done<R> + Sync) -> Done<Vec<R>> {
    let of_share = |items: &[T]| items.iter().map(&work).collect::<Done<Vec<R>>>();
    if items.len() <= WORTH_A_THREAD {
        return of_share(items);
    }
    let processors = available_parallelism().map_or(1, NonZero::get);
    let share = items.len().div_ceil(processors).max(WORTH_A_THREAD);
    let mut shares = items.chunks(share);
    let own = shares.next().unwrap_or_default();
    scope(|threads| {
        let others: Vec<_> = shares.map(|items| threads.spawn(move || of_share(items))).collect();
        let mut done = of_share(own)?;
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(done)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_the_first_failure_is_told() {
        let items: Vec<usize> = (0..1000).collect();
        assert_eq!(side_by_side(&items, |n| Ok(n * 2)).unwrap(), items.iter().map(|n| n * 2).collect::<Vec<_>>());
        assert!(side_by_side(&[], |n: &usize| Ok(*n)).unwrap().is_empty());
        let fails = |n: &usize| match n {
            700 | 300 => Err(crate::model::Trouble::new(crate::said!("{n}", "{n}")).into()),
            _ => Ok(()),
        };
        assert!(side_by_side(&items, fails).unwrap_err().to_string().contains("300"));
    }
}
