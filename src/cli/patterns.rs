//! `spotcheck report patterns`: habits in attendance that stand out. Accuses nobody.

use super::period_report::{How, Whose, office, tell};
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::files;
use crate::model::Trouble;
use crate::work::Failure;
use crate::work::patterns::{patterns, signals};
use serde_json::Value;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub whose: Whose,
    #[command(flatten)]
    pub how: How,
    /// Also writes a file of signals, a team a row, for `spotcheck import signals`.
    #[arg(long, value_name = "CSV")]
    pub signals: Option<PathBuf>,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let days = args.whose.days()?;
    let (found, csv) = block_on(async {
        let ctx = place.open().await?;
        let id = office(&ctx, args.whose.office.as_deref())?;
        let found = patterns(&ctx, &id, days).await.map_err(Failure::trouble)?;
        let csv = signals(&ctx, &id, days, &found.named).map_err(Failure::trouble)?;
        Ok((found, csv))
    })?;
    match &args.signals {
        Some(_) if found.named.is_empty() => {
            terminal.warn(
                terminal.pick("Nobody stands out: no file of signals was written.", "没有突出情况，未生成信号文件。"),
            );
        }
        Some(file) => files::write(file, csv.as_ref(), args.how.force.how())?,
        None => {}
    }
    tell(&found.document, &[], &Value::Null, true, &args.how, terminal)?;
    Ok(Exit::Done)
}
