//! Findings: what is due first, and one of them whole.

use super::offices;
use crate::evidence::finding::{Finding, Move, Step, after};
use crate::evidence::flag::Actor;
use crate::model::FindingState;
use crate::model::viewer::{Scope, Viewer};
use crate::store::FindingLook;
use crate::work::findings_told::{self, Entry, entries};
use crate::work::{Context, Done};

/// States in which somebody has to do something.
pub const WAITING: [FindingState; 3] = [FindingState::Open, FindingState::Rectified, FindingState::Verified];

/// What somebody chose to see.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// None: all that wait.
    pub state: Option<FindingState>,
    pub overdue: bool,
    /// Deadline and id of the last one of the page before.
    pub after: Option<(String, String)>,
    pub most: i64,
}

pub struct Findings {
    pub rows: Vec<Entry>,
    pub counts: Vec<(FindingState, i64)>,
    pub more: bool,
}

pub async fn findings(ctx: &Context, scope: &Scope, choice: &Choice) -> Done<Findings> {
    let offices = offices(ctx, scope);
    let zone = super::chosen(ctx, scope, None).map_or(chrono_tz::Tz::UTC, |office| office.zone);
    let mut tx = ctx.store.read().await?;
    let look = FindingLook {
        offices: offices.clone(),
        states: match (choice.state, choice.overdue) {
            (_, true) => vec![FindingState::Open],
            (Some(state), _) => vec![state],
            (None, _) => WAITING.to_vec(),
        },
        overdue_on: choice.overdue.then(|| ctx.now().day(zone)),
        after: choice.after.clone(),
        most: choice.most.saturating_add(1),
    };
    let mut rows = tx.look_findings(&look).await?;
    let more = i64::try_from(rows.len()).is_ok_and(|n| n > choice.most);
    rows.truncate(usize::try_from(choice.most).unwrap_or(0));
    let counts = tx.count_waiting_findings(offices.as_ref()).await?;
    Ok(Findings { rows: entries(ctx, &mut tx, rows).await?, counts, more })
}

/// One finding, and what this person may do with it. `None`: there is none, or none in sight.
pub async fn finding(ctx: &Context, viewer: &Viewer, id: &str) -> Done<Option<(Entry, Vec<Step>)>> {
    let Some(entry) = findings_told::show(ctx, id).await? else { return Ok(None) };
    if !viewer.scope.sees(&entry.finding.office) {
        return Ok(None);
    }
    let rectified = entry.steps.iter().rev().find(|step| step.step == Step::Rectify.code());
    let life = Finding {
        state: entry.finding.state,
        origin: entry.finding.origin,
        rectified_by: rectified.map(|step| step.actor.clone()),
    };
    let may = |step: &Step| {
        let step = Move { step: *step, actor: Actor::Person(viewer.name.clone()), reason: "-".to_owned() };
        after(&life, &step).is_ok()
    };
    let may = Step::ALL.into_iter().filter(may).collect();
    Ok(Some((entry, may)))
}
