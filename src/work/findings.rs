//! Findings: opened by a person or by a failed answer, and moved on (EVIDENCE 5).

use super::judge_case::workdays;
use super::signed::{self, signed};
use super::{Context, Done, Failure};
use crate::config::{Config, Office};
use crate::evidence::finding::{Answer, Finding, Move, Step, after, of_answer};
use crate::evidence::flag::Actor;
use crate::model::days::plausible;
use crate::model::key::base32;
use crate::model::{
    AssignmentId, FindingOrigin, FindingState, OfficeId, Sha256, Subject, TeamId, Timestamp, Trouble, VillageId,
};
use crate::said;
use crate::store::{FindingRow, Ids, NewFindingStep, Tx};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The code of a good practice: it is noted, and there is nothing to rectify.
pub const GOOD_PRACTICE: &str = "good_practice";

/// What a person enters.
#[derive(Debug, Clone)]
pub struct NewFinding<'a> {
    pub subject: Subject,
    /// The office; where the subject says it, that one.
    pub office: Option<OfficeId>,
    pub code: &'a str,
    pub text: &'a str,
    pub owner: &'a str,
    /// Otherwise the office's usual days.
    pub deadline: Option<NaiveDate>,
    pub by: &'a str,
}

/// Opens a finding; a good practice is noted.
///
/// # Errors
/// Something is missing, or the subject is not in the register.
pub async fn open(ctx: &Context, new: &NewFinding<'_>) -> Done<FindingRow> {
    for (field, text) in [("--text", new.text), ("--by", new.by), ("--kind", new.code)] {
        if text.trim().is_empty() {
            return Err(Trouble::new(said!("this must not be empty", "不能为空")).in_field(field).into());
        }
    }
    let by = signed(new.by, "--by")?;
    let (text, owner) = (signed::words(new.text, "--text")?, signed::who(new.owner, "--owner")?);
    let mut tx = ctx.store.begin().await?;
    let on = place_of(&mut tx, &new.subject).await?;
    let office = match (&new.office, &on.region) {
        (Some(id), _) => ctx.office(id)?,
        (None, region) => Homes::new(&ctx.config).of(region.as_deref().unwrap_or_default()).ok_or_else(no_office)?,
    };
    let now = ctx.now();
    if let Some(day) = new.deadline {
        let today = now.day(office.zone);
        let past = || {
            said!("{day} is past: the deadline is today, {today}, or later", "期限{day}已过：应为今天（{today}）或以后")
        };
        let checked = plausible(day).and_then(|day| if day < today { Err(past()) } else { Ok(day) });
        checked.map_err(|said| Trouble::new(said).in_field("--deadline"))?;
    }
    let nature = if new.code == GOOD_PRACTICE { FindingState::Noted } else { FindingState::Open };
    let row = FindingRow {
        id: finding_id(&[
            office.id.as_str(),
            new.subject.kind(),
            new.subject.id(),
            new.code,
            &text,
            &now.0.to_string(),
        ]),
        office: office.id.clone(),
        team: on.team,
        village: on.village,
        subject: new.subject.clone(),
        code: new.code.trim().to_owned(),
        origin: FindingOrigin::Person,
        text,
        line: None,
        owner,
        deadline: match nature {
            FindingState::Noted => None,
            _ => new.deadline.or_else(|| deadline(ctx, office, now)),
        },
        opened: now,
        opened_by: by,
        state: nature,
    };
    tx.add_finding(&row, "").await?;
    tx.commit().await?;
    Ok(row)
}

/// The office that answers for a place or a person. `None`: they are not in the register, or no office is near.
pub async fn home(ctx: &Context, subject: &Subject) -> Done<Option<OfficeId>> {
    let mut tx = ctx.store.read().await?;
    let on = match place_of(&mut tx, subject).await {
        Ok(on) => on,
        Err(Failure::Trouble(_)) => return Ok(None),
        Err(failure) => return Err(failure),
    };
    let office = Homes::new(&ctx.config).of(on.region.as_deref().unwrap_or_default());
    Ok(office.map(|office| office.id.clone()))
}

/// Opens what a failed answer of a checklist asks to rectify, once a line and question; `None` where nothing is
/// opened. `question` is what the office calls the point.
pub async fn open_of_answer(
    ctx: &Context,
    tx: &mut Tx,
    (assignment, line): (&AssignmentId, &str),
    subject: &Subject,
    (code, question): (&str, &str),
    answer: Answer,
    note: &str,
) -> Done<Option<FindingRow>> {
    let Some((code, text)) = of_answer(code, question, answer, note) else { return Ok(None) };
    let Some(given) = tx.assignment(assignment).await? else { return Ok(None) };
    let on = place_of(tx, subject).await?;
    let office = ctx.office(&given.office)?;
    let inspectors = tx.inspectors_among(&Ids::new([given.inspector.as_str()])).await?;
    let now = ctx.now();
    let row = FindingRow {
        id: finding_id(&[assignment.as_str(), line, &code]),
        office: given.office.clone(),
        team: on.team,
        village: on.village,
        subject: subject.clone(),
        code,
        origin: FindingOrigin::Checklist,
        text,
        line: Some((assignment.clone(), line.to_owned())),
        owner: String::new(),
        deadline: deadline(ctx, office, now),
        opened: now,
        opened_by: inspectors.first().map_or_else(|| given.inspector.to_string(), |i| i.name.own.clone()),
        state: FindingState::Open,
    };
    Ok(tx.add_finding(&row, "").await?.then_some(row))
}

/// What a person wants to do with a finding.
pub struct Doing<'a> {
    pub finding: &'a str,
    pub step: Step,
    pub by: &'a str,
    pub reason: &'a str,
    /// Name and bytes of a file that shows it.
    pub file: Option<(&'a str, Vec<u8>)>,
}

/// The finding's new state; `Ok(None)` where there is no such finding.
///
/// # Errors
/// The step is not allowed now, or not to this person.
pub async fn step(ctx: &Context, doing: &Doing<'_>) -> Done<Option<FindingState>> {
    let mut tx = ctx.store.begin().await?;
    let Some(row) = tx.finding(doing.finding).await? else { return Ok(None) };
    let steps = tx.finding_steps(&row.id).await?;
    let rectified = steps.iter().rev().find(|s| s.step == Step::Rectify.code());
    let finding = Finding { state: row.state, origin: row.origin, rectified_by: rectified.map(|s| s.actor.clone()) };
    let by = signed(doing.by, "--by")?;
    let reason = signed::reason(doing.reason, "--reason")?;
    let state = after(&finding, &Move { step: doing.step, actor: Actor::Person(by.clone()), reason: reason.clone() })
        .map_err(Trouble::new)?;
    let file = match &doing.file {
        Some((name, bytes)) => Some((*name, tx.put_blob(bytes).await?)),
        None => None,
    };
    let new = NewFindingStep { step: doing.step.code(), actor: &by, at: ctx.now(), reason: &reason, file };
    tx.step_finding(&row, &new, state).await?;
    tx.commit().await?;
    Ok(Some(state))
}

/// `R-` and eight characters that follow from what was found.
pub(super) fn finding_id(natural: &[&str]) -> String {
    let hash = Sha256::of(natural.join("\n").as_bytes());
    format!("R-{}", base32(&hash.0, 8).to_ascii_uppercase())
}

/// The last day to rectify what is opened now.
pub(super) fn deadline(ctx: &Context, office: &Office, now: Timestamp) -> Option<NaiveDate> {
    workdays(ctx.calendar.of(&office.region)).nth_after(now.day(office.zone), office.rectify_days)
}

/// Which office a region belongs to: the longest match of all.
pub(super) struct Homes<'c>(BTreeMap<&'c str, &'c Office>);

impl<'c> Homes<'c> {
    pub fn new(config: &'c Config) -> Homes<'c> {
        Homes(config.offices.iter().map(|office| (office.region.as_str(), office)).collect())
    }

    pub fn of(&self, region: &str) -> Option<&'c Office> {
        (0..=region.len()).rev().find_map(|length| self.0.get(region.get(..length)?).copied())
    }
}

fn no_office() -> Trouble {
    Trouble::new(said!("no office has this place: name one with --office", "没有单位管辖该地点：请用--office指明"))
        .in_field("--office")
}

/// Where a subject stands in the register.
pub(super) struct Standing {
    pub team: Option<TeamId>,
    pub village: Option<VillageId>,
    pub region: Option<String>,
}

/// # Errors
/// Nobody and nothing of this id is in the register.
pub(super) async fn place_of(tx: &mut Tx, subject: &Subject) -> Done<Standing> {
    let (mut team, mut village) = (None, None);
    match subject {
        Subject::Office => return Ok(Standing { team, village, region: None }),
        Subject::Village(id) => village = Some(id.clone()),
        Subject::Team(id) => team = Some(id.clone()),
        Subject::Official(id) => {
            let found = tx.officials_among(&Ids::new([id.as_str()])).await?;
            let official = found.into_iter().next().ok_or_else(|| unknown(subject))?;
            team = Some(official.team);
        }
    }
    if let Some(id) = &team {
        let teams = tx.teams_of_places(&Ids::new([id.as_str()])).await?;
        let found = teams.into_iter().find(|t| t.id == *id).ok_or_else(|| unknown(subject))?;
        village = Some(found.village);
    }
    let ids = Ids::new(village.iter().map(VillageId::as_str));
    let found = tx.villages_among(&ids).await?.into_iter().next().ok_or_else(|| unknown(subject))?;
    Ok(Standing { team, village, region: Some(found.region) })
}

fn unknown(subject: &Subject) -> Trouble {
    let (kind, id) = (subject.kind(), subject.id());
    Trouble::new(said!("there is no {kind} “{id}” in the register", "登记册中没有此编号：{kind} “{id}”"))
        .in_field(format!("--{kind}"))
}
