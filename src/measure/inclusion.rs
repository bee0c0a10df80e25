//! With what probability a unit is among the first n of an order (DRAW 7 and 8).
//!
//! Exactly n of a frame, and the n that a cap leaves of k hits, are one and the same race. A unit's
//! key is below x with the odds x p/(1-p); of a hit, whose key is below 1, with the odds
//! x/(1-x) / (1-p). So with v the logarithm of x, or of x/(1-x), every unit's chance to be below is a
//! logistic curve in v, moved by the logarithm of p/(1-p) or of 1/(1-p). A unit is among the first n
//! where fewer than n others are below its own key; their number follows from adding them one by one.
//!
//! The mean over the unit's own key is taken by Gauss' rule on panels no wider than the number below
//! changes within. Nothing is subtracted on the way, so that no digits are lost however many units
//! there are; what lies outside the panels is below 1e-14.
//!
//! A unit with p = 1 has the key 0 and comes before all others; several of them come in any order.

use super::units::Inclusion;

/// Inclusion probabilities where exactly `n` of the units are taken. Units without a chance stay out.
pub fn of_exactly(n: usize, p: &[Inclusion]) -> Vec<f64> {
    Race::of_a_frame(p).singles(n)
}

/// Probabilities that hits are kept where the first `n` of them are: q of DRAW 7; n/k where all p are equal.
pub fn of_hits(n: usize, p: &[Inclusion]) -> Vec<f64> {
    Race::of_hits(p).singles(n)
}

/// Joint probabilities that two hits are both kept, for all pairs of the `among` foremost units of `p`.
pub fn of_pairs_of_hits(n: usize, p: &[Inclusion], among: usize) -> Vec<Pair> {
    Race::of_hits(p).pairs(n, among)
}

/// The same where exactly `n` of the units are taken.
pub fn of_pairs_of_exactly(n: usize, p: &[Inclusion], among: usize) -> Vec<Pair> {
    Race::of_a_frame(p).pairs(n, among)
}

/// Two units, by their places in what was asked about, and the probability that both are taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    pub first: usize,
    pub second: usize,
    pub both: f64,
}

/// Logarithms of the odds of the units; infinite where a unit is certain.
struct Race(Vec<f64>);

impl Race {
    fn of_a_frame(p: &[Inclusion]) -> Race {
        Race(p.iter().map(|p| p.get().ln() - (-p.get()).ln_1p()).collect())
    }

    fn of_hits(p: &[Inclusion]) -> Race {
        Race(p.iter().map(|p| -(-p.get()).ln_1p()).collect())
    }

    /// The units that are not certain, and how many are.
    fn uncertain(&self) -> (Vec<f64>, usize) {
        let open: Vec<f64> = self.0.iter().copied().filter(|odds| odds.is_finite()).collect();
        let certain = self.0.len() - open.len();
        (open, certain)
    }

    fn singles(&self, n: usize) -> Vec<f64> {
        if n >= self.0.len() {
            return vec![1.0; self.0.len()];
        }
        let (open, certain) = self.uncertain();
        let of_certain = if n >= certain { 1.0 } else { share(n, certain) };
        let mut of_open = among_first(&open, n.saturating_sub(certain)).into_iter();
        let of = |odds: &f64| if odds.is_finite() { of_open.next().unwrap_or(0.0) } else { of_certain };
        self.0.iter().map(of).collect()
    }

    fn pairs(&self, n: usize, among: usize) -> Vec<Pair> {
        let (open, certain) = self.uncertain();
        // Of a certain unit and another one, both are taken where the other is.
        let singles = if certain > 0 { self.singles(n) } else { Vec::new() };
        let left = n.saturating_sub(certain);
        let both_certain = if n >= certain { 1.0 } else { share(n, certain) * share(n.saturating_sub(1), certain - 1) };
        let places: Vec<usize> = (0..self.0.len()).filter(|i| self.0[*i].is_finite()).collect();
        let asked = places.partition_point(|place| *place < among);
        let mut of_open = both_among_first(&open, left, asked).into_iter();
        let mut pairs = Vec::new();
        for first in 0..among.min(self.0.len()) {
            for second in first + 1..among.min(self.0.len()) {
                let both = match (self.0[first].is_finite(), self.0[second].is_finite()) {
                    (true, true) => of_open.next().unwrap_or(0.0),
                    (true, false) => singles[first],
                    (false, true) => singles[second],
                    (false, false) => both_certain,
                };
                pairs.push(Pair { first, second, both });
            }
        }
        pairs
    }
}

fn share(n: usize, of: usize) -> f64 {
    n as f64 / of as f64
}

fn all_equal(odds: &[f64]) -> bool {
    odds.windows(2).all(|two| two[0] == two[1])
}

/// Of units none of which is certain: the chance of each to be among the first `n`.
fn among_first(odds: &[f64], n: usize) -> Vec<f64> {
    let k = odds.len();
    if n == 0 || n >= k {
        return vec![if n == 0 { 0.0 } else { 1.0 }; k];
    }
    if all_equal(odds) {
        return vec![share(n, k); k];
    }
    let panels = Panels::new(odds, n, n);
    let mut sums: Vec<f64> = odds.iter().map(|odds| logistic(panels.start + odds)).collect();
    for (v, weight) in panels.nodes {
        let below: Vec<f64> = odds.iter().map(|odds| logistic(v + odds)).collect();
        for ((sum, q), fewer) in sums.iter_mut().zip(&below).zip(fewer_others(&below, n)) {
            *sum += weight * q * (1.0 - q) * fewer;
        }
    }
    sums
}

/// The same of both of two units, for the pairs of the `asked` foremost ones: both are among the first
/// `n` where fewer than n - 1 of the rest are below the later of the two.
fn both_among_first(odds: &[f64], n: usize, asked: usize) -> Vec<f64> {
    let k = odds.len();
    let pairs = asked * asked.saturating_sub(1) / 2;
    if n < 2 || n >= k {
        return vec![if n < 2 { 0.0 } else { 1.0 }; pairs];
    }
    if all_equal(odds) {
        return vec![share(n, k) * share(n - 1, k - 1); pairs];
    }
    let panels = Panels::new(odds, n - 1, n);
    let at = |v: f64| -> Vec<f64> { odds.iter().map(|odds| logistic(v + odds)).collect() };
    let start = at(panels.start);
    let each_pair = || (0..asked).flat_map(|i| (i + 1..asked).map(move |j| (i, j)));
    let mut sums: Vec<f64> = each_pair().map(|(i, j)| start[i] * start[j]).collect();
    for (v, weight) in panels.nodes {
        let below = at(v);
        let mut sums = sums.iter_mut();
        for i in 0..asked {
            let others: Vec<f64> = [&below[..i], &below[i + 1..]].concat();
            // Without unit i, unit j > i stands one place to the front.
            let fewer = fewer_others(&others, n - 1);
            for ((j, fewer), sum) in (i + 1..asked).zip(&fewer[i..]).zip(sums.by_ref()) {
                *sum += weight * below[i] * below[j] * (2.0 - below[i] - below[j]) * fewer;
            }
        }
    }
    sums
}

/// For every unit the chance that fewer than `n` of the others are below, each being so with its own chance.
fn fewer_others(below: &[f64], n: usize) -> Vec<f64> {
    // Of the units before: chances of 0, 1, … n-1 of them. Then the same from the end, cumulated.
    let mut before = vec![0.0; below.len() * n];
    let mut counts = vec![0.0; n];
    counts[0] = 1.0;
    for (unit, row) in below.iter().zip(before.chunks_exact_mut(n)) {
        row.copy_from_slice(&counts);
        add_one(&mut counts, *unit);
    }
    counts.fill(0.0);
    counts[0] = 1.0;
    let mut fewer: Vec<f64> = Vec::with_capacity(below.len());
    for (unit, row) in below.iter().zip(before.chunks_exact(n)).rev() {
        let mut at_most = 0.0;
        let mut both = 0.0;
        for (after, before) in counts.iter().zip(row.iter().rev()) {
            at_most += after;
            both += at_most * before;
        }
        fewer.push(both);
        add_one(&mut counts, *unit);
    }
    fewer.reverse();
    fewer
}

fn add_one(counts: &mut [f64], chance: f64) {
    let mut fewer = 0.0;
    for count in counts {
        let now = *count;
        *count = now * (1.0 - chance) + fewer * chance;
        fewer = now;
    }
}

/// Where keys are integrated: from `start`, below which too few units are below, to where too many are.
struct Panels {
    start: f64,
    /// Keys and their weights.
    nodes: Vec<(f64, f64)>,
}

impl Panels {
    /// Chernoff's bound of a neglected chance is e to the minus this.
    const NEGLECTED: f64 = 34.0;
    /// A logistic curve has its poles at a distance of π: ten nodes on this are exact to 1e-16.
    const WIDEST: f64 = 2.0;

    /// `few` units below at `start` are out of the question, and as few as `many` at the end.
    fn new(odds: &[f64], few: usize, many: usize) -> Panels {
        let units = odds.len() as f64;
        let margin = units.ln() + Panels::NEGLECTED + 2.0;
        let least = odds.iter().copied().fold(f64::INFINITY, f64::min);
        let most = odds.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = (-most - margin, margin - least);
        let mean = |v: f64| odds.iter().map(|odds| logistic(v + odds)).sum::<f64>();
        let start = bisect(low, high, |v| {
            let mean = mean(v);
            mean < few as f64 && improbable(few as f64, mean)
        });
        let end = bisect(start, high, |v| {
            let (mean, above) = (mean(v), odds.iter().map(|odds| logistic(-v - odds)).sum::<f64>());
            let still = units - many as f64;
            let too_many = mean > many as f64 && improbable(many as f64, mean);
            !(too_many || above < still && improbable(still, above))
        });
        let mut nodes = Vec::new();
        let mut at = start;
        while at < end {
            let spread = odds.iter().map(|odds| logistic(at + odds) * logistic(-at - odds)).sum::<f64>().sqrt();
            let width = Panels::WIDEST.min(1.5 / spread).min(end - at).max(f64::EPSILON * (1.0 + at.abs()));
            nodes.extend(
                GAUSS
                    .iter()
                    .flat_map(|(x, weight)| [-x, *x].map(|x| (at + width * (1.0 + x) / 2.0, weight * width / 2.0))),
            );
            at += width;
        }
        Panels { start, nodes }
    }
}

/// Whether a sum of independent events with this mean reaches `count`, from whichever side, next to never.
fn improbable(count: f64, mean: f64) -> bool {
    count * (count / mean).ln() - count + mean > Panels::NEGLECTED
}

/// The end of the stretch from `low` on which `holds`; it holds there, and not at `high`.
fn bisect(low: f64, high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (low, high);
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if holds(middle) { low = middle } else { high = middle }
    }
    low
}

fn logistic(v: f64) -> f64 {
    if v < 0.0 { v.exp() / (1.0 + v.exp()) } else { 1.0 / (1.0 + (-v).exp()) }
}

/// Gauss' rule of ten nodes on [-1, 1]: half of them, and their weights.
const GAUSS: [(f64, f64); 5] = [
    (0.148_874_338_981_631_2, 0.295_524_224_714_752_9),
    (0.433_395_394_129_247_2, 0.269_266_719_309_996_3),
    (0.679_409_568_299_024_4, 0.219_086_362_515_982),
    (0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
    (0.973_906_528_517_171_7, 0.066_671_344_308_688_1),
];
