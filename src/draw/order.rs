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
    let ticket = u128::from(ticket.0);
    if ticket < u128::from(visit.get()) << 32 {
        Decision::Visit
    } else if ticket < u128::from(visit.get() + call.get()) << 32 {
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
    let odds_against = u128::from(ticket.0) * u128::from(Chance::ONE.get() - p.get());
    (odds_against << 32) / (((1u128 << 64) - u128::from(ticket.0)) * u128::from(p.get()))
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
    let is_hit = |(ticket, p): &(Ticket, Chance)| decide(*ticket, *p, Chance::ZERO) == Decision::Visit;
    let hits = units.iter().filter(|unit| is_hit(unit)).count();
    let wanted = limits.min.max(limits.max.map_or(hits, |max| hits.min(max)));
    // Hits come before all others in `order`: the others' keys matter only if they are needed.
    let mut front: Vec<(u128, Ticket, usize)> = units
        .iter()
        .enumerate()
        .filter(|(_, unit)| if wanted > hits { unit.1 > Chance::ZERO } else { is_hit(unit) })
        .map(|(index, (ticket, p))| (odds_key(*ticket, *p), *ticket, index))
        .collect();
    if wanted < front.len() {
        front.select_nth_unstable(wanted);
        front.truncate(wanted);
    }
    front.sort_unstable();
    front.into_iter().map(|(_, _, index)| index).collect()
}
