//! Mails that wait for a person, the longest waiting first.

use super::offices;
use crate::model::Timestamp;
use crate::model::viewer::Scope;
use crate::work::quarantine::{self, Listed, Shown, with_heads};
use crate::work::{Context, Done};

pub struct Mails {
    pub rows: Vec<Listed>,
    /// There are more after the last one.
    pub more: bool,
}

/// After the last one of the page before: when it came, and its id.
pub async fn waiting(ctx: &Context, scope: &Scope, after: Option<(Timestamp, &str)>, most: i64) -> Done<Mails> {
    let mut tx = ctx.store.read().await?;
    let mut rows = tx.waiting_mails(offices(ctx, scope).as_ref(), after, most.saturating_add(1)).await?;
    let more = i64::try_from(rows.len()).is_ok_and(|n| n > most);
    rows.truncate(usize::try_from(most).unwrap_or(0));
    Ok(Mails { rows: with_heads(&mut tx, rows).await?, more })
}

/// One mail, as far as a person may look at it. `None`: there is none, or none in sight.
pub async fn mail(ctx: &Context, scope: &Scope, id: &str) -> Done<Option<(Shown, Listed)>> {
    let mut tx = ctx.store.read().await?;
    let Some(row) = tx.mail_of(offices(ctx, scope).as_ref(), id).await? else { return Ok(None) };
    let Some(head) = with_heads(&mut tx, vec![row]).await?.pop() else { return Ok(None) };
    drop(tx);
    Ok(quarantine::show(ctx, &head.row.id).await?.map(|shown| (shown, head)))
}
