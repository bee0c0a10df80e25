//! What pages keep (`docs/decisions/0023-what-pages-keep.md`) beside the same question asked of the facts.

use crate::Done;
use crate::nation::{County, Raw};
use spotcheck::model::{FlagState, Timestamp, forms};
use spotcheck::store::{FlagFilter, Ids};
use spotcheck::work::Context;
use std::time::Duration;
use tokio::time::Instant;

const TIMES: usize = 10;

/// Flags that hold, as their last verdicts say.
const HOLDING: &str = "FROM flag f JOIN verdict v ON v.assignment = f.assignment AND v.line = f.line AND v.person = f.person
    AND v.seq = (SELECT MAX(w.seq) FROM verdict w WHERE w.assignment = f.assignment AND w.line = f.line AND w.person = f.person)
    WHERE f.state IN ('open', 'asked', 'explained', 'appealed') AND v.strength IN ('medium', 'high', 'highest')";

pub async fn table(ctx: &Context, url: &str, counties: &[County]) -> Done<()> {
    let one = counties.first().ok_or("no county")?;
    let mut raw = Raw::connect(url).await?;
    println!("\n{:<52} {:>12} {:>12}", "median of ten, ms", "as it is", "of the facts");
    for office in [None, Some(format!("c{}", one.code))] {
        let of = office.as_deref().map_or_else(String::new, |office| format!(" AND f.office = '{office}'"));
        let who = if office.is_some() { "a county" } else { "the nation" };
        let ids = office.as_deref().map(|office| Ids::new([office]));
        let count = format!("SELECT f.state, COUNT(*), MIN(f.opened_at) {HOLDING}{of} GROUP BY f.state");
        let kept = median(async || {
            ctx.store.read().await?.count_waiting_flags(ids.as_ref()).await?;
            Ok(())
        });
        row(&format!("waiting flags of {who}, counted"), kept.await?, median(async || raw.run(&count).await).await?);
        let filter = FlagFilter {
            offices: ids.clone(),
            states: vec![FlagState::Open, FlagState::Asked, FlagState::Explained, FlagState::Appealed],
            verdict: None,
            region: None,
            until: Timestamp(i64::MAX),
            after: None,
            most: 51,
        };
        let list = format!("SELECT f.id, f.opened_at, v.sentence_en {HOLDING}{of} ORDER BY f.opened_at, f.id LIMIT 51");
        let kept = median(async || {
            ctx.store.read().await?.look_flags(&filter).await?;
            Ok(())
        });
        row(
            &format!("waiting flags of {who}, the oldest 50"),
            kept.await?,
            median(async || raw.run(&list).await).await?,
        );
    }
    for (who, region) in [("the nation", ""), ("a province", &*one.province), ("a county", &one.code)] {
        let kept = median(async || {
            ctx.registers.counts(&mut ctx.store.read().await?, region).await.map_err(|e| e.to_string())?;
            Ok(())
        });
        let facts = median(async || {
            ctx.store.read().await?.count_in(region).await?;
            Ok(())
        });
        row(&format!("villages, teams and officials of {who}"), kept.await?, facts.await?);
    }
    let kept = median(async || {
        let mut tx = ctx.store.read().await?;
        ctx.registers.signers(&mut tx).await.map_err(|e| e.to_string())?.spellings_of("刘芳");
        Ok(())
    });
    let facts = median(async || {
        let inspectors = ctx.store.read().await?.inspectors().await?;
        let wanted = forms("刘芳");
        std::hint::black_box(inspectors.iter().filter(|one| !forms(&one.name.own).is_disjoint(&wanted)).count());
        Ok(())
    });
    row("who signs by a name", kept.await?, facts.await?);
    Ok(())
}

fn row(what: &str, kept: Duration, facts: Duration) {
    let ms = |took: Duration| took.as_secs_f64() * 1e3;
    println!("{what:<52} {:>12.2} {:>12.2}", ms(kept), ms(facts));
}

async fn median(mut asked: impl AsyncFnMut() -> Done<()>) -> Done<Duration> {
    let mut took = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let began = Instant::now();
        asked().await?;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    Ok(took.get(TIMES / 2).copied().unwrap_or_default())
}
