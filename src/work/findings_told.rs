//! Findings as people read them: in lists, in the ledger, in the digest, on the sheet.

use super::findings::GOOD_PRACTICE;
use super::{Context, Done};
use crate::config::Office;
use crate::evidence::finding::{Step, is_overdue, state_said};
use crate::evidence::unnamed::masked;
use crate::letter::{Languages, LedgerLine, LedgerStep, Todo, ledger, phone_free, plain};
use crate::model::MACHINE;
use crate::model::register::{Contact, Name, Role};
use crate::model::system::why;
use crate::model::{Assignment, OfficeId, Said, Sha256, Subject, TeamId, Timestamp, Trouble, VillageId};
use crate::said;
use crate::store::{FindingFilter, FindingRow, FindingStepRow, Ids, Tx};
use crate::table::write::{csv, printed_xlsx};
use crate::words::findings as words;
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

/// A text for teams and officials, in which no villager is named.
pub(super) fn without_villagers(text: &str, contacts: &[Contact]) -> String {
    let villagers = contacts.iter().filter(|contact| contact.role == Role::Villager);
    let names: Vec<String> = villagers.flat_map(|c| [c.name.own.clone(), c.name.latin.clone()]).collect();
    masked(text, &names, words::villager())
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

/// Some findings with names, in their order.
pub(super) async fn entries(ctx: &Context, tx: &mut Tx, findings: Vec<FindingRow>) -> Done<Vec<Entry>> {
    let names = Names::load(tx, &findings).await?;
    let mut steps: BTreeMap<String, Vec<FindingStepRow>> = BTreeMap::new();
    for step in tx.steps_among_findings(&Ids::new(findings.iter().map(|finding| finding.id.as_str()))).await? {
        steps.entry(step.finding.clone()).or_default().push(step);
    }
    let entry = |finding: FindingRow| {
        let steps = steps.remove(&finding.id).unwrap_or_default();
        names.entry(ctx, finding, steps)
    };
    findings.into_iter().map(entry).collect()
}

/// One finding; `Ok(None)` where there is none of this id.
pub async fn show(ctx: &Context, id: &str) -> Done<Option<Entry>> {
    let mut tx = ctx.store.read().await?;
    let Some(finding) = tx.finding(id).await? else { return Ok(None) };
    Ok(entries(ctx, &mut tx, vec![finding]).await?.pop())
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

/// The ledger as CSV.
///
/// # Errors
/// It cannot be written.
pub fn ledger_csv(entries: &[Entry]) -> Done<Vec<u8>> {
    let lines = entries.iter().filter(|e| e.finding.code != GOOD_PRACTICE).map(|e| e.ledger_line().cells());
    csv(&ledger::header(), lines).map_err(|e| Trouble::new(why(&e)).into())
}

/// For the digest: what should have been rectified by now.
pub(super) async fn todo(tx: &mut Tx, office: &Office, day: NaiveDate) -> Done<Vec<Todo>> {
    let overdue = tx.overdue_findings(&office.id, day).await?;
    let names = Names::load(tx, &overdue).await?;
    let one = |f: &FindingRow| {
        let who = names.subject(f).map_or_else(|| office.name.both(), |name| name.both());
        let last = f.deadline.unwrap_or(day);
        Todo { code: plain(&f.id), what: words::overdue(&who, &phone_free(&f.text), last, &f.owner) }
    };
    Ok(overdue.iter().map(one).collect())
}

/// For the sheets: what was said to be rectified at the places of these assignments and is to be verified there, by
/// office.
pub(super) async fn to_verify(
    tx: &mut Tx,
    released: impl Iterator<Item = &Assignment>,
) -> Done<BTreeMap<OfficeId, Vec<Todo>>> {
    let places: Vec<(&OfficeId, &str)> =
        released.flat_map(|a| a.lines.iter().map(|line| (&a.office, line.place.as_str()))).collect();
    let mut todo: BTreeMap<OfficeId, Vec<Todo>> = BTreeMap::new();
    if places.is_empty() {
        return Ok(todo);
    }
    let found = tx.findings_to_verify(&Ids::new(places.iter().map(|(_, place)| *place))).await?;
    let names = Names::load(tx, &found).await?;
    for f in &found {
        let at = [f.team.as_ref().map(TeamId::as_str), f.village.as_ref().map(VillageId::as_str)];
        let Some((office, _)) = places.iter().find(|(_, place)| at.contains(&Some(place))) else { continue };
        let who = names.subject(f).map(|name| name.both()).unwrap_or_default();
        let text = phone_free(&f.text);
        todo.entry((*office).clone())
            .or_default()
            .push(Todo { code: plain(&f.id), what: said!("{who}: {text}", "{who}：{text}") });
    }
    Ok(todo)
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
    /// A text of the finding as others may read it: no villager is named, no number told.
    pub fn told(&self, text: &str) -> String {
        phone_free(&without_villagers(text, &self.contacts))
    }

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

fn plain_both(said: &Said) -> String {
    Languages::Both.inline(said)
}
