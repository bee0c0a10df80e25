//! Findings of a period, kind by kind: what was opened and closed in it, what was open and overdue at its end.

use super::{Context, Done};
use crate::measure::period::Findings;
use crate::model::time::DAY;
use crate::model::{Days, FindingOrigin, FindingState, OfficeId, Said, Timestamp};
use crate::store::{FindingFilter, FindingRow, FindingStepRow, Tx};
use crate::words::findings::{code, origin};
use chrono::NaiveTime;
use std::collections::{BTreeMap, BTreeSet};

/// Of these offices.
pub async fn findings(ctx: &Context, tx: &mut Tx, below: &BTreeSet<OfficeId>, days: Days) -> Done<Vec<Findings>> {
    let filter = FindingFilter::default();
    let rows = tx.findings(&filter).await?;
    let mut steps: BTreeMap<String, Vec<FindingStepRow>> = BTreeMap::new();
    for step in tx.steps_of_findings(&filter).await? {
        steps.entry(step.finding.clone()).or_default().push(step);
    }
    let mut kinds: BTreeMap<(&'static str, String), Findings> = BTreeMap::new();
    for row in rows.iter().filter(|row| below.contains(&row.office)) {
        let office = ctx.office(&row.office)?;
        let begins = Timestamp::from_local(days.from.and_time(NaiveTime::MIN), office.zone);
        let ends = Timestamp::from_local(days.to.and_time(NaiveTime::MIN), office.zone).plus(DAY);
        if row.opened >= ends {
            continue;
        }
        let of_row = steps.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let then = state_at(of_row, ends).unwrap_or(row.state);
        let closed = settled(then) && !state_at(of_row, begins).is_some_and(settled);
        if settled(then) && !closed {
            continue;
        }
        let key = (row.origin.code(), row.code.split('/').next().unwrap_or_default().to_owned());
        let kind =
            kinds.entry(key).or_insert_with(|| Findings { kind: kind(row), opened: 0, closed: 0, open: 0, overdue: 0 });
        let overdue = then == FindingState::Open && row.deadline.is_some_and(|deadline| deadline < days.to);
        kind.opened += u64::from(row.opened >= begins);
        kind.closed += u64::from(closed);
        kind.open += u64::from(!settled(then));
        kind.overdue += u64::from(overdue);
    }
    Ok(kinds.into_values().collect())
}

/// A checklist's answer stands in the words of its question; what people enter has words of its own, which are not
/// for a report.
fn kind(row: &FindingRow) -> Said {
    let (from, code) = (origin(row.origin), code(&row.code));
    match row.origin {
        FindingOrigin::Checklist => {
            let question = row.text.split(" – ").next().unwrap_or(&row.text);
            Said::new(format!("{}: {} {question}", from.en, row.code), format!("{}：{question}", from.zh))
        }
        _ => Said::new(format!("{}: {}", from.en, code.en), format!("{}：{}", from.zh, code.zh)),
    }
}

/// `None`: it was not there yet.
fn state_at(steps: &[FindingStepRow], at: Timestamp) -> Option<FindingState> {
    steps.iter().rev().find(|step| step.at < at.0).and_then(|step| step.state.parse().ok())
}

fn settled(state: FindingState) -> bool {
    matches!(state, FindingState::Closed | FindingState::Withdrawn | FindingState::Noted)
}
