//! Which punches cover a moment, and how much they prove (EVIDENCE 3 and 4).

use super::case::LateUpload;
use super::coverage::lacked_before;
use super::known::{Known, View};
use super::moment::{in_span, not_after_minute};
use crate::model::record::{Direction, FiledBy, Origin, Punch};
use crate::model::time::MINUTE;
use crate::model::{Outcome, Timestamp};

/// A punch covers so much time around it; a shift takes punches so long before and after it.
pub const REACH: i64 = 60 * MINUTE;

type KnownPunch<'a> = Known<'a, &'a Punch>;

/// One punch or one pair that covers a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// One index, or two for a pair.
    pub rows: Vec<usize>,
    /// On site by machine: every punch of it is.
    pub on_site: bool,
    /// It speaks of presence at all, though weakly; a phone punch out of range does not where the
    /// official was said to be on duty elsewhere.
    pub weak_presence: bool,
    pub retroactive: bool,
}

impl Cover {
    pub fn is_pair(&self) -> bool {
        self.rows.len() > 1
    }
}

/// Everything that covers the moment, single punches first.
pub fn covers(view: &View<'_>, outcome: Outcome, moment: Timestamp) -> Vec<Cover> {
    let single = view.punches.iter().filter(|punch| is_near(punch.what, moment)).map(|punch| Cover {
        rows: vec![punch.index],
        on_site: on_site(punch.what),
        weak_presence: weak_presence(punch.what, outcome),
        retroactive: retroactive(view, punch, moment),
    });
    let pairs = pairs(view, moment).into_iter().map(|(a, b)| Cover {
        rows: vec![a.index, b.index],
        on_site: on_site(a.what) && on_site(b.what),
        weak_presence: [a, b].iter().all(|p| on_site(p.what) || weak_presence(p.what, outcome)),
        retroactive: retroactive_pair(view, a, b, moment),
    });
    single.chain(pairs).collect()
}

/// Within 60 minutes; but who has punched out before, or in after, was not there in between.
fn is_near(punch: &Punch, moment: Timestamp) -> bool {
    moment.minus(REACH) <= punch.at
        && punch.at <= moment.plus(REACH)
        && match punch.direction {
            Direction::In => punch.at <= moment,
            Direction::Out => moment <= punch.at,
            Direction::None => true,
        }
}

/// In-punches with the next out-punch of the moment's day or rota shift, where they enclose the
/// moment; where none of those punches has a direction, the first and the last.
fn pairs<'v, 'a>(view: &'v View<'a>, moment: Timestamp) -> Vec<(&'v KnownPunch<'a>, &'v KnownPunch<'a>)> {
    let zone = view.case.zone;
    let day = moment.day(zone);
    let shifts = view.shifts.iter().filter(|shift| in_span(shift.what.0, shift.what.1, moment));
    let in_shift = |shift: &Known<'_, (Timestamp, Timestamp)>, punch: &KnownPunch<'_>| {
        shift.what.0.minus(REACH) <= punch.what.at && punch.what.at <= shift.what.1.plus(REACH)
    };
    let mut groups: Vec<Vec<&KnownPunch<'a>>> =
        shifts.map(|shift| view.punches.iter().filter(|punch| in_shift(shift, punch)).collect()).collect();
    groups.push(view.punches.iter().filter(|punch| punch.what.at.day(zone) == day).collect());
    let mut found: Vec<(&KnownPunch<'a>, &KnownPunch<'a>)> = Vec::new();
    for group in groups {
        if group.iter().all(|p| p.what.direction == Direction::None) {
            found.extend(outermost(&group));
            continue;
        }
        let ins = group.iter().filter(|p| p.what.direction == Direction::In && p.what.at <= moment);
        for came in ins {
            let mut outs = group.iter().filter(|p| p.what.direction == Direction::Out);
            if let Some(next) = outs.find(|p| came.what.at <= p.what.at) {
                // Two rows of the same second are both the next one.
                let same = group.iter().filter(|p| p.what.direction == Direction::Out && p.what.at == next.what.at);
                found.extend(same.map(|left| (*came, *left)));
            }
        }
    }
    found.retain(|(first, last)| first.what.at <= moment && moment <= last.what.at);
    found.sort_by_key(|(a, b)| (a.index, b.index));
    found.dedup_by_key(|(a, b)| (a.index, b.index));
    found
}

/// The first and the last punch; all of them, where several share the first or last second.
fn outermost<'v, 'a>(group: &[&'v KnownPunch<'a>]) -> Vec<(&'v KnownPunch<'a>, &'v KnownPunch<'a>)> {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return Vec::new() };
    if first.what.at == last.what.at {
        return Vec::new();
    }
    let lasts = || group.iter().filter(|p| p.what.at == last.what.at);
    let firsts = group.iter().filter(|p| p.what.at == first.what.at);
    firsts.flat_map(|a| lasts().map(|b| (*a, *b))).collect()
}

/// A machine says that the official was there. A device is on site unless it says otherwise; a phone
/// only if it says so.
fn on_site(punch: &Punch) -> bool {
    match punch.origin {
        Origin::Device => punch.in_range != Some(false),
        Origin::Phone => punch.in_range == Some(true),
        Origin::Edited | Origin::Correction => false,
    }
}

fn weak_presence(punch: &Punch, outcome: Outcome) -> bool {
    let says_elsewhere = punch.origin == Origin::Phone && punch.in_range == Some(false);
    if says_elsewhere && outcome == Outcome::OnDutyElsewhere { false } else { !on_site(punch) }
}

fn is_corrected(punch: &Punch) -> bool {
    matches!(punch.origin, Origin::Edited | Origin::Correction)
}

/// Added afterwards: an earlier batch that covered the punch's own time lacked it, or a person
/// entered it after the observation. A batch outweighs the stamp.
fn retroactive(view: &View<'_>, punch: &KnownPunch<'_>, moment: Timestamp) -> bool {
    let record = punch.record;
    let lacked = lacked_before(view, &record.source, punch.first_seen, punch.what.at);
    (lacked && !is_late_upload(view, punch)) || (is_corrected(punch.what) && entered_after(view, punch, moment))
}

fn entered_after(view: &View<'_>, punch: &KnownPunch<'_>, moment: Timestamp) -> bool {
    let zone = view.case.zone;
    match (punch.record.filed.at, punch.record.filed.by) {
        (Some(filed), FiledBy::Machine) => !not_after_minute(filed, moment),
        (Some(filed), FiledBy::Written) => filed.day(zone) > moment.day(zone),
        (None, _) | (_, FiledBy::Unknown) => false,
    }
}

/// A forgotten punch that was put right does not make a pair retroactive: a raw punch that came
/// afterwards does, and so do two corrections.
fn retroactive_pair(view: &View<'_>, a: &KnownPunch<'_>, b: &KnownPunch<'_>, moment: Timestamp) -> bool {
    let [first, second] = [a, b].map(|punch| retroactive(view, punch, moment));
    let raw = !is_corrected(a.what) && first || !is_corrected(b.what) && second;
    raw || (first && second)
}

fn is_late_upload(view: &View<'_>, punch: &KnownPunch<'_>) -> bool {
    let Some(device) = &punch.what.device else { return false };
    let upload = LateUpload {
        source: punch.record.source.clone(),
        batch: punch.record.first_batch.clone(),
        device: device.clone(),
    };
    punch.what.origin == Origin::Device && view.case.late_uploads.contains(&upload)
}
