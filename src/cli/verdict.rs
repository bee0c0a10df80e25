//! `spotcheck verdict`: the verdict on one case, from standard input to standard output.
//!
//! Reads and writes no database; the form is EVIDENCE 9.

use super::{Exit, Terminal};
use crate::evidence::{dry_run, judge};
use crate::model::Trouble;
use crate::said;
use std::io::Read;

/// A case is a few kilobytes; nobody's case is larger than this.
const LARGEST: u64 = 16 << 20;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Accepted as everywhere; the answer is JSON in any case.
    #[arg(long)]
    pub json: bool,
}

pub fn run(_args: &Args, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let mut bytes = Vec::new();
    let read = terminal.input.take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| {
        Trouble::new(said!("the case cannot be read from standard input: {error}", "无法从标准输入读取案例：{error}"))
    })?;
    if bytes.len() as u64 > LARGEST {
        return Err(Trouble::new(said!(
            "the case is larger than 16 MiB: give one official's records only",
            "案例超过16 MiB：请只提供一名人员的记录"
        )));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        Trouble::new(said!("the case is not UTF-8: save the file as UTF-8", "案例不是UTF-8编码：请另存为UTF-8"))
    })?;
    let answer = dry_run::write(&judge(&dry_run::read(&text)?))?;
    terminal.say(answer);
    Ok(Exit::Done)
}
