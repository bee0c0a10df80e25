//! What a ticket decides, and the one order behind every way of taking places (DRAW 2).

use super::{Chance, Ticket};
use crate::model::Said;
use crate::said;

/// What the ticket alone says. It stays with the unit whatever is done about it later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Visit,
    Call,
    Nothing,
}

/// One number line: visits first, then calls, then nothing. `visit + call` is at most certainty.
pub fn decide(ticket: Ticket, visit: Chance, call: Chance) -> Decision {
    // Both bounds are whole multiples of 2^32, so the upper half of the ticket says on which side it lies.
    let upper = ticket.0 >> 32;
    if upper < visit.get() {
        Decision::Visit
    } else if upper < visit.get() + call.get() {
        Decision::Call
    } else {
        Decision::Nothing
    }
}

/// `key(u, p)`: the odds of the ticket over the odds of `p`, times 2^32, rounded down. Below 2^32
/// exactly where the ticket alone is a visit. The largest number where `p` is zero: never chosen.
pub fn odds_key(ticket: Ticket, p: Chance) -> u128 {
    if p == Chance::ZERO {
        return u128::MAX;
    }
    if ticket.0 == 0 {
        return 0;
    }
    let (above, below) = odds(ticket, p);
    (above << 32) / below
}

/// The fraction behind the key of a ticket that is not zero: factors of 64 bits.
fn odds(ticket: Ticket, p: Chance) -> (u128, u128) {
    let above = u128::from(ticket.0) * u128::from(Chance::ONE.get() - p.get());
    // 2^64 - u.
    let below = u128::from(ticket.0.wrapping_neg()) * u128::from(p.get());
    (above, below)
}

/// A key has at most 128 bits.
const MAGNITUDES: usize = 129;

/// About the bits of a key, without dividing: every key of magnitude `g + 2` is above every key of
/// magnitude `g`. The chance is not zero.
fn magnitude(ticket: Ticket, p: Chance) -> u8 {
    if ticket.0 == 0 {
        return 0;
    }
    let (above, below) = odds(ticket, p);
    let bits = |number: u128| u128::BITS - number.leading_zeros();
    // Of a and b bits, above / below lies between 2^(a-b-1) and 2^(a-b+1). The key is that times 2^32,
    // rounded down. So with g = a+33-b it is below 2^g, and from g = 2 on it is at least 2^(g-2).
    (bits(above) + 33).saturating_sub(bits(below)) as u8
}

/// Fewest and most visits of a window. The default sets neither: each ticket decides for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    min: usize,
    max: Option<usize>,
}

impl Limits {
    /// The independent draw: nobody's result says anything about anybody else's.
    pub const INDEPENDENT: Limits = Limits { min: 0, max: None };

    /// Refused where the least is above the most.
    pub fn new(min: usize, max: Option<usize>) -> Result<Limits, Said> {
        match max {
            Some(max) if min > max => {
                Err(said!("at least {min} and at most {max} cannot both hold", "至少{min}与至多{max}无法同时满足"))
            }
            _ => Ok(Limits { min, max }),
        }
    }

    /// Exactly `n`: Pareto sampling, for a rule that demands a number.
    pub fn exactly(n: usize) -> Limits {
        Limits { min: n, max: Some(n) }
    }
}

/// Takes `max(min, min(k, max))` units from the front of `order`, k being the hits. `units` stand
/// in the byte order of their ids; the answer is their places in it, in `order`.
pub fn select(units: &[(Ticket, Chance)], limits: Limits) -> Vec<usize> {
    let hit = |(ticket, p): &(Ticket, Chance)| decide(*ticket, *p, Chance::ZERO) == Decision::Visit;
    let indexes = units.iter().enumerate();
    let hits: Vec<usize> = indexes.filter(|(_, unit)| hit(unit)).map(|(index, _)| index).collect();
    let wanted = limits.min.max(limits.max.map_or(hits.len(), |max| hits.len().min(max)));
    // Hits come before all others in `order`: the others matter only if more are wanted.
    let able = if wanted > hits.len() { front(units, wanted) } else { hits };
    // Units stand by id, so a unit's place among them breaks ties as its id would.
    let placed = |index: usize| (odds_key(units[index].0, units[index].1), units[index].0, index);
    let mut order: Vec<(u128, Ticket, usize)> = able.into_iter().map(placed).collect();
    if wanted < order.len() {
        order.select_nth_unstable(wanted);
        order.truncate(wanted);
    }
    order.sort_unstable();
    order.into_iter().map(|(_, _, index)| index).collect()
}

/// At least the first `wanted` of `order` and not many more, so that few keys need their division.
fn front(units: &[(Ticket, Chance)], wanted: usize) -> Vec<usize> {
    const NEVER: u8 = u8::MAX;
    let mut counts = [0usize; MAGNITUDES];
    let mut magnitudes = Vec::with_capacity(units.len());
    for (ticket, p) in units {
        let magnitude = if *p == Chance::ZERO { NEVER } else { magnitude(*ticket, *p) };
        if let Some(count) = counts.get_mut(usize::from(magnitude)) {
            *count += 1;
        }
        magnitudes.push(magnitude);
    }
    let mut so_far = 0;
    let enough = counts.iter().position(|count| {
        so_far += count;
        so_far >= wanted
    });
    let last = enough.map_or(MAGNITUDES, |magnitude| magnitude + 1);
    let near = magnitudes.iter().enumerate().filter(|(_, magnitude)| usize::from(**magnitude) <= last);
    near.map(|(index, _)| index).collect()
}
