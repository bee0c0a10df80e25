//! The sheet of an office: what its inspectors have to do today. It goes out every workday by its hour,
//! empty if nothing is released, and again with every release.

use super::calls::told;
use super::post::{Direction, at_clock};
use super::release::read_assignment;
use super::side_by_side::side_by_side;
use super::windows::outside;
use super::{Context, Done};
use crate::config::Office;
use crate::letter::{Auto, Languages, LetterKind, MessageId, SheetInput, SheetShare, sheet};
use crate::model::register::Name;
use crate::model::time::{DAY, MINUTE};
use crate::model::{Assignment, OfficeId};
use crate::store::{Ids, Tx};
use chrono::NaiveTime;
use std::collections::BTreeMap;

/// The sheet goes out this long before it must be there.
const AHEAD: i64 = 15 * MINUTE;
/// So many offices share a commit: whoever else writes waits for no longer.
const LOT: usize = 100;

/// Sends the first sheet of the day where no release has sent one yet.
pub async fn sheet_due(ctx: &Context) -> Done<usize> {
    let now = ctx.now();
    let mut due = Vec::new();
    for office in &ctx.config.offices {
        let day = now.day(office.zone);
        if now >= at_clock(office, day, office.sheet_by).minus(AHEAD)
            && ctx.calendar.of(&office.region).is_workday(day).map_err(|e| outside(&e))?
        {
            due.push(office);
        }
    }
    let next = next_sheets(ctx, &mut ctx.store.read().await?, &due).await?;
    due.retain(|office| next.get(&office.id).is_none_or(|number| *number == 1));
    for lot in due.chunks(LOT) {
        let mut tx = ctx.store.begin().await?;
        post_sheets(ctx, &mut tx, lot).await?;
        tx.commit().await?;
    }
    Ok(due.len())
}

/// Queues the sheet of each office: everything released there so far today.
pub(super) async fn post_sheets(ctx: &Context, tx: &mut Tx, offices: &[&Office]) -> Done<()> {
    let (now, host) = (ctx.now(), ctx.mail_host()?);
    let numbers = next_sheets(ctx, tx, offices).await?;
    let mut released = released_today(ctx, tx, offices).await?;
    let inspectors = Ids::new(released.values().flatten().map(|a| a.inspector.as_str()));
    let names: BTreeMap<_, _> = tx.inspectors_among(&inspectors).await?.into_iter().map(|i| (i.id, i.name)).collect();
    let unknown = Name::new("?", "");
    let parts: Vec<(&Office, Vec<Assignment>)> =
        offices.iter().map(|office| (*office, released.remove(&office.id).unwrap_or_default())).collect();
    let to_verify = super::findings_told::to_verify(tx, parts.iter().flat_map(|(_, shares)| shares)).await?;
    let of_offices: Vec<_> = parts.iter().map(|(office, shares)| (*office, shares.as_slice())).collect();
    let calls_back = told::today(ctx, tx, &of_offices).await?;
    let letters = side_by_side(&parts, |(office, shares)| {
        let day = now.day(office.zone);
        let input = SheetInput {
            office: &office.name,
            day,
            issued: now,
            zone: office.zone,
            languages: Languages::One(office.language),
            shares: shares
                .iter()
                .map(|a| SheetShare { inspector: names.get(&a.inspector).unwrap_or(&unknown), assignment: a })
                .collect(),
            to_verify: to_verify.get(&office.id).cloned().unwrap_or_default(),
            calls_back: calls_back.get(&office.id).cloned().unwrap_or_default(),
        };
        let number = numbers.get(&office.id).copied().unwrap_or(1);
        let direction = Direction {
            office,
            to: &office.desk,
            message_id: MessageId::office(LetterKind::Sheet, &office.id, day, number, &host),
            auto: Auto::Generated,
            in_reply_to: None,
            references: vec![MessageId::week(&office.id, day, &host)],
            about: None,
            null_sender: false,
        };
        ctx.write(&sheet(&input), direction)
    })?;
    tx.queue_letters(&letters).await?;
    Ok(())
}

async fn released_today(ctx: &Context, tx: &mut Tx, offices: &[&Office]) -> Done<BTreeMap<OfficeId, Vec<Assignment>>> {
    let start = |office: &Office| at_clock(office, ctx.now().day(office.zone), NaiveTime::MIN);
    let starts: BTreeMap<&OfficeId, _> = offices.iter().map(|office| (&office.id, start(office))).collect();
    let (Some(first), Some(last)) = (starts.values().min(), starts.values().max()) else { return Ok(BTreeMap::new()) };
    let mut released: BTreeMap<OfficeId, Vec<Assignment>> = BTreeMap::new();
    let ids = Ids::new(starts.keys().map(|id| id.as_str()));
    for (row, lines) in tx.handed_out_between(&ids, *first, last.plus(DAY)).await? {
        let today =
            starts.get(&row.office).is_some_and(|start| row.released >= *start && row.released < start.plus(DAY));
        if let (true, Some(assignment)) = (today, read_assignment(&row, &lines)?) {
            released.entry(row.office).or_default().push(assignment);
        }
    }
    Ok(released)
}

/// The number of each office's next sheet of today.
async fn next_sheets(ctx: &Context, tx: &mut Tx, offices: &[&Office]) -> Done<BTreeMap<OfficeId, u32>> {
    let host = ctx.mail_host()?;
    let mut found = BTreeMap::new();
    let mut open: Vec<&Office> = offices.to_vec();
    for number in 1.. {
        if open.is_empty() {
            break;
        }
        let id = |office: &Office| {
            let day = ctx.now().day(office.zone);
            MessageId::office(LetterKind::Sheet, &office.id, day, number, &host).as_str().to_owned()
        };
        let ids: Vec<String> = open.iter().map(|office| id(office)).collect();
        let known = tx.known_letters(&Ids::new(ids.iter().map(String::as_str))).await?;
        let (sent, free): (Vec<_>, Vec<_>) = open.into_iter().zip(ids).partition(|(_, id)| known.contains(id));
        found.extend(free.into_iter().map(|(office, _)| (office.id.clone(), number)));
        open = sent.into_iter().map(|(office, _)| office).collect();
    }
    Ok(found)
}
