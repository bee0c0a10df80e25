//! Habits in the attendance of an office's officials that stand out, and the signals a person may make of them.

use super::places::subtree;
use super::{Context, Done};
use crate::evidence::pattern::{Habit, Of, habits};
use crate::measure::document::Document;
use crate::measure::patterns::{Asked, Counted, Facts, Named, Pattern, document, same_second, stand_out};
use crate::model::record::SourceKind;
use crate::model::register::Name;
use crate::model::time::DAY;
use crate::model::{Days, OfficeId, OfficialId, Said, SignalKind, Timestamp, Trouble};
use crate::said;
use crate::store::{Ids, Tx};
use crate::table::TemplateKind;
use crate::table::write::{csv, header};
use chrono::NaiveTime;
use std::collections::{BTreeMap, BTreeSet};

/// So long a signal made of a pattern stands.
const SIGNAL_DAYS: u64 = 90;

/// The page, and who is named on it.
#[derive(Debug, Clone)]
pub struct Found {
    pub document: Document,
    pub named: Vec<Named>,
}

/// A question, of whom it is asked, and what brought the records.
#[derive(Debug, Clone)]
pub struct Question {
    pub pattern: Pattern,
    pub official: OfficialId,
    pub source: String,
    pub asked: Asked,
}

/// Looks at the punches of an office and of those below it.
///
/// # Errors
/// What is stored cannot be read.
pub async fn patterns(ctx: &Context, office: &OfficeId, days: Days) -> Done<Found> {
    let office = ctx.office(office)?;
    let below = subtree(&ctx.config, &office.id);
    let mut tx = ctx.store.read().await?;
    let from = Timestamp::from_local(days.from.and_time(NaiveTime::MIN), office.zone);
    let to = Timestamp::from_local(days.to.and_time(NaiveTime::MIN), office.zone).plus(DAY - 1);
    let (mut questions, mut officials) = (Vec::new(), BTreeSet::new());
    let sources = ctx.config.sources.iter().filter(|one| below.contains(&one.office));
    for source in sources.map(|one| &one.source).filter(|source| source.kind == SourceKind::Punch) {
        let records = tx.punches_between(&source.id, from, to).await?;
        let habits = habits(&records, office.zone);
        officials.extend(habits.keys().map(|official| (*official).clone()));
        questions.extend(ask(&habits, source.id.as_str()));
    }
    let asked: Vec<Asked> = questions.iter().map(|one| one.asked).collect();
    let count = |pattern| (pattern, questions.iter().filter(|one| one.pattern == pattern).count() as u64);
    let counted = Pattern::ALL.map(count).to_vec();
    let out = stand_out(&asked);
    let out = questions.into_iter().zip(out).filter_map(|(question, q)| Some((question, q?))).collect();
    let named = with_names(&mut tx, out).await?;
    let facts = Facts {
        office: office.id.to_string(),
        name: said(&office.name),
        days,
        officials: officials.len() as u64,
        questions: counted,
        named,
    };
    Ok(Found { document: document(&facts), named: facts.named })
}

/// Every question that the habits of one source allow.
pub fn ask(habits: &BTreeMap<&OfficialId, Habit>, source: &str) -> Vec<Question> {
    let of = |pick: fn(&Habit) -> Of| -> Vec<Counted> {
        habits.values().map(pick).map(|of| Counted { seen: of.seen, of: of.days }).collect()
    };
    let seconds: Vec<[u64; 60]> = habits.values().map(|habit| habit.seconds).collect();
    let asked = [
        (Pattern::SameSecond, same_second(&seconds)),
        (Pattern::Borrowed, Pattern::Borrowed.ask(&of(|habit| habit.borrowed))),
        (Pattern::Far, Pattern::Far.ask(&of(|habit| habit.far))),
        (Pattern::Corrected, Pattern::Corrected.ask(&of(|habit| habit.corrected))),
    ];
    let mut questions = Vec::new();
    for (pattern, asked) in asked {
        let question = |(official, asked): (&&OfficialId, Option<Asked>)| {
            let (official, source) = ((*official).clone(), source.to_owned());
            Some(Question { pattern, official, source, asked: asked? })
        };
        questions.extend(habits.keys().zip(asked).filter_map(question));
    }
    questions
}

fn said(name: &Name) -> Said {
    let latin = if name.latin.is_empty() { &name.own } else { &name.latin };
    Said::new(latin, &name.own)
}

async fn with_names(tx: &mut Tx, out: Vec<(Question, f64)>) -> Done<Vec<Named>> {
    let officials = tx.officials_among(&Ids::new(out.iter().map(|(one, _)| one.official.as_str()))).await?;
    let officials: BTreeMap<_, _> = officials.into_iter().map(|one| (one.id.clone(), one)).collect();
    let teams = tx.teams_of_places(&Ids::new(officials.values().map(|one| one.team.as_str()))).await?;
    let villages = tx.villages_among(&Ids::new(teams.iter().map(|team| team.village.as_str()))).await?;
    let mut named = Vec::new();
    for (Question { pattern, official, source, asked }, false_alarms) in out {
        let person = officials.get(&official);
        let team = person.and_then(|person| teams.iter().find(|team| team.id == person.team));
        let village = team.and_then(|team| villages.iter().find(|village| village.id == team.village));
        named.push(Named {
            pattern,
            name: person.map_or_else(|| Said::new("-", "-"), |person| said(&person.name)),
            team: team.map_or_else(String::new, |team| team.id.to_string()),
            village: village.map_or_else(|| Said::new("-", "-"), |village| said(&village.name)),
            official: official.to_string(),
            source,
            asked,
            false_alarms,
        });
    }
    Ok(named)
}

/// A filled template of signals: a team each, from tomorrow on. Nothing happens before a person imports it.
///
/// # Errors
/// It could not be written.
pub fn signals(ctx: &Context, office: &OfficeId, days: Days, named: &[Named]) -> Done<Vec<u8>> {
    let office = ctx.office(office)?;
    let today = ctx.now().day(office.zone);
    let from = today.succ_opt().unwrap_or(today);
    let to = from.checked_add_days(chrono::Days::new(SIGNAL_DAYS - 1)).unwrap_or(from);
    let mut teams: BTreeMap<&str, BTreeSet<Pattern>> = BTreeMap::new();
    for one in named.iter().filter(|one| !one.team.is_empty()) {
        teams.entry(&one.team).or_default().insert(one.pattern);
    }
    let row = |(team, patterns): (&str, BTreeSet<Pattern>)| {
        let what: Vec<String> = patterns.iter().map(|p| p.said().in_language(office.language).to_owned()).collect();
        let reason = format!("{days} {}", what.join(office.language.pick(", ", "、")));
        let kind = SignalKind::Pattern.code().to_owned();
        vec![team.to_owned(), kind, reason, from.to_string(), to.to_string()]
    };
    let rows: Vec<Vec<String>> = teams.into_iter().map(row).collect();
    csv(&header(TemplateKind::Signals), rows).map_err(|e| {
        Trouble::new(said!("the file of signals could not be made: {e}", "风险信号文件未能生成：{e}")).into()
    })
}
