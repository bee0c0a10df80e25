//! What is on record about the places of a programme at a seal, as the risk rule wants it (DRAW 1).

use super::Done;
use crate::config::Office;
use crate::draw::{Factors, RiskRule, Signals};
use crate::model::{PlaceId, ProgrammeId, SignalKind, Timestamp};
use crate::store::Tx;
use crate::timing::Calendar;
use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// Signals of every place that has any, known before `day` begins; three statements, however many places.
///
/// A village's signals speak of its teams too and a team's of its village; so one map serves programmes of
/// either kind, and holds places that this one does not draw.
pub async fn signals_of(
    tx: &mut Tx,
    programme: &ProgrammeId,
    office: &Office,
    day: NaiveDate,
    since: NaiveDate,
) -> Done<BTreeMap<PlaceId, Signals>> {
    let mut found: BTreeMap<PlaceId, Signals> = BTreeMap::new();
    let mut registered: BTreeSet<(PlaceId, SignalKind)> = BTreeSet::new();
    for noted in tx.signals(day).await? {
        for place in std::iter::once(noted.place).chain(noted.also) {
            registered.insert((place, noted.kind));
        }
    }
    for (place, kind) in registered {
        let signals = found.entry(place).or_default();
        match kind {
            SignalKind::Complaint => signals.complaints = 1,
            SignalKind::Pattern => signals.patterns = 1,
            SignalKind::Remote => signals.remote = true,
        }
    }
    let mut confirmed: BTreeSet<(PlaceId, String)> = BTreeSet::new();
    for flagged in tx.confirmed_flags(midnight(since, office), midnight(day, office)).await? {
        for place in std::iter::once(flagged.place).chain(flagged.also) {
            confirmed.insert((place, flagged.flag.clone()));
        }
    }
    for (place, _) in confirmed {
        found.entry(place).or_default().confirmed_flags += 1;
    }
    for (place, number) in tx.not_executed(programme, &office.id, since, day).await? {
        found.entry(place).or_default().make_up = number;
    }
    inherited(tx, &mut found).await?;
    Ok(found)
}

/// What was confirmed of a village speaks of the one that it became part of. Its registered signals were carried over
/// by the merger, and visits of it that were not carried out stand in the wait that the other one took over.
async fn inherited(tx: &mut Tx, found: &mut BTreeMap<PlaceId, Signals>) -> Done<()> {
    let lineage = tx.lineage().await?;
    let of_parts: Vec<(PlaceId, u32)> = found
        .iter()
        .filter(|(_, signals)| signals.confirmed_flags > 0)
        .filter_map(|(place, signals)| Some((lineage.heir_of_place(place)?, signals.confirmed_flags)))
        .collect();
    for (heir, flags) in of_parts {
        found.entry(heir).or_default().confirmed_flags += flags;
    }
    Ok(())
}

/// The first day that a rule still looks at, for windows of `day`; `None` where it looks at nothing.
pub fn since(rule: &RiskRule, calendar: &Calendar, day: NaiveDate) -> Option<NaiveDate> {
    match rule {
        RiskRule::Plain => None,
        RiskRule::Signals(Factors { confirmed_workdays, .. }) => {
            Some(workdays_before(calendar, day, *confirmed_workdays))
        }
    }
}

/// The day from which on there are so many workdays before `day`. Years without a calendar count Monday
/// to Friday: a look into the past must not fail because last year's holidays were never entered.
pub fn workdays_before(calendar: &Calendar, day: NaiveDate, workdays: u32) -> NaiveDate {
    let worked =
        |day: NaiveDate| calendar.is_workday(day).unwrap_or(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
    let (mut first, mut left) = (day, workdays);
    while left > 0 {
        let Some(before) = first.pred_opt() else { break };
        first = before;
        left -= u32::from(worked(first));
    }
    first
}

fn midnight(day: NaiveDate, office: &Office) -> Timestamp {
    Timestamp::from_local(day.and_time(NaiveTime::MIN), office.zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workdays_are_counted_back_over_holidays_and_beyond_the_calendar() {
        let back = |day: &str, n| workdays_before(&Calendar::shipped(), day.parse().unwrap(), n).to_string();
        assert_eq!(back("2026-03-04", 0), "2026-03-04");
        assert_eq!(back("2026-03-04", 2), "2026-03-02");
        // 28 February 2026, a Saturday, is worked for the spring festival.
        assert_eq!(back("2026-03-02", 1), "2026-02-28");
        // 2025 has no calendar here: Monday to Friday.
        assert_eq!(back("2026-01-02", 5), "2025-12-25");
    }
}
