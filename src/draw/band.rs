//! The band: weights become probabilities between `lo` and `hi` whose sum is given (DRAW 1).

use super::Chance;
use crate::model::Said;
use crate::said;

/// Why no band exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BandError {
    #[error("lo is above hi")]
    LoAboveHi,
    /// Not even `lo` for everybody fits into the total.
    #[error("the total is too small: {places} places at lo need {needed}")]
    TotalTooSmall { places: usize, needed: u128 },
}

impl BandError {
    pub fn said(self) -> Said {
        match self {
            BandError::LoAboveHi => said!(
                "the lower bound is above the upper bound: exchange them or raise the upper one",
                "下限高于上限：请对调，或提高上限"
            ),
            BandError::TotalTooSmall { places, needed } => said!(
                "the total is too small: {places} places at the lower bound need at least {needed}",
                "总量太小：{places}个地点按下限计算至少需要{needed}"
            ),
        }
    }
}

/// `p_i = clamp(c*w_i >> 32, lo, hi)` with `c` the largest integer for which the sum stays within
/// `total` (an integer of 2^32, like the bounds); all at `hi` where the total allows it.
pub fn band(weights: &[u64], total: u64, lo: Chance, hi: Chance) -> Result<Vec<Chance>, BandError> {
    if lo > hi {
        return Err(BandError::LoAboveHi);
    }
    let needed = weights.len() as u128 * u128::from(lo.get());
    if needed > u128::from(total) {
        return Err(BandError::TotalTooSmall { places: weights.len(), needed });
    }
    let at = |c: u128, weight: u64| chance_at(c, weight, lo, hi);
    // Many places share few weights: one look at each weight is enough.
    let mut sorted = weights.to_vec();
    sorted.sort_unstable();
    let shared: Vec<(u64, u128)> = sorted.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u128)).collect();
    let fits = |c: u128| {
        let sum: u128 = shared.iter().map(|(weight, n)| u128::from(at(c, *weight).get()) * n).sum();
        sum <= u128::from(total)
    };
    // At c = 2^64 every weight of 1 or more is at hi, so no larger c changes anything.
    let (mut low, mut high) = (0, 1u128 << 64);
    if fits(high) {
        low = high;
    }
    while high - low > 1 {
        let middle = low.midpoint(high);
        if fits(middle) { low = middle } else { high = middle }
    }
    Ok(weights.iter().map(|w| at(low, *w)).collect())
}

fn chance_at(c: u128, weight: u64, lo: Chance, hi: Chance) -> Chance {
    // c is at most 2^64 and a weight less: their product is below 2^128.
    let scaled = (c * u128::from(weight)) >> 32;
    u64::try_from(scaled).ok().and_then(Chance::new).map_or(hi, |p| p.clamp(lo, hi))
}
