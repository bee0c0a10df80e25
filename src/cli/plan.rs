//! `spotcheck plan`: what a policy costs and guarantees; or, from a file of weights, the band alone.

use super::draw::{chance, json, option};
use super::rows::{self, whole_number};
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::draw::Chance;
use crate::draw::band::{BandError, band};
use crate::model::{PlaceId, Said, Trouble};
use crate::said;
use crate::work::Failure;
use crate::work::cost::{costs, together};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Weights as CSV: id,weight. Makes this a dry run.
    #[arg(long, value_name = "CSV")]
    pub weights: Option<PathBuf>,
    /// Sum that the probabilities may reach, an integer of 2^32.
    #[arg(long, value_name = "T", requires = "weights")]
    pub total: Option<String>,
    /// Lower bound of a probability, an integer of 2^32.
    #[arg(long, value_name = "L", requires = "weights")]
    pub lo: Option<String>,
    /// Upper bound of a probability, an integer of 2^32.
    #[arg(long, value_name = "H", requires = "weights")]
    pub hi: Option<String>,
    /// JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.weights {
        Some(weights) => dry_run(weights, args, terminal),
        None => explain(place, args.json, terminal),
    }
}

/// What each configured programme costs and guarantees.
fn explain(place: &Place, json: bool, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let costs = block_on(async {
        let ctx = place.open().await?;
        costs(&ctx).await.map_err(Failure::trouble)
    })?;
    let pages = costs.iter().map(|cost| (cost.page(), cost.json())).chain(together(&costs));
    for (page, value) in pages {
        if json {
            terminal.say(value.to_string());
        } else {
            for line in page {
                terminal.say(line.in_language(terminal.language));
            }
        }
    }
    Ok(if costs.iter().any(|cost| !cost.warnings().is_empty()) { Exit::Warnings } else { Exit::Done })
}

/// The form that auditors' programs read: DESIGN 7.
#[derive(Serialize)]
struct Shown<'a> {
    p: Vec<(&'a str, u64)>,
}

fn dry_run(weights: &Path, args: &Args, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let (ids, weights) = read_weights(weights)?;
    let total = option("--total", args.total.as_deref(), whole_number)?;
    let lo = option("--lo", args.lo.as_deref(), chance)?;
    let hi = option("--hi", args.hi.as_deref(), chance)?;
    let p = band(&weights, total, lo, hi).map_err(|error| {
        let option = match error {
            BandError::LoAboveHi => "--lo, --hi",
            BandError::TotalTooSmall { .. } => "--total",
        };
        Trouble::new(error.said()).in_field(option)
    })?;
    let doubts = doubts(&weights, &p, total, hi);
    let exit = if doubts.is_empty() { Exit::Done } else { Exit::Warnings };
    for doubt in &doubts {
        let said = doubt.in_language(terminal.language).to_owned();
        terminal.warn(said);
    }
    if args.json {
        let p = ids.iter().map(PlaceId::as_str).zip(p.iter().map(|p| p.get())).collect();
        terminal.say(json(&Shown { p })?);
        return Ok(exit);
    }
    for (id, p) in ids.iter().zip(&p) {
        terminal.say(format!("{id}  {}  {p}", p.get()));
    }
    let sum: u64 = p.iter().map(|p| p.get()).sum();
    let expected = sum as f64 / Chance::ONE.get() as f64;
    let line = said!("visits expected in a window: {expected:.3}", "每个时段的预期走访数：{expected:.3}");
    terminal.say(line.in_language(terminal.language));
    Ok(exit)
}

/// What a reader of the numbers would not see in them: places that are safe, and weights so large that
/// the one whole number that scales them is too coarse.
fn doubts(weights: &[u64], p: &[Chance], total: u64, hi: Chance) -> Vec<Said> {
    let mut doubts = Vec::new();
    let safe = p.iter().filter(|p| **p == Chance::ZERO).count();
    if safe > 0 {
        doubts.push(said!(
            "{safe} places have p = 0 and can know that nobody comes: set --lo above 0",
            "{safe}个地点的概率为0，能确知自己不会被查：请把--lo设为大于0"
        ));
    }
    let sum: u128 = p.iter().map(|p| u128::from(p.get())).sum();
    let reach = |(weight, p): (&u64, &Chance)| u128::from(if *weight > 0 { hi } else { *p }.get());
    let wanted = weights.iter().zip(p).map(reach).sum::<u128>().min(u128::from(total));
    // One unit a place is lost to rounding down; more than a thousandth is not rounding.
    if wanted - wanted.min(sum) > (wanted / 1000).max(weights.len() as u128) {
        doubts.push(said!(
            "the weights are too large: only {sum} of {wanted} can be given out; divide all weights by the same number, so that the largest is at most 1000000",
            "权重过大：{wanted}中只能分出{sum}；请把所有权重除以同一个数，使最大的不超过1000000"
        ));
    }
    doubts
}

fn read_weights(path: &Path) -> Result<(Vec<PlaceId>, Vec<u64>), Trouble> {
    let table = rows::read(path, ["id", "weight"])?;
    let (mut ids, mut weights, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for row in table.iter() {
        let id = row.parse(0, PlaceId::parse)?;
        if !seen.insert(id.clone()) {
            return Err(row.trouble(0, said!("the id “{id}” stands twice", "编号“{id}”重复")));
        }
        ids.push(id);
        weights.push(row.number(1)?);
    }
    Ok((ids, weights))
}
