//! What an inspector comes to know on the way: every person of a visit, every call, and when.

use super::county::ZONE;
use super::dice::Dice;
use super::truth::Oracle;
use super::wording::{Finding, Slip};
use crate::model::time::MINUTE;
use crate::model::{Assignment, Kind, Line, Outcome, Timestamp};

/// Of every line, in the order of the letter. Moments lie within their line's span, on the minute.
pub fn findings(dice: &Dice, oracle: &Oracle, assignment: &Assignment) -> Vec<Finding> {
    let mut found = Vec::new();
    for line in &assignment.lines {
        match line.kind {
            Kind::Visit => visit(dice, oracle, assignment, line, &mut found),
            Kind::Call => found.extend(call(dice, oracle, assignment, line)),
        }
    }
    found
}

/// A whole minute within the line's span, where it has one.
fn moment(dice: &Dice, key: &str, line: &Line) -> Timestamp {
    let first = Timestamp((line.from.0 + MINUTE - 1).div_euclid(MINUTE) * MINUTE);
    let minutes = (line.to.0 - first.0).div_euclid(MINUTE).max(0);
    first.plus(dice.between("moment", key, minutes / 10, minutes * 8 / 10) * MINUTE)
}

fn visit(dice: &Dice, oracle: &Oracle, assignment: &Assignment, line: &Line, found: &mut Vec<Finding>) {
    let key = format!("{} {}", assignment.id, line.code);
    let at = moment(dice, &key, line);
    let given_up = dice.chance("road closed", &key, 25);
    let says_time = !given_up && dice.chance("says time", &key, 700);
    for (index, person) in line.officials.iter().enumerate() {
        let outcome = if given_up { Outcome::NotDone } else { oracle.seen(&person.official, line.window.day) };
        found.push(Finding {
            line: line.code.to_string(),
            persons: line.officials.len(),
            person: index + 1,
            own: person.name.own.clone(),
            latin: person.name.latin.clone(),
            outcome,
            at,
            says_time,
            slip: Slip::None,
        });
    }
}

// Shares of 1000 calls; the others are reached.
const CALLS: [(Outcome, u64); 8] = [
    (Outcome::NoAnswer, 190),
    (Outcome::Busy, 70),
    (Outcome::Unreachable, 50),
    (Outcome::Callback, 50),
    (Outcome::WrongNumber, 25),
    (Outcome::Refused, 40),
    (Outcome::Partial, 25),
    (Outcome::NotDone, 15),
];

fn call(dice: &Dice, oracle: &Oracle, assignment: &Assignment, line: &Line) -> Option<Finding> {
    let contact = line.contact.as_ref()?;
    let key = format!("{} {}", assignment.id, line.code);
    let mut outcome = dice.share("call", &key, &CALLS, Outcome::Reached);
    if let (Outcome::Reached, Some(official)) = (outcome, &contact.official) {
        // On the own mobile an official at post says so, and another says where.
        outcome = match oracle.seen(official, line.from.day(ZONE)) {
            said @ (Outcome::Present | Outcome::OnLeave | Outcome::OnDutyElsewhere) => said,
            _ => Outcome::Reached,
        };
    }
    let settled = !outcome.is_temporary() && outcome != Outcome::NotDone;
    Some(Finding {
        line: line.code.to_string(),
        persons: 0,
        person: 0,
        own: contact.name.own.clone(),
        latin: contact.name.latin.clone(),
        outcome,
        at: moment(dice, &key, line),
        says_time: settled && dice.chance("says time", &key, 400),
        slip: Slip::None,
    })
}
