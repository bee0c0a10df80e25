//! Of a period's inspectors: what was found of their visits by others, and signs in what they wrote.

use super::period_facts::said;
use super::{Context, Done};
use crate::draw::Chance;
use crate::measure::back_checks::{Found, Visit, by_inspector};
use crate::measure::period::Inspector;
use crate::measure::signs::{Photo, Sign, Written, signs};
use crate::measure::units::{Inclusion, Stratum};
use crate::model::time::{DAY, MINUTE};
use crate::model::{AssignmentId, Days, FlagState, InspectorId, OfficeId, Said, Timestamp, Trouble};
use crate::store::{BackCheckRow, Ids, PhotoRow, Tx};
use chrono::NaiveTime;
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

/// Finished visits of these days that were drawn again, by inspector.
pub async fn checked(ctx: &Context, tx: &mut Tx, below: &BTreeSet<OfficeId>, days: Days) -> Done<Vec<Inspector>> {
    if ctx.config.offices.iter().all(|office| !below.contains(&office.id)) {
        return Ok(Vec::new());
    }
    let rows = tx.back_checks_between(&Ids::new(below.iter().map(OfficeId::as_str)), days).await?;
    let (mut visits, mut people) = (Vec::new(), BTreeSet::new());
    for row in rows.iter().filter(|row| matches!(row.kind.as_deref(), Some("visit" | "call"))) {
        let p = u64::try_from(row.p).ok().and_then(Chance::new).and_then(|p| Inclusion::new(p.as_f64()));
        let stratum = Stratum::parse(row.inspector.as_str()).map_err(Trouble::new)?;
        let Some(p) = p else { continue };
        people.insert(row.inspector.clone());
        visits.push(Visit { stratum, p, found: found(tx, row).await? });
    }
    let names = names(tx, &people).await?;
    let all = by_inspector(&visits).map_err(|error| Trouble::new(error.said()))?;
    let name =
        |who: &Stratum| names.get(who.as_str()).cloned().unwrap_or_else(|| Said::new(who.as_str(), who.as_str()));
    Ok(all.into_iter().map(|(who, checked)| Inspector { name: name(&who), checked }).collect())
}

async fn found(tx: &mut Tx, row: &BackCheckRow) -> Done<Found> {
    let case = match &row.case {
        Some(id) => tx.complaint(id).await?.map(|case| case.state),
        None => None,
    };
    Ok(match (case, row.result.as_deref()) {
        (Some(FlagState::Confirmed | FlagState::Upheld), _) => Found::Error,
        (Some(FlagState::Dismissed | FlagState::Overturned), _) => Found::NoError,
        (Some(_), _) => Found::Undecided,
        (None, Some("agrees")) => Found::Agrees,
        (None, _) => Found::Unknown,
    })
}

async fn names(tx: &mut Tx, people: &BTreeSet<InspectorId>) -> Done<BTreeMap<String, Said>> {
    let inspectors = tx.inspectors_among(&Ids::new(people.iter().map(InspectorId::as_str))).await?;
    Ok(inspectors.into_iter().map(|one| (one.id.to_string(), said(&one.name))).collect())
}

/// Signs in the results of visits that these offices released on these days.
pub async fn signs_of(ctx: &Context, tx: &mut Tx, below: &BTreeSet<OfficeId>, days: Days) -> Done<Vec<(Said, Sign)>> {
    let mut written: BTreeMap<InspectorId, Written> = BTreeMap::new();
    for office in ctx.config.offices.iter().filter(|office| below.contains(&office.id)) {
        let begins = Timestamp::from_local(days.from.and_time(NaiveTime::MIN), office.zone);
        let ends = Timestamp::from_local(days.to.and_time(NaiveTime::MIN), office.zone).plus(DAY);
        let released = tx.assignments_between(&office.id, begins, ends).await?;
        let who: BTreeMap<AssignmentId, InspectorId> =
            released.into_iter().map(|row| (row.id, row.inspector)).collect();
        for one in tx.outcomes_among(&Ids::new(who.keys().map(AssignmentId::as_str))).await? {
            // Of calls, the next one takes a minute.
            let Some(who) = who.get(&one.assignment).filter(|_| one.line.starts_with('V')) else { continue };
            let place = format!("{}.{}", one.assignment, one.line);
            let of = written.entry(who.clone()).or_default();
            of.results += 1;
            of.by_rest += u64::from(one.by == "rest");
            of.times.extend(one.stated.map(|at| (local_minutes(at, office.zone), place.clone())));
            if !one.remark.is_empty() {
                of.remarks.push((place, one.remark));
            }
        }
        for photo in tx.photos_among(&Ids::new(who.keys().map(AssignmentId::as_str))).await? {
            let Some(who) = who.get(&photo.assignment) else { continue };
            let PhotoRow { visit, fit, alike, .. } = photo;
            written.entry(who.clone()).or_default().photos.push(Photo { visit, fit, alike });
        }
    }
    let names = names(tx, &written.keys().cloned().collect()).await?;
    let found = signs(&written.values().cloned().collect::<Vec<_>>());
    let name =
        |who: &InspectorId| names.get(who.as_str()).cloned().unwrap_or_else(|| Said::new(who.as_str(), who.as_str()));
    Ok(written
        .keys()
        .zip(found)
        .flat_map(|(who, found)| found.into_iter().map(move |sign| (name(who), sign)))
        .collect())
}

fn local_minutes(at: Timestamp, zone: Tz) -> i64 {
    at.local(zone).and_utc().timestamp_millis().div_euclid(MINUTE)
}
