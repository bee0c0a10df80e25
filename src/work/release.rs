//! The release: assignments with their ids and keys, their letters, notices.

use super::answer_sheet::file_stem;
use super::calls::history::hours_of;
use super::draw::DrawnWindow;
use super::instruments::{Giving, look_up};
use super::post::{About, Direction, at_clock, letter_input};
use super::side_by_side::side_by_side;
use super::windows::damaged;
use super::{Context, Done, travel};
use crate::config::Office;
use crate::draw::{Fate, NotDone, Target};
use crate::letter::{AssignmentInput, Auto, CalendarEntry, Host, MessageId, assignment, work_day};
use crate::mail::Enclosure;
use crate::model::key::{KeyUse, base32};
use crate::model::register::Inspector;
use crate::model::{
    Assignment, AssignmentId, ContactId, InspectorId, Kind, Line, OfficeId, PlaceId, Timestamp, WindowId,
};
use crate::plan::travel::Sites;
use crate::plan::{self, Again, Given, Snapshot};
use crate::store::{AssignmentRow, Ids, NewCompanion, NewLetter, NewLine, Tx};
use chrono::{Days, NaiveDate, NaiveTime};
use std::collections::{BTreeMap, BTreeSet};

/// An assignment of this release.
pub struct Released {
    pub row: AssignmentRow,
    pub assignment: Assignment,
    pub inspector: Inspector,
}

/// What a release hands out.
pub struct Lines {
    pub assignments: Vec<Released>,
    /// The line of each drawn place that somebody got; the first one's where two go.
    given: BTreeMap<(WindowId, PlaceId), (AssignmentId, Line)>,
    companions: Vec<NewCompanion>,
    /// Visits that nobody makes: their regions are not visited on that day.
    pub stopped: BTreeSet<(WindowId, PlaceId)>,
    /// Visits that another window's line carries out too.
    credits: BTreeMap<(WindowId, PlaceId), WindowId>,
}

impl Lines {
    /// The row of a drawn place: given to somebody, or why not.
    pub fn line_of(&self, window: &DrawnWindow, target: &Target) -> NewLine {
        let id = &window.seal.window.id;
        let key = (id.clone(), target.id.clone());
        let (given, credit) = (self.given.get(&key), self.credits.get(&key));
        let state = match (target.fate, given, credit) {
            (Fate::NotDone(NotDone::BarredFromAll), ..) => Some("barred"),
            (_, None, None) if self.stopped.contains(&key) => Some(super::blackout::STATE),
            (_, None, None) => Some("not_dispatched"),
            _ => None,
        };
        let kind = match target.fate {
            Fate::Visit => Kind::Visit,
            Fate::Call => Kind::Call,
            // What its ticket asked for.
            Fate::NotDone(_) if target.decision == crate::draw::Decision::Visit => Kind::Visit,
            Fate::NotDone(_) => Kind::Call,
        };
        NewLine {
            window: id.clone(),
            place: target.id.clone(),
            kind,
            origin: target.origin.code().to_owned(),
            ticket: target.ticket.0,
            minute: i64::try_from(target.minute).unwrap_or(0),
            p_visit: i64::try_from(target.visit.get()).unwrap_or(0),
            p_call: i64::try_from(target.call.get()).unwrap_or(0),
            eligible: window.eligible.get(&target.id).copied().unwrap_or(0),
            given: given
                .map(|(assignment, line)| (assignment.clone(), line.code.clone(), serde_json::json!(line).to_string())),
            state: state.map(str::to_owned),
            credit: credit.cloned(),
        }
    }
}

/// Numbers the lines, names the assignments and writes their rows. `register` knows the places and the
/// inspectors of `given`.
///
/// An assignment belongs to its inspector's own office, whose hours hold for it; where that is not
/// configured, to the programme's. What else there is to do (`again`) gets lines of the same letters.
pub async fn plan(
    ctx: &Context,
    tx: &mut Tx,
    office: &Office,
    given: &[Given],
    again: &[Again],
    register: &Snapshot,
) -> Done<Lines> {
    let credits = plan::credits(given);
    let carried =
        |one: &Given| one.kind == Kind::Visit && credits.contains_key(&(one.window.id.clone(), one.place.clone()));
    let to_do: Vec<Given> = given.iter().filter(|one| !carried(one)).cloned().collect();
    let first: BTreeMap<(&WindowId, &PlaceId), &InspectorId> =
        to_do.iter().filter_map(|one| Some(((&one.window.id, &one.place), one.inspectors.first()?))).collect();
    let sites = travel::sites(ctx, tx, &to_do, register).await?;
    let assignments = hand_out(ctx, tx, office, &to_do, again, (register, &sites)).await?;
    let mut all =
        Lines { assignments, given: BTreeMap::new(), companions: Vec::new(), stopped: BTreeSet::new(), credits };
    for Released { row, assignment, inspector } in &all.assignments {
        for line in assignment.lines.iter().filter(|line| line.attempt.is_none() && line.back_check.is_none()) {
            if first.get(&(&line.window, &line.place)).is_some_and(|who| **who == inspector.id) {
                all.given.insert((line.window.clone(), line.place.clone()), (row.id.clone(), line.clone()));
            } else {
                all.companions.push(NewCompanion {
                    window: line.window.clone(),
                    place: line.place.clone(),
                    assignment: row.id.clone(),
                    code: line.code.clone(),
                    detail: serde_json::json!(line).to_string(),
                });
            }
        }
    }
    tx.add_companions(&all.companions).await?;
    Ok(all)
}

/// New assignments with their lines; their rows are written, those of the lines are not. `sites`: where a day's
/// visits lie, if they are the whole day of whoever makes them.
pub(super) async fn hand_out(
    ctx: &Context,
    tx: &mut Tx,
    office: &Office,
    to_do: &[Given],
    again: &[Again],
    (register, sites): (&Snapshot, &Sites),
) -> Done<Vec<Released>> {
    let offices: BTreeMap<&OfficeId, &Office> = ctx.config.offices.iter().map(|one| (&one.id, one)).collect();
    let mut planned: Vec<(&Inspector, &Office, Vec<Line>)> = Vec::new();
    let mut giving = Giving::new(&ctx.config);
    let quiet = quiet(tx, to_do, register).await?;
    for (id, lines) in plan::assignments(to_do, again, register, &quiet) {
        let Some(inspector) = register.inspectors.get(&id) else { continue };
        let office = offices.get(&inspector.office).copied().unwrap_or(office);
        let mut lines = travel::by_way(ctx, (office, inspector), in_hours(office, lines), register, sites);
        giving.give(&mut lines);
        planned.push((inspector, office, lines));
    }
    giving.keep(tx).await?;
    let ids = new_ids(ctx, tx, planned.iter().map(|(inspector, office, _)| (*office, &inspector.id))).await?;
    let mut all = Vec::new();
    let (released, kid, host) = (ctx.now(), ctx.secrets.newest(), ctx.mail_host()?);
    for ((inspector, office, lines), id) in planned.into_iter().zip(ids) {
        let day = released.day(office.zone);
        let ends = lines.iter().map(|l| l.to).max().unwrap_or(released);
        let closing = day.checked_add_days(Days::new(u64::from(office.close_days))).unwrap_or(day);
        let closes = at_clock(office, closing, NaiveTime::MIN);
        let reply =
            ctx.secrets.key(kid, KeyUse::Reply, &id, &inspector.id, closes).ok_or_else(|| damaged("reply secret"))?;
        let row = AssignmentRow {
            id: id.clone(),
            office: office.id.clone(),
            inspector: inspector.id.clone(),
            released,
            reply_by: at_clock(office, day, office.reply_by).max(ends),
            closes,
            kid,
            message_id: MessageId::assignment(&id, 1, &reply, &host).as_str().to_owned(),
            reminded: None,
            closed: None,
        };
        let assignment = with_lines(&row, lines);
        all.push(Released { row, assignment, inspector: inspector.clone() });
    }
    let rows: Vec<AssignmentRow> = all.iter().map(|a| a.row.clone()).collect();
    tx.add_assignments(&rows).await?;
    Ok(all)
}

/// Nobody is rung outside an office's hours, where its windows leave a choice.
fn in_hours(office: &Office, mut lines: Vec<Line>) -> Vec<Line> {
    let hours = hours_of(office);
    for line in lines.iter_mut().filter(|line| line.kind == Kind::Call && line.attempt.is_none()) {
        (line.from, line.to) = hours.within(line.from, line.to);
    }
    lines
}

/// Who of those that may be drawn for a call is left alone for now.
async fn quiet(tx: &mut Tx, to_do: &[Given], register: &Snapshot) -> Done<BTreeSet<ContactId>> {
    let mut quiet = BTreeSet::new();
    let mut days: BTreeMap<NaiveDate, BTreeSet<&ContactId>> = BTreeMap::new();
    for one in to_do.iter().filter(|one| one.kind == Kind::Call) {
        let day = one.window.id.day;
        days.entry(day).or_default().extend(register.contacts_at(&one.place, day).into_iter().map(|c| &c.id));
    }
    for (day, contacts) in days {
        quiet.extend(tx.quiet_among(&Ids::new(contacts.into_iter().map(ContactId::as_str)), day).await?);
    }
    Ok(quiet)
}

/// Five characters each, drawn again on a collision; six once that has happened often.
async fn new_ids<'a>(
    ctx: &Context,
    tx: &mut Tx,
    wanted: impl Iterator<Item = (&'a Office, &'a InspectorId)>,
) -> Done<Vec<AssignmentId>> {
    let mut open: Vec<(usize, String)> =
        wanted.map(|(office, who)| format!("{}/{who}/{}", office.id, ctx.now().0)).enumerate().collect();
    let mut found: BTreeMap<usize, AssignmentId> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for attempt in 0u32.. {
        if open.is_empty() {
            break;
        }
        let mut candidates = Vec::new();
        for (at, key) in open {
            let bytes = ctx.entropy.bytes("assignment", &format!("{key}/{attempt}"))?;
            let text = base32(&bytes, if attempt < 8 { 5 } else { 6 }).to_ascii_uppercase();
            candidates.push((at, key, AssignmentId::parse(&text)));
        }
        let ids = candidates.iter().filter_map(|(.., id)| id.as_ref().ok().map(AssignmentId::as_str));
        taken.extend(tx.known_assignments(&Ids::new(ids)).await?);
        open = Vec::new();
        for (at, key, id) in candidates {
            match id {
                Ok(id) if taken.insert(id.clone()) => drop(found.insert(at, id)),
                _ => open.push((at, key)),
            }
        }
    }
    Ok(found.into_values().collect())
}

/// Queues the letters of a release and the sheet of every office that has a part in it; of `also` too.
pub async fn post(
    ctx: &Context,
    tx: &mut Tx,
    office: &Office,
    assignments: &[Released],
    also: &BTreeSet<OfficeId>,
) -> Done<()> {
    let configured: BTreeMap<&OfficeId, &Office> = ctx.config.offices.iter().map(|one| (&one.id, one)).collect();
    let office_of = |released: &Released| configured.get(&released.row.office).copied().unwrap_or(office);
    let mut offices: BTreeMap<&OfficeId, &Office> =
        also.iter().filter_map(|id| configured.get_key_value(id)).map(|(id, office)| (*id, *office)).collect();
    offices.extend(assignments.iter().map(office_of).map(|office| (&office.id, office)));
    let host = ctx.mail_host()?;
    let letters = side_by_side(assignments, |released| write_assignment(ctx, office_of(released), released, &host))?;
    let letters: Vec<_> = letters.into_iter().flatten().collect();
    tx.queue_letters(&letters).await?;
    let offices: Vec<&Office> = offices.into_values().collect();
    super::sheet::post_sheets(ctx, tx, &offices).await
}

/// The letter of an assignment; none where it has no line, or its inspector no address.
fn write_assignment(ctx: &Context, office: &Office, released: &Released, host: &Host) -> Done<Option<NewLetter>> {
    let (Some(reply), Some(bounce)) =
        (ctx.key_of(&released.row, KeyUse::Reply), ctx.key_of(&released.row, KeyUse::Bounce))
    else {
        return Err(damaged("reply secret"));
    };
    let input = letter_input(office, &released.inspector, &released.assignment, &reply);
    let (Some(written), Some(to)) = (assignment(&input), released.inspector.addresses.first()) else {
        return Ok(None);
    };
    let direction = Direction {
        office,
        to,
        message_id: MessageId::assignment(&released.row.id, 1, &reply, host),
        auto: Auto::Generated,
        in_reply_to: None,
        references: Vec::new(),
        about: Some(About {
            assignment: &released.row.id,
            inspector: &released.inspector.id,
            reply: &reply,
            bounce: &bounce,
        }),
        null_sender: false,
    };
    let mut enclosures = super::answer_sheet::enclosures(office, &input)?;
    enclosures.extend(calendar_entry(office, &input, (&direction.message_id, host), released.row.released));
    ctx.write_with(&written.letter, direction, &enclosures).map(Some)
}

/// The working day for a calendar, where the office wants it. Its UID follows from the letter and tells no key.
fn calendar_entry(
    office: &Office,
    input: &AssignmentInput<'_>,
    (id, host): (&MessageId, &Host),
    written: Timestamp,
) -> Option<Enclosure> {
    let hours = office.calendar_entry.then(|| office.hours.first().zip(office.hours.last())).flatten()?;
    let (day, uid) = (work_day(input), format!("{}@{}", id.short_hash(), host.as_str()));
    let (from, to) = (at_clock(office, day, hours.0.from), at_clock(office, day, hours.1.to));
    let bytes = CalendarEntry { uid: &uid, written, from, to }.text().into_bytes();
    let name = format!("{}.ics", file_stem(&input.assignment.id));
    Some(Enclosure { name, media: "text/calendar; charset=utf-8; method=PUBLISH", bytes })
}

/// An assignment with its lines, as it was released.
pub async fn load_assignment(tx: &mut Tx, row: &AssignmentRow) -> Done<Option<Assignment>> {
    let details = tx.details_among(&Ids::new([row.id.as_str()])).await?.remove(&row.id);
    let mut assignment = read_assignment(row, &details.unwrap_or_default())?;
    look_up(tx, assignment.iter_mut().flat_map(|a| &mut a.lines).collect()).await?;
    Ok(assignment)
}

/// An assignment from its lines as they are stored, without their questions; none where it has no line.
pub(super) fn read_assignment(row: &AssignmentRow, details: &[String]) -> Done<Option<Assignment>> {
    let lines: Result<Vec<Line>, _> = details.iter().map(|detail| serde_json::from_str(detail)).collect();
    let mut lines = lines.map_err(|_| damaged("line"))?;
    let number = |line: &Line| line.code.as_str()[1..].parse::<u32>().unwrap_or(0);
    lines.sort_by_key(|line| (line.kind, number(line)));
    Ok((!lines.is_empty()).then(|| with_lines(row, lines)))
}

fn with_lines(row: &AssignmentRow, lines: Vec<Line>) -> Assignment {
    Assignment {
        id: row.id.clone(),
        office: row.office.clone(),
        inspector: row.inspector.clone(),
        released: row.released,
        reply_by: row.reply_by,
        closes: row.closes,
        lines,
    }
}

/// A moment as the office's clock shows it: for logs and tables.
pub fn shown(office: &Office, at: Timestamp) -> String {
    at.in_zone(office.zone).format("%Y-%m-%d %H:%M").to_string()
}
