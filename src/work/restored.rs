//! A database that came back from a backup is noticed by the log's head beside the chain (DRAW 3).

use super::{Context, Done};
use crate::model::OfficeId;
use serde_json::json;

/// Logs `restored` with the head that the chain's mark knows and the database does not, once.
/// Returns how many offices that befell.
pub async fn notice_restored(ctx: &Context) -> Done<usize> {
    let mut noticed = 0;
    for programme in &ctx.config.programmes {
        let office = &programme.office;
        let mut tx = ctx.store.read().await?;
        if tx.programme_seal(&programme.id, office).await?.is_none() {
            continue;
        }
        drop(tx);
        let Some((number, head)) = ctx.last_head(&programme.id, office).await? else { continue };
        let mut tx = ctx.store.begin().await?;
        let seq = i64::try_from(number).unwrap_or(i64::MAX);
        if tx.log_entry(office, seq).await?.is_some_and(|entry| entry.head == head) {
            continue;
        }
        tracing::error!(%office, number, "the database is older than the log's head beside the chain: it was restored from a backup");
        let entry = json!({"kind": "restored", "number": number, "head": head.hex()});
        ctx.log(&mut tx, office, &entry).await?;
        tx.commit().await?;
        keep_heads(ctx, office).await?;
        noticed += 1;
    }
    Ok(noticed)
}

/// Keeps the log's newest head beside every chain of an office.
pub(super) async fn keep_heads(ctx: &Context, office: &OfficeId) -> Done<()> {
    let mut tx = ctx.store.read().await?;
    let Some((seq, head)) = tx.log_head(office).await? else { return Ok(()) };
    drop(tx);
    for programme in ctx.config.programmes.iter().filter(|p| p.office == *office) {
        let sealed = ctx.store.read().await?.programme_seal(&programme.id, office).await?.is_some();
        if sealed {
            ctx.keep_head(&programme.id, office, seq, head).await?;
        }
    }
    Ok(())
}
