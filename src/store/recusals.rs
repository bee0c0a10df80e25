//! Recusals: whom an inspector does not meet.

use super::bulk::{self, Cell, Counted};
use super::register::{Ids, posting};
use super::{Result, StoreError, Tx, day_text, parsed};
use crate::model::Said;
use crate::model::register::{Recusal, RecusalScope};

statements! {
    RECUSALS = "SELECT inspector, scope, target, reason, from_day, to_day FROM recusal ORDER BY inspector, scope, target";
    RECUSALS_AMONG = "SELECT inspector, scope, target, reason, from_day, to_day FROM recusal
        WHERE target IN (SELECT value FROM json_each($1)) ORDER BY inspector, scope, target",
    postgres = "SELECT inspector, scope, target, reason, from_day, to_day FROM recusal
        WHERE target = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY inspector, scope, target";
}

type Columns = (String, String, String, String, String, Option<String>);

fn recusal((inspector, kind, target, reason, from, to): Columns) -> Result<Recusal> {
    let from = Some(from).filter(|day| !day.is_empty());
    Ok(Recusal {
        span: posting("recusal", &inspector, from.as_deref(), to.as_deref())?,
        scope: scope(&kind, target.clone()).map_err(|_| StoreError::Inconsistent {
            table: "recusal",
            column: "target",
            id: inspector.clone(),
            found: target,
        })?,
        inspector: parsed("recusal", "inspector", &inspector, &inspector)?,
        reason,
    })
}

fn scope(kind: &str, target: String) -> std::result::Result<RecusalScope, Said> {
    Ok(match kind {
        "official" => RecusalScope::Official(target.parse()?),
        "team" => RecusalScope::Team(target.parse()?),
        "village" => RecusalScope::Village(target.parse()?),
        "region" => RecusalScope::Region(target),
        _ => RecusalScope::SendingUnit(target),
    })
}

impl Tx {
    pub async fn recusals(&mut self) -> Result<Vec<Recusal>> {
        fetch_all!(self, Columns, RECUSALS).into_iter().map(recusal).collect()
    }

    /// Those from any of these: officials, teams, villages, sending units, codes of regions.
    pub async fn recusals_among(&mut self, targets: &Ids) -> Result<Vec<Recusal>> {
        fetch_among!(self, targets, Columns, RECUSALS_AMONG).into_iter().map(recusal).collect()
    }

    pub async fn put_recusals(&mut self, recusals: &[Recusal]) -> Result<Counted> {
        let rows: Vec<[Cell; 6]> = recusals
            .iter()
            .map(|r| {
                [
                    r.inspector.as_str().into(),
                    r.scope.kind().into(),
                    r.scope.value().into(),
                    r.reason.as_str().into(),
                    day_text(r.span.from).unwrap_or_default().into(),
                    day_text(r.span.to).into(),
                ]
            })
            .collect();
        bulk::insert(
            self,
            "INSERT INTO recusal (inspector, scope, target, reason, from_day, to_day) ",
            &rows,
            " ON CONFLICT (inspector, scope, target, from_day) DO UPDATE SET reason = excluded.reason, to_day = excluded.to_day",
        )
        .await
    }
}
