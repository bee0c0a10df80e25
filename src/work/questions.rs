//! What was answered in a period, question by question: lines with their sealed chances, and what they say.

use super::fairness::{Promised, frame_of};
use super::instruments::by_version;
use super::period_facts::Concerned;
use super::windows::damaged;
use super::{Context, Done, generation};
use crate::config::Programme;
use crate::draw::{Chance, Origin};
use crate::measure::questions::{Asked, Heard, Pool, Report, report};
use crate::measure::units::{Inclusion, Stratum};
use crate::model::question::{self, is_asked};
use crate::model::{Days, Instrument, Kind, Line, OfficeId, Outcome, PlaceId, QuestionCode, Sha256, Trouble};
use crate::store::{Ids, LineRow, SealRow, Tx};
use std::collections::{BTreeMap, BTreeSet};

/// The programmes of an office and of those below it; only windows that are over count.
///
/// # Errors
/// The office is not configured, or what is stored cannot be read.
pub async fn questions(ctx: &Context, office: &OfficeId, days: Days) -> Done<Report> {
    let office = ctx.office(office)?;
    let mut tx = ctx.store.read().await?;
    of_programmes(ctx, &mut tx, &Concerned::of(ctx, office).own, days).await
}

pub(super) async fn of_programmes(ctx: &Context, tx: &mut Tx, programmes: &[&Programme], days: Days) -> Done<Report> {
    let mut asked = Vec::new();
    for programme in programmes {
        asked.extend(of_programme(ctx, tx, programme, days).await?);
    }
    Ok(report(days, asked).map_err(|error| Trouble::new(error.said()))?)
}

/// A question by its instrument and code: another version of a text keeps its codes.
type Key = (Kind, String, QuestionCode);

/// A line with its instrument and everything that was said of it.
struct Checked {
    place: PlaceId,
    kind: Kind,
    p: Inclusion,
    version: Option<Sha256>,
    outcomes: Vec<Outcome>,
    answers: BTreeMap<QuestionCode, String>,
}

async fn of_programme(ctx: &Context, tx: &mut Tx, programme: &Programme, days: Days) -> Done<Vec<Asked>> {
    let mut found: BTreeMap<Key, Asked> = BTreeMap::new();
    for seal in tx.seals_between(&programme.id, &programme.office, days.from, days.to).await? {
        if seal.window.end > ctx.now() || tx.draw(&seal.window.id).await?.is_none() {
            continue;
        }
        let exactly = Promised(generation::of(tx, &seal).await?).exactly().is_some();
        add_window(tx, programme, &seal, exactly, &mut found).await?;
    }
    Ok(found.into_values().collect())
}

async fn add_window(
    tx: &mut Tx,
    programme: &Programme,
    seal: &SealRow,
    exactly: bool,
    found: &mut BTreeMap<Key, Asked>,
) -> Done<()> {
    let frame = frame_of(tx, seal).await?;
    let own = Stratum::parse(seal.window.id.office.as_str()).map_err(Trouble::new)?;
    let stratum = |place: &PlaceId| {
        let pool = frame.row(place).map_or("", |row| frame.pool_of(row));
        Stratum::parse(pool).unwrap_or_else(|_| own.clone())
    };
    // What was drawn as a visit and made as a call is in neither, and stood beside the visits that were kept.
    let mut others: BTreeMap<Stratum, Vec<Inclusion>> = BTreeMap::new();
    let mut listed = BTreeSet::new();
    let mut lines = Vec::new();
    for row in tx.lines_of_window(&seal.window.id).await? {
        let chance = |kind: Kind| {
            let row = frame.row(&row.place)?;
            Inclusion::new(if kind == Kind::Visit { row.visit } else { row.call }.as_f64())
        };
        if row.origin == Origin::Announced.code() {
            continue;
        }
        let moved = [Origin::Overflow.code(), Origin::Route.code()].contains(&row.origin.as_str());
        if row.kind == Kind::Call && moved {
            others.entry(stratum(&row.place)).or_default().extend(chance(Kind::Visit));
        } else if let Some(p) = chance(row.kind) {
            if row.kind == Kind::Visit {
                listed.insert(row.place.clone());
            }
            lines.push((row, p));
        }
    }
    if exactly {
        for row in frame.rows().iter().filter(|row| row.visit > Chance::ZERO && !listed.contains(&row.id)) {
            others.entry(stratum(&row.id)).or_default().extend(Inclusion::new(row.visit.as_f64()));
        }
    }
    let checked = checked(tx, lines).await?;
    let instruments = by_version(tx, &checked.iter().filter_map(|line| line.version).collect()).await?;
    for instrument in instruments.values() {
        for question in &instrument.questions {
            let key = (instrument.kind, instrument.id.clone(), question.code);
            let asked = found.entry(key).or_insert_with(|| Asked {
                programme: programme.name.clone(),
                instrument: instrument.id.clone(),
                kind: instrument.kind,
                question: question.clone(),
                pools: Vec::new(),
            });
            asked.question.clone_from(question);
        }
    }
    for ((kind, id, code), asked) in found.iter_mut() {
        if !instruments.values().any(|instrument| instrument.kind == *kind && instrument.id == *id) {
            continue;
        }
        let mut pools: BTreeMap<Stratum, Vec<(Inclusion, Heard)>> = BTreeMap::new();
        for line in checked.iter().filter(|line| line.kind == *kind) {
            let heard = heard(line, &instruments, id, *code);
            pools.entry(stratum(&line.place)).or_default().push((line.p, heard));
        }
        asked.pools.extend(pools.into_iter().map(|(stratum, lines)| Pool {
            others: match kind {
                Kind::Visit => others.get(&stratum).cloned().unwrap_or_default(),
                Kind::Call => Vec::new(),
            },
            exactly: exactly && *kind == Kind::Visit,
            stratum,
            lines,
        }));
    }
    Ok(())
}

fn heard(line: &Checked, instruments: &BTreeMap<Sha256, Instrument>, id: &str, code: QuestionCode) -> Heard {
    let instrument = line.version.and_then(|version| instruments.get(&version)).filter(|one| one.id == id);
    let Some(question) = instrument.and_then(|one| one.questions.iter().find(|q| q.code == code)) else {
        return Heard::NotAsked;
    };
    if !line.outcomes.iter().any(|outcome| line.kind.can_be_asked(*outcome)) {
        return Heard::NotMade;
    }
    let answered = |code| line.answers.get(&code).map(String::as_str);
    match (is_asked(question, answered), answered(code).and_then(|code| question.value(code))) {
        (question::Asked::No, _) | (question::Asked::Unknown, None) => Heard::NotAsked,
        (_, Some(value)) => Heard::Answer(value),
        (question::Asked::Yes, None) => Heard::Nothing,
    }
}

/// Lines with what was said of them, by themselves or by the line of the window that carried them out.
async fn checked(tx: &mut Tx, lines: Vec<(LineRow, Inclusion)>) -> Done<Vec<Checked>> {
    let mut carried = Vec::new();
    for (row, p) in lines {
        let by = match &row.credit {
            None => row,
            Some(window) => match tx.lines_of_window(window).await?.into_iter().find(|one| one.place == row.place) {
                Some(other) => other,
                None => row,
            },
        };
        carried.push((by, p));
    }
    let ids = Ids::new(carried.iter().filter_map(|(row, _)| row.assignment.as_deref()));
    let mut outcomes: BTreeMap<(String, String), Vec<Outcome>> = BTreeMap::new();
    for one in tx.outcomes_among(&ids).await? {
        outcomes.entry((one.assignment.to_string(), one.line)).or_default().push(one.outcome);
    }
    let mut answers: BTreeMap<(String, String), BTreeMap<QuestionCode, String>> = BTreeMap::new();
    for one in tx.answers_among(&ids).await? {
        answers.entry((one.assignment.to_string(), one.line)).or_default().insert(one.question, one.value);
    }
    let read = |(row, p): (LineRow, Inclusion)| {
        let line: Option<Line> =
            row.detail.as_deref().map(serde_json::from_str).transpose().map_err(|_| damaged("line"))?;
        let key = (row.assignment.unwrap_or_default(), row.code.unwrap_or_default());
        Ok(Checked {
            place: row.place,
            kind: row.kind,
            p,
            version: line.and_then(|line| Some(line.instrument?.version)),
            outcomes: outcomes.get(&key).cloned().unwrap_or_default(),
            answers: answers.get(&key).cloned().unwrap_or_default(),
        })
    };
    carried.into_iter().map(read).collect()
}
