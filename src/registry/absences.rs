//! Rows of regions that are not visited, and of inspectors who cannot go.

use super::cells::{id, posting, region_code, short, text};
use super::roster::{Reference, RosterRow, Setting};
use crate::model::register::{Absence, Blackout, Posting};
use crate::model::{Half, InspectorId, Trouble};
use crate::said;
use crate::table::{Fields, TemplateKind};

impl RosterRow for Blackout {
    const KIND: TemplateKind = TemplateKind::Blackouts;

    fn read(fields: Fields<'_>, _: &Setting<'_>) -> Result<Blackout, Trouble> {
        let span = posting(fields)?;
        for (column, day) in [("from", span.from), ("to", span.to)] {
            if day.is_none() {
                let said = said!(
                    "a blackout needs its first and its last day, such as 2026-12-01: a region without an end would never be visited again",
                    "停访须写明起止日期，如2026-12-01：没有截止日期的地区将永不受访"
                );
                return Err(fields.trouble(column, said));
            }
        }
        Ok(Blackout {
            region: fields.read_required("region", region_code)?,
            reason: fields.read_required("reason", short)?,
            span,
        })
    }

    fn key(&self) -> String {
        format!("{}\n{}", self.region, first(self.span))
    }

    fn refers(&self) -> Vec<(&'static str, Reference<'_>)> {
        Vec::new()
    }
}

impl RosterRow for Absence {
    const KIND: TemplateKind = TemplateKind::Away;

    fn read(fields: Fields<'_>, _: &Setting<'_>) -> Result<Absence, Trouble> {
        let span = posting(fields)?;
        let Some(from) = span.from else {
            return Err(
                fields.trouble("from", said!("the first day is missing: 2026-12-03", "缺少起始日期：如2026-12-03"))
            );
        };
        let to = span.to.unwrap_or(from);
        let half = fields.choice("half")?.and_then(|code| code.parse::<Half>().ok());
        if half.is_some() && to != from {
            let said =
                said!("half a day is of one day: write one row for each day", "半天只能填在同一天：请每天写一行");
            return Err(fields.trouble("half", said));
        }
        let reason = text(fields, "reason")?;
        let reason = if reason.is_empty() { "away".to_owned() } else { reason };
        let inspector = id(fields, "inspector", InspectorId::parse)?;
        Ok(Absence { inspector, half, reason, span: Posting { from: Some(from), to: Some(to) } })
    }

    fn key(&self) -> String {
        format!("{}\n{}", self.inspector, first(self.span))
    }

    fn refers(&self) -> Vec<(&'static str, Reference<'_>)> {
        vec![("inspector", Reference::Inspector(&self.inspector))]
    }
}

fn first(span: Posting) -> String {
    span.from.map(|day| day.to_string()).unwrap_or_default()
}
