//! The ladder of consequences of a flag, counted over everything of its official (EVIDENCE 5).

use super::release::load_assignment;
use super::{Context, Done};
use crate::config::Office;
use crate::evidence::ladder::{Counted, Rung, rung};
use crate::model::FlagState;
use crate::store::{FlagRow, Tx};

/// Where a flag stands on its office's ladder; `state`: as if it were in that state.
pub async fn of_flag(ctx: &Context, tx: &mut Tx, flag: &FlagRow, state: FlagState) -> Done<Option<Rung>> {
    let office = ctx.office(&flag.office)?;
    let mut all = Vec::new();
    for other in tx.flags_of_official(&flag.official).await? {
        if other.id != flag.id {
            all.push(counted(tx, &other, other.state, office).await?);
        }
    }
    let of = counted(tx, flag, state, office).await?;
    Ok(rung(of, &all, office.ladder_period, &office.ladder))
}

/// The day is that of the visit.
async fn counted(tx: &mut Tx, flag: &FlagRow, state: FlagState, office: &Office) -> Done<Counted> {
    let mut day = flag.opened.day(office.zone);
    if let Some(row) = tx.assignment(&flag.assignment).await? {
        day = row.released.day(office.zone);
        let lines = load_assignment(tx, &row).await?.map(|assignment| assignment.lines).unwrap_or_default();
        if let Some(line) = lines.iter().find(|line| line.code.as_str() == flag.line) {
            day = line.window.day;
        }
    }
    Ok(Counted { day, state })
}
