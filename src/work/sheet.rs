//! The morning sheet: every workday by its hour, empty if nothing is released.

use super::places::snapshot;
use super::post::at_clock;
use super::release::{post_sheet, sheets_of};
use super::windows::outside;
use super::{Context, Done};
use crate::model::time::MINUTE;

/// The sheet goes out this long before it must be there.
const AHEAD: i64 = 15 * MINUTE;

/// Sends the first sheet of the day where no release has sent one yet.
pub async fn sheet_due(ctx: &Context) -> Done<usize> {
    let mut sent = 0;
    for office in &ctx.config.offices {
        let now = ctx.now();
        let day = now.day(office.zone);
        if now < at_clock(office, day, office.sheet_by).minus(AHEAD)
            || !ctx.calendar.is_workday(day).map_err(|e| outside(&e))?
        {
            continue;
        }
        let mut tx = ctx.store.begin().await?;
        if sheets_of(&mut tx, office, day, &ctx.mail_host()?).await? > 1 {
            continue;
        }
        let register = snapshot(&mut tx, office).await?;
        post_sheet(ctx, &mut tx, office, &register).await?;
        tx.commit().await?;
        sent += 1;
    }
    Ok(sent)
}
