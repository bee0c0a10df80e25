//! Mails of one look, heard in memory: each after those before it, and nothing is asked of the database.

use super::answer::Vouched;
use super::asked::{Asked, Case, about};
use super::opened::{Content, Opened, Person};
use super::sent::Known;
use super::side_by_side::side_by_side;
use super::windows::damaged;
use super::{Context, Done, answer_sheet, answered, senders};
use crate::letter::RecordedAnswer;
use crate::model::{AssignmentId, Outcome, Timestamp};
use crate::reply::{self, Class, Intake, Outcomes};
use crate::store::{InboxRow, Reading};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How a mail was read.
pub(super) enum Heard<'a> {
    /// Nobody's answer to anything that we know of.
    Ended(Reading),
    Bounce,
    Answer {
        known: &'a Known,
        reading: reply::Reading,
        /// For each result what it replaces.
        replaces: Vec<Option<Outcome>>,
        answers: Vec<RecordedAnswer>,
    },
}

/// Each mail as it is read after those before it. Assignments have nothing to do with one another, so they
/// are read side by side.
pub(super) fn hear_all<'a>(
    ctx: &Context,
    mails: &[&'a Opened<'_>],
    asked: &'a Asked,
    vouched: Option<Vouched<'_>>,
) -> Done<Vec<Heard<'a>>> {
    let mut heard: BTreeMap<usize, Heard<'a>> = BTreeMap::new();
    let mut of_case: BTreeMap<&AssignmentId, Vec<(usize, &InboxRow, &Person<'_>)>> = BTreeMap::new();
    let mut unknown = Vec::new();
    for (at, mail) in mails.iter().enumerate() {
        let ended = match &mail.content {
            Content::Lost => end("quarantine", "rejected", "lost"),
            Content::OverCaps => end("quarantine", "rejected", "over_caps"),
            Content::Other(_, Class::Own) => end("done", "ignored", "own"),
            Content::Other(_, Class::ReadReceipt) => end("done", "ignored", "read_receipt"),
            Content::Other(_, Class::AutoReply) => end("done", "ignored", "auto_reply"),
            Content::Other(_, Class::Bounce | Class::Person) => {
                heard.insert(at, Heard::Bounce);
                continue;
            }
            Content::Person(person) if asked.contents.contains(&person.fingerprint.hex()) => duplicate(),
            Content::Person(person) => {
                let (id, otherwise) = about(&person.key, vouched.and_then(|v| v.assignment));
                if let Some((id, _)) = id.and_then(|id| asked.cases.get_key_value(id)) {
                    of_case.entry(id).or_default().push((at, &mail.row, person));
                    continue;
                }
                unknown.push((at, person.fingerprint));
                end("quarantine", "rejected", otherwise)
            }
        };
        heard.insert(at, Heard::Ended(ended));
    }
    let cases: Vec<_> = of_case.into_iter().filter_map(|(id, of_it)| Some((asked.cases.get(id)?, of_it))).collect();
    let read = side_by_side(&cases, |(case, of_it)| hear(ctx, asked, case, of_it, vouched))?;
    heard.extend(read.into_iter().flatten());
    for (at, print) in unknown {
        let known = |heard: &Heard<'_>| matches!(heard, Heard::Answer { reading, .. } if reading.seen.as_ref().is_some_and(|seen| seen.fingerprint == print));
        if heard.range(..at).any(|(_, earlier)| known(earlier)) {
            heard.insert(at, Heard::Ended(duplicate()));
        }
    }
    Ok(heard.into_values().collect())
}

/// The mails of one assignment, one after the other.
fn hear<'a>(
    ctx: &Context,
    asked: &Asked,
    case: &'a Case,
    mails: &[(usize, &InboxRow, &Person<'_>)],
    vouched: Option<Vouched<'_>>,
) -> Done<Vec<(usize, Heard<'a>)>> {
    let Case { known, earlier } = case;
    let mut sent = ctx.sent_lately.of(ctx, known)?;
    if vouched.is_some() {
        Arc::make_mut(&mut sent).addresses.extend(mails.iter().filter_map(|(.., person)| person.from.clone()));
    }
    let words = asked.words(&known.row.office).ok_or_else(|| damaged("list of words"))?;
    let mut earlier = earlier.clone();
    let mut heard = Vec::with_capacity(mails.len());
    for (at, row, person) in mails {
        if earlier.fingerprints.contains(&person.fingerprint) {
            heard.push((*at, Heard::Ended(duplicate())));
            continue;
        }
        let authentication = senders::authentication(ctx, &asked.trusts, row, person, vouched.is_some());
        let intake = Intake { received: Timestamp(row.received_at), vouched: vouched.is_some(), authentication };
        let mut reading = reply::read_with(
            &person.mail,
            &answer_sheet::filled(&person.mail),
            &sent,
            &earlier,
            &intake,
            words.lexicon(),
        );
        // What looks again at a visit was drawn for its own inspector, and is dealt to nobody else.
        let is_dealt =
            |code: &String| known.assignment.lines.iter().any(|l| l.code.as_str() == *code && l.back_check.is_none());
        reading.handed_back.retain(is_dealt);
        let before = |r: &Outcomes| earlier.recorded.get(&r.person).copied().filter(|before| *before != r.outcome);
        let replaces = reading.results.iter().map(before).collect();
        let answers = answered::told(known, &reading, &earlier.answers);
        earlier.absorb(&reading);
        heard.push((*at, Heard::Answer { known, reading, replaces, answers }));
    }
    Ok(heard)
}

pub(super) fn end(state: &str, disposition: &str, reason: &str) -> Reading {
    Reading { state: state.into(), disposition: disposition.into(), reason: reason.into(), ..Reading::default() }
}

fn duplicate() -> Reading {
    end("done", "ignored", "duplicate")
}
