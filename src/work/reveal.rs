//! The reveal: links become public once nothing can be learned from them any more (DRAW 3).
//!
//! A link shows all links before it. So `K_t` is published only when every window up to `t` of its chains
//! was drawn or is void, everything that came of them is over, and the agreed delay has passed.

use super::custody::Chains;
use super::{Context, Done, generation};
use crate::draw::Terms;
use crate::model::sha::to_hex;
use crate::model::time::DAY;
use crate::model::{OfficeId, ProgrammeId};
use serde_json::json;

/// Publishes whatever is due, of every generation; how many links were published.
///
/// # Errors
/// The first failure, after everything else was done.
pub async fn reveal_due(ctx: &Context) -> Done<usize> {
    let (mut published, mut failed) = (0, None);
    for programme in &ctx.config.programmes {
        match reveal_programme(ctx, &programme.id, &programme.office).await {
            Ok(number) => published += number,
            Err(failure) => failed = failed.or(Some(failure)),
        }
    }
    match failed {
        Some(failure) => Err(failure),
        None => Ok(published),
    }
}

async fn reveal_programme(ctx: &Context, programme: &ProgrammeId, office: &OfficeId) -> Done<usize> {
    let generations = generation::all(&mut ctx.store.read().await?, programme, office).await?;
    let mut published = 0;
    for terms in &generations {
        published += usize::from(reveal_generation(ctx, programme, office, terms).await?);
    }
    Ok(published)
}

async fn reveal_generation(ctx: &Context, programme: &ProgrammeId, office: &OfficeId, terms: &Terms) -> Done<bool> {
    let number = terms.generation;
    let mut tx = ctx.store.read().await?;
    let last = tx.last_reveal(programme, office, number).await?.unwrap_or(0);
    let delay = i64::from(terms.reveal_delay_days) * DAY;
    // Mostly the first has not been over for long enough: then none is.
    let mut most = 1;
    let t = loop {
        let progress = tx.progress(programme, office, number, last, most).await?;
        let over = progress.iter().take_while(|window| window.settled && window.over.plus(delay) <= ctx.now()).count();
        if over < most {
            break over.checked_sub(1).and_then(|at| progress.get(at)).map(|window| window.t);
        }
        most *= 100;
    };
    drop(tx);
    let Some(t) = t else { return Ok(false) };
    let chains = Chains::of(terms)?;
    let links: Vec<String> = ctx.links_to_reveal(&chains, t).await?.iter().map(|link| to_hex(link.reveal())).collect();
    let mut tx = ctx.store.begin().await?;
    if tx.last_reveal(programme, office, number).await?.is_some_and(|other| other >= t) {
        return Ok(false);
    }
    tx.add_reveal(programme, office, number, t, ctx.now()).await?;
    let entry = json!({"kind": "reveal", "programme": programme, "generation": number, "t": t, "links": links});
    ctx.log(&mut tx, office, &entry).await?;
    tx.commit().await?;
    ctx.keep_head(&chains).await?;
    Ok(true)
}
