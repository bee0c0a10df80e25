//! Looks across people: one number for two of them, a lead with an inspector's number.
//!
//! Warnings only, and numbers masked: a household may share a telephone, but an office should know.

use crate::model::register::{Contact, Inspector, Official, Role};
use crate::model::{Phone, Said};
use crate::said;
use std::collections::BTreeMap;

/// Who has a number: kind of person, id and name.
struct Holder<'a> {
    kind: (&'static str, &'static str),
    id: &'a str,
    name: String,
    is_lead: bool,
    is_inspector: bool,
}

/// Warnings for numbers that two people share, in the order of the numbers.
pub fn shared_numbers(officials: &[Official], contacts: &[Contact], inspectors: &[Inspector]) -> Vec<Said> {
    let mut holders = Holders::new();
    for official in officials {
        let holder = Holder {
            kind: ("official", "队员"),
            id: official.id.as_str(),
            name: official.name.both(),
            is_lead: official.role == Role::Lead,
            is_inspector: false,
        };
        put(&mut holders, official.phone.as_ref(), holder);
    }
    for contact in contacts {
        let holder = Holder {
            kind: ("contact", "联系人"),
            id: contact.id.as_str(),
            name: contact.name.both(),
            is_lead: false,
            is_inspector: false,
        };
        put(&mut holders, contact.phone.as_ref(), holder);
    }
    for inspector in inspectors {
        let holder = Holder {
            kind: ("inspector", "检查员"),
            id: inspector.id.as_str(),
            name: inspector.name.both(),
            is_lead: false,
            is_inspector: true,
        };
        put(&mut holders, inspector.phone.as_ref(), holder);
    }
    holders
        .into_values()
        .filter(|(_, people)| people.len() > 1)
        .map(|(phone, people)| warning(phone, &people))
        .collect()
}

/// Warnings for numbers in the attendance devices that two officials have at the same time: their
/// punches would all be the one's.
pub fn shared_device_numbers(officials: &[Official]) -> Vec<Said> {
    let mut holders: BTreeMap<&str, Vec<&Official>> = BTreeMap::new();
    for official in officials {
        if let Some(number) = &official.device_number {
            holders.entry(number).or_default().push(official);
        }
    }
    let mut warnings = Vec::new();
    for (number, people) in holders {
        let at_once = |a: &Official| people.iter().any(|b| b.id != a.id && a.posting.overlaps(&b.posting));
        let shown: Vec<String> =
            people.iter().filter(|a| at_once(a)).map(|a| format!("{} ({})", a.name.both(), a.id)).collect();
        if !shown.is_empty() {
            let shown = shown.join(", ");
            warnings.push(said!(
                "the device number {number} belongs to more than one official: {shown}. Their punches would be mixed up: correct the column device_number",
                "考勤号{number}属于多名队员：{shown}。打卡会混淆：请更正“考勤号”栏"
            ));
        }
    }
    warnings
}

type Holders<'a> = BTreeMap<(&'a str, Option<&'a str>), (&'a Phone, Vec<Holder<'a>>)>;

fn put<'a>(holders: &mut Holders<'a>, phone: Option<&'a Phone>, holder: Holder<'a>) {
    let Some(phone) = phone else { return };
    let (_, people) = holders.entry((&phone.dial, phone.extension.as_deref())).or_insert_with(|| (phone, Vec::new()));
    // A person who appears with two postings is still one person.
    if !people.iter().any(|known| known.kind == holder.kind && known.id == holder.id) {
        people.push(holder);
    }
}

fn warning(phone: &Phone, people: &[Holder<'_>]) -> Said {
    let masked = phone.masked();
    let list = |pick: fn(&Holder<'_>) -> &'static str| {
        let shown = people.iter().take(5).map(|h| format!("{} {} ({})", pick(h), h.name, h.id));
        shown.collect::<Vec<_>>().join(", ")
    };
    let (en, zh) = (list(|h| h.kind.0), list(|h| h.kind.1));
    let count = people.len();
    if people.iter().any(|h| h.is_inspector) && people.iter().any(|h| h.is_lead) {
        return said!(
            "a team lead has the number of an inspector ({masked}): {en}. Correct it before anything is sent",
            "队长与检查员的电话相同（{masked}）：{zh}。请在发送前更正"
        );
    }
    said!("{count} people have the same number {masked}: {en}", "{count}人的电话相同（{masked}）：{zh}")
}
