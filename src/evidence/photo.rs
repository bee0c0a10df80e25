//! A photo beside the visit that it came with: its day and hour, and how far from the place it was taken.
//!
//! Clocks of cameras go wrong, mail programs take times and places out, a villager sends what was taken last week: what
//! does not fit is a reason to ask, and changes no verdict.

use crate::model::photo::{NEAR, PhotoFit, PhotoNote, PlaceFit, Taken, TimeFit};
use crate::model::position::Position;
use crate::model::time::MINUTE;
use crate::model::{LineCode, Timestamp};
use chrono_tz::Tz;

/// So long before a visit and after it still belongs to it.
const MARGIN: i64 = 60 * MINUTE;

/// A visit as a photo is held against it.
#[derive(Debug, Clone)]
pub struct Visit {
    pub code: LineCode,
    /// The span in which it was to be made.
    pub from: Timestamp,
    pub to: Timestamp,
    /// Times that the inspector stated.
    pub stated: Vec<Timestamp>,
    pub place: Option<Position>,
}

/// How a photo fits a visit. A camera that does not say by which zone it counts counts by the office's.
pub fn fit(note: &PhotoNote, visit: &Visit, zone: Tz) -> PhotoFit {
    let time = note.taken.map_or(TimeFit::Nothing, |taken| time_fit(moment(taken, zone), visit, zone));
    let metres = note.place.zip(visit.place).map(|(photo, place)| photo.metres_to(place));
    let place = match (note.place, metres) {
        (None, _) => PlaceFit::Nothing,
        (Some(_), None) => PlaceFit::Unlocated,
        (Some(_), Some(metres)) if metres <= NEAR => PlaceFit::Fits,
        (Some(_), Some(_)) => PlaceFit::Away,
    };
    PhotoFit { time, place, metres }
}

/// When it was taken.
pub fn moment(taken: Taken, zone: Tz) -> Timestamp {
    match taken.offset_minutes {
        Some(minutes) => Timestamp(taken.clock.and_utc().timestamp_millis()).minus(i64::from(minutes) * MINUTE),
        None => Timestamp::from_local(taken.clock, zone),
    }
}

fn time_fit(taken: Timestamp, visit: &Visit, zone: Tz) -> TimeFit {
    let within = |from: Timestamp, to: Timestamp| taken >= from.minus(MARGIN) && taken <= to.plus(MARGIN);
    let day = taken.day(zone);
    if within(visit.from, visit.to) || visit.stated.iter().any(|at| within(*at, *at)) {
        TimeFit::Fits
    } else if visit.stated.iter().chain([&visit.from, &visit.to]).any(|at| at.day(zone) == day) {
        TimeFit::OtherHour
    } else {
        TimeFit::OtherDay
    }
}

/// To which of the visits that a mail tells of a photo belongs: the one in its file's name (`V2.jpg`), the only one, or
/// the one that it fits best; `None` where that would be a guess.
pub fn visit_of<'a>(note: &PhotoNote, file_name: Option<&str>, visits: &'a [Visit], zone: Tz) -> Option<&'a Visit> {
    if let Some(named) = file_name.and_then(|name| visits.iter().find(|visit| is_named(name, &visit.code))) {
        return Some(named);
    }
    if let [only] = visits {
        return Some(only);
    }
    let fits: Vec<(&Visit, PhotoFit)> = visits.iter().map(|visit| (visit, fit(note, visit, zone))).collect();
    // The nearest of those that lie where it was taken; else the only one that it fits by its time.
    let near = fits.iter().filter(|(_, fit)| fit.place == PlaceFit::Fits).min_by_key(|(_, fit)| fit.metres);
    let mut in_time = fits.iter().filter(|(_, fit)| fit.time == TimeFit::Fits);
    let found = near.or_else(|| in_time.next().filter(|_| in_time.next().is_none()));
    found.map(|(visit, _)| *visit)
}

/// `V2`, `v2-register`, `V2 门口`, and not `V21`, `IMG_V2`.
fn is_named(file_name: &str, code: &LineCode) -> bool {
    let (name, code) = (file_name.trim(), code.as_str());
    name.get(..code.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(code))
        && !name.get(code.len()..).unwrap_or_default().starts_with(|c: char| c.is_ascii_digit())
}
