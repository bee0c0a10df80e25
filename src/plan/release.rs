//! Drawn places and their inspectors → what each inspector gets, line by line.

use super::Snapshot;
use super::calls::contacts;
use crate::model::assignment::{Line, LineContact, LineOfficial};
use crate::model::time::MINUTE;
use crate::model::{CheckedVisit, ContactId, InspectorId, Kind, LineCode, PlaceId, Timestamp, Window};
use std::collections::{BTreeMap, BTreeSet};

/// A drawn place with everything that the draw decided about it.
#[derive(Debug, Clone)]
pub struct Given {
    pub window: Window,
    pub place: PlaceId,
    pub kind: Kind,
    /// One, or two who make the visit together: the first one's line is the line of the place.
    pub inspectors: Vec<InspectorId>,
    /// Drawn minute inside the window.
    pub minute: u64,
    /// Drawn ticket for the choice of whom to ring.
    pub contact_ticket: u64,
}

/// A line beside those of the drawn places: a further try of a call, or a finished visit to be looked at again.
#[derive(Debug, Clone)]
pub struct Again {
    pub inspector: InspectorId,
    /// Everything but its code.
    pub line: Line,
}

/// An arrival leaves at least this much of the window.
const LEAST_LEFT: i64 = 60 * MINUTE;

/// Lines of each inspector: visits by arrival, then calls by their time, then those that come back, numbered
/// from 1. `quiet`: who is not to be rung.
///
/// A call without anybody to ring is left out; the frame has made sure that there is none
/// unless a number was taken away since the seal.
pub fn assignments(
    given: &[Given],
    again: &[Again],
    register: &Snapshot,
    quiet: &BTreeSet<ContactId>,
) -> BTreeMap<InspectorId, Vec<Line>> {
    let mut by_inspector: BTreeMap<InspectorId, Vec<(&Given, Option<LineContact>)>> = BTreeMap::new();
    for one in given {
        let contact = match one.kind {
            Kind::Visit => None,
            Kind::Call => match contacts::by_ticket(one.contact_ticket, &one.place, one.window.id.day, register, quiet)
            {
                Some(contact) => Some(contact),
                None => continue,
            },
        };
        for inspector in &one.inspectors {
            by_inspector.entry(inspector.clone()).or_default().push((one, contact.clone()));
        }
    }
    let mut assignments: BTreeMap<InspectorId, Vec<Line>> = by_inspector
        .into_iter()
        .map(|(inspector, mut lines)| {
            lines.sort_by(|(a, _), (b, _)| {
                (a.kind, starts(a), &a.place, &a.window.id).cmp(&(b.kind, starts(b), &b.place, &b.window.id))
            });
            let mut numbers = BTreeMap::new();
            let lines = lines
                .into_iter()
                .filter_map(|(one, contact)| {
                    let number = numbers.entry(one.kind).and_modify(|n| *n += 1).or_insert(1u32);
                    let with = one.inspectors.iter().find(|other| **other != inspector);
                    let companion = with.and_then(|id| register.inspectors.get(id)).map(|i| i.name.clone());
                    Some(Line { companion, ..line(one, contact, *number, register)? })
                })
                .collect();
            (inspector, lines)
        })
        .collect();
    let mut again: Vec<&Again> = again.iter().collect();
    again.sort_by(|a, b| {
        (a.line.from, &a.line.place, &a.line.window).cmp(&(b.line.from, &b.line.place, &b.line.window))
    });
    for Again { inspector, line } in again {
        let lines = assignments.entry(inspector.clone()).or_default();
        let number = lines.iter().filter(|other| other.kind == line.kind).count() + 1;
        if let Ok(code) = LineCode::parse(&format!("{}{number}", letter_of(line.kind))) {
            // Visits stand before calls, those of each kind in the order of their numbers.
            let at = lines.partition_point(|other| other.kind <= line.kind);
            lines.insert(at, Line { code, ..line.clone() });
        }
    }
    assignments
}

/// A finished visit to be looked at again by `given.inspectors`: a line without a code, and without anybody whose
/// presence is asked for. `None` where it is to be done by telephone and nobody can be rung.
pub fn back_check(given: &Given, of: CheckedVisit, register: &Snapshot, quiet: &BTreeSet<ContactId>) -> Option<Line> {
    let contact = match given.kind {
        Kind::Visit => None,
        Kind::Call => {
            Some(contacts::by_ticket(given.contact_ticket, &given.place, given.window.id.day, register, quiet)?)
        }
    };
    Some(Line { officials: Vec::new(), back_check: Some(of), ..line(given, contact, 1, register)? })
}

fn letter_of(kind: Kind) -> char {
    match kind {
        Kind::Visit => 'V',
        Kind::Call => 'C',
    }
}

/// The drawn moment, to five minutes, early enough that the visit can still be made.
fn starts(one: &Given) -> Timestamp {
    let drawn = one.window.start.plus(i64::try_from(one.minute).unwrap_or(0) * MINUTE);
    let latest = one.window.end.minus(LEAST_LEFT).max(one.window.start);
    let start = drawn.min(latest);
    Timestamp(start.0 - (start.0 - one.window.start.0) % (5 * MINUTE))
}

fn line(one: &Given, contact: Option<LineContact>, number: u32, register: &Snapshot) -> Option<Line> {
    let day = one.window.id.day;
    let letter = letter_of(one.kind);
    let village = register.village_on(&one.place, day)?;
    let team = register.teams_at(&one.place, day).first().map(|t| t.name.clone()).unwrap_or_default();
    let officials = match one.kind {
        Kind::Visit => register
            .officials_at(&one.place, day)
            .into_iter()
            .map(|o| LineOfficial { official: o.id.clone(), name: o.name.clone(), role: o.role })
            .collect(),
        Kind::Call => Vec::new(),
    };
    Some(Line {
        code: LineCode::parse(&format!("{letter}{number}")).ok()?,
        kind: one.kind,
        window: one.window.id.clone(),
        from: starts(one),
        to: one.window.end,
        place: one.place.clone(),
        village: village.name.clone(),
        township: register.township(village),
        team,
        officials,
        contact,
        companion: None,
        instrument: None,
        attempt: None,
        back_check: None,
        travel: None,
    })
}
