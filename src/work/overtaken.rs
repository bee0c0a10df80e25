//! Windows that the calendar has overtaken: sealed, drawn perhaps, and their day is no workday any more
//! (DRAW 3: no redraw).

use super::change::{Change, Changes};
use super::draw::keep_head;
use super::sheet::post_sheets;
use super::void::declare_void;
use super::windows::outside;
use super::{Context, Done};
use crate::config::Office;
use crate::model::{OfficeId, WindowId};
use std::collections::BTreeMap;

/// Declares void what has not begun and will not be worked; tells inspectors, desk and head at once.
pub async fn overtaken_due(ctx: &Context) -> Done<Vec<WindowId>> {
    let mut void = Vec::new();
    for id in ctx.store.read().await?.windows_ahead(ctx.now()).await? {
        let Some(office) = ctx.config.office(&id.office) else { continue };
        if ctx.calendar.of(&office.region).is_workday(id.day).map_err(|e| outside(&e))? {
            continue;
        }
        if overtake(ctx, office, &id).await? {
            keep_head(ctx, &id).await?;
            void.push(id);
        }
    }
    Ok(void)
}

async fn overtake(ctx: &Context, office: &Office, id: &WindowId) -> Done<bool> {
    let mut tx = ctx.store.begin().await?;
    let Some(seal) = tx.seal(id).await? else { return Ok(false) };
    if !declare_void(ctx, &mut tx, office, &seal.window, "calendar_changed").await? {
        return Ok(false);
    }
    if tx.void_lines(id).await? > 0 {
        let mut changes = Changes::default();
        let mut offices: BTreeMap<OfficeId, &Office> = BTreeMap::new();
        for (assignment, code) in tx.shares_of_window(id).await? {
            if let Some(office) = tx.assignment(&assignment).await?.and_then(|row| ctx.config.office(&row.office)) {
                offices.insert(office.id.clone(), office);
            }
            changes.withdrawn(assignment, code, Change::Calendar);
        }
        changes.post(ctx, &mut tx).await?;
        let offices: Vec<&Office> = offices.into_values().collect();
        post_sheets(ctx, &mut tx, &offices).await?;
    }
    tx.commit().await?;
    Ok(true)
}
