//! `spotcheck export record`: one official or team over one period, for whom it speaks of.

use super::output::Force;
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::files;
use crate::model::{Subject, Trouble};
use crate::work::{Failure, person};
use chrono::NaiveDate;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct RecordArgs {
    #[arg(long, value_name = "ID", required_unless_present = "team", conflicts_with = "team")]
    pub official: Option<String>,
    #[arg(long, value_name = "ID")]
    pub team: Option<String>,
    /// First day.
    #[arg(long, value_name = "DATE")]
    pub from: NaiveDate,
    /// Last day.
    #[arg(long, value_name = "DATE")]
    pub to: NaiveDate,
    /// As a sheet to be printed.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "text"])]
    pub xlsx: Option<PathBuf>,
    #[arg(long, conflicts_with = "text")]
    pub json: bool,
    /// As text (the default).
    #[arg(long)]
    pub text: bool,
    #[command(flatten)]
    pub force: Force,
}

pub(super) fn run(args: &RecordArgs, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let (kind, id) = match (&args.official, &args.team) {
        (Some(id), _) => ("official", id.as_str()),
        (None, team) => ("team", team.as_deref().unwrap_or_default()),
    };
    let subject = Subject::parse(kind, id).map_err(|said| Trouble::new(said).in_field(format!("--{kind}")))?;
    let record = block_on(async {
        let ctx = place.open().await?;
        person::record(&ctx, &subject, args.from, args.to).await.map_err(Failure::trouble)
    })?;
    if let Some(path) = &args.xlsx {
        files::write(path, &person::record_xlsx(&record).map_err(Failure::trouble)?, args.force.how())?;
        terminal.say(path.display().to_string());
    } else if args.json {
        terminal.say(record.json().to_string());
    } else {
        terminal.say(record.text(terminal.language));
    }
    Ok(Exit::Done)
}
