//! What reports are asked about: `--programme`, `--from`, `--to`.

use crate::model::{ProgrammeId, Trouble};
use crate::said;
use crate::work::period::Period;
use chrono::NaiveDate;

#[derive(Debug, clap::Args)]
pub struct PeriodArgs {
    /// One programme; otherwise all.
    #[arg(long, value_name = "P")]
    pub programme: Option<String>,
    /// First day, YYYY-MM-DD; otherwise a year before the last.
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// Last day; otherwise today.
    #[arg(long, value_name = "DAY")]
    pub to: Option<String>,
}

impl PeriodArgs {
    pub(super) fn read(&self) -> Result<Period, Trouble> {
        Ok(Period {
            programme: self.programme.as_deref().map(parse_programme).transpose()?,
            from: self.from.as_deref().map(|text| parse_day("--from", text)).transpose()?,
            to: self.to.as_deref().map(|text| parse_day("--to", text)).transpose()?,
        })
    }
}

fn parse_programme(text: &str) -> Result<ProgrammeId, Trouble> {
    ProgrammeId::parse(text).map_err(|said| Trouble::new(said).in_field("--programme"))
}

fn parse_day(option: &str, text: &str) -> Result<NaiveDate, Trouble> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| {
        Trouble::new(said!("“{text}” is no day: write it as 2026-03-12", "“{text}”不是日期：请写成2026-03-12"))
            .in_field(option)
    })
}
