//! Regions that are not visited for some days, where that is declared after the seal: what is drawn stays drawn, and
//! nobody goes. What is declared before the seal takes the chance of its places (`places::frame_input`).

use super::change::{Change, Changes};
use super::places::details;
use super::{Context, Done, release};
use crate::model::{Kind, PlaceId, WindowId};
use crate::plan::Given;
use crate::store::Tx;
use std::collections::{BTreeMap, BTreeSet};

/// How the line of such a visit ends.
pub(super) const STATE: &str = "blackout";

/// Takes visits that nobody is to make out of a release that is being drawn.
pub(super) async fn at_draw(ctx: &Context, tx: &mut Tx, given: &mut Vec<Given>) -> Done<BTreeSet<(WindowId, PlaceId)>> {
    let mut stopped = BTreeSet::new();
    let visits = given.iter().filter(|one| one.kind == Kind::Visit);
    let days: BTreeSet<_> = visits.map(|one| one.window.id.day).collect();
    for day in days {
        let regions = tx.blackouts_on(day).await?;
        if regions.is_empty() && !ctx.calendar.differs_below("") {
            continue;
        }
        // A region's own day of rest that came to be known after the seal.
        let rests = |region: &str| ctx.calendar.of(region).is_workday(day) == Ok(false);
        let of_day = |one: &&Given| one.kind == Kind::Visit && one.window.id.day == day;
        let register = details(tx, given.iter().filter(of_day).map(|one| &one.place), []).await?;
        for one in given.iter().filter(of_day) {
            let village = register.village(&one.place);
            let stopped_at = |region: &str| rests(region) || regions.iter().any(|one| region.starts_with(&one.region));
            if village.is_some_and(|village| stopped_at(&village.region)) {
                stopped.insert((one.window.id.clone(), one.place.clone()));
            }
        }
    }
    let stops = |one: &Given| one.kind == Kind::Visit && stopped.contains(&(one.window.id.clone(), one.place.clone()));
    given.retain(|one| !stops(one));
    Ok(stopped)
}

/// Withdraws visits of windows that are not over and of which nothing is reported; returns how many.
pub async fn withdraw_due(ctx: &Context) -> Done<usize> {
    if ctx.store.read().await?.stopped_visits(ctx.now()).await?.is_empty() {
        return Ok(0);
    }
    let mut tx = ctx.store.begin().await?;
    let mut changes = Changes::default();
    let mut offices = BTreeMap::new();
    let mut withdrawn = 0;
    for (window, place) in tx.stopped_visits(ctx.now()).await? {
        let Some(office) = ctx.config.office(&window.office) else { continue };
        let shares = tx.shares_of(&window, &place).await?;
        let mut reported = false;
        for share in &shares {
            reported |= tx.outcomes_of(&share.assignment).await?.iter().any(|o| o.line == share.code.as_str());
        }
        if reported {
            continue;
        }
        shares.iter().for_each(|share| changes.gone(share, Change::Blackout));
        offices
            .entry(office.id.clone())
            .or_insert((office, BTreeSet::new()))
            .1
            .extend(shares.into_iter().map(|s| s.office));
        tx.take_line(&window, &place, STATE).await?;
        withdrawn += 1;
    }
    if withdrawn == 0 {
        return Ok(0);
    }
    for (office, also) in offices.into_values() {
        release::post(ctx, &mut tx, office, &[], &also).await?;
    }
    changes.post(ctx, &mut tx).await?;
    tx.commit().await?;
    Ok(withdrawn)
}
