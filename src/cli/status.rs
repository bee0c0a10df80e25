//! `spotcheck status`: how it stands, at a glance.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::model::{Timestamp, Trouble};
use crate::store::StoreError;
use crate::work::{Context, Failure};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let status = block_on(async {
        let ctx = place.open().await?;
        gather(&ctx).await.map_err(|e| Failure::from(e).trouble())
    })?;
    if args.json {
        terminal.say(status.to_string());
        return Ok(Exit::Done);
    }
    if let Some(fields) = status.as_object() {
        for (name, value) in fields {
            terminal.say(format!("{name}: {value}"));
        }
    }
    Ok(Exit::Done)
}

async fn gather(ctx: &Context) -> Result<serde_json::Value, StoreError> {
    let mut tx = ctx.store.read().await?;
    let (regions, villages) = tx.count_places().await?;
    let mut next = serde_json::Map::new();
    for office in &ctx.config.offices {
        // When the next draw is, never what it will be.
        let at = tx.next_draw(&office.id).await?.map(|at: Timestamp| at.rfc3339(office.zone));
        next.insert(office.id.to_string(), at.into());
    }
    let counts = |rows: Vec<(String, String, i64)>| {
        rows.into_iter().map(|(a, b, n)| (format!("{a} {b}"), n.into())).collect::<serde_json::Map<_, _>>()
    };
    Ok(serde_json::json!({
        "database": ctx.store.backend(),
        "regions": regions,
        "villages": villages,
        "teams": tx.teams().await?.len(),
        "officials": tx.officials().await?.len(),
        "inspectors": tx.inspectors().await?.len(),
        "draws": tx.count_draws().await?,
        "next_draw": next,
        "assignments_open": tx.count_open_assignments().await?,
        "letters": counts(tx.outbox_counts().await?),
        "mails": counts(tx.inbox_counts().await?),
        "flags": tx.count_flags().await?,
        "ambiguous_ends": tx.count_ambiguous().await?,
    }))
}
