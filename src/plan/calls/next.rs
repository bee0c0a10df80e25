//! What follows from the tries so far: the next try, a person of the office, or the end.

use super::hours::{Hours, LEAST_SPAN, Slot, on_step};
use crate::model::time::{DAY, MINUTE};
use crate::model::{Outcome, Timestamp};
use chrono::NaiveDate;

/// Two tries count as two where they lie so far apart.
pub const APART: i64 = 20 * MINUTE;
/// How long one waits for somebody who said when.
const APPOINTMENT: i64 = 30 * MINUTE;
const AFTER_NO_ANSWER: i64 = 180 * MINUTE;
const AFTER_BUSY: i64 = 30 * MINUTE;
/// A slot is looked for on so many days.
const HORIZON: usize = 60;

/// How an office makes its calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub hours: Hours,
    /// Tries of one call, the first included.
    pub attempts: u32,
    /// Days after which somebody who refused, but no villager, is asked once more; 0: never.
    pub refused_days: u32,
    /// How many people are asked about one drawn place, one after the other.
    pub people: u32,
}

/// One line of the call, in the order in which they were given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Try {
    pub from: Timestamp,
    pub to: Timestamp,
    /// Nobody rings a villager again who refused.
    pub villager: bool,
    /// `None`: still with the inspector.
    pub reported: Option<Reported>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported {
    pub outcome: Outcome,
    /// As stated; else when it was received, at the latest the end of the try's span.
    pub at: Timestamp,
    /// When to ring again, as agreed with the person.
    pub agreed: Option<Timestamp>,
    /// The inspector asks the office to take over.
    pub for_office: bool,
    /// Nobody rang, and somebody else may within the same span.
    pub given_back: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// A try is with an inspector.
    Waits,
    Try {
        from: Timestamp,
        to: Timestamp,
        whom: Whom,
    },
    /// A person of the office decides, and enters what comes of it.
    Office,
    Ended(End),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    Same,
    /// The number was wrong, or another person is asked too: the next one who may be rung.
    Another,
}

/// The final state of a drawn call that was dispatched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Answered,
    AttemptsUsedUp,
    NotDone,
    NoReply,
}

impl End {
    /// As DESIGN 7 names it.
    pub fn code(self) -> &'static str {
        match self {
            End::Answered => "answered",
            End::AttemptsUsedUp => "attempts_used_up",
            End::NotDone => "not_done",
            End::NoReply => "no_reply",
        }
    }
}

/// The moment, and what a next try hangs on beside the tries themselves.
#[derive(Clone, Copy)]
pub struct Circumstances<'a> {
    pub now: Timestamp,
    /// No try reaches beyond it: the drawn line closes then.
    pub until: Timestamp,
    /// Somebody else may be rung about the place.
    pub others: bool,
    pub is_workday: &'a dyn Fn(NaiveDate) -> bool,
}

/// What comes after these tries.
pub fn next(rule: &Rule, tries: &[Try], now: &Circumstances<'_>) -> Next {
    let reported = || tries.iter().filter_map(|one| Some((one, one.reported?)));
    let asked = reported().filter(|(one, said)| settles(rule, one, said.outcome)).count();
    if asked >= usize::try_from(rule.people.max(1)).unwrap_or(usize::MAX) {
        return Next::Ended(End::Answered);
    }
    let refusals =
        reported().filter(|(one, said)| said.outcome == Outcome::Refused && !settles(rule, one, said.outcome)).count();
    if refusals > 1 || reported().any(|(_, said)| said.for_office) {
        return if now.now < now.until { Next::Office } else { Next::Ended(end(tries)) };
    }
    let Some((last, said)) = tries.last().map(|one| (one, one.reported)) else { return Next::Ended(End::NoReply) };
    let Some(said) = said else { return Next::Waits };
    if tries.len() >= usize::try_from(rule.attempts).unwrap_or(usize::MAX) {
        return Next::Ended(end(tries));
    }
    let part = rule.hours.part_at(said.at);
    let (earliest, avoid, whom) = match said.outcome {
        Outcome::Callback => match said.agreed.filter(|agreed| *agreed > said.at) {
            Some(agreed) => {
                return appointment(rule, agreed, now).unwrap_or(Next::Ended(end(tries)));
            }
            None => (said.at.plus(APART), Some(part), Whom::Same),
        },
        Outcome::NoAnswer => (said.at.plus(AFTER_NO_ANSWER), Some(part), Whom::Same),
        Outcome::Busy => (said.at.plus(AFTER_BUSY), Some(part), Whom::Same),
        Outcome::Refused if !settles(rule, last, Outcome::Refused) => {
            (said.at.plus(i64::from(rule.refused_days) * DAY), Some(part), Whom::Same)
        }
        Outcome::WrongNumber if now.others => (said.at, None, Whom::Another),
        Outcome::WrongNumber => return Next::Ended(End::Answered),
        // Nobody rang: what was drawn is not executed, what was tried before goes on.
        Outcome::NotDone if tries.len() == 1 => return Next::Ended(End::NotDone),
        Outcome::NotDone if said.given_back => (last.from.max(said.at), None, Whom::Same),
        Outcome::NotDone => (last.to, None, Whom::Same),
        Outcome::Unreachable => (said.at.plus(APART), Some(part), Whom::Same),
        // Somebody else is asked the same, and does not know of it.
        _ if now.others => (said.at, None, Whom::Another),
        _ => return Next::Ended(End::Answered),
    };
    match slot(rule, earliest.max(now.now), avoid, now) {
        Some(Slot { from, to, .. }) => Next::Try { from, to, whom },
        None => Next::Ended(end(tries)),
    }
}

/// The final state of tries that nothing follows any more.
pub fn end(tries: &[Try]) -> End {
    let made: Vec<Reported> =
        tries.iter().filter_map(|one| one.reported).filter(|said| said.outcome != Outcome::NotDone).collect();
    let vain: Vec<Timestamp> = made.iter().filter(|said| said.outcome.is_temporary()).map(|said| said.at).collect();
    let apart = vain.iter().max().zip(vain.iter().min()).is_some_and(|(last, first)| last.0 - first.0 >= APART);
    match made.last() {
        _ if made.iter().any(|said| !said.outcome.is_temporary() && said.outcome != Outcome::WrongNumber) => {
            End::Answered
        }
        Some(last) if last.outcome == Outcome::WrongNumber => End::Answered,
        _ if apart => End::AttemptsUsedUp,
        None if tries.iter().any(|one| one.reported.is_some()) => End::NotDone,
        _ => End::NoReply,
    }
}

/// Whether nothing more is to be asked after this outcome.
fn settles(rule: &Rule, one: &Try, outcome: Outcome) -> bool {
    match outcome {
        Outcome::Refused => one.villager || rule.refused_days == 0,
        Outcome::WrongNumber | Outcome::NotDone => false,
        outcome => !outcome.is_temporary(),
    }
}

/// An appointment takes precedence over slots, and none over working hours.
fn appointment(rule: &Rule, agreed: Timestamp, now: &Circumstances<'_>) -> Option<Next> {
    let Slot { from, to, .. } = slot(rule, agreed.max(now.now), None, now)?;
    let to = if from == agreed { to.min(from.plus(APPOINTMENT)) } else { to };
    Some(Next::Try { from, to, whom: Whom::Same })
}

/// The first slot of a workday with enough time from `earliest` on, in another part of the day than `avoid`.
fn slot(rule: &Rule, earliest: Timestamp, avoid: Option<usize>, now: &Circumstances<'_>) -> Option<Slot> {
    let avoid = avoid.filter(|_| rule.hours.parts() > 1);
    let earliest = on_step(earliest);
    let mut day = earliest.day(rule.hours.zone);
    for _ in 0..HORIZON {
        if (now.is_workday)(day) {
            let later = |slot: Slot| Slot { from: slot.from.max(earliest), ..slot };
            let fits =
                |slot: &Slot| slot.from.plus(LEAST_SPAN) <= slot.to && slot.to <= now.until && Some(slot.part) != avoid;
            if let Some(found) = rule.hours.slots(day).map(later).find(fits) {
                return Some(found);
            }
        }
        day = day.succ_opt()?;
    }
    None
}
