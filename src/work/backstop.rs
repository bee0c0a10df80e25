//! Announced visits of a day, and how many visits each place has had in the period of its rule (DRAW 1).

use super::windows::{outside, rules};
use super::{Context, Done, Failure};
use crate::config::{Office, Programme};
use crate::draw::backstop::{Lacking, Remaining, announced};
use crate::model::{Backstop, OfficeId, PlaceId, ProgrammeId, Said, Trouble, WindowId};
use crate::said;
use crate::store::{Tx, VisitCount};
use crate::timing::{self, Calendar};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What is asked of a seal: the day, the places that could be visited on it, and the room of each window
/// beside the visits that are drawn.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub day: NaiveDate,
    pub eligible: &'a [PlaceId],
    pub spare: usize,
}

/// The announced visits of a day by window; empty before the last workdays of the period.
pub async fn announced_on(
    ctx: &Context,
    tx: &mut Tx,
    programme: &Programme,
    office: &Office,
    rule: &Backstop,
    asked: &Asked<'_>,
) -> Done<BTreeMap<WindowId, Vec<PlaceId>>> {
    let (_, last) = rule.period.around(asked.day);
    if workdays(ctx.calendar.of(&office.region), asked.day, last)? > rule.workdays {
        return Ok(BTreeMap::new());
    }
    let left = timing::windows(
        &rules(programme)?,
        &programme.id,
        &office.id,
        office.zone,
        ctx.calendar.of(&office.region),
        asked.day,
        last,
    )
    .map_err(|e| Failure::from(Trouble::new(e.said()).in_field(format!("programme {}", programme.id))))?;
    let mut today: Vec<_> = left.iter().filter(|w| w.id.day == asked.day).collect();
    today.sort_by_key(|w| w.start);
    let counts = counts(tx, rule, &programme.id, &office.id, asked.day).await?;
    let lacking: Vec<Lacking> = asked
        .eligible
        .iter()
        .map(|place| {
            let had = counts.get(place).map_or(0, |count| count.visits);
            Lacking { place: place.clone(), visits: rule.visits.saturating_sub(had) }
        })
        .collect();
    let remaining = Remaining { windows_today: today.len(), windows: left.len(), spare: asked.spare };
    Ok(today.into_iter().map(|w| w.id.clone()).zip(announced(&lacking, remaining)).collect())
}

/// Visits by place in the period around a day, up to and with that day. What is under way counts as made:
/// if it is not carried out after all, the place lacks it again.
pub async fn counts(
    tx: &mut Tx,
    rule: &Backstop,
    programme: &ProgrammeId,
    office: &OfficeId,
    day: NaiveDate,
) -> Done<BTreeMap<PlaceId, VisitCount>> {
    let (first, _) = rule.period.around(day);
    let after = day.succ_opt().unwrap_or(day);
    Ok(tx.visits(programme, office, first, after).await?.into_iter().collect())
}

/// “2 random, 1 announced of 4 in this half-year”.
pub fn said(rule: &Backstop, count: VisitCount) -> Said {
    let VisitCount { visits, announced, open } = count;
    let random = visits.saturating_sub(announced);
    let (wanted, period) = (rule.visits, rule.period.said());
    let (en, zh) = (period.en, period.zh);
    let text = said!(
        "{random} random, {announced} announced of {wanted} visits that the rule demands in this {en}",
        "本{zh}随机走访{random}次、事先通知走访{announced}次，规定{wanted}次"
    );
    match open {
        0 => text,
        _ => Said::new(format!("{} ({open} under way)", text.en), format!("{}（{open}次进行中）", text.zh)),
    }
}

/// Workdays from one day to another, both included.
fn workdays(calendar: &Calendar, from: NaiveDate, to: NaiveDate) -> Done<u32> {
    let mut number = 0;
    for day in from.iter_days().take_while(|day| *day <= to) {
        number += u32::from(calendar.is_workday(day).map_err(|e| outside(&e))?);
    }
    Ok(number)
}
