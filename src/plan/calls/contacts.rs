//! Whom one may ring about a place. The ticket says who is first; where a number is wrong, the others follow in
//! order: officials of the team, cadres, villagers, the village's office; of equals a landline first.

use crate::model::assignment::LineContact;
use crate::model::register::{Name, Role};
use crate::model::{ContactId, OfficialId, Phone, PlaceId};
use crate::plan::Snapshot;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Everybody who may be rung about a place, in byte order of ids. `quiet`: who is left alone for now.
fn candidates(
    place: &PlaceId,
    day: NaiveDate,
    register: &Snapshot,
    quiet: &BTreeSet<ContactId>,
) -> Vec<(String, LineContact)> {
    let contact = |id: Option<ContactId>, official: Option<OfficialId>, name: &Name, role: Role, phone: &Phone| {
        LineContact { contact: id, official, name: name.clone(), role, phone: phone.clone() }
    };
    let mut candidates: Vec<(String, LineContact)> = register
        .contacts_at(place, day)
        .into_iter()
        .filter(|c| !quiet.contains(&c.id))
        .filter_map(|c| Some((c.id.to_string(), contact(Some(c.id.clone()), None, &c.name, c.role, c.phone.as_ref()?))))
        .chain(register.officials_at(place, day).into_iter().filter_map(|o| {
            Some((o.id.to_string(), contact(None, Some(o.id.clone()), &o.name, o.role, o.phone.as_ref()?)))
        }))
        .collect();
    candidates.sort_by(|(a, _), (b, _)| a.cmp(b));
    candidates
}

/// The one whom the ticket picks.
pub fn by_ticket(
    ticket: u64,
    place: &PlaceId,
    day: NaiveDate,
    register: &Snapshot,
    quiet: &BTreeSet<ContactId>,
) -> Option<LineContact> {
    let candidates = candidates(place, day, register, quiet);
    let pick = (u128::from(ticket) * candidates.len() as u128) >> 64;
    let pick = usize::try_from(pick).ok()?;
    candidates.into_iter().nth(pick).map(|(_, contact)| contact)
}

/// The next one by order who was not rung yet about this call, by person and by number.
pub fn after<'a>(
    rung: impl Iterator<Item = &'a LineContact> + Clone,
    place: &PlaceId,
    day: NaiveDate,
    register: &Snapshot,
    quiet: &BTreeSet<ContactId>,
) -> Option<LineContact> {
    let fresh = |one: &LineContact| {
        !rung
            .clone()
            .any(|other| (&one.contact, &one.official) == (&other.contact, &other.official) || one.phone == other.phone)
    };
    let mut others: Vec<_> =
        candidates(place, day, register, quiet).into_iter().filter(|(_, one)| fresh(one)).collect();
    others.sort_by_key(|(_, one)| (rank(one.role), !one.phone.is_landline()));
    others.into_iter().next().map(|(_, one)| one)
}

fn rank(role: Role) -> u8 {
    match role {
        Role::Lead | Role::Member => 0,
        Role::Cadre => 1,
        Role::Villager => 2,
        Role::Office => 3,
    }
}
