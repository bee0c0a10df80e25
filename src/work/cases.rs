//! A case as a whole: a flag or a complaint with its steps, letters and answers, and everybody who has to do
//! with it (EVIDENCE 5).

use super::judge_case::workdays;
use super::windows::damaged;
use super::{Context, Done};
use crate::config::Office;
use crate::evidence::deadline::Reached;
use crate::evidence::flag::Flag;
use crate::model::register::{Inspector, Name, Official, RecusalScope, Role, Village};
use crate::model::{CaseId, CaseKind, CaseLetter, FlagState, InspectorId, OfficeId, Timestamp, same_person};
use crate::store::{CaseAnswerRow, CaseLetterRow, ComplaintRow, FlagRow, FlagStepRow, Ids, Tx};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// A flag or a complaint, as it stands.
pub struct Held {
    pub id: CaseId,
    pub of: Of,
    pub steps: Vec<FlagStepRow>,
    pub letters: Vec<CaseLetterRow>,
    pub answers: Vec<CaseAnswerRow>,
}

pub enum Of {
    Flag(FlagRow),
    Complaint(ComplaintRow),
}

/// Until when somebody can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deadlines {
    pub answer_by: Option<NaiveDate>,
    pub appeal_by: Option<NaiveDate>,
}

impl Held {
    /// `Ok(None)`: there is no such case.
    pub async fn load(tx: &mut Tx, id: &CaseId) -> Done<Option<Held>> {
        Ok(Held::load_all(tx, std::slice::from_ref(id)).await?.remove(id))
    }

    /// Those of some that there are, with as many statements as one takes.
    pub async fn load_all(tx: &mut Tx, ids: &[CaseId]) -> Done<BTreeMap<CaseId, Held>> {
        let (flags, complaints): (Vec<&CaseId>, Vec<&CaseId>) = ids.iter().partition(|id| id.kind() == CaseKind::Flag);
        let mut found = Vec::new();
        if !flags.is_empty() {
            for row in tx.flags_by_id(&Ids::new(flags.iter().map(|id| id.as_str()))).await? {
                found.push((CaseId::parse(&row.id).map_err(|_| damaged("id of a flag"))?, Of::Flag(row)));
            }
        }
        if !complaints.is_empty() {
            let rows = tx.complaints_among(&Ids::new(complaints.iter().map(|id| id.as_str()))).await?;
            found.extend(rows.into_iter().map(|row| (row.id.clone(), Of::Complaint(row))));
        }
        let all = Ids::new(found.iter().map(|(id, _)| id.as_str()));
        let mut steps = tx.steps_of_flags(&all).await?;
        let mut letters = tx.letters_of_cases(&all).await?;
        let mut answers = tx.answers_of_cases(&all).await?;
        let held = found.into_iter().map(|(id, of)| {
            let held = Held {
                of,
                steps: steps.remove(id.as_str()).unwrap_or_default(),
                letters: letters.remove(id.as_str()).unwrap_or_default(),
                answers: answers.remove(id.as_str()).unwrap_or_default(),
                id: id.clone(),
            };
            (id, held)
        });
        Ok(held.collect())
    }

    /// As [`Held::load`], and nobody else changes it meanwhile.
    pub async fn lock(tx: &mut Tx, id: &CaseId) -> Done<Option<Held>> {
        tx.lock_case(id).await?;
        Held::load(tx, id).await
    }

    pub fn office(&self) -> &OfficeId {
        match &self.of {
            Of::Flag(flag) => &flag.office,
            Of::Complaint(complaint) => &complaint.office,
        }
    }

    pub fn state(&self) -> FlagState {
        match &self.of {
            Of::Flag(flag) => flag.state,
            Of::Complaint(complaint) => complaint.state,
        }
    }

    pub fn letter(&self, letter: CaseLetter) -> Option<&CaseLetterRow> {
        self.letters.iter().find(|row| row.letter == letter)
    }

    /// How a letter reached whom it concerns. A handing over belongs to the letter that was the last one then.
    pub fn reached(&self, letter: CaseLetter, office: &Office) -> Reached {
        let Some(at) = self.letters.iter().position(|row| row.letter == letter) else { return Reached::default() };
        let Some(row) = self.letters.get(at) else { return Reached::default() };
        let next = self.letters.get(at + 1).map_or(i64::MAX, |next| next.written.0);
        let mut handed = self.steps.iter().rev().filter(|s| s.step == "hand" && s.at >= row.written.0 && s.at < next);
        Reached {
            mailed: (row.address.is_some() && !row.bounced).then(|| row.written.day(office.zone)),
            handed: handed.next().and_then(|step| step.reason.parse().ok()),
        }
    }

    /// The last letter, where nobody has it yet and it still says something new.
    pub fn to_hand_over(&self, office: &Office) -> Option<&CaseLetterRow> {
        let row = self.letters.last()?;
        let awaited = match row.letter {
            CaseLetter::Explain => self.state() == FlagState::Asked,
            CaseLetter::Decision => matches!(self.state(), FlagState::Confirmed | FlagState::Dismissed),
            CaseLetter::Appeal => true,
        };
        (awaited && self.reached(row.letter, office).on().is_none()).then_some(row)
    }

    pub fn deadlines(&self, ctx: &Context, office: &Office) -> Deadlines {
        let workdays = workdays(ctx.calendar.of(&office.region));
        let last = |letter| {
            let row = self.letter(letter)?;
            self.reached(letter, office).answer_by(row.days, &workdays)
        };
        Deadlines { answer_by: last(CaseLetter::Explain), appeal_by: last(CaseLetter::Decision) }
    }

    /// Whether an explanation was asked for, did not come, and its time is over.
    pub fn is_overdue(&self, deadlines: Deadlines, today: NaiveDate) -> bool {
        self.state() == FlagState::Asked && deadlines.answer_by.is_some_and(|last| last < today)
    }

    /// As far as the next step depends on it.
    pub async fn flag(&self, ctx: &Context, tx: &mut Tx, office: &Office) -> Done<Flag> {
        let mut people = People::of(tx, self, office).await?;
        let deadlines = self.deadlines(ctx, office);
        let mut decided_by = BTreeSet::new();
        for decider in self.steps.iter().filter(|s| s.step == "confirm" || s.step == "dismiss") {
            decided_by.extend(people.spellings_of(&decider.actor));
            decided_by.extend(ctx.registers.signers(tx).await?.spellings_of(&decider.actor));
        }
        Ok(Flag {
            state: self.state(),
            observers: std::mem::take(&mut people.observers),
            recused: std::mem::take(&mut people.recused),
            concerned: std::mem::take(&mut people.concerned),
            answer_by: deadlines.answer_by,
            appeal_by: deadlines.appeal_by,
            decided_by,
            applied: self.steps.iter().any(|s| s.step == "apply"),
        })
    }

    pub async fn take_step(&self, tx: &mut Tx, step: &FlagStepRow) -> Done<()> {
        match &self.of {
            Of::Flag(flag) => {
                let to = step.state.parse().map_err(|()| damaged("state of a flag"))?;
                tx.step_flag(flag, &step.step, &step.actor, Timestamp(step.at), &step.reason, to).await?;
            }
            Of::Complaint(complaint) => tx.step_complaint(&complaint.id, complaint.state, step).await?,
        }
        Ok(())
    }
}

fn spellings(name: &Name) -> Vec<String> {
    [&name.own, &name.latin].into_iter().filter(|n| !n.is_empty()).cloned().collect()
}

fn of_official(official: &Official) -> Vec<String> {
    let mut all = spellings(&official.name);
    all.push(official.id.to_string());
    all.extend(official.email.clone());
    all
}

/// Everything by which an inspector may sign.
pub(super) fn signatures(inspector: &Inspector) -> Vec<String> {
    let mut all = spellings(&inspector.name);
    all.push(inspector.id.to_string());
    all.extend(inspector.addresses.iter().cloned());
    all
}

/// Who has to do with a case, each in every spelling of the name.
struct People {
    observers: BTreeSet<String>,
    recused: BTreeSet<String>,
    concerned: BTreeSet<String>,
}

impl People {
    async fn of(tx: &mut Tx, held: &Held, office: &Office) -> Done<People> {
        let complaint = match &held.of {
            Of::Flag(flag) => return People::of_flag(tx, flag, office).await,
            Of::Complaint(complaint) => complaint,
        };
        Ok(People {
            // Who reported it saw it, and decides nothing of it.
            observers: match held.id.kind() {
                CaseKind::BackCheck => looked_again(tx, &held.id).await?,
                _ => Some(complaint.heard_from.clone()).into_iter().filter(|name| !name.is_empty()).collect(),
            },
            recused: BTreeSet::new(),
            concerned: signed_by(tx, &Ids::new([complaint.inspector.as_str()])).await?,
        })
    }

    async fn of_flag(tx: &mut Tx, flag: &FlagRow, office: &Office) -> Done<People> {
        let mut observed = BTreeSet::new();
        let mut seen_on = flag.opened.day(office.zone);
        if let Some(assignment) = tx.assignment(&flag.assignment).await? {
            seen_on = assignment.released.day(office.zone);
            observed.insert(assignment.inspector);
        }
        if let Some((other, _)) = tx.twin(&flag.assignment, &flag.line).await?
            && let Some(other) = tx.assignment(&other).await?
        {
            observed.insert(other.inspector);
        }
        let official = tx.officials_among(&Ids::new([flag.official.as_str()])).await?.pop();
        let barred = match &official {
            Some(official) => recused(tx, official, seen_on).await?,
            None => BTreeSet::new(),
        };
        Ok(People {
            observers: signed_by(tx, &Ids::new(observed.iter().map(InspectorId::as_str))).await?,
            recused: signed_by(tx, &Ids::new(barred.iter().map(InspectorId::as_str))).await?,
            concerned: official.iter().flat_map(of_official).collect(),
        })
    }

    fn spellings_of(&self, name: &str) -> Vec<String> {
        let is_concerned = self.concerned.iter().any(|one| same_person(one, name));
        let concerned = self.concerned.iter().filter(|_| is_concerned).cloned();
        concerned.chain([name.to_owned()]).collect()
    }
}

/// Who looked at the visit again.
async fn looked_again(tx: &mut Tx, case: &CaseId) -> Done<BTreeSet<String>> {
    let assignment = tx.back_check_of_case(case).await?.and_then(|row| row.assignment);
    let row = match assignment {
        Some(id) => tx.assignment(&id).await?,
        None => None,
    };
    signed_by(tx, &Ids::new(row.as_ref().map(|row| row.inspector.as_str()))).await
}

/// All that some inspectors sign by.
async fn signed_by(tx: &mut Tx, ids: &Ids) -> Done<BTreeSet<String>> {
    let inspectors = tx.inspectors_among(ids).await?;
    Ok(inspectors.iter().flat_map(signatures).collect())
}

/// Inspectors with a recusal from an official, the team, its village, region or sending unit, in force on the day
/// of the visit or since.
async fn recused(tx: &mut Tx, official: &Official, since: NaiveDate) -> Done<BTreeSet<InspectorId>> {
    let team =
        tx.teams_of_places(&Ids::new([official.team.as_str()])).await?.into_iter().find(|t| t.id == official.team);
    let village: Option<Village> = match &team {
        Some(team) => tx.villages_among(&Ids::new([team.village.as_str()])).await?.pop(),
        None => None,
    };
    let touches = |scope: &RecusalScope| match scope {
        RecusalScope::Official(id) => *id == official.id,
        RecusalScope::Team(id) => *id == official.team,
        RecusalScope::Village(id) => team.as_ref().is_some_and(|t| t.village == *id),
        RecusalScope::Region(code) => village.as_ref().is_some_and(|v| v.region.starts_with(code.as_str())),
        RecusalScope::SendingUnit(unit) => {
            *unit == official.sending_unit || team.as_ref().is_some_and(|t| t.sending_unit == *unit)
        }
    };
    let in_force = |to: Option<NaiveDate>| to.is_none_or(|to| to >= since);
    let region = village.as_ref().map_or("", |village| village.region.as_str());
    let mut targets = vec![official.id.as_str(), official.team.as_str(), official.sending_unit.as_str()];
    targets.extend(team.iter().flat_map(|team| [team.village.as_str(), team.sending_unit.as_str()]));
    targets.extend((1..=region.len()).filter_map(|length| region.get(..length)));
    let recusals = tx.recusals_among(&Ids::new(targets)).await?;
    Ok(recusals.into_iter().filter(|r| in_force(r.span.to) && touches(&r.scope)).map(|r| r.inspector).collect())
}

/// Who can be written to about a case, and at which address.
pub struct Party {
    pub name: Name,
    pub address: Option<String>,
}

/// Whom a case concerns, whom its letters go to, and everybody whose mails are answers to them.
pub struct Parties {
    pub who: Name,
    pub to: Party,
    pub all: Vec<Party>,
}

/// The official, or the lead of the team where only the lead has an address; of a complaint the inspector.
pub async fn parties(tx: &mut Tx, held: &Held, today: NaiveDate) -> Done<Option<Parties>> {
    match &held.of {
        Of::Complaint(complaint) => {
            let inspectors = tx.inspectors_among(&Ids::new([complaint.inspector.as_str()])).await?;
            Ok(inspectors.into_iter().next().map(|inspector| {
                let party =
                    |address: Option<&String>| Party { name: inspector.name.clone(), address: address.cloned() };
                Parties {
                    who: inspector.name.clone(),
                    to: party(inspector.addresses.first()),
                    all: inspector.addresses.iter().map(|address| party(Some(address))).collect(),
                }
            }))
        }
        Of::Flag(flag) => {
            let Some(official) = tx.officials_among(&Ids::new([flag.official.as_str()])).await?.pop() else {
                return Ok(None);
            };
            let team = tx.officials_of_teams(&Ids::new([official.team.as_str()])).await?;
            let mut leads =
                team.into_iter().filter(|o| o.role == Role::Lead && o.id != official.id && o.posting.holds_on(today));
            let party = |o: &Official| Party { name: o.name.clone(), address: o.email.clone() };
            let lead = leads.find(|lead| lead.email.is_some());
            let to = match (&official.email, &lead) {
                (None, Some(lead)) => party(lead),
                _ => party(&official),
            };
            let all = [Some(&official), lead.as_ref()].into_iter().flatten().map(party).collect();
            Ok(Some(Parties { who: official.name, to, all }))
        }
    }
}
