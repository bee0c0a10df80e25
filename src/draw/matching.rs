//! Whether targets can be given inspectors at all: bipartite matching with capacities (DRAW 6).

use std::collections::VecDeque;

/// Targets that were added so far, each with as many different inspectors as it asked for.
pub(super) struct Matching {
    free: Vec<u32>,
    /// Targets that hold a place with each inspector.
    holders: Vec<Vec<usize>>,
    targets: Vec<Held>,
}

struct Held {
    /// In order.
    barred: Vec<usize>,
    inspectors: Vec<usize>,
}

impl Matching {
    /// `capacities` by inspector.
    pub fn new(capacities: Vec<u32>) -> Matching {
        Matching { holders: vec![Vec::new(); capacities.len()], free: capacities, targets: Vec::new() }
    }

    /// Adds a target that needs so many different inspectors, none of `barred` (in order), moving others
    /// about if necessary. False, and nothing has changed in what is possible, where that cannot be.
    pub fn add(&mut self, barred: Vec<usize>, needed: u32) -> bool {
        let target = self.targets.len();
        self.targets.push(Held { barred, inspectors: Vec::new() });
        let all = (0..needed).all(|_| self.augment(target));
        if !all {
            for inspector in self.targets.pop().map(|held| held.inspectors).unwrap_or_default() {
                self.holders[inspector].retain(|holder| *holder != target);
                self.free[inspector] += 1;
            }
        }
        all
    }

    /// One more inspector for a target, along a shortest chain of exchanges. Breadth first, because
    /// a recursion as deep as a pool is wide is nothing to give to input.
    fn augment(&mut self, target: usize) -> bool {
        if let Some(inspector) = (0..self.free.len()).find(|one| self.free[*one] > 0 && self.may_take(target, *one)) {
            self.free[inspector] -= 1;
            self.targets[target].inspectors.push(inspector);
            self.holders[inspector].push(target);
            return true;
        }
        if self.free.iter().all(|places| *places == 0) {
            return false;
        }
        // By inspector: the target that would take a place there, and the one it would give up.
        let mut reached: Vec<Option<(usize, Option<usize>)>> = vec![None; self.free.len()];
        let mut queue = VecDeque::from([(target, None)]);
        while let Some((taker, gives_up)) = queue.pop_front() {
            for inspector in 0..self.free.len() {
                if reached[inspector].is_some() || !self.may_take(taker, inspector) {
                    continue;
                }
                reached[inspector] = Some((taker, gives_up));
                if self.free[inspector] > 0 {
                    self.exchange(inspector, &reached);
                    return true;
                }
                queue.extend(self.holders[inspector].iter().map(|holder| (*holder, Some(inspector))));
            }
        }
        false
    }

    fn may_take(&self, target: usize, inspector: usize) -> bool {
        let held = &self.targets[target];
        held.barred.binary_search(&inspector).is_err() && !held.inspectors.contains(&inspector)
    }

    fn exchange(&mut self, end: usize, reached: &[Option<(usize, Option<usize>)>]) {
        self.free[end] -= 1;
        let mut gained = Some(end);
        while let Some(inspector) = gained {
            let Some((taker, gives_up)) = reached[inspector] else { break };
            self.targets[taker].inspectors.push(inspector);
            self.holders[inspector].push(taker);
            if let Some(lost) = gives_up {
                self.targets[taker].inspectors.retain(|held| *held != lost);
                self.holders[lost].retain(|holder| *holder != taker);
            }
            gained = gives_up;
        }
    }
}
