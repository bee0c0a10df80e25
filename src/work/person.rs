//! The record of one official or team over one period, as it may be handed to whom it speaks of.

use super::findings::{Homes, place_of};
use super::findings_told::without_villagers;
use super::places::details;
use super::{Context, Done};
use crate::evidence::finding::state_said;
use crate::evidence::person::{Found, found, may_tell_call};
use crate::letter::{CheckTold, PersonCheck, PersonFinding, PersonRecord};
use crate::model::days::plausible;
use crate::model::register::{Name, Official, Role};
use crate::model::{FindingState, Kind, Line, OfficialId, PlaceId, Subject, TeamId, Timestamp, Trouble, VillageId};
use crate::said;
use crate::store::{CheckRow, FindingFilter, FindingRow, Ids, Tx};
use crate::table::write::printed_xlsx;
use crate::words::states::verdict as verdict_said;
use crate::words::{findings, person};
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// The record of an official or a team.
///
/// # Errors
/// Nobody of this id, or the last day lies before the first.
pub async fn record(ctx: &Context, subject: &Subject, from: NaiveDate, to: NaiveDate) -> Done<PersonRecord> {
    for (day, field) in [(from, "--from"), (to, "--to")] {
        plausible(day).map_err(|said| Trouble::new(said).in_field(field))?;
    }
    if to < from {
        let said = said!("the last day {to} is before the first, {from}", "截止日{to}早于起始日{from}");
        return Err(Trouble::new(said).in_field("--to").into());
    }
    let mut tx = ctx.store.read().await?;
    let tx = &mut tx;
    let on = place_of(tx, subject).await?;
    let (Some(team), Some(village), Some(region)) = (on.team, on.village, on.region) else {
        return Err(Trouble::new(said!("a record is of an official or a team", "只有个人或工作队有记录")).into());
    };
    let office = Homes::new(&ctx.config).of(&region).or(ctx.config.offices.first());
    let (name, zone) = office.map_or((Name::default(), Tz::UTC), |office| (office.name.clone(), office.zone));
    let midnight = |day: NaiveDate| Timestamp::from_local(day.and_time(NaiveTime::MIN), zone);
    let span = (midnight(from), midnight(to.succ_opt().unwrap_or(to)));
    let people = people(tx, subject, &team).await?;
    let contacts = tx.contacts_of_villages(&Ids::new([village.as_str()])).await?;
    let mut checks = checks(tx, &people, subject, span, zone).await?;
    // Who was asked speaks of the team: on the record of one of its officials it has no place.
    if matches!(subject, Subject::Team(_)) {
        checks.extend(inquiries(tx, (&team, &village), span, zone).await?);
        checks.sort_by_key(|check| check.day);
    }
    let filter = match subject {
        Subject::Official(id) => FindingFilter { official: Some(id.to_string()), ..FindingFilter::default() },
        _ => FindingFilter { team: Some(team.to_string()), ..FindingFilter::default() },
    };
    let inside = |f: &FindingRow| (from..=to).contains(&f.opened.day(zone)) && f.state != FindingState::Withdrawn;
    let found = tx.findings(&filter).await?.into_iter().filter(inside);
    let told = found.map(|f| PersonFinding {
        day: f.opened.day(zone),
        matter: findings::code(&f.code),
        text: without_villagers(&f.text, &contacts),
        state: f.state,
        state_said: state_said(f.state),
        id: f.id,
    });
    let (practice, findings) = told.partition(|f: &PersonFinding| f.state == FindingState::Noted);
    let teams = tx.teams_of_places(&Ids::new([team.as_str()])).await?;
    let villages = tx.villages_among(&Ids::new([village.as_str()])).await?;
    Ok(PersonRecord {
        office: name,
        official: match subject {
            Subject::Official(id) => people.get(id).map(|o| (id.to_string(), o.name.clone())),
            _ => None,
        },
        team: (team.to_string(), teams.into_iter().find(|t| t.id == team).map(|t| t.name).unwrap_or_default()),
        village: villages.into_iter().next().map(|v| v.name).unwrap_or_default(),
        from,
        to,
        checks,
        findings,
        practice,
    })
}

/// The record as a sheet.
///
/// # Errors
/// More rows than a sheet can hold.
pub fn record_xlsx(record: &PersonRecord) -> Done<Vec<u8>> {
    let title = person::title(record.official.is_some());
    let rows = record.sheet_rows().into_iter().map(Vec::from);
    Ok(printed_xlsx(&title.zh, &record.sheet_header(), rows).map_err(Trouble::new)?)
}

async fn people(tx: &mut Tx, subject: &Subject, team: &TeamId) -> Done<BTreeMap<OfficialId, Official>> {
    let found = match subject {
        Subject::Official(id) => tx.officials_among(&Ids::new([id.as_str()])).await?,
        _ => tx.officials_of_teams(&Ids::new([team.as_str()])).await?,
    };
    Ok(found.into_iter().map(|official| (official.id.clone(), official)).collect())
}

/// Each check once, although two may have made the visit.
async fn checks(
    tx: &mut Tx,
    people: &BTreeMap<OfficialId, Official>,
    subject: &Subject,
    (from, to): (Timestamp, Timestamp),
    zone: Tz,
) -> Done<Vec<PersonCheck>> {
    let ids = Ids::new(people.keys().map(OfficialId::as_str));
    let mut once: BTreeMap<(Timestamp, OfficialId, bool), (Found, CheckRow)> = BTreeMap::new();
    for row in tx.checks_of(&ids, from, to).await? {
        let key = (row.released, row.official.clone(), row.line.starts_with('V'));
        let said = found(row.outcome, row.verdict, row.flag);
        if once.get(&key).is_none_or(|(before, _)| *before < said) {
            once.insert(key, (said, row));
        }
    }
    let of_team = matches!(subject, Subject::Team(_));
    let mut checks: Vec<PersonCheck> = once
        .into_values()
        .map(|(found, row)| PersonCheck {
            day: row.at.day(zone),
            who: people.get(&row.official).filter(|_| of_team).map(|official| official.name.clone()),
            what: CheckTold::Result {
                kind: if row.line.starts_with('V') { Kind::Visit } else { Kind::Call },
                code: found.code(),
                result: person::result(found.code()),
                confirmed: row.verdict.filter(|_| found == Found::Confirmed).map(verdict_said),
            },
        })
        .collect();
    checks.sort_by(|a, b| (a.day, &a.who).cmp(&(b.day, &b.who)));
    Ok(checks)
}

/// Calls about the team, where more than one could have answered.
async fn inquiries(
    tx: &mut Tx,
    (team, village): (&TeamId, &VillageId),
    (from, to): (Timestamp, Timestamp),
    zone: Tz,
) -> Done<Vec<PersonCheck>> {
    let mut told = Vec::new();
    let of_team = PlaceId::from(team.clone());
    // A village that was merged since is asked for by its own name, and with its own people.
    let register = details(tx, [&of_team], []).await?;
    let former = register.former_villages(team).map(VillageId::as_str);
    let places = Ids::new([team.as_str(), village.as_str()].into_iter().chain(former));
    for (detail, at) in tx.inquiries_at(&places, from, to).await? {
        let Ok(Line { place, contact: Some(asked), .. }) = serde_json::from_str::<Line>(&detail) else { continue };
        let day = at.day(zone);
        let home = register.village_on(&of_team, day).is_some_and(|home| home.id.as_str() == place.as_str());
        if !home && place != of_team {
            continue;
        }
        let reachable: Vec<Role> =
            register.contacts_at(&of_team, day).into_iter().map(|contact| contact.role).collect();
        if may_tell_call(asked.role, &reachable) {
            told.push(PersonCheck { day, who: None, what: CheckTold::Inquiry });
        }
    }
    Ok(told)
}
