//! `spotcheck plan`: what a policy costs and guarantees; or, from a file of weights, the band alone.

use super::draw::{chance, json, option};
use super::rows::{self, whole_number};
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::draw::band::{BandError, band};
use crate::model::{PlaceId, Trouble};
use crate::said;
use crate::work::Failure;
use crate::work::cost::{Cost, costs};
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
    for cost in &costs {
        if json {
            terminal.say(cost.json().to_string());
        } else {
            for line in cost.page() {
                terminal.say(line.in_language(terminal.language));
            }
        }
    }
    Ok(if costs.iter().any(Cost::is_rare) { Exit::Warnings } else { Exit::Done })
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
    if args.json {
        let p = ids.iter().map(PlaceId::as_str).zip(p.iter().map(|p| p.get())).collect();
        terminal.say(json(&Shown { p })?);
        return Ok(Exit::Done);
    }
    for (id, p) in ids.iter().zip(&p) {
        terminal.say(format!("{id}  {}  {p}", p.get()));
    }
    let sum: u64 = p.iter().map(|p| p.get()).sum();
    let expected = sum as f64 / crate::draw::Chance::ONE.get() as f64;
    let line = said!("visits expected in a window: {expected:.3}", "每个时段的预期走访数：{expected:.3}");
    terminal.say(line.in_language(terminal.language));
    Ok(Exit::Done)
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
