//! Rows of recusals and exclusions: who may not check whom, and what is out of the draw.

use super::cells::{id, posting, region_code, short, text};
use super::roster::{Reference, RosterRow, Setting};
use crate::model::register::{Exclusion, Recusal, RecusalScope};
use crate::model::{InspectorId, OfficialId, PlaceId, TeamId, Trouble, VillageId};
use crate::said;
use crate::table::{Fields, TemplateKind};

impl RosterRow for Recusal {
    const KIND: TemplateKind = TemplateKind::Recusals;

    fn read(fields: Fields<'_>, _: &Setting<'_>) -> Result<Recusal, Trouble> {
        fields.required("scope")?;
        let scope = match fields.choice("scope")?.unwrap_or_default() {
            "official" => RecusalScope::Official(id(fields, "target", OfficialId::parse)?),
            "team" => RecusalScope::Team(id(fields, "target", TeamId::parse)?),
            "village" => RecusalScope::Village(id(fields, "target", VillageId::parse)?),
            "region" => RecusalScope::Region(fields.read_required("target", region_code)?),
            _ => RecusalScope::SendingUnit(fields.read_required("target", short)?),
        };
        Ok(Recusal {
            inspector: id(fields, "inspector", InspectorId::parse)?,
            scope,
            reason: text(fields, "reason")?,
            span: posting(fields)?,
        })
    }

    /// One inspector may be barred from one thing in several spans.
    fn key(&self) -> String {
        let from = self.span.from.map(|day| day.to_string()).unwrap_or_default();
        format!("{}\n{}\n{}\n{from}", self.inspector, self.scope.kind(), self.scope.value())
    }

    fn refers(&self) -> Vec<(&'static str, Reference<'_>)> {
        let mut all = vec![("inspector", Reference::Inspector(&self.inspector))];
        match &self.scope {
            RecusalScope::Official(id) => all.push(("target", Reference::Official(id))),
            RecusalScope::Team(id) => all.push(("target", Reference::Team(id))),
            RecusalScope::Village(id) => all.push(("target", Reference::Village(id))),
            RecusalScope::Region(_) | RecusalScope::SendingUnit(_) => {}
        }
        all
    }
}

impl RosterRow for Exclusion {
    const KIND: TemplateKind = TemplateKind::Exclusions;

    fn read(fields: Fields<'_>, _: &Setting<'_>) -> Result<Exclusion, Trouble> {
        let span = posting(fields)?;
        if span.from.is_none() {
            return Err(fields.trouble(
                "from",
                said!("an exclusion needs its first day: 2026-03-02", "暂停须写明起始日期，如2026-03-02"),
            ));
        }
        if span.to.is_none() {
            return Err(fields.trouble(
                "to",
                said!(
                    "an exclusion needs its last day, such as 2026-03-31: a place without one would never be checked again; if the end is not known, write a day at which to decide anew",
                    "暂停须写明截止日期，如2026-03-31：否则该地点将永不受检；结束时间未定的，请写重新决定的日期"
                ),
            ));
        }
        Ok(Exclusion {
            place: id(fields, "place", PlaceId::parse)?,
            reason: fields.read_required("reason", short)?,
            span,
        })
    }

    fn key(&self) -> String {
        format!("{}\n{}", self.place, self.span.from.map(|day| day.to_string()).unwrap_or_default())
    }

    fn refers(&self) -> Vec<(&'static str, Reference<'_>)> {
        vec![("place", Reference::Place(&self.place))]
    }
}
