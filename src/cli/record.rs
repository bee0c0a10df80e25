//! `spotcheck record`: the desk enters what an inspector said by telephone, on paper or in a mail that
//! could not be read.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::model::{AssignmentId, Outcome, Trouble};
use crate::said;
use crate::work::Failure;
use crate::work::record::{Entry, record};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// K7Q2M
    pub assignment: String,
    /// V1, V1.2 or C3; V1 alone means everybody of the line.
    pub code: String,
    /// present, absent, on_leave, on_duty_elsewhere, no_answer, busy, …
    pub outcome: String,
    /// When it was seen, by the office's clock: 10:20.
    #[arg(long, value_name = "HH:MM")]
    pub at: Option<String>,
    #[arg(long, default_value = "")]
    pub remark: String,
    /// Who said so.
    #[arg(long, value_name = "NAME")]
    pub said_by: String,
    /// Who types it.
    #[arg(long, value_name = "NAME")]
    pub typed_by: String,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let assignment = AssignmentId::parse(&args.assignment.to_ascii_uppercase()).map_err(Trouble::new)?;
    let outcome: Outcome = args.outcome.parse().map_err(|()| {
        let known: Vec<&str> = Outcome::ALL.iter().map(|o| o.code()).collect();
        let known = known.join(", ");
        Trouble::new(said!("“{}” is no outcome: {known}", "“{}”不是结果：{known}", args.outcome))
    })?;
    let entry = Entry {
        assignment: &assignment,
        code: &args.code.to_ascii_uppercase(),
        outcome,
        at: args.at.as_deref(),
        remark: &args.remark,
        said_by: &args.said_by,
        typed_by: &args.typed_by,
    };
    let recorded = block_on(async { record(&place.open().await?, &entry).await.map_err(Failure::trouble) })?;
    terminal.say(recorded.join(" "));
    Ok(Exit::Done)
}
