//! `spotcheck record`: the desk enters what an inspector said by telephone, on paper or in a mail that
//! could not be read.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::model::{AssignmentId, Trouble};
use crate::said;
use crate::work::Failure;
use crate::work::record::{Entry, outcome_of, record};
use crate::work::record_answers::{Answers, joined, names_question, record_answers};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// K7Q2M
    pub assignment: String,
    /// V1, V1.2 or C3; V1 alone means everybody of the line. V1.Q4 or V1.Q1-Q9 for answers to questions.
    pub code: String,
    /// Any word that a reply may use: present, absent, "on leave", busy, 在岗, 不在岗, 请假, 占线, …
    /// Of questions the answers, as in a reply: "yes, Q4 no", "是，Q4 否".
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
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let assignment = AssignmentId::parse(&args.assignment.to_ascii_uppercase()).map_err(Trouble::new)?;
    if names_question(&args.code) {
        return answers(args, &assignment, place, terminal);
    }
    let outcome = outcome_of(&args.outcome)?;
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
    if args.json {
        let told = serde_json::json!({"assignment": assignment.as_str(), "recorded": recorded, "outcome": outcome});
        terminal.say(told.to_string());
        return Ok(Exit::Done);
    }
    let codes = recorded.join(" ");
    let said = said!("recorded: {codes}; the inspector gets a receipt", "已登记：{codes}；检查员将收到回执");
    terminal.say(said.in_language(terminal.language));
    Ok(Exit::Done)
}

fn answers(
    args: &Args,
    assignment: &AssignmentId,
    place: &Place,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Trouble> {
    for (given, field) in [(args.at.is_some(), "--at"), (!args.remark.is_empty(), "--remark")] {
        if given {
            let said = said!(
                "an answer has its remark behind it, and no time: V1.Q4 \"no; locked\"",
                "答案的备注写在答案之后，不填时间：V1.Q4 \"否；锁门\""
            );
            return Err(Trouble::new(said).in_field(field));
        }
    }
    let text = joined(&args.code.to_ascii_uppercase(), &args.outcome).map_err(Trouble::new)?;
    let (said_by, typed_by) = (&args.said_by, &args.typed_by);
    let entry = Answers { assignment, text: &text, said_by, typed_by };
    let recorded = block_on(async { record_answers(&place.open().await?, &entry).await.map_err(Failure::trouble) })?;
    let codes = recorded.join(" ");
    let said = said!("recorded: {codes}; the inspector gets a receipt", "已登记：{codes}；检查员将收到回执");
    terminal.say(said.in_language(terminal.language));
    Ok(Exit::Done)
}
