//! `spotcheck draw`.

use super::{Exit, Terminal};
use crate::model::Trouble;

#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    Ok(Exit::NotDone)
}
