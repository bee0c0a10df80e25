//! Which verdicts to judge again when a batch arrives (EVIDENCE 1).

use crate::model::record::{Record, What};
use crate::model::{OfficialId, Timestamp};
use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

/// Days of a batch that can touch verdicts, by official.
#[derive(Debug, Clone, Default)]
pub struct Touched {
    /// Officials that the import declares to cover, with rows or without.
    officials: BTreeSet<OfficialId>,
    span: Option<(NaiveDate, NaiveDate)>,
    /// First and last day of each official's records in the batch.
    records: BTreeMap<OfficialId, (NaiveDate, NaiveDate)>,
}

impl Touched {
    /// `covered` are the officials of the teams that the import covers, `span` its inclusive days.
    pub fn by_batch<'a>(
        covered: impl IntoIterator<Item = OfficialId>,
        span: (NaiveDate, NaiveDate),
        records: impl IntoIterator<Item = &'a Record>,
        zone: Tz,
    ) -> Touched {
        let mut touched =
            Touched { officials: covered.into_iter().collect(), span: Some(span), records: BTreeMap::new() };
        for record in records {
            let (from, to) = match &record.what {
                What::Punch(punch) => (punch.at, punch.at),
                What::Paper(paper) => (paper.from, paper.to),
                What::Rota { from, to } => (*from, *to),
            };
            // A punch reaches over midnight, and so does a shift that it belongs to: a day more each side.
            let first = from.day(zone).checked_sub_days(Days::new(1)).unwrap_or(NaiveDate::MIN);
            let last = to.day(zone).checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
            let days = touched.records.entry(record.official.clone()).or_insert((first, last));
            *days = (days.0.min(first), days.1.max(last));
        }
        touched
    }

    /// Whether a verdict on this official, over this moment, has to be judged again.
    pub fn affects(&self, official: &OfficialId, from: Timestamp, to: Timestamp, zone: Tz) -> bool {
        let (first, last) = (from.day(zone), to.day(zone));
        let meets = |span: &(NaiveDate, NaiveDate)| span.0 <= last && first <= span.1;
        (self.officials.contains(official) && self.span.as_ref().is_some_and(meets))
            || self.records.get(official).is_some_and(meets)
    }
}
