//! Visits that were not made, calls that were given back, and why; and regions that are not visited: for the digest.

use super::{Context, Done, blackout};
use crate::config::Office;
use crate::letter::{Todo, phone_free, plain};
use crate::model::register::Name;
use crate::model::{Outcome, Said};
use crate::said;
use crate::store::{AssignmentRow, Ids, Tx};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// Visits that an inspector could not make, visits and calls that they gave back, with what was said of them.
pub(super) async fn of_assignment(tx: &mut Tx, row: &AssignmentRow) -> Done<Vec<Todo>> {
    let back: BTreeMap<String, Option<bool>> = tx.handbacks_of(&row.id).await?.into_iter().collect();
    let mut of_lines: BTreeMap<String, (bool, BTreeSet<String>)> = BTreeMap::new();
    for outcome in tx.outcomes_of(&row.id).await? {
        if !outcome.line.starts_with('V') && !back.contains_key(&outcome.line) {
            continue;
        }
        let of_line = of_lines.entry(outcome.line).or_insert((true, BTreeSet::new()));
        of_line.0 &= outcome.outcome == Outcome::NotDone;
        of_line.1.extend(Some(outcome.remark).filter(|remark| !remark.is_empty()));
    }
    let told = |(line, (_, remarks)): (String, (bool, BTreeSet<String>))| {
        let given = back.get(&line).copied();
        let why = remarks.into_iter().collect::<Vec<_>>().join("; ");
        let why = if why.is_empty() { said!("no reason given", "未说明原因") } else { plain(&phone_free(&why)) };
        let what = match given {
            None => said!("not done", "未去"),
            Some(Some(true)) => said!("handed back, somebody else has it", "已交回，改派他人"),
            Some(_) => said!("handed back, nobody was free", "已交回，无人可派"),
        };
        Todo {
            code: plain(&format!("{} {line}", row.id)),
            what: Said::new(format!("{}: {}", what.en, why.en), format!("{}：{}", what.zh, why.zh)),
        }
    };
    Ok(of_lines.into_iter().filter(|(_, (not_done, _))| *not_done).map(told).collect())
}

/// How many visits of a day fell to weather or season.
pub(super) async fn stopped(ctx: &Context, tx: &mut Tx, office: &Office, day: NaiveDate) -> Done<Option<Todo>> {
    let mut stopped = 0;
    for seal in tx.seals_of_day(&office.id, day).await? {
        let lines = tx.lines_of_window(&seal.window.id).await?;
        stopped += lines.iter().filter(|line| line.state.as_deref() == Some(blackout::STATE)).count();
    }
    let reasons: BTreeSet<String> =
        blackouts(ctx, tx, office, day).await?.into_iter().map(|(_, reason)| reason).collect();
    let reasons = reasons.into_iter().collect::<Vec<_>>().join("; ");
    Ok((stopped > 0).then(|| Todo {
        code: plain(&stopped.to_string()),
        what: said!("not executed, weather or season: {reasons}", "因天气或季节未执行：{reasons}"),
    }))
}

/// Regions of an office that are not visited on a day, and why.
pub(super) async fn blackouts(
    ctx: &Context,
    tx: &mut Tx,
    office: &Office,
    day: NaiveDate,
) -> Done<Vec<(Name, String)>> {
    let all = tx.blackouts_on(day).await?.into_iter();
    let concerned = all.filter(|one| one.region.starts_with(&office.region) || office.region.starts_with(&one.region));
    // A day of rest of a region below, while the office works.
    let resting = match ctx.calendar.of(&office.region).is_workday(day) {
        Ok(true) => ctx.calendar.resting_below(&office.region, day),
        _ => Vec::new(),
    };
    let resting = resting.into_iter().map(|(code, name)| (code.to_owned(), name.to_owned()));
    let found: Vec<(String, String)> = concerned.map(|one| (one.region, one.reason)).chain(resting).collect();
    let regions = tx.regions_among(&Ids::new(found.iter().map(|(region, _)| region.as_str()))).await?;
    let names: BTreeMap<String, Name> = regions.into_iter().map(|region| (region.code, region.name)).collect();
    let name = |code: &String| names.get(code).cloned().unwrap_or_else(|| Name::new(code.clone(), ""));
    Ok(found.into_iter().map(|(region, reason)| (name(&region), reason)).collect())
}
