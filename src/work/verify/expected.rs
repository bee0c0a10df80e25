//! Which windows a log must tell of: those of the sealed rules, zone and calendar (DRAW 4).

use super::log_file::Log;
use crate::draw::Terms;
use crate::draw::entry::Entry;
use crate::draw::terms::SealedCalendar;
use crate::model::{Said, Window, WindowId};
use crate::said;
use crate::timing::{self, Calendar, WindowRule};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// A chain lasts fifteen years; a log that tells of more than this was made up.
const MOST_DAYS: i64 = 40 * 366;

/// What a programme's windows follow from at one point of the log.
struct Rules<'a> {
    terms: &'a Terms,
    calendar: &'a SealedCalendar,
}

/// Every window that the log must tell of, up to the last day it tells of, programme by programme.
pub fn windows(log: &Log) -> Result<Vec<Window>, Said> {
    let mut all = Vec::new();
    for programme in programmes(log) {
        all.extend(of_programme(log, &programme)?);
    }
    Ok(all)
}

fn programmes(log: &Log) -> Vec<String> {
    let named = log.entries.iter().filter_map(|(_, _, entry)| match entry {
        Entry::Programme(terms) => Some(terms.programme.clone()),
        _ => None,
    });
    let mut names: Vec<String> = named.collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The window that a seal or a void is about.
pub fn settled(entry: &Entry) -> Option<WindowId> {
    match entry {
        Entry::Seal(seal) => seal.window.parse().ok(),
        Entry::Void { window, .. } => window.parse().ok(),
        _ => None,
    }
}

fn of_programme(log: &Log, programme: &str) -> Result<Vec<Window>, Said> {
    let (mut terms, mut calendar, mut first) = (None, None, None);
    let mut known: BTreeMap<NaiveDate, Rules<'_>> = BTreeMap::new();
    for (_, _, entry) in &log.entries {
        match entry {
            Entry::Programme(read) if read.programme == programme => {
                if first.is_none() {
                    first = read.sealed_at().map(|at| at.day(zone(read)));
                }
                calendar = Some(&read.calendar);
                terms = Some(&**read);
            }
            Entry::Calendar(read) => calendar = Some(read),
            _ => {
                let day = settled(entry).filter(|id| id.programme.as_str() == programme).map(|id| id.day);
                if let (Some(day), Some(terms), Some(calendar)) = (day, terms, calendar) {
                    known.entry(day).or_insert(Rules { terms, calendar });
                }
            }
        }
    }
    let (Some(first), Some(last)) = (first, known.keys().next_back().copied()) else { return Ok(Vec::new()) };
    if (last - first).num_days() > MOST_DAYS {
        return Err(said!(
            "the log tells of {first} to {last}: expected at most 40 years",
            "日志跨越{first}至{last}：最多40年"
        ));
    }
    let mut found = Vec::new();
    for day in first.iter_days().skip(1).take_while(|day| *day <= last) {
        // A day that the log skips stands under what was known when the next one was settled.
        let Some((_, rules)) = known.range(day..).next() else { break };
        found.extend(of_day(rules, day)?);
    }
    Ok(found)
}

fn zone(terms: &Terms) -> Tz {
    terms.zone.parse().unwrap_or(Tz::UTC)
}

fn of_day(rules: &Rules<'_>, day: NaiveDate) -> Result<Vec<Window>, Said> {
    let Rules { terms, calendar } = rules;
    let parsed: Result<Vec<WindowRule>, Said> =
        terms.windows.iter().map(|(slot, rule, length)| WindowRule::parse(slot, rule, *length)).collect();
    let calendar = Calendar::of_days(&calendar.years, &calendar.holidays, &calendar.makeups);
    let (programme, office) = (terms.programme.parse()?, terms.office.parse()?);
    timing::windows(&parsed?, &programme, &office, zone(terms), &calendar, day, day).map_err(|e| {
        let why = e.said();
        Said::new(
            format!("the windows of {day} cannot be told: {}", why.en),
            format!("无法推算{day}的时段：{}", why.zh),
        )
    })
}
