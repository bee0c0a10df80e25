//! Gaps in what was imported open findings; evidence that comes rectifies them. The machine closes none.

use super::findings::{Homes, deadline, finding_id};
use super::judge_case::{speaks_of_place, workdays};
use super::{Context, Done};
use crate::config::{Office, OfficeSource};
use crate::evidence::finding::{Finding, Move, Step, after};
use crate::evidence::flag::Actor;
use crate::evidence::gaps::{Gap, Held, Post, Stretch, missing, stretch};
use crate::model::MACHINE;
use crate::model::record::{Batch, Cadence};
use crate::model::register::Village;
use crate::model::time::DAY;
use crate::model::{
    FindingOrigin, FindingState, OfficeId, OfficialId, Said, SourceId, Subject, TeamId, Timestamp, Trouble, VillageId,
};
use crate::store::{FindingRow, Ids, NewFindingStep, Tx};
use crate::words::findings as words;
use chrono::{NaiveDate, NaiveTime};
use std::collections::BTreeMap;

/// Days and imports for which gaps were looked for already.
const CONSIDERED: &str = "gaps.considered";

/// What the machine does, or would do, about one gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Open {
        code: String,
        subject: Subject,
        text: Said,
    },
    /// What was missing has come.
    Arrived {
        finding: String,
        subject: Subject,
        code: String,
    },
    /// It came, and is missing again.
    Again {
        finding: String,
        subject: Subject,
        code: String,
    },
}

/// What was found out about a source: over which days it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    pub source: String,
    pub gap: Gap,
    /// `None`: no stretch that is over lies wholly in the days that complete batches cover.
    pub stretch: Option<Stretch>,
    /// How many can be asked, and of how many something is missing.
    pub asked: usize,
    pub missing: usize,
}

/// Gaps of one office.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    pub looked: Vec<Looked>,
    pub changes: Vec<Change>,
}

/// Looks for gaps on a new day and after each import, and moves findings on. How many were moved.
pub async fn gaps_due(ctx: &Context) -> Done<usize> {
    if !ctx.config.sources.iter().any(|s| gap_of(s).is_some()) {
        return Ok(0);
    }
    let mut tx = ctx.store.read().await?;
    let days: Vec<String> = ctx.config.offices.iter().map(|o| ctx.now().day(o.zone).to_string()).collect();
    let mark = format!("{} {}", days.join(","), tx.newest_batches().await?);
    if tx.setting(CONSIDERED).await?.as_deref() == Some(mark.as_str()) {
        return Ok(0);
    }
    drop(tx);
    let mut tx = ctx.store.begin().await?;
    let mut moved = 0;
    let register = register(ctx, &mut tx).await?;
    for office in &ctx.config.offices {
        let found = look(ctx, &mut tx, office, &register).await?;
        moved += found.changes.len();
        for change in &found.changes {
            apply(ctx, &mut tx, office, change).await?;
        }
    }
    tx.put_setting(CONSIDERED, &mark).await?;
    tx.commit().await?;
    Ok(moved)
}

/// What would be done now; nothing is written.
pub async fn dry_run(ctx: &Context) -> Done<Vec<(&Office, Found)>> {
    let mut tx = ctx.store.read().await?;
    let mut all = Vec::new();
    let register = register(ctx, &mut tx).await?;
    for office in &ctx.config.offices {
        all.push((office, look(ctx, &mut tx, office, &register).await?));
    }
    Ok(all)
}

fn gap_of(source: &OfficeSource) -> Option<Gap> {
    let exists = source.source.cadence != Cadence::Never;
    Gap::ALL.into_iter().find(|gap| exists && gap.source() == source.source.kind)
}

async fn look(ctx: &Context, tx: &mut Tx, office: &Office, register: &Register) -> Done<Found> {
    let mut found = Found::default();
    let sources: Vec<(&OfficeSource, Gap)> =
        ctx.config.sources.iter().filter(|s| s.office == office.id).filter_map(|s| Some((s, gap_of(s)?))).collect();
    if sources.is_empty() {
        return Ok(found);
    }
    let posts = register.posts.get(&office.id).map_or(&[][..], Vec::as_slice);
    let mut known: BTreeMap<(String, Subject), FindingRow> = BTreeMap::new();
    for finding in tx.unsettled_gaps(&office.id).await? {
        known.insert((finding.code.clone(), finding.subject.clone()), finding);
    }
    let (today, workdays) = (ctx.now().day(office.zone), workdays(ctx.calendar.of(&office.region)));
    for (source, gap) in sources {
        let id = source.source.id.to_string();
        let batches = register.batches.get(&source.source.id).map_or(&[][..], Vec::as_slice);
        let never = batches.is_empty();
        let code = format!("no_import/{id}");
        compare(
            &mut found,
            known.get(&(code.clone(), Subject::Office)),
            &code,
            &Subject::Office,
            never,
            &words::never_imported(&id),
        );
        let covered: Vec<(NaiveDate, NaiveDate)> =
            batches.iter().filter(|batch| batch.complete).map(|batch| (batch.covers_from, batch.covers_to)).collect();
        let asked = stretch(gap, &covered, today, &workdays, office.work_log_days);
        let mut looked = Looked { source: id, gap, stretch: asked, asked: 0, missing: 0 };
        if let Some(asked) = asked {
            let posts: Vec<Post> = posts
                .iter()
                .filter(|(_, village)| speaks_of_place(source, &village.region, village.id.as_str()))
                .map(|(post, _)| post.clone())
                .collect();
            let held = held(ctx, tx, office, gap, &asked).await?;
            let text = words::gap_text(gap.code(), asked.from, asked.to);
            for (subject, is_missing) in missing(gap, &asked, &posts, &held) {
                looked.asked += 1;
                looked.missing += usize::from(is_missing);
                let before = known.get(&(gap.code().to_owned(), subject.clone()));
                compare(&mut found, before, gap.code(), &subject, is_missing, &text);
            }
        }
        found.looked.push(looked);
    }
    Ok(found)
}

/// What follows for one subject from what is missing now and what is open already.
fn compare(found: &mut Found, before: Option<&FindingRow>, code: &str, subject: &Subject, missing: bool, text: &Said) {
    let (code, subject) = (code.to_owned(), subject.clone());
    match (before, missing) {
        (None, true) => found.changes.push(Change::Open { code, subject, text: text.clone() }),
        (Some(f), false) if f.state == FindingState::Open => {
            found.changes.push(Change::Arrived { finding: f.id.clone(), subject, code });
        }
        (Some(f), true) if f.state == FindingState::Rectified => {
            found.changes.push(Change::Again { finding: f.id.clone(), subject, code });
        }
        _ => {}
    }
}

/// What all offices' gaps are looked for in.
struct Register {
    batches: BTreeMap<SourceId, Vec<Batch>>,
    /// Everybody who was ever posted in a place of an office, with the village.
    posts: BTreeMap<OfficeId, Vec<(Post, Village)>>,
}

async fn register(ctx: &Context, tx: &mut Tx) -> Done<Register> {
    let mut register = Register { batches: BTreeMap::new(), posts: BTreeMap::new() };
    for batch in tx.covering_batches().await? {
        register.batches.entry(batch.source.clone()).or_default().push(batch);
    }
    let homes = Homes::new(&ctx.config);
    let villages: BTreeMap<VillageId, Village> = tx.villages().await?.into_iter().map(|v| (v.id.clone(), v)).collect();
    let teams: BTreeMap<TeamId, VillageId> = tx.teams().await?.into_iter().map(|t| (t.id, t.village)).collect();
    for o in tx.officials().await? {
        let Some(village) = teams.get(&o.team).and_then(|id| villages.get(id)) else { continue };
        let Some(office) = homes.of(&village.region) else { continue };
        let post = Post { official: o.id, team: o.team, posting: o.posting };
        register.posts.entry(office.id.clone()).or_default().push((post, village.clone()));
    }
    Ok(register)
}

async fn held(ctx: &Context, tx: &mut Tx, office: &Office, gap: Gap, asked: &Stretch) -> Done<Vec<Held>> {
    let midnight = |day: NaiveDate| Timestamp::from_local(day.and_time(NaiveTime::MIN), office.zone);
    // A meeting stands in a leave export as well.
    let of_office = ctx.config.sources.iter().filter(|source| source.office == office.id);
    let sources = Ids::new(of_office.map(|source| source.source.id.as_str()));
    let held = tx.held(gap.source(), &sources, midnight(asked.from), midnight(asked.to).plus(DAY)).await?;
    Ok(held
        .into_iter()
        .map(|(official, from, to): (OfficialId, _, _)| (official, from.day(office.zone), to.day(office.zone)))
        .collect())
}

async fn apply(ctx: &Context, tx: &mut Tx, office: &Office, change: &Change) -> Done<()> {
    let (id, step, reason) = match change {
        Change::Open { code, subject, text } => return open(ctx, tx, office, (code, subject, text)).await,
        Change::Arrived { finding, .. } => (finding, Step::Rectify, words::evidence_arrived()),
        Change::Again { finding, .. } => (finding, Step::Reopen, words::missing_again()),
    };
    let Some(row) = tx.finding(id).await? else { return Ok(()) };
    let reason = reason.in_language(office.language).to_owned();
    let finding = Finding { state: row.state, origin: row.origin, rectified_by: None };
    let state = after(&finding, &Move { step, actor: Actor::Machine, reason: reason.clone() }).map_err(Trouble::new)?;
    let new = NewFindingStep { step: step.code(), actor: MACHINE, at: ctx.now(), reason: &reason, file: None };
    tx.step_finding(&row, &new, state).await?;
    Ok(())
}

async fn open(
    ctx: &Context,
    tx: &mut Tx,
    office: &Office,
    (code, subject, text): (&String, &Subject, &Said),
) -> Done<()> {
    let on = super::findings::place_of(tx, subject).await?;
    let earlier = tx.count_findings(&office.id, code, subject).await?;
    let now = ctx.now();
    let row = FindingRow {
        id: finding_id(&["gap", office.id.as_str(), code, subject.kind(), subject.id(), &earlier.to_string()]),
        office: office.id.clone(),
        subject: subject.clone(),
        team: on.team,
        village: on.village,
        code: code.clone(),
        origin: FindingOrigin::Gap,
        text: text.in_language(office.language).to_owned(),
        line: None,
        owner: String::new(),
        deadline: deadline(ctx, office, now),
        opened: now,
        opened_by: MACHINE.to_owned(),
        state: FindingState::Open,
    };
    tx.add_finding(&row, "").await?;
    Ok(())
}
