//! What the database knows of some outcomes that a verdict may depend on: asked once for all of them.

use super::judge_case::Known;
use super::release::read_assignment;
use super::{Context, Done};
use crate::model::record::{Record, What};
use crate::model::time::DAY;
use crate::model::{Assignment, AssignmentId, Line, OfficialId, Timestamp, Window};
use crate::store::{AssignmentRow, FlagRow, Ids, OutcomeRow, Posts, Tx, VerdictRow};
use std::collections::{BTreeMap, BTreeSet};

/// Assignment, line and person.
pub(super) type Who = (AssignmentId, String, String);

/// Punches count from a day before a window to a day after it.
pub(super) const AROUND: i64 = DAY;

pub(super) struct Facts {
    assignments: BTreeMap<AssignmentId, (AssignmentRow, Assignment)>,
    windows: BTreeMap<String, Window>,
    /// Where a source speaks of some places alone, or a calendar does.
    pub posts: Posts,
    /// By official: punches by source and time, then every version of the papers.
    records: BTreeMap<OfficialId, Vec<Record>>,
    /// Punches of everybody that came with the batches of punches which may be late uploads.
    pub brought: Vec<Record>,
    pub before: BTreeMap<Who, VerdictRow>,
    pub flags: BTreeMap<Who, FlagRow>,
    /// Assignment and line of the last try of each call that was tried in vain.
    used_up: BTreeSet<(AssignmentId, String)>,
}

/// An outcome's line and the window in which it was seen.
pub(super) struct Seen<'f> {
    pub row: &'f AssignmentRow,
    pub line: &'f Line,
    pub from: Timestamp,
    pub to: Timestamp,
    pub attempts_used_up: bool,
}

impl Facts {
    pub async fn load(ctx: &Context, tx: &mut Tx, known: &Known, outcomes: &[OutcomeRow]) -> Done<Facts> {
        let ids = Ids::new(outcomes.iter().map(|o| o.assignment.as_str()));
        let officials: BTreeSet<&str> =
            outcomes.iter().filter_map(|o| o.official.as_ref()).map(OfficialId::as_str).collect();
        let of_officials = Ids::new(officials.iter().copied());
        let mut details = tx.details_among(&ids).await?;
        let mut assignments = BTreeMap::new();
        for row in tx.assignments_among(&ids).await? {
            let details = details.remove(&row.id).unwrap_or_default();
            if let Some(assignment) = read_assignment(&row, &details)? {
                assignments.insert(row.id.clone(), (row, assignment));
            }
        }
        let windows: BTreeSet<String> =
            assignments.values().flat_map(|(_, a)| &a.lines).map(|line| line.window.to_string()).collect();
        let windows = tx.seals_among(&Ids::new(windows.iter().map(String::as_str))).await?;
        let of_verdict = |v: &VerdictRow| {
            let v = &v.judgement;
            (v.assignment.clone(), v.line.clone(), v.person.clone())
        };
        let of_flag = |f: &FlagRow| (f.assignment.clone(), f.line.clone(), f.person.clone());
        let local =
            ctx.calendar.differs_below("") || ctx.config.sources.iter().any(|source| !source.regions.is_empty());
        let mut facts = Facts {
            assignments,
            windows: windows.into_iter().map(|seal| (seal.window.id.to_string(), seal.window)).collect(),
            posts: if local { tx.posts_among(&of_officials).await? } else { Posts::default() },
            records: BTreeMap::new(),
            brought: Vec::new(),
            before: tx.verdicts_among(&ids).await?.into_iter().map(|v| (of_verdict(&v), v)).collect(),
            flags: tx.flags_among(&ids).await?.into_iter().map(|f| (of_flag(&f), f)).collect(),
            used_up: tx.used_up_calls(&ids).await?,
        };
        let spans = outcomes.iter().filter(|o| o.official.is_some()).filter_map(|o| facts.seen(o));
        let span = spans.map(|seen| (seen.from, seen.to)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let Some((from, to)) = span else { return Ok(facts) };
        let (from, to) = (from.minus(AROUND), to.plus(AROUND));
        let punches = tx.punches_of(&officials, from, to).await?;
        let late = known.may_be_late(ctx, &punches);
        if !late.is_empty() {
            facts.brought = tx.punches_brought(&Ids::new(late.iter().map(String::as_str)), from, to).await?;
        }
        let papers = tx.papers_of(&of_officials).await?;
        for record in punches.into_iter().chain(papers.into_iter().map(|(_, record)| record)) {
            facts.records.entry(record.official.clone()).or_default().push(record);
        }
        Ok(facts)
    }

    /// `None` where the line is no more, its window being void.
    pub fn seen(&self, outcome: &OutcomeRow) -> Option<Seen<'_>> {
        let (row, assignment) = self.assignments.get(&outcome.assignment)?;
        let line = assignment.lines.iter().find(|line| line.code.as_str() == outcome.line)?;
        let sealed = self.windows.get(&line.window.to_string());
        // A call that comes back is made in a slot of its own.
        let (from, to) = match sealed.filter(|_| line.attempt.is_none()) {
            Some(window) => (window.start, window.end),
            None => (line.from, line.to),
        };
        let attempts_used_up = self.used_up.contains(&(outcome.assignment.clone(), outcome.line.clone()));
        Some(Seen { row, line, from, to, attempts_used_up })
    }

    /// An official's papers in all versions, and the punches around a window.
    pub fn records(&self, official: &OfficialId, seen: &Seen<'_>) -> impl Iterator<Item = &Record> {
        let (from, to) = (seen.from.minus(AROUND), seen.to.plus(AROUND));
        let near = move |record: &&Record| match &record.what {
            What::Punch(punch) => from <= punch.at && punch.at <= to,
            What::Paper(_) | What::Rota { .. } | What::Note(_) => true,
        };
        self.records.get(official).into_iter().flatten().filter(near)
    }
}
