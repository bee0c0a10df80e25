//! Findings: opened by a person, moved on, listed; their ledger goes out as a sheet (EVIDENCE 5).

use super::judge_case::workdays;
use super::{Context, Done};
use crate::config::{Config, Office};
use crate::evidence::finding::{Answer, Finding, Move, Step, after, is_overdue, of_answer, state_said};
use crate::evidence::flag::Actor;
use crate::evidence::person::without_names;
use crate::letter::{LedgerLine, LedgerStep, Todo, ledger, plain};
use crate::model::key::base32;
use crate::model::register::{Contact, Name, Role};
use crate::model::{
    AssignmentId, FindingOrigin, FindingState, OfficeId, Sha256, Subject, TeamId, Timestamp, Trouble, VillageId,
};
use crate::said;
use crate::store::{FindingFilter, FindingRow, FindingStepRow, Ids, NewFindingStep, Tx};
use crate::table::write::printed_xlsx;
use crate::words::findings as words;
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

/// The code of a good practice: it is noted, and there is nothing to rectify.
pub const GOOD_PRACTICE: &str = "good_practice";
/// Who stands in a step that the machine took.
pub const MACHINE: &str = "machine";

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
    let mut tx = ctx.store.begin().await?;
    let on = place_of(&mut tx, &new.subject).await?;
    let office = match (&new.office, &on.region) {
        (Some(id), _) => ctx.office(id)?,
        (None, region) => Homes::new(&ctx.config).of(region.as_deref().unwrap_or_default()).ok_or_else(no_office)?,
    };
    let now = ctx.now();
    let nature = if new.code == GOOD_PRACTICE { FindingState::Noted } else { FindingState::Open };
    let row = FindingRow {
        id: finding_id(&[
            office.id.as_str(),
            new.subject.kind(),
            new.subject.id(),
            new.code,
            new.text,
            &now.0.to_string(),
        ]),
        office: office.id.clone(),
        team: on.team,
        village: on.village,
        subject: new.subject.clone(),
        code: new.code.trim().to_owned(),
        origin: FindingOrigin::Person,
        text: new.text.trim().to_owned(),
        line: None,
        owner: new.owner.trim().to_owned(),
        deadline: match nature {
            FindingState::Noted => None,
            _ => new.deadline.or_else(|| deadline(ctx, office, now)),
        },
        opened: now,
        opened_by: new.by.trim().to_owned(),
        state: nature,
    };
    tx.add_finding(&row, "").await?;
    tx.commit().await?;
    Ok(row)
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
    let (by, reason) = (doing.by.trim(), doing.reason.trim());
    let state =
        after(&finding, &Move { step: doing.step, actor: Actor::Person(by.to_owned()), reason: reason.to_owned() })
            .map_err(Trouble::new)?;
    let file = match &doing.file {
        Some((name, bytes)) => Some((*name, tx.put_blob(bytes).await?)),
        None => None,
    };
    let new = NewFindingStep { step: doing.step.code(), actor: by, at: ctx.now(), reason, file };
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
    workdays(&ctx.calendar).nth_after(now.day(office.zone), office.rectify_days)
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

/// A text for teams and officials, in which no villager is named.
pub(super) fn without_villagers(text: &str, contacts: &[Contact]) -> String {
    let villagers = contacts.iter().filter(|contact| contact.role == Role::Villager);
    let names: Vec<String> = villagers.flat_map(|c| [c.name.own.clone(), c.name.latin.clone()]).collect();
    without_names(text, &names, words::villager())
}

/// A finding as people read it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub finding: FindingRow,
    pub steps: Vec<FindingStepRow>,
    pub township: Name,
    pub village: Name,
    pub team: Name,
    pub person: Name,
    pub overdue: bool,
    pub zone: Tz,
    /// Who can be asked in the village.
    contacts: Vec<Contact>,
}

/// Findings with names, oldest first. `overdue`: only those whose day has passed.
pub async fn list(ctx: &Context, filter: &FindingFilter, overdue: bool) -> Done<Vec<Entry>> {
    let mut tx = ctx.store.read().await?;
    let findings = tx.findings(filter).await?;
    let mut steps: BTreeMap<String, Vec<FindingStepRow>> = BTreeMap::new();
    for step in tx.steps_of_findings(filter).await? {
        steps.entry(step.finding.clone()).or_default().push(step);
    }
    let names = Names::load(&mut tx, &findings).await?;
    let mut entries = Vec::new();
    for finding in findings {
        let steps = steps.remove(&finding.id).unwrap_or_default();
        let entry = names.entry(ctx, finding, steps)?;
        if entry.overdue || !overdue {
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// One finding; `Ok(None)` where there is none of this id.
pub async fn show(ctx: &Context, id: &str) -> Done<Option<Entry>> {
    let mut tx = ctx.store.read().await?;
    let Some(finding) = tx.finding(id).await? else { return Ok(None) };
    let steps = tx.finding_steps(id).await?;
    let names = Names::load(&mut tx, std::slice::from_ref(&finding)).await?;
    Ok(Some(names.entry(ctx, finding, steps)?))
}

/// Name and bytes of the file of one step; `Ok(None)` where there is none, or none any more.
pub async fn file(ctx: &Context, id: &str, seq: i64) -> Done<Option<(String, Vec<u8>)>> {
    let mut tx = ctx.store.read().await?;
    let step = tx.finding_steps(id).await?.into_iter().find(|s| s.seq == seq);
    let Some((Some(name), Some(sha))) = step.map(|s| (s.file_name, s.file_sha)) else { return Ok(None) };
    let Ok(sha) = sha.parse::<Sha256>() else { return Ok(None) };
    Ok(tx.blob(&sha).await?.map(|bytes| (name, bytes)))
}

/// The ledger as a sheet to be printed: what is or was to be rectified, good practice left out.
///
/// # Errors
/// More rows than a sheet can hold.
pub fn ledger_xlsx(entries: &[Entry]) -> Done<Vec<u8>> {
    let lines = entries.iter().filter(|e| e.finding.code != GOOD_PRACTICE).map(|e| e.ledger_line().cells());
    Ok(printed_xlsx("整改台账 Findings", &ledger::header(), lines).map_err(Trouble::new)?)
}

/// For the digest: what should have been rectified by now.
pub(super) async fn todo(tx: &mut Tx, office: &Office, day: NaiveDate) -> Done<Vec<Todo>> {
    let overdue = tx.overdue_findings(&office.id, day).await?;
    let names = Names::load(tx, &overdue).await?;
    let one = |f: &FindingRow| {
        let who = names.subject(f).map_or_else(|| office.name.both(), |name| name.both());
        let last = f.deadline.unwrap_or(day);
        Todo { code: plain(&f.id), what: words::overdue(&who, &crate::letter::phone_free(&f.text), last, &f.owner) }
    };
    Ok(overdue.iter().map(one).collect())
}

struct Names {
    officials: BTreeMap<String, Name>,
    teams: BTreeMap<String, Name>,
    villages: BTreeMap<String, (Name, String)>,
    regions: BTreeMap<String, Name>,
    contacts: BTreeMap<VillageId, Vec<Contact>>,
}

impl Names {
    async fn load(tx: &mut Tx, findings: &[FindingRow]) -> Done<Names> {
        let people: BTreeSet<&str> = findings
            .iter()
            .filter_map(|f| if let Subject::Official(id) = &f.subject { Some(id.as_str()) } else { None })
            .collect();
        let teams = Ids::new(findings.iter().filter_map(|f| f.team.as_ref().map(TeamId::as_str)));
        let villages = Ids::new(findings.iter().filter_map(|f| f.village.as_ref().map(VillageId::as_str)));
        let mut contacts: BTreeMap<VillageId, Vec<Contact>> = BTreeMap::new();
        for contact in tx.contacts_of_villages(&villages).await? {
            contacts.entry(contact.village.clone()).or_default().push(contact);
        }
        let officials = tx.officials_among(&Ids::new(people)).await?;
        let teams = tx.teams_of_places(&teams).await?;
        let villages = tx.villages_among(&villages).await?;
        let regions = tx.regions_among(&Ids::new(villages.iter().map(|v| v.region.as_str()))).await?;
        Ok(Names {
            officials: officials.into_iter().map(|o| (o.id.to_string(), o.name)).collect(),
            teams: teams.into_iter().map(|t| (t.id.to_string(), t.name)).collect(),
            villages: villages.into_iter().map(|v| (v.id.to_string(), (v.name, v.region))).collect(),
            regions: regions.into_iter().map(|r| (r.code, r.name)).collect(),
            contacts,
        })
    }

    /// Whom or what a finding speaks of; `None` for the office.
    fn subject(&self, f: &FindingRow) -> Option<Name> {
        let id = f.subject.id();
        let known = match &f.subject {
            Subject::Office => return None,
            Subject::Village(_) => self.villages.get(id).map(|(name, _)| name),
            Subject::Team(_) => self.teams.get(id),
            Subject::Official(_) => self.officials.get(id),
        };
        Some(known.cloned().unwrap_or_else(|| Name::new(id, "")))
    }

    fn entry(&self, ctx: &Context, finding: FindingRow, steps: Vec<FindingStepRow>) -> Done<Entry> {
        let zone = ctx.office(&finding.office)?.zone;
        let place = finding.village.as_ref().and_then(|v| self.villages.get(v.as_str())).cloned();
        let (village, region) = place.unwrap_or_default();
        let of =
            |ids: &BTreeMap<String, Name>, id: Option<&str>| id.and_then(|id| ids.get(id).cloned()).unwrap_or_default();
        Ok(Entry {
            township: of(&self.regions, Some(&region)),
            team: of(&self.teams, finding.team.as_ref().map(TeamId::as_str)),
            person: match &finding.subject {
                Subject::Official(id) => of(&self.officials, Some(id.as_str())),
                _ => Name::default(),
            },
            overdue: is_overdue(finding.state, finding.deadline, ctx.now().day(zone)),
            contacts: finding.village.as_ref().and_then(|v| self.contacts.get(v)).cloned().unwrap_or_default(),
            village,
            zone,
            finding,
            steps,
        })
    }
}

impl Entry {
    /// The last step of a kind, unless the finding was opened again after it.
    fn last(&self, step: Step) -> Option<&FindingStepRow> {
        let after_reopening = |s: &&FindingStepRow| s.step != Step::Reopen.code();
        self.steps.iter().rev().take_while(after_reopening).find(|s| s.step == step.code())
    }

    fn ledger_line(&self) -> LedgerLine {
        let f = &self.finding;
        let actor = |by: &str| if by == MACHINE { plain_both(&words::machine()) } else { by.to_owned() };
        let done = |s: &FindingStepRow| LedgerStep {
            day: Timestamp(s.at).day(self.zone),
            by: actor(&s.actor),
            what: without_villagers(&s.reason, &self.contacts),
        };
        LedgerLine {
            id: f.id.clone(),
            township: self.township.both(),
            village: self.village.both(),
            team: self.team.both(),
            person: self.person.both(),
            code: f.code.clone(),
            text: without_villagers(&f.text, &self.contacts),
            origin: f.origin,
            opened: LedgerStep { day: f.opened.day(self.zone), by: actor(&f.opened_by), what: String::new() },
            owner: f.owner.clone(),
            deadline: f.deadline,
            state: state_said(f.state),
            overdue: self.overdue,
            rectified: self.last(Step::Rectify).map(done),
            verified: self.last(Step::Verify).map(done),
            closed: self.last(Step::Close).map(done),
        }
    }
}

fn plain_both(said: &crate::model::Said) -> String {
    crate::letter::Languages::Both.inline(said)
}
