//! `spotcheck report`: what results amount to, recomputed from files and counts alone.
//!
//! `estimate` and `aapor` read and write no database; their forms are DESIGN 7. The others look at what was done, and
//! `close` fixes it.

use super::draw::{json, option};
use super::rows::{self, whole_number};
use super::setup::Place;
use super::{Exit, Terminal};
use crate::measure::aapor::{Counts, Disposition, Rates};
use crate::measure::estimate::{Estimate, Estimates, estimate};
use crate::measure::units::{ALL, Inclusion, Sample, SampleError, Share, Stratum, Total, Unit};
use crate::model::{Said, Trouble};
use crate::said;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Whether the draws are as their chances say, and what a watcher can gain.
    Fairness(super::fairness::Args),
    /// Absence in a period, with its range, and how far the calls reached.
    Absence(super::absence::Args),
    /// An office's month, quarter or year: what was drawn and done, absence, calls, fairness, flags.
    Period(super::period_report::Args),
    /// Fixes the report of a period: whatever comes later does not change it.
    Close(super::period_report::CloseArgs),
    /// Answers to the questions of visits and calls in a period, with their ranges; no person, no villager.
    Questions(super::questions::Args),
    /// Habits in attendance records that stand out; accuses nobody.
    Patterns(super::patterns::Args),
    /// Totals and rates of absence from units with known probabilities (dry run).
    Estimate(EstimateArgs),
    /// Response rates of calls from their counts (dry run).
    Aapor(AaporArgs),
}

#[derive(Debug, clap::Args)]
pub struct EstimateArgs {
    /// Units as CSV: stratum,p,y (p above 0 up to 1, y the share absent from 0 to 1).
    #[arg(long, value_name = "CSV")]
    pub units: PathBuf,
    /// Known numbers of place-windows as CSV: stratum,N.
    #[arg(long, value_name = "CSV")]
    pub totals: Option<PathBuf>,
    /// JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct AaporArgs {
    /// Lines by disposition, e.g. I=4,P=2,R=1,NC=1,O=1,UH=1,UO=1,NE=1; what is left out is 0.
    #[arg(long, value_name = "COUNTS")]
    pub counts: String,
    /// JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        What::Fairness(args) => return super::fairness::run(args, place, terminal),
        What::Absence(args) => return super::absence::run(args, place, terminal),
        What::Period(args) => return super::period_report::run(args, place, terminal),
        What::Questions(args) => return super::questions::run(args, place, terminal),
        What::Patterns(args) => return super::patterns::run(args, place, terminal),
        What::Close(args) => return super::period_report::run_close(args, place, terminal),
        What::Estimate(args) => {
            let estimates = estimate(&read_sample(&args.units, args.totals.as_deref())?);
            if args.json {
                terminal.say(json(&Row::all_of(&estimates))?);
            } else {
                print_estimates(&estimates, terminal);
            }
        }
        What::Aapor(args) => {
            let rates = option("--counts", Some(&args.counts), parse_counts)?.rates();
            if args.json {
                terminal.say(json(&ByName(rates))?);
            } else {
                print_rates(&rates, terminal);
            }
        }
    }
    Ok(Exit::Done)
}

fn read_sample(units: &Path, totals: Option<&Path>) -> Result<Sample, Trouble> {
    let unit_rows = rows::read(units, ["stratum", "p", "y"])?;
    let total_rows = totals.map(|path| rows::read(path, ["stratum", "N"])).transpose()?;
    let mut read = Vec::new();
    for row in unit_rows.iter() {
        let stratum = row.parse(0, Stratum::parse)?;
        read.push((stratum, Unit { p: row.parse(1, Inclusion::parse)?, y: row.parse(2, Share::parse)? }));
    }
    let known = total_rows.as_ref().map(read_totals).transpose()?;
    Sample::new(read, known).map_err(|error| {
        let said = error.said();
        let is = |wanted: &Stratum, read: Result<Stratum, Trouble>| read.is_ok_and(|stratum| stratum == *wanted);
        let found = match &error {
            SampleError::NoTotal(stratum) => unit_rows
                .iter()
                .find(|row| is(stratum, row.parse(0, Stratum::parse)))
                .map(|row| row.trouble(0, said.clone())),
            SampleError::MoreUnitsThanTotal { stratum, .. } => total_rows
                .iter()
                .flat_map(rows::Rows::iter)
                .find(|row| is(stratum, row.parse(0, Stratum::parse)))
                .map(|row| row.trouble(1, said.clone())),
        };
        found.unwrap_or_else(|| Trouble::new(said))
    })
}

fn read_totals(table: &rows::Rows<2>) -> Result<BTreeMap<Stratum, Total>, Trouble> {
    let mut totals = BTreeMap::new();
    for row in table.iter() {
        let stratum = row.parse(0, Stratum::parse)?;
        let total = row.parse(1, Total::parse)?;
        if totals.insert(stratum.clone(), total).is_some() {
            return Err(row.trouble(
                0,
                said!("the stratum “{stratum}” stands twice: keep one row", "层“{stratum}”重复：请只保留一行"),
            ));
        }
    }
    Ok(totals)
}

fn parse_counts(text: &str) -> Result<Counts, Said> {
    let mut counts = BTreeMap::new();
    for part in text.split(',') {
        let (name, lines) = part.split_once('=').ok_or_else(|| {
            said!("“{part}” is no count: write them as I=4,P=2,NC=1", "“{part}”不是计数：请写成 I=4,P=2,NC=1")
        })?;
        let name = name.trim();
        let disposition =
            Disposition::ALL.into_iter().find(|d| d.code().eq_ignore_ascii_case(name)).ok_or_else(|| {
                let known = Disposition::ALL.map(Disposition::code).join(", ");
                said!("“{name}” is no disposition: expected one of {known}", "“{name}”不是处置代码：应为 {known} 之一")
            })?;
        if counts.insert(disposition, whole_number(lines)?).is_some() {
            return Err(said!("“{name}” stands twice: keep one of them", "“{name}”重复：请只保留一个"));
        }
    }
    let mut all = Counts::default();
    for (disposition, lines) in counts {
        all.add(disposition, lines);
    }
    Ok(all)
}

/// The form that auditors' programs read: DESIGN 7.
#[derive(Serialize)]
struct Row<'a> {
    stratum: &'a str,
    n: usize,
    #[serde(rename = "N")]
    total: f64,
    #[serde(rename = "Y")]
    y: f64,
    #[serde(rename = "se_Y")]
    se_y: f64,
    /// Null where the units carry no rate.
    #[serde(rename = "R")]
    r: Option<f64>,
    #[serde(rename = "se_R")]
    se_r: Option<f64>,
    n_star: f64,
    low: f64,
    high: f64,
}

impl Row<'_> {
    fn all_of(estimates: &Estimates) -> Vec<Row<'_>> {
        let strata = estimates.strata.iter().map(|(stratum, one)| Row::of(stratum.as_str(), one));
        strata.chain([Row::of(ALL, &estimates.all)]).collect()
    }

    fn of<'a>(stratum: &'a str, one: &Estimate) -> Row<'a> {
        let Estimate { n, total, y, se_y, rate, n_star, low, high } = *one;
        let (r, se_r) = (rate.map(|rate| rate.r), rate.map(|rate| rate.se));
        Row { stratum, n, total, y, se_y, r, se_r, n_star, low, high }
    }
}

struct ByName(Rates);

impl Serialize for ByName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.by_name())
    }
}

fn print_estimates(estimates: &Estimates, terminal: &mut Terminal<'_>) {
    terminal.say(format!(
        "{:>6} {:>10} {:>10} {:>9} {:>7} {:>7} {:>8} {:>15}  {}",
        "n",
        "N",
        "Y",
        "se_Y",
        "R",
        "se_R",
        "n*",
        "low-high",
        terminal.pick("stratum", "层")
    ));
    for row in Row::all_of(estimates) {
        let name = if row.stratum == ALL { terminal.pick("all", "合计") } else { row.stratum };
        terminal.say(format!(
            "{:>6} {:>10.1} {:>10.2} {:>9.2} {:>7} {:>7} {:>8.1} {:>15}  {name}",
            row.n,
            row.total,
            row.y,
            row.se_y,
            percent(row.r),
            percent(row.se_r),
            row.n_star,
            format!("{}-{}", percent(Some(row.low)), percent(Some(row.high))),
        ));
    }
    let legend = said!(
        "n units, N place-windows (given, or the sum of 1/p), Y absence summed over them, se standard error,\n\
         R rate of absence, low-high its range at 95 %, n* effective number of units; “-” cannot be told",
        "n为已查单位数，N为地点时段总数（给定，或1/p之和），Y为其缺岗总量，se为标准误，\n\
         R为缺岗率，low-high为其95%区间，n*为有效单位数；“-”表示无法得出"
    );
    terminal.say(legend.in_language(terminal.language));
    let unseen: Vec<&str> =
        estimates.strata.iter().filter(|(_, one)| one.rate.is_none()).map(|(stratum, _)| stratum.as_str()).collect();
    if !unseen.is_empty() {
        let said = said!(
            "no unit in {}: the range over all has nobody absent there at its low end, everybody at its high end",
            "以下各层没有单位：{}；合计区间的下限按其无人缺岗、上限按其全员缺岗计",
            unseen.join(terminal.pick(", ", "、"))
        );
        terminal.say(said.in_language(terminal.language));
    }
}

fn print_rates(rates: &Rates, terminal: &mut Terminal<'_>) {
    for (name, rate) in rates.by_name() {
        let family = match name.trim_end_matches(|c: char| c.is_ascii_digit()) {
            "RR" => said!("response rate", "应答率"),
            "COOP" => said!("cooperation rate", "合作率"),
            "REF" => said!("refusal rate", "拒访率"),
            _ => said!("contact rate", "接触率"),
        };
        terminal.say(format!("{name:<6} {:>7}  {}", percent(rate), family.in_language(terminal.language)));
    }
    let legend = said!("“-”: nothing to divide by", "“-”表示分母为零");
    terminal.say(legend.in_language(terminal.language));
}

fn percent(rate: Option<f64>) -> String {
    rate.map_or_else(|| "-".to_owned(), |rate| format!("{:.1} %", rate * 100.0))
}
