//! The order of a day's visits: from the start, or wherever the inspector is, to every stop within its span.
//!
//! Whole seconds only. Up to [`EXACT`] stops the best order is found for certain, by trying all; up to [`SUBSETS`], by
//! the best ways through each subset of them; beyond that, stretches are ordered by trying all, and stops are moved and
//! stretches turned around until nothing of that kind helps. Up to [`EXACT`], of two equal orders the one counts that
//! keeps nearer to the order in which the stops are given.

/// So many stops are ordered for certain.
pub const EXACT: usize = 8;
/// So many are ordered by the best ways through each subset.
pub const SUBSETS: usize = 12;
/// Ways through one subset to one stop of which none is better in everything; of more the worst are left out.
const LABELS: usize = 24;
/// Stops of a longer route whose order among themselves is found for certain.
const STRETCH: usize = 6;
/// A longer route is looked over this often at most.
const ROUNDS: usize = 50;

/// One visit. Moments are seconds from any fixed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// Not before.
    pub opens: i64,
    /// An arrival after this is late.
    pub latest: i64,
    /// How long the visit takes.
    pub stay: i64,
}

/// Ways in seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ways {
    /// From where the day begins to each stop; zeros where nobody knows where that is.
    pub start: Vec<i64>,
    /// From each stop to each other one.
    pub between: Vec<Vec<i64>>,
}

/// What an order comes to; the smaller, the better, field by field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Cost {
    /// Seconds by which arrivals are late, all together.
    pub late: i64,
    /// When the last visit is over.
    pub ends: i64,
    /// Seconds on the way.
    pub way: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Indexes of the stops.
    pub order: Vec<usize>,
    /// When each of them is reached at the earliest, in this order; whoever is early waits.
    pub arrivals: Vec<i64>,
    pub cost: Cost,
}

/// The stops in the order in which a day that begins at `begins` makes the best of them.
pub fn route(stops: &[Stop], ways: &Ways, begins: i64) -> Route {
    let day = Day { stops, ways, begins };
    let given: Vec<usize> = (0..stops.len()).collect();
    let order = match stops.len() {
        n if n <= EXACT => day.best_of(&[], &given, &[]),
        n if n <= SUBSETS => day.by_subsets(n),
        _ => day.long(given),
    };
    day.told(order)
}

struct Day<'a> {
    stops: &'a [Stop],
    ways: &'a Ways,
    begins: i64,
}

/// How far a route has come.
#[derive(Clone, Copy)]
struct Way {
    at: Option<usize>,
    now: i64,
    cost: Cost,
}

impl Day<'_> {
    fn first(&self) -> Way {
        Way { at: None, now: self.begins, cost: Cost { ends: self.begins, ..Cost::default() } }
    }

    /// On to the next stop, and when it is reached.
    fn on(&self, way: Way, next: usize) -> (Way, i64) {
        let row = way.at.map_or(Some(&self.ways.start), |at| self.ways.between.get(at));
        let takes = row.and_then(|row| row.get(next)).copied().unwrap_or(0);
        let Some(stop) = self.stops.get(next) else { return (way, way.now) };
        let arrival = (way.now + takes).max(stop.opens);
        let ends = arrival + stop.stay;
        let late = way.cost.late + (arrival - stop.latest).max(0);
        (Way { at: Some(next), now: ends, cost: Cost { late, ends, way: way.cost.way + takes } }, arrival)
    }

    fn all(&self, way: Way, order: &[usize]) -> Way {
        order.iter().fold(way, |way, next| self.on(way, *next).0)
    }

    fn cost(&self, order: &[usize]) -> Cost {
        self.all(self.first(), order).cost
    }

    fn told(&self, order: Vec<usize>) -> Route {
        let mut way = self.first();
        let mut arrivals = Vec::with_capacity(order.len());
        for next in &order {
            let (further, arrival) = self.on(way, *next);
            arrivals.push(arrival);
            way = further;
        }
        Route { order, arrivals, cost: way.cost }
    }

    /// The best order of `free` between what comes before and after them.
    fn best_of(&self, before: &[usize], free: &[usize], after: &[usize]) -> Vec<usize> {
        let mut search = Search { day: self, after, best: None, taken: Vec::with_capacity(free.len()) };
        search.go(self.all(self.first(), before), &mut free.to_vec());
        search.best.map_or_else(|| free.to_vec(), |(_, order)| order)
    }

    /// Held and Karp: a way through a subset that ends at one of its stops is worth going on with unless another one
    /// is nowhere worse.
    fn by_subsets(&self, n: usize) -> Vec<usize> {
        let mut labels: Vec<Vec<Label>> = vec![Vec::new(); n << n];
        for stop in 0..n {
            labels[(1 << stop) * n + stop].push(Label { way: self.on(self.first(), stop).0, before: None });
        }
        for set in 1usize..1 << n {
            for last in (0..n).filter(|last| set & (1 << last) != 0) {
                let here = std::mem::take(&mut labels[set * n + last]);
                for (number, label) in here.iter().enumerate() {
                    for next in (0..n).filter(|next| set & (1 << next) == 0) {
                        let way = self.on(label.way, next).0;
                        let there = &mut labels[(set | 1 << next) * n + next];
                        keep(there, Label { way, before: Some((set * n + last, number)) });
                    }
                }
                labels[set * n + last] = here;
            }
        }
        let full = (1usize << n) - 1;
        let ends =
            (0..n).flat_map(|last| (0..labels[full * n + last].len()).map(move |number| (full * n + last, number)));
        let mut at = ends.min_by_key(|(state, number)| labels[*state][*number].way.cost);
        let mut order = Vec::with_capacity(n);
        while let Some((state, number)) = at {
            order.push(state % n);
            at = labels[state][number].before;
        }
        order.reverse();
        order
    }

    /// Several beginnings, each made better step by step; the best of them.
    fn long(&self, given: Vec<usize>) -> Vec<usize> {
        let beginnings = [self.nearest(&given), self.inserted(&given), given];
        let made = beginnings.into_iter().map(|order| self.better(order));
        made.min_by_key(|order| self.cost(order)).unwrap_or_default()
    }

    /// Always on to the stop whose visit is over first.
    fn nearest(&self, given: &[usize]) -> Vec<usize> {
        let mut left = given.to_vec();
        let mut order = Vec::with_capacity(left.len());
        let mut way = self.first();
        while let Some(at) = (0..left.len()).min_by_key(|at| self.on(way, left[*at]).0.cost) {
            let next = left.remove(at);
            way = self.on(way, next).0;
            order.push(next);
        }
        order
    }

    /// Each stop where it costs least.
    fn inserted(&self, given: &[usize]) -> Vec<usize> {
        let mut order: Vec<usize> = Vec::with_capacity(given.len());
        for next in given {
            let with = |at: usize| [&order[..at], &[*next], &order[at..]].concat();
            if let Some(best) = (0..=order.len()).map(with).min_by_key(|order| self.cost(order)) {
                order = best;
            }
        }
        order
    }

    fn better(&self, mut order: Vec<usize>) -> Vec<usize> {
        for _ in 0..ROUNDS {
            let before = self.cost(&order);
            order = self.by_stretches(order);
            order = self.by_moves(order);
            if self.cost(&order) >= before {
                break;
            }
        }
        order
    }

    fn by_stretches(&self, mut order: Vec<usize>) -> Vec<usize> {
        for at in 0..=order.len().saturating_sub(STRETCH) {
            let (before, rest) = order.split_at(at);
            let (free, after) = rest.split_at(STRETCH.min(rest.len()));
            order = [before, &self.best_of(before, free, after), after].concat();
        }
        order
    }

    /// Up to three stops that follow each other go elsewhere, and any stretch may be turned around.
    fn by_moves(&self, mut order: Vec<usize>) -> Vec<usize> {
        let n = order.len();
        let mut best = self.cost(&order);
        let mut take = |order: &mut Vec<usize>, other: Vec<usize>| {
            let cost = self.cost(&other);
            if cost < best {
                (best, *order) = (cost, other);
            }
        };
        for from in 0..n {
            for length in 1..=3.min(n - from) {
                for to in 0..=n - length {
                    let mut rest = order.clone();
                    let moved: Vec<usize> = rest.drain(from..from + length).collect();
                    let turned = moved.iter().rev().copied().collect::<Vec<_>>();
                    for piece in [moved, turned] {
                        take(&mut order, [&rest[..to], &piece, &rest[to..]].concat());
                    }
                }
            }
            for to in from + 2..=n {
                let mut other = order.clone();
                other[from..to].reverse();
                take(&mut order, other);
            }
        }
        order
    }
}

/// A way through a subset, and the one that it goes on from.
#[derive(Clone, Copy)]
struct Label {
    way: Way,
    before: Option<(usize, usize)>,
}

fn keep(all: &mut Vec<Label>, new: Label) {
    let nowhere_worse = |a: &Label, b: &Label| {
        let (a, b) = (a.way.cost, b.way.cost);
        a.late <= b.late && a.ends <= b.ends && a.way <= b.way
    };
    if all.iter().any(|other| nowhere_worse(other, &new)) {
        return;
    }
    all.retain(|other| !nowhere_worse(&new, other));
    all.push(new);
    if all.len() > LABELS
        && let Some(worst) = (0..all.len()).max_by_key(|at| all[*at].way.cost)
    {
        all.remove(worst);
    }
}

/// Goes through all orders, the given one first, and leaves each as soon as it can no longer be better.
struct Search<'a> {
    day: &'a Day<'a>,
    after: &'a [usize],
    best: Option<(Cost, Vec<usize>)>,
    taken: Vec<usize>,
}

impl Search<'_> {
    fn go(&mut self, way: Way, left: &mut Vec<usize>) {
        // What is late, over and on the way only grows.
        if self.best.as_ref().is_some_and(|(best, _)| way.cost >= *best) {
            return;
        }
        if left.is_empty() {
            let cost = self.day.all(way, self.after).cost;
            if self.best.as_ref().is_none_or(|(best, _)| cost < *best) {
                self.best = Some((cost, self.taken.clone()));
            }
            return;
        }
        for at in 0..left.len() {
            let next = left.remove(at);
            self.taken.push(next);
            let further = self.day.on(way, next).0;
            self.go(further, left);
            self.taken.pop();
            left.insert(at, next);
        }
    }
}
