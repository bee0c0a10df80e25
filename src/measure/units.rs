//! What an estimate starts from (EVIDENCE 7): place-windows with their known p, and known totals.

use super::taken::{Line, Missing, Rivals, Taken};
use crate::model::Said;
use crate::said;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Name of the row over all strata.
pub const ALL: &str = "all";

/// Name of a group that is estimated by itself. Sorted by bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stratum(String);

impl Stratum {
    /// Blanks around it are dropped.
    ///
    /// # Errors
    /// It is empty, or it is [`ALL`].
    pub fn parse(text: &str) -> Result<Stratum, Said> {
        match text.trim() {
            "" => {
                Err(said!("the stratum is empty: write a name, such as the county's", "层名为空：请填写名称，如县名"))
            }
            ALL => Err(said!(
                "“all” is the name of the row over all strata: write another name",
                "“all”是合计行的名称：请改用其他层名"
            )),
            name => Ok(Stratum(name.to_owned())),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Stratum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Probability with which a place-window was drawn: above 0, at most 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inclusion(f64);

impl Inclusion {
    /// No draw gives less: its probabilities are integers of 2^32 (DRAW 2). Weights stay finite when squared.
    const LEAST: f64 = 1.0 / (1_u128 << 64) as f64;

    pub fn new(p: f64) -> Option<Inclusion> {
        (Inclusion::LEAST..=1.0).contains(&p).then_some(Inclusion(p))
    }

    /// # Errors
    /// It is no decimal above 0 and up to 1.
    pub fn parse(text: &str) -> Result<Inclusion, Said> {
        decimal(text).and_then(Inclusion::new).ok_or_else(|| {
            said!(
                "“{text}” is no probability of being drawn: write a decimal above 0 and up to 1, such as 0.25",
                "“{text}”不是抽中概率：请填写大于0且不超过1的小数，如0.25"
            )
        })
    }

    pub fn get(self) -> f64 {
        self.0
    }
}

/// Share of the expected officials found absent: from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share(f64);

impl Share {
    pub const NOBODY: Share = Share(0.0);
    pub const EVERYBODY: Share = Share(1.0);

    pub fn new(y: f64) -> Option<Share> {
        (0.0..=1.0).contains(&y).then_some(Share(y))
    }

    /// # Errors
    /// It is no decimal from 0 to 1.
    pub fn parse(text: &str) -> Result<Share, Said> {
        decimal(text).and_then(Share::new).ok_or_else(|| {
            said!(
                "“{text}” is no share of absent officials: write a decimal from 0 to 1, such as 0.5",
                "“{text}”不是缺岗比例：请填写0到1的小数，如0.5"
            )
        })
    }

    pub fn get(self) -> f64 {
        self.0
    }
}

/// Known number of eligible place-windows of a stratum, N_h.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Total(f64);

impl Total {
    /// Far above every place-window of a nation's century; sums and squares of it stay finite.
    const MOST: f64 = 1e15;

    pub fn new(n: f64) -> Option<Total> {
        (0.0..=Total::MOST).contains(&n).then_some(Total(n))
    }

    /// # Errors
    /// It is no number from 0 up.
    pub fn parse(text: &str) -> Result<Total, Said> {
        decimal(text).and_then(Total::new).ok_or_else(|| {
            said!(
                "“{text}” is no number of place-windows: write a number from 0 up, such as 480",
                "“{text}”不是地点时段数：请填写不小于0的数，如480"
            )
        })
    }

    pub fn get(self) -> f64 {
        self.0
    }
}

fn decimal(text: &str) -> Option<f64> {
    // Spreadsheets write 1E-05 as well; words such as “inf” and “nan” are no decimals.
    let plain = text.trim();
    let written = plain.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    plain.parse().ok().filter(|_| written)
}

/// A place-window that was drawn and checked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    pub p: Inclusion,
    pub y: Share,
}

/// Units by stratum, and the strata's totals if they are known: then all of them are.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub(super) units: Vec<Weighed>,
    pub(super) rivals: Vec<Rivals>,
    pub(super) strata: BTreeMap<Stratum, Part>,
    pub(super) totals: Option<BTreeMap<Stratum, Total>>,
}

/// A unit with all that its estimate needs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weighed {
    /// Probability with which it was drawn and kept.
    pub chance: f64,
    pub y: f64,
    /// What the square of its weighed value weighs in the variance.
    pub own: f64,
    /// `None` for a line that is left out: it is still its rivals' rival.
    pub stratum: Option<Stratum>,
}

/// Places of a stratum's units, and of the pairs of rivals that touch it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Part {
    pub units: Vec<usize>,
    pub rivals: Vec<usize>,
}

/// Units and totals that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    #[error("stratum {0} has units and no total")]
    NoTotal(Stratum),
    #[error("stratum {stratum} has {units} units and a smaller total")]
    MoreUnitsThanTotal { stratum: Stratum, units: usize },
}

impl SampleError {
    pub fn said(&self) -> Said {
        match self {
            SampleError::NoTotal(stratum) => said!(
                "the stratum “{stratum}” has no row in the file of totals: add one, or correct the name",
                "总数文件中没有层“{stratum}”：请补上一行，或更正层名"
            ),
            SampleError::MoreUnitsThanTotal { stratum, units } => said!(
                "the stratum “{stratum}” has {units} units, more than its total: correct the total",
                "层“{stratum}”有{units}个单位，多于其总数：请更正总数"
            ),
        }
    }
}

impl Sample {
    /// Units that were drawn independently. Strata with a total and without units stay in: they are a
    /// part of what is estimated.
    ///
    /// # Errors
    /// Totals are given, and one is missing or smaller than the number of units.
    pub fn new(
        units: impl IntoIterator<Item = (Stratum, Unit)>,
        totals: Option<BTreeMap<Stratum, Total>>,
    ) -> Result<Sample, SampleError> {
        let line = |(stratum, unit): (Stratum, Unit)| Line { stratum, p: unit.p, y: Some(unit.y) };
        let kept = units.into_iter().map(line).collect();
        Sample::of_taken(&[Taken::Hits { kept, cut: Vec::new() }], Missing::LeftOut, totals)
    }

    /// Lines window by window, with what makes rivals of them.
    ///
    /// # Errors
    /// As [`Sample::new`].
    pub fn of_taken(
        taken: &[Taken],
        missing: Missing,
        totals: Option<BTreeMap<Stratum, Total>>,
    ) -> Result<Sample, SampleError> {
        let known = totals.iter().flat_map(BTreeMap::keys).map(|stratum| (stratum.clone(), Part::default()));
        let mut sample = Sample { units: Vec::new(), rivals: Vec::new(), strata: known.collect(), totals };
        taken.iter().for_each(|window| sample.add(window, missing));
        if let Some(totals) = &sample.totals {
            for (stratum, part) in &sample.strata {
                let total = totals.get(stratum).ok_or_else(|| SampleError::NoTotal(stratum.clone()))?;
                if total.get() < part.units.len() as f64 {
                    let units = part.units.len();
                    return Err(SampleError::MoreUnitsThanTotal { stratum: stratum.clone(), units });
                }
            }
        }
        Ok(sample)
    }

    fn add(&mut self, window: &Taken, missing: Missing) {
        let (law, offset) = (window.law(), self.units.len());
        for (line, (chance, own)) in window.lines().iter().zip(law.lines) {
            let y = match (line.y, missing) {
                (Some(y), _) | (None, Missing::As(y)) => Some(y.get()),
                (None, Missing::LeftOut) => None,
            };
            let stratum = y.map(|_| line.stratum.clone());
            if let Some(stratum) = &stratum {
                self.strata.entry(stratum.clone()).or_default().units.push(self.units.len());
            }
            self.units.push(Weighed { chance, y: y.unwrap_or(0.0), own, stratum });
        }
        for Rivals { first, second, weight } in law.rivals {
            let rivals = Rivals { first: first + offset, second: second + offset, weight };
            let strata = [rivals.first, rivals.second].map(|unit| self.units[unit].stratum.clone());
            let touched: BTreeSet<Stratum> = strata.into_iter().flatten().collect();
            for stratum in touched {
                self.strata.entry(stratum).or_default().rivals.push(self.rivals.len());
            }
            self.rivals.push(rivals);
        }
    }
}
