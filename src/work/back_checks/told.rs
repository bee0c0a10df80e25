//! Back-checks as a person of the office reads them.

use super::super::places::details;
use super::super::{Context, Done};
use crate::model::register::Name;
use crate::model::{Days, FlagState, InspectorId, OfficeId, Said};
use crate::said;
use crate::store::{BackCheckRow, Ids};
use crate::words::states::line_state;
use std::collections::BTreeMap;

/// A finished visit that was drawn again.
#[derive(Debug, Clone)]
pub struct Shown {
    pub row: BackCheckRow,
    pub inspector: Name,
    pub place: Name,
    /// Who looks again.
    pub second: Option<Name>,
    /// Where the case about a difference stands.
    pub case: Option<FlagState>,
}

/// Those of visits made on these days, oldest first.
pub async fn list(ctx: &Context, office: Option<&OfficeId>, days: Days) -> Done<Vec<Shown>> {
    let wanted = ctx.config.offices.iter().map(|one| &one.id).filter(|id| office.is_none_or(|office| office == *id));
    let mut tx = ctx.store.read().await?;
    let rows = tx.back_checks_between(&Ids::new(wanted.map(OfficeId::as_str)), days).await?;
    let rows: Vec<BackCheckRow> = rows.into_iter().filter(|row| row.kind.as_deref() != Some("none")).collect();
    let assignments = Ids::new(rows.iter().filter_map(|row| row.assignment.as_ref()).map(|id| id.as_str()));
    let seconds: BTreeMap<_, InspectorId> =
        tx.assignments_among(&assignments).await?.into_iter().map(|row| (row.id, row.inspector)).collect();
    let people = rows.iter().map(|row| &row.inspector).chain(seconds.values());
    let register = details(&mut tx, rows.iter().map(|row| &row.place), people).await?;
    let name = |id: &InspectorId| {
        register.inspectors.get(id).map_or_else(|| Name::new(id.to_string(), ""), |one| one.name.clone())
    };
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        let case = match &row.case {
            Some(id) => tx.complaint(id).await?.map(|case| case.state),
            None => None,
        };
        let second = row.assignment.as_ref().and_then(|id| seconds.get(id)).map(name);
        let place = register.village(&row.place).map(|village| village.name.clone());
        let place = place.unwrap_or_else(|| Name::new(row.place.to_string(), ""));
        shown.push(Shown { inspector: name(&row.inspector), place, second, case, row });
    }
    Ok(shown)
}

impl Shown {
    /// What was found, or where it stands.
    pub fn found(&self) -> Said {
        match (self.row.result.as_deref(), self.row.state.as_deref()) {
            (Some(result), _) => result_said(result),
            (None, Some(state)) => line_state(state),
            (None, None) => said!("under way", "进行中"),
        }
    }

    pub fn json(&self) -> serde_json::Value {
        let BackCheckRow { window, unit, inspector, day, kind, assignment, code, state, result, case, .. } = &self.row;
        serde_json::json!({
            "window": window, "visit": unit, "day": day, "inspector": inspector, "name": self.inspector.own,
            "kind": kind, "assignment": assignment, "line": code, "by": self.second.as_ref().map(|name| &name.own),
            "state": state, "result": result, "case": case.as_ref().map(|case| case.as_str()), "case_state": self.case,
        })
    }
}

/// What a back-check amounts to, by its code.
pub fn result_said(code: &str) -> Said {
    match code {
        "agrees" => said!("agrees", "一致"),
        "differs" => said!("differs", "不一致"),
        _ => said!("could not be told", "无法核实"),
    }
}
