//! What sheets, digests and lists say of calls that are not over.

use super::super::open::open;
use super::super::{Context, Done};
use super::history::{Told, histories, office_of};
use crate::config::Office;
use crate::letter::{CallsBack, Todo, plain};
use crate::model::register::Role;
use crate::model::{Assignment, AssignmentId, Kind, LineCode, OfficeId, Outcome, PlaceId, Said, Timestamp, WindowId};
use crate::said;
use crate::store::{CallTaskRow, Ids, OutcomeRow, Tx};
use crate::words::calls;
use crate::words::letters::common;
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// A call that is not over, by its last try.
#[derive(Debug, Clone)]
pub struct Entry {
    pub task: CallTaskRow,
    pub assignment: AssignmentId,
    pub code: LineCode,
    /// Tries that were given out.
    pub tries: usize,
    pub zone: Tz,
}

impl Entry {
    /// The span of the next try.
    pub fn when(&self) -> Option<Said> {
        let next = self.task.next.as_ref()?;
        Some(span_said(next.from, next.to, self.zone))
    }

    fn todo(&self) -> Todo {
        let (id, code) = (self.assignment.as_str(), self.code.as_str());
        let state = calls::task_state(&self.task.state);
        let what = match (self.task.state.as_str(), self.when()) {
            ("office", _) => calls::office_decides(id, code),
            (_, None) => state,
            (_, Some(when)) => {
                let again = calls::attempt(u32::try_from(self.tries + 1).unwrap_or(u32::MAX));
                Said::new(
                    format!("{}, {}: {}", state.en, again.en, when.en),
                    format!("{}（{}）：{}", state.zh, again.zh, when.zh),
                )
            }
        };
        Todo { code: plain(&format!("{id} {code}")), what }
    }
}

/// Every call of some offices that is not over: those for the office first, then by their next try.
pub async fn list(ctx: &Context, tx: &mut Tx, offices: &Ids) -> Done<Vec<Entry>> {
    let tasks = tx.open_calls(offices).await?;
    let mut histories = histories(tx, tasks.iter().map(|task| (&task.window, &task.place))).await?;
    let mut entries = Vec::new();
    for task in tasks {
        let told: Vec<Told> = histories.remove(&(task.window.clone(), task.place.clone())).unwrap_or_default();
        let (Some(last), Some(office)) = (told.last(), office_of(ctx, &task)) else { continue };
        entries.push(Entry {
            assignment: last.row.assignment.clone(),
            code: last.row.code.clone(),
            tries: told.len(),
            zone: office.zone,
            task,
        });
    }
    entries.sort_by_key(|one| {
        let next = one.task.next.as_ref().map(|next| next.from);
        (one.task.state != "office", next.is_none(), next, one.assignment.clone(), one.code.clone())
    });
    Ok(entries)
}

/// Of each of these offices, beside what it handed out today.
pub async fn today(
    ctx: &Context,
    tx: &mut Tx,
    offices: &[(&Office, &[Assignment])],
) -> Done<BTreeMap<OfficeId, CallsBack>> {
    let mut found: BTreeMap<OfficeId, CallsBack> = BTreeMap::new();
    let entries = list(ctx, tx, &Ids::new(offices.iter().map(|(office, _)| office.id.as_str()))).await?;
    for entry in &entries {
        let of = found.entry(entry.task.office.clone()).or_default();
        if entry.task.state == "office" {
            of.for_office.push(entry.todo())
        } else {
            of.rows.push(entry.todo())
        }
        of.callbacks += usize::from(entry.task.state == "due");
    }
    let shares: Vec<&Assignment> = offices
        .iter()
        .filter(|(office, _)| found.contains_key(&office.id))
        .flat_map(|(_, shares)| shares.iter())
        .collect();
    let mut outcomes: BTreeMap<AssignmentId, Vec<OutcomeRow>> = BTreeMap::new();
    for outcome in tx.outcomes_among(&Ids::new(shares.iter().map(|one| one.id.as_str()))).await? {
        outcomes.entry(outcome.assignment.clone()).or_default().push(outcome);
    }
    for share in shares {
        let Some(of) = found.get_mut(&share.office) else { continue };
        // Whether a call is done does not hang on questions.
        let open = open(share, outcomes.get(&share.id).map_or(&[][..], Vec::as_slice), &BTreeMap::new());
        for line in share.lines.iter().filter(|line| line.kind == Kind::Call) {
            let is_open = open.iter().any(|code| code == line.code.as_str());
            of.due += 1;
            of.back += usize::from(!is_open);
            of.late += usize::from(is_open && share.reply_by <= ctx.now());
        }
    }
    Ok(found)
}

/// Calls of which something was said in `[from, to)`, where several people were asked and do not agree who was at post.
pub async fn differing(tx: &mut Tx, office: &Office, from: Timestamp, to: Timestamp) -> Done<Vec<Todo>> {
    if office.call_people < 2 {
        return Ok(Vec::new());
    }
    let told = tx.calls_told(&office.id, from, to).await?;
    let histories = histories(tx, told.iter().map(|(window, place)| (window, place))).await?;
    let mut found = Vec::new();
    for told in histories.values() {
        let said = || told.iter().filter_map(|one| one.outcome.as_ref()).map(|outcome| outcome.outcome);
        let at_post = said().any(|outcome| outcome == Outcome::Present);
        if let (true, true, Some(last)) = (at_post, said().any(says_absent), told.last()) {
            let code = plain(&format!("{} {}", last.row.assignment, last.row.code));
            found.push(Todo { code, what: calls::answers_differ() });
        }
    }
    Ok(found)
}

fn says_absent(outcome: Outcome) -> bool {
    outcome == Outcome::Absent || outcome.is_claimed()
}

/// The tries of one drawn call, for those who ask what happened: by whom, when, to which role, and what came of it.
pub async fn explained(tx: &mut Tx, call: (&WindowId, &PlaceId), zone: Tz) -> Done<(Vec<Said>, serde_json::Value)> {
    let (mut page, mut rows) = (Vec::new(), Vec::new());
    for told in histories(tx, [call]).await?.values().flatten() {
        let Told { row, line, outcome, given_back } = told;
        let (when, role) = (span_said(line.from, line.to, zone), line.contact.as_ref().map(|contact| contact.role));
        let role_said = role.map(|role| role.shown()).unwrap_or_default();
        let came = match outcome {
            Some(_) if *given_back => said!("handed back", "已交回"),
            Some(outcome) => common::outcome(outcome.outcome),
            None => calls::task_state("out"),
        };
        let (number, who) = (row.number, &row.inspector);
        page.push(Said::new(
            format!("try {number}: {who}, {}, {}: {}", when.en, role_said.latin, came.en),
            format!("第{number}次：{who}，{}，{}：{}", when.zh, role_said.own, came.zh),
        ));
        rows.push(serde_json::json!({
            "try": number, "inspector": who, "from": line.from.rfc3339(zone), "to": line.to.rfc3339(zone),
            "role": role.map(Role::code), "outcome": outcome.as_ref().map(|outcome| outcome.outcome), "handed_back": given_back,
        }));
    }
    Ok((page, rows.into()))
}

fn span_said(from: Timestamp, to: Timestamp, zone: Tz) -> Said {
    calls::when(&common::day(from.day(zone)), &common::span(from, to, zone))
}
