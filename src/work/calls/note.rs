//! What outcomes of calls lead to, noted with them: a call to be planned, a villager to be left alone.

use super::super::{Context, Done};
use crate::model::register::Role;
use crate::model::{Kind, Line, Outcome};
use crate::store::{NewOutcome, Tx};
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

/// A villager rests so many days after a call.
const REST_DAYS: u64 = 90;

/// Each outcome with its line, in the order in which they are journalled.
pub async fn note<'a>(ctx: &Context, tx: &mut Tx, said: impl Iterator<Item = (&'a Line, &'a NewOutcome)>) -> Done<()> {
    let (mut open, mut others, mut quiet) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (line, outcome) in said.filter(|(line, _)| line.kind == Kind::Call) {
        let call = (&line.window, &line.place);
        let office = ctx.config.office(&line.window.office);
        if line.back_check.is_some() {
            // Whoever was rung rests; the drawn call of this place, if there is one, is another.
        } else if comes_back(outcome.outcome, office.is_some_and(|office| office.call_people > 1)) {
            open.push(call);
        } else {
            others.push(call);
        }
        let Some(contact) = line.contact.as_ref().filter(|contact| contact.role == Role::Villager) else { continue };
        let Some(id) = contact.contact.clone() else { continue };
        let zone = office.map_or(chrono_tz::Tz::UTC, |office| office.zone);
        let rests = match outcome.outcome {
            // Nobody was rung, or somebody else.
            Outcome::NotDone | Outcome::WrongNumber => None,
            Outcome::Refused => NaiveDate::from_ymd_opt(9999, 12, 31),
            _ => outcome.received.day(zone).checked_add_days(Days::new(REST_DAYS)),
        };
        quiet.insert((outcome.assignment.clone(), outcome.line.clone()), (id, rests));
    }
    tx.note_calls(&open, &others).await?;
    if !quiet.is_empty() {
        tx.note_quiet(&quiet).await?;
    }
    Ok(())
}

/// Whether somebody may have to be rung after this outcome; where several people are asked, always.
fn comes_back(outcome: Outcome, several: bool) -> bool {
    outcome.is_temporary()
        || matches!(outcome, Outcome::WrongNumber | Outcome::Refused)
        || several && outcome != Outcome::NotDone
}
