//! `spotcheck complaints`: against inspectors. Open, list, show, and the life of a flag.

use super::life::{self, Life, no_case, parse_id, parse_state};
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::model::{CaseKind, InspectorId, Trouble};
use crate::work::Failure;
use crate::work::complaints::{Complaint, NewComplaint, list, open, show};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Enters a complaint. Its words and who complained stay with the office.
    Open {
        /// The inspector's id.
        #[arg(long, value_name = "ID")]
        inspector: String,
        /// Who enters it.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Who complains.
        #[arg(long, value_name = "WHO", default_value = "")]
        from: String,
        /// What was said.
        #[arg(long, value_name = "TEXT")]
        text: String,
    },
    /// Complaints, oldest first.
    List {
        /// open, asked, explained, confirmed, dismissed, appealed, upheld or overturned.
        #[arg(long)]
        state: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// One complaint: what was said, every step, every answer.
    Show {
        id: String,
        #[arg(long)]
        json: bool,
    },
    #[command(flatten)]
    Life(Life),
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        What::Open { inspector, by, from, text } => {
            let inspector = InspectorId::parse(inspector).map_err(|said| Trouble::new(said).in_field("--inspector"))?;
            let id = block_on(async {
                let new = NewComplaint { inspector: &inspector, by, from, text };
                open(&place.open().await?, &new).await.map_err(Failure::trouble)
            })?;
            terminal.say(id.as_str());
            terminal.warn(terminal.pick(
                "Next: spotcheck complaints decide ID ask --by NAME --reason QUESTION, in your own words: the inspector reads it",
                "下一步：spotcheck complaints decide 编号 ask --by 办理人 --reason 要求说明的事项（用本单位的话写，检查员会看到）",
            ));
            Ok(Exit::Done)
        }
        What::List { state, json } => {
            let state = state.as_deref().map(parse_state).transpose()?;
            let found = block_on(async { list(&place.open().await?, state).await.map_err(Failure::trouble) })?;
            if *json {
                terminal.say(serde_json::json!(found.iter().map(Complaint::json).collect::<Vec<_>>()).to_string());
            } else if found.is_empty() {
                terminal.say(terminal.pick("no complaints", "没有投诉"));
            } else {
                for one in &found {
                    terminal.say(one.line(terminal.language));
                }
            }
            Ok(Exit::Done)
        }
        What::Show { id, json } => {
            let case = parse_id(id, CaseKind::Complaint)?;
            let found = block_on(async { show(&place.open().await?, &case).await.map_err(Failure::trouble) })?;
            let found = found.ok_or_else(|| no_case(id))?;
            terminal.say(if *json { found.json().to_string() } else { found.page(terminal.language) });
            let next = life::next(&case, found.row.state, found.dossier.to_hand_over.is_some());
            if let Some(next) = next.filter(|_| !*json) {
                terminal.warn(next.in_language(terminal.language));
            }
            Ok(Exit::Done)
        }
        What::Life(life) => life::run(life, CaseKind::Complaint, place, terminal),
    }
}
