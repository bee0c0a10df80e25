//! An inspector's visits in the order of the way.
//!
//! Travel decides nothing that was drawn: not whether a place is visited, by whom, nor from which moment on (decision
//! 0016). It puts visits whose spans leave a choice into the order of the way, and says where a span cannot be kept.
//! Where a way is not known, everything stays in the order of the drawn moments.

use super::route::{Stop, Ways, route};
use crate::model::assignment::{Line, Travel};
use crate::model::position::{Leg, Position};
use crate::model::time::MINUTE;
use crate::model::{Kind, LineCode, Timestamp};
use std::collections::BTreeMap;

const SECOND: i64 = 1000;
/// Two who go together meet at the drawn moment; so much later is late.
const MEETING: i64 = 15 * MINUTE;

/// How an office reckons ways that nobody measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reckoning {
    /// The road, in percent of the straight line.
    pub road_percent: u32,
    pub kilometres_an_hour: u32,
    /// How long a visit takes.
    pub stay_minutes: u32,
}

/// Where places lie, and the ways that somebody knows; by the ids of villages, teams and offices.
#[derive(Debug, Clone, Default)]
pub struct Sites {
    pub positions: BTreeMap<String, Position>,
    pub distances: BTreeMap<(String, String), Leg>,
}

/// A place by its ids: its own, then its village's.
pub type Names = Vec<String>;

impl Sites {
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty() && self.distances.is_empty()
    }

    /// A way that somebody knows, either way round; else reckoned from the straight line.
    pub fn leg(&self, from: &Names, to: &Names, reckoning: Reckoning) -> Option<Leg> {
        if from.iter().any(|one| to.contains(one)) {
            return Some(Leg { metres: Some(0), seconds: 0 });
        }
        let pairs = || from.iter().flat_map(|a| to.iter().map(move |b| (a.clone(), b.clone())));
        let known = pairs().find_map(|pair| self.distances.get(&pair));
        let known = known.or_else(|| pairs().find_map(|(a, b)| self.distances.get(&(b, a))));
        if let Some(leg) = known {
            return Some(*leg);
        }
        let at = |names: &Names| names.iter().find_map(|name| self.positions.get(name)).copied();
        let metres = at(from)?.metres_to(at(to)?) * i64::from(reckoning.road_percent) / 100;
        let seconds = metres * 36 / (i64::from(reckoning.kilometres_an_hour.max(1)) * 10);
        Some(Leg { metres: Some(metres), seconds })
    }
}

/// The lines of an inspector whose day begins at `begins`, where `start` is, if anybody knows. `names`: the ids of a
/// line's place.
pub fn arranged(
    lines: Vec<Line>,
    (start, begins): (&Names, Timestamp),
    names: impl Fn(&Line) -> Names,
    sites: &Sites,
    reckoning: Reckoning,
) -> Vec<Line> {
    let (visits, others): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| line.kind == Kind::Visit);
    let places: Vec<Names> = visits.iter().map(&names).collect();
    let visits = match legs(&places, start, sites, reckoning) {
        Some(legs) => in_order(&visits, &legs, begins, reckoning),
        None => visits,
    };
    visits.into_iter().chain(others).collect()
}

struct Legs {
    /// None where nobody knows where the day begins.
    start: Option<Vec<Leg>>,
    between: Vec<Vec<Leg>>,
}

/// None where a way is not known, or none is asked for.
fn legs(places: &[Names], start: &Names, sites: &Sites, reckoning: Reckoning) -> Option<Legs> {
    if sites.is_empty() || places.is_empty() {
        return None;
    }
    let to_all = |from: &Names| places.iter().map(|to| sites.leg(from, to, reckoning)).collect::<Option<Vec<Leg>>>();
    let between = places.iter().map(to_all).collect::<Option<Vec<_>>>()?;
    let start = to_all(start);
    (start.is_some() || places.len() > 1).then_some(Legs { start, between })
}

fn in_order(visits: &[Line], legs: &Legs, begins: Timestamp, reckoning: Reckoning) -> Vec<Line> {
    let stay = i64::from(reckoning.stay_minutes) * MINUTE;
    let stop = |line: &Line| {
        let together = line.companion.is_some();
        let latest = if together { line.from.plus(MEETING) } else { line.to.minus(stay).max(line.from) };
        Stop { opens: line.from.0 / SECOND, latest: latest.0 / SECOND, stay: stay / SECOND }
    };
    let stops: Vec<Stop> = visits.iter().map(stop).collect();
    let seconds = |row: &Vec<Leg>| row.iter().map(|leg| leg.seconds).collect::<Vec<i64>>();
    let ways = Ways {
        start: legs.start.as_ref().map_or_else(|| vec![0; visits.len()], seconds),
        between: legs.between.iter().map(seconds).collect(),
    };
    // Nobody knows from where: the first visit is reached in time.
    let begins = if legs.start.is_some() { begins.0 / SECOND } else { i64::MIN / 4 };
    let found = route(&stops, &ways, begins);
    let mut ordered = Vec::with_capacity(visits.len());
    let mut before: Option<(usize, LineCode)> = None;
    for (number, (at, arrival)) in (1u32..).zip(found.order.iter().zip(&found.arrivals)) {
        let (Some(line), Some(stop)) = (visits.get(*at), stops.get(*at)) else { continue };
        let code = LineCode::parse(&format!("V{number}")).unwrap_or_else(|_| line.code.clone());
        let leg = match &before {
            None => legs.start.as_ref().and_then(|row| row.get(*at)),
            Some((from, _)) => legs.between.get(*from).and_then(|row| row.get(*at)),
        };
        let travel = leg.map(|leg| Travel {
            from: before.as_ref().map(|(_, code)| code.clone()),
            metres: leg.metres,
            seconds: leg.seconds,
            arrival: Timestamp(arrival * SECOND),
            late: *arrival > stop.latest,
        });
        before = Some((*at, code.clone()));
        ordered.push(Line { code, travel, ..line.clone() });
    }
    ordered
}
