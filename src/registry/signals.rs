//! Rows of risk signals: complaints, patterns, remoteness.

use super::cells::{id, posting, short};
use super::roster::{Reference, RosterRow, Setting};
use crate::model::{PlaceId, PlaceSignal, SignalKind, Trouble};
use crate::said;
use crate::table::{Fields, TemplateKind};

impl RosterRow for PlaceSignal {
    const KIND: TemplateKind = TemplateKind::Signals;

    fn read(fields: Fields<'_>, _: &Setting<'_>) -> Result<PlaceSignal, Trouble> {
        fields.required("kind")?;
        let kind = match fields.choice("kind")?.unwrap_or_default() {
            "complaint" => SignalKind::Complaint,
            "pattern" => SignalKind::Pattern,
            _ => SignalKind::Remote,
        };
        let span = posting(fields)?;
        if span.from.is_none() {
            return Err(fields
                .trouble("from", said!("a signal needs its first day: 2026-03-02", "须写明起始日期，如2026-03-02")));
        }
        // A suspicion must not stay for ever because nobody took it away.
        if span.to.is_none() {
            return Err(fields.trouble(
                "to",
                said!(
                    "a signal needs its last day, such as 2026-06-30: for a place that stays remote, write the end of next year",
                    "须写明截止日期，如2026-06-30：长期偏远的地点可写明年年底"
                ),
            ));
        }
        Ok(PlaceSignal {
            place: id(fields, "place", PlaceId::parse)?,
            kind,
            reason: fields.read_required("reason", short)?,
            span,
        })
    }

    /// One place may have one kind of signal in several spans.
    fn key(&self) -> String {
        let from = self.span.from.map(|day| day.to_string()).unwrap_or_default();
        format!("{}\n{}\n{from}", self.place, self.kind.code())
    }

    fn refers(&self) -> Vec<(&'static str, Reference<'_>)> {
        vec![("place", Reference::Place(&self.place))]
    }
}
