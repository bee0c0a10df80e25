//! A case whole: one official's day from the records beside what was seen, and all that followed.

use crate::evidence::flag::{Actor, Move, Step, after};
use crate::letter::phone_free;
use crate::model::record::{Filed, Record, What};
use crate::model::register::Name;
use crate::model::viewer::{Scope, Viewer};
use crate::model::{CaseId, FlagState, Said, Timestamp};
use crate::store::{BatchRow, Ids, PhotoRow, Tx};
use crate::work::cases::Held;
use crate::work::complaints::{self, Complaint};
use crate::work::findings_told::without_villagers;
use crate::work::flags::{self, Case};
use crate::work::post::at_clock;
use crate::work::release::load_assignment;
use crate::work::{Context, Done};
use chrono::NaiveTime;
use chrono_tz::Tz;
use std::collections::BTreeMap;

pub struct CaseLook {
    pub id: CaseId,
    pub of: Of,
    pub zone: Tz,
    /// What this person may do now.
    pub may: Vec<Step>,
    /// What would come next, and why not yet or not by this person.
    pub not_yet: Vec<Said>,
}

pub enum Of {
    Flag(Box<FlagLook>),
    Complaint(Box<Complaint>),
}

pub struct FlagLook {
    pub case: Case,
    pub inspector: Name,
    pub remark: String,
    pub records: Vec<Seen>,
    /// With the report of the visit.
    pub photos: Vec<PhotoRow>,
}

/// A record of the day, with the file that brought it.
pub struct Seen {
    pub record: Record,
    pub file: String,
    pub first_seen: Timestamp,
    /// The verdict rests on it.
    pub decided: bool,
}

impl CaseLook {
    pub fn state(&self) -> FlagState {
        match &self.of {
            Of::Flag(flag) => flag.case.standing.flag.state,
            Of::Complaint(complaint) => complaint.row.state,
        }
    }
}

/// `Ok(None)`: there is none, or none in sight.
pub async fn case(ctx: &Context, scope: &Scope, id: &CaseId, viewer: &Viewer) -> Done<Option<CaseLook>> {
    let mut tx = ctx.store.read().await?;
    let Some(held) = Held::load(&mut tx, id).await? else { return Ok(None) };
    if !scope.sees(held.office()) {
        return Ok(None);
    }
    let office = ctx.office(held.office())?;
    let today = ctx.now().day(office.zone);
    let life = held.flag(ctx, &mut tx, office).await?;
    let (mut may, mut not_yet) = (Vec::new(), Vec::new());
    for step in follow(life.state) {
        let step = Move { step, actor: Actor::Person(viewer.name.clone()), day: today, reason: "-".to_owned() };
        match after(&life, &step) {
            Ok(_) => may.push(step.step),
            Err(why) if !not_yet.contains(&why) => not_yet.push(why),
            Err(_) => {}
        }
    }
    let of = match &held.of {
        crate::work::cases::Of::Complaint(_) => {
            complaints::show(ctx, id).await?.map(|one| Of::Complaint(Box::new(one)))
        }
        crate::work::cases::Of::Flag(_) => {
            let Some(case) = flags::show(ctx, id.as_str()).await? else { return Ok(None) };
            Some(Of::Flag(Box::new(flag(ctx, &mut tx, case).await?)))
        }
    };
    Ok(of.map(|of| CaseLook { id: id.clone(), of, zone: office.zone, may, not_yet }))
}

/// Steps that people take from a state.
fn follow(state: FlagState) -> Vec<Step> {
    match state {
        FlagState::Open => vec![Step::Ask],
        FlagState::Asked | FlagState::Explained => vec![Step::Confirm, Step::Dismiss],
        FlagState::Appealed => vec![Step::Uphold, Step::Overturn],
        FlagState::Confirmed | FlagState::Upheld => vec![Step::Apply],
        FlagState::Dismissed | FlagState::Overturned => Vec::new(),
    }
}

async fn flag(ctx: &Context, tx: &mut Tx, case: Case) -> Done<FlagLook> {
    let row = &case.standing.flag;
    let office = ctx.office(&row.office)?;
    let photos = tx.photos_of_line(&row.assignment, &row.line).await?;
    let remark = phone_free(&case.remark);
    let mut look = FlagLook { inspector: Name::default(), remark, records: Vec::new(), photos, case };
    let row = look.case.standing.flag.clone();
    let Some(given) = tx.assignment(&row.assignment).await? else { return Ok(look) };
    let inspectors = tx.inspectors_among(&Ids::new([given.inspector.as_str()])).await?;
    look.inspector = inspectors.into_iter().next().map(|one| one.name).unwrap_or_default();
    let Some(assignment) = load_assignment(tx, &given).await? else { return Ok(look) };
    let Some(line) = assignment.lines.iter().find(|line| line.code.as_str() == row.line) else { return Ok(look) };
    let teams = tx.teams_of_places(&Ids::new([line.place.as_str()])).await?;
    let villages = Ids::new(teams.iter().map(|team| team.village.as_str()).chain([line.place.as_str()]));
    look.remark = without_villagers(&look.remark, &tx.contacts_of_villages(&villages).await?);
    let day = line.from.day(office.zone);
    let start = at_clock(office, day, NaiveTime::MIN);
    let end = day.succ_opt().map_or(start, |next| at_clock(office, next, NaiveTime::MIN));
    let who = row.official.as_str();
    let mut records = tx.punches_of(&std::iter::once(who).collect(), start, end.minus(1)).await?;
    let papers = tx.papers_of(&Ids::new([who])).await?.into_iter().map(|(_, record)| record);
    records.extend(papers.filter(|record| touches(record, start, end)));
    let batches = tx.batches_among(&Ids::new(records.iter().map(|record| record.first_batch.as_str()))).await?;
    let batches: BTreeMap<String, BatchRow> = batches.into_iter().map(|batch| (batch.id.clone(), batch)).collect();
    let decided: Vec<String> = serde_json::from_str(&look.case.standing.verdict.evidence).unwrap_or_default();
    look.records = records
        .into_iter()
        .map(|record| {
            let batch = batches.get(&record.first_batch);
            let key = format!("{}/{}/{}", record.source, record.first_batch, record.row);
            Seen {
                file: batch.map(|batch| batch.file_name.clone()).unwrap_or_default(),
                first_seen: Timestamp(batch.map_or(0, |batch| batch.seen_at)),
                decided: decided.contains(&key),
                record,
            }
        })
        .collect();
    Ok(look)
}

fn touches(record: &Record, start: Timestamp, end: Timestamp) -> bool {
    let (from, to) = match &record.what {
        What::Paper(paper) => (paper.from, paper.to),
        What::Rota { from, to } => (*from, *to),
        // What is noted says nothing of where anybody was.
        What::Punch(_) | What::Note(_) => return false,
    };
    from < end && to >= start
}

impl Seen {
    /// Where it stands in the story of the day: when it was entered, if that is known; else when it speaks of.
    pub fn at(&self) -> Timestamp {
        match (&self.record.what, self.record.filed) {
            (What::Punch(punch), _) => punch.at,
            (_, Filed { at: Some(at), .. }) => at,
            (What::Paper(paper), _) => paper.from,
            (What::Rota { from, .. }, _) => *from,
            (What::Note(note), _) => note.from,
        }
    }
}
