//! An office's day: what waits for somebody, then who is where with what.

use super::offices;
use crate::config::Office;
use crate::evidence::coverage::overdue_of_day;
use crate::model::register::Name;
use crate::model::viewer::Scope;
use crate::model::{AssignmentId, InspectorId, Kind, LineCode, OfficeId, Outcome, Timestamp};
use crate::store::{AssignmentRow, FlagFilter, FlagLook, Ids, OutcomeRow, StateCount, Tx, Waiting};
use crate::work::judge_case::workdays;
use crate::work::open::open_now;
use crate::work::post::at_clock;
use crate::work::release::load_assignment;
use crate::work::{Context, Done};
use chrono::{Datelike, NaiveDate, NaiveTime};
use std::collections::{BTreeMap, BTreeSet};

/// Flags that are named one by one.
const NAMED: i64 = 5;

pub struct Day<'a> {
    pub office: &'a Office,
    pub day: NaiveDate,
    pub now: Timestamp,
    /// None: no calendar covers the day.
    pub workday: Option<bool>,
    pub next_draw: Option<Timestamp>,
    pub todo: ToDo,
    pub shares: Vec<Share>,
}

#[derive(Default)]
pub struct ToDo {
    pub flags: Vec<StateCount>,
    /// The oldest of those that wait for a decision.
    pub oldest: Vec<FlagLook>,
    pub complaints: usize,
    pub mails: i64,
    pub mails_since: Option<Timestamp>,
    pub waiting: Waiting,
    /// Sources whose files should have come, and from when on nothing is known.
    pub sources: Vec<(String, Option<NaiveDate>)>,
    /// A year whose calendar is missing.
    pub calendar: Option<i32>,
}

/// What one inspector has to do.
pub struct Share {
    pub assignment: AssignmentId,
    pub inspector: Name,
    pub visits: Progress,
    pub calls: Progress,
    /// How the letter stands, and when it went out.
    pub letter: Option<Sent>,
    /// The last answer.
    pub answered: Option<Timestamp>,
    pub reply_by: Timestamp,
    pub reminded: Option<Timestamp>,
    /// Something is open after it was due.
    pub late: bool,
    pub closed: bool,
    /// Empty for who does not see targets.
    pub lines: Vec<LineLook>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    pub done: usize,
    pub due: usize,
}

/// A line as the desk sees it: numbers only masked.
pub struct LineLook {
    pub code: LineCode,
    pub kind: Kind,
    pub from: Timestamp,
    pub to: Timestamp,
    pub village: Name,
    pub township: Name,
    pub team: Name,
    /// Code, name (none: a villager), and what was found.
    pub people: Vec<(String, Option<Name>, Option<Outcome>)>,
    pub phone: Option<String>,
    pub open: bool,
}

impl Share {
    pub fn is_complete(&self) -> bool {
        self.visits.done == self.visits.due && self.calls.done == self.calls.due
    }
}

/// State of a letter, and when it was done.
type Sent = (String, Option<Timestamp>);

/// The day of an office. `targets`: with what is to be visited and rung.
pub async fn today<'a>(
    ctx: &'a Context,
    scope: &Scope,
    office: &'a Office,
    day: Option<NaiveDate>,
    targets: bool,
) -> Done<Day<'a>> {
    let now = ctx.now();
    let today = now.day(office.zone);
    let day = day.unwrap_or(today);
    let mut tx = ctx.store.read().await?;
    let shares = shares(ctx, &mut tx, office, day, targets).await?;
    Ok(Day {
        day,
        now,
        workday: ctx.calendar.of(&office.region).is_workday(day).ok(),
        next_draw: tx.next_draw(&office.id).await?,
        todo: todo(ctx, &mut tx, scope, office, today).await?,
        shares,
        office,
    })
}

async fn todo(ctx: &Context, tx: &mut Tx, scope: &Scope, office: &Office, today: NaiveDate) -> Done<ToDo> {
    use crate::model::FlagState::{Appealed, Explained, Open};
    let own = Ids::new([office.id.as_str()]);
    let (mails, mails_since) = match ctx.config.offices.len() {
        1 => tx.count_waiting_mails(offices(ctx, scope).as_ref()).await?,
        _ => tx.count_waiting_mails(Some(&own)).await?,
    };
    let mut oldest = Vec::new();
    for state in [Appealed, Explained, Open] {
        let filter = FlagFilter {
            offices: Some(own.clone()),
            states: vec![state],
            verdict: None,
            region: None,
            until: ctx.now(),
            after: None,
            most: NAMED,
        };
        oldest.extend(tx.look_flags(&filter).await?);
    }
    oldest.truncate(usize::try_from(NAMED).unwrap_or(0));
    Ok(ToDo {
        flags: tx.count_waiting_flags(Some(&own)).await?,
        oldest,
        complaints: tx.waiting_complaints(Some(&own), 1000).await?.len(),
        mails,
        mails_since,
        waiting: tx.waiting_of(&office.id, today, ctx.now()).await?,
        sources: overdue_sources(ctx, tx, &office.id).await?,
        calendar: missing_year(ctx, today),
    })
}

/// The calendar of the next year is awaited from November on (it is published then).
pub(super) fn missing_year(ctx: &Context, today: NaiveDate) -> Option<i32> {
    let covered: BTreeSet<i32> = ctx.calendar.years().collect();
    let wanted = if today.month() >= 11 { today.year() + 1 } else { today.year() };
    (today.year()..=wanted).find(|year| !covered.contains(year))
}

async fn overdue_sources(ctx: &Context, tx: &mut Tx, office: &OfficeId) -> Done<Vec<(String, Option<NaiveDate>)>> {
    let own: Vec<_> = ctx.config.sources.iter().filter(|source| source.office == *office).collect();
    let Some(office) = ctx.config.office(office) else { return Ok(Vec::new()) };
    let zone = office.zone;
    let covered = tx.covered_until(&Ids::new(own.iter().map(|one| one.source.id.as_str()))).await?;
    let workdays = workdays(ctx.calendar.of(&office.region));
    let mut overdue = Vec::new();
    for one in own {
        // What has never brought a file is a finding of its own.
        let Some((Some(last), _)) = covered.get(one.source.id.as_str()).copied() else { continue };
        let Some(next) = last.succ_opt() else { continue };
        if overdue_of_day(&one.source, next, zone, &workdays).is_some_and(|from| from <= ctx.now()) {
            overdue.push((one.source.id.to_string(), Some(next)));
        }
    }
    Ok(overdue)
}

async fn shares(ctx: &Context, tx: &mut Tx, office: &Office, day: NaiveDate, targets: bool) -> Done<Vec<Share>> {
    let start = at_clock(office, day, NaiveTime::MIN);
    let end = day.succ_opt().map_or(start, |next| at_clock(office, next, NaiveTime::MIN));
    let rows = tx.assignments_between(&office.id, start, end).await?;
    let inspectors = tx.inspectors_among(&Ids::new(rows.iter().map(|row| row.inspector.as_str()))).await?;
    let names: BTreeMap<_, _> = inspectors.into_iter().map(|one| (one.id, one.name)).collect();
    let mut letters = tx.letters_sent(&Ids::new(rows.iter().map(|row| row.message_id.as_str()))).await?;
    let mut shares = Vec::new();
    for row in rows {
        shares.extend(share(ctx, tx, row, (&names, &mut letters), targets).await?);
    }
    shares.sort_by_key(|share| (!share.late, share.is_complete(), share.assignment.clone()));
    Ok(shares)
}

async fn share(
    ctx: &Context,
    tx: &mut Tx,
    row: AssignmentRow,
    (names, letters): (&BTreeMap<InspectorId, Name>, &mut BTreeMap<String, Sent>),
    targets: bool,
) -> Done<Option<Share>> {
    let Some(assignment) = load_assignment(tx, &row).await? else { return Ok(None) };
    let open = open_now(tx, &assignment).await?;
    let outcomes = tx.outcomes_of(&row.id).await?;
    let is_open = |code: &LineCode| open.iter().any(|o| o.split('.').next() == Some(code.as_str()));
    let (mut visits, mut calls) = (Progress::default(), Progress::default());
    for line in &assignment.lines {
        let progress = if line.kind == Kind::Visit { &mut visits } else { &mut calls };
        progress.due += 1;
        progress.done += usize::from(!is_open(&line.code));
    }
    let lines = assignment.lines.iter().filter(|_| targets).map(|line| LineLook {
        people: people(line, &outcomes),
        phone: line.contact.as_ref().map(|contact| contact.phone.masked()),
        open: is_open(&line.code),
        code: line.code.clone(),
        kind: line.kind,
        from: line.from,
        to: line.to,
        village: line.village.clone(),
        township: line.township.clone(),
        team: line.team.clone(),
    });
    Ok(Some(Share {
        lines: lines.collect(),
        inspector: names.get(&row.inspector).cloned().unwrap_or_else(|| Name::new(row.inspector.to_string(), "")),
        letter: letters.remove(&row.message_id),
        answered: outcomes.iter().map(|outcome| outcome.received).max(),
        late: !open.is_empty() && row.reply_by <= ctx.now(),
        closed: row.closed.is_some(),
        reply_by: row.reply_by,
        reminded: row.reminded,
        assignment: row.id,
        visits,
        calls,
    }))
}

/// One assignment with its lines, and its office. `None`: there is none, or none in sight.
pub(super) async fn one_share<'a>(
    ctx: &'a Context,
    scope: &Scope,
    id: &AssignmentId,
) -> Done<Option<(Share, &'a Office)>> {
    let mut tx = ctx.store.read().await?;
    let Some(row) = tx.assignment(id).await?.filter(|row| scope.sees(&row.office)) else { return Ok(None) };
    let office = ctx.office(&row.office)?;
    let inspectors = tx.inspectors_among(&Ids::new([row.inspector.as_str()])).await?;
    let names = inspectors.into_iter().map(|one| (one.id, one.name)).collect();
    let mut letters = tx.letters_sent(&Ids::new([row.message_id.as_str()])).await?;
    Ok(share(ctx, &mut tx, row, (&names, &mut letters), true).await?.map(|share| (share, office)))
}

/// A villager has no name here.
fn people(line: &crate::model::Line, outcomes: &[OutcomeRow]) -> Vec<(String, Option<Name>, Option<Outcome>)> {
    use crate::model::register::Role;
    let found = |code: &str| outcomes.iter().find(|o| o.person == code).map(|o| o.outcome);
    let mut all: Vec<_> = (1..)
        .zip(&line.officials)
        .map(|(number, official)| {
            let code = line.person_code(number);
            let outcome = found(&code);
            (code, Some(official.name.clone()), outcome)
        })
        .collect();
    if let Some(contact) = &line.contact {
        let name = (contact.role != Role::Villager).then(|| contact.name.clone());
        all.push((line.code.to_string(), name, found(line.code.as_str())));
    }
    all
}
